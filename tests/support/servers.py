"""Servers and programs that tests need: found on the machine, or the test says what is missing."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

import psycopg
import pytest
import redis
from psycopg import sql
from sqlalchemy import Engine, make_url

from performance_store.database import make_engine
from performance_store.local.processes import OwnedProcess

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REDIS_SERVERS = ("redis-server", "valkey-server")
Filled = Callable[..., Engine]
"""Gives a database of the module's own with what readers read (see ``filled`` in conftest)."""


def missing(what: str) -> NoReturn:
    """Skip the test by name of what it lacks; in CI, where nothing may be lacking, fail."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing, and CI skips nothing", pytrace=False)
    pytest.skip(f"{what} is missing")


def browser() -> str | None:
    """The path of a Chromium."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def headless_browser() -> str | None:
    """The path of the Chromium that does without the browser around the page, and so without half
    of its processes, where the machine has it; else of any."""
    return shutil.which("chromium-headless-shell") or browser()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Databases:
    """Databases on one server, most of them copies of one that was filled once (0.03 s each).

    Several processes of one run share what was filled, and the last to close drops it.
    """

    def __init__(self, maintenance_url: str) -> None:
        self._url = make_url(maintenance_url).set(drivername="postgresql")
        self._count = 0
        # The workers of one run have this in common.
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12]
        self._prefix = f"performance_test_filled_{run}_"
        self._member = self._connect()
        self._member.execute("SELECT pg_advisory_lock_shared(hashtext(%s))", [self._prefix])

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        target = self._url.render_as_string(hide_password=False)
        return psycopg.connect(target, autocommit=True)

    def url(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str, *names: str) -> None:
        with self._connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    @contextmanager
    def fresh(self, template: str = "template0") -> Iterator[str]:
        """The URL of a new database, a copy of ``template``, dropped afterwards."""
        self._count += 1
        name = f"performance_test_{os.getpid()}_{self._count}"
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        try:
            yield self.url(name)
        finally:
            self._run("DROP DATABASE {} WITH (FORCE)", name)

    def filled(
        self, key: str, fill: Callable[[Engine], object], template: str = "template0"
    ) -> str:
        """The name of a database that ``fill`` filled, to copy; the first to ask makes it."""
        name = self._prefix + key
        with self._connect() as connection:
            connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
            query = "SELECT FROM pg_database WHERE datname = %s"
            if connection.execute(query, [name]).fetchone() is None:
                with self.fresh(template) as url:
                    engine = make_engine(url, application_name="tests", pool=None)
                    fill(engine)
                    assert engine.url.database is not None
                    # Nobody sees it half filled.
                    self._run("CREATE DATABASE {} TEMPLATE {}", name, engine.url.database)
        return name

    def close(self) -> None:
        self._member.execute("SELECT pg_advisory_unlock_shared(hashtext(%s))", [self._prefix])
        query = "SELECT pg_try_advisory_lock(hashtext(%s))"
        if self._member.execute(query, [self._prefix]).fetchone() == (True,):
            query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
            for (name,) in self._member.execute(query, [self._prefix]).fetchall():
                self._run("DROP DATABASE {} WITH (FORCE)", name)
        self._member.close()


class RedisServer:
    """A Redis of the test's own, to be stopped, hung and filled at will."""

    def __init__(self, folder: Path, *options: str) -> None:
        program = next(filter(None, map(shutil.which, REDIS_SERVERS)), None)
        if program is None:
            missing("redis-server")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self._command += ["--appendonly", "no", "--dir", str(folder), *options]
        self._server: OwnedProcess | None = None

    def start(self) -> None:
        with (self._folder / "redis.log").open("ab") as log:
            self._server = OwnedProcess.start(
                self._command,
                stop_signal=signal.SIGTERM,
                cwd=self._folder,
                env=dict(os.environ),
                output=log,
            )
        deadline = time.monotonic() + 10
        with redis.Redis.from_url(self.url) as client:
            while True:
                with suppress(redis.ConnectionError):
                    if client.ping():
                        return
                if time.monotonic() > deadline:
                    raise TimeoutError(f"Redis did not start: {self._folder / 'redis.log'}")
                time.sleep(0.02)

    def stop(self) -> None:
        if self._server is not None:
            self.resume()
            self._server.stop([(signal.SIGTERM, 10.0)])
            self._server = None

    def kill(self) -> None:
        """End it as a crash does."""
        if self._server is not None:
            self._server.stop([(signal.SIGKILL, 10.0)])
            self._server = None

    def pause(self) -> None:
        """Hang: connections are accepted by the system, nothing is answered."""
        assert self._server is not None
        self._server.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._server is not None
        self._server.process.send_signal(signal.SIGCONT)


# As root Chromium has no sandbox; the rest keeps it from calling home or needing a display.
BROWSER_ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
)
