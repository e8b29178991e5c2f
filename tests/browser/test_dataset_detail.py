"""One dataset of one organisation in a real browser: many endpoints, a long failure, the map."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from dashboard import create_app
from dashboard.data.wiring import read_state
from performance_store.database import connect
from performance_store.sample.reader import Sample
from tests.support import browser
from tests.support.changes import change, current
from tests.support.servers import Filled
from tests.support.settings import settings_at

HOSTILE = "<img src=x onerror=alert(1)>"
NOW = "(SELECT id FROM current_snapshot)"
CELL = (
    "SELECT s.organisation_id, s.dataset_id, o.organisation, d.dataset FROM summary s "
    "JOIN organisation o ON o.id = s.organisation_id JOIN dataset d ON d.id = s.dataset_id "
    f"WHERE s.snapshot_id = {NOW} AND d.typology = 'geography' AND s.endpoint_count > 0 "
    "AND {} ORDER BY 3, 4 LIMIT 1"
)
SEVEN = """
WITH made AS (
    INSERT INTO endpoint (endpoint, endpoint_url, entry_date)
    SELECT 'many-' || n, CASE n WHEN 3 THEN :hostile ELSE 'https://many.example/' || n END,
        DATE '2020-01-01' + n
    FROM generate_series(1, 6) n RETURNING id
)
INSERT INTO {rows} (organisation_id, dataset_id, endpoint_id, is_primary,
    attempted, success, http_status, failing_since, resource_current, access_band, shared_with)
SELECT :o, :d, id, false, true, false, '404', DATE '2025-12-17', false, 'long_broken', 0
FROM made
"""


@pytest.fixture(scope="module")
def platform() -> Iterator[str]:
    """A server in the platform's place."""
    place = {"type": "Point", "coordinates": [-1.0, 52.0]}
    body = json.dumps({"features": [{"geometry": place, "properties": {"name": HOSTILE}}]}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=40, weeks=12))


@pytest.fixture(scope="module")
def places(module_engine: Engine) -> dict[str, str]:
    """A page's path for each state."""
    paths = {}
    with module_engine.begin() as connection:
        for state, which in (
            ("seven endpoints", "s.endpoint_count = 1 AND s.status = 'live'"),
            ("failing", "s.status = 'error' AND s.access_band = 'long_broken'"),
            ("fields missing", "s.status = 'needs_improving' AND s.fields_supplied < 6"),
        ):
            o, d, organisation, dataset = connection.execute(text(CELL.format(which))).one()
            paths[state] = f"/organisations/{organisation}/{dataset}"
            if state == "seven endpoints":
                change(
                    connection,
                    "endpoint_interval",
                    current(connection),
                    SEVEN,
                    o=o,
                    d=d,
                    hostile=HOSTILE,
                )
                paths["map"] = paths[state]
        square = [[[-1.2, 51.9], [-0.8, 51.9], [-0.8, 52.1], [-1.2, 52.1], [-1.2, 51.9]]]
        connection.execute(
            text("INSERT INTO organisation_boundary SELECT id, :g FROM organisation"),
            {"g": json.dumps({"type": "Polygon", "coordinates": square})},
        )
        nothing = connection.execute(
            text(
                "SELECT o.organisation || '/' || d.dataset FROM summary s "
                "JOIN organisation o ON o.id = s.organisation_id "
                "JOIN dataset d ON d.id = s.dataset_id "
                f"WHERE s.snapshot_id = {NOW} AND s.status = 'not_submitted' "
                "AND d.dataset = 'tree' ORDER BY 1 LIMIT 1"
            )
        ).scalar_one()
    return {**paths, "nothing": f"/organisations/{nothing}"}


@pytest.fixture(scope="module")
def site(
    module_engine: Engine,
    places: dict[str, str],
    platform: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    settings = settings_at(tmp_path_factory.mktemp("site"), entity_api_url=platform)
    app = create_app(settings, connect=lambda: connect(module_engine), read_state=read_state)
    with browser.serving(app) as address:
        yield address


@pytest.mark.parametrize("state", ["seven endpoints", "failing", "fields missing", "nothing"])
def test_axe_finds_nothing_with_everything_open(
    page: Page, site: str, places: dict[str, str], state: str
) -> None:
    browser.open_page(page, site + places[state])
    page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true })")
    browser.check_sizes(page)


def test_the_older_of_many_endpoints_open_by_keyboard_and_hold_text_only(
    page: Page, site: str, places: dict[str, str]
) -> None:
    browser.open_page(page, site + places["seven endpoints"])
    expect(page.get_by_role("heading", name="7 endpoints")).to_be_visible()
    hidden = page.get_by_text("Endpoint 2 of 7")
    expect(hidden).to_be_hidden()
    page.get_by_text("6 more endpoints: 6 long broken").focus()
    page.keyboard.press("Enter")
    expect(hidden).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true })")
    expect(page.get_by_text(HOSTILE)).to_be_visible()
    assert page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_the_map_is_drawn_when_it_comes_into_view(
    page: Page, site: str, places: dict[str, str], size: str
) -> None:
    page.set_viewport_size(browser.SIZES[size])  # type: ignore[arg-type]
    browser.open_page(page, site + places["map"])
    picture = page.locator("#map img")
    picture.scroll_into_view_if_needed()
    assert (picture.get_attribute("alt") or "").startswith("Map of ")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("item => item.naturalWidth") == 1000
    box = picture.bounding_box()
    assert box is not None
    assert 200 < box["width"] <= 600


def test_the_map_stays_when_the_page_is_come_to_by_a_link(
    page: Page, site: str, places: dict[str, str]
) -> None:
    overview, _, dataset = places["map"].rpartition("/")
    browser.open_page(page, site + overview)
    page.locator(f'a[href="{overview}/{dataset}"]').first.click()
    picture = page.locator("#map img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_attribute("loading", "lazy")
    expect(picture).to_have_js_property("naturalWidth", 1000)


def test_a_page_without_a_script_has_it_all(
    new_context: Any, site: str, places: dict[str, str]
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(site + places["fields missing"])
    page.get_by_text("All ").get_by_text("fields").first.click()
    expect(page.get_by_role("table", name="All fields")).to_be_visible()
    expect(page.locator("#map img")).to_be_attached()
