"""Tasks, as facts: when each was open, what could have spoken of it, and its life."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    text,
)

from performance_store.definitions.vocabulary import CLOSE_REASONS, KINDS, TASK_KINDS, URGENCIES
from performance_store.schema.base import metadata, one_of

_KEY = ("organisation_id", "dataset_id", "kind", "code", "field", "subject")


def _key(*, primary_key: bool) -> tuple[Column[object], ...]:
    """What names a task."""
    return (
        Column("organisation_id", Integer, primary_key=primary_key, nullable=False),
        Column("dataset_id", Integer, primary_key=primary_key, nullable=False),
        Column("kind", Text, primary_key=primary_key, nullable=False),
        Column("code", Text, primary_key=primary_key, nullable=False, comment="issue type, or ''"),
        Column("field", Text, primary_key=primary_key, nullable=False),
        Column(
            "subject",
            Text,
            primary_key=primary_key,
            nullable=False,
            comment="the endpoint, the year of a review, or ''",
        ),
    )


def _state() -> tuple[Column[object], ...]:
    """How a task stands."""
    return (
        Column("urgency", Text, nullable=False),
        Column("problems", Integer, comment="of an issue; of endpoints to tidy, endpoints"),
        Column("rows", Integer, comment="distinct rows; null: not known"),
        Column("detail", Text, comment="last answer of an endpoint, day a review is due ..."),
        Column("since", Date, comment="failing since, or content last changed"),
        Column("of_last_good", Boolean, nullable=False),
    )


task_observation = Table(
    "task_observation",
    metadata,
    Column("snapshot_kind", Text, primary_key=True),
    *_key(primary_key=True),
    Column("from_on", Date, primary_key=True, comment="date of the first snapshot that has it so"),
    Column("to_on", Date, nullable=False, comment="date of the last one in a row"),
    *_state(),
    CheckConstraint(one_of("snapshot_kind", KINDS), "snapshot_kind"),
    CheckConstraint(one_of("kind", TASK_KINDS), "kind"),
    CheckConstraint(one_of("urgency", URGENCIES), "urgency"),
    Index("ix_task_observation_key", *_KEY),
    comment="Open tasks, one row for as long as nothing of one changes: intervals over the ordered "
    "snapshots of one kind (record_intervals)",
)

task_judgement = Table(
    "task_judgement",
    metadata,
    Column("snapshot_kind", Text, primary_key=True),
    Column("organisation_id", Integer, primary_key=True),
    Column("dataset_id", Integer, primary_key=True),
    Column("from_on", Date, primary_key=True),
    Column("to_on", Date, nullable=False),
    Column("has", Text, nullable=False, comment="endpoint, provision (without one) or nothing"),
    Column("aspects", ARRAY(Text), nullable=False, comment="kinds of task it could have told"),
    CheckConstraint(one_of("snapshot_kind", KINDS), "snapshot_kind"),
    Index("ix_task_judgement_cell", "organisation_id", "dataset_id"),
    comment="Of what the snapshots of each kind could have spoken, as intervals: silence closes a "
    "task only there",
)

task = Table(
    "task",
    metadata,
    Column("public_id", Text, primary_key=True, comment="made of its codes (task_id)"),
    *_key(primary_key=False),
    Column("snapshot_kind", Text, nullable=False, comment="that had it last"),
    *_state(),
    Column("first_seen_on", Date, nullable=False),
    Column("last_seen_on", Date, nullable=False),
    Column("closed_on", Date, comment="null: open, by the facts"),
    Column("close_reason", Text),
    Column("reopened", SmallInteger, nullable=False, server_default=text("0")),
    Column(
        "unreliable",
        Boolean,
        nullable=False,
        comment="its endpoint came and went three times in a fortnight",
    ),
    CheckConstraint(one_of("kind", TASK_KINDS), "kind"),
    CheckConstraint(one_of("close_reason", CLOSE_REASONS), "close_reason"),
    Index("ix_task_key", *_KEY, unique=True),
    Index("ix_task_closed_on", "closed_on"),
    comment="The life of each task, worked out from the observations and never edited",
)

issue_type_alias = Table(
    "issue_type_alias",
    metadata,
    Column("alias", Text, primary_key=True, comment="a former name of an issue type"),
    Column("issue_type", Text, nullable=False, comment="its name in tasks"),
    comment="Reference data: a type that is renamed neither closes a task nor opens one",
)

deadline = Table(
    "deadline",
    metadata,
    Column("dataset", Text, primary_key=True),
    Column("month", SmallInteger, nullable=False),
    Column("day", SmallInteger, nullable=False),
    Column("notice_days", SmallInteger, nullable=False, comment="a review is asked for this early"),
    Column("basis", Text, nullable=False, comment="the law, or who asks"),
    comment="Reference data: datasets that are to be reviewed each year, and by when",
)
