"""A mail server, and an outbox in a database of the module's own that is emptied for each test."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import Engine

from performance_store.database import transaction
from performance_store.settings import Settings
from tests.support.post import Post
from tests.support.smtp import MailServer, mail_server

# Not people: the trail and the history of tasks, which nobody may empty, refer to them.
TABLES = "providers.subscription, providers.message, providers.suppression, providers.webhook"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def store(module_engine: Engine) -> Engine:
    with module_engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE procrastinate_jobs CASCADE")
        connection.exec_driver_sql(f"TRUNCATE {TABLES} RESTART IDENTITY CASCADE")
    return module_engine


@pytest.fixture
def post(store: Engine, server: MailServer) -> Post:
    settings = Settings(
        mail_url=server.url,
        mail_from="performance@service.example",
        site_url="https://performance.example.org",
        contact="help@service.example",
    )
    return Post(store, settings, partial(transaction, store))
