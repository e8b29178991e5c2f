"""Putting a job into the queue."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import psycopg
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

DEFAULT, HEAVY = "default", "heavy"
QUEUES = (DEFAULT, HEAVY)
"""What is light, and done several at a time; and what takes a machine's memory (a load, a check),
one at a time on each worker."""

_DEFER = text(
    "SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[CAST(ROW("
    "CAST(:queue AS varchar), CAST(:name AS varchar), CAST(:priority AS integer), "
    "CAST(:lock AS text), CAST(:queueing_lock AS text), CAST(:arguments AS jsonb), "
    "CAST(:run_at AS timestamptz)) AS procrastinate_job_to_defer_v1)]))"
)


def defer(
    connection: Connection,
    name: str,
    *,
    queue: str = DEFAULT,
    lock: str | None = None,
    queueing_lock: str | None = None,
    run_at: datetime | None = None,
    priority: int = 0,
    **arguments: Any,
) -> int | None:
    """Put a job into the queue, in the transaction of the connection: with what it follows from
    it is there or it is not.

    In: its name (a key of `worker.tasks.TASKS`) and arguments, plain values that JSON has: ids and
    codes, never an address or what somebody typed. Of jobs with the same `lock` one is done at a
    time, in their order; of those with the same `queueing_lock` one waits at most. Not before
    `run_at`; higher `priority` first. Out: its number; None where one with that queueing lock waits
    already. Raises ValueError for a queue that no worker takes from.
    """
    if queue not in QUEUES:
        raise ValueError(f"no worker takes from a queue {queue!r}")
    values = {
        "queue": queue,
        "name": name,
        "priority": priority,
        "lock": lock,
        "queueing_lock": queueing_lock,
        "arguments": json.dumps(arguments),
        "run_at": run_at,
    }
    if queueing_lock is None:
        return int(connection.execute(_DEFER, values).scalar_one())
    try:
        # Apart, so that a refusal leaves the rest of the transaction as it is.
        with connection.begin_nested():
            return int(connection.execute(_DEFER, values).scalar_one())
    except IntegrityError as error:
        if isinstance(error.orig, psycopg.errors.UniqueViolation):
            return None
        raise
