"""Rows are not problems, and the file at a dead address is not work to do."""

from __future__ import annotations

from datetime import date
from typing import Any

from performance_store.queries import cell, issues
from performance_store.rows import PastIssue
from performance_store.sample.reader import Sample
from tests.support.build import AAA, PlatformFile, Store, days_ago
from tests.support.servers import Filled

GROUPS = [
    f"rows_{severity}_{who}"
    for severity in ("critical", "error", "warning", "notice")
    for who in ("external", "internal")
]


def groups(store: Store) -> dict[str, int | None]:
    """Distinct rows of the only cell by severity and responsibility; nought left out."""
    (row,) = store.sql(f"SELECT {', '.join(GROUPS)} FROM summary")
    return {name: count for name, count in zip(GROUPS, row, strict=True) if count != 0}


def at(store: Store) -> dict[str, Any]:
    return {"organisation": AAA, "dataset": "tree", "snapshot_id": store.now().snapshot_id}


# --------------------------------------------------------------------------------------------------
# Rows
# --------------------------------------------------------------------------------------------------


def test_a_row_with_two_blank_fields_is_one_row(store: Store, file: PlatformFile) -> None:
    file.provision().endpoint().answer()
    file.issues(5, field="name").issues(5, field="reference")
    store.load(file)
    row = store.cell()
    assert (row.problems_to_fix, row.rows_to_fix) == (10, 5)
    assert (store.counts().problems_to_fix, store.counts().rows_to_fix) == (10, 5)
    assert [(line["problems"], line["rows"]) for line in store.table("issue-summary")] == [
        (5, 5),
        (5, 5),
    ]
    (line,) = store.table("organisation-dataset-summary")
    assert (line["problems_to_fix_count"], line["rows_to_fix_count"]) == (10, 5)


def test_a_row_is_line_else_entry_else_the_problem_itself(store: Store, file: PlatformFile) -> None:
    file.provision().endpoint().answer()
    # One line with three problems, two of them of one kind in one field.
    file.issues(2, line_number=7, entry_number=6).issues(1, "bad file", line_number=7)
    # An entry is another row than the line of its number; 0 is an entry, and no line.
    file.issues(2, line_number="", entry_number=7).issues(1, line_number=0, entry_number=0)
    file.issues(1, line_number="", entry_number=0)
    # Where neither is known each problem is a row.
    file.issues(3, line_number="", entry_number="")
    store.load(file)
    row = store.cell()
    assert (row.problems_to_fix, row.rows_to_fix) == (10, 1 + 1 + 1 + 3)
    with store.engine.connect() as connection:
        counts = cell.issues(connection, **at(store))
    assert {(count.issue_type, count.problems, count.rows) for count in counts} == {
        ("bad file", 1, 1),
        ("missing value", 9, 6),
    }


def test_a_row_counts_once_in_each_severity_and_responsibility(
    store: Store, file: PlatformFile
) -> None:
    file.provision().endpoint().answer()
    for issue_type in ("missing value", "bad file", "broken by us", "OSGB", "default value"):
        file.issues(2, issue_type, field="a").issues(3, issue_type, field="b")
    file.issues(9, "whitespace")
    store.load(file)
    assert groups(store) == {
        "rows_critical_external": 3,
        "rows_error_external": 3,
        "rows_error_internal": 3,
        "rows_warning_external": 3,
        "rows_notice_internal": 3,
    }
    row = store.cell()
    # Critical and error together: a row that has both is one row to fix.
    assert (row.problems_to_fix, row.rows_to_fix, row.platform_problems) == (10, 3, 5)
    assert (row.warnings, row.warning_rows) == (5, 3)


def test_the_same_line_of_two_files_is_two_rows(store: Store, file: PlatformFile) -> None:
    file.provision()
    for number in "12":
        file.endpoint(f"e{number}").answer(f"e{number}", resource=f"r{number}")
        file.issues(3, resource=f"r{number}")
    store.load(file)
    assert store.cell().rows_to_fix == 6


def test_rows_are_nought_where_all_is_well_and_unknown_where_nothing_is_collected(
    store: Store, file: PlatformFile
) -> None:
    file.provision().endpoint().answer()
    file.provision("park").endpoint("p", "park").failure("p")
    store.load(file)
    assert (store.cell().rows_to_fix, store.cell().warning_rows) == (0, 0)
    assert (store.cell("park").rows_to_fix, store.cell("park").problems_to_fix) == (None, None)


def test_rows_of_the_sample_are_known_on_its_newest_date_only(filled: Filled) -> None:
    store = Store(filled(Sample(date(2026, 8, 21), authorities=40, weeks=12)))
    cells = dict(
        store.sql(
            "SELECT n.as_at = max(n.as_at) OVER (), count(s.rows_to_fix) FROM snapshot n "
            "JOIN summary s ON s.snapshot_id = n.id GROUP BY n.id, n.as_at"
        )
    )
    assert cells[False] == 0 < cells[True]
    assert (
        store.value(
            "SELECT count(*) FROM summary WHERE rows_to_fix > critical_external + error_external "
            "OR rows_to_fix < greatest(rows_critical_external, rows_error_external)"
        )
        == 0
    )


# --------------------------------------------------------------------------------------------------
# The dead file
# --------------------------------------------------------------------------------------------------


def dead_beside_new(file: PlatformFile, *, last_success: str | None, newer: str = "200") -> None:
    """An old endpoint that answers 404, with five problems in its last file, beside a new one."""
    file.provision().endpoint("old", entry_date="2018-06-01").endpoint("new")
    if last_success:
        file.answer("old", last_success, resource="r-old")
        file.failure("old", days_ago(1))
    else:
        file.failure("old", days_ago(200)).failure("old", days_ago(1))
        file.resource("r-old").add("resource_endpoint", resource="r-old", endpoint="old")
    file.failure("old")
    file.answer("new", days_ago(2), resource="r-new").answer("new", status=newer, resource="r-new")
    file.issues(5, resource="r-old", field="a").issues(5, resource="r-old", field="b")
    file.issues(2, resource="r-new").issues(1, "OSGB", resource="r-new")


def test_a_file_at_a_dead_address_is_history_beside_one_that_works(
    store: Store, file: PlatformFile
) -> None:
    dead_beside_new(file, last_success=days_ago(31))
    store.load(file)
    row = store.cell()
    assert (row.problems_to_fix, row.rows_to_fix, row.problems) == (2, 2, 3)
    assert (row.error_type_count, row.issues_of_last_good) == (1, False)
    # The status is the platform's all the same.
    assert row.status == "needs_improving"
    assert row.reasons == ("some_endpoints_failing", "issues_to_fix")
    (line,) = store.table("provision-summary")
    assert (line["count_issue_error_external"], line["error_endpoint_count"]) == (2, 1)
    assert [line["problems"] for line in store.table("issue-summary")] == [1, 2]
    with store.engine.connect() as connection:
        old = issues.past(connection, **at(store))
        assert [issue.field for issue in old] == ["a", "b"]
        assert old[0] == PastIssue(
            endpoint="old",
            endpoint_url="https://data.example/old",
            last_success_on=date.fromisoformat(days_ago(31)),
            failing_since=date.fromisoformat(days_ago(1)),
            issue_type="missing value",
            name=None,
            field="a",
            severity="error",
            responsibility="external",
            problems=5,
            rows=5,
        )
        # Past, too, in the list of all of a date, and nowhere else.
        lines = store.table("past-issue")
        assert [(line["organisation"], line["field"]) for line in lines] == [(AAA, "a"), (AAA, "b")]
        assert [(line["endpoint"], line["problems"]) for line in lines] == [("old", 5), ("old", 5)]
        # Their rows are in no list either.
        which = {"organisation": AAA, "dataset": "tree", "issue_type": "missing value"}
        (matches,) = issues.matches(connection, **which, field="a")
    assert matches.rows == 0
    assert store.value("SELECT count(*) FROM issue") == 3


def test_it_counts_for_thirty_days(store: Store, file: PlatformFile) -> None:
    dead_beside_new(file, last_success=days_ago(30))
    store.load(file)
    assert (store.cell().problems_to_fix, store.cell().rows_to_fix) == (12, 7)
    assert store.sql("SELECT * FROM past_issue") == []


def test_it_counts_while_no_other_endpoint_works(store: Store, file: PlatformFile) -> None:
    dead_beside_new(file, last_success=days_ago(31), newer="503")
    store.load(file)
    row = store.cell()
    assert (row.problems_to_fix, row.status, row.issues_of_last_good) == (12, "error", True)


def test_without_a_known_success_the_first_failure_counts(store: Store, file: PlatformFile) -> None:
    dead_beside_new(file, last_success=None)
    store.load(file)
    assert store.cell().problems_to_fix == 2
    assert store.value("SELECT sum(problems) FROM past_issue") == 10


def test_a_clean_file_beside_a_dead_one_gets_on(store: Store, file: PlatformFile) -> None:
    dead_beside_new(file, last_success=days_ago(31))
    file.rows["issue"] = [row for row in file.rows["issue"] if row["resource"] == "r-old"]
    store.load(file)
    row = store.cell()
    assert (row.stage, row.problems_to_fix, row.rows_to_fix) == ("error_free", 0, 0)
    assert (row.status, row.reasons) == ("needs_improving", ("some_endpoints_failing",))


def test_growing_old_is_no_fix(store: Store, file: PlatformFile) -> None:
    """Nobody mended what only became history between two dates."""
    dead_beside_new(file, last_success=days_ago(30))
    for row in file.rows["issue"][:10]:
        row["issue_type"] = "bad file"
    store.load(file)
    later = PlatformFile(file.folder / "later", as_at=date(2025, 5, 28))
    later.rows = file.rows
    later.failure("old").answer("new", resource="r-new")
    store.load(later)
    assert store.value("SELECT sum(problems) FROM past_issue") == 10
    assert store.sql("SELECT kind FROM event WHERE kind LIKE 'issue_type%'") == []
