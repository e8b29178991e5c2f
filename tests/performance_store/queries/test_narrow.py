"""The national picture narrowed by filters: the same as the whole where nothing is left out, and
the same as an independent count by pandas where something is."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from performance_store.queries import counts, national, snapshots
from performance_store.queries.filters import SETS, Narrow
from performance_store.readers.odp_reports import OdpReports
from performance_store.readers.registers import Registers
from performance_store.rows import Coverage, CoveragePoint
from tests.support.filters import fitting, narrows
from tests.support.servers import Filled

pytestmark = pytest.mark.postgres
TODAY = date(2026, 8, 21)
AFTER = date(2026, 7, 1)


def everyone(connection: Connection) -> Narrow:
    """Filters that leave nothing out: every region by name."""
    rows = connection.exec_driver_sql("SELECT region FROM region ORDER BY region")
    return Narrow(region=tuple(row[0] for row in rows))


def by_key(rows: tuple[Coverage, ...]) -> dict[tuple[str, str, str], Coverage]:
    return {(row.dimension, row.value, row.dataset): row for row in rows}


@pytest.mark.parametrize("denominator", SETS)
def test_filters_that_leave_nothing_out_change_nothing(ask: Connection, denominator: str) -> None:
    (now,) = snapshots.current(ask)
    where: dict[str, Any] = {"denominator": denominator}
    whole = national.picture(ask, snapshot_id=now.snapshot_id, **where)
    picture = national.picture(ask, snapshot_id=now.snapshot_id, **where, narrow=everyone(ask))
    assert len(whole) > 15
    # `coverage` does not divide all LPAs by cohort: not all of them have one.
    comparable = [row for row in picture if row.dimension != "cohort" or denominator != "all-lpas"]
    assert by_key(tuple(comparable)) == by_key(whole)
    assert comparable == list(whole), "in the same order"
    until = {"kind": now.kind, "until": TODAY}
    assert national.lines(ask, **until, **where) == tuple(
        _unlabelled(point, like)
        for point, like in zip(
            national.lines(ask, **until, **where, narrow=everyone(ask)),
            national.lines(ask, **until, **where),
            strict=True,
        )
    )
    period = {"kind": now.kind, "after": AFTER, "until": TODAY}
    assert national.event_counts(ask, **period, **where) == national.event_counts(
        ask, **period, **where, narrow=everyone(ask)
    )


def _unlabelled(point: CoveragePoint, like: CoveragePoint) -> CoveragePoint:
    """The point with the name that the other has: the whole calls the sum of all by nothing."""
    return dataclasses.replace(point, label=like.label)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(narrow=narrows(), denominator=st.sampled_from(("programme", "statutory", "any")))
def test_filtered_figures_are_those_of_an_independent_count(
    ask: Connection, cells: pd.DataFrame, narrow: Narrow, denominator: str
) -> None:
    (now,) = snapshots.current(ask)
    rows = fitting(cells, narrow, denominator)
    present = rows[rows.as_at == now.as_at]
    figures = by_key(
        national.picture(ask, snapshot_id=now.snapshot_id, denominator=denominator, narrow=narrow)
    )
    assert {key[2] for key in figures if key[0] == "dataset"} == set(present.dataset)
    assert {key[1] for key in figures if key[0] == "region"} == set(present.region)
    for (dimension, value, dataset), row in figures.items():
        mine = present
        if dimension == "dataset":
            mine = present[present.dataset == dataset]
        elif dimension in ("region", "cohort"):
            mine = present[present[dimension].fillna("none") == value]
        provided = mine[mine.endpoint_count > 0]
        whole = mine.groupby("organisation_id").endpoint_count.min() > 0
        assert (row.expected, row.endpoint) == (len(mine), len(provided))
        assert (
            row.reachable
            == mine.stage.isin(["reachable", "collected", "error_free", "conformant"]).sum()
        )
        assert row.error_free == mine.stage.isin(["error_free", "conformant"]).sum()
        assert row.needs_improving == (mine.status == "needs_improving").sum()
        assert row.fresh == (mine.freshness_band == "fresh").sum()
        assert row.organisations == mine.organisation_id.nunique()
        assert row.organisations_some == provided.organisation_id.nunique()
        assert row.organisations_all == whole.sum()
    lines = national.lines(ask, kind=now.kind, denominator=denominator, until=TODAY, narrow=narrow)
    for point in lines:
        mine = rows[rows.as_at == point.as_at]
        if point.key:
            mine = mine[mine.dataset == point.key]
        assert (point.expected, point.endpoint) == (len(mine), (mine.endpoint_count > 0).sum())
        assert point.organisations == mine.organisation_id.nunique()
    assert {point.as_at for point in lines} == set(rows.as_at)


def test_choices_count_the_provisions_of_the_set(ask: Connection, cells: pd.DataFrame) -> None:
    (now,) = snapshots.current(ask)
    present = cells[cells.in_any & (cells.as_at == now.as_at)]
    offered = counts.choices(ask, snapshot_id=now.snapshot_id, denominator="any")
    fields = {choice.field for choice in offered}
    assert fields == {"region", "cohort", "project", "dataset", "typology", "reason", "type",
                      "status"}  # fmt: skip
    for field in fields:
        assert sum(row.provisions for row in offered if row.field == field) == len(present)
    by_region = present.groupby("region").size().to_dict()
    assert {row.value: row.provisions for row in offered if row.field == "region"} == by_region


@pytest.mark.parametrize("reader", ["odp-reports", "registers"])
def test_other_kinds_of_figures_are_narrowed_alike(
    filled: Filled, registers: Registers, shared_data: Path, reader: str
) -> None:
    engine = filled(registers if reader == "registers" else OdpReports(shared_data / "snapshots"))
    denominator = "all-lpas" if reader == "registers" else "programme"
    with engine.connect() as connection:
        (now,) = snapshots.current(connection)
        where: dict[str, Any] = {"denominator": denominator, "snapshot_id": now.snapshot_id}
        whole = by_key(national.picture(connection, **where))
        all_of_it = everyone(connection)
        picture = by_key(national.picture(connection, **where, narrow=all_of_it))
        assert {key: picture[key] for key in whole} == whole
        for region in [key[1] for key in whole if key[0] == "region"][:3]:
            alone = by_key(national.picture(connection, **where, narrow=Narrow(region=(region,))))[
                "all", "", ""
            ]
            like = whole["region", region, ""]
            assert (alone.expected, alone.endpoint) == (like.expected, like.endpoint)
            assert alone.organisations == like.organisations
            assert alone.organisations_all == like.organisations_all


@pytest.mark.parametrize("field", ["cohort", "project", "reason", "type", "status", "severity"])
def test_all_authorities_are_never_narrowed_by_what_only_provisions_have(
    ask: Connection, field: str
) -> None:
    (now,) = snapshots.current(ask)
    which: dict[str, Any] = {"denominator": "all-lpas", "narrow": Narrow(**{field: ("error",)})}
    with pytest.raises(ValueError, match=field):
        national.picture(ask, snapshot_id=now.snapshot_id, **which)
    with pytest.raises(ValueError, match=field):
        national.lines(ask, kind=now.kind, until=TODAY, **which)
    with pytest.raises(ValueError, match=field):
        national.changes(ask, kind=now.kind, after=AFTER, until=TODAY, **which)
