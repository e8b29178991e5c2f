"""How a past becomes points of a chart, and how changes of rules are numbered on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dashboard.components.design.chart import Dates
from dashboard.components.provider import timeline
from dashboard.components.provider.runs import end_of
from dashboard.web.prerender import text_of
from performance_store.rows import Annotation

WEEKS = tuple(date(2026, 1, 1) + timedelta(weeks=week) for week in range(10))


@dataclass(frozen=True)
class Run:
    """A run from one week to another."""

    as_at: date
    last_as_at: date


def run(first: int, last: int) -> Run:
    return Run(WEEKS[first], WEEKS[last])


def test_points_are_where_something_begins_or_is_over_and_at_the_end() -> None:
    days = timeline.days_of_change([run(0, 2), run(5, 9)], WEEKS)
    assert days == (WEEKS[0], WEEKS[3], WEEKS[5], WEEKS[9])


def test_each_day_has_its_run_and_a_gap_has_none() -> None:
    first, second = run(0, 2), run(5, 9)
    days = (WEEKS[0], WEEKS[2], WEEKS[3], WEEKS[5], WEEKS[9])
    assert timeline.on([first, second], days) == [first, first, None, second, second]
    assert timeline.on([second], WEEKS[:1]) == [None]


def test_what_is_over_ends_with_the_next_date_and_what_is_not_goes_on() -> None:
    assert end_of(WEEKS[2], WEEKS) == WEEKS[3]
    assert end_of(WEEKS[9], WEEKS) == WEEKS[9] + timedelta(weeks=1)
    assert end_of(WEEKS[0], WEEKS[:1]) == WEEKS[0] + timedelta(days=1)


def test_changes_of_rules_have_the_same_numbers_on_the_chart_and_below() -> None:
    def note(day: int, title: str) -> Annotation:
        return Annotation(date(2026, 1, day), "rule", "sample", title, "More is checked.", None)

    notes = [note(20, "A third check"), note(5, "A new check"), note(5, "Another check")]
    assert timeline.notes([]) is None
    words = text_of(timeline.notes(notes))
    assert "3 changes of rules in this period, numbered on the charts" in words
    assert "5 January 2026: A new check. More is checked. Another check. More is checked." in words
    assert words.index("A new check") < words.index("A third check")
    whole = Dates(date(2026, 1, 1), date(2026, 2, 1))
    assert timeline.marks(notes, whole) == ((date(2026, 1, 5), "1"), (date(2026, 1, 20), "2"))
    # A number stays its own where others are not on the chart.
    late = Dates(date(2026, 1, 10), date(2026, 2, 1))
    assert timeline.marks(notes, late) == ((date(2026, 1, 20), "2"),)


def test_a_long_table_has_the_newest_rows_and_says_so() -> None:
    rows = [[str(number)] for number in range(45)]
    cells, note = timeline.newest(rows)
    assert cells == rows[:30]
    assert text_of(note) == "The table has the newest 30 of 45 rows."
    assert timeline.newest(rows[:30]) == (rows[:30], [])
