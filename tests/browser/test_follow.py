"""Following with a real browser: by keyboard on a phone, without scripts, to the last click."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_playwright import CreateContextCallback
from sqlalchemy import Engine

from tests.support import browser
from tests.support.accounts import Letters, account_app, approve
from tests.support.build import Store
from tests.support.servers import Filled
from tools.api_examples import sample

ORGANISATION = "local-authority:XROW"
FORM = f"/organisations/{ORGANISATION}/follow"
# A form that was not right.
EXPECTED = ("the server responded with a status of 400",)


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    engine = filled(sample())
    approve(engine, "officers.example", ORGANISATION)
    return engine


@pytest.fixture(scope="module")
def store(module_engine: Engine) -> Store:
    return Store(module_engine)


@pytest.fixture(scope="module")
def site(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    app = account_app(tmp_path_factory.mktemp("site"), module_engine, site_url=None)
    with browser.serving(app) as address:
        yield address


def link_in_mail(store: Store, site: str) -> str:
    text = store.value("SELECT text FROM providers.message ORDER BY id DESC LIMIT 1")
    match = re.search(r"http://[^/]+(/follow/\S+)", text)
    assert match
    return f"{site}{match[1]}"


def axe_is_content(page: Page) -> None:
    for size in (browser.WIDE, browser.NARROW):
        page.set_viewport_size(size)
        assert browser.axe_violations(page) == []
        assert browser.overflow(page) <= 0


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def test_by_keyboard_on_a_phone(page: Page, site: str, store: Store) -> None:
    name = store.value(f"SELECT name FROM organisation WHERE organisation = '{ORGANISATION}'")
    page.set_viewport_size(browser.NARROW)
    browser.open_page(page, f"{site}/organisations/{ORGANISATION}")
    page.locator("summary", has_text="Follow").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Follow by mail").focus()
    page.keyboard.press("Enter")
    heading(page, f"Follow {name}")
    axe_is_content(page)
    page.get_by_label("Your e-mail address").focus()
    page.keyboard.type("jo@council")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Enter an e-mail address")
    axe_is_content(page)
    page.get_by_label("Your e-mail address").fill("jo@council.example")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Look at your mail")).to_be_visible()
    axe_is_content(page)
    page.goto(link_in_mail(store, site))
    heading(page, "Confirm that you want to be told")
    axe_is_content(page)
    page.get_by_role("button", name="Confirm").focus()
    page.keyboard.press("Enter")
    heading(page, "What you are told")
    axe_is_content(page)
    page.get_by_label("A mail in the morning after something").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Store my choices").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your choices are stored")).to_be_visible()
    expect(page.get_by_label("A mail in the morning after something")).to_be_checked()
    page.get_by_role("button", name="Stop all mail").focus()
    page.keyboard.press("Enter")
    heading(page, "You get no more mail")
    axe_is_content(page)


def test_without_scripts(new_context: CreateContextCallback, site: str, store: Store) -> None:
    tab = new_context(java_script_enabled=False).new_page()
    tab.goto(f"{site}{FORM}")
    tab.get_by_label("Your e-mail address").fill("al@council.example")
    tab.get_by_role("button", name="Follow").click()
    expect(tab.get_by_text("Look at your mail")).to_be_visible()
    tab.goto(link_in_mail(store, site))
    tab.get_by_role("button", name="Confirm").click()
    heading(tab, "What you are told")


def test_webhooks_of_who_is_signed_in(
    page: Page, site: str, module_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = Letters()
    monkeypatch.setattr("providers.messages.outbox.enqueue", letters.enqueue)
    page.goto(f"{site}/sign-in?next={FORM}")
    page.get_by_label("Your work e-mail address").fill("jo@officers.example")
    page.keyboard.press("Enter")
    heading(page, "Check your mail")
    page.get_by_label("Code").fill(letters.code)
    page.keyboard.press("Enter")
    expect(page.locator(".corner")).to_contain_text("jo@officers.example")
    page.goto(f"{site}{FORM}")
    page.get_by_label("Address of your program").fill("https://chat.example/hook")
    page.get_by_role("button", name="Add a webhook").click()
    heading(page, "Your webhook is on")
    axe_is_content(page)
    page.get_by_role("link", name="Go back").click()
    expect(page.get_by_role("cell", name="https://chat.example/hook")).to_be_visible()
    axe_is_content(page)
    page.get_by_role("button", name="End https://chat.example/hook").click()
    expect(page.get_by_role("button", name="End https://chat.example/hook")).to_have_count(0)
