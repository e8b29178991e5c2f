"""What the platform holds, from a server that answers as its interface does."""

from __future__ import annotations

import json
import time
from typing import Any

import msgspec
import pytest

from checking.model import Held
from providers.fetching import entities
from providers.fetching.entities import Holdings, holdings
from providers.fetching.rules import RULES
from tests.support.fake_site import Site, answers, says

AREA = "MULTIPOLYGON (((0 51, 1 51, 1 52, 0 51)))"


class Platform:
    """Entities by dataset, each a dictionary, as the interface gives them."""

    def __init__(self, site: Site) -> None:
        self.datasets: dict[str, list[dict[str, Any]]] = {}
        self.queries: list[dict[str, str]] = []
        self.most = 500
        self.says_count = True
        site.pages["/entity.json"] = answers(self.page)
        about = {"entity": 90, "local-planning-authority": "E60000001"}
        site.pages["/entity/90.json"] = says(json.dumps(about).encode())
        self.url = f"http://127.0.0.1:{site.port}"

    def page(self, query: dict[str, str]) -> bytes:
        self.queries.append(query)
        rows = self.datasets[query["dataset"]]
        if "reference" in query:
            rows = [row for row in rows if row["reference"] == query["reference"]]
        else:
            assert query["organisation_entity"] == "90"
        first, limit = int(query.get("offset", 0)), min(self.most, int(query.get("limit", 10)))
        page = {"entities": rows[first : first + limit], "links": {}}
        if self.says_count:
            page |= {"count": len(rows)}
        elif first + limit < len(rows):
            page |= {"links": {"next": "http://internal/entity.json?offset=7"}}
        return json.dumps(page).encode()

    def ask(self, *reference_datasets: str) -> Holdings:
        return holdings(
            self.url, organisation_entity=90, dataset="conservation-area",
            reference_datasets=reference_datasets,
        )  # fmt: skip


@pytest.fixture
def platform(site: Site) -> Platform:
    platform = Platform(site)
    platform.datasets = {
        "conservation-area": [
            {"entity": n, "reference": f"CA{n}", "entry-date": "2024-01-02", "geometry": AREA,
             "point": "POINT (0.5 51.2)"}
            for n in range(1203)
        ],
        "tree-preservation-order": [{"reference": "TPO1"}, {"reference": "TPO2"}],
        "article-4-direction": [],
        "local-planning-authority": [{"reference": "E60000001", "geometry": AREA}],
    }  # fmt: skip
    return platform


@pytest.mark.parametrize("says_count", [True, False])
@pytest.mark.parametrize("most", [500, 200])
def test_all_pages_of_the_dataset_and_the_references_of_others(
    platform: Platform, says_count: bool, most: int
) -> None:
    platform.says_count, platform.most = says_count, most
    result = platform.ask("tree-preservation-order", "article-4-direction", "listed-building")
    assert result["entities"] is not None
    assert [one["reference"] for one in result["entities"]] == [f"CA{n}" for n in range(1203)]
    assert result["entities"][0] == {
        "reference": "CA0", "entry_date": "2024-01-02", "geometry": AREA,
    }  # fmt: skip
    assert result["references"] == {
        "tree-preservation-order": ["TPO1", "TPO2"], "article-4-direction": [],
    }  # fmt: skip
    assert result["boundary"] == AREA


def test_the_engine_takes_it_as_it_is(platform: Platform) -> None:
    result = msgspec.convert(platform.ask("tree-preservation-order"), type=Held)
    assert result.references["tree-preservation-order"] == frozenset({"TPO1", "TPO2"})
    assert result.entities is not None
    assert result.entities[1].reference == "CA1"


def test_a_point_where_there_is_no_shape(platform: Platform) -> None:
    platform.datasets["conservation-area"] = [
        {"reference": 5, "geometry": None, "point": "POINT (1 52)", "entry-date": None}
    ]
    assert platform.ask()["entities"] == [
        {"reference": "5", "entry_date": "", "geometry": "POINT (1 52)"}
    ]


def test_what_has_ended_is_not_held_any_more(platform: Platform) -> None:
    platform.datasets["tree-preservation-order"] = platform.datasets["conservation-area"] = [
        {"reference": "ended", "end-date": "2024-01-02"},
        {"reference": "ends", "end-date": "2999-01-02"},
        {"reference": "goes on", "end-date": ""},
        {"reference": "open", "end-date": None},
    ]
    result = platform.ask("tree-preservation-order")
    assert result["references"] == {"tree-preservation-order": ["ends", "goes on", "open"]}
    assert result["entities"] is not None
    assert [one["reference"] for one in result["entities"]] == ["ends", "goes on", "open"]
    assert "end_date" in platform.queries[0]["field"]


def test_none_held_is_not_the_same_as_not_known(platform: Platform, site: Site) -> None:
    platform.datasets["conservation-area"] = []
    assert platform.ask()["entities"] == []
    site.pages["/entity.json"] = says(b"", 500)
    assert platform.ask("tree-preservation-order") == {
        "entities": None, "references": {}, "boundary": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"{}",
        b"[" * 9999,
        b'{"entities":[],"count":5}',
        b'{"entities":[{"a":1}],"count":9}',
    ],
)
def test_odd_answers_are_not_known(platform: Platform, site: Site, body: bytes) -> None:
    site.pages["/entity.json"] = says(body)
    assert platform.ask()["entities"] is None


def test_a_page_that_does_not_fit_is_asked_for_in_parts(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.fetching.visit.PAGE", 20_000)
    result = platform.ask()["entities"]
    assert result is not None
    assert len(result) == 1203
    assert {query.get("limit") for query in platform.queries} == {"500", "125", None}


def test_all_of_it_has_a_limit_of_bytes_and_of_time(
    platform: Platform, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entities, "BYTES", 60_000)
    assert platform.ask()["entities"] is None
    monkeypatch.setattr(entities, "SECONDS", 0.2)
    site.pages["/entity.json"] = lambda _: time.sleep(0.5)
    began = time.monotonic()
    assert platform.ask("tree-preservation-order")["references"] == {}
    assert time.monotonic() - began < 2


def test_only_the_server_of_the_settings_is_reached_where_it_is_private(platform: Platform) -> None:
    assert holdings(
        "http://nobody.invalid", organisation_entity=90, dataset="tree", rules=None
    ) == {
        "entities": None,
        "references": {},
        "boundary": None,
    }
    assert (
        holdings(platform.url, organisation_entity=90, dataset="conservation-area", rules=RULES)[
            "entities"
        ]
        is None
    )
    assert platform.queries == []
