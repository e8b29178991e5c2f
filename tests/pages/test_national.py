"""The national page shows the figures of the weekly reports, to the digit."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from performance_store.loading import load
from performance_store.readers.odp_reports import OdpReports
from tests.support.real_store import real_app

pytestmark = [pytest.mark.data, pytest.mark.postgres]

# as at, authorities, expected, endpoint, some, all, reachable, collected, error-free, conformant
GOLDEN = [
    ("2025-01-22", 73, 584, 222, 50, 6, 217, 209, 164, 106),
    ("2025-01-30", 73, 584, 223, 50, 6, 213, 213, 170, 107),
    ("2025-03-05", 73, 584, 249, 55, 7, 240, 239, 197, 131),
    ("2025-03-12", 73, 584, 253, 55, 7, 246, 244, 199, 133),
    ("2025-03-19", 73, 584, 257, 56, 7, 250, 248, 151, 96),
    ("2025-04-02", 119, 952, 275, 61, 8, 268, 267, 215, 144),
]


@pytest.fixture(scope="module")
def client(
    module_engine: Engine, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> FlaskClient:
    load(module_engine, OdpReports(shared_data / "snapshots"))
    return real_app(tmp_path_factory.mktemp("pages"), module_engine).server.test_client()


def words(client: FlaskClient, address: str) -> str:
    """All words of a page, as a reader without scripts has them."""
    answer = client.get(address)
    assert answer.status_code == 200
    body = answer.get_data(as_text=True)
    body = re.sub(r"<(script|style|svg).*?</\1>", " ", body, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.mark.parametrize("row", GOLDEN, ids=[str(row[0]) for row in GOLDEN])
def test_each_date_shows_the_golden_figures(client: FlaskClient, row: tuple[object, ...]) -> None:
    day, bodies, expected, endpoint, some, full, reachable, collected, clean, conformant = row
    text = words(client, f"/national?kind=odp-reports&as_at={day}")
    for said in (
        f"{endpoint} of {expected} expected provisions have an endpoint: 8 datasets, {bodies} ",
        f"authorities provide something {some} of {bodies}",
        f"authorities provide everything {full} of {bodies}",
        f"provided are reachable {reachable} of {endpoint}",
        f"collected are error-free {clean} of {collected}",
        f"Collected {collected} ",
        f"Conformant {conformant} ",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2025-01-30", "1 newly provided, 0 lost, 5 newly broken and 0 recovered"),
        ("2025-03-05", "27 newly provided, 1 lost, 0 newly broken and 1 recovered"),
        ("2025-03-12", "4 newly provided, 0 lost, 0 newly broken and 2 recovered"),
        ("2025-03-19", "4 newly provided, 0 lost, 0 newly broken and 0 recovered"),
        ("2025-04-02", "15 newly provided, 1 lost, 0 newly broken and 0 recovered"),
    ],
)
def test_what_happened_is_the_golden_churn(client: FlaskClient, day: str, said: str) -> None:
    assert said in words(client, f"/national?as_at={day}")


def test_changed_rules_and_denominators_are_told(client: FlaskClient) -> None:
    text = words(client, "/national")
    assert "19 March 2025: New check: no associated documents found for this area." in text
    assert "952 provisions of 119 authorities are expected; before, 584 of 73." in text


def test_a_date_without_figures_leads_to_the_nearest_with_a_notice(client: FlaskClient) -> None:
    text = words(client, "/national?as_at=2025-02-28")
    assert "There are no figures of 28 February 2025." in text
    assert "249 of 584 expected provisions" in text


@pytest.mark.parametrize("query", ["set=nonsense", "as_at=tomorrow", "junk=1", "kind=<b>"])
def test_what_cannot_be_used_is_ignored_with_a_notice(client: FlaskClient, query: str) -> None:
    text = words(client, f"/national?{query}")
    assert "We ignored part of the link you followed" in text
    assert "275 of 952" in text


def test_an_empty_set_says_so(client: FlaskClient) -> None:
    assert "Nobody is counted in this set" in words(client, "/national?set=statutory")


def test_the_file_holds_the_rows_of_the_chart(client: FlaskClient) -> None:
    lines = client.get("/downloads/coverage.csv?set=programme").get_data(as_text=True).splitlines()
    assert len(lines) == 7
    head = lines[0].split(",")
    assert [line.split(",")[head.index("endpoint")] for line in lines[1:]] == [
        str(row[3]) for row in GOLDEN
    ]
    assert client.get("/downloads/coverage.csv?set=x").status_code == 404


def test_no_percentage_speaks_of_fewer_than_five_authorities(client: FlaskClient) -> None:
    text = words(client, "/national")
    assert "ODP-Track1 24 of 32 4 of 4" in text
    assert "ODP-Track3 33 of 48 (69%)" in text
