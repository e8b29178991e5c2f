"""The national page in a real browser: the chart is drawn, filters keep the reader's place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from performance_store.sample.reader import Sample
from tests.support import browser
from tests.support.real_store import real_app
from tests.support.servers import Filled

SMALL_CHARTS = "/national?set=any&lines=dataset&show=share"
VIEWS = ("/national", SMALL_CHARTS, "/national?set=all-lpas")


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=40, weeks=12))


@pytest.fixture(scope="module")
def site(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with browser.serving(real_app(tmp_path_factory.mktemp("site"), module_engine)) as address:
        yield address


def wait_until_ready(page: Page) -> None:
    browser.wait_until_ready(page)
    browser.draw_charts(page)
    page.wait_for_selector(".js-plotly-plot .scatterlayer .js-line")


@pytest.mark.parametrize("path", VIEWS)
def test_axe_finds_nothing_and_nothing_overflows(page: Page, site: str, path: str) -> None:
    browser.open_page(page, site + path)
    if path == SMALL_CHARTS:
        expect(page.locator(".multiple")).to_have_count(8)
    else:
        wait_until_ready(page)
    browser.check_sizes(page)


def test_small_charts_are_read_at_one_date_by_pointer_and_by_keyboard(
    page: Page, site: str
) -> None:
    browser.open_page(page, site + SMALL_CHARTS)
    group = page.locator(".multiples")
    values = group.locator(".multiple-value")
    now = values.all_inner_texts()
    group.locator(".multiple-plot").nth(2).hover(position={"x": 1, "y": 40})
    dates = json.loads(group.get_attribute("data-words") or "")
    firsts = [
        json.loads(chart.get_attribute("data-values") or "")[0]
        for chart in group.locator(".multiple").all()
    ]
    words = ["–" if value is None else f"{value}%" for value in firsts]
    expect(values).to_have_text([f"{value} · {dates[0]}" for value in words])
    page.mouse.move(5, 5)
    expect(values).to_have_text(now)
    group.focus()
    page.keyboard.press("ArrowLeft")
    expect(values.first).to_contain_text(dates[-1])
    expect(page.locator("#announcer")).to_contain_text(f"{dates[-1]}: ")
    page.keyboard.press("ArrowLeft")
    expect(values.first).to_contain_text(dates[-2])
    page.keyboard.press("Escape")
    expect(values).to_have_text(now)


def test_nothing_that_is_said_stands_outside_the_window(page: Page, site: str) -> None:
    browser.open_page(page, site + "/national")
    for part in (".stat-note", ".stat-foot", ".funnel-note", ".caption", ".banner", ".footer"):
        for element in page.locator(part).all():
            box = element.bounding_box()
            assert box is not None, part
            assert box["x"] >= 0, part
            assert box["width"] > 20, part


def test_plotly_is_fetched_here_and_not_before(page: Page, site: str) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    browser.open_page(page, site + "/about")
    page.wait_for_load_state("networkidle")
    assert not [url for url in requests if "plotly" in url]
    page.get_by_role("link", name="National picture").first.click()
    wait_until_ready(page)
    assert [url for url in requests if "plotly" in url]
    assert not [url for url in requests if url.startswith("http") and not url.startswith(site)]


def test_the_chart_has_a_name_a_table_and_a_file(page: Page, site: str) -> None:
    browser.open_page(page, site + "/national")
    wait_until_ready(page)
    part = page.locator("#over-time")
    finding = part.locator(".chart-finding").inner_text()
    expect(part.get_by_role("application", name=finding)).to_be_visible()
    browser.unfold(page)
    with page.expect_download() as started:
        part.get_by_role("link", name="CSV of coverage over time").click()
    assert re.fullmatch(r"lines-programme-sample-.*\.csv", started.value.suggested_filename)
    part.get_by_role("link", name="Table of coverage over time").click()
    expect(page.get_by_role("table", name="Provisions provided")).to_be_visible()


def test_drawing_the_lines_otherwise_keeps_the_readers_place(page: Page, site: str) -> None:
    browser.open_page(page, site + "/national")
    wait_until_ready(page)
    part = page.locator("#over-time")
    part.get_by_role("link", name="A line for each dataset").click()
    page.wait_for_url(re.compile(r"lines=dataset"))
    heading = page.get_by_role("heading", name="Over time")
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport()
    expect(page.locator(".multiple")).to_have_count(8)
    page.go_back()
    expect(part.locator("[aria-current=true]").first).to_contain_text("All datasets together")


def test_dates_and_sets_are_in_the_address(page: Page, site: str) -> None:
    browser.open_page(page, site + "/national")
    browser.unfold(page)
    page.get_by_label("Who is counted").select_option("any")
    page.get_by_label("As at").select_option(index=2)
    page.get_by_label("Compared with").select_option(index=4)
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url(re.compile(r"as_at=.*since=.*set=any"))
    expect(page.locator("#page .page")).to_have_attribute("data-address", re.compile("set=any"))
    lead = page.locator(".lead").inner_text()
    other = page.context.new_page()
    browser.open_page(other, page.url)
    expect(other.locator(".lead")).to_have_text(lead)
    expect(other.get_by_label("Who is counted")).to_have_value("any")


def test_every_control_is_reached_by_keyboard(page: Page, site: str) -> None:
    browser.open_page(page, site + "/national")
    wait_until_ready(page)
    browser.unfold(page)
    stops = browser.tab_stops(page)
    for words in ("Who is counted", "As at", "Compared with", "Apply", "A line for each dataset",
                  "Shares", "Table of coverage over time", "CSV of coverage over time",
                  "Copy link to coverage over time"):  # fmt: skip
        assert words in stops
    assert len([stop for stop in stops if stop.startswith("How is this worked out?")]) >= 8


def test_the_page_can_be_read_without_a_script(new_context: object, site: str) -> None:
    page = new_context(java_script_enabled=False).new_page()  # type: ignore[operator]
    page.goto(site + "/national")
    expect(page.locator(".lead")).to_contain_text("expected provisions have an endpoint")
    page.locator("#over-time").get_by_role("link", name="Shares").click()
    assert "show=share" in page.url
    expect(page.locator("#over-time .chart-title")).to_have_text("Provided, as a share of expected")
