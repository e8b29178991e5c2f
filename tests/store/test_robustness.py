"""A load changes everything or nothing: whatever comes in, and whoever is killed in the middle."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from performance_store.loading import load
from performance_store.loading.load import LOCK
from performance_store.queries import organisations, snapshots
from performance_store.readers.odp_reports import OdpReports
from performance_store.readers.platform import Platform
from performance_store.readers.sample import Sample
from performance_store.readers.stream import InputError
from tests.store.build import AAA, PlatformFile

CHECKOUT = Path(__file__).resolve().parents[2]
FACTS = (
    *("summary", "endpoint_state", "issue_summary", "coverage", "event", "annotation"),
    *("issue", "resource_use", "field_summary", "endpoint_log", "organisation", "provision"),
    *("endpoint", "source", "resource", "dataset", "issue_type", "snapshot"),
)


def command(url: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command line on a database."""
    return subprocess.run(
        [sys.executable, "-m", "performance_store", *map(str, arguments)],
        cwd=CHECKOUT,
        env=os.environ | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def checksum(engine: Engine) -> dict[str, str]:
    """One sum over all rows of each table."""
    with engine.connect() as connection:
        return {
            table: str(
                connection.execute(
                    text(
                        f"SELECT count(*) || ':' || coalesce(md5(string_agg(md5(t::text), '' "
                        f"ORDER BY md5(t::text))), '') FROM {table} t"
                    )
                ).scalar()
            )
            for table in FACTS
        }


def a_file(folder: Path, *, day: str = "2025-05-21", issues: int = 3) -> Path:
    """A small whole platform file, newest log entry on ``day``."""
    folder.mkdir(exist_ok=True)
    file = PlatformFile(folder, as_at=date.fromisoformat(day))
    file.provision().endpoint().answer().issues(issues)
    path = file.write()
    return path.parent if path.is_file() else path


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
    ],
)
def test_a_file_that_cannot_be_used_is_one_clear_line_and_changes_nothing(
    database_url: str, engine: Engine, tmp_path: Path, spoil: Callable[[Path], None], words: str
) -> None:
    load(engine, Platform(a_file(tmp_path / "good")))
    before = checksum(engine)
    folder = a_file(tmp_path / "bad", issues=7)
    spoil(folder / "digital-land.sqlite3")
    ended = command(database_url, "load", "platform", folder)
    assert ended.returncode != 0
    assert ended.stdout == ""
    assert len(ended.stderr.strip().splitlines()) == 1
    assert re.search(words, ended.stderr)
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
        ended = command(database_url, "load", "platform", folder)
    finally:
        writer.close()
    assert ended.returncode != 0
    assert "another program is writing" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


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
    said = command(database_url, "status").stdout
    assert "entry_date is not a date and time" in said
    assert "its endpoint is not in the table of endpoints" in said
    assert "end_date is not a date" in said


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
        ended = command(database_url, "load", "platform", folder)
        holder.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
    assert ended.returncode != 0
    assert ended.stderr.strip() == "another load is running; try again when it has ended"
    assert command(database_url, "load", "platform", folder).returncode == 0


@pytest.mark.data
@pytest.mark.parametrize("seconds", [0.9, 1.1, 1.3, 1.5, 1.7, 2.0, 2.4])
def test_a_loader_killed_at_any_point_leaves_the_last_data_and_the_next_load_works(
    database_url: str, engine: Engine, shared_data: Path, tmp_path: Path, seconds: float
) -> None:
    load(engine, Platform(a_file(tmp_path / "in")))
    before = checksum(engine)
    loader = subprocess.Popen(
        [sys.executable, "-m", "performance_store", "load", "odp-reports",
         str(shared_data / "snapshots")],
        cwd=CHECKOUT,
        env=os.environ | {"DATABASE_URL": database_url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(seconds)
    loader.send_signal(signal.SIGKILL)
    loader.wait()
    # The server needs a moment to notice; a commit it already has may still go through.
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
        found = len(snapshots.every(connection))
    assert found in (1, 7), "half of a load"
    if found == 1:
        assert checksum(engine) == before
    result = load(engine, OdpReports(shared_data / "snapshots"))
    assert result.state == ("published" if found == 1 else "unchanged")
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
