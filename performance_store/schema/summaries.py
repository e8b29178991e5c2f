"""What snapshots say of each dataset of each organisation, and of its issues and fields.

It is kept as intervals over the ordered snapshots of one kind: a row stands for as long as nothing
of it changes (see ``intervals``). A view of each such table gives the rows of every snapshot:
``summary``, ``endpoint_state``, ``issue_summary``, ``past_issue``.
"""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    text,
)

from performance_store.definitions.vocabulary import (
    ACCESS_BANDS,
    FRESHNESS_BANDS,
    RESPONSIBILITIES,
    SEVERITIES,
    STAGES,
    STATUSES,
    TO_PROVIDE,
)
from performance_store.schema.base import metadata, one_of
from performance_store.schema.intervals import by_date, span

# Problems in a summary: open issues, each counted; null: not known.
SEVERITY_COUNTS = (
    *(f"{severity}_{who}" for severity in SEVERITIES for who in RESPONSIBILITIES),
    "info_count",
    "unclassified_count",
)
# Rows with problems: a row counts once in each of these, however many problems it has.
ROW_COUNTS = (
    *(f"rows_{severity}_{who}" for severity in SEVERITIES for who in RESPONSIBILITIES),
    "rows_to_fix",
)

# As PostgreSQL writes the expression, so that Alembic can compare the two.
_TO_PROVIDE = ", ".join(f"'{reason}'::text" for reason in TO_PROVIDE)

summary_interval = Table(
    "summary_interval",
    metadata,
    *span(
        Column("organisation_id", Integer, primary_key=True),
        Column("dataset_id", Integer, primary_key=True),
    ),
    # obligation on the date
    Column("is_lpa", Boolean, nullable=False),
    Column("in_denominator", Boolean, nullable=False, comment="a provision is valid on the date"),
    Column("in_programme", Boolean, nullable=False),
    Column("in_statutory", Boolean, nullable=False),
    Column("in_any", Boolean, nullable=False),
    Column(
        "in_to_provide",
        Boolean,
        Computed(f"is_lpa AND (provision_reason = ANY (ARRAY[{_TO_PROVIDE}]))", persisted=True),
        comment="null: no reason",
    ),
    Column("provision_reason", Text, comment="the valid reason of highest priority"),
    Column("project", Text),
    Column("cohort", Text, comment="as on the date, never rewritten"),
    # what follows from it
    Column("status", Text, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False, server_default="{}"),
    Column("access_band", Text, nullable=False),
    Column("freshness_band", Text, nullable=False),
    Column("stage", Text, nullable=False),
    # endpoints
    Column("endpoint_count", SmallInteger, nullable=False, comment="active ones"),
    Column("endpoint_attempted_count", SmallInteger, nullable=False),
    Column("endpoint_failing_count", SmallInteger, comment="null: no log is known"),
    Column("endpoint_id", Integer, comment="the primary endpoint"),
    Column("source_id", Integer, comment="edition of the primary's source"),
    Column("http_status", Text),
    Column("exception", Text),
    # A day that moves along with the snapshots is told by how long ago it was: the row stays.
    Column("last_attempt_on", Date, comment="null: none, or see last_attempt_ago"),
    Column("last_attempt_ago", SmallInteger, comment="days, of today and yesterday"),
    Column("last_success_on", Date, comment="of the primary"),
    Column("last_success_ago", SmallInteger),
    Column("best_success_on", Date, comment="of any active endpoint"),
    Column("best_success_ago", SmallInteger),
    Column("resource_id", Integer, comment="current or last good resource of the primary"),
    Column("resource_current", Boolean, nullable=False, server_default=text("false")),
    Column("endpoint_updated_on", Date, comment="day the primary's resource was first seen"),
    Column("content_changed_on", Date, comment="the newest such day of any active endpoint"),
    # issues of the current, else the last good, resources
    Column("issues_of_last_good", Boolean, nullable=False, server_default=text("false")),
    *(Column(name, Integer, comment="problems; null: not known") for name in SEVERITY_COUNTS),
    Column("issue_type_count", SmallInteger, comment="open types of critical or error, external"),
    *(Column(name, Integer, comment="distinct rows; null: not known") for name in ROW_COUNTS),
    # fields and records
    Column("fields_total", SmallInteger),
    Column("fields_supplied", SmallInteger),
    Column("fields_matched", SmallInteger),
    Column("record_count", Integer),
    Column("expectations_failed", SmallInteger, comment="null: none were given"),
    CheckConstraint(one_of("status", STATUSES), "status"),
    CheckConstraint(one_of("access_band", ACCESS_BANDS), "access_band"),
    CheckConstraint(one_of("freshness_band", FRESHNESS_BANDS), "freshness_band"),
    CheckConstraint(one_of("stage", STAGES), "stage"),
    by_date("summary_interval"),
    # All cells of an organisation on a date.
    Index("ix_summary_interval_organisation", "snapshot_kind", "organisation_id", "to_on"),
    comment="A cell, one row for as long as nothing of it changes: intervals over the ordered "
    "snapshots of one kind (record_intervals), read through the view summary",
)

endpoint_interval = Table(
    "endpoint_interval",
    metadata,
    *span(
        Column("organisation_id", Integer, primary_key=True),
        Column("dataset_id", Integer, primary_key=True),
    ),
    Column("endpoint_id", Integer, primary_key=True),
    Column("source_id", Integer),
    Column("is_primary", Boolean, nullable=False),
    Column("attempted", Boolean, nullable=False),
    Column("success", Boolean, comment="newest attempt; null: none or not known"),
    Column("http_status", Text),
    Column("exception", Text),
    Column("last_attempt_on", Date),
    Column("last_attempt_ago", SmallInteger),
    Column("last_success_on", Date),
    Column("last_success_ago", SmallInteger),
    Column("failing_since", Date),
    Column("resource_id", Integer, comment="current, else last good"),
    Column("resource_current", Boolean, nullable=False),
    Column("access_band", Text, nullable=False),
    Column("shared_with", SmallInteger, nullable=False, comment="other organisations it serves"),
    by_date("endpoint_interval"),
    comment="A cell's endpoint, as intervals, read through the view endpoint_state",
)

issue_interval = Table(
    "issue_interval",
    metadata,
    *span(
        Column("organisation_id", Integer, primary_key=True),
        Column("dataset_id", Integer, primary_key=True),
    ),
    Column("issue_type_id", Integer, primary_key=True),
    Column("field", Text, primary_key=True, comment="'' for none, or not known"),
    Column("severity", Text, nullable=False, comment="as on the date"),
    Column("responsibility", Text, nullable=False),
    Column("problems", Integer, nullable=False),
    Column("of_last_good", Boolean, nullable=False),
    Column("rows", Integer, comment="distinct rows; null: not known"),
    by_date("issue_interval"),
    comment="Issues of a type in a field of a cell, as intervals, read through the view "
    "issue_summary",
)

past_issue_interval = Table(
    "past_issue_interval",
    metadata,
    *span(
        Column("organisation_id", Integer, primary_key=True),
        Column("dataset_id", Integer, primary_key=True),
    ),
    Column("resource_id", Integer, primary_key=True),
    Column("issue_type_id", Integer, primary_key=True),
    Column("field", Text, primary_key=True, comment="'' for none, or not known"),
    Column("severity", Text, nullable=False, comment="as on the date"),
    Column("responsibility", Text, nullable=False),
    Column("problems", Integer, nullable=False),
    Column("rows", Integer, comment="distinct rows; null: not known"),
    by_date("past_issue_interval"),
    comment="Issues of last good copies that count no more: their address is long dead, and "
    "another endpoint of the cell works. As intervals, read through the view past_issue",
)

issue = Table(
    "issue",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("dataset_id", Integer, nullable=False),
    Column("resource_id", Integer, nullable=False),
    Column("issue_type_id", Integer, nullable=False),
    Column("field", Text, nullable=False, server_default=""),
    Column("line_number", BigInteger),
    Column("entry_number", BigInteger),
    Column("entity", BigInteger),
    Column("value", Text),
    Column("message", Text),
    Index("ix_issue_address", "dataset_id", "resource_id", "issue_type_id", "field", "id"),
    comment="Individual issues of the newest platform snapshot",
)

resource_use = Table(
    "resource_use",
    metadata,
    Column("organisation_id", Integer, primary_key=True),
    Column("dataset_id", Integer, primary_key=True),
    Column("resource_id", Integer, primary_key=True),
    comment="Whose issues are whose: the resources that count for a cell in the newest snapshot",
)

field_summary = Table(
    "field_summary",
    metadata,
    Column("organisation_id", Integer, primary_key=True),
    Column("dataset_id", Integer, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("supplied", Boolean, nullable=False),
    Column("matched", Boolean, nullable=False, comment="under the specification's own name"),
    Column("supplied_as", Text, comment="the column's name in the data, when it differs"),
    Column("expected", Boolean, comment="by the specification; null: its fields are not known"),
    comment="Fields of the primary endpoint's resource in the newest snapshot",
)
