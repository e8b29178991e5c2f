"""A platform file is read as it was at one moment, and has one fingerprint for one state."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine

from performance_store.loading import load
from performance_store.readers.one_state import OneState
from performance_store.readers.platform import FILE_NAME, Platform
from performance_store.readers.stream import InputError, Issue
from tests.support.build import Store
from tests.support.loads import a_file

MORE = "INSERT INTO issue SELECT * FROM issue"


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Another program that has the file open in the mode with a write-ahead log."""
    path = a_file(tmp_path / "in") / FILE_NAME
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        yield connection


def issues(reader: Platform) -> int:
    return len(list(reader.rows(Issue)))


def test_what_stands_in_the_log_beside_the_file_is_part_of_it(
    engine: Engine, tmp_path: Path, writer: sqlite3.Connection
) -> None:
    store, folder = Store(engine), tmp_path / "in"
    assert store.load(Platform(folder)).state == "published"
    assert store.load(Platform(folder)).state == "unchanged"
    writer.execute(MORE)
    assert store.load(Platform(folder)).state == "published"
    assert store.cell().problems_to_fix == store.value("SELECT count(*) FROM issue") == 6
    assert store.load(Platform(folder)).state == "unchanged"
    # Written back into the file it is the same state still.
    writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert store.load(Platform(folder)).state == "unchanged"


def test_a_file_that_grows_while_it_is_read_is_read_as_it_was(
    tmp_path: Path, writer: sqlite3.Connection
) -> None:
    writer.execute(MORE)
    before = Platform(tmp_path / "in")
    rows = before.rows(Issue)
    assert next(rows)
    writer.execute(MORE)
    writer.execute("PRAGMA wal_checkpoint(PASSIVE)")
    assert len(list(rows)) == 5
    assert issues(before) == 6
    after = Platform(tmp_path / "in")
    assert issues(after) == 12
    assert after.fingerprint != before.fingerprint


def test_a_file_exchanged_during_its_load_is_loaded_as_it_was(
    engine: Engine, tmp_path: Path
) -> None:
    old, new = a_file(tmp_path / "old"), a_file(tmp_path / "new", issues=9)

    def exchange(step: str) -> None:
        if step == "collection":
            shutil.copy(new / FILE_NAME, tmp_path / "next")
            os.replace(tmp_path / "next", old / FILE_NAME)

    store = Store(engine)
    assert load(engine, Platform(old), progress=exchange).state == "published"
    assert store.cell().problems_to_fix == 3
    assert store.load(Platform(old)).state == "published"
    assert store.cell().problems_to_fix == 9
    assert store.load(Platform(new)).state == "unchanged"


def test_a_file_written_over_during_its_load_is_refused(engine: Engine, tmp_path: Path) -> None:
    old, new = a_file(tmp_path / "old"), a_file(tmp_path / "new", issues=9)

    def write_over(step: str) -> None:
        if step == "collection":
            shutil.copy(new / FILE_NAME, old / FILE_NAME)

    with pytest.raises(InputError, match=r"written over|cannot read|damaged"):
        load(engine, Platform(old), progress=write_over)
    assert Store(engine).sql("SELECT count(*) FROM snapshot") == [(0,)]


def test_a_file_of_that_mode_is_read_where_nothing_can_be_written(
    tmp_path: Path, writer: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.close()
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert issues(Platform(tmp_path / "in")) == 3
    assert sorted(path.name for path in (tmp_path / "in").iterdir()) == [FILE_NAME]


def test_rows_that_nobody_asks_for_any_more_end_without_a_word(tmp_path: Path) -> None:
    """As when a load is told to stop: the file may be closed before its rows are dropped."""
    state = OneState(a_file(tmp_path) / FILE_NAME)
    rows = state.rows("SELECT * FROM issue")
    next(rows)
    state.connection.close()
    rows.close()  # type: ignore[attr-defined]


def test_a_file_with_a_journal_beside_it_says_what_that_means(tmp_path: Path) -> None:
    """Whoever wrote to it was killed: the file alone is half old, half new."""
    path = a_file(tmp_path) / FILE_NAME
    Path(f"{path}-journal").write_bytes(bytes.fromhex("d9d505f920a163d7") + bytes(600))
    with pytest.raises(InputError, match=r"sqlite3: was left in the middle of a change; fetch it"):
        Platform(path)
