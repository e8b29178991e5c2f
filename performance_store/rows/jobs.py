"""Rows about what waits in the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class JobCount:
    """Jobs of one name that have not ended well, counted. ``waiting``: to be done, of which
    ``failing`` have failed before and are tried again later; ``running``; ``dead``: failed for the
    last time. ``due_at``: when the one that waits longest could have begun; None: none could."""

    name: str
    waiting: int
    failing: int
    running: int
    dead: int
    due_at: datetime | None
    dead_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeadJob:
    """A job that failed for the last time. ``attempts``: how often in all; ``error``: the kind of
    what went wrong last, None where nobody noted it."""

    job_id: int
    name: str
    attempts: int
    dead_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """When a worker was last heard of. One that stopped in order is forgotten."""

    heard_at: datetime
