"""The one door from pages to the performance store.

    from dashboard.data import ask, now
    from performance_store.queries import organisations

    rows = ask(organisations.one, organisation="local-authority:XYZ", snapshot_id=now().snapshot_id)

A question is a function of `performance_store.queries`: it takes a connection and typed keyword
arguments and returns a tuple of frozen dataclasses. `ask` opens the connection, keeps the answer
under the present data version, and raises `StoreUnavailable` when the database does not answer
and no kept answer helps. Within one request everything is asked of the same version of the data.
The door serves the application of the request under way, so several
applications can live in one process.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from flask import current_app, g, has_app_context
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ProgrammingError

from dashboard.cache import Cache, make_key
from dashboard.errors import StoreUnavailable
from performance_store.database import DatabaseUnavailable, database_errors

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

EXTENSION = "planning-data"
STATE_SECONDS = 2.0
_STATE_KEY = "state-last-seen"


@dataclass(frozen=True, slots=True)
class StoreState:
    """Which data the store serves now.

    `version` changes with every published load and is part of each cache key. `as_at` is the
    date of the newest snapshot, None in an empty store; `kind` is its kind ("sample" for
    invented data); `snapshot_id` is its number, which many questions want; `published_at` is when
    the load became visible.
    """

    version: str
    as_at: date | None
    kind: str | None
    published_at: datetime | None = None
    snapshot_id: int | None = None

    @property
    def empty(self) -> bool:
        """True if nothing has been loaded yet."""
        return self.as_at is None


class DataDoor:
    """Questions to one store, through one cache.

    In: `connect`, which opens a connection; `read_state`, a question without arguments that
    answers with a `StoreState`; and the cache.
    """

    def __init__(
        self,
        connect: Callable[[], AbstractContextManager[Connection]],
        read_state: Callable[[Connection], StoreState],
        cache: Cache,
        *,
        state_seconds: float = STATE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.cache = cache
        self._connect = connect
        self._read_state = read_state
        self._state_seconds = state_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._known: StoreState | None = None
        self._answers = True
        self._look_again_at = float("-inf")

    def ask(
        self, question: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The answer to a question, kept or fresh. Raises StoreUnavailable."""
        if args:
            raise TypeError(f"{question.__name__}: give the arguments by name")
        return self.answer(self.state(), question, kwargs)

    def answer(
        self, state: StoreState, question: Callable[..., T], arguments: Mapping[str, Any]
    ) -> T:
        """The answer under a version of the data. Raises StoreUnavailable."""
        key = make_key(state.version, question, arguments)
        return self.cache.cached(key, lambda: self.fresh(question, **arguments))

    def state(self) -> StoreState:
        """What the store serves, at most two seconds old; the last known while it is silent.

        Raises StoreUnavailable if it is silent and was never heard.
        """
        with self._lock:
            if self._clock() >= self._look_again_at:
                self._look()
            known, answers = self._known, self._answers
        if known is None:
            raise StoreUnavailable
        if not answers:
            _mark_stale()
        return known

    def fresh_state(self) -> StoreState:
        """What the store says this moment; for health checks. Raises StoreUnavailable."""
        return self.fresh(self._read_state)

    def _look(self) -> None:
        try:
            seen = self.fresh(self._read_state)
        except StoreUnavailable as error:
            if self._answers:
                logger.warning("The database does not answer: %s", error)
            self._answers = False
            if self._known is None:
                kept = self.cache.peek(_STATE_KEY)
                self._known = cast("StoreState", kept[0]) if kept else None
        else:
            if not self._answers:
                logger.warning("The database answers again")
            self._answers = True
            if seen != self._known:
                # For a process that starts while the database is away.
                self.cache.put(_STATE_KEY, seen)
            self._known = seen
        self._look_again_at = self._clock() + self._state_seconds

    def fresh(self, question: Callable[..., T], **kwargs: Any) -> T:
        """The store's own answer, past the cache. Raises StoreUnavailable."""
        try:
            with database_errors(), self._connect() as connection:
                return question(connection, **kwargs)
        except DatabaseUnavailable as error:
            raise StoreUnavailable(error.reason) from error
        except ProgrammingError as error:
            if type(error.orig).__name__ != "UndefinedTable":
                raise
            raise StoreUnavailable("the database has not been migrated") from error


def ask(question: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Put a question to the store of the present application. See the top of this module."""
    if args:
        raise TypeError(f"{question.__name__}: give the arguments by name")
    return door().answer(now(), question, kwargs)


def ask_anew(question: Callable[Concatenate[Connection, P], T], **kwargs: Any) -> T:
    """The answer of this moment, not kept: for files too large to keep. Raises StoreUnavailable."""
    return door().fresh(question, **kwargs)


def now() -> StoreState:
    """Which data this request is answered from. Raises StoreUnavailable.

    Looked up once a request, so that a load in the midst of it does not mix two versions.
    """
    if "store_state" not in g:
        g.store_state = door().state()
    return cast("StoreState", g.store_state)


def door() -> DataDoor:
    """The data door of the application whose request is under way."""
    return cast("DataDoor", current_app.extensions[EXTENSION])


def is_stale() -> bool:
    """Whether this request was answered from memory because the database is silent."""
    return has_app_context() and bool(g.get("stale", False))


def _mark_stale() -> None:
    if has_app_context():
        g.stale = True
