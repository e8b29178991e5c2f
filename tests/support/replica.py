"""A primary and its streaming replica, to be held up, killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
from sqlalchemy import make_url

from performance_store.local.embedded import EmbeddedPostgres
from performance_store.settings import load_settings
from tools.run_tests import postgres_binaries

PRIMARY = {"wal_level": "replica", "max_wal_senders": "4", "shared_buffers": "64MB"}
REPLICA = PRIMARY | {"hot_standby": "on", "wal_retrieve_retry_interval": "100ms"}


class Pair:
    """The two servers. A write on the primary is on the replica a few milliseconds later, unless
    replay is paused there."""

    def __init__(self, folder: Path, **options: str) -> None:
        """`options` are settings of the replica on top of ours."""
        binaries = load_settings().postgres_binaries or postgres_binaries()
        self._binaries, self._folder, self._options = binaries, folder, REPLICA | options
        self.primary = self._server("primary", PRIMARY)
        self.primary.start()
        self.primary.stop()
        self._copy()
        self.primary.start()
        self.replica = self._server("replica", self._following())
        self.replica.start()

    def _server(self, name: str, options: dict[str, str]) -> EmbeddedPostgres:
        home = self._folder / name
        return EmbeddedPostgres(home, durable=False, binaries=self._binaries, options=options)

    def _copy(self) -> None:
        """The data folder of the replica: that of the primary, which stands still."""
        home = self._folder / "replica"
        home.mkdir()
        shutil.copystat(self._folder / "primary", home)
        replica = home / self.primary.data.name
        # With owners: where root runs the tests, the servers are another user's.
        subprocess.run(["cp", "-a", self.primary.data, replica], check=True)
        signal_file = replica / "standby.signal"
        signal_file.touch()
        signal_file.chmod(0o644)

    def _following(self) -> dict[str, str]:
        url = make_url(self.primary.url("postgres"))
        host, port = url.query["host"], url.query["port"]
        following = {"primary_conninfo": f"host={host} port={port} user=postgres"}
        # Where the connection ends it is made again at once, and not after five seconds.
        return self._options | following | {"wal_retrieve_retry_interval": "100ms"}

    def run(self, statement: str, *, on: EmbeddedPostgres | None = None) -> object:
        """The first value of a statement's answer, on the primary or on another; None if none."""
        server = on or self.primary
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[arg-type]
            row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None

    def catch_up(self, seconds: float = 60) -> None:
        """Wait until the replica has replayed what the primary has written so far."""
        position = self.run("SELECT pg_current_wal_lsn()")
        deadline = time.monotonic() + seconds
        question = f"SELECT coalesce(pg_last_wal_replay_lsn() >= '{position}', false)"
        while not self.run(question, on=self.replica):
            assert time.monotonic() < deadline, self.replica.last_words()
            time.sleep(0.01)

    def pause(self) -> None:
        """Replay nothing on the replica until `resume`."""
        self.run("SELECT pg_wal_replay_pause()", on=self.replica)
        deadline = time.monotonic() + 10
        state = "SELECT pg_get_wal_replay_pause_state()"
        while self.run(state, on=self.replica) != "paused":
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def resume(self) -> None:
        """Replay again."""
        self.run("SELECT pg_wal_replay_resume()", on=self.replica)

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Let the replica take connections and questions, and say nothing."""
        postmaster = psutil.Process(self.replica.pid)
        processes = [postmaster, *postmaster.children()]
        for process in processes:
            process.suspend()
        try:
            yield
        finally:
            for process in processes:
                process.resume()

    def copy(self, template: str, name: str) -> str:
        """The URL of a new database on the primary, a copy of another."""
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.primary.url(name)

    def stop(self) -> None:
        """End both at once: nobody wants what they hold."""
        for server in (self.replica, self.primary):
            if server.pid is not None:
                os.kill(server.pid, signal.SIGQUIT)
            server.stop()


@contextmanager
def pair(folder: Path, **options: str) -> Iterator[Pair]:
    """A primary and its replica below `folder`, through which any user may pass."""
    servers = Pair(folder, **options)
    try:
        yield servers
    finally:
        servers.stop()
