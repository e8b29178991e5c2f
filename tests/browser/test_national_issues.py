"""The issues page in a real browser: readable at every width, drilled into by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from performance_store.sample.reader import Sample
from tests.support import browser
from tests.support.real_store import real_app
from tests.support.servers import Filled

PATH = "/national/issues"
VIEWS = (PATH, f"{PATH}?set=any&measure=problems&issue=missing-value", f"{PATH}?set=all-lpas")


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=60, weeks=12))


@pytest.fixture(scope="module")
def site(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with browser.serving(real_app(tmp_path_factory.mktemp("site"), module_engine)) as address:
        yield address


def wait_until_ready(page: Page) -> None:
    browser.draw_charts(page)
    page.wait_for_selector(".js-plotly-plot .scatterlayer .js-line, .multiple")


@pytest.mark.parametrize("path", VIEWS)
def test_axe_finds_nothing_and_nothing_overflows(page: Page, site: str, path: str) -> None:
    browser.open_page(page, site + path)
    wait_until_ready(page)
    browser.check_sizes(page)


def test_a_number_leads_by_keyboard_to_who_has_the_issue(page: Page, site: str) -> None:
    browser.open_page(page, site + PATH)
    cell = page.locator(".heat tbody td a").first
    count = cell.inner_text().split()[0]
    cell.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#who h2")).to_contain_text("Who has it")
    browser.wait_until_ready(page)
    results = page.locator("#results")
    expect(results).to_contain_text("1 provision found" if count == "1" else f"{count} provisions")
    page.locator("#who tbody th a").first.click()
    browser.wait_until_ready(page)
    assert "/issues/" in page.url


def test_the_measure_is_in_the_address_and_keeps_the_filters(page: Page, site: str) -> None:
    browser.open_page(page, f"{site}{PATH}?set=any&dataset=tree")
    page.get_by_label("Count", exact=True).select_option("problems")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**measure=problems**")
    browser.wait_until_ready(page)
    assert "dataset=tree" in page.url
    assert "set=any" in page.url
    expect(page.locator(".heat thead th").last).to_have_text("Tree")
    wait_until_ready(page)
    expect(page.locator("#over-time .chart-title")).to_have_text("Problems with each kind of issue")
