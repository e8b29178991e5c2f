"""The whole way of an officer in a real browser, and the pages of issues in all their states."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from dashboard.urls import addresses
from performance_store.loading import load
from performance_store.readers.platform import Platform
from performance_store.sample.reader import Sample
from tests.support import browser
from tests.support.real_store import real_app

_WORST = """
SELECT o.organisation, o.name, d.dataset, upper(left(d.name, 1)) || substr(d.name, 2) AS title,
    t.issue_type, nullif(s.field, '') AS field, s.rows
FROM issue_summary s JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id JOIN issue_type t ON t.id = s.issue_type_id
WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.severity = 'error'
    AND s.responsibility = 'external' AND {}
ORDER BY s.rows DESC, o.organisation, d.dataset, t.issue_type, s.field LIMIT 1
"""
_VALUES = """
SELECT r.resource, coalesce(i.line_number::text, ''), coalesce(i.value, '')
FROM issue i JOIN resource_use u USING (dataset_id, resource_id)
JOIN resource r ON r.id = i.resource_id JOIN organisation o ON o.id = u.organisation_id
JOIN dataset d ON d.id = i.dataset_id JOIN issue_type t ON t.id = i.issue_type_id
WHERE o.organisation = :o AND d.dataset = :d AND t.issue_type = :t AND i.field = :f ORDER BY i.id
"""


@dataclass(frozen=True, slots=True)
class Site:
    """A running application, and the issue with most rows to fix in its data."""

    address: str
    organisation: str
    name: str
    dataset: str
    title: str
    issue_type: str
    field: str | None
    rows: int
    values: tuple[tuple[str, str, str], ...]

    @property
    def path(self) -> str:
        return addresses.issue(self.organisation, self.dataset, self.issue_type, self.field)


@pytest.fixture(scope="module", params=["sample", "platform-small"])
def site(
    request: pytest.FixtureRequest, module_engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    if request.param == "sample":
        load(module_engine, Sample(date(2026, 8, 21), authorities=40, weeks=12))
    else:
        # The first real load replaces the sample.
        load(module_engine, Platform(request.getfixturevalue("shared_data") / "platform-small"))
    with module_engine.connect() as connection:
        worst = connection.execute(text(_WORST.format("s.rows > 5"))).one()
        where = {"o": worst[0], "d": worst[2], "t": worst[4], "f": worst[5] or ""}
        values = tuple(tuple(row) for row in connection.execute(text(_VALUES), where))
    with browser.serving(real_app(tmp_path_factory.mktemp("site"), module_engine)) as address:
        yield Site(address, *worst, values)  # type: ignore[arg-type]


def tab_to(page: Page, words: str) -> None:
    """Press Tab until what has the focus says these words, or is the control of this name."""
    for _ in range(250):
        page.keyboard.press("Tab")
        if page.evaluate(
            "words => { const el = document.activeElement;"
            " return el.name === words || (el.innerText || '').includes(words) }",
            words,
        ):
            return
    raise AssertionError(f"no way to “{words}” by keyboard")


def test_the_way_from_home_to_the_file_of_rows_and_back_by_keyboard(page: Page, site: Site) -> None:
    browser.open_page(page, site.address + "/")
    tab_to(page, "q")
    page.keyboard.type(site.name)
    page.keyboard.press("Enter")
    # Only one has the name.
    expect(page.locator("#page h1")).to_contain_text(site.name)
    browser.wait_until_ready(page)
    address = page.url
    # What to do next leads to tasks; the dataset's own page is at its card.
    page.locator(f'a[href="{site.path.partition("/issues/")[0]}"]').first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#page h1")).to_contain_text(site.title)
    link = page.locator(f'a[href="{site.path}"]').first
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#page h1")).to_contain_text(f"{site.rows:,} rows")
    expect(page.locator("#page h1")).to_be_focused()
    assert page.url == site.address + site.path
    tab_to(page, "Download these problems")
    with page.expect_download() as started:
        page.keyboard.press("Enter")
    path = started.value.path()
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        lines = [
            (row["resource"], row["line_number"], row["value"]) for row in csv.DictReader(file)
        ]
    unguarded = [(one, line, value.removeprefix("'")) for one, line, value in lines]
    assert unguarded == [(one, line, value.removeprefix("'")) for one, line, value in site.values]
    for _ in range(2):
        page.go_back()
    expect(page.locator("#page h1")).to_contain_text(site.name)
    assert page.url == address


def test_searching_sorting_and_paging_are_in_the_address(page: Page, site: Site) -> None:
    browser.open_page(page, site.address + site.path)
    line = site.values[2][1]
    page.locator("input[name=q]").fill(line)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"\?q={line}"))
    expect(page.locator("#results")).not_to_contain_text(f"{len(site.values):,} problems")
    sentence = page.locator("#results").inner_text()
    page.reload()
    browser.wait_until_ready(page)
    expect(page.locator("#results")).to_have_text(sentence)
    page.go_back()
    expect(page.locator("#results")).to_contain_text(f"{len(site.values):,} problems")
    page.locator("th a", has_text="Value found").click()
    expect(page).to_have_url(re.compile("sort=value"))
    expect(page.locator('th[aria-sort="ascending"]')).to_contain_text("Value found")


@pytest.mark.parametrize("state", ["open", "nothing found", "gone"])
def test_axe_finds_nothing_in_any_state(page: Page, site: Site, state: str) -> None:
    path = {
        "open": site.path,
        "nothing found": f"{site.path}?q=nothing-like-it",
        "gone": addresses.issue(site.organisation, site.dataset, "far-future-date", "start-date"),
    }[state]
    browser.open_page(page, site.address + path)
    page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true })")
    browser.check_sizes(page)


def test_the_map_of_coordinates_has_a_name(page: Page, site: Site, module_engine: Engine) -> None:
    with module_engine.connect() as connection:
        row = connection.execute(
            text(_WORST.format("true").replace("s.severity = 'error'", "t.issue_type = 'OSGB'"))
        ).one()
        places = connection.execute(
            text("SELECT count(*) FROM organisation WHERE longitude IS NOT NULL")
        ).scalar_one()
    browser.open_page(page, site.address + addresses.issue(row[0], row[2], *row[4:6]))
    drawing = page.get_by_role("img", name=re.compile("places? on this page of rows"))
    # The platform's file does not say where authorities are; there is no map without them.
    expect(drawing).to_have_count(1 if places else 0)
    assert page.locator(".locator-cross").count() == (min(row[6], 50) if places else 0)
    assert browser.axe_violations(page) == []
