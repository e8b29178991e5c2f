"""Coverage rebuilt from the registers, in the store, against a count of the CSVs by hand."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from performance_store.loading import load
from performance_store.queries import snapshots
from performance_store.readers.registers import Registers

pytestmark = [pytest.mark.data, pytest.mark.postgres]

PROGRAMME = (
    *("article-4-direction", "article-4-direction-area", "conservation-area"),
    *("conservation-area-document", "listed-building-outline", "tree"),
    *("tree-preservation-order", "tree-preservation-zone"),
)


@pytest.fixture(scope="module")
def loaded(module_engine: Engine, shared_data: Path) -> Engine:
    lpa = shared_data / "lpa"
    load(
        module_engine,
        Registers(
            shared_data / "register",
            organisations=lpa / "local-planning-authority.csv",
            boundaries=lpa / "local-planning-authority.geojson",
        ),
    )
    return module_engine


@pytest.fixture(scope="module")
def by_hand(shared_data: Path) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """(entry, end) of every endpoint of each (organisation, pipeline)."""
    endpoints: dict[str, tuple[str, str]] = {}
    with (shared_data / "register" / "endpoint.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            first = endpoints.get(row["endpoint"], (row["entry-date"], ""))[0]
            endpoints[row["endpoint"]] = (
                min(first[:10], row["entry-date"][:10]),
                row["end-date"][:10],
            )
    found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    with (shared_data / "register" / "source.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            organisation = row["organisation"].replace("-eng:", ":")
            for pipeline in row["pipelines"].split(";"):
                if row["endpoint"] in endpoints:
                    found[organisation, pipeline.strip()].append(endpoints[row["endpoint"]])
    return found


@pytest.mark.parametrize(
    "day", ["2018-01-01", "2021-01-01", "2023-04-01", "2025-04-01", "2026-02-01", "2026-08-21"]
)
def test_pairs_with_an_endpoint_are_those_counted_by_hand(
    loaded: Engine, by_hand: dict[tuple[str, str], list[tuple[str, str]]], day: str
) -> None:
    expected = {
        pair
        for pair, spans in by_hand.items()
        if pair[1] in PROGRAMME
        and any(entry <= day and (not end or end > day) for entry, end in spans)
    }
    with loaded.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT o.organisation, d.dataset FROM summary s "
                "JOIN snapshot n ON n.id = s.snapshot_id AND n.as_at = :day "
                "JOIN organisation o ON o.id = s.organisation_id "
                "JOIN dataset d ON d.id = s.dataset_id "
                "WHERE s.endpoint_count > 0 AND d.dataset = ANY(:programme)"
            ),
            {"day": day, "programme": list(PROGRAMME)},
        )
        assert {tuple(row) for row in rows} == expected


def test_the_trend_among_the_authorities_of_today(loaded: Engine) -> None:
    with loaded.connect() as connection:
        count, bodies = connection.execute(
            text(
                "SELECT count(*), count(DISTINCT s.organisation_id) FROM summary s "
                "JOIN snapshot n ON n.id = s.snapshot_id AND n.as_at = '2026-08-21' "
                "JOIN dataset d ON d.id = s.dataset_id AND d.dataset = ANY(:programme) "
                "WHERE s.is_lpa AND s.endpoint_count > 0"
            ),
            {"programme": list(PROGRAMME)},
        ).one()
    assert (count, bodies) == (768, 147)


def test_coverage_of_the_programme_leaves_out_companies_and_counties(loaded: Engine) -> None:
    with loaded.connect() as connection:
        row = connection.execute(
            text(
                "SELECT c.endpoint, c.expected FROM coverage c "
                "JOIN snapshot n ON n.id = c.snapshot_id AND n.as_at = '2026-08-21' "
                "WHERE c.denominator = 'programme' AND c.dimension = 'all'"
            )
        ).one()
    assert tuple(row) == (756, 1704)


def test_a_rebuilt_snapshot_knows_only_whether_something_is_provided(loaded: Engine) -> None:
    with loaded.connect() as connection:
        every = snapshots.every(connection)
        assert every[0].as_at == date(2026, 8, 21)
        assert every[0].lpa_count == 311
        assert {row.knows for row in every} == {()}
        statuses = connection.execute(text("SELECT DISTINCT status FROM summary")).scalars()
        assert set(statuses) == {"not_submitted", "unknown"}


def test_the_issues_of_reports_are_not_moved_by_registers(
    loaded: Engine, shared_data: Path
) -> None:
    from performance_store.readers.odp_reports import OdpReports

    load(loaded, OdpReports(shared_data / "snapshots"))
    with loaded.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT c.expected, c.endpoint, c.error_free FROM coverage c "
                "JOIN snapshot n ON n.id = c.snapshot_id AND n.kind = 'odp-reports' "
                "WHERE c.denominator = 'programme' AND c.dimension = 'all' ORDER BY n.as_at"
            )
        ).all()
    assert [tuple(row) for row in rows] == [
        (584, 222, 164), (584, 223, 170), (584, 249, 197), (584, 253, 199), (584, 257, 151),
        (952, 275, 215),
    ]  # fmt: skip
