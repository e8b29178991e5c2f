"""Freshness in a real browser: readable at every width, used by keyboard."""

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

PATH = "/national/freshness"
VIEWS = (PATH, f"{PATH}?set=statutory", f"{PATH}?set=all-lpas&page=2")


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=60, weeks=12))


@pytest.fixture(scope="module")
def site(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with browser.serving(real_app(tmp_path_factory.mktemp("site"), module_engine)) as address:
        yield address


@pytest.mark.parametrize("path", VIEWS)
def test_axe_finds_nothing_and_nothing_overflows(page: Page, site: str, path: str) -> None:
    browser.open_page(page, site + path)
    browser.check_sizes(page)


def test_overdue_registers_unfold_by_keyboard_and_lead_on(page: Page, site: str) -> None:
    browser.open_page(page, f"{site}{PATH}?set=statutory")
    page.locator("#registers summary", has_text="overdue or due").focus()
    page.keyboard.press("Enter")
    first = page.locator("#registers tbody a").first
    expect(first).to_be_visible()
    first.click()
    page.wait_for_url("**/brownfield-land")
    browser.wait_until_ready(page)
    expect(page.locator("#page h1")).to_contain_text("Brownfield")
