"""What the weekly reports count: issues and fields of what their status rows say is provided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from performance_store.readers.csv_files import (
    CsvFile,
    OddRow,
    not_whole,
    plain_organisation,
    whole_number,
)
from performance_store.readers.odp_files import MOST_FIELDS, MOST_ISSUES, CellKey, Provided
from performance_store.readers.stream import FieldCount, IssueCount, Row

Current = dict[tuple[str, str, str, str], Provided]
"""What is provided now, by organisation, dataset, endpoint and resource."""


def issue_counts(day: date, file: CsvFile, current: Current) -> Iterator[Row]:
    """One row an issue type of each current resource: what a row of the report adds, once. A cell
    with a count that cannot be used has one without a number."""
    counts: dict[tuple[str, str, str, str], IssueCount] = {}
    seen: set[tuple[str, ...]] = set()
    for _, row in file.rows():
        provided = current.get(cell_of(row))
        if provided is None or not _is_of_an_issue(row):
            continue
        added = whole_number(row["count_issues"], MOST_ISSUES)
        if added is None:
            yield _gap(day, provided)
            continue
        key = (*provided.cell, row["resource"], row["issue_type"])
        repeated = (*key, row["severity"], row["responsibility"], row["field"], str(added))
        if repeated in seen:
            continue
        seen.add(repeated)
        earlier = counts.get(key)
        counts[key] = IssueCount(
            day.isoformat(),
            provided.row["organisation"],
            row["pipeline"],
            row["resource"],
            row["issue_type"],
            None,
            row["severity"],
            row["responsibility"] or None,
            str(added + (int(earlier.rows or 0) if earlier else 0)),
        )
    yield from counts.values()
    for odd in file.odd():
        if odd.is_left_out and _is_of_an_issue(odd.row):
            for cell, provided in current.items():
                if _may_be(odd, cell):
                    yield _gap(day, provided)


def lines_without_count(file: CsvFile) -> Iterator[tuple[int, str, dict[str, str]]]:
    """Lines whose number of issues cannot be used."""
    for line, row in file.rows():
        if _is_of_an_issue(row) and whole_number(row["count_issues"], MOST_ISSUES) is None:
            yield line, f"count_issues {not_whole(row['count_issues'], MOST_ISSUES)}", row


def _is_of_an_issue(row: dict[str, str]) -> bool:
    """Whether a row of the issue report is of an issue, at an endpoint that has not ended."""
    return bool(row["severity"] and row["endpoint"] and not row["endpoint_end_date"])


def cell_of(row: dict[str, str]) -> tuple[str, str, str, str]:
    """Organisation as it is compared, dataset, endpoint and resource of a row."""
    organisation = plain_organisation(row["organisation"])
    return organisation, row["pipeline"], row["endpoint"], row["resource"]


def _may_be(odd: OddRow, cell: tuple[str, str, str, str]) -> bool:
    """Whether all that can be read of a row's keys is as of this cell."""
    names = ("organisation", "pipeline", "endpoint", "resource")
    keys = zip(names, cell_of(odd.row), cell, strict=True)
    return all(name in odd.faults or key == other for name, key, other in keys)


def _gap(day: date, provided: Provided) -> IssueCount:
    """A count without a number: the issues of the cell are not known."""
    row = provided.row
    cell = (row["organisation"], row["pipeline"], row["resource"])
    return IssueCount(day.isoformat(), *cell, "", None, None, None, None)


def field_counts(day: date, file: CsvFile, primary: dict[CellKey, Provided]) -> Iterator[Row]:
    """The row of the primary endpoint, best that of its resource; else the cell's last row."""
    best: dict[CellKey, tuple[int, FieldCount]] = {}
    for _, row in file.rows():
        cell = (plain_organisation(row["organisation"]), row["dataset"])
        provided = primary.get(cell)
        if provided is None:
            continue
        of_endpoint = row["endpoint"] == provided.row["endpoint"]
        of_resource = of_endpoint and row["resource"] == provided.row["resource"]
        fit = of_endpoint + of_resource
        if cell in best and best[cell][0] > fit:
            continue
        total, supplied, matched = (
            whole_number(row[column], MOST_FIELDS)
            for column in ("field", "field_supplied", "field_matched")
        )
        best[cell] = (
            fit,
            FieldCount(
                day.isoformat(),
                provided.row["organisation"],
                row["dataset"],
                _text(total),
                _text(supplied),
                _text(matched),
            ),
        )
    for _, fields in best.values():
        yield fields


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
