"""To which registered address a submission led, and by which rule we think so.

The strongest rule that fits counts:

* L1: the same address, which is the hash that the register has as its key;
* L2: the same text, though its hash is of the text with blanks around it, or of none;
* L3: nearly the same: scheme, host's case, port, last slash, percent codes, order of the query;
* L4: the same page with another query, entered since: the data team added to it;
* L5: the same documentation page, entered in the 60 days since.

L6 is a person's word (`evidence.link_by_hand`). Only rows of the submission's own organisation (or
of the one that took over from it) and dataset are looked at, and of two that fit a guess (L3 to
L5) equally none is taken. A row that was there before cannot be a guess: whoever sends an address
that is nearly registered was asked whether it is that one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Literal, Protocol

from sqlalchemy import Connection

from performance_store.queries.fetch import fetch
from providers.submissions.rows import Kind
from providers.submissions.standing import url_key

Rule = Literal["L1", "L2", "L3", "L4", "L5", "L6"]
EXACT: tuple[Rule, ...] = ("L1", "L2", "L6")
"""Rules that leave no doubt; the others say "probably this one"."""
_EARLY = timedelta(days=1)
_LONG = timedelta(days=60)


class Sent(Protocol):
    """What is looked for: a submission."""

    @property
    def kind(self) -> Kind: ...
    @property
    def organisation(self) -> str: ...
    @property
    def dataset(self) -> str: ...
    @property
    def url(self) -> str | None: ...
    @property
    def endpoint(self) -> str | None: ...
    @property
    def documentation_url(self) -> str | None: ...
    @property
    def sent_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Row:
    """An address that is active in a snapshot. ``entry_date``: of its source, else its own."""

    endpoint: str
    url: str | None
    documentation_url: str | None
    licence: str | None
    entry_date: date | None
    existed: bool
    """Whether the register had it for this dataset before the submission was sent."""


@dataclass(frozen=True, slots=True)
class Match:
    """Where a submission led: the hash and the text of the registered address, by which rule, and
    whether it was registered before the submission was sent, which then did not bring it about."""

    endpoint: str
    address: str | None
    rule: Rule
    existed: bool

    @property
    def is_exact(self) -> bool:
        """Whether it is this one beyond doubt."""
        return self.rule in EXACT


# Of editions of a source the newest counts, of sources of one address that of the dataset's
# collection. The registers alone have no states of endpoints: there the days say which were active.
_ROWS = """
WITH cell AS (
    SELECT o.id AS organisation_id, d.id AS dataset_id
    FROM organisation s
    JOIN organisation o ON o.organisation IN (s.organisation, s.successor)
    JOIN dataset d ON d.dataset = :dataset
    WHERE s.organisation = :organisation
), here AS (
    SELECT id, as_at, kind FROM snapshot WHERE id = :snapshot_id
), before AS (
    SELECT id, as_at, kind FROM snapshot
    WHERE kind IN ('platform', 'sample') AND as_at <= :sent_on
        OR kind = 'registers' AND as_at < :sent_on
    ORDER BY as_at DESC, kind = 'registers', id DESC LIMIT 1
), usage AS (
    SELECT n.id AS snapshot_id, n.as_at, s.organisation_id, s.dataset_id, s.endpoint_id, s.source_id
    FROM (TABLE here UNION TABLE before) n
    CROSS JOIN cell c
    JOIN endpoint_state s ON s.snapshot_id = n.id AND s.organisation_id = c.organisation_id
        AND s.dataset_id = c.dataset_id
    UNION ALL
    SELECT n.id, n.as_at, u.organisation_id, u.dataset_id, u.endpoint_id, NULL
    FROM (TABLE here UNION TABLE before) n
    CROSS JOIN cell c
    JOIN endpoint_use u ON u.organisation_id = c.organisation_id AND u.dataset_id = c.dataset_id
    JOIN endpoint e ON e.id = u.endpoint_id
    WHERE n.kind = 'registers' AND (e.entry_date IS NULL OR e.entry_date <= n.as_at)
        AND (e.end_date IS NULL OR e.end_date > n.as_at)
), member AS (
    SELECT u.snapshot_id, u.as_at, u.endpoint_id, c.documentation_url, c.licence, c.entry_date
    FROM usage u
    JOIN dataset d ON d.id = u.dataset_id
    CROSS JOIN LATERAL (
        SELECT x.* FROM (
            SELECT DISTINCT ON (x.source) x.*, coalesce(x.end_date > u.as_at, true) AS is_open
            FROM source x
            WHERE x.endpoint_id = u.endpoint_id AND x.organisation_id = u.organisation_id
                AND (u.source_id IS NULL OR x.id = u.source_id)
            ORDER BY x.source, x.id DESC
        ) x
        ORDER BY x.collection IS NOT DISTINCT FROM d.collection DESC, x.is_open DESC,
            x.entry_date DESC NULLS LAST, x.id DESC
        LIMIT 1
    ) c
    WHERE c.is_open
        AND (u.source_id IS NOT NULL OR c.entry_date IS NULL OR c.entry_date <= u.as_at)
)
SELECT DISTINCT ON (e.endpoint) e.endpoint, e.endpoint_url AS url, m.documentation_url, m.licence,
    coalesce(m.entry_date, e.entry_date) AS entry_date,
    EXISTS (SELECT FROM member b, before n
        WHERE b.snapshot_id = n.id AND b.endpoint_id = m.endpoint_id)
    OR coalesce(coalesce(m.entry_date, e.entry_date) < :sent_on AND NOT EXISTS (
        SELECT FROM before n WHERE n.as_at >= coalesce(m.entry_date, e.entry_date)), false)
        AS existed
FROM member m
JOIN here n ON n.id = m.snapshot_id
JOIN endpoint e ON e.id = m.endpoint_id
ORDER BY e.endpoint, m.entry_date DESC NULLS LAST
"""
_NEWEST = """
SELECT id FROM snapshot WHERE kind IN ('platform', 'sample', 'registers')
ORDER BY as_at DESC, kind = 'registers', id DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class _Snapshot:
    id: int


def find(
    connection: Connection,
    *,
    submission: Sent,
    snapshot_id: int | None = None,
    but: Collection[str] = (),
) -> Match | None:
    """Where a submission led, as a snapshot has it (the newest one with registers unless it is
    named); None: nowhere yet. ``but``: hashes of addresses that a person said it is not."""
    if snapshot_id is None:
        newest = fetch(connection, _Snapshot, _NEWEST)
        if not newest:
            return None
        snapshot_id = newest[0].id
    members = rows(connection, submission=submission, snapshot_id=snapshot_id)
    return match(submission, [row for row in members if row.endpoint not in but])


def rows(connection: Connection, *, submission: Sent, snapshot_id: int) -> tuple[Row, ...]:
    """What is active of the dataset in a snapshot, for the organisation and its successor."""
    return fetch(
        connection,
        Row,
        _ROWS,
        organisation=submission.organisation,
        dataset=submission.dataset,
        snapshot_id=snapshot_id,
        sent_on=_day(submission),
    )


def match(submission: Sent, members: Collection[Row]) -> Match | None:
    """Which of the rows of its organisation and dataset a submission led to."""
    if submission.kind == "replace":
        members = [row for row in members if row.endpoint != submission.endpoint]
    fits: dict[Rule, list[Row]] = {
        "L1": [row for row in members if _is_named(submission, row)],
        "L2": [row for row in members if _is_same_text(submission, row)],
    }
    fresh = [row for row in members if not row.existed]
    near = [row for row in fresh if _is_near(submission, row)]
    fits["L3"] = near if len(near) == 1 else [r for r in near if _is_described(submission, r)]
    fits["L4"] = [row for row in fresh if _is_same_page(submission, row)]
    fits["L5"] = [row for row in fresh if _is_described(submission, row)]
    for rule, candidates in fits.items():
        if len(candidates) == 1 or (candidates and rule in EXACT):
            return as_match(submission, candidates[0], rule)
    return None


def as_match(submission: Sent, row: Row, rule: Rule) -> Match:
    """A row as where a submission led. What is asked back had ended, whatever the day of its
    entry."""
    existed = row.existed and submission.kind != "take_back"
    return Match(row.endpoint, row.url, rule, existed)


def _is_named(submission: Sent, row: Row) -> bool:
    if submission.kind == "take_back" and row.endpoint == submission.endpoint:
        return True
    return submission.url is not None and row.endpoint == _hash(submission.url)


def _is_same_text(submission: Sent, row: Row) -> bool:
    if submission.url is None:
        return False
    text = submission.url.strip()
    hashes = {_hash(before + text + behind) for before in ("", " ") for behind in ("", " ")}
    return row.endpoint in hashes or (row.url is not None and row.url.strip() == text)


def _is_near(submission: Sent, row: Row) -> bool:
    return _is_equal(submission.url, row.url)


def _is_same_page(submission: Sent, row: Row) -> bool:
    """The same host and path; what is asked for differs. Entered since, a day's slip allowed."""
    if submission.url is None or row.url is None or row.entry_date is None:
        return False
    pages = {url_key(url).partition("?")[0] for url in (submission.url, row.url)}
    return len(pages) == 1 and row.entry_date >= _day(submission) - _EARLY


def _is_described(submission: Sent, row: Row) -> bool:
    if row.entry_date is None:
        return False
    sent_on = _day(submission)
    is_in_time = sent_on - _EARLY <= row.entry_date <= sent_on + _LONG
    return is_in_time and _is_equal(submission.documentation_url, row.documentation_url)


def _is_equal(url: str | None, other: str | None) -> bool:
    """Whether two addresses are the same, made plain."""
    return bool(url and other) and url_key(url or "") == url_key(other or "")


def _day(submission: Sent) -> date:
    return submission.sent_at.astimezone(UTC).date()


def _hash(url: str) -> str:
    return sha256(url.encode("utf-8", "surrogatepass")).hexdigest()
