"""What holds for every test in a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

# A machine with other work is slow, not wrong.
expect.set_options(timeout=15_000)

# axe's own script is refused by our policy and then injected another way.
_ALWAYS = ("Executing inline script violates",)


@pytest.fixture(autouse=True)
def quiet_console(request: pytest.FixtureRequest) -> Iterator[None]:
    """No page may leave an error or a warning in the console, but for the module's `EXPECTED`."""
    if "page" not in request.fixturenames:
        yield
        return
    page: Page = request.getfixturevalue("page")
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type != "log" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield
    expected = (*_ALWAYS, *getattr(request.module, "EXPECTED", ()))
    assert [line for line in said if not any(known in line for known in expected)] == []
