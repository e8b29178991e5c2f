"""What snapshots say, kept as intervals: a row stands for as long as nothing of it changes.

Carried over some snapshots at a time, each lot in a transaction of its own, so that a migration that
is stopped goes on where it was; readers have the former tables until all of them are there.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from performance_store.database import DatabaseUnavailable

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
LOT = 20  # snapshots in a transaction
LOAD = 0x504450_10AD  # the lock of whoever loads


def upgrade() -> None:
    if not op.get_bind().scalar(sa.text("SELECT pg_try_advisory_lock(:load)"), {"load": LOAD}):
        raise DatabaseUnavailable("a load is running: migrate when it has ended")
    if not sa.inspect(op.get_bind()).has_table("summary_interval"):
        _make_tables()
        _run("0021_intervals.sql")
    with op.get_context().autocommit_block():
        _carry_over()
    _run("0021_views.sql")
    op.get_bind().execute(sa.text("SELECT pg_advisory_unlock(:load)"), {"load": LOAD})


def _carry_over() -> None:
    """Bring what stands in the former tables into the new ones, lot by lot, and say how far it is."""
    connection = op.get_bind()
    total = connection.scalar(sa.text("SELECT count(*) FROM snapshot"))
    while True:
        lot = connection.execute(
            sa.text(
                "SELECT kind, array_agg(as_at) FROM (SELECT n.kind, n.as_at, min(n.kind) OVER () "
                "AS next FROM snapshot n WHERE NOT EXISTS (SELECT FROM carried c "
                "WHERE c.snapshot_id = n.id) ORDER BY n.kind, n.as_at LIMIT :lot) x "
                "WHERE kind = next GROUP BY kind"
            ),
            {"lot": LOT},
        ).one_or_none()
        if lot is None:
            break
        connection.execute(
            sa.text("SELECT carry_over(:kind, :dates)"), {"kind": lot[0], "dates": lot[1]}
        )
        done = connection.scalar(sa.text("SELECT count(*) FROM carried"))
        print(f"  history as intervals: {done} of {total} snapshots", flush=True)
    connection.execute(sa.text("SELECT carry_log()"))


def _run(file: str) -> None:
    # The driver itself, which takes no percent sign for a placeholder where there are no values.
    op.get_bind().connection.cursor().execute((SQL / file).read_text(encoding="utf-8"))


def downgrade() -> None:
    raise RuntimeError(
        "the rows a snapshot that there were before are not made again: restore a backup"
    )


def _make_tables() -> None:
    op.create_table(
        "coverage_interval",
        sa.Column("snapshot_kind", sa.Text(), nullable=False),
        sa.Column("denominator", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False, comment="of the dimension; '' for all"),
        sa.Column("dataset", sa.Text(), nullable=False, comment="'' over all datasets"),
        sa.Column(
            "to_on", sa.Date(), nullable=False, comment="last snapshot; infinity: up to the newest"
        ),
        sa.Column("from_on", sa.Date(), nullable=False, comment="first snapshot that has it so"),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.Integer(), nullable=False),
        sa.Column("reachable", sa.Integer(), nullable=False),
        sa.Column("collected", sa.Integer(), nullable=False),
        sa.Column("error_free", sa.Integer(), nullable=False),
        sa.Column("conformant", sa.Integer(), nullable=False),
        sa.Column("answering", sa.Integer(), nullable=False),
        sa.Column("not_submitted", sa.Integer(), nullable=False),
        sa.Column("processing", sa.Integer(), nullable=False),
        sa.Column("error", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("needs_improving", sa.Integer(), nullable=False),
        sa.Column("live", sa.Integer(), nullable=False),
        sa.Column("fresh", sa.Integer(), nullable=False),
        sa.Column("ageing", sa.Integer(), nullable=False),
        sa.Column("stale", sa.Integer(), nullable=False),
        sa.Column("organisations", sa.Integer(), nullable=False),
        sa.Column("organisations_some", sa.Integer(), nullable=False),
        sa.Column("organisations_all", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "denominator IN ('programme', 'to-provide', 'statutory', 'any', 'all-lpas')",
            name=op.f("ck_coverage_interval_denominator"),
        ),
        sa.PrimaryKeyConstraint(
            "snapshot_kind",
            "denominator",
            "dimension",
            "value",
            "dataset",
            "to_on",
            name=op.f("pk_coverage_interval"),
        ),
        comment="n of N by denominator and dimension, as intervals, read through the view coverage: the national lines",
    )
    op.create_index(
        "ix_coverage_interval_date",
        "coverage_interval",
        ["snapshot_kind", "to_on", "from_on"],
        unique=False,
    )
    op.create_table(
        "endpoint_interval",
        sa.Column("snapshot_kind", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column(
            "to_on", sa.Date(), nullable=False, comment="last snapshot; infinity: up to the newest"
        ),
        sa.Column("from_on", sa.Date(), nullable=False, comment="first snapshot that has it so"),
        sa.Column("endpoint_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("attempted", sa.Boolean(), nullable=False),
        sa.Column(
            "success",
            sa.Boolean(),
            nullable=True,
            comment="newest attempt; null: none or not known",
        ),
        sa.Column("http_status", sa.Text(), nullable=True),
        sa.Column("exception", sa.Text(), nullable=True),
        sa.Column("last_attempt_on", sa.Date(), nullable=True),
        sa.Column("last_attempt_ago", sa.SmallInteger(), nullable=True),
        sa.Column("last_success_on", sa.Date(), nullable=True),
        sa.Column("last_success_ago", sa.SmallInteger(), nullable=True),
        sa.Column("failing_since", sa.Date(), nullable=True),
        sa.Column("resource_id", sa.Integer(), nullable=True, comment="current, else last good"),
        sa.Column("resource_current", sa.Boolean(), nullable=False),
        sa.Column("access_band", sa.Text(), nullable=False),
        sa.Column(
            "shared_with",
            sa.SmallInteger(),
            nullable=False,
            comment="other organisations it serves",
        ),
        sa.PrimaryKeyConstraint(
            "snapshot_kind",
            "organisation_id",
            "dataset_id",
            "to_on",
            "endpoint_id",
            name=op.f("pk_endpoint_interval"),
        ),
        comment="A cell's endpoint, as intervals, read through the view endpoint_state",
    )
    op.create_index(
        "ix_endpoint_interval_date",
        "endpoint_interval",
        ["snapshot_kind", "to_on", "from_on"],
        unique=False,
    )
    op.create_table(
        "endpoint_run",
        sa.Column("endpoint_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column(
            "first_attempt_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="of from_day; null: not known",
        ),
        sa.Column(
            "last_attempt_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="of to_day; null: not known",
        ),
        sa.Column(
            "http_status", sa.Text(), nullable=True, comment="null: no answer, see exception"
        ),
        sa.Column("exception", sa.Text(), nullable=True),
        sa.Column("resource_id", sa.Integer(), nullable=True),
        sa.Column("success", sa.Boolean(), nullable=False, comment="a 2xx answer with a resource"),
        sa.PrimaryKeyConstraint("endpoint_id", "to_day", name=op.f("pk_endpoint_run")),
        comment="The daily log: one row for as many days on end as an endpoint gives the same answer and the same resource. Of each day the last attempt counts",
    )
    op.create_table(
        "issue_interval",
        sa.Column("snapshot_kind", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column(
            "to_on", sa.Date(), nullable=False, comment="last snapshot; infinity: up to the newest"
        ),
        sa.Column("from_on", sa.Date(), nullable=False, comment="first snapshot that has it so"),
        sa.Column("issue_type_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False, comment="'' for none, or not known"),
        sa.Column("severity", sa.Text(), nullable=False, comment="as on the date"),
        sa.Column("responsibility", sa.Text(), nullable=False),
        sa.Column("problems", sa.Integer(), nullable=False),
        sa.Column("of_last_good", sa.Boolean(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=True, comment="distinct rows; null: not known"),
        sa.PrimaryKeyConstraint(
            "snapshot_kind",
            "organisation_id",
            "dataset_id",
            "to_on",
            "issue_type_id",
            "field",
            name=op.f("pk_issue_interval"),
        ),
        comment="Issues of a type in a field of a cell, as intervals, read through the view issue_summary",
    )
    op.create_index(
        "ix_issue_interval_date",
        "issue_interval",
        ["snapshot_kind", "to_on", "from_on"],
        unique=False,
    )
    op.create_table(
        "past_issue_interval",
        sa.Column("snapshot_kind", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column(
            "to_on", sa.Date(), nullable=False, comment="last snapshot; infinity: up to the newest"
        ),
        sa.Column("from_on", sa.Date(), nullable=False, comment="first snapshot that has it so"),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("issue_type_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False, comment="'' for none, or not known"),
        sa.Column("severity", sa.Text(), nullable=False, comment="as on the date"),
        sa.Column("responsibility", sa.Text(), nullable=False),
        sa.Column("problems", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=True, comment="distinct rows; null: not known"),
        sa.PrimaryKeyConstraint(
            "snapshot_kind",
            "organisation_id",
            "dataset_id",
            "to_on",
            "resource_id",
            "issue_type_id",
            "field",
            name=op.f("pk_past_issue_interval"),
        ),
        comment="Issues of last good copies that count no more: their address is long dead, and another endpoint of the cell works. As intervals, read through the view past_issue",
    )
    op.create_index(
        "ix_past_issue_interval_date",
        "past_issue_interval",
        ["snapshot_kind", "to_on", "from_on"],
        unique=False,
    )
    op.create_table(
        "provision_interval",
        sa.Column("snapshot_kind", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column(
            "content_key", sa.UUID(), nullable=False, comment="md5 of all columns from here on"
        ),
        sa.Column(
            "to_on", sa.Date(), nullable=False, comment="last snapshot; infinity: up to the newest"
        ),
        sa.Column("from_on", sa.Date(), nullable=False, comment="first snapshot that has it so"),
        sa.Column("provision_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("project", sa.Text(), nullable=True),
        sa.Column("cohort", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("specification", sa.Text(), nullable=True),
        sa.Column(
            "start_date",
            sa.Date(),
            nullable=True,
            comment="start date, else entry date; null: always",
        ),
        sa.Column(
            "end_date",
            sa.Date(),
            nullable=True,
            comment="first day on which it is not valid; null: open",
        ),
        sa.PrimaryKeyConstraint(
            "snapshot_kind",
            "organisation_id",
            "dataset_id",
            "content_key",
            "to_on",
            name=op.f("pk_provision_interval"),
        ),
        comment="The list of provisions, as intervals over the snapshots that were made of it, read through the view provision",
    )
    op.create_index(
        "ix_provision_interval_date",
        "provision_interval",
        ["snapshot_kind", "to_on", "from_on"],
        unique=False,
    )
    op.create_table(
        "summary_interval",
        sa.Column("snapshot_kind", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column(
            "to_on", sa.Date(), nullable=False, comment="last snapshot; infinity: up to the newest"
        ),
        sa.Column("from_on", sa.Date(), nullable=False, comment="first snapshot that has it so"),
        sa.Column("is_lpa", sa.Boolean(), nullable=False),
        sa.Column(
            "in_denominator",
            sa.Boolean(),
            nullable=False,
            comment="a provision is valid on the date",
        ),
        sa.Column("in_programme", sa.Boolean(), nullable=False),
        sa.Column("in_statutory", sa.Boolean(), nullable=False),
        sa.Column("in_any", sa.Boolean(), nullable=False),
        sa.Column(
            "in_to_provide",
            sa.Boolean(),
            sa.Computed(
                "is_lpa AND (provision_reason = ANY (ARRAY['statutory'::text, 'expected'::text]))",
                persisted=True,
            ),
            nullable=True,
            comment="null: no reason",
        ),
        sa.Column(
            "provision_reason",
            sa.Text(),
            nullable=True,
            comment="the valid reason of highest priority",
        ),
        sa.Column("project", sa.Text(), nullable=True),
        sa.Column("cohort", sa.Text(), nullable=True, comment="as on the date, never rewritten"),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reasons", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("access_band", sa.Text(), nullable=False),
        sa.Column("freshness_band", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("endpoint_count", sa.SmallInteger(), nullable=False, comment="active ones"),
        sa.Column("endpoint_attempted_count", sa.SmallInteger(), nullable=False),
        sa.Column(
            "endpoint_failing_count",
            sa.SmallInteger(),
            nullable=True,
            comment="null: no log is known",
        ),
        sa.Column("endpoint_id", sa.Integer(), nullable=True, comment="the primary endpoint"),
        sa.Column(
            "source_id", sa.Integer(), nullable=True, comment="edition of the primary's source"
        ),
        sa.Column("http_status", sa.Text(), nullable=True),
        sa.Column("exception", sa.Text(), nullable=True),
        sa.Column(
            "last_attempt_on",
            sa.Date(),
            nullable=True,
            comment="null: none, or see last_attempt_ago",
        ),
        sa.Column(
            "last_attempt_ago",
            sa.SmallInteger(),
            nullable=True,
            comment="days, of today and yesterday",
        ),
        sa.Column("last_success_on", sa.Date(), nullable=True, comment="of the primary"),
        sa.Column("last_success_ago", sa.SmallInteger(), nullable=True),
        sa.Column("best_success_on", sa.Date(), nullable=True, comment="of any active endpoint"),
        sa.Column("best_success_ago", sa.SmallInteger(), nullable=True),
        sa.Column(
            "resource_id",
            sa.Integer(),
            nullable=True,
            comment="current or last good resource of the primary",
        ),
        sa.Column(
            "resource_current", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column(
            "endpoint_updated_on",
            sa.Date(),
            nullable=True,
            comment="day the primary's resource was first seen",
        ),
        sa.Column(
            "content_changed_on",
            sa.Date(),
            nullable=True,
            comment="the newest such day of any active endpoint",
        ),
        sa.Column(
            "issues_of_last_good", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column(
            "critical_external", sa.Integer(), nullable=True, comment="problems; null: not known"
        ),
        sa.Column(
            "critical_internal", sa.Integer(), nullable=True, comment="problems; null: not known"
        ),
        sa.Column(
            "error_external", sa.Integer(), nullable=True, comment="problems; null: not known"
        ),
        sa.Column(
            "error_internal", sa.Integer(), nullable=True, comment="problems; null: not known"
        ),
        sa.Column(
            "warning_external", sa.Integer(), nullable=True, comment="problems; null: not known"
        ),
        sa.Column(
            "warning_internal", sa.Integer(), nullable=True, comment="problems; null: not known"
        ),
        sa.Column(
            "notice_external", sa.Integer(), nullable=True, comment="problems; null: not known"
        ),
        sa.Column(
            "notice_internal", sa.Integer(), nullable=True, comment="problems; null: not known"
        ),
        sa.Column("info_count", sa.Integer(), nullable=True, comment="problems; null: not known"),
        sa.Column(
            "unclassified_count", sa.Integer(), nullable=True, comment="problems; null: not known"
        ),
        sa.Column(
            "issue_type_count",
            sa.SmallInteger(),
            nullable=True,
            comment="open types of critical or error, external",
        ),
        sa.Column(
            "rows_critical_external",
            sa.Integer(),
            nullable=True,
            comment="distinct rows; null: not known",
        ),
        sa.Column(
            "rows_critical_internal",
            sa.Integer(),
            nullable=True,
            comment="distinct rows; null: not known",
        ),
        sa.Column(
            "rows_error_external",
            sa.Integer(),
            nullable=True,
            comment="distinct rows; null: not known",
        ),
        sa.Column(
            "rows_error_internal",
            sa.Integer(),
            nullable=True,
            comment="distinct rows; null: not known",
        ),
        sa.Column(
            "rows_warning_external",
            sa.Integer(),
            nullable=True,
            comment="distinct rows; null: not known",
        ),
        sa.Column(
            "rows_warning_internal",
            sa.Integer(),
            nullable=True,
            comment="distinct rows; null: not known",
        ),
        sa.Column(
            "rows_notice_external",
            sa.Integer(),
            nullable=True,
            comment="distinct rows; null: not known",
        ),
        sa.Column(
            "rows_notice_internal",
            sa.Integer(),
            nullable=True,
            comment="distinct rows; null: not known",
        ),
        sa.Column(
            "rows_to_fix", sa.Integer(), nullable=True, comment="distinct rows; null: not known"
        ),
        sa.Column("fields_total", sa.SmallInteger(), nullable=True),
        sa.Column("fields_supplied", sa.SmallInteger(), nullable=True),
        sa.Column("fields_matched", sa.SmallInteger(), nullable=True),
        sa.Column("record_count", sa.Integer(), nullable=True),
        sa.Column(
            "expectations_failed", sa.SmallInteger(), nullable=True, comment="null: none were given"
        ),
        sa.CheckConstraint(
            "access_band IN ('ok', 'failing', 'broken', 'long_broken', 'never', 'unknown')",
            name=op.f("ck_summary_interval_access_band"),
        ),
        sa.CheckConstraint(
            "freshness_band IN ('fresh', 'ageing', 'stale', 'unknown')",
            name=op.f("ck_summary_interval_freshness_band"),
        ),
        sa.CheckConstraint(
            "stage IN ('none', 'expected', 'endpoint', 'reachable', 'collected', 'error_free', 'conformant')",
            name=op.f("ck_summary_interval_stage"),
        ),
        sa.CheckConstraint(
            "status IN ('not_submitted', 'processing', 'error', 'unknown', 'needs_improving', 'live')",
            name=op.f("ck_summary_interval_status"),
        ),
        sa.PrimaryKeyConstraint(
            "snapshot_kind",
            "organisation_id",
            "dataset_id",
            "to_on",
            name=op.f("pk_summary_interval"),
        ),
        comment="A cell, one row for as long as nothing of it changes: intervals over the ordered snapshots of one kind (record_intervals), read through the view summary",
    )
    op.create_index(
        "ix_summary_interval_date",
        "summary_interval",
        ["snapshot_kind", "to_on", "from_on"],
        unique=False,
    )
    op.create_index(
        "ix_summary_interval_organisation",
        "summary_interval",
        ["snapshot_kind", "organisation_id", "to_on"],
        unique=False,
    )
    op.create_table("carried", sa.Column("snapshot_id", sa.Integer(), primary_key=True))
