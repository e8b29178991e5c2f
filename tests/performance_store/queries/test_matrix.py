"""The matrix holds what coverage counts, in every set and under every filter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Connection, Engine

from performance_store.queries import matrix, national, snapshots
from performance_store.queries.filters import Narrow
from performance_store.sample.reader import Sample
from tests.support.changes import change
from tests.support.servers import Filled

SETS = ("programme", "statutory", "any", "all-lpas")
NARROWED = (
    Narrow(),
    Narrow(region=("E12000007",)),
    Narrow(dataset=("tree", "brownfield-land")),
    Narrow(region=("E12000001", "E12000002"), typology=("geography",)),
)


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=80, weeks=12))


@pytest.fixture(scope="module")
def connection(module_engine: Engine) -> Iterator[Connection]:
    with module_engine.connect() as opened:
        yield opened


@pytest.mark.parametrize("denominator", SETS)
@pytest.mark.parametrize("narrow", NARROWED, ids=["all", "region", "dataset", "two"])
def test_the_cells_add_up_to_the_coverage(
    connection: Connection, denominator: str, narrow: Narrow
) -> None:
    (now,) = snapshots.current(connection)
    which = {"snapshot_id": now.snapshot_id, "denominator": denominator, "narrow": narrow}
    rows = matrix.authorities(connection, **which)  # type: ignore[arg-type]
    picture = national.picture(connection, **which)  # type: ignore[arg-type]
    totals = {(row.dimension, row.value, row.dataset): row for row in picture}
    whole = totals["all", "", ""]
    assert sum(row.expected for row in rows) == whole.expected
    assert sum(row.provided for row in rows) == whole.endpoint
    assert len(rows) == whole.organisations
    assert sum(row.provided > 0 for row in rows) == whole.organisations_some
    for row in rows:
        assert len(row.datasets) == len(row.statuses) == len(row.with_endpoint) == row.expected
        assert sum(row.with_endpoint) == row.provided
        assert list(row.datasets) == sorted(set(row.datasets))
    for (dimension, _, dataset), total in totals.items():
        if dimension == "dataset":
            having = [row for row in rows if dataset in row.datasets]
            assert len(having) == total.expected
            assert (
                sum(row.with_endpoint[row.datasets.index(dataset)] for row in having)
                == total.endpoint
            )


def test_lpas_that_owe_and_provide_nothing_are_among_all_lpas(connection: Connection) -> None:
    (now,) = snapshots.current(connection)
    change(
        connection,
        "summary_interval",
        now.snapshot_id,
        "DELETE FROM {rows} WHERE organisation_id = "
        "(SELECT min(organisation_id) FROM {rows} WHERE is_lpa)",
    )
    rows = matrix.authorities(connection, snapshot_id=now.snapshot_id, denominator="all-lpas")
    connection.rollback()
    assert len(rows) == now.lpa_count
    assert any(not row.provided and set(row.statuses) == {"not_submitted"} for row in rows)


def test_changes_are_the_events_of_one_step(connection: Connection) -> None:
    now, *_ = snapshots.current(connection)
    before = snapshots.earlier(connection, snapshot_id=now.snapshot_id)[0]
    for denominator in ("programme", "any"):
        changes = matrix.changes(
            connection,
            snapshot_id=now.snapshot_id,
            compare_id=before.snapshot_id,
            denominator=denominator,
        )
        counts = national.event_counts(
            connection,
            kind=now.kind,
            denominator=denominator,
            after=before.as_at,
            until=now.as_at,
        )
        events = {row.kind: row.events for row in counts}
        for kind in ("newly_provided", "lost", "newly_broken", "recovered"):
            assert sum(row.change == kind for row in changes) == events.get(kind, 0), kind
