"""Quirks of the platform's own builder: where we agree, where we differ and why.

Each case of the public data is a file of a few rows, with what the builder makes of it. Cases are
named by their folder. Counts are (active endpoints, failing ones, problems to fix, errors) of each
provision, as in ``provision_summary``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from performance_store.database import make_engine
from performance_store.queries import cell
from performance_store.readers.platform import Platform
from performance_store.readers.stream import InputError
from tests.support.build import AAA, Store

pytestmark = pytest.mark.data

AS_AT = date(2025, 5, 21)
Counts = tuple[int, int, int]
Provisions = dict[tuple[str, str], Counts]
TREE = (AAA, "tree")
GOOD: Provisions = {TREE: (1, 0, 3)}
CLEAN: Provisions = {TREE: (1, 0, 0)}


class Case(NamedTuple):
    """One quirk: what we answer for each provision, the status of AAA's trees, and why."""

    folder: str
    ours: Provisions
    status: str
    why: str
    theirs: Provisions | None = None
    """What the builder answers, where it differs from ours."""
    their_status: str | None = None
    """What the platform's pages say (rules 2 to 5 over the builder's figures), where it differs."""


NEEDS = "needs_improving"
CASES = (
    Case("q00", GOOD, NEEDS, "the baseline: one endpoint, three rows of errors"),
    Case(
        *("q01", GOOD | {(AAA, "tree2"): (0, 0, 0)}, NEEDS),
        "a null end date means the same as a blank one: the provision is there",
        theirs=GOOD,
    ),
    Case(
        *("q02", {TREE: (2, 0, 3)}, NEEDS),
        "a row counts once per resource, however many endpoints lead to it",
        theirs={TREE: (2, 0, 6)},
    ),
    Case(
        *("q03", GOOD, NEEDS),
        "a row counts once, however many collections hold the endpoint",
        theirs={TREE: (1, 0, 6)},
    ),
    Case(
        *("q04", GOOD, NEEDS),
        "-eng is another spelling of the same body, read before anything is counted",
        theirs={TREE: (1, 0, 6)},
    ),
    Case(
        *("q05", {TREE: (1, 1, 3)}, "error"),
        "while an endpoint fails, the issues of its last good resource stay",
        theirs={TREE: (1, 1, 0)},
    ),
    Case("q06", CLEAN, "live", "the newest attempt, not an older failure, says how it is"),
    Case("q06b", CLEAN, "live", "a closed resource does not hide its endpoint"),
    Case("q07", GOOD, NEEDS, "the later attempt of a day counts: it succeeded"),
    Case(
        *("q07b", {TREE: (1, 1, 3)}, "error"),
        "the later attempt of a day counts: it failed",
        theirs=GOOD,
        their_status=NEEDS,
    ),
    Case(
        *("q07c", {TREE: (1, 1, 3)}, "error"),
        "the later attempt of a day counts: it timed out; the last good issues stay",
        theirs={TREE: (1, 1, 0)},
    ),
    Case(
        *("q07d", GOOD, NEEDS),
        "the later attempt of a day counts: it succeeded after a time-out",
        theirs={TREE: (1, 1, 0)},
        their_status="error",
    ),
    Case("q08", GOOD, NEEDS, "a null end date of an endpoint means that it is active"),
    Case(
        *("q09", GOOD, NEEDS),
        "a row counts once, however many cohorts owe the dataset",
        theirs={TREE: (1, 0, 6)},
    ),
    Case("q10", GOOD, NEEDS, "a second run replaces the first, see below"),
    Case("q11", GOOD, NEEDS, "these columns hold errors only; the others are counted beside"),
    Case("q12", CLEAN, "live", "names of columns have no bearing on the status"),
    Case(
        *("q13", GOOD | {("company:1", "tree"): (1, 0, 3)}, NEEDS),
        "a body that no list names still owes and supplies what its rows say",
        theirs=GOOD,
    ),
    Case("q14", GOOD, NEEDS, "an ended source of an active endpoint counts"),
    Case("q15", GOOD, NEEDS, "an endpoint not attempted yet is not counted in this export"),
    Case("q16", {TREE: (2, 1, 3)}, NEEDS, "one of two endpoints fails"),
    Case("q17a", {TREE: (2, 1, 0)}, NEEDS, "one of two endpoints fails"),
    Case("q17b", {TREE: (2, 1, 0)}, NEEDS, "the time of day of the log changes nothing"),
    Case("q18", CLEAN, "live", "no issues at all is none, not unknown"),
    Case("q19", {TREE: (0, 0, 0)}, "not_submitted", "nothing is provided"),
    Case("q20", GOOD, NEEDS, "what nobody owes is no row of this table"),
    Case(
        *("q21", {("local-authority:X-england", "tree"): (1, 0, 0)}, "live"),
        "only the prefix is rewritten, not '-eng' anywhere in the key",
        theirs={("local-authority:X-england", "tree"): (0, 0, 0)},
        their_status="not_submitted",
    ),
    Case(
        *("q22", GOOD, NEEDS),
        "a null reason means the same as a blank one: the provision is there",
        theirs={},
    ),
    Case(
        *("q23", {TREE: (2, 0, 3)}, NEEDS),
        "206 with a resource is a success",
        theirs={TREE: (2, 1, 3)},
    ),
    Case("q24", GOOD, NEEDS, "an ended endpoint that shares the resource adds nothing"),
    Case(
        *("q25", GOOD | {(AAA, "zone"): (1, 0, 0)}, NEEDS),
        "an endpoint of two datasets has the issues of each apart",
    ),
)


Quirk = Callable[[str], Store]


@pytest.fixture(scope="module")
def quirk(
    fresh_database: Callable[[], AbstractContextManager[str]], shared_data: Path
) -> Iterator[Quirk]:
    """``quirk("q05")``: a store that holds that case and nothing else, loaded once."""
    with ExitStack() as databases:

        @cache
        def loaded(folder: str) -> Store:
            url = databases.enter_context(fresh_database())
            store = Store(make_engine(url, application_name="tests", pool=None))
            # The log of q19 is empty, so that case must be told its date.
            store.load(shared_data / "quirks" / folder, as_at=AS_AT if folder == "q19" else None)
            return store

        yield loaded


def provisions_of_the_builder(folder: Path) -> Provisions:
    with closing(sqlite3.connect(f"file:{folder / 'performance.sqlite3'}?mode=ro", uri=True)) as c:
        return {
            (organisation, dataset): (active, failing, errors)
            for organisation, dataset, active, failing, errors in c.execute(
                "SELECT organisation, dataset, active_endpoint_count, error_endpoint_count, "
                "count_issue_error_external FROM provision_summary"
            )
        }


def status_of_the_platform(counts: Counts) -> str:
    """Rules 2 to 5 of the platform's overview."""
    active, failing, errors = counts
    if active == 0:
        return "not_submitted"
    if failing == active:
        return "error"
    return "needs_improving" if failing or errors else "live"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.folder)
def test_counts_and_status(quirk: Quirk, shared_data: Path, case: Case) -> None:
    theirs = provisions_of_the_builder(shared_data / "quirks" / case.folder)
    assert theirs == (case.ours if case.theirs is None else case.theirs)
    store = quirk(case.folder)
    rows = store.table("provision-summary")
    ours = {
        (row["organisation"], row["dataset"]): (
            row["active_endpoint_count"],
            row["error_endpoint_count"],
            row["count_issue_error_external"],
        )
        for row in rows
    }
    assert ours == case.ours, case.why
    assert len(rows) == len(ours)
    pair = TREE if TREE in ours else next(iter(ours))
    (status,) = (row["status"] for row in rows if (row["organisation"], row["dataset"]) == pair)
    assert status == case.status, case.why
    if pair in theirs:
        assert status_of_the_platform(theirs[pair]) == (case.their_status or case.status)


def test_every_case_of_the_folder_is_tested(shared_data: Path) -> None:
    folders = {path.name for path in (shared_data / "quirks").iterdir() if path.is_dir()}
    assert folders == {case.folder for case in CASES}
    assert len(folders) == 31


def test_q04_shows_one_organisation_with_one_endpoint(
    quirk: Quirk,
) -> None:
    store = quirk("q04")
    assert store.sql("SELECT organisation FROM organisation") == [(AAA,)]
    assert store.cell().endpoint_count == 1


def test_q05_marks_the_issues_of_the_last_good_data(
    quirk: Quirk,
) -> None:
    store = quirk("q05")
    row = store.cell()
    assert row.issues_of_last_good
    assert set(row.reasons) == {
        *("all_endpoints_failing", "issues_to_fix", "issues_of_last_good"),
    }
    assert (row.http_status, row.last_success_on) == ("404", date(2025, 5, 20))


@pytest.mark.parametrize("folder", ["q06", "q06b"])
def test_q06_shows_the_newest_attempt_of_an_endpoint_no_longer_collected(
    quirk: Quirk, shared_data: Path, folder: str
) -> None:
    """The builder's overview table shows the older 404, or no row at all."""
    path = shared_data / "quirks" / folder / "performance.sqlite3"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as theirs:
        statuses = theirs.execute("SELECT latest_status FROM endpoint_dataset_summary").fetchall()
    assert statuses == ([("404",)] if folder == "q06" else [])
    store = quirk(folder)
    row = store.cell()
    assert (row.http_status, row.last_attempt_on) == ("200", date(2025, 3, 1))
    # It answers, but what it gave is closed: reached, not collected.
    assert (row.access_band, row.stage) == ("ok", "reachable")


def test_q10_a_second_load_adds_nothing(quirk: Quirk, shared_data: Path) -> None:
    store = quirk("q10")
    assert store.load(shared_data / "quirks" / "q10").state == "unchanged"
    assert store.sql("SELECT count(*) FROM snapshot") == [(1,)]
    assert store.sql("SELECT count(*) FROM summary") == [(1,)]
    assert store.sql("SELECT count(*) FROM endpoint_state") == [(1,)]


def test_q11_counts_critical_and_unclassified_rows_apart(
    quirk: Quirk,
) -> None:
    store = quirk("q11")
    counts = "critical_external, error_external, unclassified_count, issue_type_count"
    assert store.sql(f"SELECT {counts} FROM summary") == [(2, 3, 5, 2)]
    # Unclassified rows are shown, in the issues by type, but are nobody's error.
    assert (store.cell().problems_to_fix, store.cell().problems) == (5, 5)
    rows = {row["issue_type"]: row["severity"] for row in store.table("issue-summary")}
    assert rows == {"missing value": "error", "bad file": "critical", "gone": "unclassified"}


def test_q12_fields_supplied_and_matched(
    quirk: Quirk,
) -> None:
    """One column may supply two fields, two columns one field; geometry is always matched."""
    store = quirk("q12")
    with store.engine.connect() as connection:
        fields = cell.fields(connection, organisation=AAA, dataset="tree")
    assert {(row.field, row.supplied, row.matched, row.supplied_as) for row in fields} == {
        ("name", True, True, "SITE"),
        ("GeoX", True, False, "xy"),
        ("GeoY", True, False, "xy"),
        ("geometry", True, True, "WKT"),
        ("reference", True, True, None),
    }
    # The file does not say which fields the dataset has, so how many are missing is unknown.
    assert {row.expected for row in fields} == {None}
    assert (store.cell().fields_total, store.cell().fields_supplied) == (None, None)


def test_q13_an_unlisted_company_is_found_and_is_no_authority(
    quirk: Quirk,
) -> None:
    store = quirk("q13")
    assert store.cell(organisation="company:1").endpoint_count == 1
    company = store.counts("company:1")
    assert (company.name, company.is_lpa) == (None, False)


def test_q15_an_endpoint_not_attempted_is_active_all_the_same(
    quirk: Quirk,
) -> None:
    store = quirk("q15")
    assert store.cell().endpoint_count == 2
    assert store.cell().endpoint_failing_count == 0


@pytest.mark.parametrize("folder", ["q16", "q17a", "q17b"])
def test_q16_and_q17_choose_the_primary_endpoint_by_rule(quirk: Quirk, folder: str) -> None:
    """Newest registered first, as on the platform; a tie goes to the one that works, not to the
    later row of the log. Whether the data can be had at all is told beside it."""
    store = quirk(folder)
    row = store.cell()
    primary = "https://x/e2" if folder == "q16" else "https://x/e1"
    assert row.endpoint_url == primary
    assert row.access_band == "ok"
    assert row.endpoint_failing_count == 1
    assert "some_endpoints_failing" in row.reasons


def test_q19_a_file_without_a_log_must_be_told_its_date(shared_data: Path) -> None:
    with pytest.raises(InputError, match=r"table log is empty.*give --as-at"):
        Platform(shared_data / "quirks" / "q19")


def test_q20_what_is_supplied_without_an_obligation_is_shown_apart(
    quirk: Quirk,
) -> None:
    store = quirk("q20")
    row = store.cell("tree-x")
    assert (row.in_denominator, row.endpoint_count) == (False, 1)
    assert (store.counts().expected, store.counts().also_supplied) == (1, 1)


def test_q22_a_provision_without_a_reason_is_in_no_set_of_reasons(
    quirk: Quirk,
) -> None:
    store = quirk("q22")
    row = store.cell()
    assert (row.provision_reason, row.in_denominator) == (None, True)
    assert store.counts().expected == 0


def test_q23_success_is_any_2xx_with_a_resource(
    quirk: Quirk,
) -> None:
    store = quirk("q23")
    assert store.cell().endpoint_failing_count == 0


def test_q24_an_ended_endpoint_is_not_shown(
    quirk: Quirk,
) -> None:
    store = quirk("q24")
    assert store.cell().endpoint_count == 1
    assert store.sql("SELECT count(*) FROM issue") == [(3,)]


def test_q25_issues_of_one_dataset_stay_with_it(
    quirk: Quirk,
) -> None:
    store = quirk("q25")
    rows = [(row["dataset"], row["rows"]) for row in store.table("issue-summary")]
    assert rows == [("tree", 3)]
    assert store.cell("zone").status == "live"
