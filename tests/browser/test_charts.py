"""Charts in a real browser: drawn when they are near, read by keyboard, the same dates in all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from dashboard.data.door import StoreState
from dashboard.pages import PAGES
from tests.support import browser, chart_page
from tests.support.fake_store import FakeStore, make_app
from tests.support.pages import TestPage

EXPECTED = ("status of 404", "net::ERR_FAILED")
RANGES = "[...document.querySelectorAll('.js-plotly-plot')].map(g => g._fullLayout.xaxis.range)"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = FakeStore(StoreState("1", date(2026, 3, 1), "sample"))
    pages = (chart_page, TestPage("/plain", NAV="Plain"), *PAGES)
    with browser.serving(make_app(tmp_path_factory.mktemp("site"), store, pages=pages)) as address:
        yield address


def open_charts(page: Page, site: str, query: str = "") -> Locator:
    """The page with all its charts drawn; the answer is the chart of lines."""
    browser.open_page(page, f"{site}/charts{query}")
    browser.draw_charts(page)
    return page.locator("#lines")


def dates_of_chart(page: Page) -> list[list[str]]:
    return [[str(at)[:10] for at in pair] for pair in page.evaluate(RANGES)]


def test_a_chart_is_drawn_when_it_is_near_and_nothing_moves(page: Page, site: str) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    browser.open_page(page, site + "/charts")
    page.wait_for_load_state("networkidle")
    assert not [url for url in requests if "plotly" in url or "async-graph" in url]
    # The last of them does not come, and has its table opened in its place.
    height = "document.getElementById('absent-section').offsetTop"
    before = page.evaluate(height)
    expect(page.get_by_text("Loading the chart")).to_have_count(3)
    browser.draw_charts(page)
    assert [url for url in requests if "plotly" in url]
    assert page.evaluate(height) == before


def test_axe_finds_nothing_before_and_after(page: Page, site: str) -> None:
    browser.open_page(page, site + "/charts")
    assert browser.axe_violations(page) == []
    browser.draw_charts(page)
    browser.check_sizes(page)


def test_what_draws_a_chart_is_fetched_side_by_side(page: Page, site: str) -> None:
    browser.open_page(page, site + "/charts")
    routes: list[Route] = []
    page.route("**/plotly.min.js*", lambda route: routes.append(route))
    with page.expect_request("**/async-graph*"):
        page.locator("#runs-section .chart-plot").scroll_into_view_if_needed()
    assert routes
    for route in routes:
        route.continue_()
    expect(page.locator("#runs .barlayer")).to_be_attached()


@pytest.mark.parametrize("name", ["absent", "runs"])
def test_a_chart_that_does_not_come_says_so_and_opens_its_table(
    page: Page, site: str, name: str
) -> None:
    browser.open_page(page, site + "/charts")
    if name == "runs":
        page.route("**/plotly.min.js*", lambda route: route.abort())
    section = page.locator(f"#{name}-section")
    section.locator(".chart-plot").scroll_into_view_if_needed()
    expect(section.get_by_role("alert")).to_have_text(
        "The chart cannot be drawn just now. The same figures are in the table."
    )
    expect(section.get_by_role("table")).to_be_visible()
    # What reads and zooms a chart is of no use.
    expect(section.locator(".chart-line")).to_be_hidden()
    assert browser.axe_violations(page) == []


def test_keys_read_the_dates_of_a_chart_of_lines(page: Page, site: str) -> None:
    lines = open_charts(page, site)
    line = page.locator("#lines-reading")
    expect(line).to_have_text(re.compile("^Point, touch or press arrow keys"))
    lines.focus()
    page.keyboard.press("End")
    expect(line).to_have_text("31 December 2025: Errors 1,204, Warnings d")
    expect(lines.locator(".hoverlayer")).to_contain_text("1204")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    # What is not known is not said.
    expect(line).to_have_text("1 July 2024: Errors 2")
    page.keyboard.press("Escape")
    expect(line).to_have_text(re.compile("^Point, touch or press arrow keys"))


def test_keys_read_and_open_the_rows_of_a_chart(page: Page, site: str) -> None:
    open_charts(page, site)
    line = page.locator("#runs-reading")
    page.locator("#runs").focus()
    page.keyboard.press("ArrowRight")
    expect(line).to_contain_text("Trees: error. Open the plain page")
    page.keyboard.press("ArrowLeft")
    expect(line).to_contain_text("Trees: live, from January")
    page.keyboard.press("ArrowDown")
    expect(line).to_contain_text("Areas: live")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Page /plain")
    # Of a row that is read as a whole the first day is told.
    assert page.url.endswith("/plain?of=3&as_at=2024-01-01")


def test_a_click_opens_what_is_pointed_at(page: Page, site: str) -> None:
    open_charts(page, site)
    bar = page.locator("#runs .bars .point").nth(1)
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("#runs .hoverlayer")).to_contain_text("Trees: error")
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_role("heading", level=1)).to_have_text("Page /plain")
    # To the newest figures of the day in the middle of it, and not to the first of it.
    assert page.url.endswith("/plain?of=2&as_at=2024-09-01")


def test_bars_are_as_long_as_what_is_shown_of_them(page: Page, site: str) -> None:
    inside = """chart => {
      const plot = chart.querySelector(".nsewdrag").getBoundingClientRect();
      return [...chart.querySelectorAll(".bars .point")].map(bar => {
        const box = bar.getBoundingClientRect();
        return box.right > plot.left && box.left < plot.right
          ? [Math.round(box.left - plot.left), Math.round(box.right - plot.left)] : null;
      }).filter(Boolean);
    }"""
    open_charts(page, site, "?dates=2024-04-01..2025-12-31")
    runs = page.locator("#runs")
    # Words stand in the middle of a bar, and would not be seen in one that goes on outside.
    assert min(left for left, _ in runs.evaluate(inside)) == 0
    page.get_by_role("button", name="All dates").first.click()
    assert dates_of_chart(page) == [["2024-01-01", "2025-12-31"]] * 2
    whole = runs.evaluate(inside)
    assert len(whole) == 3
    page.locator("#lines").focus()
    page.keyboard.press("+")
    expect(page.locator("#runs .xtick").first).to_be_attached()
    assert dates_of_chart(page)[1] == ["2024-07-01", "2025-07-01"]
    assert [left for left, _ in runs.evaluate(inside)] == [0]
    page.keyboard.press("0")
    assert runs.evaluate(inside) == whole


def test_dates_are_the_same_in_all_charts_and_in_the_address(page: Page, site: str) -> None:
    open_charts(page, site)
    year = page.get_by_role("button", name="1 year").first
    year.click()
    assert page.url.endswith("/charts?dates=2024-12-31..2025-12-31")
    assert dates_of_chart(page) == [["2024-12-31", "2025-12-31"]] * 2
    for button in page.get_by_role("button", name="1 year").all():
        expect(button).to_have_attribute("aria-pressed", "true")
    open_charts(page, site, "?dates=2024-12-31..2025-12-31")
    assert dates_of_chart(page) == [["2024-12-31", "2025-12-31"]] * 2
    expect(year).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="All dates").last.click()
    assert page.url.endswith("/charts")
    assert dates_of_chart(page) == [["2024-01-01", "2025-12-31"]] * 2


def test_dates_are_chosen_by_dragging_and_by_keys(page: Page, site: str) -> None:
    lines = open_charts(page, site)
    lines.scroll_into_view_if_needed()
    box = lines.locator(".nsewdrag").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 4, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, middle, steps=4)
    page.mouse.up()
    page.wait_for_url("**/charts?dates=2024-0*")
    first, second = dates_of_chart(page)
    assert first == second
    assert "2024-06" < first[0] < "2024-08"
    lines.focus()
    page.keyboard.press("0")
    assert page.url.endswith("/charts")
    page.keyboard.press("+")
    assert dates_of_chart(page) == [["2024-07-01", "2025-07-01"]] * 2
    # Whatever is read is seen, and nothing beyond the dates that there are.
    page.keyboard.press("End")
    assert dates_of_chart(page)[0][1] == "2025-12-31"


@pytest.mark.parametrize("dates", ["1990-01-01..1991-01-01", "2025-02-30..2025-03-31", "x..y"])
def test_dates_that_a_chart_has_not_leave_it_whole(page: Page, site: str, dates: str) -> None:
    open_charts(page, site, f"?dates={dates}")
    assert dates_of_chart(page) == [["2024-01-01", "2025-12-31"]] * 2


def test_pages_are_changed_as_ever_once_dates_were_chosen(page: Page, site: str) -> None:
    open_charts(page, site)
    page.get_by_role("button", name="6 months").first.click()
    page.get_by_role("link", name="Plain").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Page /plain")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Charts")
    assert "dates=" in page.url
    browser.draw_charts(page)
    assert dates_of_chart(page)[0][0] == "2025-07-02"


def test_a_finger_is_told_first_and_opens_by_the_link(new_context: object, site: str) -> None:
    page = new_context(has_touch=True, viewport=browser.NARROW).new_page()  # type: ignore[operator]
    open_charts(page, site)
    bar = page.locator("#runs .bars .point").nth(1)
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    line = page.locator("#runs-reading")
    expect(line).to_contain_text("Trees: error")
    assert page.url.endswith("/charts")
    line.get_by_role("link", name="Open the plain page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Page /plain")


def test_without_a_script_there_is_the_table(new_context: object, site: str) -> None:
    page = new_context(java_script_enabled=False).new_page()  # type: ignore[operator]
    page.goto(site + "/charts")
    expect(page.locator(".chart-plot").first).to_be_hidden()
    expect(page.locator(".chart-range").first).to_be_hidden()
    page.get_by_text("Show these figures as a table").first.click()
    expect(page.get_by_role("table", name="The lines")).to_be_visible()
