"""Columns over time: widths by date, heights by count, a gap where nothing is said."""

from __future__ import annotations

from datetime import date, timedelta

from dashboard.components.provider import timeline
from dashboard.web.prerender import text_of, walk
from performance_store.rows import Annotation, OrganisationHistory

WEEKS = tuple(date(2026, 1, 1) + timedelta(weeks=week) for week in range(10))


def row(
    first: int, last: int, live: int, *, error: int = 0, expected: int = 8, problems: int = 0
) -> OrganisationHistory:
    """A run from one week to another."""
    return OrganisationHistory(
        as_at=WEEKS[first],
        last_as_at=WEEKS[last],
        snapshots=last - first + 1,
        kind="sample",
        expected=expected,
        provided=live + error,
        live=live,
        needs_improving=0,
        error=error,
        problems_to_fix=problems,
        rows_to_fix=None,
    )


def rects(rows: list[OrganisationHistory], dates: tuple[date, ...] = WEEKS) -> list[dict[str, str]]:
    markup = timeline.columns(rows, dates, "What it shows")
    return [item.attributes for item in walk(markup) if getattr(item, "tag", "") == "rect"]


def columns(
    rows: list[OrganisationHistory], dates: tuple[date, ...] = WEEKS
) -> list[tuple[int, int]]:
    """From where to where each column stands."""
    items = [item for item in rects(rows, dates) if item["className"] == "bar-track"]
    lefts = [float(item["x"]) for item in items]
    widths = [float(item["width"]) for item in items]
    return [(round(x), round(x + width)) for x, width in zip(lefts, widths, strict=True)]


def test_columns_alike_are_one() -> None:
    assert len(rects([row(week, week, 4, problems=week) for week in range(10)])) == 2


def test_a_column_reaches_to_the_next_date() -> None:
    assert columns([row(0, 2, 1), row(3, 8, 2), row(9, 9, 3)]) == [(0, 30), (30, 90), (90, 100)]
    # By date, however many snapshots there are in it.
    few = (WEEKS[0], WEEKS[1], WEEKS[8], WEEKS[9])
    assert columns([row(0, 1, 1), row(8, 9, 2)], few) == [(0, 80), (80, 100)]


def test_a_date_that_says_nothing_leaves_a_gap() -> None:
    assert columns([row(0, 2, 1), row(5, 9, 2)]) == [(0, 30), (50, 100)]
    # Those before and after it are not one, alike as they may be.
    assert columns([row(0, 2, 1), row(5, 9, 1)]) == [(0, 30), (50, 100)]


def test_a_history_that_has_ended_ends_at_the_next_date() -> None:
    assert columns([row(0, 1, 1), row(2, 3, 2)]) == [(0, 50), (50, 100)]


def test_one_date_alone_can_be_drawn() -> None:
    assert columns([row(0, 0, 1)], WEEKS[:1]) == [(0, 100)]


def test_heights_are_parts_of_what_was_expected() -> None:
    markup = rects([row(0, 9, 4, error=2)])
    heights = {item["className"]: float(item["height"]) for item in markup}
    assert heights == {"bar-track": 60, "fill-good": 30, "fill-bad": 15}


def test_more_provided_than_expected_still_fits() -> None:
    markup = rects([row(0, 9, 9, expected=2)])
    assert all(float(item["height"]) <= 60 for item in markup)


def test_nothing_expected_and_nothing_provided_can_be_drawn() -> None:
    assert [float(item["height"]) for item in rects([row(0, 9, 0, expected=0)])] == [0]


def test_the_legend_names_what_occurs() -> None:
    sentence = text_of(timeline.legend([row(0, 9, 4, error=2)]))
    assert "Live" in sentence
    assert "Error" in sentence
    assert "Needs improving" not in sentence


def test_changes_of_rules_are_told_with_the_history() -> None:
    note = Annotation(date(2026, 1, 5), "rule", "sample", "A new check", "More is checked.", None)
    assert timeline.notes([]) is None
    assert "5 January 2026: A new check. More is checked." in text_of(timeline.notes([note]))
