"""Jobs for what waits in the outbox of tickets: now, when it is late, when the desk is back."""

from __future__ import annotations

from sqlalchemy import Connection, text

from providers import jobs
from providers.tickets import condition
from providers.tickets.port import Desk

JOB = "tickets.send"


def defer(connection: Connection, number: int | None) -> None:
    """Have a step seen to once the caller's transaction is committed. In: its id; None: nothing."""
    if number is not None:
        jobs.defer(connection, JOB, step=number)


def lock(connection: Connection, submission_id: int) -> None:
    """Keep others from the steps of a submission until the caller's transaction ends."""
    connection.execute(
        text("SELECT pg_advisory_xact_lock(:lock, CAST(:id AS int))"),
        {"lock": LOCK, "id": submission_id},
    )


def wake(connection: Connection, desk: Desk | None) -> int:
    """Defer a job for each step that waits longer than it should: its own job was lost, or the desk
    could not be sent to. Gives how many."""
    if desk is not None and condition.is_quiet(connection, desk):
        return 0
    numbers = list(connection.execute(text(_OVERDUE)).scalars())
    for number in numbers:
        jobs.defer(connection, JOB, queueing_lock=f"{JOB} {number}", step=number)
    return len(numbers)


def bring_forward(connection: Connection) -> int:
    """Have what waits sent now: the desk is back. Gives how many steps."""
    numbers = list(connection.execute(text(_FORWARD)).scalars())
    for number in numbers:
        defer(connection, number)
    return len(numbers)


def retry(connection: Connection) -> int:
    """Try again what the desk had refused for good: somebody has looked at it. Gives how many."""
    numbers = list(connection.execute(text(_RETRY)).scalars())
    for number in numbers:
        defer(connection, number)
    return len(numbers)


LOCK = 0x5449434B
_OVERDUE = """
SELECT s.id FROM providers.ticket_step s
JOIN providers.ticket_step c ON c.submission_id = s.submission_id AND c.kind = 'create'
WHERE s.ended_at IS NULL AND (s.kind = 'create' OR c.state = 'sent')
    AND (s.state = 'pending' AND s.due_at < now() - interval '1 minute'
        OR s.state = 'sending' AND s.lease_until < now())
ORDER BY s.id LIMIT 1000
"""
_FORWARD = """
UPDATE providers.ticket_step s SET due_at = now()
FROM providers.ticket_step c
WHERE c.submission_id = s.submission_id AND c.kind = 'create'
    AND (s.kind = 'create' OR c.state = 'sent')
    AND s.state = 'pending' AND s.due_at > now() + interval '1 minute' RETURNING s.id
"""
_RETRY = """
UPDATE providers.ticket_step SET state = 'pending', due_at = now(), attempts = 0
WHERE state = 'failed' AND ended_at IS NULL RETURNING id
"""
