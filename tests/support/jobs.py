"""Workers of the tests: real processes with tasks of their own, each of which writes a row."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from performance_store.database import transaction
from providers.checks.terms import RUN
from providers.jobs import HEAVY
from tests.support import check_engine
from worker import checking_process, service, tasks
from worker.__main__ import main
from worker.tasks import Task, Tools

CHECKOUT = Path(__file__).resolve().parents[2]
AWAY = ("SYNC_FROM", "REDIS_URL", "DATABASE_DIRECT_URL", "DATABASE_READ_URL")
SILENCE = 1.5
PACE = service.Pace(poll=0.05, poll_heavy=0.05, heartbeat=0.3, silence=SILENCE, sweep=0.2)
CONNECTIONS = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND application_name = 'worker'"
)
TABLE = "CREATE TABLE done (word text, pid int, at timestamptz DEFAULT clock_timestamp())"


def note(tools: Tools, *, word: str, seconds: float = 0, timestamp: int | None = None) -> None:
    """Write a row at the beginning, and one at the end."""
    write(tools, f"{word} begins")
    time.sleep(seconds)
    write(tools, word)


def write(tools: Tools, word: str) -> None:
    with transaction(tools.engine) as connection:
        connection.execute(
            text("INSERT INTO done (word, pid) VALUES (:word, :pid)"),
            {"word": word, "pid": os.getpid()},
        )


def fail(tools: Tools, *, word: str) -> None:
    write(tools, word)
    raise RuntimeError("it cannot be done")


def minute(tools: Tools, *, timestamp: int) -> None:
    write(tools, f"due {timestamp}")


TASKS = {
    "note": Task(note),
    "heavy": Task(note, queue=HEAVY),
    "fail": Task(fail, attempts=3, first_wait=0),
    "once": Task(fail, attempts=1),
    "minute": Task(minute),
    RUN: tasks.TASKS[RUN],
}
YEARLY, EACH_SECOND = "0 0 1 1 *", "* * * * * */1"


def rows(engine: Engine, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql), values)]


def words(engine: Engine) -> list[str]:
    """What was written by now, in order."""
    return [word for (word,) in rows(engine, "SELECT word FROM done ORDER BY at")]


def until(condition: Callable[[], object], what: str = "", seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.03)


@contextmanager
def worker(
    url: str, folder: Path, *arguments: str, **variables: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of these tasks, killed at the end if it runs still. Its log is `folder/log`."""
    environment = {k: v for k, v in os.environ.items() if k not in AWAY}
    environment |= {"DATABASE_URL": url, "PERFORMANCE_STORE_HOME": str(folder)} | variables
    environment |= {"LOG_FORMAT": "text"}
    folder.mkdir(exist_ok=True)
    with (folder / "log").open("ab") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "tests.support.jobs", *arguments],
            cwd=CHECKOUT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def stop(running: subprocess.Popen[bytes], seconds: float = 25) -> int:
    running.send_signal(signal.SIGTERM)
    return running.wait(timeout=seconds)


if __name__ == "__main__":
    often = "often" in sys.argv
    service.GRACE = 3
    service.PACE, service.COMMAND = PACE, (sys.executable, "-m", "tests.support.jobs")
    checking_process.COMMAND = check_engine.COMMAND
    service.WHEN = {"minute": EACH_SECOND if often else YEARLY}
    code = main([word for word in sys.argv[1:] if word != "often"], tasks=TASKS)
    sys.stderr.flush()
    os._exit(code)
