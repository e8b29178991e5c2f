"""Told to stop, the web server answers what it was asked, takes nothing new and ends in time."""

from __future__ import annotations

import re
import signal
import threading
import time
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Engine, text

from performance_store.loading import load
from performance_store.readers.platform import Platform
from tests.support.build import AAA
from tests.support.gunicorn import Web, web
from tests.support.loads import a_file

WAITING = (
    "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
    "WHERE NOT l.granted AND d.datname = current_database()"
)
PAGES = {
    "app:server": f"/organisations/{AAA}/tree",
    "performance_api:create_app()": f"/api/v1/organisations/{AAA}/summary",
}


def until(condition: object, seconds: float, words: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, words
        time.sleep(0.02)


def children(running: Web) -> list[psutil.Process]:
    return psutil.Process(running.process.pid).children()


def hears(worker: psutil.Process) -> bool:
    """Whether a worker has signal handlers of its own: until then it has its maker's, which put a
    SIGTERM aside for good, and gunicorn ends it when `graceful_timeout` is over. Of the two only
    workers heed SIGABRT. Where there is no /proc it is taken to hear."""
    status = Path(f"/proc/{worker.pid}/status")
    if not status.exists():
        return True
    (caught,) = re.findall(r"^SigCgt:\s*(\w+)", status.read_text(), re.MULTILINE)
    return bool(int(caught, 16) >> (signal.SIGABRT - 1) & 1)


def all_hear(running: Web, workers: int) -> bool:
    """Whether every worker is there and hears: the first serves while the next is being made."""
    there = children(running)
    return len(there) == workers and all(map(hears, there))


def ask(running: Web, path: str, answers: list[tuple[int, str]]) -> None:
    """Ask, and keep the answer if there is one."""
    with suppress(OSError, HTTPException):
        answers.append(running.get(path)[:2])


@pytest.mark.parametrize("application", list(PAGES))
@pytest.mark.parametrize("to_all", [False, True], ids=["the server", "every process, twice"])
def test_what_is_under_way_is_answered_and_nothing_new_is_taken(
    engine: Engine, database_url: str, tmp_path: Path, application: str, to_all: bool
) -> None:
    """A dyno's manager tells every process, and may tell it again."""
    load(engine, Platform(a_file(tmp_path / "in")))
    answers: list[tuple[int, str]] = []
    late: list[tuple[int, str]] = []
    environment = {"DATABASE_URL": database_url, "WEB_CONCURRENCY": "2"}
    with web(tmp_path, application, **environment) as running:
        until(lambda: all_hear(running, 2), 15, "a worker is still being made")
        asking = threading.Thread(target=ask, args=(running, PAGES[application], answers))
        new = threading.Thread(target=ask, args=(running, "/health/live", late))
        with engine.connect() as holder, engine.connect() as looker:
            # The answer waits for this lock, as it would for a long question.
            holder.execute(text("LOCK TABLE summary_interval IN ACCESS EXCLUSIVE MODE"))
            asking.start()
            until(lambda: looker.execute(text(WAITING)).scalar(), 15, "it did not ask")
            processes = [psutil.Process(running.process.pid)]
            processes += children(running) if to_all else []
            for _ in range(2 if to_all else 1):
                for process in processes:
                    process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            new.start()
            time.sleep(1)
            assert not answers
            holder.rollback()
        began = time.monotonic()
        asking.join(timeout=20)
        # A dyno is given 30 seconds before it is killed.
        assert running.process.wait(timeout=20) == 0
        assert time.monotonic() - began < 20
        new.join(timeout=10)
    assert not late
    assert [status for status, _ in answers] == [200]
    assert "AAA" in answers[0][1] or "Aaa" in answers[0][1]
    assert not any(process.is_running() for process in processes)


def test_what_takes_too_long_is_cut_in_time(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    """A dyno is killed 30 seconds after it was told; here less is given, lest the test take it."""
    load(engine, Platform(a_file(tmp_path / "in")))
    with web(
        tmp_path, "app:server", "--graceful-timeout", "1", DATABASE_URL=database_url
    ) as running:
        client = threading.Thread(target=ask, args=(running, PAGES["app:server"], []))
        with engine.connect() as holder, engine.connect() as looker:
            holder.execute(text("LOCK TABLE summary_interval IN ACCESS EXCLUSIVE MODE"))
            client.start()
            until(lambda: looker.execute(text(WAITING)).scalar(), 15, "it did not ask")
            running.process.send_signal(signal.SIGTERM)
            began = time.monotonic()
            running.process.wait(timeout=10)
            assert time.monotonic() - began < 8
            holder.rollback()
        client.join(timeout=10)
