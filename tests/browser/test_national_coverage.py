"""Who provides what, in a real browser: the matrix scrolls in its own region, by keyboard too."""

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

PATH = "/national/coverage"
VIEWS = (PATH, f"{PATH}?set=any&group=region&sort=changed")


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=70, weeks=12))


@pytest.fixture(scope="module")
def site(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with browser.serving(real_app(tmp_path_factory.mktemp("site"), module_engine)) as address:
        yield address


# Each look at hundreds of marks takes seconds.
@pytest.mark.parametrize(("path", "sizes"), [(VIEWS[0], ()), (VIEWS[1], ("wide", "narrow"))])
def test_axe_finds_nothing_and_nothing_overflows(
    page: Page, site: str, path: str, sizes: tuple[str, ...]
) -> None:
    browser.open_page(page, site + path)
    browser.check_sizes(page, *sizes)


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_the_names_stay_in_sight_while_the_matrix_is_scrolled(
    page: Page, site: str, size: str
) -> None:
    page.set_viewport_size(browser.SIZES[size])  # type: ignore[arg-type]
    browser.open_page(page, f"{site}{PATH}?set=any")
    region = page.get_by_role("region", name="Status of each dataset of each authority")
    region.focus()
    for key in ("ArrowRight", "ArrowDown"):
        for _ in range(8):
            page.keyboard.press(key)
    page.wait_for_timeout(300)
    left, top = region.evaluate("el => [el.scrollLeft, el.scrollTop]")
    assert top > 0
    assert left > 0 or size == "wide"
    box = region.bounding_box()
    name = page.locator(".matrix tfoot th").first.bounding_box()
    head = page.locator(".matrix thead th").nth(3).bounding_box()
    assert box is not None
    assert name is not None
    assert head is not None
    assert abs(name["x"] - box["x"]) < 3
    assert abs(head["y"] - box["y"]) < 3
    assert name["width"] < box["width"] / 2


def test_a_mark_is_reached_and_followed_by_keyboard(page: Page, site: str) -> None:
    browser.open_page(page, site + PATH)
    skip = page.get_by_role("link", name="Skip the marks")
    skip.focus()
    # The region, the heading of each dataset, the authority, its first mark.
    for _ in range(page.locator(".matrix thead a").count() + 3):
        page.keyboard.press("Tab")
    words = page.evaluate("document.activeElement.getAttribute('aria-label')")
    name, dataset = re.match(r"(.+), ([^,:]+): ", words).groups()  # type: ignore[union-attr]
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(dataset)
    expect(page.locator(".caption").first).to_contain_text(name)


def test_a_hexagon_is_reached_and_followed_by_keyboard_and_by_mouse(page: Page, site: str) -> None:
    browser.open_page(page, f"{site}{PATH}?set=any")
    drawing = page.get_by_role("region", name="Map of authorities.")
    assert drawing.get_by_role("link").count() == 70
    first = drawing.get_by_role("link").first
    words = first.locator("title").text_content() or ""
    expect(drawing.get_by_role("link", name=words, exact=True)).to_have_count(1)
    drawing.focus()
    page.keyboard.press("Tab")
    expect(first).to_be_focused()
    loads: list[str] = []
    page.on("load", lambda _: loads.append(page.url))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(words.rpartition(":")[0])
    page.go_back()
    drawing.get_by_role("link").nth(5).click()
    page.wait_for_url(re.compile("/organisations/"))
    assert loads == [], "the page is not loaded anew"


def test_an_authority_that_is_pointed_at_is_told_beside_the_map(page: Page, site: str) -> None:
    browser.open_page(page, f"{site}{PATH}?set=any")
    links = page.locator(".map-drawing a")
    links.nth(3).hover()
    words = links.nth(3).get_attribute("aria-label") or ""
    expect(page.locator(".map-words")).to_have_text(words)
    page.mouse.move(0, 0)
    links.nth(4).focus()
    expect(page.locator(".map-words")).to_have_text(links.nth(4).get_attribute("aria-label") or "")


def test_the_map_scrolls_in_its_own_region_on_a_phone(page: Page, site: str) -> None:
    page.set_viewport_size(browser.NARROW)  # type: ignore[arg-type]
    browser.open_page(page, site + PATH)
    drawing = page.get_by_role("region", name="Map of authorities.")
    drawing.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert drawing.evaluate("el => el.scrollLeft") > 0


def test_arranging_keeps_the_frame_and_the_readers_place(page: Page, site: str) -> None:
    browser.open_page(page, f"{site}{PATH}?set=any")
    page.get_by_label("Order", exact=True).select_option("fewest")
    page.get_by_label("Grouped by").select_option("region")
    page.get_by_role("button", name="Arrange").click()
    page.wait_for_url(re.compile(r"set=any.*sort=fewest.*group=region"))
    expect(page.get_by_role("heading", name="Authorities and datasets")).to_be_focused()
    page.get_by_role("link", name="Next").click()
    page.wait_for_url(re.compile(r"page=2"))
    expect(page.locator(".results")).to_contain_text("Showing 51 to 70 of 70")


def test_the_page_can_be_read_without_a_script(new_context: object, site: str) -> None:
    page = new_context(java_script_enabled=False).new_page()  # type: ignore[operator]
    page.goto(site + PATH)
    page.get_by_label("Order", exact=True).select_option("most")
    page.get_by_role("button", name="Arrange").click()
    assert "sort=most" in page.url
    page.locator(".matrix .mark-only").first.click()
    expect(page.locator("h1")).to_be_visible()


def test_a_phone_shows_all_eight_columns_and_says_where_the_rest_scrolls(
    page: Page, site: str
) -> None:
    page.set_viewport_size(browser.NARROW)  # type: ignore[arg-type]
    browser.open_page(page, site + PATH)
    box = page.locator(".matrix-box").bounding_box()
    assert box is not None
    heads = [head.bounding_box() for head in page.locator(".matrix thead .matrix-dataset").all()]
    edge = box["x"] + box["width"]
    assert sum(head is not None and head["x"] + head["width"] <= edge + 1 for head in heads) == 8
    mark = page.locator(".matrix .mark-only").first.bounding_box()
    assert mark is not None
    assert min(mark["width"], mark["height"]) >= 24
    share = "getComputedStyle(document.querySelector('.matrix tbody th'), '::after').content"
    assert " of 8 provided" in page.evaluate(share)
    browser.open_page(page, f"{site}{PATH}?set=any")
    assert page.locator(".matrix-box + .scroll-hint, .scroll-hint:has(+ .matrix-box)").count() == 1
    for hint in page.locator(".scroll-hint").all():
        expect(hint).to_be_visible()
