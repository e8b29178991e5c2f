"""The same question is computed once, under a key that says all that matters."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

import pytest
from msgspec import msgpack

from dashboard.data.cache import Cache, canonical, code_version, make_key
from performance_store.rows import Place


class MemoryStore:
    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        return self.values.get(key)

    def put(self, key: str, value: Any, seconds: float) -> None:
        self.values[key] = value

    @contextmanager
    def lock(self, key: str) -> Iterator[bool]:
        yield True


class Colour(Enum):
    RED = 1


@dataclass(frozen=True)
class Slice:
    region: str | None
    since: date


def question(connection: object, **arguments: object) -> None:
    """Not asked here."""


def other(connection: object, **arguments: object) -> None:
    """Not asked here."""


def test_none_and_nothing_are_kept_but_not_an_answer_without_rows() -> None:
    cache = Cache(MemoryStore())
    for number, empty in enumerate((None, 0, "")):
        assert cache.cached(str(number), lambda value=empty: value) == empty
        assert cache.cached(str(number), lambda: "again") == empty
    assert cache.cached("not found", lambda: ()) == ()
    assert cache.peek("not found") is None
    assert cache.cached("not found", lambda: "again") == "again"


def test_one_thread_computes_and_the_others_wait() -> None:
    cache = Cache(MemoryStore())
    computed = []
    together = threading.Barrier(20)

    def compute() -> str:
        computed.append(1)
        time.sleep(0.2)
        return "answer"

    def work() -> None:
        together.wait()
        answers.append(cache.cached("key", compute))

    answers: list[str] = []
    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["answer"] * 20
    assert len(computed) == 1


def test_an_error_reaches_all_and_is_not_kept() -> None:
    cache = Cache(MemoryStore())

    def fail() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        cache.cached("key", fail)
    assert cache.cached("key", lambda: 5) == 5


def test_a_foreign_value_in_the_store_counts_as_none() -> None:
    store = MemoryStore()
    for foreign in (b"\xc1", b"", b"\xff" * 9, pickle.dumps(("x",)), msgpack.encode({"a": 1})):
        store.values["key"] = foreign
        assert Cache(store).cached("key", lambda: 5, int) == 5


def test_an_answer_comes_back_as_the_type_of_its_question() -> None:
    cache = Cache(MemoryStore())
    rows = (Slice(None, date(2025, 1, 1)), Slice("E12", date(2026, 1, 1)))
    for _ in range(2):
        assert cache.cached("key", lambda: rows, tuple[Slice, ...]) == rows
    assert cache.peek("key", tuple[Place, ...]) is None


def test_keys_tell_apart_version_question_and_arguments() -> None:
    base = make_key("1", question, {"a": 1, "b": None})
    assert base == make_key("1", question, {"b": None, "a": 1})
    different = {
        base,
        make_key("2", question, {"a": 1, "b": None}),
        make_key("1", other, {"a": 1, "b": None}),
        make_key("1", question, {"a": "1", "b": None}),
        make_key("1", question, {"a": 1, "b": "None"}),
        make_key("1", question, {"a": 1}),
        make_key("1", question, {"a": (1,), "b": None}),
    }
    assert len(different) == 7


def test_arguments_have_one_text() -> None:
    assert canonical({"b", "a"}) == canonical(frozenset({"a", "b"}))
    assert canonical(("a,b",)) != canonical(("a", "b"))
    assert canonical(date(2025, 1, 1)) != canonical("2025-01-01")
    assert canonical(Colour.RED) == "Colour.RED"
    assert canonical(Slice(None, date(2025, 1, 1))) == "Slice(region=None,since=<2025-01-01>)"


def test_what_has_no_text_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot be part of a cache key"):
        canonical(object())


def test_the_code_has_a_version() -> None:
    assert len(code_version()) == 12
