"""How the store is, for those who watch it: health checks, monitoring, `status`.

One look gives a `Condition`; what is told of it is made from that, so that no two of them differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from performance_store.database import head_revision, known_revisions
from performance_store.queries import jobs, snapshots, tickets
from performance_store.rows import LoadRecord
from performance_store.rows.jobs import JobCount

LOADS = 200
"""How far back a look goes. A store that failed more often in a row has a known fault."""

SILENCE = timedelta(minutes=5)
"""After which a worker that is not heard of counts as away."""


@dataclass(frozen=True, slots=True)
class LoadState:
    """How the loads of one kind went. ``good`` is the newest that ended well; ``failures`` counts
    those that failed since, and ``failed`` is the newest of them."""

    kind: str
    newest: LoadRecord
    good: LoadRecord | None
    failed: LoadRecord | None
    failures: int


@dataclass(frozen=True, slots=True)
class Condition:
    """How the store is. ``migrations``: "at head", "behind" or "ahead" of this code. ``version``,
    ``as_at`` and ``kind`` are of the data that is now, ``published_at`` of its snapshot; None in
    an empty store. ``platform_as_at`` is the newest day of the platform's data. ``tickets``
    as `queries.tickets.trouble` has it."""

    migrations: str
    version: int | None = None
    as_at: date | None = None
    kind: str | None = None
    published_at: datetime | None = None
    platform_as_at: date | None = None
    loads: tuple[LoadState, ...] = ()
    jobs: tuple[JobCount, ...] = ()
    worker_heard_at: datetime | None = None
    tickets: str = "ok"

    def data(self, now: datetime, old_days: int) -> str:
        """ "none", "current" or "old": of a day more than so many days ago (0: never). The sample
        does not age."""
        if self.as_at is None:
            return "none"
        return "old" if is_old(self.as_at, self.kind, now, old_days) else "current"

    def worker(self, now: datetime) -> str:
        """ "ok", "silent": it ought to be there, since it did not stop in order or something has
        waited for it; or "none": there is none, and nothing for it to do."""
        if self.worker_heard_at is not None:
            return "ok" if now - self.worker_heard_at <= SILENCE else "silent"
        waits = [job.due_at for job in self.jobs if job.due_at is not None]
        return "silent" if waits and now - min(waits) > SILENCE else "none"

    def describe(self, now: datetime, old_days: int) -> dict[str, object]:
        """What a health check says of it, in plain values."""
        return {
            "migrations": self.migrations,
            "data": self.data(now, old_days),
            "data_version": None if self.version is None else str(self.version),
            "as_at": self.as_at.isoformat() if self.as_at else None,
            "kind": self.kind,
            "data_age_days": None if self.as_at is None else days_since(self.as_at, now),
            "expected_days": old_days or None,
            "worker": self.worker(now),
            "jobs_waiting": sum(job.waiting for job in self.jobs),
            "jobs_dead": sum(job.dead for job in self.jobs),
            "tickets": self.tickets,
        }


@dataclass(frozen=True, slots=True)
class Figure:
    """One number for monitoring."""

    name: str
    help: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


def look(connection: Connection) -> Condition:
    """The condition of a store, one that was never migrated too."""
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        return Condition("behind")
    migrations = "at head" if revision == _head() else "behind"
    if revision not in known_revisions():
        # Of a newer release, whose migrations leave the older one able to read.
        migrations = "ahead"
    if migrations == "behind":
        return Condition(migrations)
    now = snapshots.current(connection)
    platform = snapshots.latest(connection, until=date.max, kind="platform")
    heard = jobs.heard(connection)
    return Condition(
        migrations,
        version=now[0].data_version if now else None,
        as_at=now[0].as_at if now else None,
        kind=now[0].kind if now else None,
        published_at=now[0].published_at if now else None,
        platform_as_at=platform[0].as_at if platform else None,
        loads=tuple(_load_states(snapshots.loads(connection, limit=LOADS))),
        jobs=jobs.counts(connection),
        worker_heard_at=heard[0].heard_at if heard else None,
        tickets=tickets.trouble(connection),
    )


def figures(condition: Condition, now: datetime) -> Iterator[Figure]:
    """The condition as numbers. No age is negative, whatever a clock says."""
    words = "Whether the migrations are those of this release."
    yield Figure("pdp_migrations_at_head", words, float(condition.migrations == "at head"))
    if condition.as_at is not None:
        words = "Age of the data, counted from the start of the day that it is of."
        yield Figure("pdp_data_age_seconds", words, _seconds_since(_midnight(condition.as_at), now))
    if condition.published_at is not None:
        words = "When the data became visible."
        at = condition.published_at.timestamp()
        yield Figure("pdp_data_published_timestamp_seconds", words, at)
    if condition.platform_as_at is not None:
        words = "How far the platform’s data here are behind, counted in whole days."
        behind = timedelta(days=days_since(condition.platform_as_at, now))
        yield Figure("pdp_sync_lag_seconds", words, behind.total_seconds())
    for one in condition.loads:
        yield from _of_loads(one)
    if condition.worker_heard_at is not None:
        words = "How long ago a worker was last heard of."
        silence = _seconds_since(condition.worker_heard_at, now)
        yield Figure("pdp_worker_silence_seconds", words, silence)
    if condition.migrations != "behind":
        words = "Whether what is submitted reaches the ticket system."
        yield Figure("pdp_tickets_ok", words, float(condition.tickets == "ok"))
    for job in condition.jobs:
        yield from _of_jobs(job, now)


def _of_loads(one: LoadState) -> Iterator[Figure]:
    kind = (("kind", one.kind),)
    if one.newest.finished_at is not None:
        took = max((one.newest.finished_at - one.newest.started_at).total_seconds(), 0.0)
        yield Figure("pdp_load_seconds", "How long the newest load took.", took, kind)
    good = float(one.failures == 0)
    yield Figure("pdp_load_succeeded", "Whether the newest load succeeded.", good, kind)
    words = "Loads that failed since the last one that did not."
    yield Figure("pdp_load_failures", words, float(one.failures), kind)
    if one.good is not None and one.good.finished_at is not None:
        words = "When a load last ended well, with new data or with none."
        at = one.good.finished_at.timestamp()
        yield Figure("pdp_load_good_timestamp_seconds", words, at, kind)


def _of_jobs(job: JobCount, now: datetime) -> Iterator[Figure]:
    name = (("job", job.name),)
    yield Figure("pdp_jobs_waiting", "Jobs that wait.", float(job.waiting), name)
    words = "Jobs that have failed and are tried again."
    yield Figure("pdp_jobs_failing", words, float(job.failing), name)
    yield Figure("pdp_jobs_running", "Jobs that are being done.", float(job.running), name)
    words = "Jobs that failed for the last time."
    yield Figure("pdp_jobs_dead", words, float(job.dead), name)
    if job.due_at is not None:
        words = "For how long the longest waiting job could have begun."
        yield Figure("pdp_jobs_wait_seconds", words, _seconds_since(job.due_at, now), name)
    if job.dead_at is not None:
        words = "For how long the first of the dead jobs has been dead."
        yield Figure("pdp_jobs_dead_seconds", words, _seconds_since(job.dead_at, now), name)


def _load_states(loads: tuple[LoadRecord, ...]) -> Iterator[LoadState]:
    """By kind, the one loaded last first. One that is running says nothing yet."""
    for kind in dict.fromkeys(row.kind for row in loads):
        rows = [row for row in loads if row.kind == kind and row.state != "running"]
        if not rows:
            continue
        good = next((row for row in rows if row.state != "failed"), None)
        since = rows[: rows.index(good)] if good else rows
        yield LoadState(kind, rows[0], good, since[0] if since else None, len(since))


def is_old(as_at: date, kind: str | None, now: datetime, old_days: int) -> bool:
    """Whether data of a day and a kind are older than so many days (0: never). The sample does
    not age."""
    return bool(old_days) and kind != "sample" and days_since(as_at, now) > old_days


def days_since(day: date, now: datetime) -> int:
    """Whole days from a day to now; 0 where a clock that was set back puts it in the future."""
    return max((now.astimezone(UTC).date() - day).days, 0)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _seconds_since(then: datetime, now: datetime) -> float:
    return max((now - then).total_seconds(), 0.0)


@lru_cache(maxsize=1)
def _head() -> str | None:
    return head_revision()
