"""The frame in a real browser: moving about, focus, announcements, keyboard, no script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from dashboard.data.door import StoreState
from dashboard.pages import PAGES
from tests.support import browser, style_page
from tests.support.fake_store import FakeStore, make_app
from tests.support.pages import TestPage

STYLE = "/style?status=live&status=error&zzz=1"


# What the browser says of answers that these tests ask for.
EXPECTED = ("status of 404",)


@pytest.fixture(scope="module")
def store() -> FakeStore:
    return FakeStore(StoreState("1", date(2026, 3, 1), "sample"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, store: FakeStore) -> Iterator[str]:
    pages = (style_page, TestPage("/plain", NAV="Plain"), *PAGES)
    app = make_app(tmp_path_factory.mktemp("site"), store, pages=pages)
    with browser.serving(app) as address:
        yield address


@pytest.mark.parametrize("path", [STYLE, "/about", "/nowhere"])
def test_axe_finds_nothing_and_nothing_overflows(page: Page, site: str, path: str) -> None:
    browser.open_page(page, site + path)
    if path == STYLE:
        browser.draw_charts(page)
    browser.check_sizes(page)


def test_the_first_response_can_be_read_without_a_script(new_context: object, site: str) -> None:
    page = new_context(java_script_enabled=False).new_page()  # type: ignore[operator]
    page.goto(site + "/style")
    expect(page.get_by_role("heading", level=1)).to_have_text("Borough of Elmbridge Vale")
    expect(page.get_by_role("table", name="Datasets of this authority")).to_be_visible()
    page.get_by_label("Find an organisation").fill("Vale")
    page.get_by_role("button", name="Search").click()
    assert "q=Vale" in page.url
    expect(page.get_by_label("Find an organisation")).to_have_value("Vale")


def test_a_click_changes_the_page_without_loading_it_anew(page: Page, site: str) -> None:
    browser.open_page(page, site + "/style")
    page.evaluate("window.stillHere = true")
    page.get_by_role("link", name="Plain").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Page /plain")
    expect(heading).to_be_focused()
    assert page.url.endswith("/plain")
    assert page.title() == "Page /plain – Planning Data Performance"
    assert page.evaluate("window.stillHere && window.scrollY === 0")
    expect(page.get_by_role("status")).to_have_text("Page /plain")
    current = page.locator(".nav [aria-current]")
    expect(current).to_have_text("Plain")


def test_a_link_to_a_part_of_a_page_leads_to_that_part(page: Page, site: str) -> None:
    browser.open_page(page, site + "/plain")
    link = (
        "document.querySelector('#page h1').insertAdjacentHTML('afterend', '<a href=%s>There</a>')"
    )
    page.evaluate(f"window.stillHere = true; {link % '/style#words'}")
    page.get_by_role("link", name="There").click()
    heading = page.locator("#words-heading")
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport()
    # On the page itself the browser goes there, and nobody waits for another page.
    page.evaluate(link % "#filters")
    page.get_by_role("link", name="There").click()
    page.wait_for_timeout(600)
    expect(page.locator("#main[aria-busy]")).to_have_count(0)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Borough of Elmbridge Vale")
    assert page.evaluate("window.stillHere")


def test_back_and_reload_bring_the_view_back(page: Page, site: str) -> None:
    browser.open_page(page, site + "/style")
    page.get_by_text("Filters").first.click()
    page.get_by_label("Region").select_option("south")
    page.get_by_role("checkbox", name="Not submitted").check()
    page.get_by_role("button", name="Apply filters").click()
    expect(page.get_by_text("Filters (2 applied)")).to_be_visible()
    assert page.url.endswith("/style?region=south&status=not_submitted&sort=name")
    expect(page.locator("#results")).to_be_focused()
    page.reload()
    browser.wait_until_ready(page)
    expect(page.get_by_label("Region")).to_have_value("south")
    page.go_back()
    expect(page.get_by_text("Filters (2 applied)")).to_be_hidden()
    page.get_by_text("Filters").first.click()
    expect(page.get_by_label("Region")).to_have_value("")
    expect(page.get_by_role("checkbox", name="Not submitted")).not_to_be_checked()


def test_back_returns_to_where_the_reader_was(page: Page, site: str) -> None:
    browser.open_page(page, site + "/style")
    link = page.locator("#words .link").first
    link.scroll_into_view_if_needed()
    before = page.evaluate("window.scrollY")
    assert before > 500
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("About these figures")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Borough of Elmbridge Vale")
    page.wait_for_timeout(500)
    assert abs(page.evaluate("window.scrollY") - before) < 200


def test_the_first_load_does_not_move_focus(page: Page, site: str) -> None:
    browser.open_page(page, site + "/about")
    assert page.evaluate("document.activeElement === document.body")


def test_typing_survives_the_moment_when_dash_takes_over(page: Page, site: str) -> None:
    hold = re.compile("_dash-update-component")
    page.route(hold, lambda route: page.wait_for_timeout(600) or route.continue_())  # type: ignore[func-returns-value]
    page.goto(site + "/style")
    box = page.get_by_label("Find an organisation").first
    box.fill("Elm")
    page.wait_for_selector("#first-page", state="detached")
    expect(box).to_have_value("Elm")
    expect(box).to_be_focused()


def test_everything_is_reached_by_keyboard_in_order(page: Page, site: str) -> None:
    browser.open_page(page, site + "/style")
    stops = browser.tab_stops(page)
    assert stops[0] == "Skip to main content"
    assert stops[1] == "Planning Data Performance"
    for words in (
        "Find an organisation",
        "Search",
        "Filters",
        "Dataset",
        "Many columns",
        "How is this worked out? Datasets",
        "Show these figures as a table",
    ):
        assert words in stops
    # The chart itself is one stop, not a maze of them.
    assert len(stops) < 80


def test_the_skip_link_leads_to_the_content(page: Page, site: str) -> None:
    browser.open_page(page, site + "/about")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_only_a_page_with_a_chart_loads_plotly(page: Page, site: str) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    browser.open_page(page, site + "/about")
    page.get_by_role("link", name="Plain").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Page /plain")
    assert [url for url in requests if "plotly" in url or "async" in url] == []
    page.get_by_role("link", name="Style").click()
    browser.wait_until_ready(page)
    browser.draw_charts(page)
    assert any("plotly.min.js" in url for url in requests)
    assert [url for url in requests if not url.startswith(site) and url.startswith("http")] == []


def test_a_chart_has_a_name_a_table_and_no_tool_bar(page: Page, site: str) -> None:
    browser.open_page(page, site + "/style")
    browser.draw_charts(page)
    expect(page.get_by_role("application", name="214 of 311 authorities provided")).to_be_visible()
    assert page.locator(".modebar").count() == 0
    page.get_by_text("Show these figures as a table").click()
    expect(page.get_by_role("table", name="Authorities providing")).to_be_visible()


def test_new_data_reloads_the_frame_with_the_next_click(
    page: Page, site: str, store: FakeStore
) -> None:
    browser.open_page(page, site + "/about")
    expect(page.locator("#data-age")).to_contain_text("1 March 2026")
    before = store.state
    store.state = StoreState("2", date(2026, 4, 1), "sample")
    try:
        page.wait_for_timeout(2100)
        page.get_by_role("link", name="Plain").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Page /plain")
        page.get_by_role("link", name="About", exact=True).click()
        expect(page.locator("#data-age")).to_contain_text("1 April 2026")
    finally:
        store.state = before
        page.wait_for_timeout(2100)


def test_reduced_motion_is_respected(page: Page, site: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    browser.open_page(page, site + "/about")
    page.evaluate("document.documentElement.classList.add('is-loading')")
    name = "getComputedStyle(document.documentElement, '::before').animationName"
    assert page.evaluate(name) == "none"


def test_the_browser_holds_us_to_our_policy(page: Page, site: str) -> None:
    browser.open_page(page, site + "/about")
    ran = page.evaluate(
        """() => { const s = document.createElement('script'); s.textContent = 'window.bad = 1';
                   document.body.append(s); return Boolean(window.bad); }"""
    )
    assert ran is False
