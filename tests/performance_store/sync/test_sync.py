"""Sync as a whole: into a store, by the command line, killed, stopped and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from performance_store.loading import load
from performance_store.readers.platform import FILE_NAME, Platform
from performance_store.readers.stream import InputError
from performance_store.sync.run import SYNC_LOCK, sync
from performance_store.sync.worker import every, interval
from tests.support import fake_datasette as faults
from tests.support.fake_datasette import Fake
from tests.support.loads import checksum, command
from tests.support.sync import IN_HASTE, facts, snapshot, write


def loads(engine: Engine) -> list[tuple[str, str | None]]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT state, error FROM load ORDER BY id"))
        return [(row[0], row[1]) for row in rows]


def test_sync_is_load_platform(
    fake: Fake,
    engine: Engine,
    fresh_database: Callable[[], AbstractContextManager[str]],
    source: Path,
    tmp_path: Path,
) -> None:
    from performance_store.database import make_engine

    done = sync(engine, fake.url, tmp_path / "home", patience=IN_HASTE)
    assert done.load.state == "published"
    assert done.behind_days > 500
    assert f"are of {done.as_at}: {done.behind_days:,} days behind today." in done.line()
    with fresh_database() as url:
        other = make_engine(url, application_name="tests")
        load(other, Platform(source))
        assert facts(engine) == facts(other)
        assert snapshot(engine) == snapshot(other)
        other.dispose()


def test_the_same_again_changes_nothing(fake: Fake, engine: Engine, tmp_path: Path) -> None:
    sync(engine, fake.url, tmp_path / "home", patience=IN_HASTE)
    before = checksum(engine)
    assert sync(engine, fake.url, tmp_path / "home", patience=IN_HASTE).load.state == "unchanged"
    # On a disk that was thrown away, the copy is made again and is the same file.
    assert sync(engine, fake.url, tmp_path / "new", patience=IN_HASTE).load.state == "unchanged"
    assert checksum(engine) == before


@pytest.mark.parametrize("without", ["log", "log.status"])
def test_a_broken_agreement_leaves_the_last_good_data(
    fake: Fake, engine: Engine, tmp_path: Path, without: str
) -> None:
    sync(engine, fake.url, tmp_path / "home", patience=IN_HASTE)
    before = checksum(engine)
    fake.without = {without}
    with pytest.raises(InputError, match=r"log( has no column status)?"):
        sync(engine, fake.url, tmp_path / "home", patience=IN_HASTE)
    assert checksum(engine) == before
    state, error = loads(engine)[-1]
    assert state == "failed"
    assert error is not None
    assert "log" in error


def test_a_newer_platform_replaces_nothing_but_adds_its_day(
    fake: Fake, engine: Engine, tmp_path: Path
) -> None:
    sync(engine, fake.url, tmp_path / "home", patience=IN_HASTE)
    with fake.connect() as connection:
        connection.execute(
            "INSERT INTO log (endpoint, entry_date, status) VALUES ('e1', '2025-05-22', '200')"
        )
    connection.close()
    done = sync(engine, fake.url, tmp_path / "home", patience=IN_HASTE)
    assert str(done.as_at) == "2025-05-22"
    assert len(snapshot(engine)) == 2


# Two at once


def test_two_never_overlap(fake: Fake, engine: Engine, tmp_path: Path) -> None:
    with engine.connect() as other:
        other.execute(text("SELECT pg_advisory_lock(:id)"), {"id": SYNC_LOCK})
        with pytest.raises(InputError, match="another sync is running"):
            sync(engine, fake.url, tmp_path / "home", patience=IN_HASTE)
        assert fake.requests == []
        other.rollback()
        other.execute(text("SELECT pg_advisory_unlock(:id)"), {"id": SYNC_LOCK})
    sync(engine, fake.url, tmp_path / "home", patience=IN_HASTE)


def test_the_lock_is_let_go_of_after_a_failure(fake: Fake, engine: Engine, tmp_path: Path) -> None:
    fake.faults["database"] = [faults.status(404)]
    with pytest.raises(InputError):
        sync(engine, fake.url, tmp_path / "home", patience=IN_HASTE)
    sync(engine, fake.url, tmp_path / "home", patience=IN_HASTE)


# The command


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 1, "Give --from URL, or set SYNC_FROM"),
        (("--from", "data/folder"), 1, "must be an address"),
        (("--from", "http://127.0.0.1:9/x.db", "--sha256", "12"), 2, "64 hexadecimal digits"),
        (("--from", "http://127.0.0.1:9/x", "--sha256", "0" * 64), 1, "a digest is for a file"),
        (("--every", "soon"), 2, "is not a time such as 24h"),
        (("--every", "5s"), 2, "of a minute or more"),
    ],
)
def test_wrong_arguments_are_told(
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: Any,
    code: int,
    words: str,
) -> None:
    monkeypatch.setenv("PERFORMANCE_STORE_HOME", str(tmp_path))
    monkeypatch.delenv("SYNC_FROM", raising=False)
    result = command(database_url, "sync", *arguments)
    assert result.returncode == code
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_the_command_syncs_from_the_setting(
    fake: Fake, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERFORMANCE_STORE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SYNC_FROM", fake.url)
    result = command(database_url, "sync")
    assert result.returncode == 0
    assert "Loaded 1 snapshot" in result.stdout
    assert "days behind today" in result.stdout


@contextmanager
def process(url: str, home: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The command as a process of its own."""
    environment = os.environ | {"DATABASE_URL": url, "PERFORMANCE_STORE_HOME": str(home)}
    running = subprocess.Popen(
        [sys.executable, "-m", "performance_store", "sync", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


def until(condition: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


def hold(handler: faults.Handler, _: bytes) -> None:
    """An answer that is waited for until the test ends the asking process."""
    time.sleep(20)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_ended_in_the_middle_it_goes_on(
    fake: Fake, database_url: str, engine: Engine, tmp_path: Path, number: signal.Signals
) -> None:
    home = tmp_path / "home"
    fake.faults["issue"] = [None, None, hold]
    with process(database_url, home, "--from", fake.url) as running:
        until(lambda: len(fake.pages("issue")) == 3)
        running.send_signal(number)
        code = running.wait(60)
    assert code == (-signal.SIGKILL if number == signal.SIGKILL else 1)
    assert loads(engine) == []
    fake.requests.clear()
    sync(engine, fake.url, home, patience=IN_HASTE)
    assert fake.pages("log") == []
    assert None not in fake.pages("issue")
    (copy,) = home.glob(f"sync/*/{FILE_NAME}")
    for record in Platform(copy).provides:
        assert list(Platform(copy).rows(record)) == list(Platform(fake.path).rows(record))


def test_a_worker_stops_when_told_and_says_so(
    fake: Fake, database_url: str, engine: Engine, tmp_path: Path
) -> None:
    with process(database_url, tmp_path / "home", "--from", fake.url, "--every", "1h") as running:
        assert running.stdout is not None
        lines = []
        for line in running.stdout:
            lines.append(line.strip())
            if line.startswith("Again in"):
                break
        running.send_signal(signal.SIGTERM)
        rest, complained = running.communicate(timeout=60)
    assert running.returncode == 0
    assert any(line.startswith("Loaded 1 snapshot") for line in lines)
    assert lines[-1] in ("Again in 60 minutes", "Again in 59 minutes")
    assert rest.strip() == "Stopped"
    assert complained == ""
    assert [state for state, _ in loads(engine)] == ["published"]


def test_a_worker_that_is_stopped_while_it_fetches_keeps_what_came(
    fake: Fake, database_url: str, tmp_path: Path
) -> None:
    fake.faults["issue"] = [None, hold]
    with process(database_url, tmp_path / "home", "--from", fake.url, "--every", "1h") as running:
        until(lambda: len(fake.pages("issue")) == 2)
        running.send_signal(signal.SIGTERM)
        running.send_signal(signal.SIGTERM)
        words, complained = running.communicate(timeout=60)
    assert (running.returncode, complained) == (0, "")
    assert words.splitlines()[-1] == "Stopped"
    assert list((tmp_path / "home").glob("sync/*/partial.sqlite3"))


def test_a_worker_that_is_stopped_while_it_loads_changes_nothing(
    fake: Fake, database_url: str, engine: Engine, tmp_path: Path
) -> None:
    sync(engine, fake.url, tmp_path / "home", patience=IN_HASTE)
    before = checksum(engine)
    with fake.connect() as connection:
        connection.execute("UPDATE organisation SET name = 'New'")
    connection.close()
    waiting = "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database "
    waiting += "WHERE NOT granted AND datname = current_database()"
    with engine.connect() as holder, engine.connect() as looker:
        holder.execute(text("LOCK TABLE summary_interval IN EXCLUSIVE MODE"))
        arguments = ("--from", fake.url, "--every", "1h")
        with process(database_url, tmp_path / "home", *arguments) as running:
            until(lambda: looker.execute(text(waiting)).scalar())
            running.send_signal(signal.SIGTERM)
            words, complained = running.communicate(timeout=60)
        assert (running.returncode, complained) == (0, "")
        assert words.splitlines()[-1] == "Stopped"
        holder.rollback()
    assert [state for state, _ in loads(engine)] == ["published", "failed"]
    assert checksum(engine) == before
    sync(engine, fake.url, tmp_path / "home", patience=IN_HASTE)
    assert [state for state, _ in loads(engine)][-1] == "published"


# The worker's clock


@pytest.mark.parametrize(
    ("words", "seconds"), [("24h", 86400), ("90m", 5400), ("60s", 60), (" 1D ", 86400)]
)
def test_intervals_are_read(words: str, seconds: float) -> None:
    assert interval(words) == seconds


@pytest.mark.parametrize("words", ["", "24", "h", "0h", "-1h", "1.5h", "59s", "٣h", "9999999h"])
def test_other_words_are_no_interval(words: str) -> None:
    with pytest.raises(ValueError, match="is not a time such as"):
        interval(words)


def waits(outcomes: list[Exception | float], seconds: float) -> tuple[list[float], list[str]]:
    """How long the worker waits after each run. An outcome is an error, or how long it took."""
    now, slept, lines = [1000.0], [], []

    def work() -> str:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        now[0] += outcome
        return "done"

    def sleep(pause: float) -> None:
        slept.append(pause)
        now[0] += pause
        if not outcomes:
            raise KeyboardInterrupt

    every(seconds, work, say=lines.append, clock=lambda: now[0], sleep=sleep)
    return slept, lines


def test_runs_begin_an_interval_apart() -> None:
    assert waits([0.0, 600.0, 90000.0, 0.0], 86400)[0] == [86400, 85800, 0, 86400]


def test_a_failure_is_tried_again_sooner_and_less_and_less_often() -> None:
    error = InputError("the source is away.")
    slept, lines = waits([error, error, OSError("no room"), 0.0, error], 86400)
    assert slept == [900, 1800, 3600, 86400, 900]
    assert lines[0] == "Failed: the source is away. The data loaded before stay"
    assert waits([error] * 12, 3600)[0][2:] == [3600] * 10


def test_a_mistake_of_ours_is_not_waited_out() -> None:
    with pytest.raises(TypeError):
        waits([TypeError("ours")], 86400)


def test_a_database_that_is_away_is_waited_for(fake: Fake, tmp_path: Path) -> None:
    from performance_store.database import make_engine

    engine = make_engine(
        "postgresql://nobody@127.0.0.1:9/none", application_name="tests", pool=None
    )
    lines: list[str] = []

    def sleep(_: float) -> None:
        raise KeyboardInterrupt

    every(60, lambda: sync(engine, fake.url, tmp_path).line(), say=lines.append, sleep=sleep)
    assert lines[0] == "Failed: the database cannot be reached. The data loaded before stay"


def test_the_disk_may_be_full(
    fake: Fake, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite says so at some page; what came before is kept, and the rest comes later."""
    from performance_store.sync import copies

    opened = copies._open

    def small(folder: Path) -> Any:
        connection = opened(folder)
        connection.execute("PRAGMA main.max_page_count = 12")
        return connection

    fake.path = write(tmp_path / "large", issues=600)
    with monkeypatch.context() as patched:
        patched.setattr(copies, "_open", small)
        with pytest.raises(InputError, match="database or disk is full"):
            sync(engine, fake.url, tmp_path / "home", patience=IN_HASTE)
    assert [state for state, _ in loads(engine)] == ["failed"]
    fake.requests.clear()
    sync(engine, fake.url, tmp_path / "home", patience=IN_HASTE)
    assert None not in fake.pages("issue")
