"""What providers sent to the data team, its tickets, and what has become of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TABLES = (
    *("ticket_desk", "ticket_step", "ticket_comment", "ticket", "submission_link"),
    *("submission_event", "submission_draft", "submission_contact", "submission"),
)


def upgrade() -> None:
    op.create_table(
        "submission",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False, comment="ours: PD and eight signs"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False, comment="whose data it is"),
        sa.Column("acting_for", sa.Text(), nullable=False, comment="on whose behalf it was sent"),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column(
            "subject", sa.Text(), nullable=False, comment="what may be open once: see sending"
        ),
        sa.Column("url", sa.Text(), nullable=True, comment="of the data, as it was checked"),
        sa.Column(
            "url_key", sa.Text(), nullable=True, comment="that address normalised, to be compared"
        ),
        sa.Column(
            "endpoint",
            sa.Text(),
            nullable=True,
            comment="hash of the registered address that it is about",
        ),
        sa.Column("documentation_url", sa.Text(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column(
            "mapping",
            postgresql.JSONB(),
            nullable=True,
            comment="field by column, as the check took it",
        ),
        sa.Column(
            "task", sa.Text(), nullable=True, comment="public id of the task that it is to close"
        ),
        sa.Column(
            "clean_at", sa.DateTime(timezone=True), nullable=True, comment="when its check ended"
        ),
        sa.Column(
            "sent_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "step",
            sa.Text(),
            server_default="sending",
            nullable=False,
            comment="the newest event's",
        ),
        sa.Column(
            "step_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "snapshot_id",
            sa.Integer(),
            nullable=True,
            comment="highest that was looked at for it; null: none",
        ),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('provide', 'replace', 'take_back', 'retire', 'correct', 'help')",
            name=op.f("ck_submission_kind"),
        ),
        sa.CheckConstraint(
            "licence IN ('yes', 'no', 'unsure')", name=op.f("ck_submission_licence")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("reference", name=op.f("uq_submission_reference")),
        schema="providers",
        comment="Facts for every reader; names and words stand in submission_contact",
    )
    op.create_index(
        "ix_submission_organisation",
        "submission",
        ["organisation", "dataset", "sent_at"],
        unique=False,
        schema="providers",
    )
    op.create_index(
        "ix_submission_sent_at", "submission", ["sent_at"], unique=False, schema="providers"
    )
    op.create_index("ix_submission_task", "submission", ["task"], unique=False, schema="providers")
    op.create_index(
        "uq_submission_open",
        "submission",
        ["organisation", "dataset", "subject"],
        unique=True,
        schema="providers",
        postgresql_where=sa.text("ended_at IS NULL AND archived_at IS NULL AND kind <> 'help'"),
    )
    op.create_table(
        "ticket_desk",
        sa.Column("adapter", sa.Text(), nullable=False),
        sa.Column(
            "paused_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="it refused our credentials",
        ),
        sa.Column(
            "trouble", sa.Text(), server_default="", nullable=False, comment="why it did not answer"
        ),
        sa.Column("trouble_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "quiet_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="it said how long to leave it alone",
        ),
        sa.Column(
            "fingerprint",
            sa.Text(),
            nullable=False,
            comment="of the credentials that it refused",
        ),
        sa.PrimaryKeyConstraint("adapter", name=op.f("pk_ticket_desk")),
        schema="providers",
        comment="How the desk is, for readiness and administrators",
    )
    op.create_table(
        "submission_contact",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False, comment="who sent it"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column(
            "note", sa.Text(), server_default="", nullable=False, comment="in their own words"
        ),
        sa.Column(
            "purge_on",
            sa.Date(),
            nullable=True,
            comment="24 months after the end; null: it has not ended",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["providers.submission.id"],
            name=op.f("fk_submission_contact_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_submission_contact")),
        schema="providers",
        comment="Personal data of a submission, removed by a job on its day",
    )
    op.create_table(
        "submission_draft",
        sa.Column("token", sa.Text(), nullable=False, comment="in its address; the person's alone"),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("acting_for", sa.Text(), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=True),
        sa.Column(
            "answers",
            postgresql.JSONB(),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=True, comment="sent as"),
        sa.CheckConstraint(
            "kind IN ('provide', 'replace', 'take_back', 'retire', 'correct', 'help')",
            name=op.f("ck_submission_draft_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["providers.submission.id"],
            name=op.f("fk_submission_draft_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_submission_draft")),
        schema="providers",
        comment="What is being typed, kept for 30 days; personal data",
    )
    op.create_index(
        "ix_submission_draft_person_id",
        "submission_draft",
        ["person_id", "organisation", "dataset"],
        unique=False,
        schema="providers",
    )
    op.create_table(
        "submission_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "on_day", sa.Date(), nullable=False, comment="of the evidence: of a snapshot, or of at"
        ),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column(
            "subject",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="of what may come twice",
        ),
        sa.Column("person_id", sa.Integer(), nullable=True, comment="null: by evidence alone"),
        sa.Column(
            "evidence",
            postgresql.JSONB(),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["providers.submission.id"],
            name=op.f("fk_submission_event_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_event")),
        sa.UniqueConstraint("submission_id", "step", "subject", name="uq_submission_event"),
        schema="providers",
        comment="Append-only. What a submission came to, with what says so; nothing personal",
    )
    op.create_table(
        "submission_link",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False, comment="hash of the registered address"),
        sa.Column("rule", sa.Text(), nullable=False, comment="L1 (exact) to L6 (by hand)"),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("person_id", sa.Integer(), nullable=True, comment="who linked it by hand"),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when another took its place, or none",
        ),
        sa.Column(
            "ended_by",
            sa.Integer(),
            nullable=True,
            comment="who took it back: never again by rule",
        ),
        sa.CheckConstraint(
            "rule IN ('L1', 'L2', 'L3', 'L4', 'L5', 'L6')", name=op.f("ck_submission_link_rule")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["providers.submission.id"],
            name=op.f("fk_submission_link_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_link")),
        schema="providers",
        comment="Which registered address a submission led to, and by which rule we think so",
    )
    op.create_index(
        "uq_submission_link_open",
        "submission_link",
        ["submission_id"],
        unique=True,
        schema="providers",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "ticket",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("adapter", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("external_url", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), server_default="new", nullable=False),
        sa.Column(
            "native",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="its status in its own word",
        ),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "looked_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it had last moved",
        ),
        sa.Column(
            "comments_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="newest comment that was read",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "category IN ('new', 'in_progress', 'waiting', 'done', 'cancelled', 'unknown')",
            name=op.f("ck_ticket_category"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["providers.submission.id"],
            name=op.f("fk_ticket_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_ticket")),
        schema="providers",
        comment="The ticket of a submission at the desk",
    )
    op.create_table(
        "ticket_comment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True, comment="null: ours, not sent yet"),
        sa.Column("by_agent", sa.Boolean(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["providers.submission.id"],
            name=op.f("fk_ticket_comment_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_comment")),
        sa.UniqueConstraint("submission_id", "external_id", name="uq_ticket_comment"),
        schema="providers",
        comment="Public comments, for signed-in people of the organisation; removed with the contact",
    )
    op.create_table(
        "ticket_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "subject",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="of what may come twice",
        ),
        sa.Column(
            "body",
            postgresql.JSONB(),
            nullable=False,
            comment="blank once it is sent: it names people",
        ),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "looks",
            sa.Integer(),
            nullable=True,
            comment="for what may be there already; null: it is not in doubt",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "lease_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="while a worker sends it",
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "answer", sa.Text(), server_default="", nullable=False, comment="of the desk, at last"
        ),
        sa.CheckConstraint(
            "kind IN ('create', 'note', 'attach', 'comment', 'close')",
            name=op.f("ck_ticket_step_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'failed')", name=op.f("ck_ticket_step_state")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["providers.submission.id"],
            name=op.f("fk_ticket_step_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_step")),
        sa.UniqueConstraint("submission_id", "kind", "subject", name="uq_ticket_step"),
        schema="providers",
        comment="The outbox of tickets, written in the transaction of the submission",
    )
    op.create_index(
        "ix_ticket_step_open",
        "ticket_step",
        ["due_at"],
        unique=False,
        schema="providers",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON providers.submission_event FOR EACH STATEMENT EXECUTE FUNCTION providers.refuse_change()"
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table, schema="providers")
