"""An application that people of invented authorities can sign in to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from dashboard.web.document import ShellDash
from tests.support.accounts import Letters, Person, account_app, approve, letters
from tests.support.build import Store

__all__ = ["letters"]

NORTHMERE, SOUTHMERE, GROUP = (
    *("local-authority:XNMR", "local-authority:XSMR"),
    "local-planning-group:XG01",
)


# But for the trail, which nobody can empty.
TABLES = (
    *("session", "sign_in_token", "organisation_domain", "organisation_person", "person_role"),
    *("person_contact", "person"),
)


@pytest.fixture(scope="module")
def module_app(tmp_path_factory: pytest.TempPathFactory, module_engine: Engine) -> ShellDash:
    """Three organisations that have names."""
    with module_engine.begin() as connection:
        for code, name in ((NORTHMERE, "Northmere"), (SOUTHMERE, "Southmere"), (GROUP, "Meres")):
            connection.execute(
                text(
                    "INSERT INTO organisation (organisation, name, type) VALUES (:code, :name, 'x')"
                ),
                {"code": code, "name": name},
            )
    return account_app(tmp_path_factory.mktemp("accounts"), module_engine)


@pytest.fixture
def engine(module_engine: Engine) -> Engine:
    """The module's database, with nobody in it."""
    with module_engine.begin() as connection:
        for table in TABLES:
            connection.execute(text(f"DELETE FROM providers.{table}"))
    return module_engine


@pytest.fixture
def app(module_app: ShellDash, engine: Engine) -> ShellDash:
    """Northmere has a domain of its own, and shares that of the planning group with Southmere."""
    approve(engine, "northmere.example", NORTHMERE)
    approve(engine, "shared.example", NORTHMERE, SOUTHMERE, GROUP)
    return module_app


@pytest.fixture
def officer(app: ShellDash, letters: Letters) -> Person:
    """Somebody of Northmere, signed in."""
    person = Person(app.server)
    assert person.sign_in(letters, "officer@northmere.example").status_code == 303
    return person


@pytest.fixture
def trail(engine: Engine) -> Callable[[], list[tuple[str, str | None]]]:
    """What was done since the test began, and why it was refused."""
    ((first,),) = Store(engine).sql("SELECT coalesce(max(id), 0) FROM providers.audit")

    def read() -> list[tuple[str, str | None]]:
        rows = Store(engine).sql(
            "SELECT action, details ->> 'reason' FROM providers.audit "
            f"WHERE id > {first} ORDER BY id"
        )
        return [(row[0], row[1]) for row in rows]

    return read
