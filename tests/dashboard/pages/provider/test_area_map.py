"""The map of an authority's area: drawn, kept, and doing without when the places do not come."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from dashboard import create_app
from dashboard.data.wiring import read_state
from performance_store.database import connect
from performance_store.loading import load
from performance_store.sample.reader import Sample
from serving.holding import PUBLIC
from tests.support.servers import Filled
from tests.support.settings import settings_at

pytestmark = pytest.mark.postgres
NOT_HAD = "The places cannot be shown just now."
ENTITY = 4242


@dataclass
class Platform:
    """A server in the platform's place: counts what it is asked, answers as it is told."""

    url: str = ""
    requests: list[str] = field(default_factory=list)
    status: int = 200
    body: bytes = b""
    seconds: float = 0.0

    def gives(self, *geometries: Any) -> None:
        features = [{"geometry": item, "properties": {"name": "<b>x</b>"}} for item in geometries]
        self.status, self.body = 200, json.dumps({"features": features}).encode()


@pytest.fixture
def platform() -> Iterator[Platform]:
    source = Platform()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            source.requests.append(self.path)
            time.sleep(source.seconds)
            self.send_response(source.status)
            self.send_header("Content-Length", str(len(source.body)))
            self.end_headers()
            self.wfile.write(source.body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    source.url = f"http://127.0.0.1:{server.server_port}"
    source.gives({"type": "Point", "coordinates": [-1.0, 52.0]})
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield source
    server.shutdown()
    server.server_close()


SAMPLE = Sample(date(2026, 8, 21), authorities=20, weeks=4)


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(SAMPLE)


@pytest.fixture(scope="module")
def places(module_engine: Engine) -> tuple[str, str]:
    """An authority with a boundary and a number, and one with neither."""
    square = [[[-1.2, 51.9], [-0.8, 51.9], [-0.8, 52.1], [-1.2, 52.1], [-1.2, 51.9]]]
    with module_engine.begin() as connection:
        with_, without = connection.execute(
            text(
                "SELECT o.organisation FROM summary s JOIN organisation o "
                "ON o.id = s.organisation_id JOIN dataset d ON d.id = s.dataset_id "
                "WHERE s.snapshot_id = (SELECT id FROM current_snapshot) "
                "AND d.dataset = 'brownfield-land' AND s.endpoint_count > 0 ORDER BY 1 LIMIT 2"
            )
        ).scalars()
        connection.execute(text("UPDATE organisation SET entity = NULL"))
        connection.execute(
            text("UPDATE organisation SET entity = :n WHERE organisation = :o"),
            {"n": ENTITY, "o": with_},
        )
        connection.execute(
            text(
                "INSERT INTO organisation_boundary SELECT id, :g FROM organisation "
                "WHERE organisation = :o"
            ),
            {"g": json.dumps({"type": "Polygon", "coordinates": square}), "o": with_},
        )
    # A load draws the outlines that are not there yet, though its input is the same as before.
    assert load(module_engine, SAMPLE).state == "unchanged"
    return with_, without


def site(folder: Path, engine: Engine, url: str | None) -> FlaskClient:
    settings = settings_at(folder, entity_api_url=url)
    app = create_app(settings, connect=lambda: connect(engine), read_state=read_state)
    return app.server.test_client()


def map_of(organisation: str, dataset: str = "brownfield-land") -> str:
    return f"/organisations/{organisation}/{dataset}/map.svg"


def test_the_area_and_its_places_are_asked_for_once(
    tmp_path: Path, module_engine: Engine, places: tuple[str, str], platform: Platform
) -> None:
    client = site(tmp_path, module_engine, platform.url)
    first, again = client.get(map_of(places[0])), client.get(map_of(places[0]))
    assert (first.status_code, first.mimetype) == (200, "image/svg+xml")
    assert first.data == again.data
    assert b"h0" in first.data
    assert b"<b>" not in first.data
    assert first.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert first.headers["Cache-Control"] == PUBLIC
    labels = {"If-None-Match": first.headers["ETag"]}
    again = client.get(map_of(places[0]), headers=labels)
    assert (again.status_code, again.data) == (304, b"")
    policy = "Content-Security-Policy"
    assert again.headers[policy] == first.headers[policy]
    assert platform.requests == [
        f"/entity.geojson?organisation_entity={ENTITY}&dataset=brownfield-land&limit=500"
    ]


def test_when_the_places_do_not_come_the_area_is_drawn_and_nobody_asks_again_for_a_while(
    tmp_path: Path, module_engine: Engine, places: tuple[str, str], platform: Platform
) -> None:
    client = site(tmp_path, module_engine, platform.url)
    platform.status = 500
    for _ in range(3):
        answer = client.get(map_of(places[0]))
        assert answer.status_code == 200
        assert NOT_HAD in answer.text
        assert answer.text.count("<path") == 2
        assert answer.headers["Cache-Control"] == "private, max-age=60"
    assert len(platform.requests) == 1
    # Another dataset is another question.
    platform.gives()
    assert "has no places of this dataset" in client.get(map_of(places[0], "tree")).text


def test_a_slow_platform_delays_the_map_and_never_the_page(
    tmp_path: Path, module_engine: Engine, places: tuple[str, str], platform: Platform
) -> None:
    client = site(tmp_path, module_engine, platform.url)
    client.get(f"/organisations/{places[0]}")
    platform.seconds = 5
    began = time.monotonic()
    page = client.get(f"/organisations/{places[0]}/brownfield-land")
    assert page.status_code == 200
    assert platform.requests == []
    assert map_of(places[0]) in page.text
    assert time.monotonic() - began < 4
    began = time.monotonic()
    assert NOT_HAD in client.get(map_of(places[0])).text
    assert 2.5 < time.monotonic() - began < 4.5


def test_without_a_source_the_boundary_stands_alone(
    tmp_path: Path, module_engine: Engine, places: tuple[str, str]
) -> None:
    client = site(tmp_path, module_engine, None)
    answer = client.get(map_of(places[0]))
    assert answer.status_code == 200
    assert NOT_HAD not in answer.text
    page = client.get(f"/organisations/{places[0]}/brownfield-land").text
    assert 'loading="lazy"' in page
    assert "The outline of the area. The places in the data are not known here." in page


def test_whoever_has_neither_has_no_map(
    tmp_path: Path, module_engine: Engine, places: tuple[str, str], platform: Platform
) -> None:
    client = site(tmp_path, module_engine, platform.url)
    assert client.get(map_of(places[1])).status_code == 404
    assert "map.svg" not in client.get(f"/organisations/{places[1]}/brownfield-land").text
    assert platform.requests == []


@pytest.mark.parametrize(
    "path",
    [
        map_of("local-authority:NOBODY"),
        map_of("local-authority%3AX%2500"),
        map_of("x%00"),
        map_of("{0}", "no-such-dataset"),
        map_of("{0}", "a%252Fb"),
    ],
)
def test_unknown_maps_are_not_found_and_nobody_is_asked(
    tmp_path: Path,
    module_engine: Engine,
    places: tuple[str, str],
    platform: Platform,
    path: str,
) -> None:
    client = site(tmp_path, module_engine, platform.url)
    assert client.get(path.format(places[0])).status_code == 404
    assert platform.requests == []


def test_places_alone_make_a_map_and_nothing_at_all_a_sentence(
    tmp_path: Path, module_engine: Engine, places: tuple[str, str], platform: Platform
) -> None:
    with module_engine.begin() as connection:
        connection.execute(
            text("UPDATE organisation SET entity = 77 WHERE organisation = :o"), {"o": places[1]}
        )
    client = site(tmp_path, module_engine, platform.url)
    assert "h0" in client.get(map_of(places[1])).text
    platform.status = 503
    assert NOT_HAD in client.get(map_of(places[1], "tree")).text
    page = client.get(f"/organisations/{places[1]}/brownfield-land").text
    assert "The places in the data, as the platform holds them." in page
    assert (
        f'href="{platform.url}/entity/?organisation_entity=77&amp;dataset=brownfield-land"' in page
    )
    with module_engine.begin() as connection:
        connection.execute(text("UPDATE organisation SET entity = NULL WHERE entity = 77"))
