"""Whatever stands in a cell, no rule breaks, and no finding on another cell is lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checking.cleaning import guarded
from checking.model import Cleaned, Mark, Texts
from checking.result import Result, Row
from checking.rules.judging import texts_of
from checking.specification import datasets, specification
from tests.support.check_files import check

odd = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        (
            "",
            "NaN",
            "-inf",
            "1e400",
            "\x00",
            "=1+1",
            "31/02/2019",
            "2019-02-29",
            "99999999999999",
            "-9999999999999",
            "POINT EMPTY",
            "POLYGON((0 0,1 1,1 0,0 0",
            "POLYGON((nan nan,1 1,1 0,nan nan))",
            "POINT(1e308 -1e308)",
            '{"type":"Polygon","coordinates":[]}',
            "https://[::1",
            "http://a.b:99999999/",
            ";;;",
            "\ud800",
            "‮",
            "1_0",
            "٣",
        )
    ),
    st.from_regex(r"\A[0-9/.\- :TZ]{1,30}\Z"),
)


@pytest.mark.parametrize("dataset", ["brownfield-land", "tree", "plan-timetable"])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_no_cell_breaks_a_check_or_hides_a_finding(dataset: str, data: st.DataObject) -> None:
    fields = list(specification(dataset).fields)
    cells = data.draw(st.lists(odd, min_size=len(fields), max_size=len(fields)))
    columns = {name: [cell, "", "plain"] for name, cell in zip(fields, cells, strict=True)}
    alone = {name: ["", "plain"] for name in fields}

    outcome, expected = check(columns, dataset), check(alone, dataset)
    result, rows = outcome.result, outcome.rows

    "".join(text for row in rows for text in (*row[2], *row[3])).encode()
    assert labels(result, rows[-1]) >= labels(expected.result, expected.rows[-1])
    assert sum(group.count for group in result.groups if group.rows) == sum(
        len(row[4]) for row in rows
    )


def labels(result: Result, row: Row) -> set[tuple[str, str]]:
    groups = {group.number: group for group in result.groups}
    return {(groups[number].rule, groups[number].field) for number, _, _ in row[4]}


@pytest.mark.parametrize("dataset", sorted(datasets()))
def test_every_dataset_can_be_checked(dataset: str) -> None:
    columns = {name: ["x", "1"] for name in specification(dataset).fields}

    outcome = check(columns, dataset)

    assert outcome.result.rows == len(outcome.rows) == 2


def test_a_rule_that_breaks_on_a_column_costs_only_the_odd_cell() -> None:
    def clean(cells: Texts) -> Cleaned:
        if "odd" in cells.tolist():
            raise RuntimeError
        bad = np.flatnonzero(cells == "bad")
        shapes = np.full(len(cells), None, dtype=object)
        return Cleaned(cells, (Mark("invalid WKT", "", bad),) if len(bad) else (), shapes)

    cells = texts_of(["bad", "a", "odd", "b", "bad"])
    cleaned = guarded(clean, (cells,), "geometry")

    assert cleaned.texts.tolist() == ["bad", "a", "", "b", "bad"]
    assert sorted((mark.rule, mark.rows.tolist()) for mark in cleaned.marks) == [
        ("invalid WKT", [0]),
        ("invalid WKT", [4]),
        ("odd cell", [2]),
    ]


def test_counts_of_a_file_of_several_chunks() -> None:
    count = 25_000
    references = [f"T{number}" for number in range(count)]
    references[-1] = "T0"
    columns = {"reference": references, "entry-date": ["2024-01-01"] * count}

    outcome = check(columns, "tree-preservation-order")

    twice = outcome.group("reference values are not unique")
    assert twice is not None
    assert (twice.count, twice.rows) == (2, 2)
    assert outcome.cells(twice.rule) == [
        (1, "T0", f"Also in row {count + 1}"),
        (count, "T0", "Also in row 2"),
    ]
