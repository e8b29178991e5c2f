"""The one door from pages to the performance store.

    from dashboard.data import ask, now
    from performance_store.queries import organisations

    rows = ask(organisations.one, organisation="local-authority:XYZ", snapshot_id=now().snapshot_id)

A question is a function of `performance_store.queries`: it takes a connection and typed keyword
arguments and returns a tuple of frozen dataclasses. `ask` opens the connection, keeps the answer
under the present data version, and raises `StoreUnavailable` when the database does not answer
and no kept answer helps. Within one request everything is asked of the same version of the data;
a request that a load overtakes raises `DataMoved` and is answered anew (see `application.py`).
Where there is a read server, such questions go to it, and so does the one which data there are:
its answers are kept under the version that it has itself. What people write and read again is
asked by `fresh`, always of the database that they wrote it to.
The door serves the application of the request under way, so several
applications can live in one process.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar, cast

from flask import current_app, g, has_app_context
from sqlalchemy.engine import Connection as Connection
from sqlalchemy.exc import ProgrammingError

from dashboard.data import notes
from dashboard.data.cache import Cache, answer_type, make_key
from dashboard.data.errors import DataMoved, StoreUnavailable
from performance_store.database import DatabaseUnavailable, database_errors
from performance_store.operations.watch import days_since, is_old
from performance_store.queries.fetch import together
from performance_store.read_server import CannotAnswer, ReadServer

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
Question = tuple[Callable[..., Any], Mapping[str, Any]]
"""A question with its arguments."""
Isolation = Literal["REPEATABLE READ", "AUTOCOMMIT"]

EXTENSION = "planning-data"
OLD_DAYS = "DATA_OLD_DAYS"
SILENT_SECONDS = 2.0
HUNG_SECONDS = 5.0
ATTEMPTS = 3
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

    @property
    def order(self) -> int:
        """Which of two is the newer: the greater one."""
        return int(self.version) if self.version.isdecimal() else -1


class DataDoor:
    """Questions to one store, through one cache.

    In: `connect`, which opens a connection; `read_state`, a question without arguments that
    answers with a `StoreState`; the cache; and the read server, if there is one. A silent database
    is asked again after `silent_seconds`.
    """

    def __init__(
        self,
        connect: Callable[[], AbstractContextManager[Connection]],
        read_state: Callable[[Connection], StoreState],
        cache: Cache,
        *,
        read_server: ReadServer | None = None,
        silent_seconds: float = SILENT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.cache = cache
        self._connect = connect
        self._read_state = read_state
        self.read_server = read_server
        self._silent_seconds = silent_seconds
        self._clock = clock
        self._turn = threading.Condition()
        self._starts = self._ends = 0
        self._last: StoreState | None = None
        self._answers = True
        self._look_again_at = float("-inf")

    def ask(
        self, question: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The answer to a question, kept or fresh. Raises StoreUnavailable."""
        if args:
            raise TypeError(f"{question.__name__}: give the arguments by name")
        for _ in range(ATTEMPTS):
            with suppress(DataMoved):
                return self.answer(self.state(), question, kwargs)
        raise StoreUnavailable("the data change faster than they can be read")

    def answer(
        self, state: StoreState, question: Callable[..., T], arguments: Mapping[str, Any]
    ) -> T:
        """The answer under a version of the data. Raises DataMoved, StoreUnavailable."""
        key = make_key(state.version, question, arguments)
        if has_app_context() and key in (memory := g.get("answers", {})):
            return cast("T", memory[key])

        def compute() -> T:
            value = self.of(state, question, arguments)
            if value == () and has_app_context():
                g.setdefault("without_rows", set()).add(key)
            return value

        return self.cache.cached(key, compute, answer_type(question))

    def of(self, state: StoreState, question: Callable[..., T], arguments: Mapping[str, Any]) -> T:
        """The store's own answer, past the cache, if it still has that version of the data.

        Without that look a page would tell of snapshots that a load has just replaced, and so
        find nothing where there is much. Raises DataMoved, StoreUnavailable.
        """

        def steadily(connection: Connection, **arguments: Any) -> T:
            if self._read_state(connection).version != state.version:
                raise DataMoved
            return question(connection, **arguments)

        notes.refuse_if_silent()
        with self._looking_anew():
            return self.read(steadily, **arguments)

    def answers(self, state: StoreState, questions: Sequence[Question]) -> list[Any]:
        """As `answer`, of several questions: all that are not kept are put in one statement."""
        by_key = {
            make_key(state.version, question, arguments): (question, arguments)
            for question, arguments in questions
        }

        def compute(keys: list[str]) -> list[Any]:
            values = self._of_all(state, [by_key[key] for key in keys])
            if has_app_context():
                empty = {key for key, value in zip(keys, values, strict=True) if value == ()}
                g.setdefault("without_rows", set()).update(empty)
            return values

        kinds = {key: answer_type(question) for key, (question, _) in by_key.items()}
        values = self.cache.cached_together(kinds, compute)
        if has_app_context():
            # For whoever asks again in this request: an answer without rows is not in the cache.
            g.setdefault("answers", {}).update(values)
        return [values[make_key(state.version, *question)] for question in questions]

    def _of_all(self, state: StoreState, questions: Sequence[Question]) -> list[Any]:
        """As `of`, of several questions. One statement needs no transaction to be of one state."""

        def at_once(connection: Connection) -> list[Any]:
            asks = [partial(question, **arguments) for question, arguments in questions]
            seen, *answers = together(connection, [self._read_state, *asks])
            if (seen or self._read_state(connection)).version != state.version:
                raise DataMoved
            return answers

        notes.refuse_if_silent()
        with self._looking_anew():
            answers = self.read(at_once, isolation="AUTOCOMMIT")
        return [
            self.of(state, *question) if answer is None else answer
            for question, answer in zip(questions, answers, strict=True)
        ]

    @contextmanager
    def _looking_anew(self) -> Iterator[None]:
        """A database that has other data answered just now, so a rest from asking it is over."""
        try:
            yield
        except DataMoved:
            with self._turn:
                self._look_again_at = float("-inf")
            raise

    def state(self) -> StoreState:
        """What the store serves at this moment; the last known while it is silent.

        However many ask at once, one looks and the others wait for a look that began after they
        asked: a load that ended before is always seen. Raises StoreUnavailable if the store is
        silent and was never heard.
        """
        with self._turn:
            needed = self._starts + 1
        while self._is_my_turn(needed):
            self._look()
        with self._turn:
            last, answers = self._last, self._answers
        if last is None:
            raise StoreUnavailable
        if not answers:
            notes.mark_stale()
        return last

    def _is_my_turn(self, needed: int) -> bool:
        """Wait for that look: False if it has ended, or nobody should wait for a silent store."""
        with self._turn:
            while self._ends < needed:
                looking = self._starts > self._ends
                if not self._answers and (looking or self._clock() < self._look_again_at):
                    return False
                if not looking:
                    self._starts += 1
                    return True
                if not self._turn.wait(HUNG_SECONDS):
                    # No driver notices a server that took the question and stopped: whoever
                    # looks waits on, and the others get what is known.
                    self._note(False, self._newest(), "it took the question and says nothing")
        return False

    def _look(self) -> None:
        state: StoreState | None = None
        reason, last = "", self._last
        try:
            state = last = self._present()
            if state != self._last:
                # For a process that starts while the database is away.
                self.cache.put(_STATE_KEY, state)
        except StoreUnavailable as error:
            reason, last = str(error), self._newest()
        finally:
            with self._turn:
                self._ends = self._starts
                self._note(state is not None, last, reason)
                self._turn.notify_all()

    def _present(self) -> StoreState:
        """What the answering server holds. Not older data than we have told of: a read server that
        was away, and catches up, is behind what the database answered meanwhile."""
        state = self.read(self._read_state, isolation="AUTOCOMMIT")
        if self.read_server and self._last and state.order < self._last.order:
            with suppress(StoreUnavailable):
                return self._put(self._read_state, "AUTOCOMMIT", {})
        return state

    def _newest(self) -> StoreState | None:
        """The newer of what we saw last and what any process did: nobody goes back to older data
        because the database fell silent before a look."""
        entry = self.cache.peek(_STATE_KEY, StoreState)
        states = [self._last, cast("StoreState", entry[0]) if entry else None]
        return max(filter(None, states), key=lambda state: state.order, default=None)

    def _note(self, answers: bool, last: StoreState | None, reason: str) -> None:
        if self._answers and not answers:
            logger.warning("The database does not answer: %s", reason)
        if answers and not self._answers:
            logger.warning("The database answers again")
        self._answers, self._last = answers, last
        if not answers:
            self._look_again_at = self._clock() + self._silent_seconds

    def fresh(
        self, question: Callable[..., T], *, isolation: Isolation = "REPEATABLE READ", **kwargs: Any
    ) -> T:
        """The store's own answer of this moment, from one state of the data however much it
        reads. What the request is answered then hangs on more than the version of the data. Raises
        StoreUnavailable."""
        if has_app_context():
            g.beyond_version = True
        notes.refuse_if_silent()
        return self._put(question, isolation, kwargs)

    def _put(
        self, question: Callable[..., T], isolation: Isolation, arguments: Mapping[str, Any]
    ) -> T:
        try:
            with _unavailable(), database_errors(), self._connect() as connection:
                connection.execution_options(isolation_level=isolation)
                return question(connection, **arguments)
        except StoreUnavailable:
            if has_app_context():
                g.gaps = True
            raise

    def read(
        self, question: Callable[..., T], *, isolation: Isolation = "REPEATABLE READ", **kwargs: Any
    ) -> T:
        """As `fresh`, from the read server where there is one that can answer. What it holds may
        be older, so the question has to ask for the version too. Raises StoreUnavailable."""

        def steadily(connection: Connection) -> T:
            connection.execution_options(isolation_level=isolation)
            return question(connection, **kwargs)

        if self.read_server is not None:
            # Where it has another version than this request, the database may have the right one.
            with suppress(CannotAnswer, DataMoved), _unavailable():
                return self.read_server.ask(steadily)
        return self._put(question, isolation, kwargs)


def ask(question: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Put a question to the store of the present application. See the top of this module."""
    if args:
        raise TypeError(f"{question.__name__}: give the arguments by name")
    return door().answer(now(), question, kwargs)


def ask_anew(question: Callable[Concatenate[Connection, P], T], **kwargs: Any) -> T:
    """The store's own answer, not kept: for files too large to keep. Raises StoreUnavailable."""
    return door().of(now(), question, kwargs)


def now() -> StoreState:
    """Which data this request is answered from. Raises StoreUnavailable.

    Looked up once a request, so that a load in the midst of it does not mix two versions.
    """
    if "store_state" not in g:
        g.store_state = door().state()
    return cast("StoreState", g.store_state)


def forget_now() -> None:
    """Let the request under way be answered from what the store serves now; after DataMoved."""
    for name in ("store_state", "stale", "soon"):
        g.pop(name, None)


def door() -> DataDoor:
    """The data door of the application whose request is under way."""
    return cast("DataDoor", current_app.extensions[EXTENSION])


def days_if_old() -> int | None:
    """How many days old the data of this request are, where they are older than they should be;
    else None, and where nobody knows."""
    at, old_days = datetime.now(UTC), current_app.config.get(OLD_DAYS, 0)
    try:
        state = now()
    except StoreUnavailable:
        return None
    if state.as_at is None or not is_old(state.as_at, state.kind, at, old_days):
        return None
    return days_since(state.as_at, at)


def keep_without_rows() -> None:
    """Keep also what this request was answered without a row, now that it has led to a page: of
    addresses that lead to none there is no end. Without it no page outlives its database."""
    for key in g.pop("without_rows", ()):
        door().cache.put(key, ())


@contextmanager
def _unavailable() -> Iterator[None]:
    """Raise StoreUnavailable where the database does not answer."""
    try:
        yield
    except DatabaseUnavailable as error:
        raise StoreUnavailable(error.reason) from error
    except ProgrammingError as error:
        if type(error.orig).__name__ != "UndefinedTable":
            raise
        raise StoreUnavailable("the database has not been migrated") from error
