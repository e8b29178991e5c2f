"""Exports: every table in every form holds the same, whole, and harmless to a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from sqlalchemy import Engine

from performance_store.operations import exports
from tests.support.build import AAA, BBB, PlatformFile, Store, days_ago

NASTY = '=HYPERLINK("https://bad.example","click")'
PROVISION_SUMMARY = (
    *("organisation", "organisation_name", "dataset", "provision_reason", "provision_end_date"),
    *("active_endpoint_count", "error_endpoint_count", "count_issue_error_internal"),
    *("count_issue_error_external", "count_issue_warning_internal"),
    *("count_issue_warning_external", "count_issue_notice_internal"),
    *("count_issue_notice_external", "cohort", "status"),
)


@pytest.fixture(scope="module")
def store(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two snapshots with something odd in every text that comes from outside."""
    loaded = Store(module_engine)
    for as_at in (date(2025, 5, 14), date(2025, 5, 21)):
        file = PlatformFile(tmp_path_factory.mktemp("in"), as_at=as_at)
        file.organisation(BBB, name=NASTY)
        file.provision().provision("zone", BBB, end_date=days_ago(-9))
        file.provision("park", reason="expected", cohort='a "quoted", comma\nand line')
        file.endpoint(licence="-2+3", documentation_url="@SUM(A1)").answer()
        file.issues(2, field="+field").endpoint("e2", "zone", BBB).failure("e2")
        if as_at.day == 21:
            file.endpoint("e3", "extra").answer("e3", resource="é\t" + "x" * 250)
            file.endpoint("old", "extra").failure("old", days_ago(40)).failure("old")
            file.resource("r-old").add("resource_endpoint", resource="r-old", endpoint="old")
            file.issues(3, dataset="extra", resource="r-old", field="=old")
        loaded.load(file)
    return loaded


def written(store: Store, table: str, form: str) -> io.StringIO | io.BytesIO:
    file = io.BytesIO() if form == "parquet" else io.StringIO()
    with store.engine.connect() as connection:
        exports.export(
            connection,
            table=table,
            snapshot_id=store.now().snapshot_id,
            form=form,
            file=file,
        )
    file.seek(0)
    return file


def as_text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


@pytest.mark.parametrize("table", sorted(exports.TABLES))
def test_csv_json_and_parquet_are_the_same_rows(store: Store, table: str) -> None:
    text = written(store, table, "csv")
    assert isinstance(text, io.StringIO)
    lines = list(csv.reader(text))
    objects = json.load(written(store, table, "json"))
    frame = pyarrow.parquet.read_table(written(store, table, "parquet"))
    columns = lines[0]
    assert objects
    assert columns == list(objects[0]) == frame.column_names
    as_cells = [[str(exports.csv_value(value)) for value in row.values()] for row in objects]
    assert as_cells == lines[1:]
    assert [{k: as_text(v) for k, v in row.items()} for row in frame.to_pylist()] == objects


@pytest.mark.parametrize("table", sorted(exports.TABLES))
def test_no_cell_of_a_csv_is_run_by_a_spreadsheet(store: Store, table: str) -> None:
    text = written(store, table, "csv")
    assert isinstance(text, io.StringIO)
    cells = [cell for row in csv.reader(text) for cell in row]
    assert [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")] == []


def test_what_was_defused_is_whole_in_json(store: Store) -> None:
    rows = {row["organisation"]: row for row in store.table("provision-summary")}
    assert rows[BBB]["organisation_name"] == NASTY
    text = written(store, "provision-summary", "csv")
    assert isinstance(text, io.StringIO)
    assert {row["organisation_name"] for row in csv.DictReader(text)} == {"Aaa", "'" + NASTY}


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (0, 0),
        (-1, -1),
        ([], ""),
        (["no_endpoint", "issues_to_fix"], "no_endpoint;issues_to_fix"),
        (["=1", "2"], "'=1;2"),
        ("plain", "plain"),
        ("a=b", "a=b"),
        ("\r=1", "'\r=1"),
    ],
)
def test_a_cell(value: Any, cell: Any) -> None:
    assert exports.csv_value(value) == cell


def test_the_platforms_columns_first(store: Store) -> None:
    assert tuple(store.table("provision-summary")[0]) == PROVISION_SUMMARY


def test_unknown_is_blank_and_never_zero(store: Store) -> None:
    rows = {row["dataset_name"]: row for row in store.table("organisation-dataset-summary")}
    for name in ("issue_count", "record_count", "fields_supplied_count", "error_count"):
        assert rows["park"][name] is None
    assert rows["tree"]["error_count"] == 2
    assert rows["extra"]["error_count"] == 0


def test_the_three_part_key_is_unique_and_the_id_too(store: Store) -> None:
    rows = store.table("organisation-dataset-summary")
    keys = {(r["organisation_id"], r["collection_name"], r["dataset_name"]) for r in rows}
    assert len(keys) == len(rows) == len({row["id"] for row in rows}) == 4
    # An id stays that of its organisation and dataset from one snapshot to the next.
    then = store.snapshot("2025-05-14").snapshot_id
    before = store.table("organisation-dataset-summary", snapshot_id=then)
    assert {row["id"] for row in before} < {row["id"] for row in rows}


def test_an_earlier_snapshot_is_exported_as_it_was(store: Store) -> None:
    then = store.snapshot("2025-05-14").snapshot_id
    rows = store.table("organisation-dataset-summary", snapshot_id=then)
    assert {row["as_at"] for row in rows} == {"2025-05-14"}
    assert "extra" not in {row["dataset_name"] for row in rows}


def test_the_views_are_the_newest_snapshot(store: Store) -> None:
    for view, table in (
        ("organisation_dataset_summary", "organisation-dataset-summary"),
        ("provision_summary", "provision-summary"),
    ):
        assert store.value(f"SELECT count(*) FROM {view}") == len(store.table(table))
    assert store.value("SELECT max(as_at) FROM organisation_dataset_summary") == date(2025, 5, 21)


def test_parquet_without_its_library_says_what_to_install(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ValueError, match="pip install pyarrow"):
        written(store, "coverage", "parquet")


def test_a_file_is_utf8_with_unix_lines(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with exports.open_output(path, "csv") as file, store.engine.connect() as connection:
        rows = exports.export(
            connection,
            table="provision-summary",
            snapshot_id=store.now().snapshot_id,
            form="csv",
            file=file,
        )
    data = path.read_bytes()
    assert rows == 3
    assert b"\r" not in data
    assert data.endswith(b"\n")
    assert data.decode("utf-8").startswith("organisation,")
    assert AAA.encode() in data
