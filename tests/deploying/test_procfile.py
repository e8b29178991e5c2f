"""What Heroku runs from the Procfile runs, as it runs it: release, web and worker, with a database
and a Redis by their addresses. `make test` does it with PostgreSQL and Redis of the machine too."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.fake_datasette import serving
from tests.support.gunicorn import CHECKOUT
from tests.support.servers import Databases, free_port
from tests.support.sync import write

LINES = (CHECKOUT / "Procfile").read_text().splitlines()
COMMANDS = {name: command.strip() for name, _, command in (line.partition(":") for line in LINES)}


@pytest.fixture
def environment(databases: Databases, redis_url: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """What a dyno has: an empty database by the scheme that Heroku writes, a Redis, a port."""
    with databases.fresh() as url:
        yield {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "DYNO": "web.1",
            "DATABASE_URL": url.replace("postgresql://", "postgres://", 1),
            "REDIS_URL": redis_url,
            "PORT": str(free_port()),
            "PERFORMANCE_STORE_HOME": str(tmp_path / "home"),
            # The server of the tests may have a password of examples.
            "PRODUCTION": "no",
        }


@contextmanager
def started(name: str, environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A command of the Procfile, through a shell as Heroku does."""
    with log.open("wb") as output:
        running = subprocess.Popen(
            ["/bin/sh", "-c", f"exec {COMMANDS[name]}"],
            cwd=CHECKOUT,
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def get(environment: dict[str, str], path: str) -> str:
    address = f"http://127.0.0.1:{environment['PORT']}{path}"
    with urllib.request.urlopen(address, timeout=20) as answer:
        return str(answer.read().decode())


def wait_for_words(process: subprocess.Popen[bytes], log: Path, words: str) -> None:
    deadline = time.monotonic() + 60
    while words not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


def until_answers(process: subprocess.Popen[bytes], environment: dict[str, str], log: Path) -> str:
    deadline = time.monotonic() + 60
    while True:
        try:
            return get(environment, "/health/ready")
        except OSError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)


def stop(process: subprocess.Popen[bytes]) -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(timeout=20)


def test_release_web_and_worker(environment: dict[str, str], tmp_path: Path) -> None:
    for words in ("Migrated.", "Nothing to migrate."):
        log = tmp_path / "release.log"
        with started("release", environment, log) as release:
            assert release.wait(timeout=60) == 0, log.read_text()
        assert log.read_text().strip() == words

    log, worker_log = tmp_path / "web.log", tmp_path / "worker.log"
    with started("web", environment, log) as web, serving(write(tmp_path / "source")) as source:
        ready = until_answers(web, environment, log)
        assert '"redis":"ok"' in ready
        assert '"data":"none"' in ready
        variables = environment | {"DYNO": "worker.1", "SYNC_FROM": source.url}
        with started("worker", variables, worker_log) as worker:
            # A new deployment does not wait for the night.
            wait_for_words(worker, worker_log, "sync.nightly 1 done in")
            assert "Loaded 1 snapshot" in worker_log.read_text()
            assert '"worker":"ok"' in get(environment, "/health/ready")
            # What the worker loaded is there at once.
            assert '"data_version":"1"' in get(environment, "/health/ready")
            assert 'data-version="1"' in get(environment, "/organisations")
            assert "local-authority:AAA" in get(environment, "/api/v1/organisations")
            assert stop(worker) == 0
        assert stop(web) == 0
    lines = worker_log.read_text().splitlines()
    assert json.loads(lines[-1])["message"] == "Stopped"
    assert all(line.startswith("{") for line in [*log.read_text().splitlines(), *lines])


def test_a_web_server_with_an_address_that_is_none_says_so_and_ends(
    environment: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "web.log"
    with started("web", environment | {"REDIS_URL": "http://x"}, log) as web:
        assert web.wait(timeout=60) != 0
    (line,) = log.read_text().splitlines()
    assert line.startswith("Error: REDIS_URL must start with one of")
