"""Digests and alerts for all subscribers: one of a kind and period each, whoever composes them.

A subscriber's edition is claimed, and its mail put into the outbox, in one transaction: a worker
that dies leaves neither, and of two at once one claims it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, text

from performance_store.queries.fetch import fetch
from providers.messages import facts, outbox, suppression
from providers.messages.calendar import LONDON, turn
from providers.messages.digest import Draft, Facts, Frame, alert, digest
from providers.messages.facts import Book, Now
from providers.messages.links import PREFERENCES, UNSUBSCRIBE, Links
from providers.messages.outbox import Open

AT_ONCE = 500
# A subscriber whom nothing was mailed for long is told the newest of it only.
LONGEST_DAYS = 92


@dataclass(frozen=True, slots=True)
class Reader:
    """A subscriber who has no edition of a period yet: what they follow, as organisations and
    datasets side by side, and the day that they know of already."""

    id: int
    salt: str
    organisations: tuple[str, ...]
    datasets: tuple[str, ...]
    since: date

    def topics(self) -> list[tuple[str, str]]:
        """What they follow; a dataset of an organisation that they follow whole is left out."""
        pairs = list(zip(self.organisations, self.datasets, strict=True))
        return [(one, dataset) for one, dataset in pairs if not dataset or (one, "") not in pairs]


def digests(open_: Open, links: Links, *, now: datetime | None = None) -> int:
    """Put the digests that are due into the outbox; how many mails. It may be called at any time,
    and as often as you like."""
    now = now or datetime.now(UTC)
    with open_() as connection:
        snapshot = facts.now(connection)
    due = turn(now, snapshot.published_at) if snapshot else None
    if snapshot is None or due is None:
        return 0
    today = now.astimezone(LONDON).date()
    is_old = due.is_old

    def compose(news: Sequence[Facts], frame: Frame) -> Draft | None:
        return digest(news, frame, today=today)

    return _Run(links, snapshot, "digest", due.week, compose, is_old).all(open_)


def alerts(open_: Open, links: Links, *, now: datetime | None = None) -> int:
    """Put the alerts of the newest snapshot into the outbox; how many mails. Again does nothing."""
    now = now or datetime.now(UTC)
    with open_() as connection:
        snapshot = facts.now(connection)
    if snapshot is None or now - snapshot.published_at > facts.ALERT_AGE:
        return 0
    return _Run(links, snapshot, "alert", snapshot.as_at.isoformat(), alert, False).all(open_)


@dataclass(frozen=True, slots=True)
class _Run:
    """The editions of one kind and period."""

    links: Links
    snapshot: Now
    kind: str
    period: str
    compose: Callable[[Sequence[Facts], Frame], Draft | None]
    is_old: bool

    def all(self, open_: Open) -> int:
        book: Book | None = None
        after = mails = 0
        while True:
            with open_() as connection:
                readers = self._readers(connection, after)
                if not readers:
                    return mails
                # Read once: what is followed fits into memory, and a load in between cannot make
                # one digest tell of two days.
                book = book or self._book(connection)
                mails += self._editions(connection, readers, book)
            after = readers[-1].id

    def _book(self, connection: Connection) -> Book:
        codes = connection.execute(
            text(
                "SELECT DISTINCT organisation FROM providers.subscription_topic "
                "WHERE confirmed_at IS NOT NULL AND archived_at IS NULL"
            )
        ).scalars()
        since = self.snapshot.as_at - timedelta(days=LONGEST_DAYS)
        return facts.read(connection, self.snapshot, organisations=list(codes), since=since)

    def _readers(self, connection: Connection, after: int) -> tuple[Reader, ...]:
        return fetch(
            connection,
            Reader,
            _READERS.format(wish="alerts" if self.kind == "alert" else "digest"),
            kind=self.kind,
            period=self.period,
            after=after,
            earliest=self.snapshot.as_at - timedelta(days=LONGEST_DAYS),
            limit=AT_ONCE,
        )

    def _editions(self, connection: Connection, readers: Sequence[Reader], book: Book) -> int:
        drafts = {reader.id: self._draft(reader, book) for reader in readers}
        claims = connection.execute(
            text(_CLAIM),
            {
                "readers": list(drafts),
                "are_empty": [draft is None for draft in drafts.values()],
                "kind": self.kind,
                "period": self.period,
                "until": self.snapshot.as_at,
            },
        ).scalars()
        ours = set(claims)
        copies = [
            outbox.Copy(
                subscription_id=reader.id,
                subject=draft.subject,
                text=draft.text,
                unsubscribe=self.links.address(UNSUBSCRIBE, reader.id, reader.salt),
            )
            for reader in readers
            if reader.id in ours and (draft := drafts[reader.id]) is not None
        ]
        headers = {"List-Id": f"<{self.kind}.{_host(self.links.site)}>"}
        messages = outbox.enqueue_all(connection, copies, kind=self.kind, headers=headers)
        connection.execute(
            text(_ATTACH),
            {
                "readers": [copy.subscription_id for copy in copies],
                "messages": messages,
                "kind": self.kind,
                "period": self.period,
            },
        )
        return len(messages)

    def _draft(self, reader: Reader, book: Book) -> Draft | None:
        frame = Frame(
            site=self.links.site,
            as_at=self.snapshot.as_at,
            is_old=self.is_old,
            preferences=self.links.address(PREFERENCES, reader.id, reader.salt),
            unsubscribe=self.links.address(UNSUBSCRIBE, reader.id, reader.salt),
        )
        news = [book.of(one, dataset, reader.since) for one, dataset in reader.topics()]
        return self.compose(news, frame)


# What was told last is what was mailed last: an edition that failed is told again.
_READERS = f"""
SELECT s.id, s.salt,
    array_agg(t.organisation ORDER BY t.organisation, t.dataset) AS organisations,
    array_agg(t.dataset ORDER BY t.organisation, t.dataset) AS datasets,
    greatest(:earliest, coalesce(
        (SELECT max(e.until) FROM providers.edition e
         LEFT JOIN providers.message m ON m.id = e.message_id
         WHERE e.subscription_id = s.id AND e.kind = :kind AND NOT e.is_empty
            AND coalesce(m.state, 'sent') = 'sent'),
        CAST(min(t.confirmed_at) AS date))) AS since
FROM providers.subscription s
JOIN providers.subscription_contact c ON c.subscription_id = s.id
JOIN providers.subscription_topic t ON t.subscription_id = s.id
    AND t.confirmed_at IS NOT NULL AND t.archived_at IS NULL AND t.{{wish}}
WHERE s.id > :after AND s.ended_at IS NULL AND coalesce(s.pause_until <= current_date, true)
    AND NOT {suppression.SUPPRESSED}
    AND NOT EXISTS (
        SELECT FROM providers.edition e
        WHERE e.subscription_id = s.id AND e.kind = :kind AND e.period = :period
    )
GROUP BY s.id
ORDER BY s.id
LIMIT :limit
"""
_CLAIM = """
INSERT INTO providers.edition (subscription_id, is_empty, kind, period, until)
SELECT reader, is_empty, :kind, :period, :until
FROM unnest(CAST(:readers AS integer[]), CAST(:are_empty AS boolean[])) AS r (reader, is_empty)
ORDER BY reader
ON CONFLICT (subscription_id, period, kind) DO NOTHING
RETURNING subscription_id
"""
_ATTACH = """
UPDATE providers.edition e SET message_id = r.message
FROM unnest(CAST(:readers AS integer[]), CAST(:messages AS bigint[])) AS r (reader, message)
WHERE e.subscription_id = r.reader AND e.kind = :kind AND e.period = :period
"""


def _host(site: str) -> str:
    return site.partition("//")[2].partition(":")[0]
