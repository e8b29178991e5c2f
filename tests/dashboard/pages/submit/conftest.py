"""An application in which an officer sends things to the data team."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, text

from dashboard.web.document import ShellDash
from tests.support.accounts import Letters, Person, account_app, approve, letters
from tests.support.build import AAA, BBB, PlatformFile, Store
from tests.support.submitting import Officer

__all__ = ["letters"]

FORGET = (
    # The steps of a submission cannot be removed.
    "UPDATE providers.submission SET archived_at = now()",
    "DELETE FROM providers.submission_draft",
    "DELETE FROM providers.sign_in_token",
    "TRUNCATE providers.check_request, providers.check_result CASCADE",
)


@pytest.fixture(scope="module")
def engine(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Of trees one address is collected, one has ended, one fails and one waits; of conservation
    areas there is none."""
    file = PlatformFile(tmp_path_factory.mktemp("night")).organisation(BBB)
    file.provision().provision("conservation-area").provision(organisation=BBB)
    file.endpoint("e1", documentation_url="https://www.aaa.gov.uk/trees").answer("e1")
    file.endpoint("e2", end_date="2025-05-01")
    file.endpoint("e3").failure("e3")
    file.endpoint("e4")
    Store(module_engine).load(file)
    approve(module_engine, "aaa.example", AAA)
    approve(module_engine, "bbb.example", BBB)
    approve(module_engine, "both.example", AAA, BBB)
    return module_engine


@pytest.fixture(scope="module")
def app(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> ShellDash:
    return account_app(tmp_path_factory.mktemp("site"), engine, forms_per_minute=10_000)


@pytest.fixture
def officer_of(app: ShellDash, engine: Engine, letters: Letters) -> Callable[[str], Officer]:
    """Signs somebody in by their address; nothing was sent or checked before."""
    with engine.begin() as connection:
        for statement in FORGET:
            connection.execute(text(statement))

    def sign_in(address: str) -> Officer:
        person = Person(app.server)
        assert person.sign_in(letters, address).status_code == 303
        return Officer(person)

    return sign_in


@pytest.fixture
def officer(officer_of: Callable[[str], Officer]) -> Officer:
    return officer_of("officer@aaa.example")


@pytest.fixture
def trail(engine: Engine) -> Callable[[], list[tuple[Any, ...]]]:
    """What was done since the test began: each with its subject, and why it was refused."""
    ((first,),) = Store(engine).sql("SELECT coalesce(max(id), 0) FROM providers.audit")
    return lambda: Store(engine).sql(
        "SELECT action, organisation, details ->> 'why' FROM providers.audit "
        f"WHERE id > {first} ORDER BY id"
    )
