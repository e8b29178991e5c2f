"""Rows about the two servers of a store: how far each is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Position:
    """How far the primary has written: its place in the log (None where it is itself a replica),
    the time by its clock, and the version of its data, None while there are none."""

    place: str | None
    at: datetime
    data_version: int | None


@dataclass(frozen=True, slots=True)
class Replay:
    """How far a replica is. ``replayed``: whether it has replayed a place, None where it is no
    replica; ``committed_at``: when the newest transaction that it shows was committed on the
    primary, None where it has replayed none since it was started."""

    replayed: bool | None
    committed_at: datetime | None
    data_version: int | None
