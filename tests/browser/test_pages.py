"""Every page in a real browser: no console error, nothing for axe, no sideways scrolling; and the
officer's way from home to a dataset by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from performance_store.sample.reader import Sample
from tests.support import browser
from tests.support.real_store import real_app
from tests.support.servers import Filled

WITH_CHART = (
    "/national",
    "/national/trends",
    "/national/trends?by=region&region=E12000007&show=share",
    "/national/compare?pick=region:E12000007&pick=dataset:tree",
)
PAGES = (
    *("/", "/organisations", "/organisations?q=zzzzqq", "ORGANISATION", "DATASET"),
    *("/about", "/glossary", "/datasets/brownfield-land/guidance"),
    *WITH_CHART,
)


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=40, weeks=12))


@pytest.fixture(scope="module")
def cell(module_engine: Engine) -> tuple[str, str, str]:
    """A failing dataset: CURIE, name of the organisation, dataset."""
    with module_engine.connect() as connection:
        row = connection.execute(
            text(
                "SELECT o.organisation, o.name, d.dataset FROM summary s "
                "JOIN organisation o ON o.id = s.organisation_id "
                "JOIN dataset d ON d.id = s.dataset_id WHERE s.status = 'error' AND s.in_any "
                "AND s.snapshot_id = (SELECT id FROM current_snapshot) ORDER BY 1, 3 LIMIT 1"
            )
        ).one()
    return row[0], row[1], row[2]


@pytest.fixture(scope="module")
def site(
    module_engine: Engine, cell: tuple[str, str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    with browser.serving(real_app(tmp_path_factory.mktemp("site"), module_engine)) as address:
        yield address


def address(path: str, cell: tuple[str, str, str]) -> str:
    organisation, _, dataset = cell
    return {
        "ORGANISATION": f"/organisations/{organisation}",
        "DATASET": f"/organisations/{organisation}/{dataset}",
    }.get(path, path)


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_nothing_overflows(
    page: Page, site: str, cell: tuple[str, str, str], path: str
) -> None:
    browser.open_page(page, site + address(path, cell))
    if path in WITH_CHART:
        browser.draw_charts(page)
    browser.check_sizes(page)


@pytest.mark.parametrize("path", [path for path in PAGES if path not in WITH_CHART])
def test_pages_without_a_chart_do_not_fetch_plotly(
    page: Page, site: str, cell: tuple[str, str, str], path: str
) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    browser.open_page(page, site + address(path, cell))
    # Not until the network is idle: a browser may keep something open for as long as it likes.
    browser.wait_until_ready(page)
    page.wait_for_timeout(300)
    assert not [url for url in requests if "plotly" in url]


def press_until(page: Page, words: str) -> None:
    """Press Tab until the link or control with these words has the focus, then Enter."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if words in (page.evaluate("document.activeElement.innerText") or ""):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"no way to “{words}” by keyboard")


def test_the_way_from_home_to_a_dataset_and_back_by_keyboard_alone(
    page: Page, site: str, cell: tuple[str, str, str]
) -> None:
    _, name, dataset = cell
    browser.open_page(page, site + "/")
    press_until(page, "Skip to main content")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "q":
            break
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    # Only one has the name.
    expect(page.locator("#page h1")).to_contain_text(name)
    browser.wait_until_ready(page)
    plain = page.locator(f'a[href$="/{dataset}"]').first.inner_text()
    # What to do next names the dataset first, and leads to its tasks.
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.href || ''").endswith(f"/{dataset}"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#page h1")).to_contain_text(plain)
    expect(page.locator("h2", has_text="What to do next")).to_be_visible()
    page.go_back()
    expect(page.locator("#page h1")).to_contain_text(name)


def test_the_dates_of_the_address_hold_for_every_panel(
    page: Page, site: str, cell: tuple[str, str, str]
) -> None:
    curie, _, dataset = cell
    address = f"{site}/organisations/{curie}/{dataset}"
    browser.open_page(page, address)
    browser.draw_charts(page)
    whole = set(page.evaluate(_RANGES))
    first, last = (date.fromisoformat(day) for day in min(whole).split(".."))
    dates = f"{first}..{first + (last - first) / 2}"
    browser.open_page(page, f"{address}?dates={dates}")
    browser.draw_charts(page)
    ranges = page.evaluate(_RANGES)
    assert len(ranges) >= 2
    assert set(ranges) == {dates} != whole


_RANGES = (
    "[...document.querySelectorAll('.js-plotly-plot')].map(g => g._fullLayout).flatMap("
    "all => Object.keys(all).filter(key => /^xaxis\\d*$/.test(key)).map("
    "key => all[key].range.map(at => String(at).slice(0, 10)).join('..')))"
)
