"""Staging: the typed stream goes into temporary tables by COPY, in bounded memory.

One temporary table a record type, ``stage_<record>``, all text but for whole numbers, with ``seq``
in the order read. They vanish with the transaction, so a killed load leaves nothing behind.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from importlib import resources
from time import perf_counter
from typing import Any, get_type_hints

import psycopg

from performance_store.readers.stream import RECORD_TYPES, InputError, Issue, Reader, Row

_STEP = re.compile(r"^-- step: (.+)$", re.MULTILINE)
_WHOLE = int | None


def stage_name(record: type) -> str:
    """The staging table of a record type: ``LogEntry`` is staged in ``stage_log_entry``."""
    return "stage_" + re.sub(r"(?<!^)(?=[A-Z])", "_", record.__name__).lower()


def create_staging(connection: psycopg.Connection[Any]) -> None:
    """Make an empty temporary table for every record type, whether or not the input has it."""
    for record in RECORD_TYPES:
        hints = get_type_hints(record)
        columns = ", ".join(
            f'"{name}" {"bigint" if hint == _WHOLE else "text"}' for name, hint in hints.items()
        )
        connection.execute(
            f"CREATE TEMP TABLE {stage_name(record)} "
            f"(seq bigint GENERATED ALWAYS AS IDENTITY, {columns}) ON COMMIT DROP"
        )


def stage(
    connection: psycopg.Connection[Any],
    reader: Reader,
    record: type,
    *,
    only: Collection[str] | None = None,
) -> int:
    """Copy all rows of one record type into its staging table. Returns how many."""
    name = stage_name(record)
    fields = record._fields  # type: ignore[attr-defined]
    columns = ", ".join(f'"{field}"' for field in fields)
    rows = reader.rows(record, only=only)
    if record is Issue:
        rows = _without_nul(rows)
    count = 0
    try:
        with connection.cursor().copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
            write = copy.write_row
            for row in rows:
                write(row)
                count += 1
    except psycopg.DataError as error:
        raise InputError(
            f"{reader.input_name}: {record.__name__} row {count + 1} cannot be stored: "
            f"{str(error).splitlines()[0]}"
        ) from error
    connection.execute(f"ANALYZE {name}")
    return count


def _without_nul(rows: Iterator[Row]) -> Iterator[Row]:
    """Values of issues come from anyone's file: Postgres text cannot hold a NUL character."""
    for row in rows:
        if any(isinstance(value, str) and "\0" in value for value in row):
            row = tuple(v.replace("\0", "�") if isinstance(v, str) else v for v in row)
        yield row


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
