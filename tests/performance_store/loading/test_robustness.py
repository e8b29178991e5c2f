"""A load changes everything or nothing: whatever comes in, and whoever is killed in the middle."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import Connection, Engine, text

from performance_store.loading import load
from performance_store.loading.load import LOCK
from performance_store.operations import exports
from performance_store.queries import organisations, snapshots
from performance_store.readers import stream
from performance_store.readers.odp_reports import OdpReports
from performance_store.readers.platform import Platform
from performance_store.readers.stream import InputError, LogEntry, Row
from performance_store.sample.reader import Sample
from tests.support.build import AAA, PlatformFile, Store
from tests.support.loads import a_file, checksum, command

CHECKOUT = Path(__file__).resolve().parents[3]


def test_loading_twice_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    folder = a_file(tmp_path / "in")
    assert load(engine, Platform(folder)).state == "published"
    before = checksum(engine)
    assert load(engine, Platform(folder)).state == "unchanged"
    assert checksum(engine) == before


def test_new_data_of_a_known_date_replace_it(engine: Engine, tmp_path: Path) -> None:
    load(engine, Platform(a_file(tmp_path / "a")))
    load(engine, Platform(a_file(tmp_path / "b", issues=5)))
    with engine.connect() as connection:
        assert len(snapshots.every(connection)) == 1
        row = organisations.datasets(
            connection,
            organisation=AAA,
            snapshot_id=snapshots.current(connection)[0].snapshot_id,
        )[0]
    assert row.error_rows == 5


def test_an_older_date_does_not_take_the_individual_issues(engine: Engine, tmp_path: Path) -> None:
    load(engine, Platform(a_file(tmp_path / "new", issues=5)))
    load(engine, Platform(a_file(tmp_path / "old", day="2025-05-01", issues=0)))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM issue")).scalar() == 5
        assert snapshots.current(connection)[0].as_at == date(2025, 5, 21)
        assert connection.execute(
            text("SELECT count(*) FROM event e JOIN snapshot s ON s.id = e.snapshot_id "
                 "WHERE s.as_at = '2025-05-21'")
        ).scalar()  # fmt: skip


def test_real_data_replace_the_sample_and_the_sample_never_real_data(
    engine: Engine, tmp_path: Path
) -> None:
    sample = Sample(date(2025, 5, 21), authorities=20, weeks=3)
    load(engine, sample)
    result = load(engine, Platform(a_file(tmp_path / "in")))
    assert result.replaced_sample
    with engine.connect() as connection:
        assert {row.kind for row in snapshots.every(connection)} == {"platform"}
        names = connection.execute(text("SELECT count(*) FROM organisation")).scalar()
    assert names == 1
    before = checksum(engine)
    with pytest.raises(InputError, match="holds real data"):
        load(engine, sample)
    assert checksum(engine) == before


def test_another_sample_leaves_nothing_of_the_first(engine: Engine) -> None:
    today = date(2025, 5, 21)
    small = Sample(today, authorities=20, weeks=2, seed=7)
    invented = {row[0] for row in small.rows(stream.Organisation)}
    load(engine, Sample(today, authorities=40, weeks=3))
    assert not load(engine, small).replaced_sample
    assert {
        row[0] for row in Store(engine).sql("SELECT organisation FROM organisation")
    } == invented
    assert Store(engine).sql("SELECT count(*) FROM snapshot") == [(2,)]


OF_ITS_OWN = ("id", "snapshot_id", "last_modified")


def answers(store: Store) -> dict[str, list[dict[str, Any]]]:
    """What the store exports now, without its own numbers and times."""
    return {
        table: [
            {name: value for name, value in row.items() if name not in OF_ITS_OWN}
            for row in store.table(table)
        ]
        for table in exports.TABLES
    }


def test_changed_rules_derive_a_known_input_again_to_the_same_rows(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(engine)
    store.load(a_file(tmp_path / "old", day="2025-05-01", issues=0))
    folder = a_file(tmp_path / "new")
    store.load(folder)
    before = answers(store)
    assert all(before.values())
    rules = sys.modules["performance_store.loading.load"]
    monkeypatch.setattr(rules, "RULESET_VERSION", "of another day")
    assert store.load(folder).state == "published"
    assert answers(store) == before


@pytest.mark.parametrize("order", ["012", "021", "102", "120", "201", "210"])
def test_the_order_of_loads_changes_nothing(engine: Engine, tmp_path: Path, order: str) -> None:
    """Three dates, the middle one broken: events speak of neighbours, whoever came last."""
    days = ("2025-05-01", "2025-05-11", "2025-05-21")
    folders = []
    for number, day in enumerate(days):
        file = PlatformFile(tmp_path / day, as_at=date.fromisoformat(day))
        file.provision().endpoint(entry_date="2025-01-01").answer(when="2025-05-01")
        if number == 1:
            file.failure()
        if number == 2:
            file.endpoint("e2", entry_date="2025-05-15").answer("e2", resource="r2")
            file.failure(when="2025-05-11").answer().issues(resource="r2")
        file.write()
        folders.append(tmp_path / day)
    store = Store(engine)
    for number in order:
        store.load(folders[int(number)])
    changes = {
        day: {
            (row["kind"], row["before"], row["after"])
            for row in store.table("events", snapshot_id=store.snapshot(day).snapshot_id)
        }
        for day in days
    }
    assert changes == {
        "2025-05-01": set(),
        "2025-05-11": {
            ("newly_broken", None, None),
            ("status_changed", "live", "error"),
        },
        "2025-05-21": {
            ("recovered", None, None),
            ("status_changed", "error", "needs_improving"),
            ("endpoint_replaced", "e1", "e2"),
            ("content_updated", "r1", "r2"),
            ("issue_type_appeared", None, "missing value"),
        },
    }
    assert store.sql("SELECT count(*) FROM issue") == [(1,)]
    assert store.now().as_at == date(2025, 5, 21)


def test_a_day_seen_in_part_by_an_older_file_keeps_its_later_attempt(
    engine: Engine, tmp_path: Path
) -> None:
    store = Store(engine)
    whole = PlatformFile(tmp_path / "whole")
    whole.provision().endpoint().answer(when="2025-05-20T02:00:00Z")
    whole.failure(when="2025-05-20T14:00:00Z").answer()
    store.load(whole)
    part = PlatformFile(tmp_path / "part", as_at=date(2025, 5, 20))
    part.provision().endpoint().answer(when="2025-05-20T02:00:00Z")
    store.load(part)
    assert store.sql("SELECT http_status, attempts FROM endpoint_log WHERE day = '2025-05-20'") == [
        ("404", 2)
    ]
    # What each of them knew on its date is another matter.
    assert store.cell(as_at="2025-05-20").status == "live"


@pytest.mark.data
def test_a_folder_that_grew_gives_what_it_gives_at_once(
    engine: Engine, shared_data: Path, tmp_path: Path
) -> None:
    store = Store(engine)
    for day in ("2025-01-22", "2025-03-05", "2025-01-30"):
        for path in (shared_data / "snapshots").glob(f"odp-*_{day}.csv"):
            shutil.copy(path, tmp_path)
        store.load(OdpReports(tmp_path))
    grown = answers(store)
    counts = "SELECT kind, before, after, count(*) FROM event GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    events = store.sql(counts)
    assert store.sql("SELECT count(*) FROM snapshot") == [(3,)]
    with engine.begin() as connection:
        connection.execute(text("UPDATE snapshot SET fingerprint = 'of another input'"))
    assert store.load(OdpReports(tmp_path)).state == "published"
    assert answers(store) == grown
    assert store.sql(counts) == events


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


def _text_file(path: Path) -> None:
    path.write_text("not a database, though it is long enough to be one\n" * 20)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _truncated(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def _sparse(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(10_000_000_000)


def _no_table(path: Path) -> None:
    _sql(path, "DROP TABLE issue")


def _no_column(path: Path) -> None:
    _sql(path, "ALTER TABLE log RENAME COLUMN status TO state")


def _scribbled(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[120:4096] = b"\xff" * (4096 - 120)
    path.write_bytes(bytes(whole))


def _gone(path: Path) -> None:
    path.unlink()


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _sql(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_text_file, "not a SQLite file"),
        (_empty, "empty"),
        (_truncated, "truncated"),
        (_sparse, "longer than it should be"),
        (_no_table, "required table missing: issue"),
        (_no_column, "table log has no column status"),
        (_scribbled, "damaged|cannot be read"),
        (_gone, "no such file"),
        (_folder, "digital-land.sqlite3"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_clear_line_and_changes_nothing(
    database_url: str, engine: Engine, tmp_path: Path, spoil: Callable[[Path], None], words: str
) -> None:
    load(engine, Platform(a_file(tmp_path / "good")))
    before = checksum(engine)
    folder = a_file(tmp_path / "bad", issues=7)
    spoil(folder / "digital-land.sqlite3")
    outcome = command(database_url, "load", "platform", folder)
    assert outcome.returncode != 0
    assert outcome.stdout == ""
    assert len(outcome.stderr.strip().splitlines()) == 1
    assert re.search(words, outcome.stderr)
    assert checksum(engine) == before
    status = command(database_url, "status")
    assert status.returncode == 0
    assert "failed" in status.stdout


def test_a_file_that_is_being_written_is_told(
    database_url: str, engine: Engine, tmp_path: Path
) -> None:
    folder = a_file(tmp_path / "busy")
    writer = sqlite3.connect(folder / "digital-land.sqlite3", isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    try:
        outcome = command(database_url, "load", "platform", folder)
    finally:
        writer.close()
    assert outcome.returncode != 0
    assert "another program is writing" in outcome.stderr
    assert len(outcome.stderr.strip().splitlines()) == 1


def test_rows_that_cannot_be_used_are_kept_with_their_reason(
    database_url: str, engine: Engine, tmp_path: Path
) -> None:
    folder = a_file(tmp_path / "in")
    for statement in (
        "INSERT INTO log (endpoint, entry_date, status, resource) "
        "VALUES ('e1', '2025-02-31T01:00:00Z', '200', 'r1')",
        "INSERT INTO log (endpoint, entry_date, status, resource) "
        "VALUES ('nobody', '2025-02-01T01:00:00Z', '200', 'r1')",
        "INSERT INTO provision (organisation, dataset, provision_reason, end_date) "
        "VALUES ('local-authority:AAA', 'zone', 'statutory', 'soon')",
    ):
        _sql(folder / "digital-land.sqlite3", statement)
    assert load(engine, Platform(folder)).rejected == 3
    report = command(database_url, "status").stdout
    assert "entry_date is not a date and time" in report
    assert "its endpoint is not in the table of endpoints" in report
    assert "end_date is not a date" in report


def test_a_date_of_a_body_that_is_none_is_read_as_blank_and_said(
    engine: Engine, tmp_path: Path
) -> None:
    file = PlatformFile(tmp_path)
    file.organisation("local-authority:BBB", lpa=False, end_date="soon").provision()
    role = {"organisation": "local-authority:BBB", "role": "local-planning-authority"}
    file.add("role_organisation", **role, start_date="31/12/2019")
    store = Store(engine)
    assert store.load(file).rejected == 2
    assert set(store.sql("SELECT table_name, reason FROM rejection")) == {
        ("organisation", "end_date is not a date: read as blank"),
        ("role_organisation", "start_date is not a date: read as blank"),
    }
    assert store.now().lpa_count == 2


def test_an_issue_type_with_blanks_around_it_is_that_type(engine: Engine, tmp_path: Path) -> None:
    file = PlatformFile(tmp_path)
    file.provision().endpoint().answer().issues(2).issues(3, " missing value ")
    store = Store(engine)
    assert store.load(file).rejected == 0
    assert store.cell().error_rows == 5


def test_values_of_issues_may_be_anything(engine: Engine, tmp_path: Path) -> None:
    folder = a_file(tmp_path / "in")
    connection = sqlite3.connect(folder / "digital-land.sqlite3")
    connection.execute("UPDATE issue SET value = ?, message = ?", ("a\0b\\N\t\n", "é" * 1_000_000))
    connection.commit()
    connection.close()
    assert load(engine, Platform(folder)).state == "published"
    with engine.connect() as database:
        sql = "SELECT value, length(message) FROM issue LIMIT 1"
        value, length = database.execute(text(sql)).one()
    assert (value, length) == ("a�b\\N\t\n", 1_000_000)


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
    assert Store(engine).cell().error_rows == 9
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
