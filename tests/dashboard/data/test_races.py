"""Two web processes share Redis and database: neither tells of data that a load replaced."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard.data.door import DataDoor, StoreState
from performance_store.loading import load
from performance_store.readers.platform import Platform
from tests.support.build import AAA
from tests.support.gunicorn import Web, web
from tests.support.loads import a_file
from tests.support.real_store import real_app
from tests.support.servers import RedisServer

PAGE = f"/organisations/{AAA}/tree"
ROUNDS, READERS = 6, 3
VERSION = re.compile(r'<html lang="en-GB" data-version="(\d+)" data-reader="">')


@dataclass
class Seen:
    """What readers were told: (began, ended, version, figure), and what was no answer."""

    answers: list[tuple[float, float, int, int]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def versions(self) -> set[int]:
        """The loads that any reader was told of."""
        return {version for _, _, version, _ in self.answers}


def figure(page: str) -> int:
    """How many rows need fixing, as the page says it in three places, each from another answer."""
    words = {
        int(number)
        for pattern in (
            r"(\d+) rows need fixing",
            r'rows to fix</dt><dd class="stat-value">(\d+)<',
            r'data-label="Rows">(\d+)<',
        )
        for number in re.findall(pattern, page)
    }
    assert len(words) == 1, words
    return words.pop()


def until(condition: Callable[[], object], seconds: float) -> None:
    """Wait, on a slow machine too, but not for ever: what is asserted next then fails."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)


@pytest.fixture
def pair(database_url: str, own_redis: RedisServer, tmp_path: Path) -> Iterator[tuple[Web, Web]]:
    environment = {
        "DATABASE_URL": database_url,
        "REDIS_URL": own_redis.url,
        "WEB_CONCURRENCY": "1",
        "DOWNLOADS_PER_MINUTE": "0",
        "API_PER_MINUTE": "0",
    }
    with ExitStack() as running:
        servers = []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            servers.append(running.enter_context(web(tmp_path / name, **environment)))
        yield servers[0], servers[1]


def test_no_process_tells_of_older_data_after_a_load(
    pair: tuple[Web, Web], engine: Engine, tmp_path: Path
) -> None:
    """The loads replace the snapshot of one day, each with its own number of wrong rows: a page
    made of two of them, or of none, would show."""
    rows = {}
    ends: list[tuple[float, int]] = []

    def a_load(number: int) -> None:
        count = 3 + number
        result = load(engine, Platform(a_file(tmp_path / f"in{number}", issues=count)))
        ends.append((time.monotonic(), result.load_id))
        rows[result.load_id] = count

    a_load(0)
    seen, done = Seen(), threading.Event()

    def read(server: Web) -> None:
        while not done.is_set():
            began = time.monotonic()
            status, page, _ = server.get(PAGE)
            version = VERSION.search(page)
            if status != 200 or version is None:
                seen.wrong.append(f"{status}: {page[:2000]}")
                return
            seen.answers.append((began, time.monotonic(), int(version[1]), figure(page)))

    threads = [threading.Thread(target=read, args=(s,)) for s in pair for _ in range(READERS)]
    for thread in threads:
        thread.start()
    until(lambda: seen.wrong or ends[0][1] in seen.versions(), 30)
    for number in range(1, ROUNDS):
        a_load(number)
        time.sleep(0.3)
    until(lambda: seen.wrong or ends[-1][1] in seen.versions(), 30)
    done.set()
    for thread in threads:
        thread.join()

    assert not seen.wrong
    assert seen.versions() >= {ends[0][1], ends[-1][1]}
    for began, _, version, content in seen.answers:
        assert content == rows[version]
        newest = max((load_id for at, load_id in ends if at <= began), default=0)
        assert version >= newest, "older data after a load"
    # Nor, once any process told of newer data, does another tell of older.
    for began, _, version, _ in seen.answers:
        versions = (other for _, at, other, _ in seen.answers if at <= began)
        assert version >= max(versions, default=0)


def test_a_load_is_seen_by_both_at_once(
    pair: tuple[Web, Web], engine: Engine, tmp_path: Path
) -> None:
    for number in range(3):
        result = load(engine, Platform(a_file(tmp_path / f"in{number}", issues=4 + number)))
        for server in pair:
            status, page, _ = server.get(PAGE)
            version = VERSION.search(page)
            assert (status, version and int(version[1])) == (200, result.load_id)
            assert figure(page) == 4 + number


def test_a_file_that_a_load_overtakes_is_made_of_the_new_data(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request looked; then a load replaced the data; then it asked for the rows."""
    load(engine, Platform(a_file(tmp_path / "in0", issues=3)))
    app = real_app(tmp_path, engine)
    look = DataDoor.state
    loads = iter([5])

    def then_a_load(door: DataDoor) -> StoreState:
        state = look(door)
        for count in loads:
            load(engine, Platform(a_file(tmp_path / "in1", issues=count)))
        return state

    monkeypatch.setattr(DataDoor, "state", then_a_load)
    address = (
        f"/downloads/issues.csv?organisation={AAA}&dataset=tree&issue_type=missing+value&field=name"
    )
    answer = app.server.test_client().get(address, buffered=True)
    assert answer.status_code == 200
    assert len(answer.text.splitlines()) == 1 + 5
