"""What providers sent to the data team, and what has become of it."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from providers.schema.base import SCHEMA, archived_at, metadata, moment

_KINDS = "kind IN ('provide', 'replace', 'take_back', 'retire', 'correct', 'help')"


def _submission_id(*, is_key: bool = False) -> Column[int]:
    return Column(
        "submission_id",
        BigInteger,
        ForeignKey(f"{SCHEMA}.submission.id"),
        nullable=False,
        primary_key=is_key,
    )


submission = Table(
    "submission",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("reference", Text, nullable=False, unique=True, comment="ours: PD and eight signs"),
    Column("kind", Text, nullable=False),
    Column("organisation", Text, nullable=False, comment="whose data it is"),
    Column("acting_for", Text, nullable=False, comment="on whose behalf it was sent"),
    Column("dataset", Text, nullable=False),
    Column("subject", Text, nullable=False, comment="what may be open once: see sending"),
    Column("url", Text, comment="of the data, as it was checked"),
    Column("url_key", Text, comment="that address normalised, to be compared"),
    Column("endpoint", Text, comment="hash of the registered address that it is about"),
    Column("documentation_url", Text),
    Column("licence", Text),
    Column("mapping", JSONB, comment="field by column, as the check took it"),
    Column("task", Text, comment="public id of the task that it is to close"),
    Column("clean_at", DateTime(timezone=True), comment="when its check ended"),
    moment("sent_at"),
    Column("step", Text, nullable=False, server_default="sending", comment="the newest event's"),
    moment("step_at"),
    Column("ended_at", DateTime(timezone=True)),
    Column("snapshot_id", Integer, comment="highest that was looked at for it; null: none"),
    archived_at(),
    CheckConstraint(_KINDS, name="kind"),
    CheckConstraint("licence IN ('yes', 'no', 'unsure')", name="licence"),
    # What two people send in the same second is one submission.
    Index(
        "uq_submission_open",
        "organisation",
        "dataset",
        "subject",
        unique=True,
        postgresql_where=text("ended_at IS NULL AND archived_at IS NULL AND kind <> 'help'"),
    ),
    Index("ix_submission_organisation", "organisation", "dataset", "sent_at"),
    Index("ix_submission_sent_at", "sent_at"),
    Index("ix_submission_task", "task"),
    comment="Facts for every reader; names and words stand in submission_contact",
)

submission_contact = Table(
    "submission_contact",
    metadata,
    _submission_id(is_key=True),
    Column("person_id", Integer, nullable=False, comment="who sent it"),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("note", Text, nullable=False, server_default="", comment="in their own words"),
    Column("purge_on", Date, comment="24 months after the end; null: it has not ended"),
    comment="Personal data of a submission, removed by a job on its day",
)

submission_draft = Table(
    "submission_draft",
    metadata,
    Column("token", Text, primary_key=True, comment="in its address; the person's alone"),
    Column("person_id", Integer, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("acting_for", Text, nullable=False),
    Column("dataset", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("task", Text),
    Column("answers", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    moment("created_at"),
    moment("changed_at"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("submission_id", BigInteger, ForeignKey(f"{SCHEMA}.submission.id"), comment="sent as"),
    CheckConstraint(_KINDS, name="kind"),
    Index("ix_submission_draft_person_id", "person_id", "organisation", "dataset"),
    comment="What is being typed, kept for 30 days; personal data",
)

submission_event = Table(
    "submission_event",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _submission_id(),
    moment(),
    Column("on_day", Date, nullable=False, comment="of the evidence: of a snapshot, or of at"),
    Column("step", Text, nullable=False),
    Column("subject", Text, nullable=False, server_default="", comment="of what may come twice"),
    Column("person_id", Integer, comment="null: by evidence alone"),
    Column("evidence", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    UniqueConstraint("submission_id", "step", "subject", name="uq_submission_event"),
    comment="Append-only. What a submission came to, with what says so; nothing personal",
)

submission_link = Table(
    "submission_link",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _submission_id(),
    Column("endpoint", Text, nullable=False, comment="hash of the registered address"),
    Column("rule", Text, nullable=False, comment="L1 (exact) to L6 (by hand)"),
    moment(),
    Column("person_id", Integer, comment="who linked it by hand"),
    Column("ended_at", DateTime(timezone=True), comment="when another took its place, or none"),
    Column("ended_by", Integer, comment="who took it back: never again by rule"),
    CheckConstraint("rule IN ('L1', 'L2', 'L3', 'L4', 'L5', 'L6')", name="rule"),
    Index(
        "uq_submission_link_open",
        "submission_id",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
    ),
    comment="Which registered address a submission led to, and by which rule we think so",
)

ticket = Table(
    "ticket",
    metadata,
    _submission_id(is_key=True),
    Column("adapter", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("external_url", Text),
    Column("category", Text, nullable=False, server_default="new"),
    Column("native", Text, nullable=False, server_default="", comment="its status in its own word"),
    moment("changed_at"),
    Column("looked_at", DateTime(timezone=True), comment="when it had last moved"),
    Column("comments_at", DateTime(timezone=True), comment="newest comment that was read"),
    moment("created_at"),
    CheckConstraint(
        "category IN ('new', 'in_progress', 'waiting', 'done', 'cancelled', 'unknown')",
        name="category",
    ),
    comment="The ticket of a submission at the desk",
)

ticket_comment = Table(
    "ticket_comment",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _submission_id(),
    Column("external_id", Text, comment="null: ours, not sent yet"),
    Column("by_agent", Boolean, nullable=False),
    moment(),
    Column("text", Text, nullable=False),
    UniqueConstraint("submission_id", "external_id", name="uq_ticket_comment"),
    comment="Public comments, for signed-in people of the organisation; removed with the contact",
)

ticket_step = Table(
    "ticket_step",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _submission_id(),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False, server_default="", comment="of what may come twice"),
    Column("body", JSONB, nullable=False, comment="blank once it is sent: it names people"),
    Column("state", Text, nullable=False, server_default="pending"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("looks", Integer, comment="for what may be there already; null: it is not in doubt"),
    moment("created_at"),
    moment("due_at"),
    Column("lease_until", DateTime(timezone=True), comment="while a worker sends it"),
    Column("ended_at", DateTime(timezone=True)),
    Column("answer", Text, nullable=False, server_default="", comment="of the desk, at last"),
    CheckConstraint("kind IN ('create', 'note', 'attach', 'comment', 'close')", name="kind"),
    CheckConstraint("state IN ('pending', 'sending', 'sent', 'failed')", name="state"),
    UniqueConstraint("submission_id", "kind", "subject", name="uq_ticket_step"),
    Index("ix_ticket_step_open", "due_at", postgresql_where=text("ended_at IS NULL")),
    comment="The outbox of tickets, written in the transaction of the submission",
)

ticket_desk = Table(
    "ticket_desk",
    metadata,
    Column("adapter", Text, primary_key=True),
    Column("paused_at", DateTime(timezone=True), comment="it refused our credentials"),
    Column("trouble", Text, nullable=False, server_default="", comment="why it did not answer"),
    Column("trouble_at", DateTime(timezone=True)),
    Column("answered_at", DateTime(timezone=True)),
    Column("quiet_until", DateTime(timezone=True), comment="it said how long to leave it alone"),
    Column("fingerprint", Text, nullable=False, comment="of the credentials that it refused"),
    comment="How the desk is, for readiness and administrators",
)
