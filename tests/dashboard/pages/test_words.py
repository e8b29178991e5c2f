"""One word one sense: each word of state is defined once, its uses lead there, and no page has two
numbers under one name."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import Engine, text

from dashboard.components import design as ui
from dashboard.components.common.events import KINDS
from dashboard.pages import glossary
from dashboard.web.prerender import to_html
from performance_store.definitions.measures import MEASURES
from performance_store.definitions.vocabulary import (
    ACCESS_BANDS,
    EVENT_KINDS,
    FRESHNESS_BANDS,
    SEVERITIES,
    STATUSES,
)
from performance_store.readers.odp_reports import OdpReports
from performance_store.sample.reader import Sample
from tests.support.names import two_values
from tests.support.real_store import real_app
from tests.support.servers import Filled

TERM = re.compile(r'href="/glossary#([\w-]+)"')
NATIONAL = (
    *("/", "/organisations", "/national", "/national/coverage", "/national/trends"),
    "/national/compare?pick=region:E12000007",
    *("/national/freshness", "/national/issues", "/national/changes", "/datasets"),
    *("/datasets/tree", "/datasets/conservation-area", "/datasets/brownfield-land"),
)
QUERIES = ("", "?set=to-provide", "?set=any", "?set=all-lpas")


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=60, weeks=2))


@pytest.fixture(scope="module")
def client(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return real_app(tmp_path_factory.mktemp("pages"), module_engine).server.test_client()


@pytest.fixture(scope="module")
def places(module_engine: Engine) -> list[str]:
    """Organisations and datasets in every status."""
    with module_engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT DISTINCT ON (s.status) o.organisation, d.dataset FROM summary s "
                "JOIN organisation o ON o.id = s.organisation_id "
                "JOIN dataset d ON d.id = s.dataset_id "
                "WHERE s.snapshot_id = (SELECT id FROM current_snapshot) ORDER BY s.status, 1, 2"
            )
        ).all()
    paths = [f"/organisations/{organisation}" for organisation, _ in rows]
    paths += [f"{path}?view=table" for path in paths]
    return paths + [f"/organisations/{organisation}/{dataset}" for organisation, dataset in rows]


def test_each_word_of_state_is_defined_once() -> None:
    page = html.fromstring(to_html(glossary.render()))
    words = Counter(" ".join(item.text_content().split()).casefold() for item in page.iter("dt"))
    assert [word for word, times in words.items() if times > 1] == []
    ids = {item.get("id") for item in page.iter("dt")}
    for family, names in (
        ("status", STATUSES),
        ("access", set(ACCESS_BANDS) - {"unknown"}),
        ("freshness", FRESHNESS_BANDS),
        ("severity", SEVERITIES),
        ("event", EVENT_KINDS),
    ):
        assert {f"{family}-{name}" for name in names} <= ids
    assert set(KINDS) == set(glossary.EVENTS) == set(EVENT_KINDS)
    for measure in MEASURES.values():
        for sentence in measure.working:
            assert sentence in page.text_content()


@pytest.mark.postgres
def test_every_use_of_a_word_leads_to_its_meaning(client: FlaskClient, places: list[str]) -> None:
    defined = set(re.findall(r'<dt id="([\w-]+)"', to_html(glossary.render())))
    labels = {word.label for family in ui.FAMILIES.values() for word in family.values()}
    uses: set[str] = set()
    for path in (*NATIONAL, *places):
        body = client.get(path).get_data(as_text=True)
        uses |= set(TERM.findall(body))
        plain = re.findall(r'<span class="tag [\w-]+">([^<]+)</span>', body)
        assert labels.isdisjoint(plain), path
    assert uses <= defined
    families = {use.partition("-")[0] for use in uses}
    assert {"status", "access", "freshness", "severity", "figure", "event"} <= families


@pytest.mark.postgres
@pytest.mark.parametrize("query", QUERIES)
def test_no_page_has_two_numbers_under_one_name(
    client: FlaskClient, places: list[str], query: str
) -> None:
    paths = [path + query for path in NATIONAL]
    assert _pairs(client, paths if query else [*paths, *places]) == {}


def test_nor_has_a_page_of_real_reports(filled: Filled, shared_data: Path, tmp_path: Path) -> None:
    client = real_app(tmp_path, filled(OdpReports(shared_data / "snapshots"))).server.test_client()
    assert _pairs(client, [*NATIONAL, "/organisations/local-authority:LBH"]) == {}


def _pairs(client: FlaskClient, paths: list[str]) -> dict[str, dict[str, set[str]]]:
    """The pages that have such pairs, and which."""
    pairs = {path: two_values(client.get(path).get_data(as_text=True)) for path in paths}
    return {path: names for path, names in pairs.items() if names}


def test_the_pairs_are_found() -> None:
    head = "<thead><tr><th>Dataset</th><th>Provided</th></tr></thead>"
    row = "<tr><th>Tree</th><td>{} of 8 (1%)</td></tr>"
    table = f"<table>{head}<tbody>{row}</tbody></table>"
    assert two_values(f"<div>{table.format(3)}{table.format(3)}</div>") == {}
    assert two_values(f"<div>{table.format(3)}{table.format(4)}</div>") == {
        "tree provided": {"3 of 8", "4 of 8"}
    }
    stage = '<li class="funnel-step"><strong>Reachable</strong> <b class="funnel-count">9</b></li>'
    assert two_values(f"<div>{stage}<p>Of these 9 are reachable and 7 are live.</p></div>") == {}
    assert two_values(f"<div>{stage}<p>Of these 8 are reachable and 7 are live.</p></div>") == {
        "reachable": {"8", "9"}
    }
    # Sentences too: their numbers by the words that follow.
    stat = (
        '<div class="stat"><span class="stat-value">17 of 73 (23%)</span>'
        '<span class="stat-label">authorities provide something</span></div>'
    )
    sentence = "<p>On 2 April 2025, {} authorities provide something; 4 provide everything.</p>"
    assert two_values(f"<div>{stat}{sentence.format(17)}</div>") == {}
    assert two_values(f"<div>{stat}{sentence.format(20)}</div>") == {
        "authorities provide something": {"17 of 73", "20"}
    }
