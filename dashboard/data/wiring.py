"""How the application is joined to the performance store."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import Connection, Engine

from dashboard.data.door import StoreState
from performance_store.database import connect, make_engine
from performance_store.queries import snapshots
from performance_store.read_server import Lag, ReadServer, open_read_server
from performance_store.settings import Settings, SettingsError
from serving.breaker import Breaker

Connect = Callable[[], AbstractContextManager[Connection]]


def connector(settings: Settings) -> tuple[Connect, Engine]:
    """What opens a connection, and its engine. Nothing is connected yet."""
    if settings.database_url is None:
        raise SettingsError(
            "DATABASE_URL is not set. `make run` starts a database of its own and sets it."
        )
    engine = make_engine(settings.database_url, application_name="dashboard")
    return lambda: connect(engine), engine


def read_server(settings: Settings, connect: Connect) -> ReadServer | None:
    """What questions go to in place of the database, if there is such a server. In: the settings,
    and what opens a connection to the database."""
    url = settings.database_read_url
    if url is None:
        return None
    breaker = Breaker("The read server")
    return open_read_server(url, breaker, Lag(connect), application_name="dashboard")


def read_state(connection: Connection) -> StoreState:
    """Which data the store serves: that of the snapshot that is now."""
    rows = snapshots.current(connection)
    if not rows:
        return StoreState(version="empty", as_at=None, kind=None)
    (now,) = rows
    return StoreState(
        version=str(now.data_version),
        as_at=now.as_at,
        kind=now.kind,
        published_at=now.published_at,
        snapshot_id=now.snapshot_id,
    )
