"""Answers kept between requests, so that the same question is put to the database once.

A key holds the code version, the data version, the question's name and its arguments. A load
changes the data version, and so every older answer is out of reach at once: nothing is ever
deleted here. When many ask the same thing at the same time, in one process or several, one computes
and the others wait for it.

Answers are kept as MessagePack and read back as the type that the question says it gives: what
somebody else wrote there is at worst a wrong answer, and never code that runs.
"""

from __future__ import annotations

import dataclasses
import hashlib
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast, get_type_hints

import msgspec

from dashboard.data.cache_store import LIFE_SECONDS, CacheStore
from serving.release import release_of

T = TypeVar("T")

WAIT_SECONDS = 10.0
POLL_SECONDS = 0.02
_JITTER = 0.1


class _Flight:
    """One computation under way in this process, and those who wait for it."""

    def __init__(self) -> None:
        self.landed = threading.Event()
        self.value: Any = None
        self.error: BaseException | None = None


class Cache:
    """Computes an answer once and keeps it. `store` decides where; `note` is told how each
    answer came about: hit, miss or waited."""

    def __init__(self, store: CacheStore, note: Callable[[str], None] | None = None) -> None:
        self.store = store
        self._note = note or (lambda outcome: None)
        self._flights: dict[str, _Flight] = {}
        self._lock = threading.Lock()

    def cached(self, key: str, compute: Callable[[], T], kind: Any = Any) -> T:
        """The kept answer for a key, or the result of `compute`, which is then kept. `kind` is the
        type of it: without one a tuple comes back as a list and a row as a dictionary.

        An answer without rows is not kept: there is no end of addresses that lead to nothing (the
        door keeps it once it has led to a page). An error of `compute` reaches everybody who
        waited for it, and is not kept.
        """
        entry = self.peek(key, kind)
        if entry is not None:
            self._note("hit")
            return cast("T", entry[0])
        flight, leading = self._board(key)
        if not leading:
            return self._follow(flight, compute)
        with self._landing({key: flight}):
            flight.value = self._lead(key, compute, kind)
        return cast("T", flight.value)

    def cached_together(
        self,
        kinds: Mapping[str, Any],
        compute: Callable[[list[str]], Sequence[Any]],
    ) -> dict[str, Any]:
        """As `cached`, of several keys with their types: `compute` is given all that nobody in this
        process has or works out, at once, and gives their values in that order. Other processes
        are not waited for."""
        values: dict[str, Any] = {}
        ours: dict[str, _Flight] = {}
        others: dict[str, _Flight] = {}
        for key, kind in kinds.items():
            entry = self.peek(key, kind)
            if entry is not None:
                self._note("hit")
                values[key] = entry[0]
                continue
            flight, leading = self._board(key)
            (ours if leading else others)[key] = flight
        if ours:
            with self._landing(ours):
                for key, value in zip(ours, compute(list(ours)), strict=True):
                    ours[key].value = values[key] = value
                    if value != ():
                        self.put(key, value)
        for key, flight in others.items():
            values[key] = self._follow(flight, lambda key=key: compute([key])[0])  # type: ignore[misc]
        return values

    def _board(self, key: str) -> tuple[_Flight, bool]:
        """The computation of a key that is under way, and whether it is ours to do."""
        with self._lock:
            flight = self._flights.get(key)
            leading = flight is None
            if flight is None:
                flight = self._flights[key] = _Flight()
        self._note("miss" if leading else "waited")
        return flight, leading

    @contextmanager
    def _landing(self, flights: Mapping[str, _Flight]) -> Iterator[None]:
        """Tell those who wait for our computations how they ended."""
        try:
            yield
        except BaseException as error:
            for flight in flights.values():
                flight.error = error
            raise
        finally:
            with self._lock:
                for key in flights:
                    del self._flights[key]
            for flight in flights.values():
                flight.landed.set()

    def peek(self, key: str, kind: Any = Any) -> tuple[Any] | None:
        """What is kept under a key, in a tuple of one (the answer itself may be None); None also
        for what is not of that type."""
        words = self.store.get(key)
        if words is None:
            return None
        try:
            return (_decoder(kind).decode(words),)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None

    def put(self, key: str, value: Any, seconds: float | None = None) -> None:
        """Keep a value, for about a day unless told for how many seconds: not all for exactly as
        long, lest all end at once."""
        seconds = seconds or LIFE_SECONDS * random.uniform(1 - _JITTER, 1 + _JITTER)
        self.store.put(key, msgspec.msgpack.encode(value), seconds)

    def _follow(self, flight: _Flight, compute: Callable[[], T]) -> T:
        if not flight.landed.wait(WAIT_SECONDS):
            return compute()
        if flight.error is not None:
            raise flight.error
        return cast("T", flight.value)

    def _lead(self, key: str, compute: Callable[[], T], kind: Any) -> T:
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            with self.store.lock(key) as ours:
                # Looked at again: it may have been kept while we came here.
                entry = self.peek(key, kind)
                if entry is not None:
                    return cast("T", entry[0])
                if ours or time.monotonic() > deadline:
                    value = compute()
                    if value != ():
                        self.put(key, value)
                    return value
            time.sleep(POLL_SECONDS)


@lru_cache(maxsize=1000)
def answer_type(question: Callable[..., Any]) -> Any:
    """The type that a question says it gives."""
    return get_type_hints(question)["return"]


@lru_cache(maxsize=1000)
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind)


def make_key(version: str, question: Callable[..., Any], arguments: Mapping[str, Any]) -> str:
    """A short key for a question: data version, function and arguments, and nothing else."""
    name = f"{question.__module__}.{question.__qualname__}"
    text = ",".join(f"{key}={canonical(value)}" for key, value in sorted(arguments.items()))
    digest = hashlib.sha256(f"{version}\n{name}\n{text}".encode()).hexdigest()[:32]
    return f"{question.__name__}:{digest}"


def canonical(value: Any) -> str:
    """An argument as text: equal values give equal text in every process and release.

    Raises TypeError for what has no such text, such as an open connection.
    """
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if value is None or isinstance(value, bool | int | float | str):
        return repr(value)
    if isinstance(value, date):
        return f"<{value.isoformat()}>"
    if isinstance(value, tuple | list):
        return "(" + ",".join(canonical(item) for item in value) + ")"
    if isinstance(value, frozenset | set):
        return "{" + ",".join(sorted(canonical(item) for item in value)) + "}"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        inside = ",".join(f"{f.name}={canonical(getattr(value, f.name))}" for f in fields)
        return f"{type(value).__name__}({inside})"
    raise TypeError(f"a {type(value).__name__} cannot be part of a cache key")


@lru_cache(maxsize=1)
def code_version() -> str:
    """A fingerprint of this release's code, so that no release reads another's values."""
    root = Path(__file__).parents[2]
    return release_of(root / name for name in ("dashboard", "performance_store")).fingerprint
