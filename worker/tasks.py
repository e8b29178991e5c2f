"""What jobs do: each name with its function, how often it is tried, and when it comes by itself.

A function is given `Tools` and the job's arguments, and does its work anew from what the database
says: a job may be done twice, when a worker is killed at its end. What it raises is tried again and
stands in the log, so nothing personal may be in its words. Imports stand in the functions: a worker
that waits is small.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from threading import Event

from sqlalchemy import Connection, Engine, text

from performance_store.database import transaction
from performance_store.settings import Settings
from providers import jobs
from providers.checks.terms import PURGE, RUN, terms_of
from providers.jobs import DEFAULT, HEAVY
from worker.checking_process import Spare

log = logging.getLogger("worker")

FINISHED_DAYS = 30


@dataclass(frozen=True, slots=True)
class Tools:
    """What a job works with. A light one has an engine of one connection that all light jobs of a
    worker share: it is given back before anything else is waited for."""

    engine: Engine
    settings: Settings
    stop: Event = field(default_factory=Event)
    """Set when the worker is to stop: of use to a job with a child of its own."""
    spare: Spare | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """How jobs of a name are done. A heavy one is done in a process of its own, whose memory goes
    with it; one that starts such a process itself (``has_child``) in a thread, with a connection of
    its own while it has use for one. ``attempts`` is how often in all; ``first_wait`` is in
    seconds, twice as many after each failure, six hours at most."""

    work: Callable[..., None]
    queue: str = DEFAULT
    attempts: int = 10
    first_wait: int = 30
    lock: str | None = None
    has_child: bool = False


def _sync(tools: Tools, *, timestamp: int | None = None) -> None:
    from performance_store.sync.run import sync

    source = tools.settings.sync_from
    if source is None:
        log.info("Nothing to sync from: SYNC_FROM is not set")
        return
    settings = tools.settings
    retention = settings.retention
    log.info(sync(tools.engine, source, settings.home, retention=retention, say=log.info).line())
    with transaction(tools.engine) as connection:
        jobs.defer(connection, ADVANCE, queueing_lock=ADVANCE)


def _purge(tools: Tools, *, timestamp: int) -> None:
    with transaction(tools.engine) as connection:
        jobs.purge(connection, days=FINISHED_DAYS)


def _send(tools: Tools, *, messages: list[int]) -> None:
    from providers.messages import work

    work.send(tools.engine, tools.settings, messages)


def _digests(tools: Tools, *, timestamp: int) -> None:
    from providers.messages import work

    work.digests(tools.engine, tools.settings)


def _alerts(tools: Tools, *, timestamp: int) -> None:
    from providers.messages import work

    work.alerts(tools.engine, tools.settings)


def _deliver(tools: Tools, *, delivery: int) -> None:
    from providers.messages import work

    work.deliver(tools.engine, delivery)


def _wake(tools: Tools, *, timestamp: int) -> None:
    from providers.messages import work

    work.wake(tools.engine, tools.settings)


def _forget(tools: Tools, *, timestamp: int) -> None:
    from providers.accounts import sign_in
    from providers.messages import work
    from providers.submissions import upkeep

    work.purge(tools.engine)
    with transaction(tools.engine) as connection:
        sign_in.purge(connection)
        upkeep.purge(connection, today=datetime.fromtimestamp(timestamp, UTC).date())


def _settle(tools: Tools, *, timestamp: int) -> None:
    from providers import tasks

    with transaction(tools.engine) as connection:
        count = tasks.settle(connection, today=datetime.fromtimestamp(timestamp, UTC).date())
    log.info("Tasks put back to do: %s", count)


def _advance(tools: Tools, *, timestamp: int | None = None) -> None:
    from providers.submissions import evidence

    now = datetime.now(UTC)
    with transaction(tools.engine) as connection:
        count = evidence.advance(connection, today=now.date(), now=now)
    if count:
        log.info("Steps of submissions: %s", count)


def _check(tools: Tools, *, check: int) -> None:
    from worker import checking

    checking.run(tools.engine, tools.settings, check, tools.stop, tools.spare)


def _forget_checks(tools: Tools, *, timestamp: int) -> None:
    from providers.checks import upkeep

    upkeep.purge(lambda: transaction(tools.engine), terms_of(tools.settings))


def _ticket(tools: Tools, *, step: int) -> None:
    from providers.tickets import desk_of, outbox

    outbox.send(partial(transaction, tools.engine), desk_of(tools.settings), step)


def _tickets(tools: Tools, *, timestamp: int) -> None:
    from providers.tickets import desk_of, polling

    polling.poll(partial(transaction, tools.engine), desk_of(tools.settings))
    # What the desk says may be the end of a submission.
    _advance(tools)


def _wake_tickets(tools: Tools, *, timestamp: int) -> None:
    from providers.tickets import desk_of, outbox

    with transaction(tools.engine) as connection:
        outbox.wake(connection, desk_of(tools.settings))


SYNC = "sync.nightly"
ADVANCE = "submissions.advance"
TASKS: dict[str, Task] = {
    SYNC: Task(_sync, queue=HEAVY, attempts=6, first_wait=900, lock="sync"),
    "jobs.purge": Task(_purge),
    "mail.send": Task(_send),
    "mail.wake": Task(_wake, attempts=1),
    "digest.weekly": Task(_digests, attempts=3, lock="editions"),
    "alerts.daily": Task(_alerts, attempts=3, lock="editions"),
    "webhook.deliver": Task(_deliver),
    "purge.daily": Task(_forget),
    "progress.settle": Task(_settle),
    "tickets.send": Task(_ticket),
    "tickets.poll": Task(_tickets, attempts=1, lock="tickets.poll"),
    "tickets.wake": Task(_wake_tickets, attempts=1),
    ADVANCE: Task(_advance, attempts=1),
    # How often one check is begun it counts itself; the rest are workers told to stop.
    RUN: Task(_check, queue=HEAVY, attempts=20, first_wait=5, has_child=True),
    PURGE: Task(_forget_checks, attempts=3),
}
WHEN = {
    SYNC: "30 4 * * *",
    "jobs.purge": "50 3 * * *",
    "purge.daily": "10 3 * * *",
    "progress.settle": "40 5 * * *",
    "tickets.poll": "*/15 * * * *",
    "tickets.wake": "*/5 * * * *",
    ADVANCE: "*/5 * * * *",
    PURGE: "20 * * * *",
    # Also for data that come late: of one morning each tells once.
    "alerts.daily": "5 6-11 * * *",
    # From Monday at seven in London, which is six in UTC in summer, until the data have come.
    "digest.weekly": "*/15 * * * 1-3",
    "mail.wake": "*/10 * * * *",
}
"""When a job is due, by the minute (UTC) as cron has it; its function gets `timestamp`, the second
that it was due. One whose name has no function yet does not come."""


def defer_missed_sync(connection: Connection) -> None:
    """Sync now where no sync is under way or ended well in the last day: a new deployment does not
    wait for the night, nor one whose worker was away in it. Of workers that start at once, one."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": _MISSED_LOCK})
    if not connection.execute(text(_SYNC_IS_FRESH), {"name": SYNC}).scalar():
        jobs.defer(connection, SYNC, queue=HEAVY, lock=TASKS[SYNC].lock)


_MISSED_LOCK = 0x504450_5751
_SYNC_IS_FRESH = """
SELECT EXISTS (
    SELECT FROM procrastinate_jobs AS job
    WHERE task_name = :name AND (status IN ('todo', 'doing') OR status = 'succeeded' AND EXISTS (
        SELECT FROM procrastinate_events AS event
        WHERE event.job_id = job.id AND type = 'succeeded'
          AND event.at > now() - interval '1 day')))
"""
