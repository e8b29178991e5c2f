"""Lines through time: by what they are divided, of what is expected, of the same provisions."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Connection

from performance_store.queries import national, snapshots, trends
from performance_store.queries.filters import Narrow

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
        if point.key:
            mine = mine[mine[by].fillna("none") == point.key]
        assert (point.expected, point.endpoint) == (len(mine), (mine.endpoint_count > 0).sum())
        assert point.organisations == mine.organisation_id.nunique()
        whole = mine.groupby("organisation_id").endpoint_count.min() > 0
        assert point.organisations_all == whole.sum()
    assert {point.key for point in points} == {"", *rows[by].fillna("none")}


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
