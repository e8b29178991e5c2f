"""How far types of issue are spread through time: which are drawn, what they show, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dash.development.base_component import Component

from dashboard.components.design.chart import chart
from dashboard.components.design.element import Children
from dashboard.components.design.figure import Around
from dashboard.components.design.figures.coverage import Line, look, over_time
from dashboard.components.design.tables import Column
from dashboard.components.national import trend
from dashboard.components.national.issue_spread import Measure, titles
from dashboard.components.words import formatting
from performance_store.rows import Annotation, IssueTypePoint

MOST_LINES = 6
_MOST_ROWS = 30


@dataclass(frozen=True, slots=True)
class IssueTrend:
    """What to draw: the points, oldest first; the types asked for (none: the most widespread);
    provisions or rows; what changed in the counting; and what stands around it."""

    points: tuple[IssueTypePoint, ...]
    types: tuple[str, ...]
    measure: Measure
    notes: tuple[Annotation, ...]
    around: Around


def dates(points: Sequence[IssueTypePoint]) -> dict[date, int]:
    """The dates, and of how many provisions issues were known on each."""
    return {point.as_at: point.provisions for point in points if not point.issue_type}


def drawn_types(wanted: IssueTrend) -> list[str]:
    """Which types have a line: those asked for, else the most widespread on the newest date."""
    if wanted.types:
        return list(wanted.types)
    newest = max(dates(wanted.points))
    now = [point for point in wanted.points if point.as_at == newest and point.issue_type]
    ranked = sorted(now, key=lambda point: (-_value(point, wanted.measure), point.issue_type))
    return [point.issue_type for point in ranked[:MOST_LINES]]


def draw(wanted: IssueTrend) -> Component:
    """The chart with its finding, key, table, file, and the changes of rules in words."""
    marks = trend.numbered(wanted.notes)
    values = _values(wanted)
    names = _names(wanted)
    lines = [Line(names[name], tuple(line.items())) for name, line in values.items()]
    unit = wanted.measure
    return chart(
        over_time(
            lines,
            [(on_date, label) for on_date, (label, _) in marks.items()],
            share=False,
            unit=unit,
        ),
        id="issue-lines",
        title=f"{unit.capitalize()} with each kind of issue",
        finding=_finding(wanted, values, names),
        columns=[
            Column("Date"),
            *(Column(line.name, numeric=True) for line in lines),
            Column("Provisions looked at", numeric=True),
        ],
        rows=_rows(wanted, values),
        legend=[(line.name, *look(number)) for number, line in enumerate(lines)],
        notes=[trend.told_below(marks)] if marks else [],
        around=wanted.around,
    )


def _values(wanted: IssueTrend) -> dict[str, dict[date, float | None]]:
    """Each line by date. Who is not in a date's list had nobody; before a check was made, and
    where nothing was looked at, it is not known."""
    found = {(point.as_at, point.issue_type): point for point in wanted.points}
    began = {
        note.subject: note.on_date
        for note in wanted.notes
        if note.kind == "rule" and note.title.startswith("New check")
    }
    lines: dict[str, dict[date, float | None]] = {}
    for name in drawn_types(wanted):
        line: dict[date, float | None] = {}
        for day, looked in dates(wanted.points).items():
            point = found.get((day, name))
            if point is not None:
                line[day] = float(_value(point, wanted.measure))
            elif not looked or day < began.get(name, day):
                line[day] = None
            else:
                line[day] = 0.0
        lines[name] = line
    return lines


def _value(point: IssueTypePoint, measure: Measure) -> int:
    return point.provisions if measure == "provisions" else point.rows


def _names(wanted: IssueTrend) -> dict[str, str]:
    known = {point.issue_type: point.name for point in wanted.points}
    return titles({name: known.get(name) for name in drawn_types(wanted)})


def _finding(
    wanted: IssueTrend, values: dict[str, dict[date, float | None]], names: dict[str, str]
) -> str:
    looked = dates(wanted.points)
    first, last = min(looked), max(looked)
    if not values:
        return f"No issues were found on {formatting.day(last)}."
    top, line = next(iter(values.items()))
    began = "Most widespread" if len(values) > 1 else "The issue"

    def said(day: date) -> str:
        count = line[day]
        if count is None:
            return "not checked"
        if wanted.measure == "rows":
            return formatting.plural(int(count), "row")
        return f"{formatting.n_of(int(count), looked[day])} provisions"

    return (
        f"{began}: “{names[top]}”, {said(last)} on {formatting.day(last)}; "
        f"{said(first)} on {formatting.day(first)}."
    )


def _rows(wanted: IssueTrend, values: dict[str, dict[date, float | None]]) -> list[list[Children]]:
    """The newest dates; the file has all of them."""
    looked = dates(wanted.points)
    return [
        [
            formatting.short_day(day),
            *(
                None if line[day] is None else formatting.number(line[day])
                for line in values.values()
            ),
            formatting.number(looked[day]),
        ]
        for day in sorted(looked, reverse=True)[:_MOST_ROWS]
    ]
