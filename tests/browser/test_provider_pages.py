"""An officer's pages in a real browser, in the states that the tour of all pages does not meet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from performance_store.sample.reader import Sample
from tests.support import browser
from tests.support.real_store import real_app
from tests.support.servers import Filled

_CELL = """
SELECT o.organisation || '/' || d.dataset FROM summary s
JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id
WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND {} ORDER BY 1 LIMIT 1
"""
STATES = {
    "many endpoints": _CELL.format("s.endpoint_count > 1"),
    "needs improving": _CELL.format("s.status = 'needs_improving' AND s.fields_total > 0"),
    "live": _CELL.format("s.status = 'live'"),
    "not provided": _CELL.format("s.status = 'not_submitted'"),
    "not asked for": "SELECT o.organisation || '/' || d.dataset FROM organisation o "
    "CROSS JOIN dataset d WHERE NOT EXISTS (SELECT FROM summary s "
    "WHERE s.organisation_id = o.id AND s.dataset_id = d.id) ORDER BY 1 LIMIT 1",
    "ended body": "SELECT organisation FROM organisation WHERE end_date < '2026-08-21' LIMIT 1",
}


# What the browser says of answers that these tests ask for.
EXPECTED = ("status of 404",)


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=40, weeks=12))


@pytest.fixture(scope="module")
def places(module_engine: Engine) -> dict[str, str]:
    """A page's path for each state."""
    with module_engine.connect() as connection:
        paths = {name: connection.execute(text(sql)).scalar_one() for name, sql in STATES.items()}
    return {name: f"/organisations/{path}" for name, path in paths.items()}


@pytest.fixture(scope="module")
def site(
    module_engine: Engine, places: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    with browser.serving(real_app(tmp_path_factory.mktemp("site"), module_engine)) as address:
        yield address


def open_all_details(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true })")


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_in_any_state(
    page: Page, site: str, places: dict[str, str], state: str
) -> None:
    browser.open_page(page, site + places[state])
    open_all_details(page)
    browser.check_sizes(page)


@pytest.mark.parametrize(
    "query", ["?who=ended", "?q=xab&who=all&sort=rows", "?colour=red&region=zz", "?state=failing"]
)
def test_axe_finds_nothing_in_the_list(page: Page, site: str, query: str) -> None:
    page.set_viewport_size(browser.NARROW)  # type: ignore[arg-type]
    browser.open_page(page, f"{site}/organisations{query}")
    open_all_details(page)
    assert browser.axe_violations(page) == []
    assert browser.overflow(page) == 0


def test_an_unknown_organisation_is_told_with_ways_out(page: Page, site: str) -> None:
    browser.open_page(page, site + "/organisations/local-authority:NOBODY")
    expect(page.get_by_text("We cannot find an organisation called")).to_be_visible()
    expect(page.get_by_role("link", name="Find an organisation")).to_be_visible()
    assert browser.axe_violations(page) == []


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_what_is_drawn_is_where_it_can_be_seen(
    page: Page, site: str, places: dict[str, str], size: str
) -> None:
    page.set_viewport_size(browser.SIZES[size])  # type: ignore[arg-type]
    browser.open_page(page, site + places["needs improving"])
    for part in (".banner", ".breadcrumbs", ".lead .tag", ".stat-note", "td .tag", ".footer"):
        box = page.locator(part).first.bounding_box()
        assert box is not None, part
        assert box["x"] >= 0, part
        assert box["width"] > 24, part


def test_the_number_found_is_focused_and_announced(page: Page, site: str) -> None:
    browser.open_page(page, site + "/organisations")
    page.get_by_label("Name, abbreviation or code").fill("zzzzqq")
    page.keyboard.press("Enter")
    expect(page.locator("#results")).to_have_text("No authorities match")
    expect(page.locator("#results")).to_be_focused()
    expect(page.locator("#announcer")).to_have_text("No authorities match")


def test_another_date_to_compare_with_stays_in_the_address(
    page: Page, site: str, places: dict[str, str]
) -> None:
    overview = places["needs improving"].rsplit("/", 1)[0]
    browser.open_page(page, site + overview)
    browser.unfold(page)
    page.get_by_label("Compare with").fill("2026-07-25")
    page.get_by_role("button", name="Compare").click()
    expect(page).to_have_url(re.compile(r"since=2026-07-25"))
    expect(page.locator("#changes-heading")).to_be_focused()
    expect(page.locator("#changes-heading")).to_contain_text("since 24 July 2026")
    page.locator(".card-title a").first.click()
    expect(page).to_have_url(re.compile(r"/[a-z0-9-]+\?since=2026-07-25"))
    page.go_back()
    expect(page.get_by_label("Compare with")).to_have_value("2026-07-25")


def test_the_way_down_to_the_issues(page: Page, site: str, places: dict[str, str]) -> None:
    browser.open_page(page, site + places["needs improving"])
    page.get_by_role("link", name="See the issues to fix").click()
    expect(page.locator("#issues")).to_be_in_viewport()
    expect(page.locator("#page h1")).not_to_be_empty()


def test_figures_stay_readable_without_a_script(
    new_context: object, site: str, places: dict[str, str]
) -> None:
    page = new_context(java_script_enabled=False).new_page()  # type: ignore[operator]
    page.goto(site + places["many endpoints"])
    expect(page.locator("#facts .stat-value").first).to_be_visible()
    page.get_by_text("Endpoint 2 of").click()
    expect(page.locator("details[open]").first).to_be_visible()
