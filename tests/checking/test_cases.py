"""What the platform's own pipeline said of small files, and that the engine says the same; where it
does not, it is on purpose and here is why."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from checking import engine, reading
from checking.groups import REFUSING
from checking.model import CannotRead, Request
from checking.result import Field, Result, Row
from checking.rules.organisations import organisation_of
from checking.specification import column_names
from tests.support.check_files import check

DAY = date(2026, 11, 28)
METRES = 111_000
NEAR = 5

UNREADABLE = ("ca-html",)
"""Files that we cannot read either."""

MORE_ISSUES = {
    "crash-nan": (
        {("invalid decimal", "amount"): 1},
        "the platform breaks at NaN in the second row; we look at the third too",
    )
}
"""Issues that we count and the platform does not, and why."""

OTHER_VALUES = {
    ("crash-nan", 2): "the platform breaks in this row",
    ("crash-nan", 3): "the platform does not come to this row",
    ("ca-xlsx", 1): "the platform writes a whole number of a workbook with a point and a zero",
    ("ca-xlsx", 2): "the platform writes a true cell of a workbook with a capital",
    ("ca-xlsx", 4): "as in entry 1",
    ("ca-geometry-types", 11): "the platform takes grid coordinates within GeoJSON for degrees",
}
"""Entries that we keep otherwise than the platform, and why."""

READ_BY_US = {
    "ca-semicolon": "the platform takes the file for one column",
    "ca-utf16": "the platform cannot read UTF-16",
    "ca-zip-csv": "the platform looks for shapes in an archive, not for CSV",
    "ca-json-list": "the platform fails where later rows have other keys",
    "ca-json-pretty": "the platform takes an indented list for a CSV",
}
"""Cases that the platform fails to read, so that its answer says nothing."""

NO_ROWS = {"ca-header-only": "the platform looks at columns only once there is a row"}

PRUNED = ("prefix", "entity")
"""Fields that the platform adds by itself."""


@dataclass
class Checked:
    """The outcome of a check."""

    result: Result
    rows: list[Row] = field(default_factory=list)

    def platform_counts(self) -> Counter[tuple[str, str]]:
        return Counter(
            {
                (group.issue_type, group.field): group.count
                for group in self.result.groups
                if group.origin == "platform" and group.issue_type != "missing column"
            }
        )

    def missing(self) -> set[str]:
        return {group.field for group in self.result.groups if group.rule == "missing column"}


def run(path: Path, dataset: str, mapping: dict[str, str] | None = None) -> Checked:
    rows: list[Row] = []
    request = Request(dataset=dataset, day=DAY, mapping=mapping)
    with reading.open_file(path, names=column_names(dataset)) as source:
        for item in engine.check(source, request):
            if isinstance(item, list):
                rows.extend(item)
            elif isinstance(item, Result):
                return Checked(item, rows)
    raise AssertionError("no result")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def cases(shared_data: Path) -> Path:
    return shared_data / "check" / "cases"


def names() -> list[str]:
    """All cases; they are looked for where the data lie, and each is skipped where they do not."""
    folder = Path(__file__).parents[3] / "shared" / "data" / "check" / "cases"
    index = folder / "index.csv"
    cases = read(index) if index.exists() else []
    return [row["case"] for row in cases]


@pytest.fixture(scope="session")
def outcomes() -> dict[str, Checked]:
    return {}


@pytest.fixture
def outcome(request: pytest.FixtureRequest, cases: Path, outcomes: dict[str, Checked]) -> Any:
    name = request.param
    if name not in outcomes:
        case = json.loads((cases / name / "case.json").read_text(encoding="utf-8"))
        path = cases / name / case["input"]
        outcomes[name] = run(path, case["dataset"], case["column_mapping"])
    return name, cases / name, outcomes[name]


def each(*left_out: str) -> Any:
    some = [name for name in names() if name not in left_out]
    return pytest.mark.parametrize("outcome", some, indirect=True, ids=str)


@each(*UNREADABLE, *READ_BY_US)
def test_issues_are_those_of_the_platform(outcome: Any) -> None:
    name, folder, ours = outcome
    theirs = Counter((row["issue-type"], row["field"]) for row in read(folder / "issues.csv"))

    more, _why = MORE_ISSUES.get(name, ({}, ""))
    assert ours.platform_counts() == theirs + Counter(more)


@each(*UNREADABLE, *READ_BY_US, *MORE_ISSUES)
def test_issues_are_of_the_same_rows(outcome: Any) -> None:
    _, folder, ours = outcome
    groups = {group.number: group for group in ours.result.groups}
    rows = Counter(
        (str(line), str(entry), groups[number].issue_type, groups[number].field)
        for entry, line, _, _, findings in ours.rows
        for number, _, _ in findings
        if groups[number].origin == "platform"
    )
    theirs = Counter(
        (
            # The platform counts lines of references used twice from the entry.
            str(ours.rows[int(row["entry-number"]) - 1][1]),
            row["entry-number"],
            row["issue-type"],
            row["field"],
        )
        for row in read(folder / "issues.csv")
    )
    assert rows == theirs


@each(*UNREADABLE, *READ_BY_US, *NO_ROWS)
def test_columns_are_taken_for_the_same_fields(outcome: Any) -> None:
    _, folder, ours = outcome
    theirs = {row["column"]: row["field"] for row in read(folder / "column-field.csv")}

    assert {
        column.column.strip(): column.field or "IGNORE"
        for column in ours.result.columns
        if column.field or column.how == "ignored"
    } == theirs


@each(*UNREADABLE, *READ_BY_US, *NO_ROWS)
def test_missing_columns_are_those_of_the_platform(outcome: Any) -> None:
    _, folder, ours = outcome
    case = json.loads((folder / "case.json").read_text(encoding="utf-8"))

    assert ours.missing() == set(case["missing_required_columns"])


@each(*UNREADABLE, *READ_BY_US)
def test_values_are_those_that_the_platform_keeps(outcome: Any) -> None:
    name, folder, ours = outcome
    theirs: dict[int, dict[str, str]] = {}
    for row in read(folder / "output.csv"):
        if row["value"] and row["field"] not in PRUNED:
            theirs.setdefault(int(row["entry-number"]), {})[row["field"]] = row["value"]
    dataset = json.loads((folder / "case.json").read_text(encoding="utf-8"))["dataset"]
    for entry, _, _, values, _ in ours.rows:
        if (name, entry) in OTHER_VALUES:
            continue
        values_of = platform_values(dataset, ours.result.fields, values)
        assert_same(values_of, theirs.get(entry, {}), f"{name}, entry {entry}")


def platform_values(
    dataset: str, fields: tuple[Field, ...], values: tuple[str, ...]
) -> dict[str, str]:
    """A row under the names that the platform gives fields, without blank ones."""
    spec = engine.specification(dataset)
    row = {item.field: value for item, value in zip(fields, values, strict=True) if value}
    if dataset != "brownfield-land":
        return row
    values_of: dict[str, str] = {}
    if "GeoX" in row:
        values_of["point"] = f"POINT({row.pop('GeoX')} {row.pop('GeoY')})"
    for name, value in row.items():
        for later in spec.fields[name].later_names or ((name,) if name.islower() else ()):
            values_of[later] = value
    if "organisation" in values_of:
        values_of["organisation"] = organisation_of(values_of["organisation"]) or ""
    return {name: value for name, value in values_of.items() if value}


def assert_same(ours: dict[str, str], theirs: dict[str, str], where: str) -> None:
    shapes = {name for name in (*ours, *theirs) if name in ("geometry", "point")}
    assert {k: v for k, v in ours.items() if k not in shapes} == {
        k: v for k, v in theirs.items() if k not in shapes
    }, where
    for name in shapes:
        assert name in ours, f"{where}: {name}"
        assert name in theirs, f"{where}: {name}"
        one, other = shapely.from_wkt([ours[name], theirs[name]])
        apart = np.abs(np.array(one.bounds) - np.array(other.bounds)).max() * METRES
        assert apart < NEAR, f"{where}: {apart} metres"
        assert shapely.get_num_coordinates(one) == shapely.get_num_coordinates(other), where


@pytest.mark.parametrize("name", sorted(UNREADABLE))
def test_what_nobody_can_read_is_refused(name: str, cases: Path) -> None:
    case = json.loads((cases / name / "case.json").read_text(encoding="utf-8"))

    with pytest.raises(CannotRead):
        run(cases / name / case["input"], case["dataset"])


@each(*(name for name in names() if name not in READ_BY_US))
def test_what_the_platform_fails_to_read_is_read(outcome: Any) -> None:
    _, _, ours = outcome

    assert ours.result.rows
    assert "reference" not in ours.missing()


@each(*(name for name in names() if name not in ("crash-nan", "bfl-standard")))
def test_what_breaks_the_platform_gives_findings(outcome: Any) -> None:
    _, _, ours = outcome

    assert ours.result.verdict == "not-ready" or ours.result.groups
    assert not ours.missing()


@each(*UNREADABLE)
def test_a_corrected_file_stays_as_it_is(outcome: Any) -> None:
    """What we keep is what we would keep of it: a corrected file needs correcting no more."""
    name, folder, ours = outcome
    dataset = json.loads((folder / "case.json").read_text(encoding="utf-8"))["dataset"]
    fields = [item.field for item in ours.result.fields if not item.is_missing]
    if not ours.rows or not fields:
        return
    rows = [row[3][: len(fields)] for row in ours.rows]
    columns = {field: list(cells) for field, *cells in zip(fields, *rows, strict=True)}

    again = check(columns, dataset)

    filled = [row for row in rows if any(row)]
    for row, before in zip(again.rows, filled, strict=True):
        pairs = zip(fields, row[3], before, strict=False)
        assert all(one == other or is_same_shape(one, other) for _, one, other in pairs), name
    # A blank pair of coordinates, and an address of no organisation, are left to whoever knows.
    expected = {"invalid WKT", "invalid organisation"} if dataset == "brownfield-land" else set()
    assert {group.rule for group in again.result.groups} & REFUSING <= expected, name


def is_same_shape(one: str, other: str) -> bool:
    shapes = shapely.from_wkt([one, other], on_invalid="ignore")
    return bool(shapely.equals(*shapes))
