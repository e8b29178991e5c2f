"""What holds for every test in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

# A machine with other work is slow, not wrong.
expect.set_options(timeout=15_000)

# axe's own script is refused by our policy and then injected another way.
_ALWAYS = ("Executing inline script violates",)


@pytest.fixture(scope="module")
def context(browser: Browser, browser_context_args: dict[str, object]) -> Iterator[BrowserContext]:
    """One for all tests of a module: what the browser keeps of our files is fetched once."""
    shared = browser.new_context(**browser_context_args)  # type: ignore[arg-type]
    yield shared
    shared.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A tab of the test's own. What pages may keep is gone afterwards."""
    tab = context.new_page()
    yield tab
    developer = context.new_cdp_session(tab)
    for origin in {urlsplit(opened.url)[:2] for opened in context.pages if "//" in opened.url}:
        what = {"origin": "://".join(origin), "storageTypes": "local_storage"}
        developer.send("Storage.clearDataForOrigin", what)
    context.clear_cookies()
    context.clear_permissions()
    for opened in context.pages:
        opened.close()


@pytest.fixture(autouse=True)
def quiet_console(request: pytest.FixtureRequest) -> Iterator[None]:
    """No page may leave an error or a warning in the console, but for the module's `EXPECTED`."""
    if "page" not in request.fixturenames:
        yield
        return
    page: Page = request.getfixturevalue("page")
    lines: list[str] = []
    page.on("console", lambda line: lines.append(line.text) if line.type != "log" else None)
    page.on("pageerror", lambda error: lines.append(str(error)))
    yield
    expected = (*_ALWAYS, *getattr(request.module, "EXPECTED", ()))
    assert [line for line in lines if not any(phrase in line for phrase in expected)] == []
