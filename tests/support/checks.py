"""Checks for tests: begun and done without a worker, by the stand-in for the engine."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Event
from typing import Any

from sqlalchemy import Connection, Engine

from performance_store.database import transaction
from performance_store.settings import Settings
from providers.checks import requests, uploads
from providers.checks.requests import Check
from providers.checks.terms import Terms
from worker import checking

TERMS = Terms()
SETTINGS = Settings()


def write_of(engine: Engine) -> Callable[[], AbstractContextManager[Connection]]:
    return lambda: transaction(engine)


def begin(engine: Engine, content: str | bytes, *, terms: Terms = TERMS, **arguments: Any) -> Check:
    """A check of a file with this content, which waits."""
    stream = io.BytesIO(content if isinstance(content, bytes) else content.encode())
    name = arguments.pop("name", "areas.csv")
    upload = uploads.receive(write_of(engine), stream, name=name, terms=terms)
    with transaction(engine) as connection:
        return requests.start(
            connection,
            **{"dataset": "conservation-area", "organisation": "local-authority:LBH"} | arguments,
            name=name,
            terms=terms,
            upload=upload,
        )


def begin_address(engine: Engine, url: str) -> Check:
    """A check of what stands at an address, which waits."""
    with transaction(engine) as connection:
        return requests.start(
            connection, dataset="tree", organisation=None, name="file", terms=TERMS, url=url
        )


def get(engine: Engine, check: Check) -> Check | None:
    with transaction(engine) as connection:
        return requests.get(connection, secret=check.secret)


def done(engine: Engine, check: Check, settings: Settings = SETTINGS) -> Check:
    """The check when a worker has done it."""
    checking.run(engine, settings, check.id, Event())
    result = get(engine, check)
    assert result is not None
    return result
