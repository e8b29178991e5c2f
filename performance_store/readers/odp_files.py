"""The files of the weekly Open Digital Planning reports: their names, columns and status rows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from performance_store.readers.csv_files import (
    CsvFile,
    check_folder,
    iso_date,
    plain_organisation,
    source_key,
    whole_number,
)
from performance_store.readers.stream import InputError

NO_ENDPOINT: Final = "no endpoint added"

_FILE_NAME = re.compile(r"odp-(status|issue|conformance)_(.*)\.csv", re.IGNORECASE)

_STATUS_COLUMNS = (
    "organisation",
    "cohort",
    "name",
    "collection",
    "pipeline",
    "endpoint",
    "endpoint_url",
    "licence",
    "status",
    "days_since_200",
    "exception",
    "resource",
    "latest_log_entry_date",
    "endpoint_entry_date",
    "resource_start_date",
)
_STATUS_OPTIONAL = ("endpoint_end_date", "resource_end_date", "cohort_start_date")
_ISSUE_COLUMNS = (
    "organisation",
    "pipeline",
    "issue_type",
    "severity",
    "responsibility",
    "count_issues",
    "endpoint",
    "resource",
)
_ISSUE_OPTIONAL = ("endpoint_end_date", "field")
_CONFORMANCE_COLUMNS = (
    "organisation",
    "dataset",
    "endpoint",
    "field",
    "field_supplied",
    "field_matched",
)
_CONFORMANCE_OPTIONAL = ("resource",)

MOST_DAYS: Final = 100_000
MOST_FIELDS: Final = 32_767
MOST_ISSUES: Final = 100_000_000
COLUMNS: Final = {
    "status": (_STATUS_COLUMNS, _STATUS_OPTIONAL, {"days_since_200": MOST_DAYS}),
    "issue": (_ISSUE_COLUMNS, _ISSUE_OPTIONAL, {}),
    "conformance": (
        _CONFORMANCE_COLUMNS,
        _CONFORMANCE_OPTIONAL,
        dict.fromkeys(("field", "field_supplied", "field_matched"), MOST_FIELDS),
    ),
}
"""Of each report: the columns that must be there, those that may, and the largest value of those
that are numbers. A number of issues is looked at where it counts."""

CellKey = tuple[str, str]
"""Organisation, spelt alike in all files, and dataset."""


class Provided(NamedTuple):
    """A status row that names an endpoint. ``last_success`` is None when it never answered."""

    row: dict[str, str]
    last_success: date | None

    @property
    def cell(self) -> CellKey:
        return plain_organisation(self.row["organisation"]), self.row["pipeline"]

    @property
    def source(self) -> str:
        """The licence is part of the key: when it changes, the older snapshots keep the old one."""
        organisation = self.cell[0]
        row = self.row
        return source_key(row["collection"], organisation, row["endpoint"], row["licence"])


def report_paths(folder: Path, today: date) -> dict[date, dict[str, Path]]:
    """The report files of a folder by date and report. Every date must have a status file.

    A date later than ``today`` is a slip of the pen that would stay the newest snapshot for years.
    """
    paths: dict[date, dict[str, Path]] = defaultdict(dict)
    for path in check_folder(folder):
        match = _FILE_NAME.fullmatch(path.name)
        if match is None:
            continue
        day = iso_date(match[2]) if len(match[2]) == len("2000-01-01") else None
        if day is None:
            raise InputError(
                f"{path.name}: '{match[2]}' in the file's name is not a date. "
                "Name the file after the day it speaks of, as in odp-status_2025-01-22.csv"
            )
        if day > today:
            raise InputError(
                f"{path.name}: the date in the file's name is later than today. Rename the file"
            )
        paths[day][match[1].lower()] = path
    if not paths:
        raise InputError(
            f"{folder.name}: there is no odp-status_DATE.csv in the folder. "
            "Give the folder that holds the weekly reports"
        )
    for day, reports in sorted(paths.items()):
        if "status" not in reports:
            other = next(iter(reports.values())).name
            raise InputError(
                f"odp-status_{day.isoformat()}.csv: is missing beside {other}. "
                "Add it, or take the other files of that date out of the folder"
            )
    return dict(paths)


_OF_THE_ORGANISATION = ("organisation", "cohort", "cohort_start_date", "name")
"""Columns that do not speak of the endpoint."""


def provided_rows(day: date, file: CsvFile) -> Iterator[Provided]:
    """Status rows that name an endpoint, once each.

    An organisation in two cohorts has all its rows twice. Two rows that contradict each other
    cannot both be right, and nothing says which one is.
    """
    odd_columns = {odd.line: odd.faults.keys() for odd in file.odd()}
    seen: dict[tuple[str, str, str], dict[str, str]] = {}
    for line, row in file.rows():
        if row["endpoint"].lower() in ("", NO_ENDPOINT):
            continue
        provided = Provided(row, _last_success(day, row))
        # What could not be read contradicts nothing.
        ignored = {*_OF_THE_ORGANISATION, *odd_columns.get(line, ())}
        values = {column: row[column] for column in row if column not in ignored}
        key = (*provided.cell, row["endpoint"])
        if key not in seen:
            seen[key] = values
            yield provided
        elif any(seen[key].get(column, value) != value for column, value in values.items()):
            raise InputError(
                f"{file.name} line {line}: contradicts an earlier row of "
                f"{row['organisation']}, {row['pipeline']} and the same endpoint. Keep one"
            )


def _last_success(day: date, row: dict[str, str]) -> date | None:
    """The report counts the days back from the newest attempt. Blank: it never answered."""
    days = whole_number(row["days_since_200"], MOST_DAYS)
    attempt = row["latest_log_entry_date"]
    start = iso_date(attempt) if attempt else day
    if days is None or start is None:
        return None  # a date that is none: the loader rejects the row for it
    try:
        return start - timedelta(days=days)
    except OverflowError:
        return None
