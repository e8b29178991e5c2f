"""What grew, who is worst and what is still broken, in a real browser: drawn, read by keyboard."""

from __future__ import annotations

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

TALLEST = 4_000
PATH = "/national/trends?set=any"
CHARTS = ("grew", "worst", "failing", "errors")


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=40, weeks=12))


@pytest.fixture(scope="module")
def site(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with browser.serving(real_app(tmp_path_factory.mktemp("site"), module_engine)) as address:
        yield address


def test_each_answer_has_its_chart_and_they_are_short_on_a_phone(page: Page, site: str) -> None:
    page.set_viewport_size(browser.NARROW)  # type: ignore[arg-type]
    browser.open_page(page, site + PATH)
    browser.draw_charts(page)
    for name in CHARTS:
        expect(page.locator(f"#{name} h3")).to_have_text(re.compile(r"\d"))
        expect(page.locator(f"#{name} .js-plotly-plot")).to_have_count(1)
    height = page.evaluate("document.getElementById('in-short').offsetHeight")
    assert height <= TALLEST
    browser.check_sizes(page, "wide", "narrow")


def test_keys_read_what_grew_from_the_most_on_and_open_its_line(page: Page, site: str) -> None:
    browser.open_page(page, site + PATH)
    browser.draw_charts(page)
    name = str(page.locator("#grew h3").inner_text()).split(" grew most")[0]
    page.locator("#grew-chart").focus()
    page.keyboard.press("ArrowRight")
    line = page.locator("#grew-chart-reading")
    expect(line).to_contain_text(f"{name}: from")
    expect(line).to_contain_text("Open its line through time")
    page.keyboard.press("ArrowDown")
    expect(line).not_to_contain_text(f"{name}: from")
    page.keyboard.press("Enter")
    page.wait_for_url("**dataset=**")


def test_keys_read_how_many_are_still_broken(page: Page, site: str) -> None:
    browser.open_page(page, site + PATH)
    browser.draw_charts(page)
    broken = re.match(r"[\d,]+", page.locator("#errors h3").inner_text())
    assert broken is not None
    page.locator("#errors-chart").focus()
    page.keyboard.press("End")
    expect(page.locator("#errors-chart-reading")).to_contain_text(f"Still with errors {broken[0]}")
