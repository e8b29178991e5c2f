"""Tasks as facts: kept as intervals, with what could have spoken of them, and their lives."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
BROWNFIELD = (
    "Town and Country Planning (Brownfield Land Register) Regulations 2017, regulation 17: each "
    "entry is reviewed at least once in each register year"
)


def upgrade() -> None:
    op.create_table(
        "task_observation",
        sa.Column("snapshot_kind", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False, comment="issue type, or ''"),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column(
            "subject",
            sa.Text(),
            nullable=False,
            comment="the endpoint, the year of a review, or ''",
        ),
        sa.Column(
            "from_on",
            sa.Date(),
            nullable=False,
            comment="date of the first snapshot that has it so",
        ),
        sa.Column("to_on", sa.Date(), nullable=False, comment="date of the last one in a row"),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column(
            "problems",
            sa.Integer(),
            nullable=True,
            comment="of an issue; of endpoints to tidy, endpoints",
        ),
        sa.Column("rows", sa.Integer(), nullable=True, comment="distinct rows; null: not known"),
        sa.Column(
            "detail",
            sa.Text(),
            nullable=True,
            comment="last answer of an endpoint, day a review is due ...",
        ),
        sa.Column(
            "since", sa.Date(), nullable=True, comment="failing since, or content last changed"
        ),
        sa.Column("of_last_good", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('access', 'provide', 'take_over', 'fix', 'field', 'review', 'boundary', 'confirm', 'documentation', 'licence', 'tidy')",
            name=op.f("ck_task_observation_kind"),
        ),
        sa.CheckConstraint(
            "snapshot_kind IN ('platform', 'odp-reports', 'registers', 'sample')",
            name=op.f("ck_task_observation_snapshot_kind"),
        ),
        sa.CheckConstraint(
            "urgency IN ('must', 'should', 'improve')", name=op.f("ck_task_observation_urgency")
        ),
        sa.PrimaryKeyConstraint(
            "snapshot_kind",
            "organisation_id",
            "dataset_id",
            "kind",
            "code",
            "field",
            "subject",
            "from_on",
            name=op.f("pk_task_observation"),
        ),
        comment="Open tasks, one row for as long as nothing of one changes: intervals over the ordered snapshots of one kind (record_intervals)",
    )
    op.create_index(
        "ix_task_observation_key",
        "task_observation",
        ["organisation_id", "dataset_id", "kind", "code", "field", "subject"],
        unique=False,
    )
    op.create_table(
        "task_judgement",
        sa.Column("snapshot_kind", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column(
            "has", sa.Text(), nullable=False, comment="endpoint, provision (without one) or nothing"
        ),
        sa.Column(
            "aspects",
            sa.ARRAY(sa.Text()),
            nullable=False,
            comment="kinds of task it could have told",
        ),
        sa.CheckConstraint(
            "snapshot_kind IN ('platform', 'odp-reports', 'registers', 'sample')",
            name=op.f("ck_task_judgement_snapshot_kind"),
        ),
        sa.PrimaryKeyConstraint(
            "snapshot_kind",
            "organisation_id",
            "dataset_id",
            "from_on",
            name=op.f("pk_task_judgement"),
        ),
        comment="Of what the snapshots of each kind could have spoken, as intervals: silence closes a task only there",
    )
    op.create_index(
        "ix_task_judgement_cell", "task_judgement", ["organisation_id", "dataset_id"], unique=False
    )
    op.create_table(
        "task",
        sa.Column("public_id", sa.Text(), nullable=False, comment="made of its codes (task_id)"),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False, comment="issue type, or ''"),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column(
            "subject",
            sa.Text(),
            nullable=False,
            comment="the endpoint, the year of a review, or ''",
        ),
        sa.Column("snapshot_kind", sa.Text(), nullable=False, comment="that had it last"),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column(
            "problems",
            sa.Integer(),
            nullable=True,
            comment="of an issue; of endpoints to tidy, endpoints",
        ),
        sa.Column("rows", sa.Integer(), nullable=True, comment="distinct rows; null: not known"),
        sa.Column(
            "detail",
            sa.Text(),
            nullable=True,
            comment="last answer of an endpoint, day a review is due ...",
        ),
        sa.Column(
            "since", sa.Date(), nullable=True, comment="failing since, or content last changed"
        ),
        sa.Column("of_last_good", sa.Boolean(), nullable=False),
        sa.Column("first_seen_on", sa.Date(), nullable=False),
        sa.Column("last_seen_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True, comment="null: open, by the facts"),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("reopened", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "unreliable",
            sa.Boolean(),
            nullable=False,
            comment="its endpoint came and went three times in a fortnight",
        ),
        sa.CheckConstraint(
            "close_reason IN ('fixed', 'endpoint_ended', 'provision_ended', 'organisation_ended', 'rule_changed', 'superseded')",
            name=op.f("ck_task_close_reason"),
        ),
        sa.CheckConstraint(
            "kind IN ('access', 'provide', 'take_over', 'fix', 'field', 'review', 'boundary', 'confirm', 'documentation', 'licence', 'tidy')",
            name=op.f("ck_task_kind"),
        ),
        sa.PrimaryKeyConstraint("public_id", name=op.f("pk_task")),
        comment="The life of each task, worked out from the observations and never edited",
    )
    op.create_index("ix_task_closed_on", "task", ["closed_on"], unique=False)
    op.create_index(
        "ix_task_key",
        "task",
        ["organisation_id", "dataset_id", "kind", "code", "field", "subject"],
        unique=True,
    )
    op.create_table(
        "issue_type_alias",
        sa.Column("alias", sa.Text(), nullable=False, comment="a former name of an issue type"),
        sa.Column("issue_type", sa.Text(), nullable=False, comment="its name in tasks"),
        sa.PrimaryKeyConstraint("alias", name=op.f("pk_issue_type_alias")),
        comment="Reference data: a type that is renamed neither closes a task nor opens one",
    )
    op.create_table(
        "deadline",
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("month", sa.SmallInteger(), nullable=False),
        sa.Column("day", sa.SmallInteger(), nullable=False),
        sa.Column(
            "notice_days",
            sa.SmallInteger(),
            nullable=False,
            comment="a review is asked for this early",
        ),
        sa.Column("basis", sa.Text(), nullable=False, comment="the law, or who asks"),
        sa.PrimaryKeyConstraint("dataset", name=op.f("pk_deadline")),
        comment="Reference data: datasets that are to be reviewed each year, and by when",
    )
    op.bulk_insert(
        sa.table(
            "deadline",
            *(sa.column(name) for name in ("dataset", "month", "day", "notice_days", "basis")),
        ),
        [
            {
                "dataset": "brownfield-land",
                "month": 12,
                "day": 31,
                "notice_days": 92,
                "basis": BROWNFIELD,
            }
        ],
    )
    # The driver itself, which takes no percent sign for a placeholder where there are no values.
    op.get_bind().connection.cursor().execute((SQL / "0012_tasks.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("DROP FUNCTION record_intervals(regclass, regclass, text, date[])")
    op.execute("DROP FUNCTION task_id(text, text, text, text, text, text)")
    for table in ("task", "task_observation", "task_judgement", "issue_type_alias", "deadline"):
        op.drop_table(table)
