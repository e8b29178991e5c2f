"""The measured national figures of six weekly reports, from the store: coverage, facts, events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from performance_store.database import make_engine
from performance_store.queries import national, snapshots
from performance_store.readers.odp_reports import OdpReports
from performance_store.readers.registers import Registers
from tests.support.build import Store
from tests.support.golden import CHURN, GOLDEN, Churn, Golden
from tests.support.servers import Filled

pytestmark = pytest.mark.data


# What the coverage table does not hold is counted from the facts of each pair.
_COLLECTED = "stage IN ('collected', 'error_free', 'conformant')"
_FROM_FACTS = f"""
SELECT count(*) FILTER (WHERE {_COLLECTED} AND critical_external + critical_internal
        + error_external + error_internal = 0),
    count(*) FILTER (WHERE stage = 'conformant' AND fields_matched = fields_total),
    count(*) FILTER (WHERE {_COLLECTED} AND critical_external + critical_internal
        + error_external + error_internal + warning_external + warning_internal
        + notice_external + notice_internal = 0)
FROM summary WHERE snapshot_id = :id AND in_programme
"""


def golden(store: Store, day: str) -> Golden:
    snapshot_id = store.snapshot(day, "odp-reports").snapshot_id
    with store.engine.connect() as connection:
        (all_,) = national.coverage(
            connection, snapshot_id=snapshot_id, denominator="programme", dimension="all"
        )
    ((no_error, all_matched, spotless),) = store.sql(_FROM_FACTS, id=snapshot_id)
    return Golden(
        *(all_.organisations, all_.expected, all_.endpoint),
        *(all_.organisations_some, all_.organisations_all),
        *(all_.answering, all_.reachable, all_.collected),
        *(no_error, all_.error_free, all_.conformant, all_matched, spotless, all_.stale),
    )


def churn(store: Store, day: str) -> Churn:
    with store.engine.connect() as connection:
        events = national.events(
            connection, snapshot_id=store.snapshot(day, "odp-reports").snapshot_id, limit=10_000
        )
    counts = Counter(
        event.kind
        for event in events
        if event.kind != "joined_denominator" or event.after == "programme"
    )
    return Churn(*(counts[kind] for kind in Churn._fields))


@pytest.fixture(scope="module")
def store(filled: Filled, shared_data: Path) -> Store:
    return Store(filled(OdpReports(shared_data / "snapshots")))


@pytest.mark.parametrize("day", GOLDEN)
def test_figures(store: Store, day: str) -> None:
    assert golden(store, day) == GOLDEN[day]


@pytest.mark.parametrize("day", CHURN)
def test_churn(store: Store, day: str) -> None:
    assert churn(store, day) == CHURN[day]


def test_who_joined_brought_four_pairs(store: Store) -> None:
    assert (
        store.value(
            "SELECT count(*) FROM summary s JOIN event e USING (organisation_id, snapshot_id) "
            "WHERE e.snapshot_id = :id AND e.kind = 'joined_denominator' "
            "AND e.after = 'programme' AND s.endpoint_count > 0",
            id=store.snapshot("2025-04-02", "odp-reports").snapshot_id,
        )
        == 4
    )


@pytest.mark.parametrize("day", GOLDEN)
def test_dimensions_add_up(store: Store, day: str) -> None:
    """By dataset, region, cohort and type the same pairs are counted, each once."""
    snapshot_id = store.snapshot(day, "odp-reports").snapshot_id
    totals = {}
    with store.engine.connect() as connection:
        for dimension in ("dataset", "region", "cohort", "type", "region+dataset"):
            rows = national.coverage(
                connection, snapshot_id=snapshot_id, denominator="programme", dimension=dimension
            )
            totals[dimension] = (sum(r.expected for r in rows), sum(r.endpoint for r in rows))
            assert all(
                r.expected >= r.endpoint >= r.reachable >= r.collected >= r.error_free for r in rows
            )
            assert all(
                r.expected
                == r.not_submitted + r.processing + r.error + r.unknown + r.needs_improving + r.live
                for r in rows
            )
    assert set(totals.values()) == {(GOLDEN[day].expected, GOLDEN[day].endpoint)}


def test_the_line_over_time_is_the_figures_of_each_date(store: Store) -> None:
    with store.engine.connect() as connection:
        line = national.coverage_over_time(connection, kind="odp-reports", denominator="programme")
    assert [(row.as_at.isoformat(), row.expected, row.endpoint) for row in line] == [
        (day, figures.expected, figures.endpoint) for day, figures in GOLDEN.items()
    ]


def test_the_new_check_and_the_grown_programme_are_annotated(store: Store) -> None:
    with store.engine.connect() as connection:
        notes = snapshots.notes(connection, kind="odp-reports")
    subjects = {(str(note.on_date), note.kind, note.subject) for note in notes}
    check = "no associated documents found for this area"
    assert ("2025-03-19", "rule", check) in subjects
    # Two weeks later the same check is nobody's but the platform's to mend.
    assert ("2025-04-02", "rule", check) in subjects
    assert ("2025-04-02", "denominator", "programme") in subjects


def test_statuses_that_a_new_check_changed_are_marked(store: Store) -> None:
    """On 19 March 2025 a check was added: who needs improving for it alone got no worse."""
    with store.engine.connect() as connection:
        events = national.events(
            connection,
            snapshot_id=store.snapshot("2025-03-19", "odp-reports").snapshot_id,
            limit=10_000,
        )
    changes = [e for e in events if e.kind == "status_changed" and e.by_rule]
    assert changes
    assert {(e.before, e.after) for e in changes} == {("live", "needs_improving")}
    check = "no associated documents found for this area"
    appeared = [e for e in events if e.kind == "issue_type_appeared" and e.after == check]
    assert appeared
    assert all(event.by_rule for event in appeared)


@pytest.mark.parametrize("order", ["reports first", "reports last"])
def test_other_inputs_move_nothing(
    fresh_database: Callable[[], AbstractContextManager[str]], shared_data: Path, order: str
) -> None:
    """Registers know today's cohorts, names and severities; the reports keep those of their dates.

    Two of the registers' dates are enough: what enriches is the same on all of them.
    """
    registers = Registers(
        shared_data / "register",
        organisations=shared_data / "lpa" / "local-planning-authority.csv",
    )
    registers.as_at = registers.as_at[-2:]
    reports = OdpReports(shared_data / "snapshots")
    with fresh_database() as url:
        store = Store(make_engine(url, application_name="tests", pool=None))
        if order == "reports first":
            store.load(reports)
        store.load(registers)
        store.load(shared_data / "platform-small")
        if order == "reports last":
            store.load(reports)
        assert {day: golden(store, day) for day in GOLDEN} == GOLDEN
        assert {day: churn(store, day) for day in CHURN} == CHURN
