"""A store that lives in the test: it counts its questions and falls silent on demand."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from dashboard import create_app
from dashboard.data.door import StoreState
from dashboard.web.document import ShellDash
from performance_store.database import DatabaseUnavailable
from performance_store.operations.watch import Condition, LoadState
from tests.support.settings import settings_at

AS_AT = date(2026, 3, 1)


class FakeStore:
    """Stands in for an engine: gives itself as the connection."""

    def __init__(self, state: StoreState | None = None) -> None:
        self.state = state or StoreState("1", AS_AT, "platform")
        self.silent = False
        self.migrations = "at head"
        self.loads: tuple[LoadState, ...] = ()
        self.connections = 0
        self._lock = threading.Lock()

    @contextmanager
    def connect(self) -> Iterator[Any]:
        with self._lock:
            self.connections += 1
        if self.silent:
            raise DatabaseUnavailable("the database cannot be reached")
        yield self

    def execution_options(self, **_options: Any) -> FakeStore:
        """As a connection's: how it is isolated means nothing here."""
        return self

    def execute(self, *_statement: Any) -> None:
        """It holds no tables: whoever can do without an answer does."""
        raise DatabaseUnavailable("a fake store knows no SQL")

    def look(self, _connection: Any) -> Condition:
        """How it is: all well, with the loads the test gave it."""
        return Condition(
            self.migrations,
            version=int(self.state.version) if self.state.version.isdecimal() else None,
            as_at=self.state.as_at,
            kind=self.state.kind,
            loads=self.loads,
        )

    def read_state(self, _connection: Any) -> StoreState:
        return self.state


def make_app(folder: Path, store: FakeStore | None = None, **more: Any) -> ShellDash:
    """An application over a fake store, its cache in `folder`."""
    store = store or FakeStore()
    settings = more.pop("settings", None) or settings_at(
        folder, redis_url=more.pop("redis_url", None)
    )
    return create_app(
        settings, connect=store.connect, read_state=store.read_state, look=store.look, **more
    )
