"""What a check found: pages of rows, all rows, shapes, and what came before."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import count as count_from

import zstandard
from sqlalchemy import Connection, text

from providers.checks import requests
from providers.checks.counts import DatasetCount, FindingCount, NationalCounts
from providers.checks.format import Row, unpack
from providers.checks.requests import Check

BLOCKS_AT_ONCE = 20
Connect = Callable[[], AbstractContextManager[Connection]]


def page(
    connection: Connection, *, check_id: int, group: int | None = None, first: int, count: int
) -> tuple[Row, ...]:
    """Rows in the order of the file, from the `first` on (counted from 0); with a group, of those
    that have one of its findings."""
    if group is None:
        blocks = connection.execute(
            text(_BLOCKS_OF_ROWS), {"id": check_id, "first": first, "end": first + count}
        ).all()
        rows = [row for block in blocks for row in unpack(block.body)]
        skip = first - blocks[0].first_row if blocks else 0
        return tuple(rows[skip : skip + count])
    numbers = _entries(connection, check_id, group, first, count)
    blocks = connection.execute(
        text(_BLOCKS_OF_ENTRIES), {"id": check_id, "entries": numbers}
    ).all()
    members = frozenset(numbers)
    return tuple(row for block in blocks for row in unpack(block.body) if row.entry in members)


def count(connection: Connection, *, check_id: int, group: int | None = None) -> int:
    """How many rows there are, or have a finding of a group (`format.ANY_FINDING`: any)."""
    sql = _ROWS if group is None else _ROWS_OF_GROUP
    return int(connection.execute(text(sql), {"id": check_id, "group": group}).scalar() or 0)


def blocks(connection: Connection, *, check_id: int) -> Iterator[tuple[Row, ...]]:
    """All rows in the order of the file, some at a time."""
    return blocks_apart(lambda: nullcontext(connection), check_id=check_id)


def blocks_apart(connect: Connect, *, check_id: int) -> Iterator[tuple[Row, ...]]:
    """As `blocks`, for what a client reads as slowly as it likes: a connection is opened for some
    rows at a time, and none is held between them."""
    for number in count_from(0, BLOCKS_AT_ONCE):
        values = {"id": check_id, "number": number, "end": number + BLOCKS_AT_ONCE}
        with connect() as connection:
            some = connection.execute(text(_BLOCKS), values).scalars().all()
        if not some:
            return
        for body in some:
            yield unpack(body)


def shapes(connection: Connection, *, check_id: int) -> bytes:
    """What the map shows, as GeoJSON (a FeatureCollection, with the authority's boundary as its
    member `boundary` where that is known); no features where there is nothing to show."""
    packed = connection.execute(
        text("SELECT shapes FROM providers.check_result WHERE id = :id"), {"id": check_id}
    ).scalar()
    return NO_SHAPES if packed is None else zstandard.ZstdDecompressor().decompress(packed)


def previous(connection: Connection, *, check: Check) -> Check | None:
    """The last check before this one of the same file name or address, dataset and organisation,
    by whoever began this one; its secret is blank."""
    row = connection.execute(
        text(_PREVIOUS), {"id": check.id, "request_id": check.request_id, "url": check.url}
    ).one_or_none()
    return None if row is None else requests.of_row(row, "")


def national_counts(connection: Connection, *, findings: int = 20) -> NationalCounts:
    """How many checks there were by dataset, and what so many of the commonest findings were."""
    return NationalCounts(
        tuple(DatasetCount(**row._mapping) for row in connection.execute(text(_COUNTS))),
        tuple(
            FindingCount(**row._mapping)
            for row in connection.execute(text(_FINDINGS), {"most": findings})
        ),
    )


def entries(connection: Connection, *, check_id: int, group: int) -> frozenset[int]:
    """The numbers of all entries that have a finding of a group."""
    return frozenset(_entries(connection, check_id, group, 0, 2**31 - 1))


def _entries(
    connection: Connection, check_id: int, group: int, first: int, count: int
) -> list[int]:
    """Entry numbers of a page of a group."""
    pieces = connection.execute(
        text(_PIECES), {"id": check_id, "group": group, "first": first, "end": first + count}
    ).all()
    unpack_bytes = zstandard.ZstdDecompressor().decompress
    numbers = array("I", b"".join(unpack_bytes(piece.entries) for piece in pieces))
    skip = first - pieces[0].first if pieces else 0
    return numbers[skip : skip + count].tolist()


NO_SHAPES = b'{"type":"FeatureCollection","features":[]}'
_BLOCKS = """
SELECT body FROM providers.check_block
WHERE check_id = :id AND number >= :number AND number < :end ORDER BY number
"""
_BLOCKS_OF_ROWS = """
SELECT first_row, body FROM providers.check_block
WHERE check_id = :id AND first_row < :end AND first_row >= (
    SELECT max(first_row) FROM providers.check_block WHERE check_id = :id AND first_row <= :first)
ORDER BY first_row
"""
_BLOCKS_OF_ENTRIES = """
SELECT b.body FROM (
    SELECT DISTINCT (
        SELECT number FROM providers.check_block
        WHERE check_id = :id AND first_entry <= entry ORDER BY first_entry DESC LIMIT 1) AS number
    FROM unnest(CAST(:entries AS integer[])) AS entry) AS page
JOIN providers.check_block b ON b.check_id = :id AND b.number = page.number
ORDER BY b.number
"""
_PIECES = """
SELECT first, entries FROM providers.check_group_rows
WHERE check_id = :id AND group_number = :group AND first < :end AND first + count > :first
ORDER BY first
"""
_ROWS = "SELECT rows_done FROM providers.check_result WHERE id = :id AND state = 'finished'"
_ROWS_OF_GROUP = (
    "SELECT sum(count) FROM providers.check_group_rows "
    "WHERE check_id = :id AND group_number = :group"
)
_PREVIOUS = f"""
{requests.COLUMNS}
JOIN providers.check_request own ON own.id = :request_id
WHERE r.id < :id AND r.state = 'finished' AND q.revoked_at IS NULL AND q.expires_at > now()
    AND (q.owner_hash = own.owner_hash OR q.person_id = own.person_id
        OR q.client_hash = own.client_hash)
    AND (r.dataset, r.organisation) = (
        SELECT dataset, organisation FROM providers.check_result WHERE id = :id)
    AND CASE WHEN CAST(:url AS text) IS NULL THEN q.name = own.name ELSE r.url = :url END
ORDER BY r.id DESC LIMIT 1
"""
_COUNTS = """
SELECT dataset, sum(checks)::integer AS checks, sum(clean)::integer AS clean
FROM providers.check_count GROUP BY dataset ORDER BY checks DESC, dataset
"""
_FINDINGS = """
SELECT dataset, rule, field, sum(checks)::integer AS checks, sum(rows)::bigint AS rows
FROM providers.check_finding_count GROUP BY dataset, rule, field
ORDER BY checks DESC, rows DESC, dataset, rule, field LIMIT :most
"""
