"""What waits in the queue, what died in it, and whether anybody works on it?"""

from __future__ import annotations

from sqlalchemy import Connection

from performance_store.queries.fetch import fetch
from performance_store.rows.jobs import DeadJob, Heartbeat, JobCount

# Ended badly: by a failure, or broken off for the last time.
_DEAD = "status IN ('failed', 'aborted')"
_OPEN = "status IN ('todo', 'doing', 'failed', 'aborted')"


def counts(connection: Connection) -> tuple[JobCount, ...]:
    """Jobs that wait, are being done or are dead, by name; names with none are left out."""
    return fetch(
        connection,
        JobCount,
        f"""
        SELECT task_name AS name,
            count(*) FILTER (WHERE status = 'todo') AS waiting,
            count(*) FILTER (WHERE status = 'todo' AND attempts > 0) AS failing,
            count(*) FILTER (WHERE status = 'doing') AS running,
            count(*) FILTER (WHERE {_DEAD}) AS dead,
            min(COALESCE(scheduled_at, at)) FILTER (
                WHERE status = 'todo' AND COALESCE(scheduled_at, at) <= now()) AS due_at,
            min(at) FILTER (WHERE {_DEAD}) AS dead_at
        FROM procrastinate_jobs AS job LEFT JOIN LATERAL (
            SELECT max(at) AS at FROM procrastinate_events AS event
            WHERE event.job_id = job.id AND type <> 'scheduled') AS last ON true
        WHERE {_OPEN}
        GROUP BY task_name ORDER BY task_name
        """,
    )


def dead(connection: Connection, *, limit: int = 20) -> tuple[DeadJob, ...]:
    """Dead jobs, the newest first."""
    return fetch(
        connection,
        DeadJob,
        f"""
        SELECT id AS job_id, task_name AS name, attempts, (
            SELECT max(at) FROM procrastinate_events AS event
            WHERE event.job_id = job.id) AS dead_at, failure.error
        FROM procrastinate_jobs AS job
        LEFT JOIN providers.job_failure AS failure ON failure.job_id = job.id
        WHERE {_DEAD} ORDER BY id DESC LIMIT :limit
        """,
        limit=limit,
    )


def heard(connection: Connection) -> tuple[Heartbeat, ...]:
    """The newest word of any worker. None or one row."""
    return fetch(
        connection,
        Heartbeat,
        "SELECT last_heartbeat AS heard_at FROM procrastinate_workers "
        "ORDER BY last_heartbeat DESC LIMIT 1",
    )
