"""Exports: whole tables of one snapshot as CSV, JSON or Parquet, streamed.

A table is a function of a snapshot (see the views in the first migration), so every date exports
with the same columns. Cells of a CSV that a spreadsheet would run as a formula are defused.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, text

from performance_store.queries.issues import ENDPOINT_OF_PAST

TABLES = {
    "organisation-dataset-summary": (
        "SELECT * FROM organisation_dataset_summary_of(:snapshot_id) "
        "ORDER BY organisation_id, dataset_name"
    ),
    "provision-summary": (
        "SELECT * FROM provision_summary_of(:snapshot_id) "
        "ORDER BY organisation, dataset, provision_reason, provision_end_date"
    ),
    "issue-summary": (
        "SELECT n.as_at, n.kind, o.organisation, d.dataset, i.issue_type, s.field, s.severity, "
        "s.responsibility, s.problems, s.rows, s.of_last_good "
        "FROM issue_summary_of(:snapshot_id) s "
        "JOIN snapshot n ON n.id = s.snapshot_id JOIN organisation o ON o.id = s.organisation_id "
        "JOIN dataset d ON d.id = s.dataset_id JOIN issue_type i ON i.id = s.issue_type_id "
        "WHERE s.snapshot_id = :snapshot_id "
        "ORDER BY o.organisation, d.dataset, i.issue_type, s.field"
    ),
    "past-issue": (
        "SELECT n.as_at, n.kind, o.organisation, d.dataset, e.endpoint, e.endpoint_url, "
        "e.last_success_on, e.failing_since, i.issue_type, p.field, p.severity, p.responsibility, "
        "p.problems, p.rows FROM past_issue p "
        "JOIN snapshot n ON n.id = p.snapshot_id JOIN organisation o ON o.id = p.organisation_id "
        "JOIN dataset d ON d.id = p.dataset_id JOIN issue_type i ON i.id = p.issue_type_id "
        f"{ENDPOINT_OF_PAST} WHERE p.snapshot_id = :snapshot_id "
        "ORDER BY o.organisation, d.dataset, e.endpoint, i.issue_type, p.field"
    ),
    "coverage": (
        "SELECT n.as_at, n.kind, c.* FROM coverage_of(:snapshot_id) c "
        "JOIN snapshot n ON n.id = c.snapshot_id "
        "WHERE c.snapshot_id = :snapshot_id "
        "ORDER BY c.denominator, c.dimension, c.value, c.dataset"
    ),
    "events": (
        "SELECT n.as_at, p.as_at AS previous_as_at, e.kind, o.organisation, d.dataset, "
        "e.before, e.after, e.by_rule FROM event e JOIN snapshot n ON n.id = e.snapshot_id "
        "JOIN snapshot p ON p.id = e.previous_snapshot_id "
        "JOIN organisation o ON o.id = e.organisation_id "
        "LEFT JOIN dataset d ON d.id = e.dataset_id WHERE e.snapshot_id = :snapshot_id "
        "ORDER BY e.kind, o.organisation, d.dataset, e.before, e.after"
    ),
}
FORMATS = ("csv", "json", "parquet")
_BLOCK = 5_000
_CSV_BLOCK = 500
# Some spreadsheets leave out blanks before they look: one hides no formula.
_FORMULA = re.compile(r"\s*[=+@-]|[\t\r]")
_NEGATIVE = re.compile(r"-(\d+([.]\d*)?|[.]\d+)([eE][+-]?\d+)?", re.ASCII)


def export(
    connection: Connection, *, table: str, snapshot_id: int, form: str, file: IO[Any]
) -> int:
    """Write a table of one snapshot to an open file (binary for parquet). Returns its rows."""
    streamed = connection.execution_options(stream_results=True, max_row_buffer=_BLOCK)
    # Whatever stops the writing, the cursor on the server ends with it.
    with streamed.execute(text(TABLES[table]), {"snapshot_id": snapshot_id}) as result:
        columns = list(result.keys())
        rows = (tuple(row) for row in result)
        if form == "csv":
            return _write_csv(columns, rows, file)
        if form == "json":
            return _write_json(columns, rows, file)
        return _write_parquet(columns, rows, file)


def _write_csv(columns: Sequence[str], rows: Iterator[tuple[Any, ...]], file: IO[str]) -> int:
    count = 0

    def tally() -> Iterator[tuple[Any, ...]]:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    for block in csv_blocks(columns, tally()):
        file.write(block)
    return count


def csv_blocks(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    heading: bool = True,
    cell: Callable[[Any], Any] | None = None,
) -> Iterator[str]:
    """Rows as the text of a CSV, some hundred at a time, under a heading or without one. `cell`:
    how a cell is written; without it, as `csv_value` does."""
    cell = cell or csv_value
    block = io.StringIO()
    writer = csv.writer(block, lineterminator="\n")
    if heading:
        writer.writerow(columns)
    for number, row in enumerate(rows, start=1):
        writer.writerow([cell(value) for value in row])
        if number % _CSV_BLOCK == 0:
            yield block.getvalue()
            block.seek(0)
            block.truncate()
    yield block.getvalue()


def csv_value(value: Any) -> Any:
    """One cell as people's spreadsheets read it: lists with ``;``, blanks for what is not known.

    A text that a spreadsheet might run gets an apostrophe before it. ``+1`` too, though it runs
    nothing: our numbers have no plus sign, and a telephone number would lose its own.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        parts = (" ".join(map(str, v)) if isinstance(v, tuple) else str(v) for v in value)
        value = ";".join(parts)
    # What is nothing but a number runs nothing: a longitude west of Greenwich stays one.
    if (
        isinstance(value, str)
        and _FORMULA.match(value)
        and not _NEGATIVE.fullmatch(value.strip(" "))
    ):
        return "'" + value
    return value


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _write_json(columns: Sequence[str], rows: Iterator[tuple[Any, ...]], file: IO[str]) -> int:
    file.write("[")
    count = 0
    for row in rows:
        file.write(",\n" if count else "\n")
        json.dump(dict(zip(columns, map(_plain, row), strict=True)), file, ensure_ascii=False)
        count += 1
    file.write("\n]\n")
    return count


def _write_parquet(columns: Sequence[str], rows: Iterator[tuple[Any, ...]], file: IO[bytes]) -> int:
    """Parquet needs pyarrow, which a web dyno has no room for; the local set-up installs it."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise ValueError("parquet needs pyarrow: pip install pyarrow, or choose csv") from error
    data = list(rows)
    table = pyarrow.table({name: [row[i] for row in data] for i, name in enumerate(columns)})
    pyarrow.parquet.write_table(table, file)
    return len(data)


def open_output(path: Path, form: str) -> IO[Any]:
    """Open a file to export to. The caller closes it."""
    return path.open("wb") if form == "parquet" else path.open("w", encoding="utf-8", newline="")
