"""Keeping track of tasks with a real browser: by keyboard on a phone, and without scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_playwright import CreateContextCallback
from sqlalchemy import Engine

from tests.support import browser
from tests.support.accounts import Letters, account_app, approve, letters
from tests.support.build import Store
from tests.support.servers import Filled
from tools.api_examples import sample

__all__ = ["letters"]


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(sample())


@pytest.fixture(scope="module")
def body(module_engine: Engine) -> str:
    """An authority with much to do, whose officers can sign in."""
    organisation: str = Store(module_engine).value(
        "SELECT o.organisation FROM task t JOIN organisation o ON o.id = t.organisation_id "
        "WHERE t.closed_on IS NULL GROUP BY 1 "
        "ORDER BY count(*) FILTER (WHERE kind = 'fix') DESC, 1 LIMIT 1"
    )
    approve(module_engine, "tasks.example", organisation)
    return organisation


@pytest.fixture(scope="module")
def site(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    app = account_app(tmp_path_factory.mktemp("site"), module_engine, site_url=None)
    with browser.serving(app) as address:
        yield address


def is_clean(page: Page) -> None:
    assert browser.axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_task_is_marked_by_keyboard_on_a_phone(
    page: Page, site: str, letters: Letters, body: str
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    browser.open_page(page, f"{site}/organisations/{body}")
    page.get_by_role("link", name="See all tasks").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tasks")
    browser.wait_until_ready(page)
    page.locator("main summary", has_text="What to do").first.focus()
    page.keyboard.press("Enter")
    is_clean(page)
    page.locator("main .task h4 a").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="How far you are")).to_be_visible()
    title = page.get_by_role("heading", level=1).inner_text()
    is_clean(page)
    page.locator("#progress").get_by_role("link", name="Sign in").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Your work e-mail address").focus()
    page.keyboard.type("ann@tasks.example")
    page.keyboard.press("Enter")
    page.get_by_label("Code").focus()
    page.keyboard.type(letters.code)
    page.keyboard.press("Enter")
    # Back at the task.
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    is_clean(page)
    page.get_by_label("In progress").focus()
    page.keyboard.press("Space")
    page.get_by_label("Note for your colleagues").focus()
    page.keyboard.type("Asked the supplier")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved")).to_be_visible()
    expect(page.locator("#progress table")).to_contain_text("Asked the supplier")
    is_clean(page)
    page.get_by_role("link", name="Tasks", exact=True).focus()
    page.keyboard.press("Enter")
    browser.wait_until_ready(page)
    expect(page.locator("main .task").first).to_contain_text("In progress")
    page.set_viewport_size(browser.WIDE)
    is_clean(page)


def test_a_task_is_marked_without_scripts(
    new_context: CreateContextCallback, site: str, letters: Letters, body: str
) -> None:
    tab = new_context(java_script_enabled=False).new_page()
    tab.goto(f"{site}/organisations/{body}/tasks")
    tab.get_by_role("link", name="Sign in").last.click()
    tab.get_by_label("Your work e-mail address").fill("bob@tasks.example")
    tab.get_by_role("button", name="Send me a link and a code").click()
    tab.get_by_label("Code").fill(letters.code)
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Tasks")
    tab.locator("main .task h4 a").last.click()
    tab.get_by_label("Paused until a day").check()
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_role("alert")).to_contain_text("Enter a day within the next 12 months")
    tab.get_by_label("In progress").check()
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_text("Saved")).to_be_visible()
