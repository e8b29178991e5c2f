"""Cohorts of the programme side by side, each counted from the month it began."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dash.development.base_component import Component

from dashboard.components.design.chart import chart
from dashboard.components.design.element import Children
from dashboard.components.design.figure import Around
from dashboard.components.design.figures.coverage import look, since_start
from dashboard.components.design.tables import Column
from dashboard.components.national import coverage, trend
from dashboard.components.words import formatting
from performance_store.rows import CohortStart, CoveragePoint

_MONTH = 30.4375
_EVERY = 6


def aligned(
    points: Sequence[CoveragePoint],
    starts: Sequence[CohortStart],
    *,
    around: Around,
) -> Component | None:
    """A line a cohort, by months since it began. In: points by cohort, and when cohorts began.

    Cohorts of fewer than five authorities are left out, and so is what was before their start.
    None when there are not two cohorts to put side by side.
    """
    began = {start.cohort: start for start in starts}
    known = {
        name: [p for p in line if p.expected and months(began[name].start_date, p.as_at) >= 0]
        for name, line in trend.each(points).items()
        if name in began and line[-1].organisations >= coverage.WITHHELD
    }
    lines = {name: line for name, line in known.items() if len(line) > 1}
    if len(lines) < 2:
        return None
    ordered = sorted(lines, key=lambda name: began[name].start_date)
    drawn = [
        (
            began[name].name,
            [
                (months(began[name].start_date, p.as_at), round(100 * p.endpoint / p.expected, 1))
                for p in lines[name]
            ],
        )
        for name in ordered
    ]
    return chart(
        since_start(drawn),
        id="cohort-line",
        title="Provided, as a share of expected, by months since each cohort began",
        finding=_finding(lines, began),
        columns=[Column("Cohort"), Column("Began"), Column("Months", numeric=True),
                 Column("Provided")],
        rows=_rows(lines, began, ordered, every=around.as_table),
        legend=[(name, *look(number)) for number, (name, _) in enumerate(drawn)],
        around=around,
    )  # fmt: skip


def months(start: date, on_date: date) -> float:
    """Months from a start to a date, with one decimal; negative before it."""
    return round((on_date - start).days / _MONTH, 1)


def _finding(lines: dict[str, list[CoveragePoint]], began: dict[str, CohortStart]) -> str:
    """The youngest age that all have reached, and how far each was then."""
    age = min(months(began[name].start_date, line[-1].as_at) for name, line in lines.items())
    then = {
        name: max(
            (p for p in line if months(began[name].start_date, p.as_at) <= age),
            key=lambda p: p.as_at,
            default=None,
        )
        for name, line in lines.items()
    }
    there = {name: point for name, point in then.items() if point is not None}
    if not there:
        return "The cohorts have no month in common yet."
    best = max(there, key=lambda name: there[name].endpoint / there[name].expected)
    point = there[best]
    words = coverage.share(point.endpoint, point.expected, point.organisations)
    return (
        f"{formatting.number(age)} months after its start, as far as the youngest has come, "
        f"{began[best].name} had come furthest: {words} provisions."
    )


def _rows(
    lines: dict[str, list[CoveragePoint]],
    began: dict[str, CohortStart],
    ordered: Sequence[str],
    *,
    every: bool,
) -> list[list[Children]]:
    """Every half year of each cohort, and its newest date; or every point that is drawn."""
    rows: list[list[Children]] = []
    for name in ordered:
        start = began[name].start_date
        seen: set[int] = set()
        for point in lines[name]:
            half = int(months(start, point.as_at) // _EVERY)
            if not every and half in seen and point is not lines[name][-1]:
                continue
            seen.add(half)
            rows.append(
                [
                    began[name].name,
                    formatting.day(start),
                    formatting.number(months(start, point.as_at)),
                    coverage.share(point.endpoint, point.expected, point.organisations),
                ]
            )
    return rows
