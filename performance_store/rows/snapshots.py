"""Which snapshots there are, what they know, and how loads went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from performance_store.rows.columns import AsAt, SnapshotKind


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One published snapshot. ``knows`` holds logs, issues, fields, expectations, as given."""

    snapshot_id: Annotated[int, "Number of the snapshot."]
    as_at: AsAt
    kind: SnapshotKind
    scope: Annotated[str, "What the snapshot is of."]
    knows: Annotated[
        tuple[str, ...],
        "What the snapshot can tell of: logs, issues, fields, expectations.",
    ]
    lpa_count: Annotated[int | None, "Local planning authorities on the date."]
    published_at: Annotated[datetime, "When the load that brought it was published."]
    data_version: Annotated[int, "The newest load when this was answered."]


@dataclass(frozen=True, slots=True)
class DataVersion:
    """The newest load that was published: its number, and when that was."""

    data_version: int
    published_at: datetime


@dataclass(frozen=True, slots=True)
class SnapshotDays:
    """The dates of all snapshots of a kind, oldest first."""

    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """One thing that a snapshot's figures can tell: logs, issues, fields or expectations."""

    of: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """A change of rules or denominators that a line must not be read without."""

    on_date: date
    kind: str
    scope: str
    title: str
    text: str
    subject: str | None


@dataclass(frozen=True, slots=True)
class LoadRecord:
    """One load, good or failed."""

    load_id: int
    kind: str
    input: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    error: str | None
    missing: tuple[str, ...]
    rejected: int


@dataclass(frozen=True, slots=True)
class LoadUnderWay:
    """A load that has not ended: about how much of it is over, in percent; None where it does not
    say."""

    percent: int | None


@dataclass(frozen=True, slots=True)
class RejectionCount:
    """How many rows of a table the newest loads could not use, and why."""

    load_id: int
    table_name: str
    reason: str
    rows: int
    first_row: int | None
    """In the order read, from 1; None where the reason says which one it is."""
