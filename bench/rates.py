"""How much changes from one night to the next: measured in the weekly reports.

A share s of what two reports d days apart have in common differs: nightly 1 - (1 - s) ^ (1 / d).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from bench.inputs import NoInput
from bench.settings import load_settings

Row = dict[str, str]
Key = tuple[str, ...]
LABELS = {
    "fails": "endpoints that answered, and do no longer",
    "mends": "endpoints that failed, and answer again",
    "content": "resources of endpoints, where others took their place",
    "address": "endpoints of cells, replaced by others",
    "arrives": "cells with an endpoint that had none before",
    "count": "problems of a type in a cell, their number",
    "type": "issue types of a cell, new or gone",
    "fields": "fields supplied or matched of a cell",
    "cohort": "cohorts of authorities",
}


@dataclass(slots=True)
class Rate:
    """Changes among so many comparisons, and the nightly share of each pair of reports."""

    changes: int = 0
    compared: int = 0
    weighted: float = 0.0

    def add(self, changes: Iterable[bool], days: int) -> None:
        """Count one pair of reports."""
        answers = list(changes)
        if answers:
            self.changes += sum(answers)
            self.compared += len(answers)
            share = sum(answers) / len(answers)
            self.weighted += len(answers) * (1 - (1 - share) ** (1 / days))

    @property
    def nightly(self) -> float:
        """The share that changes in a night."""
        return self.weighted / self.compared

    @property
    def weekly(self) -> float:
        """The share that changes in a week."""
        return 1 - (1 - self.nightly) ** 7


@dataclass(frozen=True, slots=True)
class _Report:
    """One date's report: rows of status by cell, issues by cell and type, fields by cell."""

    day: date
    status: dict[Key, Row]
    issues: dict[Key, Row]
    fields: dict[Key, Row]


def measure_rates() -> dict[str, Rate]:
    """The rates by name (see ``LABELS``). Raises NoInput without the weekly reports."""
    folder = load_settings().data / "snapshots"
    reports = [_read(path) for path in sorted(folder.glob("odp-status_*.csv"))]
    if not reports:
        raise NoInput("no weekly reports: set PERFORMANCE_TEST_DATA to the data folder")
    rates = {name: Rate() for name in LABELS}
    for before, after in pairwise(reports):
        _compare(rates, before, after)
    return rates


def always_new() -> float:
    """The share of endpoints whose resource is another in every report there is."""
    folder = load_settings().data / "snapshots"
    reports = [_read(path).status for path in sorted(folder.glob("odp-status_*.csv"))]
    lasting = [
        cell
        for cell, row in reports[0].items()
        if all(
            cell in r and r[cell]["resource"] and _same(r[cell], row, "endpoint") for r in reports
        )
    ]
    churning = [
        cell
        for cell in lasting
        if all(not _same(a[cell], b[cell], "resource") for a, b in pairwise(reports))
    ]
    return len(churning) / len(lasting)


def _read(path: Path) -> _Report:
    day = re.sub(r".*_|\.csv", "", path.name)

    def rows(name: str, *key: str, keep: Callable[[Row], object]) -> dict[Key, Row]:
        with (path.parent / f"odp-{name}_{day}.csv").open(encoding="utf-8", newline="") as file:
            return {tuple(r[k] for k in key): r for r in csv.DictReader(file) if keep(r)}

    return _Report(
        date.fromisoformat(day),
        rows("status", "organisation", "pipeline", keep=lambda r: True),
        rows(
            *("issue", "organisation", "pipeline", "endpoint_url", "issue_type"),
            keep=lambda r: r["issue_type"] and r["resource"],
        ),
        rows("conformance", "organisation", "dataset", "endpoint", keep=lambda r: True),
    )


def _compare(rates: dict[str, Rate], before: _Report, after: _Report) -> None:
    days = (after.day - before.day).days
    pairs = [(row, after.status[key]) for key, row in before.status.items() if key in after.status]
    provided = [(a, b) for a, b in pairs if _has_endpoint(a) and _has_endpoint(b)]
    same = [(a, b) for a, b in provided if _same(a, b, "endpoint")]
    rates["arrives"].add((not _has_endpoint(a) for a, b in pairs if _has_endpoint(b)), days)
    rates["address"].add((not _same(a, b, "endpoint") for a, b in provided), days)
    rates["fails"].add((b["status"] != "200" for a, b in same if a["status"] == "200"), days)
    rates["mends"].add((b["status"] == "200" for a, b in same if a["status"] != "200"), days)
    rates["content"].add(
        (not _same(a, b, "resource") for a, b in same if a["resource"] and b["resource"]), days
    )
    members = {a["organisation"]: _same(a, b, "cohort") for a, b in pairs}
    rates["cohort"].add((not same for same in members.values()), days)
    rates["count"].add(
        (not _same(row, after.issues[k], "count_issues") for k, row in before.issues.items()
         if k in after.issues), days,
    )  # fmt: skip
    cells = {k[:3] for k in before.issues} & {k[:3] for k in after.issues}
    types = {k for k in before.issues | after.issues if k[:3] in cells}
    rates["type"].add((k not in before.issues or k not in after.issues for k in types), days)
    rates["fields"].add(
        (not _same(row, after.fields[k], "field_supplied", "field_matched")
         for k, row in before.fields.items() if k in after.fields), days,
    )  # fmt: skip


def _has_endpoint(row: Row) -> bool:
    return not row["endpoint"].startswith("No endpoint")


def _same(one: Row, other: Row, *names: str) -> bool:
    return all(one[name] == other[name] for name in names)
