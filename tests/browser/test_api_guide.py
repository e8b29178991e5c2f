"""The guide to the API, standing alone in a real browser: readable at every width, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from performance_api import create_app
from performance_api.problems import BASE
from performance_api.resources import RESOURCES
from tests.support import browser
from tests.support.fake_store import FakeStore


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with browser.serving(create_app(FakeStore().connect)) as address:
        yield address


def open_all(page: Page) -> None:
    for summary in page.locator("summary").all():
        summary.click()


def test_axe_finds_nothing_and_nothing_overflows(page: Page, site: str) -> None:
    page.goto(f"{site}{BASE}/")
    open_all(page)
    # Its own policy runs no script at all; the browser's tools may.
    browser.check_sizes(page)


def test_every_stop_of_the_keyboard_is_seen_and_named(page: Page, site: str) -> None:
    page.goto(f"{site}{BASE}/")
    stops = browser.tab_stops(page)
    assert stops[0].startswith("Skip to main content")
    assert any("Columns of coverage" in stop for stop in stops)
    assert any("Answer of coverage as JSON" in stop for stop in stops)


def test_a_list_is_a_link_away(page: Page, site: str) -> None:
    page.goto(f"{site}{BASE}/")
    for resource in RESOURCES:
        link = page.get_by_role("navigation").get_by_role("link", name=resource.summary, exact=True)
        link.click()
        assert page.url.endswith(f"#{resource.name}")
        expect(page.get_by_role("heading", name=resource.summary, exact=True)).to_be_in_viewport()
