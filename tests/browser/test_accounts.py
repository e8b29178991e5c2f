"""Signing in with a real browser: by keyboard on a phone, and without scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_playwright import CreateContextCallback
from sqlalchemy import Engine

from performance_store.loading import approve_sample
from tests.support import browser
from tests.support.accounts import Letters, account_app, letters
from tests.support.build import Store
from tests.support.servers import Filled
from tools.api_examples import sample

__all__ = ["letters"]

# A wrong code.
EXPECTED = ("the server responded with a status of 400",)


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    engine = filled(sample())
    approve_sample(engine)
    return engine


@pytest.fixture(scope="module")
def site(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    app = account_app(tmp_path_factory.mktemp("site"), module_engine, site_url=None)
    with browser.serving(app) as address:
        yield address


@pytest.fixture(scope="module")
def shared(module_engine: Engine) -> tuple[str, str]:
    """A domain that several organisations have, and the name of one of them."""
    row = Store(module_engine).sql(
        "SELECT domain, min(o.name) FROM providers.organisation_domain d "
        "JOIN organisation o USING (organisation) GROUP BY 1 HAVING count(*) > 1 ORDER BY 1 LIMIT 1"
    )[0]
    return row[0], row[1]


def axe_is_content(page: Page) -> None:
    assert browser.axe_violations(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


def tab_to(page: Page, name: str) -> None:
    """Go on by the keyboard until a control of that name has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def test_by_keyboard_on_a_phone(
    page: Page, site: str, letters: Letters, shared: tuple[str, str]
) -> None:
    domain, organisation = shared
    page.set_viewport_size({"width": 390, "height": 844})
    browser.open_page(page, f"{site}/about")
    axe_is_content(page)
    # Dash has moved on since the header was drawn: it leads back to where the reader is.
    page.get_by_role("link", name="the glossary").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Glossary")
    browser.wait_until_ready(page)
    page.get_by_role("link", name="Sign in").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    axe_is_content(page)
    page.get_by_label("Your work e-mail address").focus()
    page.keyboard.type(f"jo@{domain}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")
    axe_is_content(page)
    page.get_by_label("Code").focus()
    page.keyboard.type("12345")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("You have 4 tries left")
    axe_is_content(page)
    page.get_by_label("Code").focus()
    page.keyboard.type(letters.code)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    axe_is_content(page)
    page.get_by_label(organisation).focus()
    page.keyboard.press("Space")
    tab_to(page, "Act for this organisation")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Glossary")
    expect(page.locator(".corner")).to_contain_text(f"jo@{domain}")
    expect(page.locator(".corner")).to_contain_text(f"for {organisation}")
    browser.wait_until_ready(page)
    axe_is_content(page)
    # A page that Dash draws: its call carries the token, and the corner stays.
    page.locator(".nav").get_by_role("link", name="About").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("About these figures")
    expect(page.locator(".corner")).to_contain_text(f"for {organisation}")
    tab = page.context.new_page()
    tab.goto(f"{site}/account")
    tab.get_by_role("button", name="Sign out", exact=True).click()
    expect(tab.locator(".corner")).to_have_text("Sign in")
    # This one was open meanwhile, and names nobody who is gone.
    browser.wait_until_ready(page)
    page.locator(".nav a").nth(1).click()
    expect(page.locator(".corner")).to_have_text("Sign in")


def test_by_link_without_scripts(
    new_context: CreateContextCallback, site: str, letters: Letters, shared: tuple[str, str]
) -> None:
    context = new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{site}/about")
    tab.get_by_role("link", name="Sign in").click()
    tab.get_by_label("Your work e-mail address").fill(f"al@{shared[0]}")
    tab.get_by_role("button", name="Send me a link and a code").click()
    tab.goto(f"{site}/sign-in/link?token={letters.token}")
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Your account")
    tab.get_by_label(shared[1]).check()
    tab.get_by_role("button", name="Act for this organisation").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("About these figures")
    expect(tab.locator(".corner")).to_contain_text(f"for {shared[1]}")
    tab.locator(".corner a").click()
    tab.get_by_role("button", name="Sign out everywhere").click()
    expect(tab.locator(".corner")).to_have_text("Sign in")


@pytest.mark.parametrize("path", ["/privacy", "/cookies", "/accessibility"])
def test_what_we_say_of_ourselves(page: Page, site: str, path: str) -> None:
    for size in (browser.WIDE, browser.NARROW):
        page.set_viewport_size(size)
        browser.open_page(page, f"{site}{path}")
        axe_is_content(page)
