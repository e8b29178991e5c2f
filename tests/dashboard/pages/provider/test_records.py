"""Records of the platform: a page that waits for nobody, and the requests that ask."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from dashboard import create_app
from dashboard.data.wiring import read_state
from dashboard.urls import addresses
from performance_store.database import connect
from performance_store.projection import Projection
from performance_store.sample.reader import Sample
from tests.support.entity_api import HOSTILE, EntityApi, entity, serving_entities
from tests.support.servers import Filled
from tests.support.settings import settings_at

pytestmark = pytest.mark.postgres
NUMBER = 4242
DATASET = "article-4-direction-area"
SORRY = "The platform did not answer, or not as it should."
ISSUE = """
SELECT o.organisation, d.dataset, t.issue_type, s.field FROM issue_summary s
JOIN organisation o ON o.id = s.organisation_id JOIN dataset d ON d.id = s.dataset_id
JOIN issue_type t ON t.id = s.issue_type_id
WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.severity = 'error'
    AND d.dataset = :d AND EXISTS (SELECT FROM issue i JOIN resource_use u USING (dataset_id,
    resource_id) WHERE u.organisation_id = o.id AND i.dataset_id = d.id AND i.issue_type_id = t.id
    AND i.entity IS NOT NULL) ORDER BY 1, 3, 4 LIMIT 1
"""

BOUNDARY = """
INSERT INTO organisation_boundary SELECT id, '{"type": "Point", "coordinates": [-1, 52]}'
FROM organisation WHERE organisation = :o ON CONFLICT DO NOTHING
"""
OUTLINE = """
INSERT INTO outline (organisation_id, height, x_zero, y_zero, x_per_degree, y_per_degree, path)
SELECT id, :height, :x_zero, :y_zero, :x_per_degree, :y_per_degree, 'M9 9h900v900z'
FROM organisation WHERE organisation = :o
ON CONFLICT (organisation_id) DO UPDATE SET height = excluded.height, x_zero = excluded.x_zero,
    y_zero = excluded.y_zero, x_per_degree = excluded.x_per_degree,
    y_per_degree = excluded.y_per_degree, path = excluded.path
"""
# Around the squares of `entity`.
AROUND = Projection.of((-1.3, 51.8, -0.8, 52.2))


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=40, weeks=4))


@pytest.fixture(scope="module")
def issue(module_engine: Engine) -> tuple[str, str, str, str]:
    """An issue whose rows have numbers, of an authority that the platform knows."""
    with module_engine.begin() as connection:
        row = connection.execute(text(ISSUE), {"d": DATASET}).one()
        connection.execute(text("UPDATE organisation SET entity = NULL"))
        connection.execute(
            text("UPDATE organisation SET entity = :n WHERE organisation = :o"),
            {"n": NUMBER, "o": row[0]},
        )
        connection.execute(text(BOUNDARY), {"o": row[0]})
        connection.execute(text(OUTLINE), asdict(AROUND) | {"o": row[0]})
    return row[0], row[1], row[2], row[3]


@pytest.fixture
def where(issue: tuple[str, ...]) -> tuple[str, str]:
    return issue[0], issue[1]


@pytest.fixture
def api() -> Iterator[EntityApi]:
    with serving_entities() as server:
        server.entities = [entity(number, NUMBER, DATASET) for number in range(1, 121)]
        yield server


def site(folder: Path, engine: Engine, url: str | None) -> FlaskClient:
    settings = settings_at(folder, entity_api_url=url)
    app = create_app(settings, connect=lambda: connect(engine), read_state=read_state)
    return app.server.test_client()


@pytest.fixture
def client(tmp_path: Path, module_engine: Engine, api: EntityApi) -> FlaskClient:
    return site(tmp_path, module_engine, api.url)


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_page_waits_for_nobody(
    client: FlaskClient, api: EntityApi, where: tuple[str, str]
) -> None:
    api.seconds = 5
    page = client.get(addresses.records(*where) + "?page=2")
    assert page.status_code == 200
    assert f'data-part="{addresses.record_list(*where, 2)}"' in page.text
    assert f'href="{addresses.record_list(*where, 2)}"' in page.text
    assert f'href="{addresses.record_map(*where)}"' in page.text
    dataset = client.get(addresses.dataset(*where))
    assert f'href="{addresses.records(*where)}"' in dataset.text
    assert api.requests == []


def test_pages_of_records_are_asked_for_once(
    client: FlaskClient, api: EntityApi, where: tuple[str, str]
) -> None:
    first, again = (client.get(addresses.record_list(*where)) for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.headers["Cache-Control"] == "private, no-store"
    assert "Showing 1 to 50 of 120 records" in first.text
    assert "Page 1 of 3." in first.text
    last = client.get(addresses.record_list(*where, 3)).text
    assert "Showing 101 to 120 of 120 records" in last
    assert f'href="{addresses.record_list(*where, 2)}"' in last
    assert f'href="{addresses.record(*where, 101)}"' in last
    query = f"/entity.json?organisation_entity={NUMBER}&dataset={DATASET}&limit=50"
    assert api.requests == [f"{query}&offset=0", f"{query}&offset=100"]


def test_all_fields_are_there_shapes_are_told_and_nothing_runs(
    client: FlaskClient, api: EntityApi, where: tuple[str, str]
) -> None:
    odd = {"name": HOSTILE, "site": "javascript:alert(1)", "url": "https://a.example/x", HOSTILE: 1}
    api.entities = [entity(1, NUMBER, DATASET, **odd)]
    for page in (
        client.get(addresses.record_list(*where)),
        client.get(addresses.record(*where, 1)),
    ):
        assert "<img" not in page.text
        assert 'href="javascript' not in page.text
        assert 'href="https://a.example/x"' in page.text
        words = words_of(page.text)
        for word in ("organisation-entity", "entry-date", "2024-03-01", "shape (multipolygon, "):
            assert word in words
        assert "MULTIPOLYGON" not in page.text
    assert "Blank in all of these: end-date." in words_of(
        client.get(addresses.record_list(*where)).text
    )


def test_the_map_leads_from_each_shape_to_its_record(
    client: FlaskClient, api: EntityApi, where: tuple[str, str]
) -> None:
    api.entities[0]["name"] = HOSTILE
    page = client.get(addresses.record_map(*where)).text
    assert "120 records are on the map." in page
    for number in (1, 77, 120):
        assert f'href="{addresses.record(*where, number)}"' in page
    assert "<img" not in page
    assert client.get(addresses.record_map(*where)).text.count("<path") == page.count("<path")
    assert len(api.requests) == 1


@pytest.mark.parametrize(
    ("fault", "value"),
    [
        ("status", 500),
        ("status", 301),
        ("body", b"<html>Sorry</html>"),
        ("body", b'{"entities": [{"entity": 1'),
        ("body", b'{"entities": 7, "features": 7, "count": "many"}'),
        ("body", b'[["entity", 3]]'),
        ("body", b"\xff\xfe"),
        ("body", b"[" * 100_000),
        ("body", b" " * 5_100_000),
        ("missing", 9),
    ],
)
@pytest.mark.parametrize("which", ["list", "map", "1"])
def test_a_platform_that_fails_is_told_in_a_sentence_and_left_alone_for_a_while(
    client: FlaskClient,
    api: EntityApi,
    where: tuple[str, str],
    which: str,
    fault: str,
    value: Any,
) -> None:
    setattr(api, fault, value)
    for _ in range(2):
        page = client.get(f"{addresses.records(*where)}/{which}")
        assert page.status_code == 200
        assert SORRY in page.text
        assert "Try again" in page.text
    assert len(api.requests) == 1


def test_a_slow_platform_is_waited_for_three_seconds(
    client: FlaskClient, api: EntityApi, where: tuple[str, str]
) -> None:
    client.get(addresses.records(*where))
    api.seconds = 5
    began = time.monotonic()
    assert SORRY in client.get(addresses.record_list(*where)).text
    assert 2.5 < time.monotonic() - began < 4.5


def test_what_is_not_there_is_told(
    client: FlaskClient, api: EntityApi, where: tuple[str, str]
) -> None:
    gone = client.get(addresses.record(*where, 999)).text
    assert "The platform has no record of the number 999 any more." in gone
    far = client.get(addresses.record_list(*where, 9)).text
    assert "There is no page 9: the records are on 3 pages." in far
    assert f'href="{addresses.record_list(*where, 3)}"' in far
    api.entities = [entity(7, 1, DATASET), entity(8, NUMBER, "tree")]
    assert "holds no records of this dataset" in client.get(addresses.record_list(*where, 4)).text
    assert "no shapes of these records" in client.get(addresses.record_map(*where)).text
    assert "as another organisation’s" in client.get(addresses.record(*where, 7)).text
    assert client.get(addresses.record(*where, 8)).status_code == 404
    api.body = json.dumps({"entity": 12, "name": "New", "dataset": DATASET}).encode()
    assert "as record 12 now" in client.get(addresses.record(*where, 11)).text


def test_a_record_is_drawn_where_it_lies(
    client: FlaskClient, api: EntityApi, where: tuple[str, str]
) -> None:
    """Within the authority's boundary, or by itself where it lies outside of it."""
    api.entities = [
        entity(1, NUMBER, DATASET),
        entity(2, NUMBER, DATASET, geometry="POINT (-5.1 50.2)"),
        entity(3, NUMBER, DATASET, geometry="POINT (100 0)"),
        entity(4, NUMBER, DATASET, geometry=""),
    ]
    inside, outside, far, without = (
        client.get(addresses.record(*where, number)).text.partition("<main")[2]
        for number in (1, 2, 3, 4)
    )
    assert "The pale area is that of the authority." in words_of(inside)
    assert inside.count("<path") == 2
    assert "1.4 km from west to east, 1.1 km from south to north" in words_of(inside)
    assert "It lies at latitude 50.2000 and longitude -5.1000." in words_of(outside)
    assert "outside the boundary of the authority" in words_of(outside)
    assert outside.count("<circle") == 1
    assert outside.count("<path") == 0
    assert "far from England: there is no map" in words_of(far)
    assert "shape-map" not in far + without
    assert f'href="{addresses.record(*where, 1)}"' in inside
    assert len(api.requests) == 4


@pytest.mark.parametrize("page", ["abc", "0", "-1", "9999999999", "1.5"])
def test_a_page_that_is_no_number_is_the_first(
    client: FlaskClient, api: EntityApi, where: tuple[str, str], page: str
) -> None:
    for path in (addresses.records(*where), addresses.record_list(*where)):
        answer = client.get(f"{path}?page={page}")
        assert answer.status_code == 200
        assert f"“{page}” is not a page that can be chosen here." in answer.text
    assert all(address.endswith("offset=0") for address in api.requests)


@pytest.mark.parametrize(
    "path",
    [
        "/organisations/local-authority:NOBODY/tree/records",
        "/organisations/{}/no-such-dataset/records",
        "/organisations/{}/no-such-dataset/records/list",
        "/organisations/{}/tree/records/abc",
        "/organisations/{}/tree/records/0",
        "/organisations/{}/tree/records/007",
        "/organisations/{}/tree/records/%00",
        "/organisations/{}/tree/records/..%2f..%2fadmin",
        "/organisations/{}/tree/records/99999999999999999999",
    ],
)
def test_unknown_addresses_are_not_found_and_nobody_is_asked(
    client: FlaskClient, api: EntityApi, where: tuple[str, str], path: str
) -> None:
    assert client.get(path.format(where[0])).status_code == 404
    assert api.requests == []


def test_an_issue_has_the_whole_record_of_each_row(
    client: FlaskClient, api: EntityApi, issue: tuple[str, str, str, str]
) -> None:
    page = client.get(addresses.issue(*issue))
    links = re.findall(rf'data-part="({addresses.records(*issue[:2])}/\d+)"', page.text)
    assert links
    assert f'href="{links[0]}"' in page.text
    assert api.requests == []


def test_without_a_source_nothing_is_said_of_records(
    tmp_path: Path, module_engine: Engine, issue: tuple[str, str, str, str]
) -> None:
    client = site(tmp_path, module_engine, None)
    for path in (addresses.issue(*issue), addresses.dataset(*issue[:2])):
        page = client.get(path)
        assert page.status_code == 200
        assert "/records" not in page.text
    for last in ("", "/list", "/map", "/3"):
        answer = client.get(f"{addresses.records(*issue[:2])}{last}")
        assert answer.status_code == 404
        assert "This site does not show the platform’s records." in answer.text
