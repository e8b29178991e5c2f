"""A desk, and an outbox whose database the tests of a module share: each has submissions of its
own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from providers.tickets import desk_of
from tests.support.fake_desk import FakeDesk, fake_desk
from tests.support.tickets import Tickets, settings_of

TABLES = ", ".join(
    f"providers.{name}"
    for name in ("ticket_desk", "ticket_step", "ticket_comment", "ticket", "message")
)


@pytest.fixture
def jira() -> Iterator[FakeDesk]:
    with fake_desk() as desk:
        yield desk


@pytest.fixture
def store(module_engine: Engine) -> Engine:
    """An outbox without anything in it. What other tests sent is history, which nobody removes: it
    is put away."""
    with module_engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE procrastinate_jobs CASCADE")
        connection.exec_driver_sql(f"TRUNCATE {TABLES} CASCADE")
        connection.exec_driver_sql(
            "UPDATE providers.submission SET archived_at = now(), reference = reference || id "
            "WHERE archived_at IS NULL"
        )
    return module_engine


@pytest.fixture
def tickets(store: Engine, jira: FakeDesk) -> Tickets:
    return Tickets(store, desk_of(settings_of(jira)))
