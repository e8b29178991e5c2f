"""Webhooks: programs of an organisation are told what its people are told by an alert.

A delivery is JSON, signed: `Signature: t=<seconds>,v1=<hex>` is HMAC-SHA256 over the time, a dot
and the body, with a secret that was shown once. Whoever listens refuses what is older than five
minutes, and what it had before, by the id in the body.
"""

from __future__ import annotations

import hmac
import json
import logging
import random
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

from performance_store.queries.fetch import fetch
from providers import audit, fetching, jobs
from providers.fetching import RULES, FetchError, Rules
from providers.messages import facts
from providers.messages.digest import Facts, OpenTask, alert_line, page_of
from providers.messages.outbox import Open
from providers.schema import webhook

logger = logging.getLogger(__name__)

JOB = "webhook.deliver"
MOST_OF_ONE = 5
MOST_FAILURES = 20
LEASE = timedelta(minutes=2)
WAITS = (1, 5, 15, 60, 240, 480)
SECRET_PREFIX = "whsec_"
LONGEST_URL = 500


# A listener has only to say that it heard.
LIMITS = replace(RULES, connect=3, stall=10, whole=20, wire=65_536, body=65_536)


class WebhookError(ValueError):
    """Why an address cannot be a webhook, as a sentence for whoever typed it."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that listens, without its secret."""

    id: int
    url: str
    failures: int
    created_at: datetime
    off_at: datetime | None
    answer: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event for a webhook that this worker alone delivers."""

    id: int
    webhook_id: int
    url: str
    secret: str
    body: str
    attempts: int
    is_off: bool


def add(connection: Connection, *, person_id: int, organisation: str, url: str) -> str:
    """The secret of a new webhook, which is shown this once: the same request once more is refused,
    since the address is there. Raises WebhookError."""
    url = _address(url.strip())
    # Of two requests at once the second waits, and counts the first.
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": f"webhook {organisation}"}
    )
    urls = [each.url for each in of_organisation(connection, organisation) if not each.off_at]
    if url in urls:
        raise WebhookError("This is a webhook already. If you lost its secret, end it first")
    if len(urls) >= MOST_OF_ONE:
        raise WebhookError(f"An organisation has {MOST_OF_ONE} webhooks at most: end one first")
    secret = SECRET_PREFIX + secrets.token_urlsafe(32)
    number = connection.execute(
        webhook.insert()
        .values(person_id=person_id, organisation=organisation, url=url, secret=secret)
        .returning(webhook.c.id)
    ).scalar_one()
    _record(connection, "webhook-set", person_id, organisation, number)
    return secret


def end(connection: Connection, *, person_id: int, organisation: str, number: int) -> bool:
    """End a webhook of an organisation; False: it has none of that number."""
    rows = connection.execute(
        text(
            "UPDATE providers.webhook SET off_at = coalesce(off_at, now()), secret = '' "
            "WHERE id = :id AND organisation = :organisation AND archived_at IS NULL"
        ),
        {"id": number, "organisation": organisation},
    ).rowcount
    if rows:
        _record(connection, "webhook-end", person_id, organisation, number)
    return bool(rows)


def of_organisation(connection: Connection, organisation: str) -> tuple[Webhook, ...]:
    """The webhooks of an organisation, ended ones of the last 30 days too."""
    return fetch(
        connection,
        Webhook,
        """
SELECT w.id, w.url, w.failures, w.created_at, w.off_at, coalesce((
    SELECT d.answer FROM providers.webhook_delivery d
    WHERE d.webhook_id = w.id AND d.answer <> '' ORDER BY d.id DESC LIMIT 1), '') AS answer
FROM providers.webhook w
WHERE w.organisation = :organisation AND w.archived_at IS NULL
    AND coalesce(w.off_at > now() - interval '30 days', true)
ORDER BY w.id
""",
        organisation=organisation,
    )


def announce(open_: Open, *, site: str, now: datetime | None = None) -> int:
    """Put the alerts of the newest snapshot into the queue for each webhook of their organisations;
    how many deliveries. Again does nothing."""
    now = now or datetime.now(UTC)
    count = 0
    with open_() as connection:
        snapshot = facts.now(connection)
        if snapshot is None or now - snapshot.published_at > facts.ALERT_AGE:
            return 0
        hooks = connection.execute(
            text(
                "SELECT id, organisation FROM providers.webhook "
                "WHERE off_at IS NULL AND archived_at IS NULL ORDER BY id"
            )
        ).all()
        codes = {hook.organisation for hook in hooks}
        book = facts.read(connection, snapshot, organisations=codes, since=snapshot.as_at)
        for hook in hooks:
            news = book.of(hook.organisation, "", snapshot.as_at)
            for task in news.tasks:
                if task.alert:
                    key = f"{snapshot.as_at} {task.alert} {task.public_id}"
                    body = _body(key, news, task, site, snapshot.as_at.isoformat())
                    count += _put(connection, hook.id, key, body)
    return count


def deliver(open_: Open, number: int, *, rules: Rules = LIMITS) -> str:
    """Deliver an event unless somebody else does or did; what became of it: its state, or `none`.

    Any answer from 200 to 299 takes it. After 20 failures in a row the webhook is off.
    """
    with open_() as connection:
        rows = fetch(connection, Delivery, _TAKE, id=number, lease=LEASE)
    if not rows:
        return "none"
    delivery = rows[0]
    state, answer = ("failed", "the webhook is off") if delivery.is_off else _post(delivery, rules)
    if state == "pending" and delivery.attempts > len(WAITS):
        state = "failed"
    with open_() as connection:
        _end(connection, delivery, state, answer)
    logger.info("Webhook %s, delivery %s: %s", delivery.webhook_id, delivery.id, state)
    return state


def signature(secret: str, at: int, body: bytes) -> str:
    """What a delivery is signed with: the time in seconds, and HMAC-SHA256 over it and the body."""
    digest = hmac.digest(secret.encode(), f"{at}.".encode() + body, "sha256")
    return f"t={at},v1={digest.hex()}"


def wake(connection: Connection) -> int:
    """Defer a job for each delivery that waits longer than it should; how many."""
    numbers = connection.execute(
        text(
            "SELECT id FROM providers.webhook_delivery WHERE state = 'pending' "
            "AND due_at < now() - interval '5 minutes' "
            "OR state = 'sending' AND lease_until < now() ORDER BY id LIMIT 1000"
        )
    ).scalars()
    return len([jobs.defer(connection, JOB, delivery=number) for number in numbers.all()])


def _body(key: str, news: Facts, task: OpenTask, site: str, day: str) -> str:
    return json.dumps(
        {
            "id": key.replace(" ", "-"),
            "type": f"task.{task.alert}",
            "date": day,
            "organisation": task.organisation,
            "dataset": task.dataset,
            "task": task.public_id,
            "kind": task.kind,
            "urgency": task.urgency,
            "due": task.due.isoformat() if task.due else None,
            "text": alert_line(task),
            "link": page_of(site, news),
        }
    )


def _put(connection: Connection, webhook_id: int, key: str, body: str) -> int:
    number = connection.execute(
        text(
            "INSERT INTO providers.webhook_delivery (webhook_id, event_key, body) "
            "VALUES (:webhook_id, :key, :body) "
            "ON CONFLICT (webhook_id, event_key) DO NOTHING RETURNING id"
        ),
        {"webhook_id": webhook_id, "key": key, "body": body},
    ).scalar_one_or_none()
    if number is None:
        return 0
    jobs.defer(connection, JOB, delivery=int(number))
    return 1


def _post(delivery: Delivery, rules: Rules) -> tuple[str, str]:
    body = delivery.body.encode()
    now = int(datetime.now(UTC).timestamp())
    headers = {
        "Content-Type": "application/json",
        "Signature": signature(delivery.secret, now, body),
    }
    try:
        answer = fetching.post(delivery.url, body, headers=headers, rules=rules)
    except FetchError as error:
        return "pending", error.sentence
    return ("sent" if answer.is_success else "pending"), f"Status {answer.status}"


def _end(connection: Connection, delivery: Delivery, state: str, answer: str) -> None:
    wait = WAITS[min(delivery.attempts, len(WAITS)) - 1] * random.uniform(0.9, 1.2)
    due = datetime.now(UTC) + timedelta(minutes=wait)
    rows = connection.execute(
        text(
            """
UPDATE providers.webhook_delivery
SET state = :state, answer = :answer, lease_until = NULL,
    due_at = CASE WHEN :state = 'pending' THEN :due ELSE due_at END,
    ended_at = CASE WHEN :state <> 'pending' THEN now() END
WHERE id = :id AND attempts = :attempts
"""
        ),
        {
            "state": state,
            "answer": answer[:500],
            "due": due,
            "id": delivery.id,
            "attempts": delivery.attempts,
        },
    ).rowcount
    if not rows or delivery.is_off:
        return
    connection.execute(
        text(
            """
UPDATE providers.webhook
SET failures = CASE WHEN :sent THEN 0 ELSE failures + 1 END,
    off_at = CASE WHEN NOT :sent AND failures + 1 >= :most THEN coalesce(off_at, now())
        ELSE off_at END
WHERE id = :id
"""
        ),
        {"sent": state == "sent", "most": MOST_FAILURES, "id": delivery.webhook_id},
    )
    if state == "pending":
        jobs.defer(connection, JOB, run_at=due, delivery=delivery.id)


def _address(url: str) -> str:
    if not url.startswith("https://") or not url.isprintable():
        raise WebhookError("Enter an address that begins with https://")
    try:
        url = fetching.check(url, LIMITS)
    except FetchError as error:
        raise WebhookError(error.sentence) from error
    if len(url) > LONGEST_URL:
        raise WebhookError(f"Enter an address of {LONGEST_URL} letters at most")
    return url


def _record(
    connection: Connection, action: str, person_id: int, organisation: str, number: int
) -> None:
    audit.record(
        connection,
        action=action,
        person_id=person_id,
        organisation=organisation,
        subject=f"webhook {number}",
    )


_TAKE = """
UPDATE providers.webhook_delivery d
SET state = 'sending', attempts = d.attempts + 1, lease_until = now() + :lease
FROM providers.webhook w
WHERE d.id = (
    SELECT id FROM providers.webhook_delivery
    WHERE id = :id AND (state = 'pending' AND due_at <= now()
        OR state = 'sending' AND lease_until < now())
    FOR UPDATE SKIP LOCKED
) AND w.id = d.webhook_id
RETURNING d.id, d.webhook_id, w.url, w.secret, d.body, d.attempts,
    w.off_at IS NOT NULL OR w.archived_at IS NOT NULL AS is_off
"""
