"""What the desk says of open tickets, asked for now and then: how they stand, and who said what."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from performance_store.queries.fetch import fetch
from providers.submissions import steps, telling
from providers.submissions.rows import Step
from providers.tickets import condition
from providers.tickets.port import (
    Category,
    Desk,
    DeskError,
    Forbidden,
    Rejected,
    Said,
    Status,
)
from providers.tickets.sending import Open
from providers.tickets.waking import bring_forward


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A ticket whose submission, or which itself, is not at its end."""

    submission_id: int
    external_id: str
    category: Category
    native: str
    changed_at: datetime
    looked_at: datetime | None
    comments_at: datetime | None


def poll(open_: Open, desk: Desk | None) -> int:
    """Note how open tickets stand, and what was said of those that moved; how many moved.

    In: what opens a transaction, and the desk (None: nothing is asked). No transaction is open
    while the desk is talked to.
    """
    with open_() as connection:
        condition.forget_others(connection, desk.name if desk else "none")
        if desk is None:
            return 0
        if condition.is_quiet(connection, desk):
            return 0
        tickets = fetch(connection, OpenTicket, _OPEN, adapter=desk.name)
    moves = 0
    error: DeskError | None = None
    try:
        moves = _look_at(open_, desk, tickets)
    except DeskError as trouble:
        error = trouble
    with open_() as connection:
        if error is not None:
            if condition.note_trouble(connection, desk, error):
                telling.desk_refuses(connection)
        elif condition.note_answer(connection, desk):
            bring_forward(connection)
    return moves


def _look_at(open_: Open, desk: Desk, tickets: tuple[OpenTicket, ...]) -> int:
    if not tickets:
        # What waits is sent as soon as it is back.
        desk.ping()
        return 0
    by_id = {ticket.external_id: ticket for ticket in tickets}
    moves = [
        (by_id[status.subject], status)
        for status in desk.status(tuple(by_id))
        if _has_moved(by_id[status.subject], status)
    ]
    for ticket, status in moves:
        comments: tuple[Said, ...] = ()
        # One that we may not read does not hide the others.
        with suppress(Rejected, Forbidden):
            comments = desk.comments(status.external_id, ticket.comments_at)
        with open_() as connection:
            if _note(connection, ticket, status, comments) and not desk.tells_requester:
                telling.question(connection, submission_id=ticket.submission_id)
    return len(moves)


def _has_moved(ticket: OpenTicket, status: Status) -> bool:
    before = (ticket.external_id, ticket.category, ticket.native, ticket.changed_at)
    now = (status.external_id, status.category, status.native, status.changed_at)
    return ticket.looked_at is None or before != now


def _note(
    connection: Connection, ticket: OpenTicket, status: Status, comments: tuple[Said, ...]
) -> bool:
    """Note how a ticket stands; True: it waits for the provider, which is new."""
    fresh = [comment for comment in comments if _add(connection, ticket, comment)]
    values = {
        "id": ticket.submission_id,
        "external_id": status.external_id,
        "category": status.category,
        "native": status.native,
        "changed_at": status.changed_at,
        "comments_at": max((comment.at for comment in comments), default=None),
    }
    connection.execute(text(_LOOK), values)
    evidence = {"ticket": status.native}
    day = datetime.now(UTC).date()
    by_agent = [comment for comment in fresh if comment.by_agent]

    def note(step: Step, subject: str = "") -> bool:
        return steps.note(
            connection,
            submission_id=ticket.submission_id,
            step=step,
            on_day=day,
            subject=subject,
            evidence=evidence,
        )

    if by_agent or status.category not in ("new", "unknown"):
        note("acknowledged")
    is_over = status.category in ("done", "cancelled")
    if is_over or (ticket.category == "waiting" and status.category != "waiting"):
        steps.go_on(
            connection,
            submission_id=ticket.submission_id,
            on_day=day,
            subject=status.changed_at.isoformat(),
            evidence=evidence,
        )
    if is_over:
        # Its last word is no question.
        return False
    last = fresh[-1] if fresh else None
    if last is not None and last.by_agent:
        return note("waiting", f"comment {last.external_id}")
    if status.category == "waiting" and ticket.category != "waiting":
        return note("waiting", f"status {status.changed_at.isoformat()}")
    if last is not None:
        note("answered", f"comment {last.external_id}")
    return False


def _add(connection: Connection, ticket: OpenTicket, comment: Said) -> bool:
    values = {
        "id": ticket.submission_id,
        "external_id": comment.external_id,
        "by_agent": comment.by_agent,
        "at": comment.at,
        "text": comment.text.replace("\0", ""),
    }
    return connection.execute(text(_ADD), values).rowcount == 1


# What ended is looked at until its ticket is closed, for a month at most.
_OPEN = """
SELECT t.submission_id, t.external_id, t.category, t.native, t.changed_at, t.looked_at,
    t.comments_at
FROM providers.ticket t JOIN providers.submission s ON s.id = t.submission_id
WHERE t.adapter = :adapter AND s.archived_at IS NULL
    AND (s.ended_at IS NULL OR t.category NOT IN ('done', 'cancelled')
        AND s.ended_at > now() - interval '30 days')
ORDER BY t.submission_id
"""
_LOOK = """
UPDATE providers.ticket
SET external_id = :external_id, category = :category, native = :native, changed_at = :changed_at,
    looked_at = now(), comments_at = greatest(comments_at, CAST(:comments_at AS timestamptz))
WHERE submission_id = :id
"""
_ADD = """
INSERT INTO providers.ticket_comment (submission_id, external_id, by_agent, at, text)
VALUES (:id, :external_id, :by_agent, :at, :text)
ON CONFLICT (submission_id, external_id) DO NOTHING
"""
