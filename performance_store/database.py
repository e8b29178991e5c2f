"""Connections to the store: engines, time limits, one name for "it does not answer", migrations.

Sizes follow the smallest hosted Postgres (20 connections): two workers hold at most
2 x (3 + 1) = 8, so that the old and the new process fit side by side during a restart.
"""

from __future__ import annotations

import os
import re
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool

from performance_store.session import Session, TimeLimits

POOLED = (
    "this is a pooler that shares sessions, where no lock lasts: "
    "set DATABASE_DIRECT_URL to the server's own address"
)
# Any number will do as long as it is ours: it is the name of the migration lock.
MIGRATION_LOCK = 7_262_103_118
LOAD_LOCK = 0x504450_10AD
"""Held by the one load that may run."""
SCHEMES = ("postgres", "postgresql", "postgresql+psycopg")
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """How many connections one process keeps (``size``), may borrow on top (``overflow``),
    waits for one (seconds) and how old one may get (seconds)."""

    size: int = 4
    # One borrowed on top is closed after use, with all that its server has planned for it: under
    # load that is anew for every page.
    overflow: int = 0
    wait_seconds: float = 5
    recycle_seconds: int = 300


WEB_POOL = PoolSettings()
WEB_LIMITS = TimeLimits()
# A load is one long transaction whose statements take as long as the data is big.
LOAD_LIMITS = TimeLimits(
    statement_seconds=0, lock_seconds=30, idle_in_transaction_seconds=0, silence_seconds=0
)
# Better to fail than to queue for a table and have every reader queue behind us.
MIGRATION_LIMITS = TimeLimits(
    statement_seconds=900, lock_seconds=5, idle_in_transaction_seconds=0, silence_seconds=0
)


class DatabaseUnavailable(Exception):
    """The store does not answer. ``reason`` is one line for the log and for whoever typed the
    command: no host of ours, no SQL; what the server refused is repeated."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def database_url(url: str | URL) -> URL:
    """``url`` as the driver wants it: any Postgres scheme, encrypted unless it stays on this
    machine, and giving up on a silent host after five seconds. What the URL says itself wins.

    Raises ValueError for anything that is not a Postgres URL.
    """
    try:
        target = make_url(url)
    except (ArgumentError, ValueError) as error:
        # The text may hold a password, so it is not repeated.
        raise ValueError("not a database URL") from error
    if target.drivername not in SCHEMES:
        raise ValueError(f"not a Postgres URL: its scheme is {target.drivername}://")
    target = target.set(drivername="postgresql+psycopg")
    added = {"connect_timeout": "5"}
    if not _is_local(target):
        added["sslmode"] = "require"
    missing = {name: value for name, value in added.items() if name not in target.query}
    return target.update_query_dict(missing)


def _is_local(url: URL) -> bool:
    """Whether every host of ``url`` is this machine or a Unix socket."""
    value = url.query.get("host", url.host or "")
    hosts = value.split(",") if isinstance(value, str) else value
    return all(not host or host.startswith("/") or host in LOCAL_HOSTS for host in hosts)


# Of a statement that is put again and again with other values, and takes longer to plan than to
# answer: an option of its execution.
PREPARED = "prepared"
# Engines that a child process must not share with its parent (see _after_fork).
_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


def _after_fork() -> None:
    """Forget, without closing, connections inherited from the parent.

    Two processes talking through one socket get each other's rows: measured, 139 wrong answers
    of 5,075 behind a preloading web server. Pre-ping does not notice.
    """
    for engine in _engines:
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_after_fork)


def make_engine(
    url: str | URL,
    *,
    application_name: str,
    pool: PoolSettings | None = WEB_POOL,
    limits: TimeLimits = WEB_LIMITS,
) -> Engine:
    """An engine for ``url`` that is lazy, fork-safe and bounded in time and connections.

    ``application_name`` is what an operator sees in pg_stat_activity. ``pool`` None opens a
    connection per use, for command lines. Nothing is connected yet.
    """
    target = database_url(url)
    connect_args = {
        "application_name": application_name,
        # What is prepared on one connection of a pooler is not there on the next (see `Session`).
        "prepare_threshold": None,
        # A host that vanished is noticed in seconds, not when TCP gives up.
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,
    }
    if pool is None:
        engine = create_engine(
            target, connect_args=connect_args, poolclass=NullPool, hide_parameters=True
        )
    else:
        engine = create_engine(
            target,
            connect_args=connect_args,
            pool_size=pool.size,
            max_overflow=pool.overflow,
            pool_timeout=pool.wait_seconds,
            pool_recycle=pool.recycle_seconds,
            pool_pre_ping=True,
            # What people searched for does not belong into a log or a report of an error.
            hide_parameters=True,
        )
    _hold_to(engine, limits)
    _engines.add(engine)
    return engine


def _hold_to(engine: Engine, limits: TimeLimits) -> None:
    """Open the engine's connections as sessions with limits; settings in the URL win."""
    options = engine.url.query.get("options", "")
    words = options if isinstance(options, str) else " ".join(options)
    but = {name.lower() for name in re.findall(r"(?:-c\s*|--)([\w.]+)\s*=", words)}

    @event.listens_for(engine, "do_connect")
    def open_session(_dialect: Any, _record: Any, arguments: Any, parameters: Any) -> Session:
        session = Session.connect(*arguments, **parameters)
        session.hold_to(limits, but)
        return session

    @event.listens_for(engine, "do_execute")
    def execute(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        """Prepare what says so, where that is possible; True where nothing is left to do."""
        if not (context.execution_options.get(PREPARED) and cursor.connection.prepares()):
            return False
        cursor.execute(statement, parameters, prepare=True)
        return True


def set_limits(connection: Connection, limits: TimeLimits) -> None:
    """Hold a connection to other limits, from its next transaction on. They stay with it: it must
    not go back into a pool."""
    cast("Session", connection.connection.dbapi_connection).hold_to(limits)


# Classes of SQLSTATE (their first two letters) that mean "not now" rather than "wrong question".
UNAVAILABLE_CLASSES = {
    "08": "the database cannot be reached",
    "28": "the database refuses our user",
    "3D": "the database does not exist",
    "53": "the database has no room or connections left",
    "57": "the database stopped the query",
    "58": "the database has a fault of its own",
}


def unavailable(error: BaseException) -> DatabaseUnavailable | None:
    """``error`` as DatabaseUnavailable if it says that the store does not answer, else None.

    A wrong statement or a broken constraint is our mistake and stays what it is.
    """
    if isinstance(error, PoolTimeout):
        return DatabaseUnavailable("the database is busy: no connection became free in time")
    if not isinstance(error, DBAPIError):
        return None
    state = getattr(error.orig, "sqlstate", None) or ""
    if state == "57014":
        return DatabaseUnavailable("the database took too long to answer")
    if state == "55P03":
        return DatabaseUnavailable("the database is busy: what was asked for is locked")
    if state[:2] in UNAVAILABLE_CLASSES:
        return DatabaseUnavailable(UNAVAILABLE_CLASSES[state[:2]])
    # Without a state the server said nothing at all: refused, reset, timed out.
    lost = error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    if lost and not state:
        refusal = re.search(r"FATAL:\s+(.+)", str(error.orig))
        words = f" ({refusal[1].strip()})" if refusal else ""
        return DatabaseUnavailable(UNAVAILABLE_CLASSES["08"] + words)
    return None


@contextmanager
def database_errors() -> Iterator[None]:
    """Raise DatabaseUnavailable in place of the driver's many ways to say so."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        replacement = unavailable(error)
        if replacement is None:
            raise
        raise replacement from error


@contextmanager
def connect(engine: Engine) -> Iterator[Connection]:
    """A connection whose failures are DatabaseUnavailable; what is not committed is undone."""
    with database_errors(), engine.connect() as connection:
        yield connection


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """A connection for what changes something: all of it or, where it raises, nothing."""
    with database_errors(), engine.begin() as connection:
        yield connection


def _alembic_config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", "performance_store:migrations")
    # Alembic asks for it since it stopped guessing; we give one location, so it has no effect.
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def head_revision() -> str | None:
    """The revision this code was written for."""
    return ScriptDirectory.from_config(_alembic_config()).get_current_head()


@lru_cache(maxsize=1)
def known_revisions() -> frozenset[str]:
    """Every revision this code has."""
    script = ScriptDirectory.from_config(_alembic_config())
    return frozenset(revision.revision for revision in script.walk_revisions())


def current_revision(engine: Engine) -> str | None:
    """The revision the database is at; None when it was never migrated."""
    with connect(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_behind(connection: Connection) -> bool:
    """Whether migrations of this code are missing there. A newer release may have added others."""
    revision = MigrationContext.configure(connection).get_current_revision()
    return revision is None or revision in known_revisions() - {head_revision()}


def migrate(engine: Engine, *, wait_seconds: float = 600) -> bool:
    """Bring the database to ``head_revision``; True if there was anything to do.

    Any number of processes may call this at once, on an empty database too: one migrates,
    the others wait. Each revision is a transaction of its own, so a failing one leaves the
    database at the last that worked. Raises TimeoutError when the wait gets too long, and
    DatabaseUnavailable when a newer release has migrated it, or behind a pooler that shares
    sessions.
    """
    with connect(engine) as holder:
        # In AUTOCOMMIT the waiting holds no snapshot: CREATE INDEX CONCURRENTLY in a migration
        # waits for every snapshot, and so would wait for those who wait for it. That is also why
        # the lock is polled: a blocked pg_advisory_lock() is a statement, with a snapshot.
        holder = holder.execution_options(isolation_level="AUTOCOMMIT")
        _refuse_pooler(engine, holder)
        _lock(holder, wait_seconds)
        try:
            before = current_revision(engine)
            if before == head_revision():
                return False
            if before is not None and before not in known_revisions():
                raise DatabaseUnavailable(
                    "the database was migrated by a newer release: install that release, or "
                    "restore a backup from before it"
                )
            _upgrade(engine)
            return True
        finally:
            # A session's lock outlives its return to the pool; closing it is the sure way.
            holder.detach()


def _refuse_pooler(engine: Engine, holder: Connection) -> None:
    """Raise DatabaseUnavailable where another connection gets the holder's session."""
    pid = text("SELECT pg_backend_pid()")
    backend = holder.execute(pid).scalar()
    if backend == cast("Session", holder.connection.dbapi_connection).info.backend_pid:
        return
    # There is a pooler, which need not share sessions: while another is busy, is ours still ours?
    with connect(engine) as other:
        if other.execute(pid).scalar() == backend or holder.execute(pid).scalar() != backend:
            raise DatabaseUnavailable(POOLED)


def _lock(holder: Connection, wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    attempt = text("SELECT pg_try_advisory_lock(:key)")
    while not holder.execute(attempt, {"key": MIGRATION_LOCK}).scalar():
        if time.monotonic() > deadline:
            raise TimeoutError("another process has been migrating the database for too long")
        time.sleep(0.2)


def _upgrade(engine: Engine) -> None:
    """Run the migrations on a connection of their own, with limits that suit them."""
    with connect(engine) as connection:
        set_limits(connection, MIGRATION_LIMITS)
        try:
            command.upgrade(_alembic_config(connection), "head")
        finally:
            # Not back into the pool: the limits above would go with it.
            connection.invalidate()
