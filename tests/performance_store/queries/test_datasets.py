"""The register of datasets, and the authorities of one: an independent count by pandas agrees,
whatever is filtered."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from performance_store.queries import datasets, matrix, snapshots
from performance_store.queries.filters import EVERYTHING, Narrow
from performance_store.readers.stream import Observation, Source, SourcePipeline
from performance_store.rows import RegisteredDataset
from performance_store.sample.reader import Sample
from tests.support.build import AAA, BBB, PlatformFile, Store, days_ago
from tests.support.filters import fitting, narrows

pytestmark = pytest.mark.postgres
TODAY = date(2026, 8, 21)
SETS = ("programme", "statutory", "any")


@pytest.fixture(scope="module")
def now(ask: Connection) -> int:
    return snapshots.current(ask)[0].snapshot_id


@pytest.fixture(scope="module")
def cells(ask: Connection, now: int) -> pd.DataFrame:
    """Every summary of the newest snapshot, as one flat table."""
    return pd.read_sql(
        "SELECT s.*, o.region, o.organisation, o.type, o.end_date, d.dataset, d.typology "
        "FROM summary s JOIN organisation o ON o.id = s.organisation_id "
        f"JOIN dataset d ON d.id = s.dataset_id WHERE s.snapshot_id = {now}",
        ask,
    )


@pytest.fixture(scope="module")
def used(ask: Connection) -> pd.DataFrame:
    """Every endpoint that the reader tells of, by cell: sources are of one dataset and one body."""
    sample = Sample(TODAY, authorities=60, weeks=12)
    sources = {row.source: row for row in map(Source._make, sample.rows(Source))}
    ids = pd.read_sql("SELECT id AS endpoint_id, endpoint, entry_date FROM endpoint", ask)
    bodies = pd.read_sql("SELECT id AS organisation_id, organisation FROM organisation", ask)
    names = pd.read_sql("SELECT id AS dataset_id, dataset FROM dataset", ask)
    seen = {
        (row.organisation, row.dataset, row.endpoint)
        for row in map(Observation._make, sample.rows(Observation))
    }
    seen |= {
        (sources[row.source].organisation, row.pipeline, sources[row.source].endpoint)
        for row in map(SourcePipeline._make, sample.rows(SourcePipeline))
    }
    rows = pd.DataFrame(seen, columns=["organisation", "dataset", "endpoint"])
    rows = rows.merge(ids).merge(bodies).merge(names)
    return rows[rows.entry_date.isna() | (rows.entry_date <= TODAY)]


@pytest.fixture(scope="module")
def active(ask: Connection, now: int) -> pd.DataFrame:
    return pd.read_sql(
        "SELECT organisation_id, dataset_id, endpoint_id FROM endpoint_state "
        f"WHERE snapshot_id = {now}",
        ask,
    )


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(narrow=narrows() | st.just(EVERYTHING), denominator=st.sampled_from(SETS))
def test_the_register_is_an_independent_count(
    ask: Connection,
    now: int,
    cells: pd.DataFrame,
    used: pd.DataFrame,
    active: pd.DataFrame,
    narrow: Narrow,
    denominator: str,
) -> None:
    rows = datasets.register(ask, snapshot_id=now, denominator=denominator, narrow=narrow)
    mine = fitting(cells, narrow, denominator)
    assert {row.dataset for row in rows if row.expected} == set(mine.dataset)
    key = ["organisation_id", "dataset_id"]
    for row in rows:
        of = mine[mine.dataset == row.dataset]
        provided = of[of.endpoint_count > 0]
        assert (row.expected, row.provided) == (len(of), len(provided))
        assert row.endpoints == active.merge(of[key], on=key).endpoint_id.nunique()
        ever = used.merge(of[key], on=key)
        assert row.endpoints_ever == ever.endpoint_id.nunique()
        first, newest = ever.entry_date.min(), ever.entry_date.max()
        assert row.first_endpoint_on == (None if pd.isna(first) else first)
        assert row.newest_endpoint_on == (None if pd.isna(newest) else newest)
        change_days = provided.content_changed_on.dropna()
        assert row.content_changed_on == (change_days.max() if len(change_days) else None)
        everybody = cells[cells.dataset == row.dataset]
        assert row.suppliers == (everybody.endpoint_count > 0).sum()
        assert row.asked_elsewhere == everybody.in_any.sum()
        if narrow.dataset:
            assert row.dataset in narrow.dataset


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    narrow=narrows() | st.just(EVERYTHING),
    denominator=st.sampled_from(SETS),
    dataset=st.sampled_from(("tree", "brownfield-land", "local-plan", "conservation-area")),
)
def test_the_list_is_who_is_counted_and_nobody_else(
    ask: Connection, now: int, cells: pd.DataFrame, narrow: Narrow, denominator: str, dataset: str
) -> None:
    rows = datasets.authorities(
        ask, snapshot_id=now, dataset=dataset, denominator=denominator, narrow=narrow
    )
    mine = fitting(cells, dataclasses.replace(narrow, dataset=(dataset,)), denominator)
    assert {row.organisation: row.status for row in rows} == dict(
        zip(mine.organisation, mine.status, strict=True)
    )
    assert len(rows) == len(mine)
    assert {row.organisation: row.reason for row in rows} == dict(
        zip(mine.organisation, mine.provision_reason, strict=True)
    )


@pytest.mark.parametrize("denominator", [*SETS, "all-lpas"])
def test_no_company_and_nobody_ended_is_in_a_denominator(
    ask: Connection, now: int, cells: pd.DataFrame, denominator: str
) -> None:
    """The sample has both, with provisions."""
    lpas = set(
        pd.read_sql(
            "SELECT o.organisation FROM organisation o JOIN role_organisation r "
            "ON r.organisation_id = o.id AND r.role = 'local-planning-authority' "
            f"WHERE r.end_date IS NULL OR r.end_date > '{TODAY}'",
            ask,
        ).organisation
    )
    assert {"company", "local-planning-group"} & set(cells.type)
    assert len(lpas) == 60
    for row in datasets.register(ask, snapshot_id=now, denominator=denominator):
        rows = datasets.authorities(
            ask, snapshot_id=now, dataset=row.dataset, denominator=denominator
        )
        assert {item.organisation for item in rows} <= lpas
        if denominator == "all-lpas":
            assert {item.organisation for item in rows} == lpas
        else:
            assert len(rows) == row.expected


def test_all_lpas_are_those_of_the_matrix(ask: Connection, now: int) -> None:
    where = {"snapshot_id": now, "denominator": "all-lpas"}
    narrow = Narrow(region=("E12000007",), dataset=("tree",))
    cells_ = matrix.authorities(ask, **where, narrow=narrow)  # type: ignore[arg-type]
    rows = datasets.authorities(ask, **where, dataset="tree", narrow=narrow)  # type: ignore[arg-type]
    assert [(row.organisation, row.status) for row in rows] == [
        (row.organisation, row.statuses[0]) for row in cells_
    ]
    assert len({row.region for row in rows}) == 1


def test_every_set_that_asks_for_a_dataset_is_told(
    ask: Connection, now: int, cells: pd.DataFrame
) -> None:
    for dataset in ("tree", "brownfield-land", "local-plan"):
        sets = {
            row.denominator: (row.endpoint, row.expected)
            for row in datasets.sets(ask, snapshot_id=now, dataset=dataset)
            if row.denominator != "all-lpas"
        }
        mine = cells[cells.dataset == dataset]
        members = {name: mine[mine[f"in_{name}"]] for name in SETS}
        members["to-provide"] = mine[mine.in_to_provide]
        assert sets == {
            name: ((rows.endpoint_count > 0).sum(), len(rows))
            for name, rows in members.items()
            if len(rows)
        }


class TestRules:
    """On a file built for it."""

    @pytest.fixture
    def rows(self, engine: Engine, tmp_path: Path) -> dict[str, RegisteredDataset]:
        file = PlatformFile(tmp_path)
        file.organisation(BBB)
        file.organisation("company:1", lpa=False)
        file.organisation("local-authority:OLD", lpa=False)
        file.add(
            "role_organisation",
            organisation="local-authority:OLD",
            role="local-planning-authority",
            end_date=days_ago(30),
        )
        for dataset, end in (
            *(("tree", ""), ("gone", days_ago(10)), ("going", "2999-01-01"), ("odd", "some day")),
            ("never", ""),
        ):
            file.add("dataset", dataset=dataset, name=dataset, end_date=end)
        for body in (AAA, BBB, "company:1", "local-authority:OLD"):
            file.provision(organisation=body)
        # One endpoint of two authorities, one that ended, one still to come, and a company's.
        file.endpoint("e1").endpoint("e1", organisation=BBB)
        file.endpoint("e0", entry_date="2019-05-01", end_date="2020-01-01")
        file.endpoint("e9", entry_date="2025-06-01")
        file.endpoint("c1", organisation="company:1", entry_date="2018-01-01")
        file.endpoint("g1", dataset="gone", organisation="company:1")
        file.answer("e1")
        store = Store(engine)
        store.load(file)
        with engine.connect() as connection:
            register = datasets.register(
                connection, snapshot_id=store.now().snapshot_id, denominator="statutory"
            )
        return {row.dataset: row for row in register}

    def test_endpoints_count_once_and_those_of_nobody_counted_do_not(
        self, rows: dict[str, RegisteredDataset]
    ) -> None:
        tree = rows["tree"]
        assert (tree.expected, tree.provided, tree.suppliers) == (2, 2, 3)
        assert (tree.endpoints, tree.endpoints_ever) == (1, 2)
        assert (tree.first_endpoint_on, tree.newest_endpoint_on) == (
            date(2019, 5, 1),
            date(2024, 1, 1),
        )

    def test_an_end_that_is_to_come_or_no_date_is_none(
        self, rows: dict[str, RegisteredDataset]
    ) -> None:
        ends = {name: row.ended_on for name, row in rows.items()}
        assert ends == {
            "tree": None,
            "gone": date(2025, 5, 11),
            "going": None,
            "odd": None,
            "never": None,
        }

    def test_who_is_not_asked_is_told_from_who_is_not_known(
        self, rows: dict[str, RegisteredDataset]
    ) -> None:
        never, gone = rows["never"], rows["gone"]
        assert (never.expected, never.suppliers, never.endpoints_ever) == (0, 0, 0)
        assert (gone.expected, gone.suppliers) == (0, 1)
