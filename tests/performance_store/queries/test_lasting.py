"""What grew and what is still broken, of the same authorities on both dates, counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection

from performance_store.queries import growth, lasting, movements
from performance_store.queries.filters import Narrow
from performance_store.rows import Growth
from tests.support.movements import ids
from tests.support.servers import Filled
from tests.support.three_dates import DAYS, three_dates

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def weeks(filled: Filled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    engine = filled()
    three_dates(engine, tmp_path_factory.mktemp("weeks"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


def pair(connection: Connection, first: int = 0, last: int = 2, **more: Any) -> dict[str, Any]:
    """The arguments of a question about two of the dates."""
    days = ids(connection, "platform")
    return {
        "snapshot_id": days[str(DAYS[last])],
        "compare_id": days[str(DAYS[first])],
        "denominator": "statutory",
        **more,
    }


def test_growth_is_of_those_in_scope_on_both_dates(weeks: Connection) -> None:
    """CCC joined and GGG left: what they provide is nobody's growth."""
    (tree,) = growth.by_dataset(weeks, **pair(weeks))
    assert (tree.authorities, tree.before, tree.after, tree.change) == (6, 5, 6, 1)


def test_of_all_lpas_those_count_that_are_one_on_both_dates(weeks: Connection) -> None:
    (tree,) = growth.by_dataset(weeks, **pair(weeks, denominator="all-lpas"))
    # FFF and CCC began, GGG ended.
    assert (tree.authorities, tree.before, tree.after) == (8, 6, 7)


def test_growth_is_what_the_change_is_made_of(weeks: Connection) -> None:
    (tree,) = growth.by_dataset(weeks, **pair(weeks))
    moves = {
        row.measure: row
        for row in movements.balance(weeks, **pair(weeks))
        if row.dimension == "dataset"
    }
    endpoint, expected = moves["endpoint"], moves["expected"]
    assert tree.before == endpoint.before + endpoint.leavers
    assert tree.after == endpoint.after - endpoint.joiners
    assert tree.change == endpoint.by_authorities
    assert tree.authorities == expected.before + expected.leavers


def test_narrowed_to_nobody_nothing_grew(weeks: Connection) -> None:
    of_nobody = pair(weeks, narrow=Narrow(dataset=("conservation-area",)))
    assert growth.by_dataset(weeks, **of_nobody) == ()
    assert [(row.failing, row.errors) for row in lasting.points(weeks, **of_nobody)] == [(0, 0)] * 3


def test_of_what_failed_at_first_so_many_fail_on_each_date(weeks: Connection) -> None:
    """AAA throughout, BBB but for one date, DDD only at first; GGG left, and CCC joined."""
    rows = lasting.points(weeks, **pair(weeks))
    assert [row.as_at for row in rows] == list(DAYS)
    assert [row.failing for row in rows] == [3, 1, 2]


def test_of_what_had_errors_at_first_so_many_have_some(weeks: Connection) -> None:
    assert [row.errors for row in lasting.points(weeks, **pair(weeks))] == [2, 2, 1]


def test_each_that_is_still_broken_with_how_long(weeks: Connection) -> None:
    rows = lasting.provisions(weeks, **pair(weeks))
    lines = [(row.what, row.organisation[-3:], row.since, row.days, row.problems) for row in rows]
    assert lines == [
        ("failing", "AAA", DAYS[0], 14, None),
        # Mended in between: since it failed again.
        ("failing", "BBB", DAYS[2], 0, None),
        ("errors", "EEE", DAYS[0], 14, 2),
    ]  # fmt: skip


def test_who_left_before_the_last_date_is_not_listed(weeks: Connection) -> None:
    """GGG failed on the second date. AAA failed before it, which is not asked."""
    rows = lasting.provisions(weeks, **pair(weeks, first=1))
    lines = [(row.organisation[-3:], row.since) for row in rows if row.what == "failing"]
    assert lines == [("AAA", DAYS[1])]


def test_the_line_ends_with_as_many_as_are_listed(weeks: Connection) -> None:
    for first in (0, 1):
        for denominator in ("statutory", "any", "all-lpas"):
            of = pair(weeks, first=first, denominator=denominator)
            rows = lasting.provisions(weeks, **of)
            last = lasting.points(weeks, **of)[-1]
            for what in ("failing", "errors"):
                assert getattr(last, what) == sum(row.what == what for row in rows)


def test_what_fails_is_listed_whoever_failed_before(weeks: Connection) -> None:
    """A platform's file is all that is known of when one worked: of none here."""
    which = pair(weeks)
    del which["compare_id"]
    rows = lasting.failing(weeks, **which)
    assert [(row.organisation[-3:], row.last_success_on) for row in rows] == [
        ("AAA", None),
        ("BBB", None),
        ("CCC", None),
    ]


def test_change_of_a_row() -> None:
    assert Growth("tree", "Tree", 10, 5, 3).change == -2
