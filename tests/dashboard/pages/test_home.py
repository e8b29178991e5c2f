"""What the home page says of the country is what the pages that it leads to say."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from dashboard.components.national import findings
from dashboard.web.prerender import text_of
from performance_store.rows import FailingProvision, LastingPoint
from performance_store.sample.reader import Sample
from tests.support.build import PlatformFile, Store
from tests.support.national import words
from tests.support.real_store import real_app
from tests.support.servers import Filled

pytestmark = pytest.mark.postgres
TODAY = date(2026, 8, 21)


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(TODAY, authorities=60, weeks=20))


@pytest.fixture(scope="module")
def client(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return real_app(tmp_path_factory.mktemp("pages"), module_engine).server.test_client()


@pytest.fixture(scope="module")
def links(client: FlaskClient) -> dict[str, str]:
    """The addresses of the home page by their words."""
    page = client.get("/").get_data(as_text=True)
    pairs = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', page, re.DOTALL)
    return {unescape(re.sub("<[^>]+>", "", inside)): unescape(href) for href, inside in pairs}


@pytest.mark.parametrize(
    ("phrase", "place"),
    [("grew", "grew"), ("most to do:", "worst"), ("had no working endpoint", "failing")],
)
def test_a_finding_is_the_heading_of_the_chart_that_it_leads_to(
    client: FlaskClient, links: dict[str, str], phrase: str, place: str
) -> None:
    ((sentence, href),) = [(name, href) for name, href in links.items() if phrase in name]
    path, _, fragment = href.partition("#")
    assert fragment == place
    page = client.get(path).get_data(as_text=True)
    heading = re.search(rf'<h3[^>]*id="{place}-heading"[^>]*>(.*?)</h3>', page, re.DOTALL)
    assert heading is not None
    assert unescape(re.sub("<[^>]+>", "", heading[1])) == sentence


def test_the_region_behind_is_that_of_the_national_picture(
    client: FlaskClient, links: dict[str, str]
) -> None:
    ((sentence, href),) = [
        pair for pair in links.items() if "region that provides least" in pair[0]
    ]
    least = sentence.partition(" is ")[2]
    assert f"By region: lowest {least}" in words(client, href.partition("#")[0])


def test_what_is_broken_longest_is_so_in_the_store(
    client: FlaskClient, links: dict[str, str], module_engine: Engine
) -> None:
    sql = """
SELECT o.organisation, d.dataset FROM summary s JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id
WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.in_to_provide AND s.status = 'error'
ORDER BY s.best_success_on NULLS LAST, o.name, d.name LIMIT 1"""
    with module_engine.connect() as connection:
        organisation, dataset = connection.execute(text(sql)).one()
    assert f"/organisations/{organisation}/{dataset}" in links.values()
    assert "Broken longest" in words(client, "/")


def test_the_file_has_who_has_most_to_do_first(client: FlaskClient, links: dict[str, str]) -> None:
    (href,) = [href for name, href in links.items() if name.startswith("All authorities, most")]
    answer = client.get(href).get_data().decode("utf-8-sig")
    rows = [int(row["rows_to_fix"] or 0) for row in csv.DictReader(io.StringIO(answer))]
    assert rows == sorted(rows, reverse=True)
    (worst,) = [name for name in links if "most to do:" in name]
    assert f"{rows[0]:,} rows" in worst


def test_each_region_cohort_and_dataset_is_led_to_with_the_year_before(
    client: FlaskClient, links: dict[str, str]
) -> None:
    for name in ("regions", "cohorts", "datasets"):
        path, _, fragment = links[name].partition("#")
        assert "since=" in path
        assert f'id="{fragment}"' in client.get(path).get_data(as_text=True)


def test_of_one_date_nothing_is_compared(filled: Filled, tmp_path: Path) -> None:
    engine, file = filled(), PlatformFile(tmp_path)
    file.provision().endpoint().failure()
    Store(engine).load(file)
    page = words(real_app(tmp_path, engine).server.test_client(), "/")
    assert "1 of 1 statutory and expected datasets are provided" in page
    for phrase in ("grew most", "had no working endpoint", "How each did", "Broken longest"):
        assert phrase not in page


def failing(*days: date | None) -> list[FailingProvision]:
    return [
        FailingProvision(f"x:{n}", f"Body {n}", "tree", "Tree", day) for n, day in enumerate(days)
    ]


@pytest.mark.parametrize(
    ("days", "phrase"),
    [
        ((date(2025, 3, 1), date(2025, 4, 1)), "Broken longest: Tree of Body 0 , last worked on 1"),
        ((date(2025, 3, 1), None), "Broken longest, as far as is known: Tree of Body 0 ,"),
        ((None,), "still has none on 21 August 2026 ."),
    ],
)
def test_of_what_is_broken_longest_no_more_is_said_than_is_known(
    days: tuple[date | None, ...], phrase: str
) -> None:
    points = [LastingPoint(day, count, None) for day, count in ((date(2026, 5, 22), 2), (TODAY, 1))]
    figures = findings.Figures(None, TODAY, lasting=points, failing=failing(*days))
    assert phrase in text_of(findings.lines(figures, {}))
