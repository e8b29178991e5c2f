"""Passing figures on, in a real browser: copied links, frames, chart or table. Pictures for slides
are tested in `test_slides.py`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine

from dashboard import create_app
from dashboard.data.wiring import read_state
from performance_store.database import connect
from performance_store.sample.reader import Sample
from tests.support import browser
from tests.support.servers import Filled
from tests.support.settings import settings_at

PAGES = ("", "/coverage", "/trends", "/freshness", "/issues", "/changes")
QUERY = "set=any&as_at=2026-08-14&since=2026-07-24&dataset=tree&dataset=conservation-area"
FRAME_SIZES = ("wide", "320 px")
NARROWEST = 300


class _Elsewhere(BaseHTTPRequestHandler):
    """Somebody else's site: whatever it is asked for is the page it was given."""

    page = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.page.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=60, weeks=12))


@pytest.fixture(scope="module")
def site(
    module_engine: Engine, tmp_path_factory: pytest.TempPathFactory, elsewhere: str
) -> Iterator[str]:
    settings = settings_at(
        tmp_path_factory.mktemp("site"), redis_url=None, embed_sites=(elsewhere,)
    )
    app = create_app(settings, connect=lambda: connect(module_engine), read_state=read_state)
    with browser.serving(app) as address:
        yield address


def test_a_link_is_copied_and_it_is_said(page: Page, site: str, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    browser.open_page(page, f"{site}/national?set=any&dataset=tree")
    browser.unfold(page)
    tools = page.locator("#over-time .tools")
    expect(tools.get_by_role("link", name="Link to", exact=False)).to_have_count(0)
    button = tools.get_by_role("button", name="Copy link to coverage over time")
    button.focus()
    page.keyboard.press("Enter")
    expect(tools.locator("[data-said]")).to_have_text("Link copied")
    expect(page.locator("#announcer")).to_have_text("Link copied")
    expect(button).to_be_focused()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied.startswith(f"{site}/national?set=any&as_at=2026-08-21&since=2026-08-14&")
    assert copied.endswith("#over-time")
    assert "dataset=tree" in copied
    assert "dates=" not in copied
    # With the dates that the charts show.
    browser.open_page(page, f"{site}/national?set=any&dates=2026-07-01..2026-08-01")
    browser.unfold(page)
    page.locator("#over-time .tools").get_by_role("button", name="Copy link").first.click()
    expect(page.locator("#over-time .tools [data-said]")).to_have_text("Link copied")
    assert "dates=2026-07-01..2026-08-01" in page.evaluate("() => navigator.clipboard.readText()")


def test_where_there_is_no_clipboard_the_address_is_copied_all_the_same_or_shown(
    page: Page, site: str
) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined });")
    browser.open_page(page, f"{site}/national/coverage")
    browser.unfold(page)
    tools = page.locator("#map .tools")
    tools.get_by_role("button", name="Copy link").click()
    expect(tools.locator("[data-said]")).to_have_text(re.compile("Link copied|Here it is: http"))


@pytest.mark.parametrize("path", PAGES)
def test_a_full_link_shows_the_same_in_a_fresh_browser(
    page: Page, site: str, new_context: object, path: str
) -> None:
    browser.open_page(page, f"{site}/national{path}?{QUERY}")
    link = page.locator("[data-copy^='/']").first.get_attribute("data-copy")
    assert link
    fresh = new_context().new_page()  # type: ignore[operator]
    browser.open_page(fresh, site + link)
    for part in (".lead", ".stat-value", "table", "figcaption"):
        expected = page.locator(f"#page {part}").all_inner_texts()
        assert fresh.locator(f"#page {part}").all_inner_texts() == expected
    expect(fresh.get_by_label("As at")).to_have_value("2026-08-14")
    expect(fresh.get_by_label("Compared with")).to_have_value("2026-07-24")


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_with_everything_unfolded(page: Page, site: str, path: str) -> None:
    browser.open_page(page, f"{site}/national{path}?set=any&view=table")
    page.evaluate("document.querySelectorAll('.tools details').forEach(item => {item.open = true})")
    browser.check_sizes(page, "wide", "narrow")


def test_chart_or_table_by_keyboard(page: Page, site: str) -> None:
    browser.open_page(page, f"{site}/national/trends?set=any")
    browser.draw_charts(page)
    finding = page.locator("#observed .chart-finding").inner_text()
    page.locator("#observed .views").get_by_role("link", name="Table").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**view=table**")
    expect(page.get_by_role("heading", name="As observed")).to_be_focused()
    table = page.get_by_role("table", name="Provisions provided")
    expect(table).to_be_visible()
    expect(page.locator("#observed .chart-plot")).to_have_count(0)
    assert page.locator("#observed .chart-finding").inner_text() == finding
    # Other choices keep it.
    page.get_by_label("Shown as").select_option("share")
    page.get_by_role("button", name="Draw").click()
    page.wait_for_url("**show=share**")
    browser.wait_until_ready(page)
    assert "view=table" in page.url
    page.go_back()
    page.go_back()
    browser.draw_charts(page)
    assert "view=" not in page.url


def test_without_a_script_there_is_a_link_and_a_table(new_context: object, site: str) -> None:
    page = new_context(java_script_enabled=False).new_page()  # type: ignore[operator]
    page.goto(f"{site}/national/trends?set=any")
    tools = page.locator("#observed .tools")
    expect(tools.get_by_role("button")).to_have_count(0)
    expect(page.locator("#observed .chart-plot")).to_be_hidden()
    tools.get_by_role("link", name="Table").click()
    expect(page.get_by_role("table", name="Provisions provided")).to_be_visible()
    tools.locator("summary").first.click()
    tools.get_by_role("link", name="Link to these lines").click()
    assert "as_at=2026-08-21" in page.url


FRAMES = (
    "national?embed=1",
    "national?embed=1&chart=national-line",
    "national?embed=1&chart=funnel&set=any",
    "national/coverage?embed=1&chart=map",
    "national/coverage?embed=1&chart=nonsense&region=XX",
    "national/changes?embed=1&chart=flow",
    "national/issues?embed=1&chart=issue-lines&set=any&view=table",
    "national/freshness?embed=1",
)


@pytest.mark.parametrize("path", FRAMES)
def test_a_figure_alone_passes_axe_at_every_width(page: Page, site: str, path: str) -> None:
    page.goto(f"{site}/{path}")
    if page.locator("#react-entry-point").count():
        browser.wait_until_ready(page)
        browser.draw_charts(page)
        assert page.locator("h1").count() == 1
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".figure-stamp")).to_be_visible()
    expect(page.locator("header, footer, nav, form, .tools")).to_have_count(0)
    browser.check_sizes(page, *FRAME_SIZES, targets=False)


@pytest.mark.parametrize("chart", ["national-line", "funnel"])
def test_the_html_to_copy_shows_the_figure_on_another_site(
    page: Page, site: str, elsewhere: str, chart: str
) -> None:
    browser.open_page(page, f"{site}/national?set=any")
    finding = page.locator(f"[data-figure={chart}] .chart-finding").inner_text()
    snippet = page.locator(f"[data-figure={chart}] .snippet").text_content()
    assert snippet
    _Elsewhere.page = f"<!DOCTYPE html><title>Elsewhere</title><h1>Our council</h1>{snippet}"
    page.goto(elsewhere)
    frame = browser.framed(page)
    expect(frame.locator("h1")).to_be_visible()
    assert frame.locator(".chart-finding").inner_text() == finding
    if chart == "national-line":
        frame.locator(".chart-plot").scroll_into_view_if_needed()
        expect(frame.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    # The way back leads out of the frame.
    frame.locator(".figure-stamp a").click()
    page.wait_for_url(f"{site}/national?set=any**")
    expect(page.locator("header .brand")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "chart"),
    [("", "national-line"), ("", "funnel"), ("/coverage", "by-region"), ("/coverage", "map")],
)
def test_a_frame_grows_to_what_is_in_it_at_every_width(
    page: Page, site: str, elsewhere: str, path: str, chart: str
) -> None:
    browser.open_page(page, f"{site}/national{path}?set=any")
    snippet = page.locator(f"[data-figure={chart}] .snippet").text_content()
    assert snippet
    _Elsewhere.page = f"<!DOCTYPE html><title>Elsewhere</title><h1>Our council</h1>{snippet}"
    heights = []
    for width in (1000, NARROWEST):
        page.set_viewport_size({"width": width + 16, "height": 900})
        page.goto(elsewhere)
        inside = browser.framed(page)
        expect(inside.locator(".embedded h1")).to_be_visible()
        if chart == "national-line":
            expect(inside.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        expect(page.locator("iframe")).to_have_attribute("style", re.compile("height: [0-9]+px"))
        page.wait_for_timeout(browser.CHARTS_FOLLOW_MS)
        sizes = inside.evaluate(
            "() => { const all = document.documentElement; return [all.scrollHeight - "
            "all.clientHeight, all.scrollWidth - all.clientWidth, all.clientWidth, "
            "innerHeight - document.getElementById('main').getBoundingClientRect().bottom]; }"
        )
        assert sizes[:2] == [0, 0], "a scroll bar"
        assert sizes[2] == width
        assert sizes[3] < 2, "room is left below"
        heights.append(inside.evaluate("innerHeight"))
    assert heights[0] != heights[1]


def test_only_we_may_say_how_high_a_frame_is(page: Page, site: str, elsewhere: str) -> None:
    browser.open_page(page, f"{site}/national?set=any")
    snippet = page.locator("[data-figure=funnel] .snippet").text_content()
    _Elsewhere.page = f"<!DOCTYPE html><title>Elsewhere</title><h1>Our council</h1>{snippet}"
    page.goto(elsewhere)
    expect(page.locator("iframe")).to_have_attribute("style", re.compile("height: [0-9]+px"))
    height = page.locator("iframe").evaluate("frame => frame.style.height")
    page.evaluate("() => window.postMessage({ figureHeight: 5000 }, '*')")
    page.evaluate(
        """() => dispatchEvent(new MessageEvent("message", { data: { figureHeight: 5000 },
          origin: "https://attacker.example",
          source: document.querySelector("iframe").contentWindow }))"""
    )
    assert page.locator("iframe").evaluate("frame => frame.style.height") == height
