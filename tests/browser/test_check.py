"""Checking a file with a real browser: by keyboard, while it is under way, and without scripts."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_playwright import CreateContextCallback
from sqlalchemy import Engine, text

from performance_store.database import transaction
from providers.checks import requests, storing
from providers.checks.requests import Check
from tests.support import browser, check_result
from tests.support.accounts import account_app
from tests.support.checks import begin
from tests.support.servers import Filled
from tools.api_examples import sample

ORGANISATION = "local-authority:XROW"
START = f"/check?dataset=conservation-area&organisation={ORGANISATION}"
LIBRARY = "dash_bootstrap_components"
FILE = {"name": "areas.csv", "mimeType": "text/csv", "buffer": b"reference\n1\n"}
# A form that was not right.
EXPECTED = ("the server responded with a status of 400",)


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(sample())


@pytest.fixture(scope="module")
def site(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    app = account_app(tmp_path_factory.mktemp("site"), module_engine, site_url=None)
    with browser.serving(app) as address:
        yield address


def axe_is_content(page: Page) -> None:
    for size in (browser.NARROW, browser.WIDE):
        page.set_viewport_size(size)
        assert browser.axe_violations(page) == []
        assert browser.overflow(page) <= 0


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def waiting(engine: Engine) -> Check:
    """A check that nobody works on, by a client of its own."""
    return begin(engine, os.urandom(8), organisation=ORGANISATION, client=os.urandom(8))


def check_at(engine: Engine, url: str) -> Check:
    with transaction(engine) as connection:
        check = requests.get(connection, secret=url.rpartition("/")[2])
    assert check is not None
    return check


def test_the_journey_by_keyboard(page: Page, site: str, module_engine: Engine) -> None:
    page.goto(f"{site}{START}")
    heading(page, "Check a file before you publish it")
    expect(page.get_by_label("Which dataset is it?")).to_have_value("conservation-area")
    page.get_by_role("button", name="Check it").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Choose a file, or give a web address")
    page.get_by_role("link", name="Choose a file, or give").press("Enter")
    expect(page.get_by_label("Choose a file")).to_be_focused()
    axe_is_content(page)
    page.get_by_label("Choose a file").set_input_files([FILE])
    page.get_by_role("button", name="Check it").press("Enter")
    heading(page, "Checking your file")
    expect(page.locator(".progress-bar")).to_be_visible()
    axe_is_content(page)
    check = check_at(module_engine, page.url)
    with transaction(module_engine) as connection:
        storing.begin(connection, check.id)
        storing.progress(connection, check.id, stage="checking", rows=20_000)
    expect(page.get_by_role("status").first).to_have_text("Checking rows")
    expect(page.locator("#check-rows")).to_have_text("20,000 rows so far")
    with transaction(module_engine) as connection:
        storing.put_back(connection, check.id)
    check_result.store(module_engine, check)
    heading(page, "Not ready: 3 things must be fixed: 1 of the whole file, 2 in 13 rows")
    axe_is_content(page)
    page.get_by_role("button", name="Copy").press("Enter")
    expect(page.get_by_text("Link copied")).to_be_visible()
    page.get_by_role("link", name="See all 12 rows").press("Enter")
    heading(page, "Rows with: designation-date: This is no date")
    axe_is_content(page)
    page.get_by_role("link", name="What was found").press("Enter")
    page.get_by_role("link", name="The map").press("Enter")
    axe_is_content(page)
    page.get_by_role("link", name="12 CA12").press("Enter")
    expect(page.locator("#row-12")).to_be_in_viewport()
    page.get_by_role("link", name="What was found").press("Enter")
    page.get_by_role("link", name="See and change which column").press("Enter")
    axe_is_content(page)
    field = page.get_by_label("Field of the column <b>Anmerkung</b>")
    expect(field).to_have_value("notes")
    # The likely fields come first, after none.
    field.press("Home")
    expect(field).to_have_value("")
    field.press("ArrowDown")
    expect(field).to_have_value("notes")
    page.get_by_role("button", name="Check again with these fields").press("Enter")
    heading(page, "Checking your file")
    page.get_by_role("button", name="Cancel the check").press("Enter")
    heading(page, "You cancelled this check")
    axe_is_content(page)
    with transaction(module_engine) as connection:
        connection.execute(text("TRUNCATE providers.check_mapping"))


def test_its_library_comes_only_with_a_page_that_moves(
    page: Page, site: str, module_engine: Engine
) -> None:
    check = waiting(module_engine)
    scripts: list[str] = []
    page.on("request", lambda request: scripts.append(request.url))
    browser.open_page(page, f"{site}/about")
    assert not any(LIBRARY in url or "alive" in url for url in scripts)
    # A reader who moves on to it without loading the document anew.
    page.evaluate(
        """address => { const link = document.createElement('a'); link.href = address;
        link.textContent = 'Onward'; document.querySelector('#page h1').after(link); }""",
        f"/check/{check.secret}",
    )
    page.evaluate("window.same = true")
    page.get_by_role("link", name="Onward").click()
    expect(page.locator(".progress-bar")).to_be_visible()
    heading(page, "Checking your file")
    assert page.evaluate("window.same")
    assert sum(LIBRARY in url for url in scripts) == 1
    # Away and back.
    page.get_by_role("link", name="Authorities").first.click()
    heading(page, "Find an authority")
    page.go_back()
    expect(page.locator(".progress-bar")).to_be_visible()
    assert page.evaluate("window.same")
    # A document of its own.
    page.reload()
    expect(page.locator(".progress-bar")).to_be_visible()
    height = page.locator(".progress").bounding_box()
    assert height
    assert height["height"] > 8


def test_ending_a_link_asks_first(page: Page, site: str, module_engine: Engine) -> None:
    page.goto(f"{site}{START}")
    page.get_by_label("Choose a file").set_input_files([FILE | {"buffer": os.urandom(9)}])
    page.get_by_role("button", name="Check it").press("Enter")
    heading(page, "Checking your file")
    check_result.store(module_engine, check_at(module_engine, page.url))
    heading(page, "Not ready: 3 things must be fixed: 1 of the whole file, 2 in 13 rows")
    page.get_by_text("End this link").press("Enter")
    end = page.get_by_role("button", name="End the link")
    question = page.get_by_role("dialog", name="Are you sure you want to end it?")
    for refusal in ("Escape", "Enter"):
        end.press("Enter")
        expect(question.get_by_role("button", name="Keep it")).to_be_focused()
        page.keyboard.press(refusal)
        expect(question).to_be_hidden()
        expect(end).to_be_focused()
    end.press("Enter")
    axe_is_content(page)
    question.get_by_role("button", name="End it now").press("Enter")
    heading(page, "Check a file before you publish it")


def test_without_scripts(
    new_context: CreateContextCallback, site: str, module_engine: Engine
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{site}{START}")
    page.get_by_label("Choose a file").set_input_files([FILE | {"buffer": os.urandom(9)}])
    page.get_by_role("button", name="Check it").click()
    heading(page, "Checking your file")
    check_result.store(module_engine, check_at(module_engine, page.url))
    # The document loads itself anew.
    heading(page, "Not ready: 3 things must be fixed: 1 of the whole file, 2 in 13 rows")
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()
    page.get_by_text("End this link").click()
    page.get_by_role("button", name="End the link").click()
    heading(page, "Check a file before you publish it")
