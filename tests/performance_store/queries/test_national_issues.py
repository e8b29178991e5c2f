"""Issues of the country: the same as an independent count by pandas, whatever the filters."""

from __future__ import annotations

import dataclasses
from datetime import date
from itertools import combinations
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from performance_store.definitions.vocabulary import SEVERITIES
from performance_store.queries import national_issues, snapshots
from performance_store.queries.filters import Narrow
from performance_store.queries.fixes import best_three
from tests.support.filters import fitting, narrows

pytestmark = pytest.mark.postgres
TODAY = date(2026, 8, 21)
CELL = ["snapshot_id", "organisation_id", "dataset_id"]


@pytest.fixture(scope="module")
def issues(ask: Connection) -> pd.DataFrame:
    return pd.read_sql(
        "SELECT i.*, t.issue_type FROM issue_summary i JOIN issue_type t ON t.id = i.issue_type_id",
        ask,
    )


def by_hand(cells: pd.DataFrame, issues: pd.DataFrame, narrow: Narrow, name: str) -> pd.DataFrame:
    """Issues of the provisions that filters ask for, and of the severity they ask for."""
    columns = [*CELL, "as_at", "dataset", "stage"]
    merged = issues.merge(fitting(cells, narrow, name)[columns], on=CELL)
    if narrow.severity or narrow.responsibility:
        merged = merged[merged.severity.isin(narrow.severity or SEVERITIES)]
    if len(narrow.responsibility) == 1:
        external = merged.responsibility == "external"
        merged = merged[external if narrow.responsibility[0] == "external" else ~external]
    return merged


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(narrow=narrows(), denominator=st.sampled_from(("programme", "statutory", "any")))
def test_filtered_issues_are_those_of_an_independent_count(
    ask: Connection,
    cells: pd.DataFrame,
    issues: pd.DataFrame,
    narrow: Narrow,
    denominator: str,
) -> None:
    (now,) = snapshots.current(ask)
    where: dict[str, Any] = {"denominator": denominator, "narrow": narrow}
    mine = by_hand(cells, issues, narrow, denominator)
    present = mine[mine.snapshot_id == now.snapshot_id]
    figures = {
        (row.issue_type, row.severity, row.responsibility, row.dataset): (
            row.provisions,
            row.organisations,
            row.problems,
        )
        for row in national_issues.by_type(ask, snapshot_id=now.snapshot_id, **where)
    }
    counts = {}
    for kind, rows in present.groupby(["issue_type", "severity", "responsibility"]):
        for dataset, here in [("", rows), *rows.groupby("dataset")]:
            counts[(*kind, dataset)] = (
                len(here.drop_duplicates(CELL)),
                here.organisation_id.nunique(),
                here.problems.sum(),
            )
    assert figures == counts
    looked = fitting(cells, narrow, denominator)
    for base in national_issues.bases(ask, snapshot_id=now.snapshot_id, **where):
        here = looked[(looked.snapshot_id == now.snapshot_id) & (looked.endpoint_count > 0)]
        if base.dataset:
            here = here[here.dataset == base.dataset]
        collected = here.stage.isin(["collected", "error_free", "conformant"])
        errors = here.error_external.fillna(0) + here.critical_external.fillna(0) > 0
        assert (base.provided, base.provisions) == (len(here), here.error_external.notna().sum())
        assert (base.collected, base.to_fix) == (
            collected.sum(),
            (collected & errors & (here.stage == "collected")).sum(),
        )
    points = national_issues.through_time(ask, kind=now.kind, until=TODAY, **where)
    lines = {(p.as_at, p.issue_type): (p.provisions, p.problems) for p in points if p.issue_type}
    assert lines == {
        key: (len(rows.drop_duplicates(CELL)), rows.problems.sum())
        for key, rows in mine.groupby(["as_at", "issue_type"])
    }
    assert {p.as_at: p.provisions for p in points if not p.issue_type} == {
        day: looked[looked.as_at == day].error_external.notna().sum() for day in set(cells.as_at)
    }


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(narrow=narrows(), denominator=st.sampled_from(("programme", "statutory", "any")))
def test_the_three_to_mend_are_the_best_of_all_threes(
    ask: Connection,
    cells: pd.DataFrame,
    issues: pd.DataFrame,
    narrow: Narrow,
    denominator: str,
) -> None:
    (now,) = snapshots.current(ask)
    mine = issues.merge(fitting(cells, narrow, denominator)[[*CELL, "stage"]], on=CELL)
    mine = mine[
        (mine.snapshot_id == now.snapshot_id)
        & (mine.stage == "collected")
        & mine.severity.isin(["error", "critical"])
        & (mine.responsibility == "external")
    ]
    cells_errors = list(mine.groupby(CELL).issue_type.agg(frozenset))
    types = sorted(set().union(*cells_errors))
    best = max(
        (sum(errors <= set(three) for errors in cells_errors) for three in combinations(types, 3)),
        default=len(cells_errors) if len(types) <= 3 else 0,
    )
    steps = national_issues.fix_three(
        ask, snapshot_id=now.snapshot_id, denominator=denominator, narrow=narrow
    )
    assert len(steps) <= 3
    assert (steps[-1].together if steps else 0) == best
    for number, step in enumerate(steps, start=1):
        types_so_far = {earlier.issue_type for earlier in steps[:number]}
        assert step.together == sum(errors <= types_so_far for errors in cells_errors)
        assert step.more == step.together - (steps[number - 2].together if number > 1 else 0)
        assert step.alone == sum(errors == {step.issue_type} for errors in cells_errors)
        assert step.provisions == sum(step.issue_type in errors for errors in cells_errors)
    assert sum(base.to_fix for base in national_issues.bases(
        ask, snapshot_id=now.snapshot_id, denominator=denominator, narrow=narrow
    ) if not base.dataset) == len(cells_errors)  # fmt: skip


TYPES = st.frozensets(st.sampled_from("abcdefg"), min_size=1, max_size=5)


@given(st.dictionaries(TYPES, st.integers(1, 9), max_size=12))
def test_no_three_types_do_better(numbers: dict[frozenset[str], int]) -> None:
    def freed(kinds: tuple[str, ...]) -> int:
        return sum(count for types, count in numbers.items() if types <= set(kinds))

    best = best_three(numbers)
    assert len(best) <= 3
    assert freed(best) == max(map(freed, combinations("abcdefg", 3)))
    for fewer in range(len(best)):
        assert all(freed(some) < freed(best) for some in combinations("abcdefg", fewer))


def test_growing_greedily_would_miss_the_best() -> None:
    """Types that only help together are found as well."""
    numbers = {frozenset("a"): 4, frozenset("b"): 3, frozenset("c"): 2, frozenset("xyz"): 50}
    assert best_three(numbers) == ("x", "y", "z")
    assert best_three({frozenset("abcd"): 9}) == ()
    assert best_three({}) == ()


def test_who_has_an_issue_comes_in_pages_and_orders(
    ask: Connection, issues: pd.DataFrame, cells: pd.DataFrame
) -> None:
    (now,) = snapshots.current(ask)
    at: dict[str, Any] = {"snapshot_id": now.snapshot_id, "denominator": "any"}
    mine = by_hand(cells, issues, Narrow(), "any")
    mine = mine[(mine.snapshot_id == now.snapshot_id) & (mine.issue_type == "missing value")]
    every = national_issues.holders(ask, **at, issue_type="missing value")
    assert len(every) == every[0].found == len(mine.drop_duplicates(CELL)) > 20
    assert sum(row.problems for row in every) == mine.problems.sum()
    assert [row.problems for row in every] == sorted((row.problems for row in every), reverse=True)
    assert any(len(row.fields) > 1 for row in every)
    pages = [
        national_issues.holders(ask, **at, issue_type="missing value", offset=start, limit=7)
        for start in range(0, len(every), 7)
    ]
    assert sum(pages, ()) == every
    for order in national_issues.HOLDER_ORDERS:
        rows = national_issues.holders(ask, **at, issue_type="missing value", order=order)
        assert set(rows) == set(every)
    here = national_issues.holders(ask, **at, issue_type="missing value", within=every[0].dataset)
    assert [dataclasses.replace(row, found=len(every)) for row in here] == [
        row for row in every if row.dataset == every[0].dataset
    ]
    assert here[0].found == len(here)
    assert national_issues.holders(ask, **at, issue_type="nothing") == ()
