"""Caption, file name, embed and API link of a figure come from its rows, the footer's date from
the page: on a page of platform data that has no past, the lines are those of the weekly reports."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from performance_store.readers.odp_reports import OdpReports
from tests.support.build import PlatformFile, Store
from tests.support.real_store import real_app
from tests.support.servers import Filled

pytestmark = [pytest.mark.data, pytest.mark.postgres]
REPORTS = "As at 2 April 2025. Weekly programme reports. Counted: Open Digital Planning programme."


@pytest.fixture(scope="module")
def module_engine(
    filled: Filled, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Engine:
    engine = filled(OdpReports(shared_data / "snapshots"))
    file = PlatformFile(tmp_path_factory.mktemp("platform"))
    file.provision(reason="expected", project="open-digital-planning").endpoint().answer()
    Store(engine).load(file)
    return engine


@pytest.fixture(scope="module")
def client(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return real_app(tmp_path_factory.mktemp("pages"), module_engine).server.test_client()


def body(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def figure(page: str, name: str) -> str:
    """The HTML of one figure."""
    match = re.search(rf'<figure[^>]* data-figure="{name}".*?</figure>', page, flags=re.S)
    assert match is not None
    return html.unescape(match[0])


def test_lines_of_weekly_reports_say_so_on_a_page_of_platform_data(client: FlaskClient) -> None:
    page = body(client, "/national?kind=platform&set=programme")
    lines = figure(page, "national-line")
    assert REPORTS in lines
    assert "The first date is 22 January 2025." in lines
    assert "21 May 2025" not in lines
    assert "Platform data" not in lines
    assert 'data-slide="national-line-odp-reports-2025-04-02"' in lines
    assert 'data-title="Open Digital Planning programme – ' in lines
    assert 'data-dates="22 January 2025 to 2 April 2025"' in lines
    source = "weekly reports of the Open Digital Planning programme"
    assert f'data-source="Source: {source}, by Planning Data Performance ({{site}}/' in lines
    # Chart or table is a choice of this page; all else leads to the rows.
    leads = re.sub(r'class="views".*?</div>', "", lines, flags=re.S)
    links = re.findall(r'(?:href|data-copy)="([^"<]*(?:lines\.|/api/|/national\?)[^"]+)"', leads)
    assert len(links) >= 5
    for link in links:
        assert "kind=odp-reports" in link, link
        assert "as_at=2025-04-02" in link, link
    # The figures above are of the platform, and say so.
    assert "As at 21 May 2025. Platform data." in figure(page, "figures")


def test_what_is_embedded_is_what_was_seen(client: FlaskClient) -> None:
    page = body(client, "/national?kind=platform&set=programme")
    lines = figure(page, "national-line")
    source = re.search(r'src="http://localhost(/[^"]+)"', html.unescape(lines))
    assert source is not None
    framed = html.unescape(body(client, source[1]))
    assert REPORTS in framed
    finding = re.search(r'<p class="chart-finding">(.*?)</p>', lines)
    assert finding is not None
    assert finding[1] in framed


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?kind=platform", "Data as at 21 May 2025, from the Planning Data Platform."),
        ("?kind=odp-reports&as_at=2025-03-19", "Data as at 19 March 2025, from "),
    ],
)
def test_the_footer_says_of_when_the_page_is(client: FlaskClient, query: str, words: str) -> None:
    for path in ("/national", "/national/trends", "/datasets"):
        foot = re.search(r'<p id="data-age"[^>]*>([^<]*)<', body(client, f"{path}{query}"))
        assert foot is not None
        assert foot[1].startswith(words), path
    home = re.search(r'<p id="data-age"[^>]*>([^<]*)<', body(client, "/about"))
    assert home is not None
    assert "21 May 2025" in home[1]
