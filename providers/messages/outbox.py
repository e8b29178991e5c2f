"""The outbox: a message is stored in the transaction of what it tells of, and a job sends it.

A message is taken by one statement, so that of two workers one sends it. A worker that dies while
it sends leaves doubt: a message that may not come twice is then given up, all others are sent
again, under the same Message-ID.
"""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, text

from performance_store.queries.fetch import fetch
from performance_store.settings import Settings
from providers import jobs
from providers.messages import suppression
from providers.messages.letter import LONGEST_SUBJECT, address_of, compose, headers_of, one_line
from providers.messages.mailers import Bounce, InDoubt, Mailer, Postponed, Refusal
from providers.schema import message

logger = logging.getLogger(__name__)

JOB = "mail.send"
# Kinds that may rather be missed than come twice.
AT_MOST_ONCE = frozenset({"digest", "alert"})
LEASE = timedelta(minutes=2)
# How long until the next attempt, in minutes; after the last of them it is given up: a day.
WAITS = (1, 2, 5, 15, 60, 120, 240, 480, 480)
ANSWER_LETTERS = 2000
MAILS_A_JOB = 20
Open = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt came to: the state of the message, what was answered, and whether that is
    for ever (True) or for now (False) the fault of the address."""

    state: str
    answer: str
    of_address: bool | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that this worker alone is sending. ``address``: None where nobody is there any
    more, or nobody wants it."""

    id: int
    reference: UUID
    kind: str
    subscription_id: int | None
    address: str | None
    subject: str
    text: str
    headers: dict[str, str]
    attempts: int
    is_late: bool
    is_again: bool


def enqueue(
    connection: Connection,
    *,
    kind: str,
    subject: str,
    text: str,
    to_person: int | None = None,
    to_subscription: int | None = None,
    address: str | None = None,
    headers: Mapping[str, str] | None = None,
    unsubscribe: str | None = None,
    expires_at: datetime | None = None,
    network_hash: bytes | None = None,
) -> int:
    """The id of a message that is sent once the caller's transaction is committed.

    In: to whom, one of three (a person's and a subscription's address is looked up as it is sent);
    ``unsubscribe``: the address that one click of the mail program posts to; ``expires_at``: when
    it is of no use any more; ``network_hash``: of a stranger who had it sent. Raises ValueError
    for what mail cannot hold.
    """
    if sum(each is not None for each in (to_person, to_subscription, address)) != 1:
        raise ValueError("a message has one receiver")
    more = headers_of(headers or {})
    if unsubscribe:
        more |= _one_click(unsubscribe)
    row = {
        "reference": uuid4(),
        "kind": kind,
        "person_id": to_person,
        "subscription_id": to_subscription,
        "address": address_of(address) if address is not None else None,
        "subject": one_line(subject)[:LONGEST_SUBJECT],
        "text": text,
        "headers": more,
        "expires_at": expires_at,
        "network_hash": network_hash,
    }
    [number] = _store(connection, [row])
    _defer(connection, [number])
    return number


@dataclass(frozen=True, slots=True)
class Copy:
    """A mail of those that many subscribers get: to whom, and their own address to end it."""

    subscription_id: int
    subject: str
    text: str
    unsubscribe: str


def enqueue_all(
    connection: Connection, copies: Sequence[Copy], *, kind: str, headers: Mapping[str, str]
) -> list[int]:
    """The ids of many messages at once, in the order of the copies: a job sends several of them.
    Raises ValueError for what mail cannot hold."""
    if not copies:
        return []
    common = headers_of(headers)
    numbers = _store(
        connection,
        [
            {
                "reference": uuid4(),
                "kind": kind,
                "subscription_id": copy.subscription_id,
                "subject": one_line(copy.subject)[:LONGEST_SUBJECT],
                "text": copy.text,
                "headers": common | _one_click(copy.unsubscribe),
            }
            for copy in copies
        ],
    )
    for start in range(0, len(numbers), MAILS_A_JOB):
        _defer(connection, numbers[start : start + MAILS_A_JOB])
    return numbers


def _one_click(address: str) -> dict[str, str]:
    return {
        "List-Unsubscribe": f"<{one_line(address)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _store(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    statement = message.insert().returning(message.c.id, sort_by_parameter_order=True)
    return [int(number) for number in connection.execute(statement, rows).scalars()]


def send_all(open_: Open, mailer: Mailer | None, settings: Settings, numbers: Sequence[int]) -> int:
    """Send messages, one after the other; how many were taken."""
    return sum(send(open_, mailer, settings, number) == "sent" for number in numbers)


def send(open_: Open, mailer: Mailer | None, settings: Settings, number: int) -> str:
    """Send a message unless somebody else does or did; what became of it: its state, or `none`.

    In: what opens a transaction, how mail leaves, and the message's id. Two short transactions:
    none is open while the mail server is talked to.
    """
    with open_() as connection:
        outgoing = _take(connection, number)
    if outgoing is None:
        return "none"
    outcome = _hand_over(mailer, settings, outgoing)
    if outcome.state == "pending" and outgoing.attempts > len(WAITS):
        outcome = replace(outcome, state="failed", of_address=False)
    with open_() as connection:
        is_ours = _end(connection, outgoing, outcome)
        if is_ours and outgoing.address:
            _note_address(connection, outgoing.address, outcome)
    logger.info("Mail %s (%s): %s", outgoing.reference, outgoing.kind, outcome.state)
    return outcome.state


def wake(connection: Connection) -> int:
    """Defer a job for each message that waits longer than it should: its own job was lost. Gives
    how many."""
    rows = connection.execute(
        text(
            "SELECT id FROM providers.message WHERE state = 'pending' "
            "AND due_at < now() - interval '5 minutes' "
            "OR state = 'sending' AND lease_until < now() ORDER BY id LIMIT 10000"
        )
    ).scalars()
    numbers = list(rows)
    for start in range(0, len(numbers), MAILS_A_JOB):
        _defer(connection, numbers[start : start + MAILS_A_JOB])
    return len(numbers)


# A mail that asks to confirm goes to those who ended all others too, or could not be reached.
_TAKE = f"""
WITH before AS (
    SELECT id, state FROM providers.message
    WHERE id = :id AND (state = 'pending' AND due_at <= now()
        OR state = 'sending' AND lease_until < now())
    FOR UPDATE SKIP LOCKED
)
UPDATE providers.message m
SET state = 'sending', attempts = m.attempts + 1, lease_until = now() + :lease
FROM before
WHERE m.id = before.id
RETURNING m.id, m.reference, m.kind, m.subscription_id, m.subject, m.text, m.headers, m.attempts,
    coalesce(m.expires_at < now(), false) AS is_late, before.state = 'sending' AS is_again,
    coalesce(
        m.address,
        (SELECT c.address FROM providers.person_contact c WHERE c.person_id = m.person_id),
        (SELECT c.address FROM providers.subscription_contact c
         JOIN providers.subscription s ON s.id = c.subscription_id
         WHERE s.id = m.subscription_id AND CASE WHEN m.kind = 'subscribe'
            THEN NOT {suppression.COMPLAINT}
            ELSE s.ended_at IS NULL AND NOT {suppression.SUPPRESSED} END)
    ) AS address
"""


def note_bounces(connection: Connection, bounces: Sequence[Bounce]) -> int:
    """Note mails that came back after they were taken, each once; how many there were. Their
    addresses get no more."""
    count = 0
    for bounce in bounces:
        match = re.fullmatch(r"<([0-9a-f-]{36})@[^>]*>", bounce.message_id)
        if match is None:
            continue
        ours = (message.c.reference == UUID(match[1])) & (message.c.state == "sent")
        values = {"state": "failed", "answer": "came back"}
        if connection.execute(message.update().where(ours).values(values)).rowcount:
            suppression.note(connection, address=bounce.address, permanent=True)
            count += 1
    return count


def _take(connection: Connection, number: int) -> Outgoing | None:
    rows = fetch(connection, Outgoing, _TAKE, id=number, lease=LEASE)
    return rows[0] if rows else None


def _hand_over(mailer: Mailer | None, settings: Settings, outgoing: Outgoing) -> Outcome:
    once = outgoing.kind in AT_MOST_ONCE
    if outgoing.is_again and once:
        return Outcome("failed", "a worker stopped while it sent this: it may have left")
    if outgoing.is_late or outgoing.address is None:
        return Outcome("failed", "too late" if outgoing.is_late else "nobody to send it to")
    if mailer is None:
        return Outcome("pending", "no way for mail to leave is set")
    try:
        mail = compose(
            settings,
            to=outgoing.address,
            subject=outgoing.subject,
            text=outgoing.text,
            reference=outgoing.reference,
            headers=outgoing.headers,
        )
        return Outcome("sent", mailer.send(mail))
    except Refusal as refusal:
        return Outcome("failed", str(refusal), refusal.of_address or None)
    except ValueError as error:
        return Outcome("failed", str(error))
    except Postponed as delay:
        return Outcome("pending", str(delay))
    except InDoubt as doubt:
        return Outcome("failed" if once else "pending", f"may have left: {doubt}")


def _end(connection: Connection, outgoing: Outgoing, outcome: Outcome) -> bool:
    """Note what became of an attempt, and defer the next one; False: it took so long that somebody
    else has the message. What is done for good is emptied of the address, the words, and links
    that only their receiver may know."""
    answer = outcome.answer.replace("\0", "")
    if outgoing.address:
        # A server repeats whom it refuses.
        answer = answer.replace(outgoing.address, "(address)")
    values: dict[str, Any] = {
        "state": outcome.state,
        "answer": answer[:ANSWER_LETTERS],
        "lease_until": None,
    }
    now = datetime.now(UTC)
    if outcome.state == "pending":
        minutes = WAITS[outgoing.attempts - 1] * random.uniform(0.9, 1.2)
        values["due_at"] = now + timedelta(minutes=minutes)
    else:
        values |= {"ended_at": now, "address": None, "text": "", "headers": {}}
    ours = (message.c.id == outgoing.id) & (message.c.attempts == outgoing.attempts)
    result = connection.execute(message.update().where(ours).values(values))
    if result.rowcount and outcome.state == "pending":
        _defer(connection, [outgoing.id], values["due_at"])
    return bool(result.rowcount)


def _note_address(connection: Connection, address: str, outcome: Outcome) -> None:
    if outcome.of_address is not None:
        suppression.note(connection, address=address, permanent=outcome.of_address)
    elif outcome.state == "sent":
        suppression.clear(connection, address=address)


def _defer(connection: Connection, numbers: Sequence[int], run_at: datetime | None = None) -> None:
    jobs.defer(connection, JOB, run_at=run_at, messages=list(numbers))
