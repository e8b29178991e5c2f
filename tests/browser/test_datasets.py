"""The register of datasets and the page of one, in a real browser."""

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

REGISTER, TREE = "/datasets", "/datasets/tree"
VIEWS = (
    *(REGISTER, f"{REGISTER}?set=any&group=collection&sort=newest", f"{REGISTER}?q=zzz"),
    *(TREE, f"{TREE}?set=all-lpas&state=live", "/datasets/tree?set=statutory"),
)


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=60, weeks=12))


@pytest.fixture(scope="module")
def site(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with browser.serving(real_app(tmp_path_factory.mktemp("site"), module_engine)) as address:
        yield address


@pytest.mark.parametrize(
    ("path", "sizes"),
    [(path, () if path in (REGISTER, TREE) else ("wide", "narrow")) for path in VIEWS],
)
def test_axe_finds_nothing_and_nothing_overflows(
    page: Page, site: str, path: str, sizes: tuple[str, ...]
) -> None:
    browser.open_page(page, site + path)
    browser.check_sizes(page, *sizes)


def test_from_the_navigation_to_an_authority_by_keyboard(page: Page, site: str) -> None:
    browser.open_page(page, f"{site}/national")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Datasets").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/datasets$"))
    browser.wait_until_ready(page)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.locator("#datasets").get_by_role("link", name="Tree", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/datasets/tree"))
    browser.wait_until_ready(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Tree")
    expect(page.get_by_role("navigation", name="Main").locator("[aria-current]")).to_have_text(
        "Datasets"
    )
    first = page.locator("#authorities tbody a").first
    name = first.inner_text()
    first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/organisations/.+/tree"))
    browser.wait_until_ready(page)
    expect(page.locator(".caption").first).to_contain_text(name)


def test_a_status_is_chosen_by_keyboard_and_keeps_the_readers_place(page: Page, site: str) -> None:
    browser.open_page(page, f"{site}{TREE}?set=any")
    field = page.get_by_label("Status", exact=True)
    field.focus()
    words = field.locator("option").nth(1).inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"set=any.*state="))
    browser.wait_until_ready(page)
    expect(page.get_by_role("heading", name="Authorities", exact=True)).to_be_focused()
    status, count = re.fullmatch(r"(.+) \((\d+)\)", words).groups()  # type: ignore[union-attr]
    expect(page.locator("#authorities .results")).to_contain_text(f"{count} authorit")
    browser.unfold(page)
    tags = page.locator("#authorities tbody .tag").all_inner_texts()
    assert set(tags) == {status}


def test_sorting_and_grouping_are_in_the_address(page: Page, site: str) -> None:
    browser.open_page(page, f"{site}{REGISTER}?set=any")
    page.get_by_label("Grouped by").select_option("none")
    page.get_by_label("Name of a dataset or collection").fill("plan")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url(re.compile(r"set=any.*q=plan.*group=none"))
    browser.wait_until_ready(page)
    page.locator("#datasets thead").get_by_role("link", name="Newest endpoint").click()
    page.wait_for_url(re.compile(r"q=plan.*group=none.*sort=newest"))
    browser.wait_until_ready(page)
    names = page.locator("#datasets tbody th").all_inner_texts()
    other = page.context.new_page()
    browser.open_page(other, page.url)
    assert other.locator("#datasets tbody th").all_inner_texts() == names
    expect(other.locator("#datasets thead th[aria-sort]").get_by_role("link")).to_contain_text(
        "Newest endpoint"
    )


def test_the_files_are_named_for_what_they_hold(page: Page, site: str) -> None:
    browser.open_page(page, f"{site}{TREE}?set=any&state=live")
    browser.unfold(page)
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV of these authorities").click()
    assert started.value.suggested_filename == "tree-any-sample-2026-08-21.csv"
    lines = started.value.path().read_text(encoding="utf-8").splitlines()
    count = page.locator("#authorities .results").inner_text()
    assert str(len(lines) - 1) in re.findall(r"\d+", count)


def test_the_pages_can_be_read_without_a_script(new_context: object, site: str) -> None:
    page = new_context(java_script_enabled=False).new_page()  # type: ignore[operator]
    page.goto(site + REGISTER)
    page.locator("#datasets tbody a").first.click()
    expect(page.locator("h1")).to_be_visible()
    page.get_by_label("Status", exact=True).select_option(index=1)
    page.get_by_role("button", name="Show").click()
    assert "state=" in page.url
    expect(page.locator("#authorities table")).to_be_visible()
