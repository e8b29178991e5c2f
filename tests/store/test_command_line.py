"""The command line: exports in every form, exact dates, exit codes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pandas
import pytest
from sqlalchemy import Engine

from performance_store.exports import csv_value
from performance_store.loading import load
from performance_store.readers.platform import Platform
from tests.store.test_robustness import a_file, command

PROPOSED = (
    *("id", "organisation_id", "collection_name", "dataset_name", "endpoint_url"),
    *("documentation_url", "endpoint_last_accessed", "endpoint_last_updated", "licence"),
    *("issue_count", "record_count", "fields_supplied_count", "field_match_count"),
    *("error_count", "last_modified"),
)


@pytest.fixture
def store(database_url: str, engine: Engine, tmp_path: Path) -> str:
    """A database with one small platform snapshot."""
    load(engine, Platform(a_file(tmp_path / "in")))
    return database_url


def test_the_summary_has_the_proposed_columns_first_and_ours_beside_them(store: str) -> None:
    head = command(store, "export", "organisation-dataset-summary").stdout.splitlines()[0]
    columns = head.split(",")
    assert tuple(columns[: len(PROPOSED)]) == PROPOSED
    assert {"status", "reasons", "access_band", "freshness_band", "stage"} <= set(columns)


def test_csv_json_and_parquet_hold_the_same(store: str, tmp_path: Path) -> None:
    table = "provision-summary"
    rows = list(csv.DictReader(io.StringIO(command(store, "export", table).stdout)))
    objects = json.loads(command(store, "export", table, "--format", "json").stdout)
    path = tmp_path / "out.parquet"
    ended = command(store, "export", table, "--format", "parquet", "--output", path)
    assert ended.returncode == 0
    frame = pandas.read_parquet(path)
    assert len(rows) == len(objects) == len(frame) == 1
    for name, value in rows[0].items():
        assert value == str(csv_value(objects[0][name]))
    assert frame.loc[0, "count_issue_error_external"] == int(rows[0]["count_issue_error_external"])


def test_a_date_is_exact_or_the_nearest_are_named(store: str) -> None:
    exact = command(store, "export", "provision-summary", "--as-at", "2025-05-21")
    assert exact.returncode == 0
    other = command(store, "export", "provision-summary", "--as-at", "2025-05-20")
    assert other.returncode != 0
    assert other.stderr.strip() == (
        "there is no snapshot of 2025-05-20; the nearest: 2025-05-21 (platform)"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("export", "passwords"),
        ("export", "provision-summary", "--as-at", "soon"),
        ("load",),
        ("load", "registers", "somewhere"),
        (),
    ],
)
def test_wrong_arguments_are_told(store: str, arguments: tuple[str, ...]) -> None:
    ended = command(store, *arguments)
    assert ended.returncode == 2
    assert "usage:" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_later_than_the_newest_log_is_refused(store: str, tmp_path: Path) -> None:
    folder = a_file(tmp_path / "again")
    ended = command(store, "load", "platform", folder, "--as-at", "2025-06-01")
    assert ended.returncode == 1
    assert "later than the newest log entry (2025-05-21)" in ended.stderr


def test_status_for_machines(store: str) -> None:
    said = json.loads(command(store, "status", "--json").stdout)
    assert said["now"]["as_at"] == "2025-05-21"
    assert said["loads"][0]["state"] == "published"


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_a_cell_that_a_spreadsheet_would_run_is_defused(value: str) -> None:
    assert csv_value(value) == "'" + value


def test_nobody_listening_is_one_line(tmp_path: Path) -> None:
    ended = command("postgresql://postgres@127.0.0.1:1/nothing", "status")
    assert ended.returncode == 1
    assert ended.stderr.strip() == "the database cannot be reached"
