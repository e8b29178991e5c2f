"""Pages of what was sent, in a real browser: nothing for axe and no sideways scrolling, for whoever
reads and for whoever may answer or act by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Page
from sqlalchemy import Engine, text

from performance_store.database import transaction
from performance_store.loading.sample_progress import say_something
from performance_store.loading.sample_submissions import send_something
from performance_store.sample.reader import Sample
from providers.accounts import people, sessions
from providers.accounts.addresses import parse
from tests.support import browser
from tests.support.accounts import account_app
from tests.support.servers import Filled


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    engine = filled(Sample(date(2026, 8, 21), authorities=40, weeks=12))
    say_something(engine)
    send_something(engine)
    return engine


@pytest.fixture(scope="module")
def site(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    app = account_app(tmp_path_factory.mktemp("site"), module_engine)
    with browser.serving(app) as address:
        yield address


def references(engine: Engine) -> dict[str, tuple[str, str]]:
    """A submission and whose it is, by how far it is."""
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT step, reference, organisation FROM providers.submission ORDER BY id")
        )
        return {row.step: (row.reference, row.organisation) for row in rows}


def test_everybody_can_read_the_lists_and_how_far_one_is(
    page: Page, site: str, module_engine: Engine
) -> None:
    reference, organisation = references(module_engine)["live"]
    for path in ("/national/submissions", f"/organisations/{organisation}/submissions"):
        browser.open_page(page, site + path)
        browser.check_sizes(page)
    page.goto(f"{site}/submissions/{reference}")
    assert "Thank you" in page.locator("main").inner_text()
    browser.check_sizes(page)


@pytest.mark.parametrize("role", ["", "programme"])
def test_who_may_answer_or_act_has_forms(
    page: Page, site: str, module_engine: Engine, role: str
) -> None:
    reference, organisation = references(module_engine)["waiting"]
    with transaction(module_engine) as connection:
        address = parse(f"{role or 'ann'}@officers.example")
        person_id = people.person_at(connection, address=address)
        if role:
            people.grant(connection, address=address, role=role, by="tests")
        session_id = sessions.begin(
            connection, person_id=person_id, acting_for=None if role else organisation
        )
        connection.execute(
            text(
                "INSERT INTO providers.organisation_domain (organisation, domain, source, "
                "approved_by) VALUES (:organisation, 'officers.example', 'tests', 'tests') "
                "ON CONFLICT DO NOTHING"
            ),
            {"organisation": organisation},
        )
    page.context.add_cookies([{"name": "session", "value": session_id, "url": site}])
    page.goto(f"{site}/submissions/{reference}")
    words = page.locator("main").inner_text()
    assert ("For programme managers" if role else "Your message to the data team") in words
    browser.check_sizes(page)
