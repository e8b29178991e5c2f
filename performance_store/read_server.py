"""A read server: a streaming replica of the store that answers questions in its place.

It is second choice in everything but speed: what it cannot answer now (it is away, it replays a
migration that we need, it has been behind for a minute, it cancelled our question to go on
replaying) is put to the primary, by whoever caught `CannotAnswer`. What people write, and read
again at once, never comes here.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from performance_store.database import (
    WEB_POOL,
    DatabaseUnavailable,
    PoolSettings,
    database_errors,
    is_behind,
    make_engine,
    unavailable,
)
from performance_store.queries import snapshots
from performance_store.session import TimeLimits

logger = logging.getLogger(__name__)

T = TypeVar("T")
Question = Callable[[Connection], T]
Connect = Callable[[], AbstractContextManager[Connection]]

# There is another server to ask: nobody waits long for a host that vanished or hangs.
CONNECT_SECONDS = 2
LIMITS = TimeLimits(silence_seconds=2)
# How long data may be missing there that the primary has, and how often that is looked at.
LAG_SECONDS = 60.0
COMPARE_SECONDS = 10.0
TOO_LONG = "57014"
CONFLICTS = "40"


class CannotAnswer(Exception):
    """The read server cannot answer this now; the primary may. ``state`` says how it is: "not
    answering", "not migrated", "behind" or "busy"."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class Breaker(Protocol):
    """Whether a service may be asked now; see `serving.breaker`."""

    def allows(self) -> bool: ...
    def failed(self, reason: BaseException | str) -> None: ...
    def succeeded(self) -> None: ...


class Lag:
    """Whether a read server has been without the primary's data for too long; compared now and
    then. In: what opens a connection to the primary."""

    def __init__(self, primary: Connect, clock: Callable[[], float] = time.monotonic) -> None:
        self._primary = primary
        self._clock = clock
        self._compare_at = float("-inf")
        # The version that it lacked when last compared, and since when.
        self._missing, self._since = 0, 0.0
        self._too_long = False

    def is_too_long(self, read_server: ReadServer) -> bool:
        """Whether the primary should answer. Raises CannotAnswer."""
        now = self._clock()
        if now >= self._compare_at:
            self._compare_at = now + COMPARE_SECONDS
            self._compare(read_server.put(_version), now)
        return self._too_long

    def _compare(self, version: int, now: float) -> None:
        try:
            with self._primary() as connection:
                newest = _version(connection)
        except DatabaseUnavailable:
            # Then old data are better than none.
            self._too_long = False
            self._compare_at = now + 6 * COMPARE_SECONDS
            return
        if version >= self._missing:
            self._missing, self._since = newest, now
        too_long = version < self._missing and now - self._since >= LAG_SECONDS
        if too_long and not self._too_long:
            logger.warning("The read server is behind: the database answers in its place")
        elif self._too_long and not too_long:
            logger.warning("The read server has caught up")
        self._too_long = too_long


def _version(connection: Connection) -> int:
    connection.execution_options(isolation_level="AUTOCOMMIT")
    rows = snapshots.version(connection)
    return rows[0].data_version if rows else 0


class ReadServer:
    """Puts questions to the read server, while the breaker allows it and it is not behind for too
    long. In: without breaker and lag it is asked whatever happens."""

    def __init__(
        self, engine: Engine, breaker: Breaker | None = None, lag: Lag | None = None
    ) -> None:
        self.engine = engine
        self._breaker = breaker
        self._lag = lag
        self._is_migrated = False
        self._trouble = ""

    def ask(self, question: Question[T]) -> T:
        """The read server's answer.

        Raises CannotAnswer where the primary should be asked, and DatabaseUnavailable where that
        would not help: the question takes too long for any server.
        """
        if self._lag is not None and self._lag.is_too_long(self):
            raise CannotAnswer("behind")
        return self.put(question)

    def put(self, question: Question[T]) -> T:
        """As `ask`, however far behind it is."""
        if self._breaker and not self._breaker.allows():
            raise CannotAnswer(self._trouble)
        try:
            self._refuse_older_schema()
            with self.engine.connect() as connection:
                if self._breaker:
                    self._breaker.succeeded()
                return question(connection)
        except PoolTimeout as error:
            # It has enough to do, which is no fault of its own.
            raise CannotAnswer("busy") from error
        except DBAPIError as error:
            raise self._explained(error) from error

    def _refuse_older_schema(self) -> None:
        """Raise CannotAnswer while a migration that this code needs has not been replayed: its
        rows would go into the cache as if they were of the new schema."""
        if self._is_migrated:
            return
        with self.engine.connect() as connection:
            behind = is_behind(connection.execution_options(isolation_level="AUTOCOMMIT"))
        if behind:
            raise self._failed("not migrated", "it has not been migrated to this release")
        self._is_migrated = True

    def _explained(self, error: DBAPIError) -> Exception:
        """What to raise in place of the driver's error."""
        state = getattr(error.orig, "sqlstate", None) or ""
        if state.startswith(CONFLICTS):
            # Replaying goes before answering: rows that we were reading were removed there.
            logger.info("The read server cancelled a question to go on replaying (%s)", state)
            return CannotAnswer("busy")
        outage = unavailable(error)
        if outage is None or state == TOO_LONG:
            return outage or error
        # It may come back as another server, restored from an older backup.
        self._is_migrated = False
        return self._failed("not answering", outage.reason)

    def _failed(self, state: str, reason: str) -> CannotAnswer:
        self._trouble = state
        if self._breaker:
            self._breaker.failed(reason)
        return CannotAnswer(state)


def open_read_server(
    url: str,
    breaker: Breaker | None = None,
    lag: Lag | None = None,
    *,
    application_name: str,
    pool: PoolSettings | None = WEB_POOL,
) -> ReadServer:
    """The read server at `url`, with a pool of connections of its own. Nothing is connected yet."""
    target = make_url(url)
    if "connect_timeout" not in target.query:
        target = target.update_query_dict({"connect_timeout": str(CONNECT_SECONDS)})
    engine = make_engine(target, application_name=application_name, pool=pool, limits=LIMITS)
    return ReadServer(engine, breaker, lag)


def ask_either(read_server: ReadServer | None, connect: Connect, question: Question[T]) -> T:
    """The answer of the read server where there is one that can answer, else of the primary, which
    `connect` opens. A question is one that may be put twice. Raises DatabaseUnavailable."""
    if read_server is not None:
        with suppress(CannotAnswer):
            return read_server.ask(question)
    with database_errors(), connect() as connection:
        return question(connection)
