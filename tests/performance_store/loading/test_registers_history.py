"""Coverage rebuilt from the registers, in the store, against a count of the CSVs by hand."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from performance_store.loading import load
from performance_store.queries import national, snapshots
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
    spans: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    with (shared_data / "register" / "source.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            organisation = row["organisation"].replace("-eng:", ":")
            for pipeline in row["pipelines"].split(";"):
                if row["endpoint"] in endpoints:
                    spans[organisation, pipeline.strip()].append(endpoints[row["endpoint"]])
    return spans


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


DAYS = ["2018-01-01", "2019-05-01", "2021-05-01", "2023-04-01", "2025-02-01", "2026-08-21"]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def valid(row: dict[str, str], day: str) -> bool:
    """Start dates of 1905 are years that a spreadsheet took for days: all long before 2018."""
    return row["start-date"] <= day and (not row["end-date"] or row["end-date"] > day)


@pytest.fixture(scope="module")
def authorities(shared_data: Path) -> dict[str, set[str]]:
    """LPAs on each day: by the register of roles, else by the list of LPAs (one body)."""
    roles = rows_of(shared_data / "register" / "role-organisation.csv")
    roles = [row for row in roles if row["role"] == "local-planning-authority"]
    bodies = [
        {**row, "start-date": row["start_date"], "end-date": row["end_date"]}
        for row in rows_of(shared_data / "lpa" / "local-planning-authority.csv")
        if row["organisation"] not in {role["organisation"] for role in roles}
    ]
    return {day: {r["organisation"] for r in (*roles, *bodies) if valid(r, day)} for day in DAYS}


@pytest.mark.parametrize("day", DAYS)
def test_all_authorities_are_the_denominator_of_each_dataset(
    loaded: Engine,
    by_hand: dict[tuple[str, str], list[tuple[str, str]]],
    authorities: dict[str, set[str]],
    day: str,
) -> None:
    provided: dict[str, set[str]] = defaultdict(set)
    for (organisation, pipeline), spans in by_hand.items():
        active = any(entry <= day and (not end or end > day) for entry, end in spans)
        # A source without a pipeline supplies no dataset.
        if active and pipeline and organisation in authorities[day]:
            provided[pipeline].add(organisation)
    snapshot_id = snapshot(loaded, day)
    with loaded.connect() as connection:
        rows = national.coverage(
            connection, snapshot_id=snapshot_id, denominator="all-lpas", dimension="dataset"
        )
        (total,) = national.coverage(
            connection, snapshot_id=snapshot_id, denominator="all-lpas", dimension="all"
        )
    assert {row.expected for row in rows} == {len(authorities[day])}
    assert {row.dataset: row.endpoint for row in rows if row.endpoint} == {
        dataset: len(bodies) for dataset, bodies in provided.items() if bodies
    }
    assert total.expected == len(rows) * len(authorities[day])
    assert total.endpoint == sum(len(bodies) for bodies in provided.values())
    assert total.organisations_some == len(set().union(*provided.values()))


@pytest.mark.parametrize("day", DAYS)
def test_the_programme_and_the_duties_on_each_date(
    loaded: Engine, shared_data: Path, authorities: dict[str, set[str]], day: str
) -> None:
    """Provisions valid on the date, of bodies that were authorities on the date."""
    owed = [
        row
        for row in rows_of(shared_data / "register" / "provision.csv")
        if valid(row, day) and row["organisation"].replace("-eng:", ":") in authorities[day]
    ]
    expected = {
        "programme": {
            (row["organisation"], row["dataset"])
            for row in owed
            if row["provision-reason"] == "expected" and row["project"] == "open-digital-planning"
        },
        "statutory": {
            (row["organisation"], row["dataset"])
            for row in owed
            if row["provision-reason"] == "statutory"
        },
    }
    with loaded.connect() as connection:
        totals = {
            row.denominator: row.expected
            for row in national.totals(connection, snapshot_id=snapshot(loaded, day))
        }
    for denominator, pairs in expected.items():
        assert totals.get(denominator, 0) == len(pairs), denominator


@pytest.mark.parametrize("day", ["2018-01-01", "2026-08-21"])
def test_regions_add_up_to_the_country(loaded: Engine, day: str) -> None:
    with loaded.connect() as connection:
        for denominator in ("statutory", "all-lpas"):
            (whole,) = national.coverage(
                connection,
                snapshot_id=snapshot(loaded, day),
                denominator=denominator,
                dimension="all",
            )
            regions = national.coverage(
                connection,
                snapshot_id=snapshot(loaded, day),
                denominator=denominator,
                dimension="region",
            )
            assert sum(row.expected for row in regions) == whole.expected
            assert sum(row.endpoint for row in regions) == whole.endpoint
            assert sum(row.organisations for row in regions) == whole.organisations
            # National parks span regions: they are in a bucket of their own, and counted.
            assert "none" in {row.value for row in regions}


def snapshot(engine: Engine, day: str) -> int:
    with engine.connect() as connection:
        (row,) = snapshots.on(connection, as_at=date.fromisoformat(day), kind="registers")
    return row.snapshot_id


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


def test_addresses_without_a_pipeline_are_those_of_the_sources(
    loaded: Engine, shared_data: Path
) -> None:
    """Whoever owes a statement of infrastructure funding and has it registered without a pipeline
    alone, as at June 2025."""
    day, dataset = "2025-06-01", "infrastructure-funding-statement"
    register = shared_data / "register"
    ends = {row["endpoint"]: row["end-date"] for row in rows_of(register / "endpoint.csv")}
    bodies: dict[bool, set[str]] = {True: set(), False: set()}
    for row in rows_of(register / "source.csv"):
        is_open = (ends.get(row["endpoint"]) or "9") > day >= row["entry-date"]
        if row["collection"] == dataset and row["endpoint"] and is_open:
            processed = bool(row["pipelines"])
            if processed or (row["end-date"] or "9") > day:
                bodies[processed].add(row["organisation"].replace("-eng:", ":"))
    owed = {
        row["organisation"]
        for row in rows_of(register / "provision.csv")
        if row["dataset"] == dataset
        and (row["start-date"] or row["entry-date"]) <= day < (row["end-date"] or "9")
    }
    with loaded.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT o.organisation FROM summary s "
                "JOIN organisation o ON o.id = s.organisation_id "
                "JOIN snapshot n ON n.id = s.snapshot_id AND n.as_at = :day "
                "WHERE 'endpoint_not_processed' = ANY(s.reasons)"
            ),
            {"day": day},
        )
        cells = set(rows.scalars())
    assert len(cells) > 50
    assert cells == owed & bodies[False] - bodies[True]
