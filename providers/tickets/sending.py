"""One step of the outbox of tickets, sent by whoever takes it."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

from performance_store.queries.fetch import fetch
from providers import jobs
from providers.submissions import steps, telling
from providers.tickets import condition
from providers.tickets.acts import Deed, Step, act, look
from providers.tickets.port import Desk, DeskError, Forbidden, InDoubt, NotAllowed, Rejected
from providers.tickets.waking import JOB, LOCK, bring_forward, defer

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)
LOOKS = (5, 15, 60)
"""Seconds before each look for what may be there; after the last of them it is done again."""
WAITS = (1, 2, 5, 15, 60, 120, 240, 480, 1440)
"""Minutes until the next attempt; the last of them again and again."""
ANSWER_LETTERS = 2000
Open = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt came to: the state of the step, what was answered, how long until it is due
    again (None: it is woken), and how often it was looked for."""

    state: str
    answer: str = ""
    wait: timedelta | None = None
    looks: int | None = None
    deed: Deed | None = None


def send(open_: Open, desk: Desk | None, number: int) -> str:
    """Do a step unless somebody else does or did, or it has to wait; what became of it: its state,
    or `none`.

    In: what opens a transaction, the desk (None: submissions are read here), and the step's id. No
    transaction is open while the desk is talked to.
    """
    with open_() as connection:
        step = _take(connection, desk, number)
    if step is None:
        return "none"
    outcome, error = _attempt(desk, step)
    with open_() as connection:
        if desk is not None:
            _note_desk(connection, desk, error)
        if _end(connection, step, outcome) and outcome.state == "sent":
            _follow_up(connection, desk, step, outcome.deed or Deed())
        values = {"submission": step.submission_id, "id": step.id}
        defer(connection, connection.execute(text(_NEXT), values).scalar())
    logger.info("Ticket of %s, %s: %s", step.reference, step.kind, outcome.state)
    return outcome.state


def _take(connection: Connection, desk: Desk | None, number: int) -> Step | None:
    if desk is not None and condition.is_quiet(connection, desk):
        return None
    # Of one ticket one thing is sent at a time.
    connection.execute(text(_LOCK_OF_STEP), {"lock": LOCK, "id": number})
    rows = fetch(connection, Step, _TAKE, id=number, lease=LEASE)
    return rows[0] if rows else None


def _attempt(desk: Desk | None, step: Step) -> tuple[Outcome, DeskError | None]:
    if desk is None:
        return Outcome("sent", "read here"), None
    if step.adapter is not None and step.adapter != desk.name:
        return Outcome("failed", f"its ticket is at another desk: {step.adapter}"), None
    looks = step.looks
    try:
        if looks is not None:
            deed = look(desk, step)
            if deed is not None:
                return Outcome("sent", "it was there", deed=deed), None
            looks += 1
            if looks < len(LOOKS):
                wait = timedelta(seconds=LOOKS[looks])
                return Outcome("pending", "looked for in vain", wait, looks), None
    except DeskError as error:
        return _outcome(error, step, looks), error
    try:
        return Outcome("sent", deed=replace(act(desk, step), is_anew=True)), None
    except Forbidden as error:
        if step.kind == "create" or not _is_well(desk):
            return _outcome(error, step, None), error
        # Of this ticket only: the others go on.
        return Outcome("failed", str(error)), None
    except InDoubt as doubt:
        wait = max(timedelta(seconds=LOOKS[0]), condition.quiet_of(doubt.wait or 0))
        return Outcome("pending", f"may be there: {doubt}", wait, 0), doubt
    except DeskError as error:
        return _outcome(error, step, None), error


def _is_well(desk: Desk) -> bool:
    try:
        desk.ping()
    except DeskError:
        return False
    return True


def _outcome(error: DeskError, step: Step, looks: int | None) -> Outcome:
    if isinstance(error, Rejected):
        return Outcome("failed", str(error), looks=looks)
    if isinstance(error, NotAllowed):
        # It goes as soon as the desk may be sent to again.
        return Outcome("pending", str(error), looks=looks)
    minutes = WAITS[min(step.attempts, len(WAITS)) - 1] * random.uniform(0.9, 1.1)
    wait = timedelta(minutes=minutes) if error.wait is None else condition.quiet_of(error.wait)
    return Outcome("pending", str(error), wait, looks)


def _note_desk(connection: Connection, desk: Desk, error: DeskError | None) -> None:
    if error is None or isinstance(error, Rejected):
        if condition.note_answer(connection, desk):
            bring_forward(connection)
    elif condition.note_trouble(connection, desk, error):
        telling.desk_refuses(connection)


def _end(connection: Connection, step: Step, outcome: Outcome) -> bool:
    """Note what became of an attempt; False: it took so long that somebody else has the step."""
    answer = outcome.answer.replace("\0", "")
    for name in ("address", "name"):
        # A desk repeats whom it refuses.
        answer = answer.replace(step.body.get(name) or "\0", "(person)")
    values = {
        "id": step.id,
        "attempts": step.attempts,
        "state": outcome.state,
        "answer": answer[:ANSWER_LETTERS],
        "looks": outcome.looks,
        "wait": outcome.wait or timedelta(),
    }
    due_at = connection.execute(text(_END), values).scalar()
    if due_at is not None and outcome.wait is not None:
        jobs.defer(connection, JOB, run_at=due_at, step=step.id)
    return due_at is not None


def _follow_up(connection: Connection, desk: Desk | None, step: Step, deed: Deed) -> None:
    """What comes of a step that was done."""
    values = {"id": step.submission_id}
    if step.kind == "create":
        if desk is not None and deed.ticket is not None:
            row = {"adapter": desk.name, "external_id": deed.ticket.external_id}
            url = {"external_url": deed.ticket.external_url}
            connection.execute(text(_TICKET), values | row | url)
        if desk is None or desk.takes_all:
            connection.execute(text(_PARTS_DONE), values)
        if step.looks is not None and deed.is_anew:
            connection.execute(text(_LOOK_FOR_COPIES), values)
        fresh = steps.note(
            connection,
            submission_id=step.submission_id,
            step="sent",
            on_day=datetime.now(UTC).date(),
            evidence={
                "desk": desk.name if desk else "none",
                "ticket": deed.ticket.external_id if deed.ticket else None,
            },
        )
        if fresh and (desk is None or not desk.tells_requester):
            telling.sent(connection, submission_id=step.submission_id)
    if step.kind == "comment":
        external_id = deed.external_id or f"here {step.body['comment']}"
        row = {"comment": step.body["comment"], "external_id": external_id}
        connection.execute(text(_COMMENT_SENT), row)


_LOCK_OF_STEP = """
SELECT pg_advisory_xact_lock(:lock, CAST(submission_id AS int))
FROM providers.ticket_step WHERE id = :id
"""
_TAKE = """
WITH before AS (
    SELECT s.id, s.state FROM providers.ticket_step s
    JOIN providers.ticket_step c ON c.submission_id = s.submission_id AND c.kind = 'create'
    WHERE s.id = :id AND s.ended_at IS NULL AND (s.kind = 'create' OR c.state = 'sent')
        AND (s.state = 'pending' AND s.due_at <= now()
            OR s.state = 'sending' AND s.lease_until < now())
        AND NOT EXISTS (
            SELECT FROM providers.ticket_step o
            WHERE o.submission_id = s.submission_id AND o.id <> s.id
                AND o.state = 'sending' AND o.lease_until >= now())
    FOR UPDATE OF s SKIP LOCKED
)
UPDATE providers.ticket_step s
SET state = 'sending', attempts = s.attempts + 1, lease_until = now() + :lease,
    looks = CASE WHEN before.state = 'sending' THEN coalesce(s.looks, 0) ELSE s.looks END
FROM before, providers.submission m
LEFT JOIN providers.ticket t ON t.submission_id = m.id
WHERE s.id = before.id AND m.id = s.submission_id
RETURNING s.id, s.submission_id, m.reference, s.kind, s.body, s.attempts, s.looks, t.adapter,
    t.external_id,
    coalesce((
        SELECT jsonb_agg(p.body ORDER BY p.id) FROM providers.ticket_step p
        WHERE s.kind = 'create' AND p.submission_id = s.submission_id
            AND p.kind IN ('note', 'attach')), '[]') AS parts
"""
# The site stays: it names nobody, and later letters link to it.
_END = """
UPDATE providers.ticket_step
SET state = :state, answer = :answer, looks = :looks, lease_until = NULL,
    due_at = now() + CAST(:wait AS interval),
    ended_at = CASE WHEN :state = 'sent' THEN now() END,
    body = CASE WHEN :state <> 'sent' THEN body
        WHEN body ? 'site' THEN jsonb_build_object('site', body -> 'site') ELSE '{}' END
WHERE id = :id AND attempts = :attempts AND state = 'sending'
RETURNING due_at
"""
_TICKET = """
INSERT INTO providers.ticket (submission_id, adapter, external_id, external_url)
VALUES (:id, :adapter, :external_id, :external_url) ON CONFLICT DO NOTHING
"""
_PARTS_DONE = """
UPDATE providers.ticket_step
SET state = 'sent', ended_at = now(), answer = 'went with the ticket', body = '{}'
WHERE submission_id = :id AND kind IN ('note', 'attach') AND ended_at IS NULL
"""
# Longer than any index lags.
_LOOK_FOR_COPIES = """
INSERT INTO providers.ticket_step (submission_id, kind, subject, body, due_at)
VALUES (:id, 'note', 'copies', '{"is_twice": true}', now() + interval '10 minutes')
ON CONFLICT DO NOTHING
"""
_COMMENT_SENT = """
UPDATE providers.ticket_comment SET external_id = :external_id
WHERE id = :comment AND external_id IS NULL
"""
_NEXT = """
SELECT s.id FROM providers.ticket_step s
JOIN providers.ticket_step c ON c.submission_id = s.submission_id AND c.kind = 'create'
WHERE s.submission_id = :submission AND s.id > :id AND c.state = 'sent'
    AND s.state = 'pending' AND s.due_at <= now()
ORDER BY s.id LIMIT 1
"""
