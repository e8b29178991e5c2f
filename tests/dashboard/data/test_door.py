"""Pages ask the store through one door, which keeps answers and knows the data's version."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import ProgrammingError

from dashboard.data.cache import Cache
from dashboard.data.cache_store import FileStore
from dashboard.data.door import EXTENSION, DataDoor, StoreState, ask, keep_without_rows
from dashboard.data.door import door as door_of_request
from dashboard.data.errors import DataMoved, StoreUnavailable
from performance_store.database import DatabaseUnavailable
from tests.support.fake_store import AS_AT, FakeStore, make_app


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def count(connection: Any, *, name: str = "") -> tuple[str, int]:
    connection.questions = getattr(connection, "questions", 0) + 1
    return name, connection.questions


def make_door(folder: Path, store: FakeStore, clock: Clock) -> DataDoor:
    server = make_app(folder, store).server
    cache = Cache(FileStore(server, folder / "door", prefix="x"))
    return DataDoor(store.connect, store.read_state, cache, clock=clock)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door(tmp_path: Path, store: FakeStore, clock: Clock) -> DataDoor:
    return make_door(tmp_path, store, clock)


def test_an_answer_is_kept_until_the_data_changes(door: DataDoor, store: FakeStore) -> None:
    assert door.ask(count, name="a") == ("a", 1)
    assert door.ask(count, name="a") == ("a", 1)
    assert door.ask(count, name="b") == ("b", 2)
    store.state = replace(store.state, version="2")
    assert door.ask(count, name="a") == ("a", 3)


def none(connection: Any, *, name: str = "") -> tuple[()]:
    connection.questions = getattr(connection, "questions", 0) + 1
    return ()


@pytest.mark.parametrize("leads_to_a_page", [True, False])
def test_an_answer_without_rows_is_kept_once_it_has_led_to_a_page(
    tmp_path: Path, store: FakeStore, leads_to_a_page: bool
) -> None:
    server = make_app(tmp_path, store).server
    with server.test_request_context():
        assert ask(none, name="a") == ()
        if leads_to_a_page:
            keep_without_rows()
    store.silent = True
    with server.test_request_context():
        if leads_to_a_page:
            assert ask(none, name="a") == ()
        else:
            with pytest.raises(StoreUnavailable):
                ask(none, name="a")


def test_everybody_sees_a_load_that_ended_before_he_asked_and_few_look(
    door: DataDoor, store: FakeStore
) -> None:
    """The first look is under way when the load ends: who asks then must not get its answer."""
    first, go_on = threading.Event(), threading.Event()
    read_state, own, others = store.read_state, [], []

    def slow(connection: Any) -> StoreState:
        state = read_state(connection)
        if not first.is_set():
            first.set()
            go_on.wait(10)
        return state

    door._read_state = slow
    early = threading.Thread(target=lambda: own.append(door.state().version))
    early.start()
    assert first.wait(10)
    store.state = replace(store.state, version="2")
    late = [threading.Thread(target=lambda: others.append(door.state().version)) for _ in range(20)]
    for thread in late:
        thread.start()
    while store.connections < 1 or len(door._turn._waiters) < 20:  # type: ignore[attr-defined]
        time.sleep(0.01)
    go_on.set()
    for thread in (early, *late):
        thread.join()
    assert others == ["2"] * 20
    # Its own look gave the older one; on a busy machine the newer has come before it is served.
    assert own in (["1"], ["2"])
    assert store.connections == 2


def test_a_request_that_a_load_overtakes_is_answered_of_the_new_data(
    door: DataDoor, store: FakeStore
) -> None:
    """Its version was looked up, then the load ended, then it asked."""
    before = door.state()
    store.state = replace(store.state, version="2")
    with pytest.raises(DataMoved):
        door.answer(before, count, {"name": "a"})
    assert door.ask(count, name="a") == ("a", 1)


def test_of_data_that_change_without_end_nothing_is_told(door: DataDoor, store: FakeStore) -> None:
    def moving(_connection: Any) -> StoreState:
        store.state = replace(store.state, version=str(int(store.state.version) + 1))
        return store.state

    door._read_state = moving
    with pytest.raises(StoreUnavailable):
        door.ask(count, name="a")


def test_arguments_are_given_by_name(door: DataDoor) -> None:
    with pytest.raises(TypeError, match="by name"):
        door.ask(count, "a")  # type: ignore[call-arg, arg-type]


def test_a_silent_store_is_told_once_and_missed_by_new_questions_only(
    door: DataDoor, store: FakeStore, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    door.ask(count, name="kept")
    store.silent = True
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            clock.now += 3
            assert door.ask(count, name="kept") == ("kept", 1)
            with pytest.raises(StoreUnavailable):
                door.ask(count, name="new")
        store.silent = False
        clock.now += 3
        assert door.ask(count, name="new") == ("new", 2)
    assert [record.getMessage() for record in caplog.records] == [
        "The database does not answer: the database cannot be reached",
        "The database answers again",
    ]


def test_a_request_waits_for_a_silent_store_once(tmp_path: Path, store: FakeStore) -> None:
    """A database that hangs takes five seconds to be given up, each time it is asked."""
    server = make_app(tmp_path, store).server
    with server.test_request_context():
        assert ask(count, name="kept") == ("kept", 1)
    store.silent = True
    with server.test_request_context():
        assert ask(count, name="kept") == ("kept", 1)
        connections = store.connections
        for _ in range(3):
            with pytest.raises(StoreUnavailable, match="silent a moment ago"):
                door_of_request().fresh(count, name="words of the moment")
            with pytest.raises(StoreUnavailable):
                ask(count, name="new")
        assert store.connections == connections
    store.silent = False
    with server.test_request_context():
        assert door_of_request().fresh(count, name="again")[0] == "again"


def test_a_process_that_starts_in_an_outage_serves_what_another_kept(
    door: DataDoor, store: FakeStore, clock: Clock, tmp_path: Path
) -> None:
    door.ask(count, name="kept")
    store.silent = True
    newcomer = make_door(tmp_path, store, clock)
    assert newcomer.ask(count, name="kept") == ("kept", 1)


def test_a_process_that_saw_no_load_does_not_go_back_behind_it(
    door: DataDoor, store: FakeStore, clock: Clock, tmp_path: Path
) -> None:
    other = make_door(tmp_path, store, clock)
    assert other.ask(count, name="a") == ("a", 1)
    store.state = replace(store.state, version="2")
    assert door.ask(count, name="a") == ("a", 2)
    store.silent = True
    assert other.state().version == "2"
    assert other.ask(count, name="a") == ("a", 2)


def test_who_asks_a_silent_store_does_not_wait_for_another_s_try(
    door: DataDoor, store: FakeStore, clock: Clock
) -> None:
    door.ask(count, name="kept")
    store.silent = True
    door.state()
    clock.now += 3
    trying, end = threading.Event(), threading.Event()

    def hung() -> None:
        trying.set()
        end.wait(10)
        raise DatabaseUnavailable("the database cannot be reached")

    door._connect = hung  # type: ignore[assignment]
    thread = threading.Thread(target=door.state)
    thread.start()
    assert trying.wait(10)
    assert door.state().version == "1"
    end.set()
    thread.join()


def test_without_anything_kept_the_store_is_unavailable(door: DataDoor, store: FakeStore) -> None:
    store.silent = True
    with pytest.raises(StoreUnavailable):
        door.state()


def test_a_wrong_query_is_not_taken_for_a_silent_store(door: DataDoor) -> None:
    def wrong(connection: Any) -> None:
        raise ProgrammingError("SELECT", {}, Exception("no such column"))

    with pytest.raises(ProgrammingError):
        door.ask(wrong)


def test_an_application_answers_from_its_own_store(tmp_path: Path) -> None:
    for name in ("one", "two"):
        store = FakeStore(StoreState(name, AS_AT, "platform"))
        server = make_app(tmp_path / name, store).server
        with server.test_request_context("/"):
            assert ask(count, name=name) == (name, 1)
            assert server.extensions[EXTENSION].state().version == name
