"""The rows of the weekly reports hold the measured national figures of six real reports.

They are worked out here from the yielded rows in plain Python, as are the changes between reports.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from performance_store.readers.odp_reports import OdpReports
from performance_store.readers.stream import (
    Cohort,
    Dataset,
    Endpoint,
    FieldCount,
    IssueCount,
    IssueType,
    Observation,
    Organisation,
    Provision,
    Reader,
    Resource,
    Source,
)
from tests.support.golden import CHURN, GOLDEN, Churn, Golden

BROKEN_DAYS = 5
Cell = tuple[str, str]


class Snapshot:
    """The rows of one date, by cell."""

    def __init__(self, reader: Reader, day: str) -> None:
        self.day = date.fromisoformat(day)
        self.owed = {(row[1], row[2]) for row in reader.rows(Provision) if row[0] == day}
        self.organisations = {organisation for organisation, _ in self.owed}
        observations = [Observation(*row) for row in reader.rows(Observation) if row[0] == day]
        self.cells = {(o.organisation, o.dataset): o for o in observations}
        assert len(self.cells) == len(observations)
        self.issues: dict[Cell, list[IssueCount]] = defaultdict(list)
        for row in reader.rows(IssueCount):
            if row[0] == day:
                issue = IssueCount(*row)
                self.issues[issue.organisation, issue.dataset].append(issue)
        fields = [FieldCount(*row) for row in reader.rows(FieldCount) if row[0] == day]
        self.fields = {(f.organisation, f.dataset): f for f in fields}

    def broken(self, cell: Cell) -> bool:
        success = self.cells[cell].last_success
        if success is None:
            return True
        return (self.day - date.fromisoformat(success)).days >= BROKEN_DAYS

    def without(self, severities: set[str], responsibilities: set[str]) -> set[Cell]:
        """Collected cells with no issue of these severities and responsibilities."""
        return {
            cell
            for cell, observation in self.cells.items()
            if observation.resource_current == "1"
            and not any(
                issue.severity in severities and issue.responsibility in responsibilities
                for issue in self.issues[cell]
            )
        }

    def supplies(self, cell: Cell) -> bool:
        fields = self.fields[cell]
        return 100 * int(fields.fields_supplied or 0) >= 80 * int(fields.fields_total or 0)

    def matches(self, cell: Cell) -> bool:
        return self.fields[cell].fields_matched == self.fields[cell].fields_total

    def age(self, cell: Cell) -> int:
        start = self.cells[cell].resource_start_date
        return -1 if start is None else (self.day - date.fromisoformat(start)).days

    def golden(self) -> Golden:
        breadth = Counter(organisation for organisation, _ in self.cells)
        both = {"internal", "external"}
        error = {"critical", "error"}
        clean = self.without(error, {"external"})
        supplied = {cell for cell in clean if self.supplies(cell)}
        return Golden(
            organisations=len(self.organisations),
            expected=len(self.owed),
            endpoint=len(self.cells),
            some=len(breadth),
            all_eight=sum(1 for datasets in breadth.values() if datasets == 8),
            newest_200=sum(1 for o in self.cells.values() if o.http_status == "200"),
            within_5_days=sum(1 for cell in self.cells if not self.broken(cell)),
            collected=sum(1 for o in self.cells.values() if o.resource_current == "1"),
            no_error=len(self.without(error, both)),
            no_external_error=len(clean),
            supplied_80=len(supplied),
            all_matched=sum(1 for cell in supplied if self.matches(cell)),
            no_error_warning_notice=len(self.without(error | {"warning", "notice"}, both)),
            older_than_365=sum(1 for cell in self.cells if self.age(cell) > 365),
        )


def churn(before: Snapshot, after: Snapshot) -> Churn:
    stayed = before.organisations & after.organisations
    old = {cell for cell in before.cells if cell[0] in stayed}
    new = {cell for cell in after.cells if cell[0] in stayed}
    both = old & new
    resources = [(before.cells[cell].resource, after.cells[cell].resource) for cell in both]
    return Churn(
        newly_provided=len(new - old),
        newly_broken=sum(1 for c in both if not before.broken(c) and after.broken(c)),
        recovered=sum(1 for c in both if before.broken(c) and not after.broken(c)),
        lost=len(old - new),
        endpoint_replaced=sum(
            1 for c in both if before.cells[c].endpoint != after.cells[c].endpoint
        ),
        content_updated=sum(1 for a, b in resources if a and b and a != b),
        joined_denominator=len(after.organisations - before.organisations),
    )


@pytest.fixture(scope="module")
def snapshots(shared_data: Path) -> dict[str, Snapshot]:
    reader: Reader = OdpReports(shared_data / "snapshots")
    assert [day.isoformat() for day in reader.as_at] == list(GOLDEN)
    assert reader.missing == ()
    return {day: Snapshot(reader, day) for day in GOLDEN}


@pytest.mark.data
@pytest.mark.parametrize("day", GOLDEN)
def test_the_measured_figures_of_each_date(snapshots: dict[str, Snapshot], day: str) -> None:
    assert snapshots[day].golden() == GOLDEN[day]


@pytest.mark.data
@pytest.mark.parametrize(("before", "after"), pairwise(GOLDEN))
def test_what_changed_between_two_dates(
    snapshots: dict[str, Snapshot], before: str, after: str
) -> None:
    assert churn(snapshots[before], snapshots[after]) == CHURN[after]


@pytest.mark.data
def test_those_who_joined_brought_four_pairs(snapshots: dict[str, Snapshot]) -> None:
    dates = list(snapshots.values())
    pairs = [
        sum(1 for cell in after.cells if cell[0] not in before.organisations)
        for before, after in pairwise(dates)
    ]
    assert pairs == [0, 0, 0, 0, 4]


@pytest.mark.data
def test_registers_of_the_real_reports_are_whole(shared_data: Path) -> None:
    reader = OdpReports(shared_data / "snapshots")
    organisations = {row[0]: row[1] for row in reader.rows(Organisation)}
    assert len(organisations) == 119
    assert all(organisations.values())
    assert {row[0] for row in reader.rows(Provision)} == set(GOLDEN)
    assert len(list(reader.rows(Dataset))) == 8
    assert all(row[5] for row in reader.rows(Cohort)), "the start date of rows that provide"
    sources = {row[0] for row in reader.rows(Source)}
    endpoints = {row[0] for row in reader.rows(Endpoint)}
    resources = {row[0] for row in reader.rows(Resource)}
    for row in map(Observation._make, reader.rows(Observation)):
        assert row.source in sources
        assert row.endpoint in endpoints
        assert row.resource is None or row.resource in resources
    counts = [IssueCount(*row) for row in reader.rows(IssueCount)]
    keys = {(c.as_at, c.organisation, c.dataset, c.resource, c.issue_type) for c in counts}
    assert len(keys) == len(counts)
    documents = "no associated documents found for this area"
    types = {row[0]: IssueType(*row) for row in reader.rows(IssueType)}
    assert types[documents].responsibility == "internal"
    by_date = {c.as_at: c.responsibility for c in counts if c.issue_type == documents}
    assert by_date == {"2025-03-19": "external", "2025-04-02": "internal"}
