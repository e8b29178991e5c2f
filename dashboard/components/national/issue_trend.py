"""How far types of issue are spread through time: which are drawn, what they show, as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dash.development.base_component import Component

from dashboard.components.design.element import Children
from dashboard.components.design.figure import Around
from dashboard.components.design.figures.lines import Line
from dashboard.components.design.tables import Column
from dashboard.components.national import lines
from dashboard.components.national.issue_spread import Measure, titles
from dashboard.components.words import formatting
from performance_store.rows import Annotation, IssueTypePoint

MOST_LINES = 6
_MOST_ROWS = 30


@dataclass(frozen=True, slots=True)
class IssueTrend:
    """What to draw: the points, oldest first; the types to show (none: the most widespread);
    provisions or rows; what changed in the counting; where each type leads; and what stands around
    it."""

    points: tuple[IssueTypePoint, ...]
    types: tuple[str, ...]
    measure: Measure
    notes: tuple[Annotation, ...]
    href: Callable[[str], str]
    around: Around


def dates(points: Sequence[IssueTypePoint]) -> dict[date, int]:
    """The dates, and of how many provisions issues were known on each."""
    return {point.as_at: point.provisions for point in points if not point.issue_type}


def line_types(view: IssueTrend) -> list[str]:
    """Types with a line: those the reader chose, else the most widespread on the newest date."""
    if view.types:
        return list(view.types)
    newest = max(dates(view.points))
    now = [point for point in view.points if point.as_at == newest and point.issue_type]
    ranking = sorted(now, key=lambda point: (-_value(point, view.measure), point.issue_type))
    return [point.issue_type for point in ranking[:MOST_LINES]]


def draw(view: IssueTrend) -> Component:
    """The chart with its finding, table, file, and the changes of rules in words."""
    values = _values(view)
    names = _names(view)
    return lines.draw(
        lines.Lines(
            id="issue-lines",
            title=f"{view.measure.capitalize()} with each kind of issue",
            headline=_headline(view, values, names),
            lines=[Line(names[key], tuple(line.items())) for key, line in values.items()],
            share=False,
            columns=[
                Column("Date"),
                *(Column(names[key], numeric=True) for key in values),
                Column("Provisions checked", numeric=True),
            ],
            rows=_rows(view, values),
            marks=view.notes,
            hrefs={names[key]: view.href(key) for key in values},
            around=view.around,
        )
    )


def _values(view: IssueTrend) -> dict[str, dict[date, float | None]]:
    """Each line by date. Who is not in a date's list had nobody; before a check was made, and
    where nothing was looked at, it is not known."""
    by_place = {(point.as_at, point.issue_type): point for point in view.points}
    first_checks = {
        note.subject: note.on_date
        for note in view.notes
        if note.kind == "rule" and note.title.startswith("New check")
    }
    by_type: dict[str, dict[date, float | None]] = {}
    for name in line_types(view):
        line: dict[date, float | None] = {}
        for day, count in dates(view.points).items():
            point = by_place.get((day, name))
            if point is not None:
                line[day] = float(_value(point, view.measure))
            elif not count or day < first_checks.get(name, day):
                line[day] = None
            else:
                line[day] = 0.0
        by_type[name] = line
    return by_type


def _value(point: IssueTypePoint, measure: Measure) -> int:
    return point.provisions if measure == "provisions" else point.problems


def _names(view: IssueTrend) -> dict[str, str]:
    platform_names = {point.issue_type: point.name for point in view.points}
    return titles({name: platform_names.get(name) for name in line_types(view)})


def _headline(
    view: IssueTrend, values: dict[str, dict[date, float | None]], names: dict[str, str]
) -> str:
    counts = dates(view.points)
    first, last = min(counts), max(counts)
    if not values:
        return f"No issues were found on {formatting.day(last)}."
    lead = "Most widespread" if len(values) > 1 else "The issue"
    if len(values) > 1 and view.types:
        lead = "Of these, most widespread"

    def words(name: str, day: date) -> str:
        count = values[name][day]
        if count is None:
            return "not checked"
        if view.measure == "problems":
            return formatting.plural(int(count), "problem")
        return f"{formatting.n_of(int(count), counts[day])} provisions"

    most = max(_newest(line) for line in values.values())
    top = [name for name, line in values.items() if _newest(line) == most]
    title = formatting.some([f"“{names[name]}”" for name in top])
    now = f"{words(top[0], last)}{' each' if len(top) > 1 else ''} on {formatting.day(last)}"
    then = f"; {words(top[0], first)} on {formatting.day(first)}" if len(top) == 1 else ""
    return f"{lead}: {title}, {now}{then}."


def _newest(line: Mapping[date, float | None]) -> float:
    """The value on the newest date; what is not known is less than any."""
    value = line[max(line)]
    return -1.0 if value is None else value


def _rows(view: IssueTrend, values: dict[str, dict[date, float | None]]) -> list[list[Children]]:
    """The newest dates; the file has all of them."""
    counts = dates(view.points)
    return [
        [
            formatting.short_day(day),
            *(
                None if line[day] is None else formatting.number(line[day])
                for line in values.values()
            ),
            formatting.number(counts[day]),
        ]
        for day in sorted(counts, reverse=True)[:_MOST_ROWS]
    ]
