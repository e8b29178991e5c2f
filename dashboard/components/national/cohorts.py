"""Cohorts of the programme side by side, each counted from the month it began."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dash.development.base_component import Component

from dashboard.components.design.element import Children
from dashboard.components.design.figure import Around
from dashboard.components.design.figures.lines import Line
from dashboard.components.design.tables import Column
from dashboard.components.national import coverage, trend
from dashboard.components.national import lines as line_charts
from dashboard.components.words import formatting
from performance_store.rows import CohortStart, CoveragePoint

TITLE = "Cohorts side by side"
_MONTH = 30.4375
_EVERY = 6


def draw(
    points: Sequence[CoveragePoint],
    starts: Sequence[CohortStart],
    *,
    around: Around,
) -> tuple[str, Component] | None:
    """A line a cohort, by months since it began, and before it a title that says who is furthest.
    In: points by cohort, and when cohorts began.

    Cohorts of fewer than five authorities are left out, and so is what was before their start.
    None when there are not two cohorts to put side by side.
    """
    starts_by_cohort = {start.cohort: start for start in starts}
    since_start_points = {
        name: [
            p
            for p in line
            if p.expected and months(starts_by_cohort[name].start_date, p.as_at) >= 0
        ]
        for name, line in trend.each(points).items()
        if name in starts_by_cohort and line[-1].organisations >= coverage.MIN_AUTHORITIES
    }
    lines = {name: line for name, line in since_start_points.items() if len(line) > 1}
    if len(lines) < 2:
        return None
    names = sorted(lines, key=lambda name: starts_by_cohort[name].start_date)
    best = _best(lines, starts_by_cohort)
    title = f"{TITLE}: highest {best[1]}" if best else TITLE
    return title, line_charts.draw(
        line_charts.Lines(
            id="cohort-line",
            title="Provided, as a share of expected, by months since each cohort began",
            headline=_headline(best),
            lines=[_line(lines[name], starts_by_cohort[name]) for name in names],
            share=True,
            by_months=True,
            columns=[Column("Cohort"), Column("Began"), Column("Months", numeric=True),
                     Column("Provided")],
            rows=_rows(lines, starts_by_cohort, names, every=around.as_table),
            around=around,
        )
    )  # fmt: skip


def _line(points: Sequence[CoveragePoint], start: CohortStart) -> Line:
    shares = [100 * p.endpoint / p.expected for p in points]
    ages = [months(start.start_date, p.as_at) for p in points]
    return Line(
        start.name,
        tuple(zip(ages, shares, strict=True)),
        tuple(coverage.share(p.endpoint, p.expected, p.organisations) for p in points),
    )


def months(start: date, on_date: date) -> float:
    """Months from a start to a date, with one decimal; negative before it."""
    return round((on_date - start).days / _MONTH, 1)


def _best(
    lines: dict[str, list[CoveragePoint]], starts: dict[str, CohortStart]
) -> tuple[float, str] | None:
    """The youngest age that all have reached, in months, and who was furthest then, in words; None
    where fewer than two can be compared."""
    age = min(months(starts[name].start_date, line[-1].as_at) for name, line in lines.items())
    then = {
        name: max(
            (p for p in line if months(starts[name].start_date, p.as_at) <= age),
            key=lambda p: p.as_at,
            default=None,
        )
        for name, line in lines.items()
    }
    there = {name: point for name, point in then.items() if point is not None}
    if len(there) < 2:
        return None
    shares = {name: point.endpoint / point.expected for name, point in there.items()}
    best = [name for name in there if shares[name] == max(shares.values())]
    words = formatting.alike(
        [
            (
                starts[name].name,
                coverage.share(
                    there[name].endpoint, there[name].expected, there[name].organisations
                ),
            )
            for name in best
        ]
    )
    return age, words


def _headline(best: tuple[float, str] | None) -> str:
    if best is None:
        return "We do not have figures for two cohorts at the same age yet, so we compare none."
    age, words = best
    return (
        f"{formatting.number(age)} months after starting, the age of the newest cohort, the "
        f"highest share was that of {words} provisions."
    )


def _rows(
    lines: dict[str, list[CoveragePoint]],
    starts: dict[str, CohortStart],
    names: Sequence[str],
    *,
    every: bool,
) -> list[list[Children]]:
    """Every half year of each cohort, and its newest date; or every point that is drawn."""
    rows: list[list[Children]] = []
    for name in names:
        start = starts[name].start_date
        halves: set[int] = set()
        for point in lines[name]:
            half = int(months(start, point.as_at) // _EVERY)
            if not every and half in halves and point is not lines[name][-1]:
                continue
            halves.add(half)
            rows.append(
                [
                    starts[name].name,
                    formatting.day(start),
                    formatting.number(months(start, point.as_at)),
                    coverage.share(point.endpoint, point.expected, point.organisations),
                ]
            )
    return rows
