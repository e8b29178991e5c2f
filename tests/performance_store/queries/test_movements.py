"""What every change is made of: the parts add up exactly, and nobody is credited with what who
joined, who left or a rule did."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from performance_store.queries import cell, changes, movements, national, organisations
from performance_store.queries.filters import SETS, Narrow
from performance_store.readers.odp_reports import OdpReports
from performance_store.rows import DatasetStatus
from tests.support.changes import change
from tests.support.filters import narrows
from tests.support.movements import adds_up, ids, parts
from tests.support.servers import Filled

pytestmark = pytest.mark.postgres
NEW_CHECK = "no associated documents found for this area"


@pytest.fixture(scope="module")
def reports(filled: Filled, shared_data: Path) -> Iterator[Connection]:
    engine = filled(OdpReports(shared_data / "snapshots"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


def test_each_step_of_the_reports_adds_up(reports: Connection) -> None:
    for (_, then), (_, now) in pairwise(ids(reports, "odp-reports").items()):
        adds_up(reports, then, now, "programme")


def test_what_46_joiners_brought_is_nobodys_growth(reports: Connection) -> None:
    days = ids(reports, "odp-reports")
    rows = adds_up(reports, days["2025-03-19"], days["2025-04-02"], "programme")
    # 15 newly provided and one lost, as the golden churn has them; four came with who joined.
    assert parts(rows["all", "", "", "endpoint"]) == (14, 4, 0, 0, 0)
    assert parts(rows["all", "", "", "expected"]) == (0, 368, 0, 0, 0)
    assert parts(rows["all", "", "", "organisations"]) == (0, 46, 0, 0, 0)


def test_a_rule_and_its_undoing_are_nobodys_doing(reports: Connection) -> None:
    """A check was added on 19 March 2025, and on 2 April made the platform’s to mend."""
    days = ids(reports, "odp-reports")
    steps = [days[day] for day in ("2025-03-12", "2025-03-19", "2025-04-02")]
    out, back = (
        adds_up(reports, then, now, "programme")["all", "", "", "error_free"]
        for then, now in pairwise(steps)
    )
    assert (out.change, back.change) == (-48, 64)
    assert out.by_rule == -49
    assert back.by_rule == 51
    both = adds_up(reports, steps[0], steps[2], "programme")["all", "", "", "error_free"]
    assert both.by_rule == 0
    assert both.change == out.change + back.change


def test_undoing_a_rule_is_marked_as_making_it_is(reports: Connection) -> None:
    days = ids(reports, "odp-reports")
    events = national.events(reports, snapshot_id=days["2025-04-02"], limit=10_000)
    rises = [
        row for row in events if (row.before, row.after) == ("needs_improving", "live")
        and row.kind == "status_changed"
    ]  # fmt: skip
    assert len(rises) == 53
    assert sum(row.by_rule for row in rises) == 51
    # Nobody lost or gained what the check finds: it is still made.
    assert not [row for row in events if row.by_rule and row.kind != "status_changed"]


def test_an_authority_is_told_which_issues_and_statuses_only_a_rule_made(
    reports: Connection,
) -> None:
    days = ids(reports, "odp-reports")
    pair = {"snapshot_id": days["2025-03-19"], "compare_id": days["2025-03-12"]}
    events = national.events(reports, snapshot_id=days["2025-03-19"], limit=10_000)
    event = next(row for row in events if row.by_rule and row.kind == "status_changed")
    of = {"organisation": event.organisation}
    (row,) = [
        row for row in organisations.datasets(reports, **of, **pair) if row.dataset == event.dataset
    ]
    assert (row.status_before, row.status, row.status_by_rule) == ("live", "needs_improving", True)
    issues = cell.issues(reports, **of, dataset=str(event.dataset), **pair)
    assert {row.new_by_rule for row in issues if row.issue_type == NEW_CHECK} == {True}
    assert not any(row.new_by_rule for row in issues if row.issue_type != NEW_CHECK)
    assert not any(row.status_by_rule for row in organisations.datasets(
        reports, **of, snapshot_id=days["2025-03-12"], compare_id=days["2025-03-05"]))  # fmt: skip


def test_what_a_rule_added_to_fix_is_apart_from_the_rest(reports: Connection) -> None:
    days = ids(reports, "odp-reports")

    def lines(then: str, now: str) -> list[DatasetStatus]:
        pair = {"snapshot_id": days[now], "compare_id": days[then]}
        bodies = organisations.with_counts(reports, snapshot_id=days[then])
        return [
            row
            for body in bodies
            for row in organisations.datasets(reports, organisation=body.organisation, **pair)
        ]

    rows = lines("2025-03-12", "2025-03-19")
    assert sum(row.status_by_rule for row in rows) == 49
    for row in rows:
        more = (row.problems_to_fix or 0) - (row.problems_to_fix_before or 0)
        assert row.problems_to_fix_by_rule == more or not row.status_by_rule
    assert {row.problems_to_fix_by_rule > 0 for row in rows} == {True, False}
    back = lines("2025-03-19", "2025-04-02")
    assert any(row.problems_to_fix_by_rule < 0 for row in back)
    # What went out and came back made no difference.
    assert not any(row.problems_to_fix_by_rule for row in lines("2025-03-12", "2025-04-02"))


def test_what_went_out_and_came_back_is_no_change_by_rule(reports: Connection) -> None:
    days = ids(reports, "odp-reports")

    def by_rule(then: str, now: str) -> dict[tuple[str | None, str | None], int]:
        rows = changes.flow(
            reports, snapshot_id=days[now], compare_id=days[then], denominator="programme"
        )
        assert all(0 <= row.by_rule <= row.provisions for row in rows)
        return {(row.before, row.after): row.by_rule for row in rows if row.by_rule}

    assert by_rule("2025-03-12", "2025-03-19") == {("live", "needs_improving"): 49}
    assert by_rule("2025-03-19", "2025-04-02") == {("needs_improving", "live"): 51}
    assert by_rule("2025-03-12", "2025-04-02") == {}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(narrow=narrows(), denominator=st.sampled_from(("programme", "statutory", "any")))
def test_any_filters_add_up(ask: Connection, narrow: Narrow, denominator: str) -> None:
    days = list(ids(ask, "sample").values())
    adds_up(ask, days[0], days[-1], denominator, narrow)


@pytest.mark.parametrize("denominator", SETS)
def test_every_set_adds_up(ask: Connection, denominator: str) -> None:
    days = list(ids(ask, "sample").values())
    rows = adds_up(ask, days[0], days[-1], denominator)
    assert rows["all", "", "", "endpoint"].by_authorities


def test_who_moves_to_another_cohort_takes_what_it_has_along(ask: Connection) -> None:
    days = list(ids(ask, "sample").values())
    cohorts = [row.value for row in national.coverage(
        ask, snapshot_id=days[-1], denominator="programme", dimension="cohort")]  # fmt: skip
    here, there = cohorts[:2]
    before = adds_up(ask, days[-2], days[-1], "programme")
    with ask.engine.connect() as connection, connection.begin() as transaction:
        change(
            connection,
            "summary_interval",
            days[-1],
            "UPDATE {rows} SET cohort = :there WHERE organisation_id = "
            "(SELECT organisation_id FROM {rows} WHERE cohort = :here "
            "AND endpoint_count > 0 AND in_programme ORDER BY 1 LIMIT 1)",
            here=here,
            there=there,
        )
        rows = movements.balance(
            connection, snapshot_id=days[-1], compare_id=days[-2], denominator="programme"
        )
        transaction.rollback()
    moved = {row.value: row for row in rows if row.dimension == "cohort"
             and row.measure == "endpoint"}  # fmt: skip
    assert moved[here].movers < 0 < moved[there].movers
    assert moved[here].movers + moved[there].movers == 0
    assert moved[there].joiners == before["cohort", there, "", "endpoint"].joiners
    (whole,) = [row for row in rows if row.dimension == "all" and row.measure == "endpoint"]
    assert whole == before["all", "", "", "endpoint"]
