"""An organisation's overview in a real browser: cards or table, filters by keyboard, axe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from performance_store.sample.reader import Sample
from performance_store.schema import summary_interval
from tests.support import browser
from tests.support.real_store import real_app
from tests.support.servers import Filled

QUERIES = ("", "?view=table", "?view=table&sort=rows&status=live", "?status=error&obligation=also")
MOST_STATES = """
SELECT o.organisation FROM summary s JOIN organisation o ON o.id = s.organisation_id
WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.is_lpa
GROUP BY 1 ORDER BY count(DISTINCT s.status) DESC, count(*) DESC, 1 LIMIT 1
"""


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=40, weeks=12))


@pytest.fixture(scope="module")
def place(module_engine: Engine) -> str:
    """The overview of the authority with most different statuses."""
    with module_engine.connect() as connection:
        return f"/organisations/{connection.execute(text(MOST_STATES)).scalar_one()}"


@pytest.fixture(scope="module")
def site(
    module_engine: Engine, place: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    with browser.serving(real_app(tmp_path_factory.mktemp("site"), module_engine)) as address:
        yield address


@pytest.mark.parametrize("query", QUERIES)
def test_axe_finds_nothing_with_everything_open(
    page: Page, site: str, place: str, query: str
) -> None:
    browser.open_page(page, site + place + query)
    page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true })")
    browser.check_sizes(page)


def test_the_table_is_found_filtered_and_sorted_by_keyboard_alone(
    page: Page, site: str, place: str
) -> None:
    browser.open_page(page, site + place)
    page.get_by_role("link", name="Table", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?view=table"))
    expect(page.locator("#results")).to_be_focused()
    expect(page.locator("#announcer")).to_contain_text("Showing all")
    page.get_by_text("Filter and sort").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Status", exact=True)).to_be_focused()
    page.keyboard.type("Live")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"view=table&status=live|status=live&.*view=table"))
    expect(page.locator("#results")).to_contain_text(re.compile(r"Showing \d+ of \d+ datasets"))
    tags = page.locator("#datasets td .tag:not(.tag-warn, .tag-bad)").all_inner_texts()
    assert set(tags) - {"Fresh"} == {"Live"}
    page.get_by_role("link", name="Rows to fix").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"sort=rows"))
    expect(page.get_by_role("columnheader", name="Rows to fix")).to_have_attribute(
        "aria-sort", "descending"
    )
    page.go_back()
    page.go_back()
    page.go_back()
    expect(page.locator(".card").first).to_be_visible()
    expect(page.locator("#datasets table")).to_have_count(0)


@pytest.fixture(scope="module")
def crowded(module_engine: Engine, place: str) -> str:
    """The overview of a body with 45 datasets more, some of long names."""
    names = [
        column.name
        for column in summary_interval.columns
        if column.name != "dataset_id" and column.computed is None
    ]
    copied = ", ".join(f"s.{name}" for name in names)
    with module_engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO dataset (dataset, name) SELECT 'many-' || n, "
                "'Dataset ' || repeat('of a long name ', n % 4) || n FROM generate_series(1, 45) n"
            )
        )
        connection.execute(
            text(
                f"INSERT INTO summary_interval (dataset_id, {', '.join(names)}) "
                f"SELECT d.id, {copied} FROM dataset d, summary_interval s "
                "JOIN organisation o ON o.id = s.organisation_id "
                "JOIN dataset f ON f.id = s.dataset_id AND f.dataset = 'brownfield-land' "
                "WHERE d.dataset LIKE 'many-%' AND o.organisation = ("
                "SELECT x.organisation FROM summary t JOIN organisation x "
                "ON x.id = t.organisation_id JOIN dataset g ON g.id = t.dataset_id "
                "WHERE g.dataset = 'brownfield-land' AND t.endpoint_count > 0 "
                "AND x.organisation <> :other ORDER BY 1 LIMIT 1)"
            ),
            {"other": place.rsplit("/", 1)[1]},
        )
        return connection.execute(
            text(
                "SELECT '/organisations/' || o.organisation FROM summary s "
                "JOIN organisation o ON o.id = s.organisation_id "
                "JOIN dataset d ON d.id = s.dataset_id WHERE d.dataset = 'many-1' LIMIT 1"
            )
        ).scalar_one()


@pytest.mark.parametrize("view", ["cards", "table"])
def test_more_than_forty_datasets_are_all_there_and_readable(
    page: Page, site: str, crowded: str, view: str
) -> None:
    browser.open_page(page, f"{site}{crowded}?view={view}&sort=name")
    links = page.locator('#datasets a[href*="/many-"]')
    expect(links).to_have_count(45)
    browser.check_sizes(page, "wide", "narrow", targets=False)
    # One drawing of each dataset at most, and each of a few rectangles.
    assert page.locator("#datasets .strip rect").count() < 65 * 8


def test_paper_has_what_matters_and_no_more(page: Page, site: str, place: str) -> None:
    browser.open_page(page, f"{site}{place}?since=2026-06-05")
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    for part in ("#next", "#datasets .card", "#changes .bullets", "#similar svg"):
        expect(page.locator(part).first).to_be_visible()
    for part in (".details-screen", ".details-small", ".filters", ".inline-form", ".download"):
        for element in page.locator(part).all():
            expect(element).to_be_hidden()
    paper = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) <= 5


def test_the_forms_work_without_a_script(new_context: object, site: str, place: str) -> None:
    page = new_context(java_script_enabled=False).new_page()  # type: ignore[operator]
    page.goto(site + place + "?view=table")
    page.get_by_text("Filter and sort").click()
    page.get_by_label("Status", exact=True).select_option("live")
    page.get_by_role("button", name="Show").click()
    assert "view=table" in page.url
    assert "status=live" in page.url
    expect(page.locator("#results")).to_contain_text("of")
    expect(page.locator("#results")).to_be_in_viewport()


# Since the last visit

OFFER = "See what changed since your last visit"


def remember(page: Page, place: str, seen: str) -> None:
    page.evaluate(
        "([key, value]) => { localStorage.clear(); localStorage.setItem(key, value) }",
        [f"visit sample {place.rsplit('/', 1)[1]}", seen],
    )


def test_a_first_visit_offers_nothing_and_is_remembered(page: Page, site: str, place: str) -> None:
    browser.open_page(page, site + place)
    expect(page.get_by_text(OFFER)).to_be_hidden()
    key = f"visit sample {place.rsplit('/', 1)[1]}"
    assert page.evaluate("key => localStorage.getItem(key)", key) == '{"seen":"2026-08-21"}'
    browser.open_page(page, site + place)
    expect(page.get_by_text(OFFER)).to_be_hidden()


def test_newer_figures_offer_what_changed_since(page: Page, site: str, place: str) -> None:
    browser.open_page(page, site + place)
    remember(page, place, '{"seen":"2026-07-24"}')
    # Twice: the offer stays until the next figures come.
    for _ in range(2):
        browser.open_page(page, site + place + "?view=table")
        expect(page.get_by_text(f"{OFFER}, with figures as at 24 July 2026")).to_be_visible()
    assert browser.axe_violations(page) == []
    page.get_by_text(OFFER).click()
    expect(page).to_have_url(re.compile(r"\?view=table&since=2026-07-24#changes"))
    expect(page.locator("#changes-heading")).to_have_text("What changed since 24 July 2026")
    expect(page.locator("#changes-heading")).to_be_focused()
    expect(page.get_by_text(OFFER)).to_be_hidden()


@pytest.mark.parametrize(
    "entry", ["{", "null", '"x"', '{"seen":5}', '{"seen":"2099-01-01","before":"<b>"}', "[]"]
)
def test_what_is_kept_may_be_anything(page: Page, site: str, place: str, entry: str) -> None:
    browser.open_page(page, site + place)
    remember(page, place, entry)
    browser.open_page(page, site + place)
    expect(page.get_by_text(OFFER)).to_be_hidden()


def test_the_page_is_whole_where_nothing_can_be_remembered(
    page: Page, site: str, place: str
) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })"
    )
    browser.open_page(page, site + place)
    expect(page.get_by_text(OFFER)).to_be_hidden()
    expect(page.locator("#datasets")).to_be_visible()
