"""Tables of the performance store (SQLAlchemy Core); Alembic migrations are made from them.

Three kinds of table:

* registers (organisation, dataset, provision, endpoint ...): what exists and who owes what. Any
  load enriches them; nothing is ever deleted from them;
* snapshot facts (``summary``, ``endpoint_state``, ``issue_summary``, ``coverage``, ``event``): one
  set of rows a snapshot, derived once, in SQL, when the snapshot is loaded. They are read by key;
* the newest snapshot's individual issues, and the daily log of every endpoint.

Surrogate integer keys keep the facts narrow: five years of nightly national snapshots are about
15 million ``summary`` rows. Words are those of the platform; ``None`` always means "not known".
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
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

KINDS = ("platform", "odp-reports", "registers", "sample")
STATUSES = ("not_submitted", "processing", "error", "unknown", "needs_improving", "live")
ACCESS_BANDS = ("ok", "failing", "broken", "long_broken", "never", "unknown")
FRESHNESS_BANDS = ("fresh", "ageing", "stale", "unknown")
STAGES = ("none", "expected", "endpoint", "reachable", "collected", "error_free", "conformant")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(v) for v in values)})"


def _id() -> Column[int]:
    return Column("id", Integer, Identity(always=True), primary_key=True)


# --------------------------------------------------------------------------------------------------
# Registers
# --------------------------------------------------------------------------------------------------

region = Table(
    "region",
    metadata,
    Column("region", Text, primary_key=True, comment="ONS code E12..., or 'none': not assigned"),
    Column("name", Text, nullable=False),
    Column("slug", Text, nullable=False, unique=True),
)

organisation = Table(
    "organisation",
    metadata,
    _id(),
    Column("organisation", Text, nullable=False, unique=True, comment="CURIE, -eng prefix removed"),
    Column("name", Text, comment="null when no source names it"),
    Column(
        "type", Text, nullable=False, comment="prefix of the CURIE: local-authority, company ..."
    ),
    Column("entity", BigInteger),
    Column("region", Text, ForeignKey("region.region"), nullable=False, server_default="none"),
    Column("local_authority_type", Text),
    Column("statistical_geography", Text, comment="ONS code, E06... to E09..."),
    Column("start_date", Date),
    Column("end_date", Date),
    Column("successor", Text, comment="CURIE of the organisation that took over"),
    Column("former_names", ARRAY(Text), nullable=False, server_default="{}"),
    Column("longitude", Float),
    Column("latitude", Float),
    Column("members", ARRAY(Text), nullable=False, server_default="{}", comment="of a group"),
    Column("listed_as_lpa", Boolean, nullable=False, server_default=text("false")),
    Column(
        "authority_rank",
        SmallInteger,
        nullable=False,
        server_default="0",
        comment="who said so: 3 organisations CSV, 2 platform, 1 report, 0 only a name in a row",
    ),
    Column(
        "search",
        Text,
        Computed(
            "lower(coalesce(name, '') || ' ' || organisation || ' ' || "
            "coalesce(statistical_geography, ''))",
            persisted=True,
        ),
    ),
    Index("ix_organisation_region", "region"),
)

organisation_boundary = Table(
    "organisation_boundary",
    metadata,
    Column("organisation_id", Integer, ForeignKey("organisation.id"), primary_key=True),
    Column("geojson", JSONB, nullable=False, comment="a GeoJSON geometry, WGS84"),
)

outline = Table(
    "outline",
    metadata,
    Column(
        "organisation_id",
        Integer,
        ForeignKey("organisation_boundary.organisation_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column(
        "height",
        SmallInteger,
        nullable=False,
        comment="of its own drawing, in pixels; all are 1000 wide",
    ),
    Column("x_zero", Float, nullable=False, comment="pixels from the left at longitude 0"),
    Column("y_zero", Float, nullable=False, comment="pixels from the top at latitude 0"),
    Column("x_per_degree", Float, nullable=False, comment="pixels eastwards"),
    Column("y_per_degree", Float, nullable=False, comment="pixels northwards"),
    Column("path", Text, nullable=False, comment="of an SVG drawing, in whole pixels"),
    Column("tile", Text, comment="the path on the map of England; null: too small to be seen"),
    comment="Boundaries ready to draw (outlines.py)",
)

hexagon = Table(
    "hexagon",
    metadata,
    Column("organisation_id", Integer, ForeignKey("organisation.id"), primary_key=True),
    Column("across", SmallInteger, nullable=False, comment="from the west; odd rows half one on"),
    Column("down", SmallInteger, nullable=False, comment="from the north"),
    Column("longitude", Float, nullable=False, comment="what it was worked out from"),
    Column("latitude", Float, nullable=False),
    UniqueConstraint("across", "down"),
    comment="Where each authority stands on a map of equal hexagons (hexagons.py)",
)

role = Table(
    "role",
    metadata,
    Column("role", Text, primary_key=True),
    Column("name", Text),
    Column("description", Text),
)

role_organisation = Table(
    "role_organisation",
    metadata,
    Column("organisation_id", Integer, ForeignKey("organisation.id"), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("start_date", Date),
    Column("end_date", Date),
)

dataset = Table(
    "dataset",
    metadata,
    _id(),
    Column("dataset", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("plural", Text),
    Column("description", Text),
    Column("collection", Text),
    Column(
        "typology", Text, comment="geography, document, legal-instrument, metric, timetable ..."
    ),
    Column("end_date", Date, comment="first day on which it is a dataset no more; null: open"),
    Column("fresh_days", SmallInteger, nullable=False, server_default="182"),
    Column("ageing_days", SmallInteger, nullable=False, server_default="365"),
)

dataset_field = Table(
    "dataset_field",
    metadata,
    Column("dataset", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("expected", Boolean, nullable=False, comment="false: the pipeline adds it itself"),
)

provision_reason = Table(
    "provision_reason",
    metadata,
    Column("provision_reason", Text, primary_key=True),
    Column("name", Text),
    Column("description", Text),
    Column("priority", SmallInteger, nullable=False, server_default="0"),
)

issue_type = Table(
    "issue_type",
    metadata,
    _id(),
    Column("issue_type", Text, nullable=False, unique=True),
    Column("name", Text),
    Column("description", Text),
    Column("severity", Text, nullable=False, server_default="unclassified"),
    Column("responsibility", Text, nullable=False, server_default="unclassified"),
    Column("quality_dimension", Text),
    Column("quality_criteria", Text),
    Column("quality_criteria_level", SmallInteger),
    Column(
        "listed", Boolean, nullable=False, server_default=text("false"), comment="in a register"
    ),
)

project = Table(
    "project",
    metadata,
    Column("project", Text, primary_key=True),
    Column("name", Text),
    Column("description", Text),
)

cohort = Table(
    "cohort",
    metadata,
    Column("cohort", Text, primary_key=True),
    Column("name", Text),
    Column("project", Text),
    Column("fund", Text),
    Column("intervention", Text),
    Column("start_date", Date),
    Column("end_date", Date),
)

cohort_alias = Table(
    "cohort_alias",
    metadata,
    Column("alias", Text, primary_key=True, comment="name used by the weekly reports"),
    Column("cohort", Text, nullable=False, comment="name in the register"),
)

provision_register = Table(
    "provision_register",
    metadata,
    _id(),
    Column("fingerprint", Text, nullable=False, unique=True, comment="md5 of the rows, sorted"),
    Column("row_count", Integer, nullable=False),
    comment="One edition of the list of provisions; snapshots with the same list share it",
)

provision = Table(
    "provision",
    metadata,
    _id(),
    Column("provision_register_id", Integer, ForeignKey("provision_register.id"), nullable=False),
    Column("organisation_id", Integer, ForeignKey("organisation.id"), nullable=False),
    Column("dataset_id", Integer, ForeignKey("dataset.id"), nullable=False),
    Column("provision_reason", Text, nullable=False, server_default=""),
    Column("project", Text),
    Column("cohort", Text),
    Column("role", Text),
    Column("specification", Text),
    Column("start_date", Date, comment="start date, else entry date; null: always"),
    Column("end_date", Date, comment="first day on which it is not valid; null: open"),
    Index("ix_provision_register_pair", "provision_register_id", "organisation_id", "dataset_id"),
)

endpoint = Table(
    "endpoint",
    metadata,
    _id(),
    Column("endpoint", Text, nullable=False, unique=True, comment="sha256 of the URL"),
    Column("endpoint_url", Text),
    Column("plugin", Text),
    Column("entry_date", Date),
    Column("end_date", Date),
)

endpoint_use = Table(
    "endpoint_use",
    metadata,
    Column("organisation_id", Integer, ForeignKey("organisation.id"), primary_key=True),
    Column("dataset_id", Integer, ForeignKey("dataset.id"), primary_key=True),
    Column("endpoint_id", Integer, ForeignKey("endpoint.id"), primary_key=True),
    comment="Every endpoint that a dataset of an organisation ever had, ended ones included",
)

source = Table(
    "source",
    metadata,
    _id(),
    Column("content_key", Text, nullable=False, unique=True, comment="md5 of all other columns"),
    Column("source", Text, nullable=False),
    Column("organisation_id", Integer, ForeignKey("organisation.id"), nullable=False),
    Column("endpoint_id", Integer, ForeignKey("endpoint.id")),
    Column("collection", Text),
    Column("licence", Text),
    Column("documentation_url", Text),
    Column("entry_date", Date),
    Column("end_date", Date),
    Index("ix_source_endpoint_id", "endpoint_id"),
    comment="Editions of sources: a changed licence makes a new row, so old snapshots stay true",
)

resource = Table(
    "resource",
    metadata,
    _id(),
    Column("resource", Text, nullable=False, unique=True, comment="sha256 of the bytes"),
    Column("start_date", Date, comment="day on which these bytes were first seen"),
    Column("end_date", Date),
    Column("bytes", BigInteger),
    Column("mime_type", Text),
)

endpoint_log = Table(
    "endpoint_log",
    metadata,
    # No foreign keys here: checking them costs more than writing a national year of rows.
    Column("endpoint_id", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("attempted_at", DateTime(timezone=True), nullable=False, comment="last one of the day"),
    Column("attempts", SmallInteger, nullable=False, server_default="1"),
    Column("http_status", Text, comment="null: no answer, see exception"),
    Column("exception", Text),
    Column("resource_id", Integer),
    Column("success", Boolean, nullable=False, comment="a 2xx answer with a resource"),
)

# --------------------------------------------------------------------------------------------------
# Loads and snapshots
# --------------------------------------------------------------------------------------------------

load = Table(
    "load",
    metadata,
    _id(),
    Column("kind", Text, nullable=False),
    Column("input", Text, nullable=False, comment="name of the file or folder, without its path"),
    Column("fingerprint", Text, comment="sha256 of the input and what was asked of it"),
    Column("ruleset_version", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("finished_at", DateTime(timezone=True)),
    Column("error", Text),
    Column("missing", ARRAY(Text), nullable=False, server_default="{}"),
    Column("counts", JSONB, nullable=False, server_default="{}"),
    Column("timings", JSONB, nullable=False, server_default="{}"),
    CheckConstraint(_one_of("state", ("running", "published", "unchanged", "failed")), "state"),
    CheckConstraint(_one_of("kind", KINDS), "kind"),
    Index("ix_load_state", "state", "id"),
)

snapshot = Table(
    "snapshot",
    metadata,
    _id(),
    Column("load_id", Integer, ForeignKey("load.id"), nullable=False),
    Column("as_at", Date, nullable=False),
    Column("kind", Text, nullable=False),
    Column(
        "scope", Text, nullable=False, comment="what the snapshot speaks of: national, programme"
    ),
    Column("state", Text, nullable=False, server_default="published"),
    Column("fingerprint", Text, nullable=False),
    Column("ruleset_version", Text, nullable=False),
    Column("issue_rules", Text, nullable=False, comment="md5 of issue types with their severity"),
    Column("provision_register_id", Integer, ForeignKey("provision_register.id")),
    Column("knows", ARRAY(Text), nullable=False, comment="logs, issues, fields, expectations ..."),
    Column("lpa_count", Integer, comment="active LPAs on the date; null: no register says"),
    Column("counts", JSONB, nullable=False, server_default="{}"),
    Column("timings", JSONB, nullable=False, server_default="{}"),
    Column("published_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    UniqueConstraint("kind", "as_at"),
    CheckConstraint(_one_of("kind", KINDS), "kind"),
    CheckConstraint(_one_of("state", ("published",)), "state"),
    Index("ix_snapshot_load_id", "load_id"),
)

SEVERITY_COUNTS = (
    "critical_external",
    "critical_internal",
    "error_external",
    "error_internal",
    "warning_external",
    "warning_internal",
    "notice_external",
    "notice_internal",
    "info_count",
    "unclassified_count",
)

summary = Table(
    "summary",
    metadata,
    Column("snapshot_id", Integer, primary_key=True),
    Column("organisation_id", Integer, primary_key=True),
    Column("dataset_id", Integer, primary_key=True),
    # obligation on the date
    Column("is_lpa", Boolean, nullable=False),
    Column("in_denominator", Boolean, nullable=False, comment="a provision is valid on the date"),
    Column("in_programme", Boolean, nullable=False),
    Column("in_statutory", Boolean, nullable=False),
    Column("in_any", Boolean, nullable=False),
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
    Column("last_attempt_on", Date),
    Column("last_success_on", Date, comment="of the primary"),
    Column("best_success_on", Date, comment="of any active endpoint"),
    Column("resource_id", Integer, comment="current or last good resource of the primary"),
    Column("resource_current", Boolean, nullable=False, server_default=text("false")),
    Column("content_changed_on", Date, comment="day the resource was first seen"),
    # issues of the current, else the last good, resources
    Column("issues_of_last_good", Boolean, nullable=False, server_default=text("false")),
    *(Column(name, Integer, comment="rows; null: not known") for name in SEVERITY_COUNTS),
    Column("issue_type_count", SmallInteger, comment="open types of critical or error, external"),
    # fields and records
    Column("fields_total", SmallInteger),
    Column("fields_supplied", SmallInteger),
    Column("fields_matched", SmallInteger),
    Column("record_count", Integer),
    Column("expectations_failed", SmallInteger, comment="null: none were given"),
    CheckConstraint(_one_of("status", STATUSES), "status"),
    CheckConstraint(_one_of("access_band", ACCESS_BANDS), "access_band"),
    CheckConstraint(_one_of("freshness_band", FRESHNESS_BANDS), "freshness_band"),
    CheckConstraint(_one_of("stage", STAGES), "stage"),
    # One organisation, or one cell, through time. No foreign key to snapshot: checking it for half
    # a million rows costs seconds, and only the loader writes here.
    Index("ix_summary_organisation_id", "organisation_id", "dataset_id", "snapshot_id"),
    # When content changed, across a year of snapshots: three of four summaries have no endpoint.
    Index(
        "ix_summary_provided",
        "snapshot_id",
        postgresql_include=["organisation_id", "dataset_id", "content_changed_on"],
        postgresql_where=text("endpoint_count > 0"),
    ),
)

endpoint_state = Table(
    "endpoint_state",
    metadata,
    Column("snapshot_id", Integer, primary_key=True),
    Column("organisation_id", Integer, primary_key=True),
    Column("dataset_id", Integer, primary_key=True),
    Column("endpoint_id", Integer, primary_key=True),
    Column("source_id", Integer),
    Column("is_primary", Boolean, nullable=False),
    Column("attempted", Boolean, nullable=False),
    Column("success", Boolean, comment="newest attempt; null: none or not known"),
    Column("http_status", Text),
    Column("exception", Text),
    Column("last_attempt_at", DateTime(timezone=True)),
    Column("last_success_on", Date),
    Column("failing_since", Date),
    Column("resource_id", Integer, comment="current, else last good"),
    Column("resource_current", Boolean, nullable=False),
    Column("access_band", Text, nullable=False),
    Column("shared_with", SmallInteger, nullable=False, comment="other organisations it serves"),
)

issue_summary = Table(
    "issue_summary",
    metadata,
    Column("snapshot_id", Integer, primary_key=True),
    Column("organisation_id", Integer, primary_key=True),
    Column("dataset_id", Integer, primary_key=True),
    Column("issue_type_id", Integer, primary_key=True),
    Column("field", Text, primary_key=True, comment="'' where there is none or it is not known"),
    Column("severity", Text, nullable=False, comment="as on the date"),
    Column("responsibility", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("of_last_good", Boolean, nullable=False),
    Index("ix_issue_summary_type", "snapshot_id", "issue_type_id"),
    Index("ix_issue_summary_history", "organisation_id", "dataset_id", "snapshot_id"),
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

DENOMINATORS = ("programme", "statutory", "any", "all-lpas")
DIMENSIONS = ("all", "dataset", "region", "cohort", "type", "region+dataset", "cohort+dataset")
COVERAGE_COUNTS = (
    "expected",
    "endpoint",
    "reachable",
    "collected",
    "error_free",
    "conformant",
    "answering",
    "not_submitted",
    "processing",
    "error",
    "unknown",
    "needs_improving",
    "live",
    "fresh",
    "ageing",
    "stale",
    "organisations",
    "organisations_some",
    "organisations_all",
)

coverage = Table(
    "coverage",
    metadata,
    Column("denominator", Text, primary_key=True),
    Column("dimension", Text, primary_key=True),
    Column("value", Text, primary_key=True, comment="of the dimension; '' for all"),
    Column("dataset", Text, primary_key=True, comment="'' over all datasets"),
    Column("snapshot_id", Integer, primary_key=True),
    *(Column(name, Integer, nullable=False) for name in COVERAGE_COUNTS),
    CheckConstraint(_one_of("denominator", DENOMINATORS), "denominator"),
    Index("ix_coverage_snapshot_id", "snapshot_id"),
    comment="n of N by denominator and dimension, one row a snapshot: the national lines",
)

EVENT_KINDS = (
    "newly_provided",
    "lost",
    "newly_broken",
    "recovered",
    "endpoint_replaced",
    "content_updated",
    "status_changed",
    "issue_type_appeared",
    "issue_type_cleared",
    "joined_denominator",
    "left_denominator",
)

event = Table(
    "event",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("snapshot_id", Integer, ForeignKey("snapshot.id"), nullable=False),
    Column("previous_snapshot_id", Integer, ForeignKey("snapshot.id"), nullable=False),
    Column("organisation_id", Integer, nullable=False),
    Column("dataset_id", Integer, comment="null: the whole organisation"),
    Column("kind", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("by_rule", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint(_one_of("kind", EVENT_KINDS), "kind"),
    Index("ix_event_snapshot_id", "snapshot_id", "kind"),
    Index("ix_event_organisation_id", "organisation_id", "dataset_id", "snapshot_id"),
    Index("ix_event_previous_snapshot_id", "previous_snapshot_id"),
)

annotation = Table(
    "annotation",
    metadata,
    _id(),
    Column("on_date", Date, nullable=False),
    Column("kind", Text, nullable=False, comment="rule, denominator or incident"),
    Column("scope", Text, nullable=False, comment="kind of snapshot it concerns"),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("snapshot_id", Integer, ForeignKey("snapshot.id"), comment="found in this snapshot"),
    Column("subject", Text, comment="the issue type or set that changed"),
    UniqueConstraint("on_date", "kind", "scope", "title"),
    CheckConstraint(_one_of("kind", ("rule", "denominator", "incident")), "kind"),
)

rejection = Table(
    "rejection",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("load_id", Integer, ForeignKey("load.id"), nullable=False),
    Column("table_name", Text, nullable=False),
    Column("row_number", BigInteger, comment="in the order read, from 1"),
    Column("reason", Text, nullable=False),
    Column("row", JSONB, nullable=False),
    Index("ix_rejection_load_id", "load_id", "table_name"),
)
