"""The command line: exports in every form, exact dates, exit codes."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pandas
import pytest
from sqlalchemy import Engine

from performance_store.database import head_revision
from performance_store.loading import load, record_failure
from performance_store.operations.exports import csv_value
from performance_store.readers.platform import Platform
from tests.support.loads import a_file, command
from tests.support.servers import Databases

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
    outcome = command(store, "export", table, "--format", "parquet", "--output", path)
    assert outcome.returncode == 0
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
    outcome = command(store, *arguments)
    assert outcome.returncode == 2
    assert "usage:" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_later_than_the_newest_log_is_refused(store: str, tmp_path: Path) -> None:
    folder = a_file(tmp_path / "again")
    outcome = command(store, "load", "platform", folder, "--as-at", "2025-06-01")
    assert outcome.returncode == 1
    assert "later than the newest log entry (2025-05-21)" in outcome.stderr


def test_status_for_machines(store: str) -> None:
    report = json.loads(command(store, "status", "--json").stdout)
    assert report["now"]["as_at"] == "2025-05-21"
    assert report["loads"][0]["state"] == "published"


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1+1", "-x", "@x", "\tx", " =x", "\u00a0@x"])
def test_a_cell_that_a_spreadsheet_would_run_is_defused(value: str) -> None:
    assert csv_value(value) == "'" + value


@pytest.mark.parametrize("value", ["-1", "-0.1275", "-.5", "-1.5e-05"])
def test_a_negative_number_stays_one(value: str) -> None:
    assert csv_value(value) == value


def test_nobody_listening_is_one_line(tmp_path: Path) -> None:
    outcome = command("postgresql://postgres@127.0.0.1:1/nothing", "status")
    assert outcome.returncode == 1
    assert outcome.stderr.strip() == "the database cannot be reached"


# Tests of a database without snapshots, and of refusals that leave it as it is.


def test_migrating_twice_says_that_there_was_nothing_to_do(database_url: str) -> None:
    outcome = command(database_url, "migrate")
    assert (outcome.returncode, outcome.stdout) == (0, "Nothing to migrate.\n")


def test_an_empty_store_says_what_to_do(database_url: str) -> None:
    outcome = command(database_url, "status")
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert outcome.stdout.splitlines()[1].startswith("The store is empty. Load data, or: ")
    report = json.loads(command(database_url, "status", "--json").stdout)
    assert report.pop("health")["data"] == "none"
    assert report == {
        "standing": [],
        "now": None,
        "history": "every snapshot is kept",
        "snapshots": [],
        "loads": [],
        "rejections": [],
        "worker_heard_at": None,
        "jobs": [],
        "dead_jobs": [],
    }


def test_an_empty_store_exports_nothing(database_url: str) -> None:
    for more in ((), ("--kind", "registers"), ("--as-at", "2025-05-21")):
        outcome = command(database_url, "export", "coverage", *more)
        assert (outcome.returncode, outcome.stdout) == (1, "")
        assert outcome.stderr == "the store holds no such snapshot yet; see: status\n"


def test_a_load_is_told_in_one_line(database_url: str, tmp_path: Path) -> None:
    folder = a_file(tmp_path / "in")
    outcome = command(database_url, "load", "platform", folder)
    assert outcome.returncode == 0
    assert outcome.stdout.startswith("Loaded 1 snapshot, 1 summary; not in the input: cohort, ")
    # Progress is for people at a terminal.
    assert outcome.stderr == ""
    again = command(database_url, "load", "platform", folder)
    assert again.stdout == "Nothing new: this input is already loaded.\n"


@pytest.mark.parametrize("kind", ["odp-reports", "registers"])
def test_a_folder_of_something_else_is_one_line_and_on_record(
    database_url: str, tmp_path: Path, kind: str
) -> None:
    organisations = tmp_path / "organisations.csv"
    organisations.write_text("organisation,name\nlocal-authority:AAA,Aaa\n", encoding="utf-8")
    more = ("--organisations", organisations) if kind == "registers" else ()
    outcome = command(database_url, "load", kind, tmp_path, *more)
    assert (outcome.returncode, outcome.stdout) == (1, "")
    assert len(outcome.stderr.splitlines()) == 1
    report = json.loads(command(database_url, "status", "--json").stdout)
    (record,) = report["loads"]
    assert (record["kind"], record["state"]) == (kind, "failed")
    assert record["error"] == outcome.stderr.strip()


def test_the_sample_never_goes_beside_real_data(store: str) -> None:
    outcome = command(store, "sample")
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("the store holds real data; sample data never goes beside it")
    assert len(outcome.stderr.splitlines()) == 1
    assert json.loads(command(store, "status", "--json").stdout)["now"]["kind"] == "platform"


def test_an_export_says_what_it_is_beside_the_table(store: str, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    outcome = command(store, "export", "provision-summary", "--output", path)
    assert (outcome.returncode, outcome.stdout) == (0, "")
    assert outcome.stderr == "1 row of provision-summary as at 2025-05-21 (platform)\n"
    assert path.read_text(encoding="utf-8") == command(store, "export", "provision-summary").stdout


def test_an_export_that_cannot_be_written_is_one_line(store: str, tmp_path: Path) -> None:
    outcome = command(store, "export", "coverage", "--output", tmp_path / "no" / "out.csv")
    assert outcome.returncode == 1
    assert outcome.stderr.endswith("No such file or directory\n")
    assert len(outcome.stderr.splitlines()) == 1


def test_parquet_needs_a_file(store: str) -> None:
    outcome = command(store, "export", "coverage", "--format", "parquet")
    assert (outcome.returncode, outcome.stderr) == (1, "parquet is not text: give --output FILE\n")


def test_a_kind_that_the_store_has_not_is_told(store: str) -> None:
    outcome = command(store, "export", "coverage", "--kind", "odp-reports")
    assert outcome.returncode == 1
    assert outcome.stderr == "the store holds no such snapshot yet; see: status\n"


def test_status_for_people(store: str) -> None:
    report = command(store, "status").stdout.splitlines()
    assert report[0].startswith("Release ")
    assert report[0].endswith(f"migrations: at head ({head_revision()})")
    assert report[1] == "Now: 2025-05-21 (platform), data version 1"
    assert re.fullmatch(
        r"Age: [0-9,]+ days, OLDER than the 3 expected; visible since .+", report[2]
    )
    assert report[3] == "platform: 1 snapshot, 2025-05-21"
    assert report.pop(4) == "History: every snapshot is kept"
    assert re.fullmatch(
        "platform, last loaded well: .+; the platform’s data are [0-9,]+ days behind", report[4]
    )
    assert report.pop(5) == "Worker: none, and nothing for it to do"
    assert report[5].startswith("Load 1 of digital-land.sqlite3 (platform): published, ")


def test_status_tells_failures_since_the_last_good_load(
    database_url: str, engine: Engine, tmp_path: Path
) -> None:
    for error in ("first", "second"):
        record_failure(engine, kind="platform", input_name="x", error=error)
    report = command(database_url, "status").stdout.splitlines()
    assert "platform, last loaded well: never" in report
    assert "platform, FAILED since: 2, the last because: second" in report


def test_status_does_not_migrate(databases: Databases) -> None:
    with databases.fresh() as url:
        for arguments in (["status"], ["status", "--json"]):
            outcome = command(url, *arguments)
            assert (outcome.returncode, outcome.stderr) == (0, "")
            assert "behind" in outcome.stdout
        assert command(url, "migrate").stdout == "Migrated.\n"
        assert "at head" in command(url, "status").stdout
