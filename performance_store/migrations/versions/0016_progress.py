"""What people said of tasks: each event follows the one before it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("task", sa.Text(), nullable=False, comment="public id of the task"),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("person_id", sa.Integer(), nullable=True, comment="null: by the data alone"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "reason",
            sa.Text(),
            nullable=True,
            comment="of a list: why it does not apply, or what the data said",
        ),
        sa.Column(
            "note",
            sa.Text(),
            nullable=True,
            comment="in the person's own words, for their organisation only",
        ),
        sa.Column("until", sa.Date(), nullable=True, comment="paused until this day"),
        sa.Column("problems", sa.Integer(), nullable=True, comment="of the task at that time"),
        sa.Column("previous_event_id", sa.BigInteger(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('to_do', 'in_progress', 'done', 'not_applicable', 'paused', 'confirmed')",
            name=op.f("ck_task_event_state"),
        ),
        sa.CheckConstraint(
            "(state = 'paused') = (until IS NOT NULL)", name=op.f("ck_task_event_until")
        ),
        sa.CheckConstraint("char_length(note) <= 500", name=op.f("ck_task_event_note")),
        sa.ForeignKeyConstraint(
            ["previous_event_id"],
            ["providers.task_event.id"],
            name=op.f("fk_task_event_previous_event_id_task_event"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_event")),
        schema="providers",
        comment="Append-only. Each row follows the one that whoever wrote it saw: of two that "
        "follow the same one the second is refused",
    )
    op.create_index(
        "uq_task_event",
        "task_event",
        ["task", sa.text("coalesce(previous_event_id, 0)")],
        unique=True,
        schema="providers",
        postgresql_where=sa.text("archived_at IS NULL"),
    )
    op.create_index(
        "ix_task_event_task",
        "task_event",
        ["task", "id"],
        schema="providers",
        postgresql_where=sa.text("archived_at IS NULL"),
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON providers.task_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION providers.refuse_change()"
    )
    # Real data may put aside what was said of the sample, and change nothing else.
    op.execute(
        "CREATE TRIGGER only_archived BEFORE UPDATE ON providers.task_event FOR EACH ROW "
        "WHEN (to_jsonb(OLD) - 'archived_at' IS DISTINCT FROM to_jsonb(NEW) - 'archived_at') "
        "EXECUTE FUNCTION providers.refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("task_event", schema="providers")
