"""What becomes of jobs: which wait, dead ones tried again or forgotten, old ones removed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from performance_store.queries.jobs import counts
from performance_store.rows.jobs import JobCount


def waiting(connection: Connection, *names: str) -> tuple[JobCount, ...]:
    """What waits, by name: of these names, or of all. Pages say it, so that nobody waits for what
    nobody does; names of which none waits are left out."""
    return tuple(
        row for row in counts(connection) if row.waiting and (not names or row.name in names)
    )


def retry(connection: Connection, job_ids: Sequence[int] = ()) -> int:
    """Put dead jobs back into the queue, these or all, as if they had never failed. Out: how
    many."""
    return _dead(
        connection,
        "UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = now(), "
        "queueing_lock = NULL, worker_id = NULL, abort_requested = false",
        job_ids,
    )


def forget(connection: Connection, job_ids: Sequence[int]) -> int:
    """Remove dead jobs. Out: how many."""
    return _dead(connection, "DELETE FROM procrastinate_jobs", job_ids) if job_ids else 0


def purge(connection: Connection, *, days: int) -> int:
    """Remove jobs that ended well, or were called off, so many days ago. Dead ones stay until
    somebody looks at them. Out: how many."""
    count = connection.execute(text(_PURGE), {"days": days}).rowcount
    connection.execute(text(_FORGET_WHY))
    return count


def _dead(connection: Connection, change: str, job_ids: Sequence[int]) -> int:
    sql = f"{change} WHERE status IN ('failed', 'aborted') AND (:all OR id = ANY(:ids))"
    values = {"all": not job_ids, "ids": list(job_ids)}
    return connection.execute(text(sql), values).rowcount


_PURGE = """
DELETE FROM procrastinate_jobs AS job
WHERE status IN ('succeeded', 'cancelled') AND NOT EXISTS (
    SELECT FROM procrastinate_events AS event
    WHERE event.job_id = job.id AND event.at > now() - make_interval(days => :days))
"""
_FORGET_WHY = """
DELETE FROM providers.job_failure AS failure
WHERE NOT EXISTS (SELECT FROM procrastinate_jobs WHERE id = failure.job_id)
"""
