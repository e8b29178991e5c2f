"""What cannot be used is named in one clear line, or kept as a row with its reason."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from performance_store.loading import load
from performance_store.readers.platform import Platform
from tests.support.build import PlatformFile, Store
from tests.support.loads import a_file, checksum, command


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
    assert store.cell().problems_to_fix == 5


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
