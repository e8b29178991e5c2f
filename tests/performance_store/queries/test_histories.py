"""Runs of an organisation, its datasets and a cell say on every date what the summaries say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from performance_store.queries import histories, issues, problem_histories
from performance_store.sample.reader import Sample
from tests.support.servers import Filled

ORGANISATIONS = 12


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2025, 5, 21), authorities=40, weeks=30))


@pytest.fixture
def ask(module_engine: Engine) -> Iterator[Connection]:
    """The sample, in which a few authorities were not there for some weeks, once at the end."""
    with module_engine.connect() as connection, connection.begin() as transaction:
        connection.exec_driver_sql(
            "DELETE FROM summary_interval WHERE mod(organisation_id, 7) = 0 AND from_on BETWEEN "
            "(SELECT as_at FROM snapshot ORDER BY as_at OFFSET 8 LIMIT 1) AND "
            "(SELECT as_at FROM snapshot ORDER BY as_at OFFSET 20 LIMIT 1)"
        )
        yield connection
        transaction.rollback()


def _organisations(ask: Connection) -> Sequence[str]:
    sql = (
        "SELECT organisation FROM organisation o WHERE EXISTS (SELECT FROM summary_interval s "
        "WHERE s.organisation_id = o.id) ORDER BY mod(id, 7), id LIMIT :n"
    )
    return ask.scalars(text(sql), {"n": ORGANISATIONS}).all()


def _expanded(ask: Connection, rows: Sequence[Any], *names: str) -> list[tuple[Any, ...]]:
    """A row for each snapshot of each run; runs that could be one are a fault."""
    days = list(ask.scalars(text("SELECT as_at FROM snapshot ORDER BY as_at")))
    for row, following in pairwise(rows):
        joins = days.index(row.last_as_at) + 1 == days.index(following.as_at)
        assert not (joins and _facts(row) == _facts(following)), (row, following)
    expanded = []
    for row in rows:
        within = [day for day in days if row.as_at <= day <= row.last_as_at]
        assert len(within) == row.snapshots
        expanded += [(day, *(getattr(row, name) for name in names)) for day in within]
    return expanded


def _facts(row: Any) -> dict[str, Any]:
    """All that a run says but when."""
    when = {"as_at", "last_as_at", "snapshots"}
    return {name: value for name, value in asdict(row).items() if name not in when}


def test_an_organisation(ask: Connection) -> None:
    names = ("expected", "provided", "live", "needs_improving", "error", "rows_to_fix")
    oracle = text(
        "SELECT n.as_at, count(*) FILTER (WHERE owed), "
        "count(*) FILTER (WHERE owed AND endpoint_count > 0), "
        "count(*) FILTER (WHERE owed AND status = 'live'), "
        "count(*) FILTER (WHERE owed AND status = 'needs_improving'), "
        "count(*) FILTER (WHERE owed AND status = 'error'), sum(rows_to_fix) "
        "FROM snapshot n JOIN (SELECT *, coalesce(provision_reason IN ('statutory', 'expected'), "
        "false) AS owed FROM summary) s ON s.snapshot_id = n.id "
        "JOIN organisation o ON o.id = s.organisation_id WHERE o.organisation = :o "
        "GROUP BY 1 ORDER BY 1"
    )
    for organisation in _organisations(ask):
        rows = histories.organisation(ask, organisation=organisation, kind="sample")
        truth = [tuple(row) for row in ask.execute(oracle, {"o": organisation})]
        assert _expanded(ask, rows, *names) == truth


def test_the_statuses_of_its_datasets(ask: Connection) -> None:
    oracle = text(
        "SELECT d.dataset, n.as_at, s.status FROM summary s "
        "JOIN snapshot n ON n.id = s.snapshot_id "
        "JOIN organisation o ON o.id = s.organisation_id JOIN dataset d ON d.id = s.dataset_id "
        "WHERE o.organisation = :o ORDER BY d.dataset, n.as_at"
    )
    days = list(ask.scalars(text("SELECT as_at FROM snapshot ORDER BY as_at")))
    for organisation in _organisations(ask):
        rows = histories.statuses(ask, organisation=organisation, kind="sample")
        rows_by_day = [
            (row.dataset, day, row.status)
            for row in rows
            for day in days
            if row.first_as_at <= day <= row.last_as_at
        ]
        assert rows_by_day == [tuple(row) for row in ask.execute(oracle, {"o": organisation})]
        assert sum(row.snapshots for row in rows) == len(rows_by_day)


def test_a_cell(ask: Connection) -> None:
    names = ("status", "endpoint_count", "rows_to_fix", "content_changed_on", "fields_supplied")
    names += ("endpoint_attempted_count", "endpoint_failing_count")
    oracle = text(
        "SELECT n.as_at, s.status, s.endpoint_count, s.rows_to_fix, s.content_changed_on, "
        "s.fields_supplied, s.endpoint_attempted_count, s.endpoint_failing_count "
        "FROM summary s JOIN snapshot n ON n.id = s.snapshot_id "
        "JOIN organisation o ON o.id = s.organisation_id JOIN dataset d ON d.id = s.dataset_id "
        "WHERE o.organisation = :o AND d.dataset = :d ORDER BY n.as_at"
    )
    for organisation in _organisations(ask):
        for dataset in ("article-4-direction-area", "tree", "brownfield-land"):
            which = {"organisation": organisation, "dataset": dataset}
            rows = histories.cell(ask, **which, kind="sample")
            rows_by_day = _expanded(ask, rows, *names)
            truth = ask.execute(oracle, {"o": organisation, "d": dataset})
            assert rows_by_day == [tuple(row) for row in truth]


def test_problems_of_an_organisation_by_severity(ask: Connection) -> None:
    names = ("datasets", "critical", "error", "warnings", "notices")
    oracle = text(
        "SELECT n.as_at, count(s.critical_external), sum(s.critical_external), "
        "sum(s.error_external), sum(s.warning_external + s.warning_internal), "
        "sum(s.notice_external + s.notice_internal) FROM summary s "
        "JOIN snapshot n ON n.id = s.snapshot_id JOIN organisation o ON o.id = s.organisation_id "
        "WHERE o.organisation = :o GROUP BY 1 ORDER BY 1"
    )
    for organisation in _organisations(ask):
        rows = problem_histories.severities(ask, organisation=organisation, kind="sample")
        # Sums of sums are decimals to PostgreSQL, which no whole number of the API may be.
        assert all(isinstance(getattr(row, name), int | None) for row in rows for name in names)
        truth = [tuple(row) for row in ask.execute(oracle, {"o": organisation})]
        assert _expanded(ask, rows, *names) == truth


def test_problems_that_are_not_known_are_no_number(ask: Connection) -> None:
    ask.exec_driver_sql(
        "UPDATE summary_interval SET critical_external = NULL, error_external = NULL "
        "WHERE organisation_id = 1"
    )
    organisation = ask.scalar(text("SELECT organisation FROM organisation WHERE id = 1"))
    rows = problem_histories.severities(ask, organisation=organisation, kind="sample")
    assert rows
    assert {(row.datasets, row.critical, row.notices) for row in rows} == {(0, None, None)}


def test_the_issues_of_a_cell(ask: Connection) -> None:
    oracle = text(
        "SELECT i.issue_type, nullif(s.field, ''), n.as_at, s.severity, s.problems, s.rows "
        "FROM issue_summary s JOIN snapshot n ON n.id = s.snapshot_id "
        "JOIN issue_type i ON i.id = s.issue_type_id JOIN organisation o "
        "ON o.id = s.organisation_id JOIN dataset d ON d.id = s.dataset_id "
        "WHERE o.organisation = :o AND d.dataset = :d ORDER BY i.issue_type, s.field, n.as_at"
    )
    days = list(ask.scalars(text("SELECT as_at FROM snapshot ORDER BY as_at")))
    several = 0
    for organisation in _organisations(ask):
        for dataset in ("article-4-direction-area", "tree", "brownfield-land"):
            which = {"organisation": organisation, "dataset": dataset}
            rows = problem_histories.issues(ask, **which, kind="sample")
            rows_by_day = [
                (row.issue_type, row.field, day, row.severity, row.problems, row.rows)
                for row in rows
                for day in days
                if row.as_at <= day <= row.last_as_at
            ]
            truth = ask.execute(oracle, {"o": organisation, "d": dataset})
            assert rows_by_day == [tuple(row) for row in truth]
            assert sum(row.snapshots for row in rows) == len(rows_by_day)
            several += len(rows) > 1
    assert several


def test_a_kind_of_issue_in_runs_is_what_each_snapshot_counted(ask: Connection) -> None:
    kinds = ask.execute(
        text(
            "SELECT DISTINCT ON (mod(i.organisation_id, 7), t.issue_type) o.organisation, "
            "d.dataset, t.issue_type, i.field FROM issue_interval i "
            "JOIN organisation o ON o.id = i.organisation_id "
            "JOIN dataset d ON d.id = i.dataset_id JOIN issue_type t ON t.id = i.issue_type_id "
            "ORDER BY mod(i.organisation_id, 7), t.issue_type, i.from_on DESC LIMIT 20"
        )
    ).all()
    assert len(kinds) == 20
    changes = 0
    for organisation, dataset, issue_type, field in kinds:
        where = {"organisation": organisation, "dataset": dataset, "issue_type": issue_type}
        rows = issues.over_time(ask, **where, field=field, kind="sample")
        counts = ask.execute(
            text(
                "SELECT n.as_at, coalesce(i.problems, 0), "
                "CASE WHEN s.rows_to_fix IS NOT NULL THEN coalesce(i.rows, 0) END FROM summary s "
                "JOIN snapshot n ON n.id = s.snapshot_id "
                "JOIN organisation o ON o.id = s.organisation_id "
                "JOIN dataset d ON d.id = s.dataset_id "
                "JOIN issue_type t ON t.issue_type = :issue_type "
                "LEFT JOIN issue_summary i ON i.snapshot_id = s.snapshot_id "
                "AND i.organisation_id = o.id AND i.dataset_id = d.id "
                "AND i.issue_type_id = t.id AND i.field = :field "
                "WHERE o.organisation = :organisation AND d.dataset = :dataset "
                "AND s.error_external IS NOT NULL ORDER BY n.as_at"
            ),
            where | {"field": field},
        ).all()
        assert _expanded(ask, rows, "problems", "rows") == [tuple(row) for row in counts]
        changes += len(rows) - 1
    assert changes > 20


def test_who_owes_nothing_provides_none_of_it(ask: Connection) -> None:
    """What nobody asks for is no part of n and N: none, and not unknown."""
    with ask.engine.connect() as connection:
        connection.exec_driver_sql(
            "UPDATE summary_interval SET provision_reason = NULL WHERE organisation_id = 2"
        )
        organisation = connection.scalar(text("SELECT organisation FROM organisation WHERE id = 2"))
        rows = histories.organisation(connection, organisation=organisation, kind="sample")
        connection.rollback()
    assert rows
    assert {(row.expected, row.provided, row.live, row.error) for row in rows} == {(0, 0, 0, 0)}
