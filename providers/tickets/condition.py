"""How the desk is: whether anything may be sent to it now, and what it said last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from performance_store.queries.fetch import fetch
from providers.tickets.port import Desk, DeskError, NotAllowed

LONGEST_QUIET = timedelta(hours=24)
"""However long a desk wants to be left alone."""


@dataclass(frozen=True, slots=True)
class DeskCondition:
    """How a desk is: ``paused_at``: it refused our credentials; ``trouble``: why it did not answer
    the last time, since ``trouble_at``, blank when it did; ``answered_at``: when it last did."""

    adapter: str
    paused_at: datetime | None
    trouble: str
    trouble_at: datetime | None
    answered_at: datetime | None
    quiet_until: datetime | None


@dataclass(frozen=True, slots=True)
class OpenStep:
    """Something that the desk does not have yet: of which submission, what, since when, how often
    it was tried, and what came of it the last time. ``is_refused``: a person has to look at it."""

    reference: str
    kind: str
    since: datetime
    attempts: int
    answer: str
    is_refused: bool


def conditions(connection: Connection) -> tuple[DeskCondition, ...]:
    """How the desks are that were ever sent something, the one that answered last first."""
    return fetch(connection, DeskCondition, _CONDITIONS)


def open_steps(connection: Connection) -> tuple[OpenStep, ...]:
    """What the desk does not have yet, the oldest first."""
    return fetch(connection, OpenStep, _OPEN_STEPS)


def forget_others(connection: Connection, name: str) -> None:
    """Forget how desks were that nothing is sent to any more. In: the one that it is now."""
    connection.execute(
        text("DELETE FROM providers.ticket_desk WHERE adapter <> :name"), {"name": name}
    )


def is_quiet(connection: Connection, desk: Desk) -> bool:
    """Whether nothing may be sent now: it refused these very credentials, or wants to be left
    alone."""
    values = {"adapter": desk.name, "fingerprint": desk.fingerprint}
    return bool(connection.execute(text(_IS_QUIET), values).scalar())


def note_answer(connection: Connection, desk: Desk) -> bool:
    """Note that it answered; True: for the first time after trouble."""
    values = {"adapter": desk.name, "fingerprint": desk.fingerprint}
    was_away = connection.execute(text(_HAS_TROUBLE), values).scalar()
    connection.execute(text(_ANSWERED), values)
    return bool(was_away)


def note_trouble(connection: Connection, desk: Desk, error: DeskError) -> bool:
    """Note why it did nothing; True: it refused our credentials, which nobody knew yet."""
    pauses = isinstance(error, NotAllowed)
    values = {
        "adapter": desk.name,
        "fingerprint": desk.fingerprint,
        "trouble": str(error)[:300],
        "pauses": pauses,
        "quiet": None if error.wait is None else quiet_of(error.wait),
    }
    was_paused = connection.execute(text(_IS_PAUSED), values).scalar()
    connection.execute(text(_TROUBLE), values)
    return pauses and not was_paused


def quiet_of(seconds: float) -> timedelta:
    """How long a desk is left alone that wants to be, within reason."""
    return min(max(timedelta(seconds=seconds), timedelta()), LONGEST_QUIET)


def resume(connection: Connection) -> int:
    """Let desks be sent to again; how many were paused."""
    return connection.execute(text(_RESUME)).rowcount


_CONDITIONS = """
SELECT adapter, paused_at, trouble, trouble_at, answered_at, quiet_until FROM providers.ticket_desk
ORDER BY greatest(answered_at, trouble_at) DESC NULLS LAST
"""
_OPEN_STEPS = """
SELECT m.reference, s.kind, s.created_at AS since, s.attempts, s.answer,
    s.state = 'failed' AS is_refused
FROM providers.ticket_step s JOIN providers.submission m ON m.id = s.submission_id
WHERE s.ended_at IS NULL ORDER BY s.id
"""
_IS_QUIET = """
SELECT EXISTS (
    SELECT FROM providers.ticket_desk
    WHERE adapter = :adapter
        AND (paused_at IS NOT NULL AND fingerprint = :fingerprint OR quiet_until > now()))
"""
_IS_PAUSED = """
SELECT paused_at IS NOT NULL AND fingerprint = :fingerprint
FROM providers.ticket_desk WHERE adapter = :adapter FOR UPDATE
"""
_HAS_TROUBLE = """
SELECT trouble <> '' FROM providers.ticket_desk WHERE adapter = :adapter FOR UPDATE
"""
_ANSWERED = """
INSERT INTO providers.ticket_desk AS d (adapter, fingerprint, answered_at)
VALUES (:adapter, :fingerprint, now())
ON CONFLICT (adapter) DO UPDATE SET answered_at = now(), fingerprint = :fingerprint,
    paused_at = NULL, trouble = '', trouble_at = NULL, quiet_until = NULL
"""
_TROUBLE = """
INSERT INTO providers.ticket_desk AS d
    (adapter, fingerprint, trouble, trouble_at, paused_at, quiet_until)
VALUES (:adapter, :fingerprint, :trouble, now(), CASE WHEN :pauses THEN now() END,
    now() + CAST(:quiet AS interval))
ON CONFLICT (adapter) DO UPDATE SET fingerprint = :fingerprint, trouble = :trouble,
    trouble_at = coalesce(d.trouble_at, now()),
    paused_at = CASE WHEN :pauses THEN coalesce(d.paused_at, now()) END,
    quiet_until = now() + CAST(:quiet AS interval)
"""
_RESUME = """
UPDATE providers.ticket_desk SET paused_at = NULL, quiet_until = NULL
WHERE paused_at IS NOT NULL OR quiet_until > now()
"""
