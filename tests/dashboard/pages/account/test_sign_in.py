"""Signing in, from the first page to the last."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard.web.document import ShellDash
from tests.support.accounts import Letters, Person, account_app, approve, letters
from tests.support.build import Store

__all__ = ["letters"]

NORTHMERE = "local-authority:XNMR"
OFFICER = "Officer@Northmere.example"


@pytest.fixture
def app(tmp_path: Path, engine: Engine) -> ShellDash:
    approve(engine, "northmere.example", NORTHMERE)
    return account_app(tmp_path, engine)


def trail(engine: Engine) -> list[str]:
    return [row[0] for row in Store(engine).sql("SELECT action FROM providers.audit ORDER BY id")]


def test_by_code_in_the_browser_that_asked(
    app: ShellDash, engine: Engine, letters: Letters
) -> None:
    person = Person(app.server)
    assert "Sign in</a>" in person.get("/about").text
    answer = person.sign_in(letters, OFFICER, next="/glossary?a=b")
    assert (answer.status_code, answer.location) == (303, "/glossary?a=b")
    page = person.get("/about")
    assert "Officer@northmere.example" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert trail(engine) == ["sign-in-mail", "sign-in"]


def test_by_link_on_another_machine(app: ShellDash, letters: Letters) -> None:
    Person(app.server).ask(OFFICER)
    phone = Person(app.server)
    page = phone.get(f"/sign-in/link?token={letters.token}")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.text.count("<button") == 1
    assert phone.follow(letters.token).status_code == 303
    assert "Officer@northmere.example" in phone.get("/account").text
