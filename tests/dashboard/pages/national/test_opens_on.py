"""A page about time opens on the figures that know about time, and says which these are."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from performance_store.readers.odp_reports import OdpReports
from performance_store.readers.platform import Platform
from performance_store.readers.registers import Registers
from tests.support.national import table_of, words
from tests.support.real_store import real_app
from tests.support.servers import Filled

pytestmark = pytest.mark.postgres
OPENS = (
    "This page opens on weekly reports of the Open Digital Planning programme: 6 dates in the "
    "last year. They cover the programme’s authorities and eight datasets"
)


@pytest.fixture(scope="module")
def client(
    filled: Filled,
    shared_data: Path,
    registers: Registers,
    tmp_path_factory: pytest.TempPathFactory,
) -> FlaskClient:
    """Registers of many dates, six reports, and one date of the platform."""
    reports, platform = shared_data / "snapshots", shared_data / "platform-small"
    store = filled(registers, OdpReports(reports), Platform(platform))
    return real_app(tmp_path_factory.mktemp("pages"), store).server.test_client()


@pytest.mark.parametrize("path", ["/national/changes", "/national/trends"])
def test_time_is_asked_of_the_figures_with_most_dates(client: FlaskClient, path: str) -> None:
    page = words(client, path)
    assert OPENS in page
    assert "weekly programme reports on 2 April 2025" in page
    assert "Newly provided 15" in page or "275 of 952" in page
    page = words(client, f"{path}?kind=platform")
    assert "platform data on 21 May 2025" in page
    assert "This page opens on" not in page


def test_all_else_opens_on_now(client: FlaskClient) -> None:
    for path in ("/national", "/national/coverage", "/national/freshness", "/national/issues"):
        page = words(client, path)
        assert "platform data on 21 May 2025" in page
        assert "This page opens on" not in page


def test_files_without_a_date_are_of_the_page_that_has_none(client: FlaskClient) -> None:
    rows = table_of(client, "/downloads/national/events.csv")
    assert len([row for row in rows if row["kind"] == "newly_provided"]) == 15
    assert b"2025-04-02" in client.get("/downloads/national/changes.atom").data


def test_figures_that_only_know_endpoints_are_the_last_choice(
    filled: Filled, registers: Registers, tmp_path: Path
) -> None:
    """The registers have more dates than the reports above, and cannot tell what broke."""
    alone = real_app(tmp_path, filled(registers)).server.test_client()
    page = words(alone, "/national/changes")
    assert "These figures were rebuilt from the dates in the registers" in page
    assert "not whether it worked" in page
