"""Columns over time: widths by date, heights by count."""

from __future__ import annotations

from datetime import date, timedelta

from dashboard.components.provider import timeline
from dashboard.web.prerender import text_of, walk
from performance_store.rows import Annotation, OrganisationHistory


def row(day: int, live: int, *, error: int = 0, expected: int = 8) -> OrganisationHistory:
    return OrganisationHistory(
        as_at=date(2026, 1, 1) + timedelta(days=day),
        kind="sample",
        expected=expected,
        provided=live + error,
        live=live,
        needs_improving=0,
        error=error,
        problems_to_fix=None,
        rows_to_fix=None,
    )


def rects(rows: list[OrganisationHistory]) -> list[dict[str, str]]:
    markup = timeline.columns(rows, "What it shows")
    return [item.attributes for item in walk(markup) if getattr(item, "tag", "") == "rect"]


def test_columns_alike_are_one() -> None:
    assert len(rects([row(day, 4) for day in range(100)])) == 2


def test_a_column_reaches_to_the_next_date() -> None:
    track = [item for item in rects([row(0, 1), row(30, 2), row(40, 3)])
             if item["className"] == "bar-track"]  # fmt: skip
    assert [round(float(item["x"])) for item in track] == [0, 43, 57]


def test_heights_are_parts_of_what_was_expected() -> None:
    markup = rects([row(0, 4, error=2)])
    heights = {item["className"]: float(item["height"]) for item in markup}
    assert heights == {"bar-track": 60, "fill-good": 30, "fill-bad": 15}


def test_more_provided_than_expected_still_fits() -> None:
    markup = rects([row(0, 9, expected=2)])
    assert all(float(item["height"]) <= 60 for item in markup)


def test_nothing_expected_and_nothing_provided_can_be_drawn() -> None:
    assert [float(item["height"]) for item in rects([row(0, 0, expected=0)])] == [0]


def test_the_legend_names_what_occurs() -> None:
    sentence = text_of(timeline.legend([row(0, 4, error=2)]))
    assert "Live" in sentence
    assert "Error" in sentence
    assert "Needs improving" not in sentence


def test_changes_of_rules_are_told_with_the_history() -> None:
    note = Annotation(date(2026, 1, 5), "rule", "sample", "A new check", "More is checked.", None)
    assert timeline.notes([]) is None
    assert "5 January 2026: A new check. More is checked." in text_of(timeline.notes([note]))
