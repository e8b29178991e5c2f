"""Staging: the typed stream goes into temporary tables by COPY, in bounded memory.

One temporary table a record type, ``stage_<record>``, all text but for whole numbers, with ``seq``
in the order read. They vanish with the transaction, so a killed load leaves nothing behind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from importlib import resources
from time import perf_counter
from typing import Any, get_type_hints

import psycopg
from psycopg.types.json import Jsonb

from performance_store.definitions.specifications import names_of_fields, required_fields
from performance_store.readers.odd_values import READ, longest, mended, reason
from performance_store.readers.stream import RECORD_TYPES, Reader, Row

_STEP = re.compile(r"^-- step: (.+)$", re.MULTILINE)
_WHOLE = int | None
_LARGEST = 1 << 63


def stage_name(record: type) -> str:
    """The staging table of a record type: ``LogEntry`` is staged in ``stage_log_entry``."""
    return "stage_" + re.sub(r"(?<!^)(?=[A-Z])", "_", record.__name__).lower()


def create_staging(connection: psycopg.Connection[Any]) -> None:
    """Make an empty temporary table for every record type, whether or not the input has it, and
    one of what we know of the fields of specifications."""
    for record in RECORD_TYPES:
        columns = ", ".join(
            f'"{name}" {_column_type(name, hint)}' for name, hint in get_type_hints(record).items()
        )
        connection.execute(
            f"CREATE TEMP TABLE {stage_name(record)} "
            f"(seq bigint GENERATED ALWAYS AS IDENTITY, {columns}) ON COMMIT DROP"
        )
    for table, columns, rows in (
        ("t_specification", "dataset text, field text, name text", names_of_fields()),
        (
            "t_required",
            "dataset text, field text, place int, blocks boolean, names text[], instead text",
            required_fields(),
        ),
    ):
        connection.execute(f"CREATE TEMP TABLE {table} ({columns}) ON COMMIT DROP")
        with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def _column_type(name: str, hint: object) -> str:
    """Keys and texts have their greatest length, so that COPY refuses what no index can hold."""
    if hint == _WHOLE:
        return "bigint"
    bound = longest(name)
    return f"varchar({bound})" if bound else "text"


def stage(
    connection: psycopg.Connection[Any],
    reader: Reader,
    record: type,
    *,
    only: Collection[str] | None = None,
) -> int:
    """Copy all rows of one record type into its staging table. Returns how many.

    Rows are not looked at on the way. Only where one of them cannot be stored, all are read again
    and looked at one by one: what cannot be used goes to ``rejection``, with its row and column.
    """
    fields = list(get_type_hints(record))
    try:
        with connection.transaction():
            count = _copy(connection, record, fields, reader.rows(record, only=only))
    except (psycopg.DataError, UnicodeEncodeError):
        count = _stage_usable(connection, record, fields, reader.rows(record, only=only))
    connection.execute(f"ANALYZE {stage_name(record)}")
    return count


def tell_of_refusals(connection: psycopg.Connection[Any], reader: Reader) -> None:
    """Put into ``rejection`` what the reader itself could not use, by file and line."""
    rows: Callable[[], Iterator[Row]] = getattr(reader, "refusals", lambda: iter(()))
    (load_id,) = connection.execute("SELECT load_id FROM t_context").fetchone() or (None,)
    with connection.cursor().copy(
        "COPY rejection (load_id, table_name, row_number, reason, row) FROM STDIN"
    ) as copy:
        for name, line, words, row in rows():
            copy.write_row((load_id, name, line, words, Jsonb(row)))


def _stage_usable(
    connection: psycopg.Connection[Any], record: type, fields: Sequence[str], rows: Iterator[Row]
) -> int:
    """Copy rows that may have anything in them, and tell what was wrong. Returns how many stay."""
    name = stage_name(record)
    table = {"stage_log_entry": "log", "stage_issue_count": "issue count"}.get(
        name, name.removeprefix("stage_")
    )
    connection.execute(f"ALTER TABLE {name} ADD COLUMN fault text")
    count = _copy(connection, record, ["seq", *fields, "fault"], _usable(record, rows))
    connection.execute(
        "INSERT INTO rejection (load_id, table_name, row_number, reason, row) "
        "SELECT c.load_id, %s, s.seq, s.fault, "
        "to_jsonb(s) - ARRAY['seq', 'fault', 'since', 'number'] "
        f"FROM {name} s, t_context c WHERE s.fault <> ''",
        [table],
    )
    refused = connection.execute(
        f"DELETE FROM {name} WHERE fault <> '' AND strpos(fault, %s) = 0", [READ]
    )
    connection.execute(f"ALTER TABLE {name} DROP COLUMN fault")
    return count - refused.rowcount


def _copy(
    connection: psycopg.Connection[Any], record: type, columns: Sequence[str], rows: Iterator[Row]
) -> int:
    names = ", ".join(f'"{column}"' for column in columns)
    count = 0
    with connection.cursor().copy(f"COPY {stage_name(record)} ({names}) FROM STDIN") as copy:
        write = copy.write_row
        for row in rows:
            write(row)
            count += 1
    return count


def _usable(record: type, rows: Iterator[Row]) -> Iterator[Row]:
    """Rows that can be stored, each between its number and what was wrong with it ('': nothing)."""
    hints = get_type_hints(record)
    numbered = list(hints).index("number") if "number" in hints else None
    for place, row in enumerate(rows, start=1):
        number = place if numbered is None else row[numbered]
        values, faults = [], {}
        for (name, hint), value in zip(hints.items(), row, strict=True):
            storable, fault = _stored(name, value, whole=hint == _WHOLE)
            values.append(storable)
            if fault:
                faults[name] = fault
        yield (number, *values, reason(faults))


def _stored(name: str, value: Any, *, whole: bool) -> tuple[Any, str]:
    """A value as it can be stored, and what was wrong with it: '' for nothing."""
    if whole:
        if value is None or (isinstance(value, int) and abs(value) < _LARGEST):
            return value, ""
        return None, f"is not a whole number of a size that can be{READ}as blank"
    return mended(name, value) if isinstance(value, str) else (value, "")


def steps(file: str) -> Iterator[tuple[str, str]]:
    """Yield (name, statement) of each step of a file in ``loading/sql``."""
    text = (resources.files(__package__) / "sql" / file).read_text(encoding="utf-8")
    parts = _STEP.split(text)
    for name, body in zip(parts[1::2], parts[2::2], strict=True):
        yield name.strip(), body.strip().rstrip(";")


def run_file(connection: psycopg.Connection[Any], file: str) -> dict[str, float]:
    """Run every step of a file of SQL. Returns seconds by step."""
    seconds = {}
    for name, statement in steps(file):
        started = perf_counter()
        connection.execute(statement)
        seconds[name] = round(perf_counter() - started, 3)
    return seconds
