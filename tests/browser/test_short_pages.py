"""Pages are short, and what is folded up is one step away: heights, folds, menus, addresses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from dashboard.urls import addresses
from performance_store.sample.reader import Sample
from tests.support import browser
from tests.support.real_store import real_app
from tests.support.servers import Filled

TALLEST = 6_000
MIDDLE = """
WITH standing AS (
    SELECT o.organisation, count(*) FILTER (WHERE s.endpoint_count > 0) AS provided
    FROM summary s JOIN organisation o ON o.id = s.organisation_id
    WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.is_lpa GROUP BY 1
)
SELECT organisation FROM standing ORDER BY provided, organisation
OFFSET (SELECT count(*) / 2 FROM standing) LIMIT 1
"""


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=40, weeks=12))


@pytest.fixture(scope="module")
def place(module_engine: Engine) -> str:
    """The page of the authority in the middle, by how many datasets it provides."""
    with module_engine.connect() as connection:
        return f"/organisations/{connection.execute(text(MIDDLE)).scalar_one()}"


@pytest.fixture(scope="module")
def site(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with browser.serving(real_app(tmp_path_factory.mktemp("site"), module_engine)) as address:
        yield address


def height(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollHeight"))


def open_narrow(page: Page, address: str) -> None:
    page.set_viewport_size(browser.NARROW)  # type: ignore[arg-type]
    browser.open_page(page, address)


def test_the_two_main_pages_are_short_on_a_phone(page: Page, site: str, place: str) -> None:
    for path in (place, "/national"):
        open_narrow(page, site + path)
        folded = height(page)
        page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true })")
        assert folded <= TALLEST, path
        # It is the folds that make it short.
        assert height(page) > TALLEST, path


_ISSUE = """
SELECT o.organisation, d.dataset, t.issue_type, nullif(s.field, '')
FROM issue_summary s JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id JOIN issue_type t ON t.id = s.issue_type_id
WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.severity = 'error'
ORDER BY s.problems DESC LIMIT 1
"""


def test_long_pages_of_the_country_and_of_an_issue_are_folded(
    page: Page, site: str, module_engine: Engine
) -> None:
    with module_engine.connect() as connection:
        issue = addresses.issue(*connection.execute(text(_ISSUE)).one())
    for path in ("/national/trends?set=any", "/datasets/tree?set=any", issue):
        open_narrow(page, site + path)
        browser.draw_charts(page)
        assert height(page) <= 6_500, path


def test_a_list_shows_ten_and_the_rest_opens(page: Page, site: str) -> None:
    open_narrow(page, f"{site}/datasets/tree?set=any")
    rows = page.locator("#authorities tbody tr")
    expect(rows).to_have_count(25)
    expect(rows.nth(9)).to_be_visible()
    expect(rows.nth(10)).to_be_hidden()
    page.locator("#authorities").get_by_text("15 more authorities").click()
    expect(rows.nth(24)).to_be_visible()


def test_cohorts_are_drawn_once_they_are_opened(page: Page, site: str) -> None:
    browser.open_page(page, f"{site}/national/trends?set=any")
    fold = page.locator("#cohorts")
    title = fold.get_by_role("heading", name="Cohorts side by side")
    expect(title).to_be_visible()
    expect(fold.locator(".js-plotly-plot")).to_have_count(0)
    title.click()
    expect(fold.locator(".js-plotly-plot .scatterlayer .trace").first).to_be_visible(timeout=15_000)


CUT = """() => [...document.querySelectorAll("#page .stats")].flatMap(stats => {
  const edge = stats.getBoundingClientRect().right + 1;
  const outside = one => one.getBoundingClientRect().right > edge;
  return [...stats.querySelectorAll("*")].filter(outside).map(one => one.textContent);
})"""


@pytest.mark.parametrize("width", [390, 320])
def test_no_figure_is_cut_at_the_edge(page: Page, site: str, place: str, width: int) -> None:
    for path in ("/national?set=to-provide", "/", place):
        page.set_viewport_size({"width": width, "height": 800})
        browser.open_page(page, site + path)
        # Where the country is larger than this sample's, and letters are wide.
        page.evaluate(
            """() => document.querySelectorAll("#page .stat-value").forEach(value => {
              value.textContent = "1,182 of 3,220"; })"""
        )
        assert page.evaluate(CUT) == [], path


def test_the_first_step_is_in_sight_with_the_name(page: Page, site: str, place: str) -> None:
    for path in (place, f"{place}/brownfield-land"):
        open_narrow(page, site + path)
        expect(page.locator("#page h1")).to_be_in_viewport()
        expect(page.locator("#next :is(li, p)").first).to_be_in_viewport(ratio=0.3)


@pytest.mark.parametrize("path", ["", "/national"])
def test_axe_finds_nothing_folded_or_open(page: Page, site: str, place: str, path: str) -> None:
    browser.open_page(page, site + (path or place))
    browser.check_sizes(page, "narrow")
    page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true })")
    browser.check_sizes(page, "wide", "narrow")


def test_a_menu_opens_and_closes_by_keyboard(page: Page, site: str) -> None:
    browser.open_page(page, f"{site}/national")
    menu = page.locator("#figures .menu")
    csv = menu.get_by_role("link", name="CSV of the figures that matter")
    expect(csv).to_be_hidden()
    menu.locator("summary").first.focus()
    page.keyboard.press("Enter")
    expect(csv).to_be_visible()
    page.keyboard.press("Tab")
    expect(csv).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(csv).to_be_hidden()


def test_an_address_opens_what_it_points_to(page: Page, site: str, place: str) -> None:
    browser.open_page(page, f"{site}/national#region")
    expect(page.locator("#region table")).to_be_visible()
    expect(page.locator("#region")).to_be_in_viewport()
    expect(page.locator("#cohort table")).to_be_hidden()
    page.evaluate("location.hash = 'cohort'")
    expect(page.locator("#cohort table")).to_be_visible()
    # And where Dash goes there without loading the page anew.
    browser.open_page(page, site + place)
    page.evaluate(
        "path => { const a = document.createElement('a'); a.href = path; a.textContent = 'Go';"
        " document.querySelector('#main').prepend(a) }",
        "/national#region",
    )
    page.get_by_role("link", name="Go", exact=True).click()
    expect(page.locator("#region table")).to_be_visible()
    expect(page.locator("#region-heading")).to_be_focused()


def test_folds_and_menus_need_no_script(new_context: object, site: str, place: str) -> None:
    page = new_context(java_script_enabled=False).new_page()  # type: ignore[operator]
    page.goto(site + place)
    expect(page.locator("#about dl")).to_be_hidden()
    page.locator("#about summary").click()
    expect(page.locator("#about dl")).to_be_visible()
    page.goto(f"{site}/national")
    page.locator("#figures .menu > summary").click()
    expect(page.locator("#figures .menu").get_by_role("link", name="Link")).to_be_visible()
