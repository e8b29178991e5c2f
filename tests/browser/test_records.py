"""Records of the platform in a real browser: the table, the map that zooms and moves, and the whole
record on a row with an issue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Engine, text

from dashboard import create_app
from dashboard.data.wiring import read_state
from dashboard.urls import addresses
from performance_store.database import connect
from performance_store.sample.reader import Sample
from tests.support import browser
from tests.support.entity_api import HOSTILE, EntityApi, entity, serving_entities
from tests.support.servers import Filled
from tests.support.settings import settings_at

NUMBER = 4242
DATASET = "article-4-direction-area"
ISSUE = """
SELECT o.organisation, t.issue_type, s.field, min(i.entity) FROM issue_summary s
JOIN organisation o ON o.id = s.organisation_id JOIN dataset d ON d.id = s.dataset_id
JOIN issue_type t ON t.id = s.issue_type_id
JOIN resource_use u ON u.organisation_id = o.id AND u.dataset_id = d.id
JOIN issue i ON i.dataset_id = d.id AND i.resource_id = u.resource_id
    AND i.issue_type_id = t.id AND i.field = s.field
WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.severity = 'error'
    AND d.dataset = :d AND i.entity IS NOT NULL
GROUP BY 1, 2, 3 HAVING count(*) > 2 ORDER BY 1, 2, 3 LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Site:
    """A running application, the platform it asks, and two of its pages."""

    address: str
    api: EntityApi
    records: str
    issue: str
    number: int


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=40, weeks=4))


@pytest.fixture(scope="module")
def site(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with module_engine.begin() as connection:
        row = connection.execute(text(ISSUE), {"d": DATASET}).one()
        connection.execute(
            text("UPDATE organisation SET entity = :n WHERE organisation = :o"),
            {"n": NUMBER, "o": row[0]},
        )
    with serving_entities() as api:
        api.entities = [entity(number, NUMBER, DATASET) for number in range(1, 121)]
        api.entities.append(entity(row[3], NUMBER, DATASET, name=HOSTILE))
        settings = settings_at(tmp_path_factory.mktemp("site"), entity_api_url=api.url)
        app = create_app(settings, connect=lambda: connect(module_engine), read_state=read_state)
        issue = addresses.issue(row[0], DATASET, row[1], row[2])
        with browser.serving(app) as address:
            yield Site(address, api, addresses.records(row[0], DATASET), issue, row[3])


def view_box(svg: Locator) -> list[float]:
    return [float(number) for number in (svg.get_attribute("viewBox") or "").split()]


@pytest.fixture
def svg(page: Page, site: Site) -> Locator:
    """The map on the page of records, with its buttons."""
    page.set_viewport_size(browser.SIZES["wide"])  # type: ignore[arg-type]
    browser.open_page(page, site.address + site.records)
    expect(page.get_by_role("button", name="Zoom in")).to_be_visible()
    svg = page.locator("svg.shape-map")
    svg.scroll_into_view_if_needed()
    return svg


def test_axe_finds_nothing(page: Page, site: Site) -> None:
    browser.open_page(page, site.address + site.records)
    expect(page.get_by_role("button", name="Zoom in")).to_be_visible()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    browser.check_sizes(page)
    for last in ("list", "map", "3"):
        page.goto(f"{site.address}{site.records}/{last}")
        browser.check_sizes(page)


def test_the_table_is_paged_within_the_page(page: Page, site: Site) -> None:
    browser.open_page(page, site.address + site.records)
    expect(page.get_by_text("Showing 1 to 50 of 121 records")).to_be_visible()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("Showing 51 to 100 of 121 records")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/records\?page=2#records$"))
    expect(page.get_by_role("link", name="51 whole record of Place 51")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Showing 1 to 50 of 121 records")).to_be_visible()


def test_buttons_and_keys_zoom_and_move_the_map(page: Page, svg: Locator) -> None:
    left, top, width, height = view_box(svg)
    zoom = page.get_by_role("button", name="Zoom in")
    zoom.focus()
    page.keyboard.press("Enter")
    assert view_box(svg) == [left + width / 4, top + height / 4, width / 2, height / 2]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    assert view_box(svg) == [left + width * 3 / 8, top + height / 8, width / 2, height / 2]
    expect(page.locator("#announcer")).to_have_text(re.compile(r"Zoomed in 2 times\. \d+ of 121"))
    for _ in range(9):
        page.keyboard.press("+")
    assert view_box(svg)[2] == width / 32
    page.get_by_role("button", name="Whole map").click()
    assert view_box(svg) == [left, top, width, height]
    page.get_by_role("button", name="Move left").click()
    assert view_box(svg) == [left, top, width, height]


def test_few_shapes_in_sight_are_links_for_the_keyboard(page: Page, svg: Locator) -> None:
    zoom, links = page.get_by_role("button", name="Zoom in"), page.locator(".shape-map-line a")
    expect(links).to_have_count(0)
    for _ in range(3):
        zoom.click()
    for _ in range(8):
        if links.count():
            break
        page.get_by_role("button", name="Move up").click()
    words = links.first.inner_text()
    links.first.focus()
    page.keyboard.press("Enter")
    number = words.rpartition(" ")[2]
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Record {number}")


def test_a_mouse_moves_the_map_and_a_click_leads_to_the_record(
    page: Page, site: Site, svg: Locator
) -> None:
    page.get_by_role("button", name="Zoom in").click()
    svg.evaluate("item => item.scrollIntoView({ block: 'start' })")
    before, box = view_box(svg), svg.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + 200
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 50, y - 30, steps=4)
    page.mouse.up()
    after = view_box(svg)
    assert after[0] > before[0]
    assert after[1] > before[1]
    # Whoever moved the map is where they were.
    assert page.url == site.address + site.records
    page.get_by_role("button", name="Whole map").click()
    svg.locator("a").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"Record \d+: "))
    expect(page.get_by_text("entry-date")).to_be_visible()


def test_the_whole_record_opens_on_its_row(page: Page, site: Site) -> None:
    asks = len(site.api.requests)
    browser.open_page(page, site.address + site.issue)
    row = page.get_by_role("row").filter(has_text=str(site.number)).first
    # No record is asked for before somebody opens it.
    assert len(site.api.requests) == asks
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(row.locator("dl").get_by_text(HOSTILE)).to_be_visible()
    expect(row.get_by_text("shape (multipolygon")).to_be_visible()
    # Where it lies stands there too.
    svg = row.locator("svg.shape-map")
    width = view_box(svg)[2]
    row.get_by_role("button", name="Zoom in").click()
    assert view_box(svg)[2] == width / 2
    assert page.locator("img[src=x]").count() == 0
    # It is kept: another test may have asked for it before.
    assert set(site.api.requests[asks:]) <= {f"/entity/{site.number}.json"}
    assert f"/entity/{site.number}.json" in site.api.requests
    browser.check_sizes(page)


def test_it_all_works_without_a_script(new_context: Any, site: Site) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(site.address + site.records.rpartition("/")[0])
    page.get_by_role("link", name="See the records that the platform holds").click()
    page.get_by_role("link", name="Show the records").click()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("Page 2 of 3.")).to_be_visible()
    page.get_by_role("link", name="51 whole record").click()
    expect(page.get_by_role("heading", name="Record 51: Place 51")).to_be_visible()
    page.get_by_role("link", name="Records", exact=True).click()
    page.get_by_role("link", name="Show the map").click()
    expect(page.locator("svg.shape-map a")).to_have_count(121)
    page.goto(site.address + site.issue)
    row = page.get_by_role("row").filter(has_text=str(site.number)).first
    row.locator("summary").click()
    row.get_by_role("link", name=f"Open record {site.number}").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(HOSTILE)


def test_a_platform_that_fails_leaves_the_page_whole(page: Page, site: Site) -> None:
    site.api.status = 500
    try:
        browser.open_page(page, f"{site.address}{site.records}?page=3")
        expect(page.get_by_text("The platform did not answer").first).to_be_visible()
        expect(page.get_by_role("link", name="Try again").first).to_be_visible()
    finally:
        site.api.status = 200
