"""What people said of tasks."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    text,
)

from providers.schema.base import SCHEMA, archived_at, metadata, moment

_COUNTS = text("archived_at IS NULL")

task_event = Table(
    "task_event",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("task", Text, nullable=False, comment="public id of the task"),
    Column("organisation", Text, nullable=False),
    Column("dataset", Text, nullable=False),
    moment(),
    Column("person_id", Integer, comment="null: by the data alone"),
    Column("state", Text, nullable=False),
    Column("reason", Text, comment="of a list: why it does not apply, or what the data said"),
    Column("note", Text, comment="in the person's own words, for their organisation only"),
    Column("until", Date, comment="paused until this day"),
    Column("problems", Integer, comment="of the task at that time"),
    Column("previous_event_id", BigInteger, ForeignKey(f"{SCHEMA}.task_event.id")),
    archived_at(),
    CheckConstraint(
        "state IN ('to_do', 'in_progress', 'done', 'not_applicable', 'paused', 'confirmed')",
        name="state",
    ),
    CheckConstraint("(state = 'paused') = (until IS NOT NULL)", name="until"),
    CheckConstraint("char_length(note) <= 500", name="note"),
    Index(
        "uq_task_event",
        "task",
        text("coalesce(previous_event_id, 0)"),
        unique=True,
        postgresql_where=_COUNTS,
    ),
    Index("ix_task_event_task", "task", "id", postgresql_where=_COUNTS),
    comment="Append-only. Each row follows the one that whoever wrote it saw: of two that follow "
    "the same one the second is refused",
)
