"""What a new officer and a new programme manager come for stands so few clicks from the home page.

A click follows a link, opens a fold or sends a form. The way of each is walked, not counted.
"""

from __future__ import annotations

import csv
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Engine, text

from performance_store.sample.reader import Sample
from tests.support import browser
from tests.support.real_store import real_app
from tests.support.servers import Filled

# A dataset with several kinds of issue to fix, and one whose endpoints fail, each of an authority.
FLAWED = """
SELECT o.name, d.dataset, sum(s.problems)::int AS problems
FROM issue_summary s JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id
JOIN summary c ON c.snapshot_id = s.snapshot_id AND c.organisation_id = s.organisation_id
    AND c.dataset_id = s.dataset_id AND c.status = 'needs_improving' AND c.in_to_provide
WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.rows IS NOT NULL
    AND s.severity = 'error' AND s.responsibility = 'external'
GROUP BY 1, 2 HAVING count(*) > 1 ORDER BY count(*) DESC, 1, 2 LIMIT 1
"""
FAILING = """
SELECT o.name FROM summary s JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id
WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.status = 'error' AND s.is_lpa
    AND s.in_to_provide AND s.best_success_on IS NOT NULL
ORDER BY 1 LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Site:
    """A running application, and of whom its store can be asked."""

    address: str
    flawed: Any
    failing: Any


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=60, weeks=20))


@pytest.fixture(scope="module")
def site(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with module_engine.connect() as connection:
        flawed, failing = (connection.execute(text(sql)).one() for sql in (FLAWED, FAILING))
    with browser.serving(real_app(tmp_path_factory.mktemp("site"), module_engine)) as address:
        yield Site(address, flawed, failing)


@pytest.fixture
def home(page: Page, site: Site) -> Page:
    browser.open_page(page, site.address)
    return page


def search(page: Page, words: str) -> None:
    """One click: what is typed is sent by Enter."""
    box = page.get_by_label("Find your authority")
    box.fill(words)
    box.press("Enter")
    page.wait_for_url(lambda url: "/find" not in url and not url.endswith("/"))
    browser.wait_until_ready(page)


def go(page: Page, link: Locator) -> None:
    """One click: a link to another page."""
    address = page.url
    link.click()
    page.wait_for_url(lambda url: url != address)
    browser.wait_until_ready(page)


def save(page: Page, link: Locator, folder: Path) -> Path:
    """One click: a link that saves a file."""
    with page.expect_download() as started:
        link.click()
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    return path


def test_none_to_what_the_country_s_figures_say(home: Page) -> None:
    figures = home.locator("#figures")
    for words in (
        r"grew most|No dataset gained",
        r"The region that provides least is .+: \d+ of \d+",
        r"has most to do: [\d,]+ rows",
        r"\d+ of \d+ provisions that had no working endpoint on .+ still (have|has) none",
        r"Broken longest.*, last worked on",
    ):
        expect(figures.get_by_text(re.compile(words)).first).to_be_visible()


def test_axe_finds_nothing_on_the_home_page(home: Page) -> None:
    browser.check_sizes(home, "wide", "narrow")


def test_one_to_each_cohort_and_how_it_did(home: Page) -> None:
    go(home, home.get_by_role("link", name="cohorts", exact=True))
    expect(home.locator("#cohort table")).to_be_visible()
    expect(home.locator("#cohort th").filter(has_text="Change since")).to_be_visible()


def test_one_to_a_picture_for_a_slide(home: Page, tmp_path: Path) -> None:
    picture = save(home, home.get_by_role("link", name=re.compile("Picture of all")), tmp_path)
    assert struct.unpack(">II", picture.read_bytes()[16:24]) == (1920, 1080)
    # Neither loading the page again nor going back makes another one.
    assert "#picture" not in home.url
    expect(home.locator("#over-time [data-said]")).to_have_text("Picture saved")


def test_one_to_the_file_of_who_has_most_to_do(home: Page, tmp_path: Path) -> None:
    file = save(home, home.get_by_role("link", name=re.compile("most to do first")), tmp_path)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        counts = [int(row["rows_to_fix"] or 0) for row in csv.DictReader(lines)]
    assert counts[0] > 0
    assert counts == sorted(counts, reverse=True)


def test_one_to_how_many_provide_a_dataset(home: Page) -> None:
    search(home, "brownfield land")
    expect(home.locator("#page h1")).to_have_text("Brownfield land")
    expect(home.get_by_text(re.compile(r"\d+ of \d+ authorities expected to"))).to_be_in_viewport()


def test_one_to_authorities_side_by_side(home: Page, site: Site) -> None:
    search(home, f"{site.flawed.name}, {site.failing.name}")
    finding = home.locator("#side-by-side .chart-finding")
    for name in (site.flawed.name, site.failing.name):
        expect(finding).to_contain_text(name)


def test_one_to_what_fails_with_what_and_since_when(home: Page, site: Site) -> None:
    search(home, site.failing.name)
    line = home.locator("#next").get_by_text(re.compile(r"not work: .+\(since .+\)")).first
    expect(line).to_be_in_viewport()


def test_one_to_what_to_fix_first_and_where_we_stand(home: Page, site: Site) -> None:
    search(home, site.flawed.name)
    expect(home.locator("#next").get_by_text(re.compile(r"First: ")).first).to_be_visible()
    standing = re.compile(r"Compared with other authorities: ahead of \d+ of \d+")
    expect(home.locator("#similar summary").first).to_have_text(standing)


def test_two_to_the_rows_to_fix_first(home: Page, site: Site) -> None:
    search(home, site.flawed.name)
    go(home, home.locator("#next a[href*='/issues/']").first)
    expect(home.locator("#page h1")).to_have_text(re.compile(r"rows? (has|have) "))
    expect(home.locator("#rows tbody tr, #where tbody tr").first).to_be_visible()


def test_two_to_our_age_beside_others_and_three_to_all_problems(
    home: Page, site: Site, tmp_path: Path
) -> None:
    search(home, site.flawed.name)
    go(home, home.locator(f"#page a[href$='/{site.flawed.dataset}']").first)
    expect(home.get_by_text(re.compile(r"Half of \d+ authorities"))).to_be_in_viewport()
    expect(home.get_by_text(re.compile(r"dates in the last year"))).to_be_visible()
    file = save(home, home.get_by_role("link", name="Download all these problems"), tmp_path)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["severity"] == "error"]
    assert len([row for row in rows if row["responsibility"] == "external"]) == site.flawed.problems
