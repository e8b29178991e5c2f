"""A desk, and an outbox whose database the tests of a module share: each has submissions of its
own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from performance_store.settings import Settings
from providers.tickets import desk_of
from tests.support.fake_desk import (
    AGENT_TOKEN,
    DESK,
    PROJECT,
    REQUEST_TYPE,
    FakeDesk,
    fake_desk,
)
from tests.support.tickets import Tickets

TABLES = ", ".join(
    f"providers.{name}"
    for name in ("ticket_desk", "ticket_step", "ticket_comment", "ticket", "message")
)


@pytest.fixture
def jira() -> Iterator[FakeDesk]:
    with fake_desk() as desk:
        yield desk


def settings_of(jira: FakeDesk, **more: object) -> Settings:
    return Settings(
        **{
            "tickets": "jira",
            "tickets_url": jira.url,
            "tickets_token": AGENT_TOKEN,
            "tickets_desk": DESK,
            "tickets_request_type": REQUEST_TYPE,
            "tickets_project": PROJECT,
            **more,
        }
    )


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
