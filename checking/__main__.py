"""Check a file from the command line.

    python -m checking FILE --dataset conservation-area [--mapping FILE.json]
        [--format text|json|csv] [--day YYYY-MM-DD]

The exit code is 0 where nothing must be put right, 1 where something must, and 2 where the file
cannot be read.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import json
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from checking.model import CannotRead, Request
from checking.specification import column_names, datasets

READY, BLOCKED, UNREADABLE = 0, 1, 2
CSV_COLUMNS = (
    "line-number",
    "entry-number",
    "field",
    "issue-type",
    "value",
    "severity",
    "responsibility",
    "origin",
)
_LADDERS = (("must", "Must fix"), ("should", "Should fix"), ("changed", "Changed by the platform"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what the arguments name, print what was found, and give the exit code."""
    options = _options(arguments)
    try:
        rows, result = _check(options)
    except CannotRead as error:
        print(error.sentence, file=sys.stderr)
        return UNREADABLE
    except (OSError, ValueError) as error:
        print(f"Cannot read {options.file}: {error}", file=sys.stderr)
        return UNREADABLE
    try:
        {"text": _text, "json": _json, "csv": _csv}[options.format](rows, result, sys.stdout)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has enough, as `head` has; the last flush of Python must not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BLOCKED if result.verdict in ("not-ready", "empty") else READY


def _check(options: argparse.Namespace) -> tuple[list[Any], Any]:
    """Rows with findings, and the result."""
    from checking import engine, reading
    from checking.result import Result

    mapping = None
    if options.mapping:
        mapping = json.loads(options.mapping.read_text(encoding="utf-8"))
        if not isinstance(mapping, dict):
            raise ValueError("the mapping is not an object of columns and fields")
    request = Request(dataset=options.dataset, day=options.day, mapping=mapping, kind=options.kind)
    rows: list[Any] = []
    result = None
    with reading.open_file(options.file, names=column_names(options.dataset)) as source:
        for item in engine.check(source, request):
            if isinstance(item, list):
                rows.extend(row for row in item if row[4])
            elif isinstance(item, Result):
                result = item
    return rows, result


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m checking", description="Check a file before it is published."
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--dataset", required=True, choices=sorted(datasets()))
    parser.add_argument("--mapping", type=Path, help="JSON: an object of columns and fields")
    parser.add_argument("--kind", choices=("point", "polygon"), help="what a tree's shapes are")
    parser.add_argument("--format", choices=("text", "json", "csv"), default="text")
    parser.add_argument("--day", type=date.fromisoformat, default=date.today())
    return parser.parse_args(arguments)


def _findings(rows: Sequence[Any], result: Any) -> Iterator[tuple[Any, ...]]:
    """Group, line, entry, value and message of each finding; missing columns have neither line nor
    entry."""
    groups = {group.number: group for group in result.groups}
    for group in result.groups:
        if not group.rows:
            yield group, "", "", "", ""
    for entry, line, _cells, _values, findings in rows:
        for number, value, message in findings:
            yield groups[number], line, entry, value, message


def _csv(rows: Sequence[Any], result: Any, out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for group, line, entry, value, _message in _findings(rows, result):
        writer.writerow(
            (
                line,
                entry,
                group.field,
                group.issue_type,
                value,
                group.severity,
                group.responsibility,
                group.origin,
            )
        )


def _json(rows: Sequence[Any], result: Any, out: TextIO) -> None:
    content = dataclasses.asdict(result)
    del content["shapes"], content["boundary"]
    content["findings"] = [
        {"group": group.number, "line": line, "entry": entry, "value": value, "message": message}
        for group, line, entry, value, message in _findings(rows, result)
    ]
    json.dump(content, out, ensure_ascii=False, indent=1)
    out.write("\n")


def _text(rows: Sequence[Any], result: Any, out: TextIO) -> None:
    write = out.write
    write(f"{result.recognised.sentence}\n")
    for note in result.recognised.notes:
        write(f"  {note}\n")
    for ladder, heading in _LADDERS:
        groups = [group for group in result.groups if group.ladder == ladder]
        if groups:
            write(f"\n{heading}\n")
        for group in groups:
            where = f"{group.field}: " if group.field else ""
            write(f"  {where}{group.message} ({_extent(group)})\n    {group.advice}\n")
    if result.passed:
        write("\nPassed\n")
    for line in result.passed:
        write(f"  {line.sentence} ({_rows(line.rows)})\n")


def _extent(group: Any) -> str:
    """How much of a file a group is about."""
    if group.rule == "missing column":
        return "the whole file"
    return _rows(group.rows or group.count)


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


if __name__ == "__main__":
    sys.exit(main())
