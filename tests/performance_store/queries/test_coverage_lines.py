"""Lines of what is kept for everything: read in runs, they say what each date says."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any, get_args

import pytest
from sqlalchemy import Connection, text

from performance_store.definitions.vocabulary import DENOMINATORS
from performance_store.queries import coverage_lines, grid, national, trends
from performance_store.queries.fetch import together
from performance_store.rows import Coverage
from performance_store.schema.national import COVERAGE_COUNTS

pytestmark = pytest.mark.postgres
COUNTS = (
    *("expected", "endpoint", "reachable", "error_free", "fresh"),
    *("organisations", "organisations_some", "organisations_all"),
)
LAST = date(2026, 8, 14)
"""The last date but one of the sample."""


@pytest.mark.parametrize("denominator", DENOMINATORS)
@pytest.mark.parametrize("by", get_args(coverage_lines.By))
def test_each_line_is_what_each_date_says(ask: Connection, denominator: str, by: Any) -> None:
    if denominator == "all-lpas" and by == "cohort":
        return
    rows = ask.execute(
        text(
            f"SELECT n.as_at, c.value || c.dataset, coalesce(x.name, c.value || c.dataset), "
            f"{', '.join(f'c.{name}' for name in COUNTS)} FROM coverage c "
            f"JOIN snapshot n ON n.id = c.snapshot_id "
            f"LEFT JOIN {by} x ON x.{by} = c.value || c.dataset "
            "WHERE c.denominator = :denominator AND c.dimension IN ('all', :by) "
            "AND n.as_at <= :until ORDER BY n.as_at, c.value || c.dataset"
        ),
        {"denominator": denominator, "by": by, "until": LAST},
    )
    where = {"kind": "sample", "denominator": denominator, "until": LAST, "by": by}
    points = trends.lines(ask, **where)
    names = ("as_at", "key", "label", *COUNTS)
    assert [tuple(getattr(p, name) for name in names) for p in points] == [tuple(r) for r in rows]
    assert len({point.as_at for point in points}) == 11
    assert together(ask, [partial(trends.lines, **where)]) == [points]


@pytest.mark.parametrize("denominator", DENOMINATORS)
def test_all_together_is_what_each_date_says(ask: Connection, denominator: str) -> None:
    ids = ask.scalars(text("SELECT id FROM snapshot ORDER BY as_at")).all()
    pictures = [national.totals(ask, snapshot_id=snapshot_id) for snapshot_id in ids]
    truth = [row for rows in pictures for row in rows if row.denominator == denominator]
    where = {"kind": "sample", "denominator": denominator}
    assert list(national.coverage_over_time(ask, **where)) == truth
    assert together(ask, [partial(national.coverage_over_time, **where)]) == [tuple(truth)]
    assert national.coverage_over_time(ask, kind="registers", denominator=denominator) == ()


def test_counts_are_named_as_the_fields_of_a_row() -> None:
    fields = list(Coverage.__dataclass_fields__)
    assert fields[-len(COVERAGE_COUNTS) :] == list(COVERAGE_COUNTS)


@pytest.mark.parametrize(("nights", "dates"), [(160, 160), (161, 24), (400, 58)])
def test_of_many_dates_the_last_of_each_week_is_told(
    ask: Connection, nights: int, dates: int
) -> None:
    """Weeks begin on Monday."""
    last = date(2024, 12, 31)  # a Tuesday, of the first week of 2025
    days = [last - timedelta(days=back) for back in range(nights)][::-1]
    with ask.engine.connect() as connection:
        connection.execute(
            text(
                "INSERT INTO snapshot (load_id, as_at, kind, scope, fingerprint, ruleset_version, "
                "issue_rules, knows) SELECT s.load_id, d, 'platform', s.scope, 'night', "
                "s.ruleset_version, s.issue_rules, s.knows FROM current_snapshot s, "
                "unnest(CAST(:days AS date[])) d"
            ),
            {"days": days},
        )
        where = {"kind": "platform", "until": last}
        answer = connection.scalar(text(f"WITH {grid.DATES} SELECT days FROM grid"), where)
        connection.rollback()
    last_of_week = {day.isocalendar()[:2]: day for day in days}
    assert answer == (days if nights == 160 else list(last_of_week.values()))
    assert len(answer) == dates
