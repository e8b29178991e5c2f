"""Who wants to be told of what. Nobody is, before the mail that asks for it was answered."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, text

from performance_store.queries.fetch import fetch
from providers.accounts import mail_limits
from providers.accounts.addresses import Address
from providers.messages import outbox, suppression
from providers.messages.letter import one_line_of
from providers.messages.links import CONFIRM, PREFERENCES, UNSUBSCRIBE, Links, number_in
from providers.schema import subscription

# Changes with the words on the form that say what is sent.
WORDING = "1"
DAYS_TO_CONFIRM = 7
DAYS_TO_FORGET = 30
LONGEST_PAUSE = timedelta(days=366)
_LOCK = 7_262_103_132
# The mails that somebody asked for, as their limits count them.
_REQUESTS = """
SELECT m.created_at, m.network_hash, c.address_key, true AS is_mail
FROM providers.message m JOIN providers.subscription_contact c USING (subscription_id)
WHERE m.kind = 'subscribe'
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be told of: an organisation, or one of its datasets ('': all), each
    week or the morning after something broke."""

    organisation: str
    dataset: str = ""
    digest: bool = True
    alerts: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """A wish as it is stored."""

    id: int
    organisation: str
    dataset: str
    digest: bool
    alerts: bool


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One subscriber: a number, the salt of their links, and until when they want no mail."""

    id: int
    salt: str
    pause_until: date | None
    is_active: bool


def ask(
    connection: Connection,
    *,
    address: Address,
    wish: Wish,
    name: str,
    links: Links,
    network: str,
    is_theirs: bool = False,
) -> str | None:
    """Note a wish, and mail whoever reads at the address to confirm it. Out: which limit refuses
    it, or None.

    In: also the organisation's name for the mail, and the network that asks. ``is_theirs``: they
    are signed in by this very address, so no mail is needed. Nothing tells the caller whether the
    address was there before.
    """
    network_hash = links.keys.sign("network", network)
    refusal = not is_theirs and mail_limits.refusal(
        connection,
        requests=_REQUESTS,
        lock=_LOCK,
        address_key=address.key,
        network=network_hash,
    )
    if refusal:
        return refusal
    subscriber = _subscriber_at(connection, address)
    topic = _topic(connection, subscriber.id, wish, is_theirs)
    if is_theirs:
        _confirm(connection, topic, how="signed in")
        suppression.forget(connection, subscription_id=subscriber.id)
    else:
        follows = topic in [each.id for each in topics(connection, subscription_id=subscriber.id)]
        words = _FOLLOWS if follows else _CONFIRM
        link = (
            links.address(PREFERENCES, subscriber.id, subscriber.salt)
            if follows
            else links.address(CONFIRM, topic, subscriber.salt)
        )
        outbox.enqueue(
            connection,
            to_subscription=subscriber.id,
            kind="subscribe",
            subject=words.subject.format(name=one_line_of(name)),
            text=words.text.format(name=one_line_of(name), link=link, days=DAYS_TO_CONFIRM),
            expires_at=datetime.now(UTC) + timedelta(days=1),
            network_hash=network_hash,
        )
    return None


def confirm(connection: Connection, *, links: Links, token: str) -> Subscriber | None:
    """Do what a mailed link was for; None if it is not of ours, or too old. Again does nothing."""
    topic = number_in(token)
    subscriber = of_confirmation(connection, links=links, token=token)
    if subscriber is None or topic is None:
        return None
    _confirm(connection, topic, how="mail")
    suppression.forget(connection, subscription_id=subscriber.id)
    return subscriber


def of_confirmation(connection: Connection, *, links: Links, token: str) -> Subscriber | None:
    """Whose a link to confirm is, while it can be used."""
    rows = fetch(
        connection,
        Subscriber,
        f"{_SUBSCRIBER} JOIN providers.subscription_topic t ON t.subscription_id = s.id "
        "WHERE t.id = :number AND t.created_at > now() - make_interval(days => :days)",
        number=number_in(token),
        days=DAYS_TO_CONFIRM,
    )
    return rows[0] if rows and links.is_true(token, CONFIRM, rows[0].salt) else None


def of_token(
    connection: Connection, *, links: Links, token: str, purpose: str = PREFERENCES
) -> Subscriber | None:
    """Whose a link to preferences (or to unsubscribe) is; None if it is not of ours."""
    rows = fetch(connection, Subscriber, f"{_SUBSCRIBER} WHERE s.id = :id", id=number_in(token))
    return rows[0] if rows and links.is_true(token, purpose, rows[0].salt) else None


def topics(connection: Connection, *, subscription_id: int) -> tuple[Topic, ...]:
    """What a subscriber confirmed, by organisation and dataset."""
    return fetch(
        connection,
        Topic,
        "SELECT id, organisation, dataset, digest, alerts FROM providers.subscription_topic "
        "WHERE subscription_id = :id AND confirmed_at IS NOT NULL AND archived_at IS NULL "
        "ORDER BY organisation, dataset",
        id=subscription_id,
    )


def choose(
    connection: Connection,
    *,
    subscription_id: int,
    digests: Sequence[int],
    alerts: Sequence[int],
    pause_until: date | None,
) -> None:
    """What a subscriber wants from now on: the ids of their topics that they want a digest of, and
    alerts; a topic in neither is forgotten. And until when they want no mail, a year at most."""
    connection.execute(
        text(
            "UPDATE providers.subscription_topic SET digest = id = ANY(:digests), "
            "alerts = id = ANY(:alerts) "
            "WHERE subscription_id = :id AND confirmed_at IS NOT NULL AND archived_at IS NULL"
        ),
        {"id": subscription_id, "digests": list(digests), "alerts": list(alerts)},
    )
    connection.execute(
        text(
            "DELETE FROM providers.subscription_topic "
            "WHERE subscription_id = :id AND NOT digest AND NOT alerts"
        ),
        {"id": subscription_id},
    )
    suppression.forget(connection, subscription_id=subscription_id)
    latest = datetime.now(UTC).date() + LONGEST_PAUSE
    connection.execute(
        subscription.update()
        .where(subscription.c.id == subscription_id)
        .values(pause_until=min(pause_until, latest) if pause_until else None)
    )


def unsubscribe(connection: Connection, *, links: Links, token: str) -> bool:
    """End everything that is mailed to a subscriber; again does nothing. False: the token is not
    of ours. The address goes 30 days later."""
    subscriber = of_token(connection, links=links, token=token, purpose=UNSUBSCRIBE)
    if subscriber is None:
        return False
    connection.execute(
        text(
            "UPDATE providers.subscription SET ended_at = coalesce(ended_at, now()) WHERE id = :id"
        ),
        {"id": subscriber.id},
    )
    connection.execute(
        text("DELETE FROM providers.subscription_topic WHERE subscription_id = :id"),
        {"id": subscriber.id},
    )
    connection.execute(
        text(
            "UPDATE providers.subscription_contact "
            "SET purge_on = coalesce(purge_on, current_date + CAST(:days AS integer)) "
            "WHERE subscription_id = :id"
        ),
        {"id": subscriber.id, "days": DAYS_TO_FORGET},
    )
    return True


@dataclass(frozen=True, slots=True)
class Followers:
    """How many follow an organisation, and how many of them mail does not reach."""

    all: int
    suppressed: int


def followers(connection: Connection, *, organisation: str) -> Followers:
    """How many follow an organisation. No addresses."""
    return fetch(
        connection,
        Followers,
        f"""
SELECT count(DISTINCT t.subscription_id) AS all,
    count(DISTINCT t.subscription_id) FILTER (WHERE {suppression.SUPPRESSED}) AS suppressed
FROM providers.subscription_topic t
JOIN providers.subscription_contact c USING (subscription_id)
WHERE t.organisation = :organisation AND t.confirmed_at IS NOT NULL AND t.archived_at IS NULL
""",
        organisation=organisation,
    )[0]


def purge(connection: Connection) -> int:
    """Forget addresses whose day has come and topics that nobody confirmed; how many of both."""
    topics = connection.execute(
        text(
            "DELETE FROM providers.subscription_topic WHERE confirmed_at IS NULL "
            "AND created_at < now() - make_interval(days => :days)"
        ),
        {"days": DAYS_TO_CONFIRM},
    ).rowcount
    contacts = connection.execute(
        text("DELETE FROM providers.subscription_contact WHERE purge_on <= current_date")
    ).rowcount
    return topics + contacts


_SUBSCRIBER = (
    "SELECT s.id, s.salt, s.pause_until, s.ended_at IS NULL AS is_active "
    "FROM providers.subscription s"
)


@dataclass(frozen=True, slots=True)
class _Letter:
    subject: str
    text: str


_CONFIRM = _Letter(
    "Confirm that you want to follow {name}",
    """Somebody asked that this address be told what changes at {name} on Planning Data Performance.

To confirm it, open this link within {days} days and select the button on the page:

{link}

If it was not you, ignore this mail: nothing more will be sent.
""",
)
_FOLLOWS = _Letter(
    "You already follow {name}",
    """Somebody asked that this address be told what changes at {name} on Planning Data Performance.

It is told already. To choose what it is told, and when:

{link}

If it was not you, ignore this mail: nothing has changed.
""",
)


def _subscriber_at(connection: Connection, address: Address) -> Subscriber:
    """The subscriber at an address, a new one where there is none; locked, so that two requests
    come one after the other."""
    sql = (
        f"{_SUBSCRIBER} JOIN providers.subscription_contact c ON c.subscription_id = s.id "
        "WHERE c.address_key = :key FOR UPDATE OF s"
    )
    rows = fetch(connection, Subscriber, sql, key=address.key)
    if not rows:
        new = connection.execute(
            subscription.insert()
            .values(salt=secrets.token_urlsafe(12))
            .returning(subscription.c.id)
        ).scalar_one()
        # Until it is confirmed the address is here for a week at most. Of two at once one comes in.
        connection.execute(
            text(
                "INSERT INTO providers.subscription_contact "
                "(subscription_id, address, address_key, purge_on) "
                "VALUES (:id, :address, :key, current_date + CAST(:days AS integer)) "
                "ON CONFLICT (address_key) DO NOTHING"
            ),
            {
                "id": new,
                "address": address.text,
                "key": address.key,
                "days": DAYS_TO_CONFIRM + 1,
            },
        )
        rows = fetch(connection, Subscriber, sql, key=address.key)
    # A mail is on its way to it: the address stays for as long as what is in the mail can be used.
    connection.execute(
        text(
            "UPDATE providers.subscription_contact "
            "SET purge_on = greatest(purge_on, current_date + CAST(:days AS integer)) "
            "WHERE subscription_id = :id AND purge_on IS NOT NULL"
        ),
        {"id": rows[0].id, "days": DAYS_TO_CONFIRM + 1},
    )
    return rows[0]


def _topic(connection: Connection, subscription_id: int, wish: Wish, is_theirs: bool) -> int:
    """The id of the topic of a wish. What was confirmed before stays as it was, unless this is the
    word of whoever confirmed it: that of a stranger changes nothing."""
    number = connection.execute(
        text(
            """
INSERT INTO providers.subscription_topic AS t
    (subscription_id, organisation, dataset, digest, alerts)
VALUES (:id, :organisation, :dataset, :digest, :alerts)
ON CONFLICT (subscription_id, organisation, dataset) WHERE archived_at IS NULL DO UPDATE SET
    created_at = now(),
    digest = CASE WHEN :theirs OR t.confirmed_at IS NULL THEN excluded.digest ELSE t.digest END,
    alerts = CASE WHEN :theirs OR t.confirmed_at IS NULL THEN excluded.alerts ELSE t.alerts END
RETURNING id
"""
        ),
        {
            "id": subscription_id,
            "organisation": wish.organisation,
            "dataset": wish.dataset,
            "digest": wish.digest,
            "alerts": wish.alerts,
            "theirs": is_theirs,
        },
    ).scalar_one()
    return int(number)


def _confirm(connection: Connection, topic: int, *, how: str) -> None:
    connection.execute(
        text(
            "UPDATE providers.subscription_topic SET confirmed_at = coalesce(confirmed_at, now()), "
            "consent = :consent WHERE id = :id"
        ),
        {"id": topic, "consent": f"{how}, wording {WORDING}"},
    )
    values = {"id": topic}
    connection.execute(
        text(
            "UPDATE providers.subscription s SET ended_at = NULL "
            "FROM providers.subscription_topic t WHERE t.id = :id AND s.id = t.subscription_id"
        ),
        values,
    )
    connection.execute(
        text(
            "UPDATE providers.subscription_contact c SET purge_on = NULL "
            "FROM providers.subscription_topic t "
            "WHERE t.id = :id AND c.subscription_id = t.subscription_id"
        ),
        values,
    )
