"""What changed, in a real browser: readable at every width, used by keyboard."""

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

PATH = "/national/changes"
VIEWS = (PATH, f"{PATH}?set=all-lpas&event=everything", f"{PATH}?set=any&event=by-rule")


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


def test_a_count_leads_by_keyboard_to_its_list(page: Page, site: str) -> None:
    browser.open_page(page, f"{site}{PATH}?set=any&since=2026-06-05")
    link = page.locator("#short").get_by_role("link", name="Newly provided", exact=True)
    row = page.locator("#short tr").filter(has_text="Newly provided")
    count = row.locator("td").first.inner_text()
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**event=newly_provided**")
    browser.wait_until_ready(page)
    expect(page.locator("#events")).to_contain_text(f"{count} change")
    assert "set=any" in page.url
    assert "since=2026-06-05" in page.url
