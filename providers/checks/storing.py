"""What a worker writes of a check: how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import msgspec
import zstandard
from psycopg import Connection as Driver
from sqlalchemy import Connection, text

from providers.checks.format import Options, Summary, pack_summary
from providers.checks.frames import Block, Piece
from providers.checks.terms import Failure

TRIES = 2
"""How often a check is begun: a second time when its worker died."""
DIED = Failure(
    "stopped",
    "The check was broken off twice, which some files cause. Try a smaller part of the file.",
)


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be checked. One of `upload_id` and `url` is there; None of both: the file is kept
    no more."""

    dataset: str
    organisation: str | None
    options: Options
    upload_id: int | None
    url: str | None
    day: date
    name: str


def begin(connection: Connection, check_id: int) -> Work | None:
    """Take a check on. None where there is nothing to do: it was called off, has ended or is no
    more, or its workers died too often, which it fails with."""
    row = connection.execute(text(_BEGIN), {"id": check_id}).one_or_none()
    if row is None:
        return None
    values = dict(row._mapping)
    if values.pop("attempts") > TRIES:
        fail(connection, check_id, DIED)
        return None
    return Work(**values | {"options": msgspec.convert(values["options"], Options)})


def put_back(connection: Connection, check_id: int) -> None:
    """Leave a check to another worker, as if it had not been begun."""
    connection.execute(
        text(
            "UPDATE providers.check_result SET state = 'waiting', attempts = attempts - 1 "
            "WHERE id = :id AND state = 'running'"
        ),
        {"id": check_id},
    )


def progress(connection: Connection, check_id: int, *, stage: str, rows: int) -> bool:
    """Say how far a check is. Out: whether anybody waits for it still."""
    return bool(
        connection.execute(
            text(
                "UPDATE providers.check_result SET stage = :stage, rows_done = :rows "
                "WHERE id = :id AND state = 'running'"
            ),
            {"id": check_id, "stage": stage, "rows": rows},
        ).rowcount
    )


def fail(connection: Connection, check_id: int, failure: Failure) -> None:
    """End a check without a result."""
    connection.execute(
        text(
            "UPDATE providers.check_result SET state = 'failed', finished_at = now(), "
            "failure_code = :code, failure_sentence = :sentence "
            "WHERE id = :id AND state IN ('waiting', 'running')"
        ),
        {"id": check_id, "code": failure.code, "sentence": failure.sentence},
    )


def store(
    connection: Connection,
    check_id: int,
    *,
    summary: Summary,
    shapes: bytes | None,
    blocks: Iterable[Block],
    pieces: Iterable[Piece],
) -> bool:
    """Write a result, all in the connection's transaction. Out: False where the check was called
    off, and nothing was written."""
    if not connection.execute(
        text(
            "SELECT 1 FROM providers.check_result WHERE id = :id AND state = 'running' FOR UPDATE"
        ),
        {"id": check_id},
    ).scalar():
        return False
    size = _copy(
        connection,
        "check_block (check_id, number, first_row, first_entry, last_entry, body)",
        ("int8", "int4", "int4", "int4", "int4", "bytea"),
        ((check_id, *msgspec.structs.astuple(block)) for block in blocks),
    )
    size += _copy(
        connection,
        "check_group_rows (check_id, group_number, first, count, entries)",
        ("int8", "int4", "int4", "int4", "bytea"),
        ((check_id, *msgspec.structs.astuple(piece)) for piece in pieces),
    )
    packed = pack_summary(summary)
    drawing = None if shapes is None else zstandard.ZstdCompressor(level=1).compress(shapes)
    connection.execute(
        text(_FINISH),
        {
            "id": check_id,
            "rows": summary.rows,
            "has_must": summary.verdict == "not-ready",
            "summary": packed,
            "shapes": drawing,
            "size": size + len(packed) + len(drawing or b""),
        },
    )
    _count(connection, check_id, summary)
    return True


def _copy(
    connection: Connection, table: str, types: tuple[str, ...], rows: Iterable[tuple[Any, ...]]
) -> int:
    """Put rows into a table. Out: bytes of their last column."""
    size = 0
    driver = cast("Driver[Any]", connection.connection.driver_connection)
    statement = f"COPY providers.{table} FROM STDIN (FORMAT BINARY)"
    with driver.cursor().copy(statement.encode()) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)
            size += len(row[-1])
    return size


def _count(connection: Connection, check_id: int, summary: Summary) -> None:
    """Add a check to the counts of its day and dataset, which say nothing of whose it was."""
    values: Mapping[str, Any] = {"id": check_id}
    connection.execute(text(_COUNT), values)
    findings: dict[tuple[str, str], int] = {}
    for group in summary.groups:
        key = (group.rule, group.field)
        findings[key] = max(findings.get(key, 0), group.rows)
    if findings:
        connection.execute(
            text(_COUNT_FINDING),
            [
                {"id": check_id, "rule": rule, "field": field, "rows": rows}
                # In one order, so that two checks that end at once do not wait for each other.
                for (rule, field), rows in sorted(findings.items())
            ],
        )


_BEGIN = """
UPDATE providers.check_result r
SET state = 'running', attempts = attempts + 1, started_at = coalesce(started_at, now()),
    stage = '', rows_done = 0
WHERE id = :id AND state IN ('waiting', 'running')
RETURNING attempts, dataset, nullif(organisation, '') AS organisation, options, upload_id, url,
    day, coalesce((
        SELECT name FROM providers.check_request q WHERE q.check_id = r.id ORDER BY q.id LIMIT 1
    ), '') AS name
"""
_FINISH = """
UPDATE providers.check_result
SET state = 'finished', finished_at = clock_timestamp(), rows_done = :rows, has_must = :has_must,
    summary = :summary, shapes = :shapes, stored_bytes = :size
WHERE id = :id
"""
_COUNT = """
INSERT INTO providers.check_count AS c (day, dataset, checks, clean)
SELECT day, dataset, 1, CASE WHEN has_must THEN 0 ELSE 1 END
FROM providers.check_result WHERE id = :id
ON CONFLICT (day, dataset) DO UPDATE SET
    checks = c.checks + 1, clean = c.clean + EXCLUDED.clean
"""
_COUNT_FINDING = """
INSERT INTO providers.check_finding_count AS c (day, dataset, rule, field, checks, rows)
SELECT day, dataset, :rule, :field, 1, :rows FROM providers.check_result WHERE id = :id
ON CONFLICT (day, dataset, rule, field) DO UPDATE SET
    checks = c.checks + 1, rows = c.rows + EXCLUDED.rows
"""
