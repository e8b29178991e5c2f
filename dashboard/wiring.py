"""How the application is joined to the performance store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from sqlalchemy import Connection, Engine

from dashboard.data import StoreState
from dashboard.errors import StoreUnavailable
from performance_store.database import (
    DatabaseUnavailable,
    connect,
    current_revision,
    head_revision,
    make_engine,
)
from performance_store.queries import snapshots
from performance_store.settings import Settings, SettingsError
from serving.metrics import Fact

Connect = Callable[[], AbstractContextManager[Connection]]


def connector(settings: Settings) -> tuple[Connect, Engine]:
    """What opens a connection, and its engine. Nothing is connected yet."""
    if settings.database_url is None:
        raise SettingsError(
            "DATABASE_URL is not set. `make run` starts a database of its own and sets it."
        )
    engine = make_engine(settings.database_url, application_name="dashboard")
    return lambda: connect(engine), engine


def up_to_date(engine: Engine) -> bool:
    """Whether the database's migrations are those of this code. Raises StoreUnavailable."""
    try:
        return current_revision(engine) == head_revision()
    except DatabaseUnavailable as error:
        raise StoreUnavailable(error.reason) from error


def read_state(connection: Connection) -> StoreState:
    """Which data the store serves: that of the snapshot that is now."""
    found = snapshots.current(connection)
    if not found:
        return StoreState(version="empty", as_at=None, kind=None)
    (now,) = found
    return StoreState(
        version=str(now.data_version),
        as_at=now.as_at,
        kind=now.kind,
        published_at=now.published_at,
        snapshot_id=now.snapshot_id,
    )


def load_facts(connection: Connection) -> Iterator[Fact]:
    """How long the newest load of each kind took, and whether it succeeded."""
    seen: set[str] = set()
    for row in snapshots.loads(connection, limit=20):
        if row.finished_at is None or row.kind in seen:
            continue
        seen.add(row.kind)
        kind = (("kind", row.kind),)
        took = (row.finished_at - row.started_at).total_seconds()
        good = float(row.state == "published")
        yield Fact("pdp_load_seconds", "How long the newest load took.", took, kind)
        yield Fact("pdp_load_succeeded", "Whether the newest load succeeded.", good, kind)
