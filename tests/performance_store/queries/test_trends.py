"""Lines through time: by what they are divided, of what is expected, of the same provisions."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Connection

from performance_store.queries import national, snapshots, trends
from performance_store.queries.filters import Narrow
from tests.support.changes import change

pytestmark = pytest.mark.postgres
TODAY = date(2026, 8, 21)


@pytest.mark.parametrize("basket", [False, True])
@pytest.mark.parametrize("by", ["dataset", "region", "cohort"])
@pytest.mark.parametrize("narrow", [Narrow(), Narrow(dataset=("tree", "local-plan"))], ids=str)
def test_lines_are_those_of_an_independent_count(
    ask: Connection, cells: pd.DataFrame, by: Any, basket: bool, narrow: Narrow
) -> None:
    (now,) = snapshots.current(ask)
    where: dict[str, Any] = {"kind": now.kind, "denominator": "any", "until": TODAY}
    points = trends.lines(ask, **where, by=by, basket=basket, narrow=narrow)
    rows = cells[cells.in_any]
    counts = rows
    if basket:
        keys = ["organisation_id", "dataset_id"]
        ends = [rows[rows.as_at == day][keys] for day in (rows.as_at.min(), rows.as_at.max())]
        same = ends[0].merge(ends[1])
        assert len(same) < min(len(end) for end in ends), "or there is nothing to see"
        rows = cells.merge(same)
    if narrow.dataset:
        rows = rows[rows.dataset.isin(narrow.dataset)]
    assert len({point.as_at for point in points}) == 12
    for point in points:
        mine = rows[rows.as_at == point.as_at]
        if point.key and basket and by == "cohort":
            start, same = _from_its_start(counts, narrow, point.key)
            mine = cells[cells.as_at == point.as_at].merge(same)
            assert point.as_at >= start
            assert point.expected == len(same), "or provisions were lost on the way"
        elif point.key:
            mine = mine[mine[by].fillna("none") == point.key]
        assert (point.expected, point.endpoint) == (len(mine), (mine.endpoint_count > 0).sum())
        assert point.organisations == mine.organisation_id.nunique()
        whole = mine.groupby("organisation_id").endpoint_count.min() > 0
        assert point.organisations_all == whole.sum()
    if not (basket and by == "cohort"):
        assert {point.key for point in points} == {"", *rows[by].fillna("none")}


def _from_its_start(counts: pd.DataFrame, narrow: Narrow, cohort: str) -> tuple[date, pd.DataFrame]:
    """When a cohort's line begins, and its provisions: those it has now and had then."""
    keys = ["organisation_id", "dataset_id"]
    now = counts[counts.as_at == counts.as_at.max()]
    now = now[now.cohort.fillna("none") == cohort]
    if narrow.dataset:
        now = now[now.dataset.isin(narrow.dataset)]
    there = counts.merge(now[keys]).groupby("as_at").size()
    start = there[there * 2 >= len(now)].index.min()
    return start, counts[counts.as_at == start][keys].merge(now[keys])


def test_a_cohort_that_some_leave_leaps_nowhere(ask: Connection) -> None:
    """Its share is that of the same provisions: who left on the last date is in none of it."""
    (now,) = snapshots.current(ask)
    where: dict[str, Any] = {"kind": now.kind, "denominator": "programme", "until": TODAY}
    lines = [p for p in trends.lines(ask, **where, by="cohort", basket=True) if p.key]
    largest = max(lines, key=lambda point: point.expected).key
    before = [p for p in lines if p.key == largest]
    leave = (
        "UPDATE {rows} SET in_programme = false WHERE organisation_id IN "
        "(SELECT organisation_id FROM {rows} WHERE cohort = :cohort "
        "AND in_programme GROUP BY 1 ORDER BY sum((endpoint_count > 0)::int) LIMIT 3)"
    )
    with ask.engine.connect() as connection, connection.begin() as transaction:
        change(connection, "summary_interval", now.snapshot_id, leave, cohort=largest)
        after = [
            point
            for point in trends.lines(connection, **where, by="cohort", basket=True)
            if point.key == largest
        ]
        only = Narrow(cohort=(largest,))
        leaping = [p for p in trends.lines(connection, **where, narrow=only) if not p.key]
        transaction.rollback()
    assert leaping[-1].organisations == leaping[-2].organisations - 3
    assert {(p.organisations, p.expected) for p in after} == {
        (before[-1].organisations - 3, after[-1].expected)
    }


def test_a_basket_is_as_full_at_every_date(ask: Connection) -> None:
    (now,) = snapshots.current(ask)
    where: dict[str, Any] = {"kind": now.kind, "denominator": "any", "until": TODAY}
    sizes = {p.expected for p in trends.lines(ask, **where, basket=True) if not p.key}
    assert len(sizes) == 1
    assert len({p.expected for p in trends.lines(ask, **where) if not p.key}) > 1


def test_all_authorities_are_divided_by_what_is_known_of_them(ask: Connection) -> None:
    (now,) = snapshots.current(ask)
    where: dict[str, Any] = {"kind": now.kind, "denominator": "all-lpas", "until": TODAY}
    by_region = trends.lines(ask, **where, by="region")
    assert len({point.key for point in by_region}) > 5
    together = {p.as_at: p.expected for p in by_region if not p.key}
    for day, expected in together.items():
        assert expected == sum(p.expected for p in by_region if p.as_at == day and p.key)
    assert {p.key for p in trends.lines(ask, **where, by="cohort")} == {""}
    assert trends.lines(ask, **where) == national.lines(ask, **where)
