"""A real platform file gives the platform's own figures, and the platform's status."""

from __future__ import annotations

import csv
import io
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from performance_store.operations import exports
from performance_store.queries import cell, issues, organisations
from performance_store.readers.platform import Platform
from tests.support.build import Store
from tests.support.servers import Filled

pytestmark = pytest.mark.data

KEYS = (
    *("organisation", "organisation_name", "dataset", "provision_reason", "provision_end_date"),
    *("active_endpoint_count", "error_endpoint_count", "count_issue_error_internal"),
    *("count_issue_error_external", "count_issue_warning_internal"),
    *("count_issue_warning_external", "count_issue_notice_internal"),
    "count_issue_notice_external",
)
"""The columns of the platform's own table."""

EXPLAINED: dict[tuple[str, str], str] = {}
"""Provisions whose figures or status differ from the platform's, and the quirk that says why."""


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "platform-small"


@pytest.fixture(scope="module")
def store(filled_on_both: Filled, folder: Path) -> Store:
    return Store(filled_on_both(Platform(folder)))


@pytest.fixture(scope="module")
def theirs(folder: Path) -> list[tuple[Any, ...]]:
    path = folder / "performance.sqlite3"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(f"SELECT {', '.join(KEYS)} FROM provision_summary").fetchall()


@pytest.fixture(scope="module")
def exported(store: Store) -> list[dict[str, str]]:
    file = io.StringIO()
    with store.engine.connect() as connection:
        exports.export(
            connection,
            table="provision-summary",
            snapshot_id=store.now().snapshot_id,
            form="csv",
            file=file,
        )
    return list(csv.DictReader(io.StringIO(file.getvalue())))


def test_the_export_is_the_platforms_table(
    exported: list[dict[str, str]], theirs: list[tuple[Any, ...]]
) -> None:
    ours = {tuple(row[key] for key in KEYS) for row in exported}
    expected = {tuple(str(value) for value in row) for row in theirs}
    assert len(exported) == len(ours) == len(expected) == 108
    differing = {(row[0], row[2]) for row in ours ^ expected}
    assert differing == set(EXPLAINED)


def test_the_table_is_worth_comparing(theirs: list[tuple[Any, ...]]) -> None:
    """Rows of many sorts are in it: ended ones, failing ones, four severities' worth of issues."""
    columns = dict(zip(KEYS, zip(*theirs, strict=True), strict=True))
    filled = {key for key in KEYS[4:] if any(columns[key])}
    # No issue of the five is an internal warning, and no type at all is an external notice.
    assert set(KEYS[4:]) - filled == {"count_issue_warning_internal", "count_issue_notice_external"}


def test_status_is_the_platforms_status(
    exported: list[dict[str, str]], theirs: list[tuple[Any, ...]], store: Store
) -> None:
    """Rules 2 to 5 of the platform's overview over its own figures, in every row."""
    registered = {
        (row["organisation_id"], row["dataset_name"])
        for row in store.table("organisation-dataset-summary")
        if row["endpoint_count"]
    }
    ours = {(row["organisation"], row["dataset"]): row["status"] for row in exported}
    seen = set()
    for row in theirs:
        values = dict(zip(KEYS, row, strict=True))
        pair = values["organisation"], values["dataset"]
        active, failing = values["active_endpoint_count"], values["error_endpoint_count"]
        if active == 0:
            # To the platform an endpoint that was never attempted does not exist.
            status = "processing" if pair in registered else "not_submitted"
        elif failing == active:
            status = "error"
        elif failing or values["count_issue_error_external"]:
            status = "needs_improving"
        else:
            status = "live"
        if pair not in EXPLAINED:
            assert ours[pair] == status, pair
        seen.add(status)
    assert {"not_submitted", "error", "needs_improving", "live"} <= seen


def test_nothing_was_rejected(store: Store) -> None:
    assert store.sql("SELECT table_name, reason, row FROM rejection") == []


def test_empty_registers_of_fields_leave_the_counts_unknown(store: Store) -> None:
    """The file's dataset_field is empty: how many fields are missing cannot be told."""
    rows = store.table("organisation-dataset-summary")
    assert {row["fields_supplied_count"] for row in rows} == {None}


def test_regions_of_the_platform_are_mapped_or_not_assigned(store: Store) -> None:
    regions = dict(store.sql("SELECT organisation, region FROM organisation"))
    assert len(regions) == 5
    assert set(regions.values()) <= {"none"} | {f"E1200000{n}" for n in range(1, 10)}


def test_a_source_of_the_older_spelling_belongs_to_its_organisation(store: Store) -> None:
    """The file has one source of local-authority-eng:CMD."""
    owners = store.sql(
        "SELECT o.organisation FROM source s JOIN organisation o ON o.id = s.organisation_id "
        "WHERE s.source = '8fc64ab37dad18f5afe82ba475afdbc9'"
    )
    assert owners == [("local-authority:CMD",)]


def test_an_authority_reads_from_the_list_to_a_single_issue(store: Store) -> None:
    """The shortest path through every query: organisation, dataset, issue type, row."""
    now = store.now().snapshot_id
    with store.engine.connect() as connection:
        (authority,) = [
            row
            for row in organisations.with_counts(connection, snapshot_id=now)
            if row.organisation == "local-authority:BUC"
        ]
        datasets = organisations.datasets(
            connection, organisation=authority.organisation, snapshot_id=now
        )
        assert sum(row.problems_to_fix or 0 for row in datasets) == authority.problems_to_fix
        (row, *_) = [row for row in datasets if row.problems_to_fix]
        where = {"organisation": authority.organisation, "dataset": row.dataset}
        counts = cell.issues(connection, **where, snapshot_id=now)
        assert sum(c.problems for c in counts if c.severity != "info") == row.problems
        first = counts[0]
        lines = issues.rows(
            connection, **where, issue_type=first.issue_type, field=first.field, limit=1000
        )
        assert len(lines) == first.problems


def test_content_is_as_old_as_the_newest_of_any_endpoint(store: Store) -> None:
    snapshot = store.now().snapshot_id
    newer_than_the_primary = 0
    with store.engine.connect() as connection:
        for line in store.table("organisation-dataset-summary"):
            which = {"organisation": line["organisation_id"], "dataset": line["dataset_name"]}
            rows = cell.endpoints(connection, **which, snapshot_id=snapshot)
            days = [row.content_changed_on.isoformat() for row in rows if row.content_changed_on]
            assert line["content_changed_on"] == max(days, default=None)
            newer_than_the_primary += line["content_changed_on"] != line["endpoint_last_updated"]
    assert newer_than_the_primary > 0
