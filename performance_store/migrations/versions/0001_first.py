"""The first edition of the store."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def _run(file: str) -> None:
    """Execute a file of SQL that belongs to this revision."""
    op.get_bind().exec_driver_sql((SQL / file).read_text(encoding="utf-8"))


def upgrade() -> None:
    _run("0001_functions.sql")
    op.create_table(
        "cohort",
        sa.Column("cohort", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("project", sa.Text(), nullable=True),
        sa.Column("fund", sa.Text(), nullable=True),
        sa.Column("intervention", sa.Text(), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("cohort", name=op.f("pk_cohort")),
    )
    op.create_table(
        "cohort_alias",
        sa.Column("alias", sa.Text(), nullable=False, comment="name used by the weekly reports"),
        sa.Column("cohort", sa.Text(), nullable=False, comment="name in the register"),
        sa.PrimaryKeyConstraint("alias", name=op.f("pk_cohort_alias")),
    )
    op.create_table(
        "coverage",
        sa.Column("denominator", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False, comment="of the dimension; '' for all"),
        sa.Column("dataset", sa.Text(), nullable=False, comment="'' over all datasets"),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
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
            "denominator IN ('programme', 'statutory', 'any', 'all-lpas')",
            name=op.f("ck_coverage_denominator"),
        ),
        sa.PrimaryKeyConstraint(
            "denominator", "dimension", "value", "dataset", "snapshot_id", name=op.f("pk_coverage")
        ),
        comment="n of N by denominator and dimension, one row a snapshot: the national lines",
    )
    op.create_index("ix_coverage_snapshot_id", "coverage", ["snapshot_id"], unique=False)
    op.create_table(
        "dataset",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("plural", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("collection", sa.Text(), nullable=True),
        sa.Column(
            "typology",
            sa.Text(),
            nullable=True,
            comment="geography, document, legal-instrument, metric, timetable ...",
        ),
        sa.Column("fresh_days", sa.SmallInteger(), server_default="182", nullable=False),
        sa.Column("ageing_days", sa.SmallInteger(), server_default="365", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset")),
        sa.UniqueConstraint("dataset", name=op.f("uq_dataset_dataset")),
    )
    op.create_table(
        "dataset_field",
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column(
            "expected", sa.Boolean(), nullable=False, comment="false: the pipeline adds it itself"
        ),
        sa.PrimaryKeyConstraint("dataset", "field", name=op.f("pk_dataset_field")),
    )
    op.create_table(
        "endpoint",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False, comment="sha256 of the URL"),
        sa.Column("endpoint_url", sa.Text(), nullable=True),
        sa.Column("plugin", sa.Text(), nullable=True),
        sa.Column("entry_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoint")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_endpoint_endpoint")),
    )
    op.create_table(
        "endpoint_log",
        sa.Column("endpoint_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "attempted_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="last one of the day",
        ),
        sa.Column("attempts", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column(
            "http_status", sa.Text(), nullable=True, comment="null: no answer, see exception"
        ),
        sa.Column("exception", sa.Text(), nullable=True),
        sa.Column("resource_id", sa.Integer(), nullable=True),
        sa.Column("success", sa.Boolean(), nullable=False, comment="a 2xx answer with a resource"),
        sa.PrimaryKeyConstraint("endpoint_id", "day", name=op.f("pk_endpoint_log")),
    )
    op.create_table(
        "endpoint_state",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
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
        sa.Column("last_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_success_on", sa.Date(), nullable=True),
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
            "snapshot_id",
            "organisation_id",
            "dataset_id",
            "endpoint_id",
            name=op.f("pk_endpoint_state"),
        ),
    )
    op.create_table(
        "field_summary",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("supplied", sa.Boolean(), nullable=False),
        sa.Column(
            "matched", sa.Boolean(), nullable=False, comment="under the specification's own name"
        ),
        sa.Column(
            "supplied_as",
            sa.Text(),
            nullable=True,
            comment="the column's name in the data, when it differs",
        ),
        sa.Column(
            "expected",
            sa.Boolean(),
            nullable=True,
            comment="by the specification; null: its fields are not known",
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "dataset_id", "field", name=op.f("pk_field_summary")
        ),
        comment="Fields of the primary endpoint's resource in the newest snapshot",
    )
    op.create_table(
        "issue",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("issue_type_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), server_default="", nullable=False),
        sa.Column("line_number", sa.BigInteger(), nullable=True),
        sa.Column("entry_number", sa.BigInteger(), nullable=True),
        sa.Column("entity", sa.BigInteger(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue")),
        comment="Individual issues of the newest platform snapshot",
    )
    op.create_index(
        "ix_issue_address",
        "issue",
        ["dataset_id", "resource_id", "issue_type_id", "field", "id"],
        unique=False,
    )
    op.create_table(
        "issue_summary",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("issue_type_id", sa.Integer(), nullable=False),
        sa.Column(
            "field", sa.Text(), nullable=False, comment="'' where there is none or it is not known"
        ),
        sa.Column("severity", sa.Text(), nullable=False, comment="as on the date"),
        sa.Column("responsibility", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("of_last_good", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "snapshot_id",
            "organisation_id",
            "dataset_id",
            "issue_type_id",
            "field",
            name=op.f("pk_issue_summary"),
        ),
    )
    op.create_index(
        "ix_issue_summary_history",
        "issue_summary",
        ["organisation_id", "dataset_id", "snapshot_id"],
        unique=False,
    )
    op.create_index(
        "ix_issue_summary_type", "issue_summary", ["snapshot_id", "issue_type_id"], unique=False
    )
    op.create_table(
        "issue_type",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("issue_type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("severity", sa.Text(), server_default="unclassified", nullable=False),
        sa.Column("responsibility", sa.Text(), server_default="unclassified", nullable=False),
        sa.Column("quality_dimension", sa.Text(), nullable=True),
        sa.Column("quality_criteria", sa.Text(), nullable=True),
        sa.Column("quality_criteria_level", sa.SmallInteger(), nullable=True),
        sa.Column(
            "listed",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="in a register",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_type")),
        sa.UniqueConstraint("issue_type", name=op.f("uq_issue_type_issue_type")),
    )
    op.create_table(
        "load",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "input",
            sa.Text(),
            nullable=False,
            comment="name of the file or folder, without its path",
        ),
        sa.Column(
            "fingerprint",
            sa.Text(),
            nullable=True,
            comment="sha256 of the input and what was asked of it",
        ),
        sa.Column("ruleset_version", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("missing", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column(
            "counts", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column(
            "timings", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.CheckConstraint(
            "kind IN ('platform', 'odp-reports', 'registers', 'sample')", name=op.f("ck_load_kind")
        ),
        sa.CheckConstraint(
            "state IN ('running', 'published', 'unchanged', 'failed')", name=op.f("ck_load_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_load")),
    )
    op.create_index("ix_load_state", "load", ["state", "id"], unique=False)
    op.create_table(
        "project",
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("project", name=op.f("pk_project")),
    )
    op.create_table(
        "provision_reason",
        sa.Column("provision_reason", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("priority", sa.SmallInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("provision_reason", name=op.f("pk_provision_reason")),
    )
    op.create_table(
        "provision_register",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False, comment="md5 of the rows, sorted"),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provision_register")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_provision_register_fingerprint")),
        comment="One edition of the list of provisions; snapshots with the same list share it",
    )
    op.create_table(
        "region",
        sa.Column(
            "region", sa.Text(), nullable=False, comment="ONS code E12..., or 'none': not assigned"
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", name=op.f("pk_region")),
        sa.UniqueConstraint("slug", name=op.f("uq_region_slug")),
    )
    op.create_table(
        "resource",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False, comment="sha256 of the bytes"),
        sa.Column(
            "start_date",
            sa.Date(),
            nullable=True,
            comment="day on which these bytes were first seen",
        ),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("mime_type", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
        sa.UniqueConstraint("resource", name=op.f("uq_resource_resource")),
    )
    op.create_table(
        "resource_use",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation_id", "dataset_id", "resource_id", name=op.f("pk_resource_use")
        ),
        comment="Whose issues are whose: the resources that count for a cell in the newest snapshot",
    )
    op.create_table(
        "role",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("role", name=op.f("pk_role")),
    )
    op.create_table(
        "summary",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
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
        sa.Column("last_attempt_on", sa.Date(), nullable=True),
        sa.Column("last_success_on", sa.Date(), nullable=True, comment="of the primary"),
        sa.Column("best_success_on", sa.Date(), nullable=True, comment="of any active endpoint"),
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
            "content_changed_on",
            sa.Date(),
            nullable=True,
            comment="day the resource was first seen",
        ),
        sa.Column(
            "issues_of_last_good", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column(
            "critical_external", sa.Integer(), nullable=True, comment="rows; null: not known"
        ),
        sa.Column(
            "critical_internal", sa.Integer(), nullable=True, comment="rows; null: not known"
        ),
        sa.Column("error_external", sa.Integer(), nullable=True, comment="rows; null: not known"),
        sa.Column("error_internal", sa.Integer(), nullable=True, comment="rows; null: not known"),
        sa.Column("warning_external", sa.Integer(), nullable=True, comment="rows; null: not known"),
        sa.Column("warning_internal", sa.Integer(), nullable=True, comment="rows; null: not known"),
        sa.Column("notice_external", sa.Integer(), nullable=True, comment="rows; null: not known"),
        sa.Column("notice_internal", sa.Integer(), nullable=True, comment="rows; null: not known"),
        sa.Column("info_count", sa.Integer(), nullable=True, comment="rows; null: not known"),
        sa.Column(
            "unclassified_count", sa.Integer(), nullable=True, comment="rows; null: not known"
        ),
        sa.Column(
            "issue_type_count",
            sa.SmallInteger(),
            nullable=True,
            comment="open types of critical or error, external",
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
            name=op.f("ck_summary_access_band"),
        ),
        sa.CheckConstraint(
            "freshness_band IN ('fresh', 'ageing', 'stale', 'unknown')",
            name=op.f("ck_summary_freshness_band"),
        ),
        sa.CheckConstraint(
            "stage IN ('none', 'expected', 'endpoint', 'reachable', 'collected', 'error_free', 'conformant')",
            name=op.f("ck_summary_stage"),
        ),
        sa.CheckConstraint(
            "status IN ('not_submitted', 'processing', 'error', 'unknown', 'needs_improving', 'live')",
            name=op.f("ck_summary_status"),
        ),
        sa.PrimaryKeyConstraint(
            "snapshot_id", "organisation_id", "dataset_id", name=op.f("pk_summary")
        ),
    )
    op.create_index(
        "ix_summary_organisation_id",
        "summary",
        ["organisation_id", "dataset_id", "snapshot_id"],
        unique=False,
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False, comment="CURIE, -eng prefix removed"),
        sa.Column("name", sa.Text(), nullable=True, comment="null when no source names it"),
        sa.Column(
            "type",
            sa.Text(),
            nullable=False,
            comment="prefix of the CURIE: local-authority, company ...",
        ),
        sa.Column("entity", sa.BigInteger(), nullable=True),
        sa.Column("region", sa.Text(), server_default="none", nullable=False),
        sa.Column("local_authority_type", sa.Text(), nullable=True),
        sa.Column(
            "statistical_geography", sa.Text(), nullable=True, comment="ONS code, E06... to E09..."
        ),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column(
            "successor",
            sa.Text(),
            nullable=True,
            comment="CURIE of the organisation that took over",
        ),
        sa.Column("former_names", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column(
            "members",
            sa.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="of a group",
        ),
        sa.Column("listed_as_lpa", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "authority_rank",
            sa.SmallInteger(),
            server_default="0",
            nullable=False,
            comment="who said so: 3 organisations CSV, 2 platform, 1 report, 0 only a name in a row",
        ),
        sa.Column(
            "search",
            sa.Text(),
            sa.Computed(
                "lower(coalesce(name, '') || ' ' || organisation || ' ' || coalesce(statistical_geography, ''))",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["region"], ["region.region"], name=op.f("fk_organisation_region_region")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("organisation", name=op.f("uq_organisation_organisation")),
    )
    op.create_index("ix_organisation_region", "organisation", ["region"], unique=False)
    op.create_table(
        "rejection",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("load_id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column(
            "row_number", sa.BigInteger(), nullable=True, comment="in the order read, from 1"
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("row", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("fk_rejection_load_id_load")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejection")),
    )
    op.create_index("ix_rejection_load_id", "rejection", ["load_id", "table_name"], unique=False)
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("load_id", sa.Integer(), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "scope",
            sa.Text(),
            nullable=False,
            comment="what the snapshot speaks of: national, programme",
        ),
        sa.Column("state", sa.Text(), server_default="published", nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("ruleset_version", sa.Text(), nullable=False),
        sa.Column(
            "issue_rules",
            sa.Text(),
            nullable=False,
            comment="md5 of issue types with their severity",
        ),
        sa.Column("provision_register_id", sa.Integer(), nullable=True),
        sa.Column(
            "knows",
            sa.ARRAY(sa.Text()),
            nullable=False,
            comment="logs, issues, fields, expectations ...",
        ),
        sa.Column(
            "lpa_count",
            sa.Integer(),
            nullable=True,
            comment="active LPAs on the date; null: no register says",
        ),
        sa.Column(
            "counts", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column(
            "timings", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column(
            "published_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind IN ('platform', 'odp-reports', 'registers', 'sample')",
            name=op.f("ck_snapshot_kind"),
        ),
        sa.CheckConstraint("state IN ('published')", name=op.f("ck_snapshot_state")),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("fk_snapshot_load_id_load")),
        sa.ForeignKeyConstraint(
            ["provision_register_id"],
            ["provision_register.id"],
            name=op.f("fk_snapshot_provision_register_id_provision_register"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint("kind", "as_at", name=op.f("uq_snapshot_kind_as_at")),
    )
    op.create_index("ix_snapshot_load_id", "snapshot", ["load_id"], unique=False)
    op.create_table(
        "annotation",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="rule, denominator or incident"),
        sa.Column("scope", sa.Text(), nullable=False, comment="kind of snapshot it concerns"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=True, comment="found in this snapshot"),
        sa.Column(
            "subject", sa.Text(), nullable=True, comment="the issue type or set that changed"
        ),
        sa.CheckConstraint(
            "kind IN ('rule', 'denominator', 'incident')", name=op.f("ck_annotation_kind")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_annotation_snapshot_id_snapshot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotation")),
        sa.UniqueConstraint(
            "on_date", "kind", "scope", "title", name=op.f("uq_annotation_on_date_kind_scope_title")
        ),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("previous_snapshot_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "dataset_id", sa.Integer(), nullable=True, comment="null: the whole organisation"
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("by_rule", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('newly_provided', 'lost', 'newly_broken', 'recovered', 'endpoint_replaced', 'content_updated', 'status_changed', 'issue_type_appeared', 'issue_type_cleared', 'joined_denominator', 'left_denominator')",
            name=op.f("ck_event_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["previous_snapshot_id"],
            ["snapshot.id"],
            name=op.f("fk_event_previous_snapshot_id_snapshot"),
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_event_snapshot_id_snapshot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(
        "ix_event_organisation_id",
        "event",
        ["organisation_id", "dataset_id", "snapshot_id"],
        unique=False,
    )
    op.create_index(
        "ix_event_previous_snapshot_id", "event", ["previous_snapshot_id"], unique=False
    )
    op.create_index("ix_event_snapshot_id", "event", ["snapshot_id", "kind"], unique=False)
    op.create_table(
        "organisation_boundary",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "geojson",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="a GeoJSON geometry, WGS84",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_boundary_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_organisation_boundary")),
    )
    op.create_table(
        "provision",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("provision_register_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
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
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_provision_dataset_id_dataset")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_provision_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["provision_register_id"],
            ["provision_register.id"],
            name=op.f("fk_provision_provision_register_id_provision_register"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provision")),
    )
    op.create_index(
        "ix_provision_register_pair",
        "provision",
        ["provision_register_id", "organisation_id", "dataset_id"],
        unique=False,
    )
    op.create_table(
        "role_organisation",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_role_organisation_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "role", name=op.f("pk_role_organisation")),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("content_key", sa.Text(), nullable=False, comment="md5 of all other columns"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("endpoint_id", sa.Integer(), nullable=True),
        sa.Column("collection", sa.Text(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("documentation_url", sa.Text(), nullable=True),
        sa.Column("entry_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoint.id"], name=op.f("fk_source_endpoint_id_endpoint")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_source_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("content_key", name=op.f("uq_source_content_key")),
        comment="Editions of sources: a changed licence makes a new row, so old snapshots stay true",
    )
    op.create_index("ix_source_endpoint_id", "source", ["endpoint_id"], unique=False)
    _run("0001_views.sql")


def downgrade() -> None:
    raise RuntimeError("the first edition has nothing before it: drop the database instead")
