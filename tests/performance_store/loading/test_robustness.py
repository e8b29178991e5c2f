"""A load changes everything or nothing: whatever comes in, and whoever is killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
import pytest
from sqlalchemy import Connection, Engine, text

from performance_store.database import LOAD_LOCK as LOCK
from performance_store.loading import load
from performance_store.queries import organisations, snapshots
from performance_store.readers.odp_reports import OdpReports
from performance_store.readers.platform import Platform
from performance_store.readers.stream import InputError, LogEntry, Row
from tests.support.build import Store
from tests.support.loads import a_file, checksum, command

CHECKOUT = Path(__file__).resolve().parents[3]


class Breaks(Platform):
    """A reader whose input becomes unreadable in the middle of the log."""

    def rows(self, record: type, *, only: Collection[str] | None = None) -> Iterator[Row]:
        yield from super().rows(record, only=only)
        if record is LogEntry:
            raise InputError("the disk is gone")


def test_an_input_that_breaks_in_the_middle_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    load(engine, Platform(a_file(tmp_path / "good")))
    before = checksum(engine)
    with pytest.raises(InputError, match="the disk is gone"):
        load(engine, Breaks(a_file(tmp_path / "bad", issues=9)))
    assert checksum(engine) == before
    with engine.connect() as connection:
        newest = snapshots.loads(connection)[0]
    assert (newest.state, newest.error) == ("failed", "the disk is gone")
    assert newest.finished_at is not None


def test_who_is_stopped_in_the_middle_of_a_question_is_told_to_have_stopped(
    engine: Engine, tmp_path: Path
) -> None:
    """The session is waiting for an answer, so that it cannot even be asked to roll back."""

    def stop(connection: psycopg.Connection[Any], *_: object) -> None:
        connection.pgconn.send_query(b"SELECT pg_sleep(60)")
        raise KeyboardInterrupt

    module = sys.modules["performance_store.loading.load"]
    with mock.patch.object(module, "_derive", stop), pytest.raises(KeyboardInterrupt):
        load(engine, Platform(a_file(tmp_path / "in")))
    store = Store(engine)
    assert store.sql("SELECT state, error FROM load") == [("failed", "stopped")]
    released(engine)
    assert store.load(a_file(tmp_path / "in")).state == "published"


@pytest.mark.parametrize("reader", [Platform, Breaks])
def test_the_lock_is_free_before_the_session_is_closed(
    engine: Engine, tmp_path: Path, reader: type[Platform]
) -> None:
    """Ended well or not: a server may keep the locks of a closed session for a while."""
    locks = []
    close = Connection.invalidate

    def look_and_close(connection: Connection) -> None:
        locks.append(
            Store(engine).value(
                "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
                "WHERE l.locktype = 'advisory' AND d.datname = current_database()"
            )
        )
        close(connection)

    with mock.patch.object(Connection, "invalidate", look_and_close), suppress(InputError):
        load(engine, reader(a_file(tmp_path / "in")))
    assert locks == [0]


def test_a_load_within_a_load_is_refused(engine: Engine, tmp_path: Path) -> None:
    """The second begins while the first is at work, in the middle of its transaction."""
    first, second = a_file(tmp_path / "first"), a_file(tmp_path / "second", issues=9)
    refused = []

    def meanwhile(step: str) -> None:
        if step == "coverage":
            with pytest.raises(InputError) as raised:
                load(engine, Platform(second))
            refused.append(str(raised.value))

    assert load(engine, Platform(first), progress=meanwhile).state == "published"
    assert refused == ["another load is running; try again when it has ended"]
    assert load(engine, Platform(second)).state == "published"


def test_two_loads_at_once_are_one_load_and_one_clear_line(
    database_url: str, engine: Engine, tmp_path: Path
) -> None:
    folder = a_file(tmp_path / "in")
    with engine.connect() as holder:
        holder.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        outcome = command(database_url, "load", "platform", folder)
        holder.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
    assert outcome.returncode != 0
    assert outcome.stderr.strip() == "another load is running; try again when it has ended"
    assert command(database_url, "load", "platform", folder).returncode == 0


KILLS_ITSELF = """
import os, signal, sys
from performance_store.database import make_engine
from performance_store.loading import load
from performance_store.readers.platform import Platform

def progress(step):
    if step == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)

engine = make_engine(sys.argv[1], application_name="killed", pool=None)
load(engine, Platform(sys.argv[2]), progress=progress)
"""


def released(engine: Engine) -> None:
    """Wait until the server has noticed that a loader is gone."""
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})


@pytest.mark.parametrize(
    "step",
    [
        *("reading Organisation", "reading LogEntry", "registers", "cells", "reading Issue"),
        *("summaries", "current issues", "coverage", "events"),
    ],
)
def test_a_loader_killed_at_a_step_leaves_the_last_data_and_the_next_load_works(
    database_url: str, engine: Engine, tmp_path: Path, step: str
) -> None:
    load(engine, Platform(a_file(tmp_path / "good")))
    before = checksum(engine)
    folder = a_file(tmp_path / "next", issues=9)
    killed = subprocess.run(
        [sys.executable, "-c", KILLS_ITSELF, database_url, str(folder), step],
        cwd=CHECKOUT,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    released(engine)
    assert checksum(engine) == before
    assert load(engine, Platform(folder)).state == "published"
    assert Store(engine).cell().problems_to_fix == 9
    with engine.connect() as connection:
        newest, interrupted, _ = snapshots.loads(connection)
    assert (interrupted.state, interrupted.error) == ("failed", "was interrupted")
    assert newest.state == "published"


WAITS_LONG = """
import sys
from performance_store.database import make_engine
from performance_store.loading import load
from performance_store.readers.platform import Platform

module = sys.modules["performance_store.loading.load"]
module.run_file = lambda connection, file: connection.execute("SELECT pg_sleep(60)") or {}
load(make_engine(sys.argv[1], application_name="killed", pool=None), Platform(sys.argv[2]))
"""


def test_a_loader_killed_in_a_long_statement_does_not_hold_up_the_next(
    database_url: str, engine: Engine, tmp_path: Path
) -> None:
    folder = a_file(tmp_path / "in")
    loader = subprocess.Popen(
        [sys.executable, "-c", WAITS_LONG, database_url, str(folder)], cwd=CHECKOUT
    )
    busy = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name = 'killed' AND query LIKE '%pg_sleep%' AND state = 'active'"
    )
    store = Store(engine)
    while not store.value(busy):
        assert loader.poll() is None
        time.sleep(0.05)
    loader.kill()
    loader.wait()
    deadline = time.monotonic() + 30
    while store.value(busy):
        assert time.monotonic() < deadline, "the server works on for a loader that is gone"
        time.sleep(0.1)
    assert load(engine, Platform(folder)).state == "published"


@pytest.mark.data
@pytest.mark.parametrize("seconds", [0.0, 0.1, 0.3, 0.6, 1.0])
def test_a_loader_killed_at_any_moment_leaves_all_or_nothing(
    database_url: str, engine: Engine, shared_data: Path, tmp_path: Path, seconds: float
) -> None:
    """Counted from when the load is on record, of a real folder, through the command line."""
    load(engine, Platform(a_file(tmp_path / "in")))
    before = checksum(engine)
    reports = str(shared_data / "snapshots")
    loader = subprocess.Popen(
        [sys.executable, "-m", "performance_store", "load", "odp-reports", reports],
        cwd=CHECKOUT,
        env=os.environ | {"DATABASE_URL": database_url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    store = Store(engine)
    while store.sql("SELECT count(*) FROM load") == [(1,)]:
        assert loader.poll() is None
        time.sleep(0.01)
    time.sleep(seconds)
    loader.send_signal(signal.SIGKILL)
    loader.wait()
    # The server needs a moment to notice; a commit it already has may still go through.
    released(engine)
    with engine.connect() as connection:
        count = len(snapshots.every(connection))
    assert count in (1, 7), "half of a load"
    if count == 1:
        assert checksum(engine) == before
    result = load(engine, OdpReports(shared_data / "snapshots"))
    assert result.state == ("published" if count == 1 else "unchanged")
    with engine.connect() as connection:
        states = [row.state for row in snapshots.loads(connection)]
        assert len(snapshots.every(connection)) == 7
    assert "running" not in states


@pytest.mark.data
def test_a_load_blocks_no_reader_and_no_reader_sees_half_of_it(
    engine: Engine, shared_data: Path, tmp_path: Path
) -> None:
    load(engine, OdpReports(shared_data / "snapshots"))
    seen: set[tuple[str, int]] = set()
    slowest = 0.0
    failed: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        nonlocal slowest
        try:
            while not done.is_set():
                started = time.monotonic()
                with engine.connect() as connection:
                    connection.execute(text("SET lock_timeout = '1s'"))
                    now = snapshots.current(connection)[0]
                    rows = organisations.with_counts(connection, snapshot_id=now.snapshot_id)
                seen.add((f"{now.kind} {now.as_at}", len(rows)))
                slowest = max(slowest, time.monotonic() - started)
        except BaseException as error:
            failed.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    load(engine, Platform(shared_data / "platform-small"))
    time.sleep(0.3)
    done.set()
    for reader in readers:
        reader.join()
    assert not failed
    assert {kind for kind, _ in seen} == {"odp-reports 2025-04-02", "platform 2025-05-21"}
    assert len(seen) == 2, "a list of another length was half of a load"
