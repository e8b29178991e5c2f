"""Coverage over time: which lines are drawn, what they show, and the same as a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from dash import html
from dash.development.base_component import Component

from dashboard.components.design import text
from dashboard.components.design.chart import chart
from dashboard.components.design.element import Children
from dashboard.components.design.figure import Around
from dashboard.components.design.figures.coverage import Line, look, over_time
from dashboard.components.design.tables import Column
from dashboard.components.national import coverage, movement
from dashboard.components.words import formatting
from performance_store.rows import Annotation, CoveragePoint, Movement

MOST_LINES = 8
_MOST_ROWS = 30


@dataclass(frozen=True, slots=True)
class Trend:
    """What to draw: points of all together and of each, oldest first; whether a line for each
    (dataset, or `of` what), which ones (none: the fullest eight), as a share; what to tell; and
    what stands around it. `id` tells two charts of a page apart. `growth`: what the change
    from the first date to the last is made of."""

    points: tuple[CoveragePoint, ...]
    by_dataset: bool
    datasets: tuple[str, ...]
    share: bool
    rebuilt: bool
    notes: tuple[Annotation, ...]
    around: Around
    of: str = "dataset"
    id: str = "national-line"
    growth: Movement | None = None


def together(points: Sequence[CoveragePoint]) -> tuple[CoveragePoint, ...]:
    """The points of all datasets together."""
    return tuple(point for point in points if not point.key)


def each(points: Sequence[CoveragePoint]) -> Mapping[str, list[CoveragePoint]]:
    """The points of each dataset."""
    lines: dict[str, list[CoveragePoint]] = defaultdict(list)
    for point in points:
        if point.key:
            lines[point.key].append(point)
    return lines


def line_keys(trend: Trend) -> list[str]:
    """Datasets (regions, cohorts) with a line: those the reader chose, else the fullest, in the
    newest order."""
    lines = each(trend.points)
    newest = max(point.as_at for point in trend.points)
    alive = [name for name in lines if lines[name][-1].as_at == newest]
    ranking = sorted(
        alive, key=lambda name: (-_rank(trend, lines[name][-1]), lines[name][-1].label)
    )
    choices = [name for name in ranking if name in trend.datasets]
    return (choices or ranking)[: MOST_LINES if trend.of == "dataset" else None]


def _rank(trend: Trend, point: CoveragePoint) -> float:
    """Datasets are expected of about as many authorities each, so counts compare; regions and
    cohorts differ in size."""
    if trend.of == "dataset":
        return point.endpoint
    return point.endpoint / point.expected if point.expected else 0.0


def draw(trend: Trend) -> Component:
    """The chart with its finding, key, table, file and annotations in words."""
    marks = marks_by_date(trend.notes)
    lines = _by_dataset(trend) if trend.by_dataset else _of_all(trend)
    return chart(
        over_time(
            lines,
            [(on_date, label) for on_date, (label, _) in marks.items()],
            share=trend.share,
            rebuilt=trend.rebuilt,
        ),
        id=trend.id,
        title="Provided, as a share of expected" if trend.share else "Provisions provided",
        headline=_headline(trend),
        columns=_columns(trend),
        rows=_rows(trend),
        legend=[(line.name, *look(number)) for number, line in enumerate(lines)],
        notes=[*([notes_below(marks)] if marks else []), *_members(trend)],
        around=trend.around,
    )


def _of_all(trend: Trend) -> list[Line]:
    points = together(trend.points)
    words = "Provided (rebuilt)" if trend.rebuilt else "Provided"
    lines = [Line(words, _points(points, trend.share))]
    if not trend.share:
        expected = tuple((point.as_at, float(point.expected)) for point in points)
        lines.append(Line("Expected", expected))
    return lines


def _by_dataset(trend: Trend) -> list[Line]:
    lines = each(trend.points)
    return [
        Line(
            line_name(lines[name][-1]),
            _points(lines[name], trend.share),
        )
        for name in line_keys(trend)
    ]


def _points(points: Sequence[CoveragePoint], share: bool) -> tuple[tuple[date, float | None], ...]:
    """The points of a line. A line of shares breaks where what it is a share of changed by a
    twentieth or more: it did not fall, it began anew."""
    values: list[tuple[date, float | None]] = []
    before: CoveragePoint | None = None
    for point in points:
        if share and before is not None:
            step = abs(point.expected - before.expected)
            if step * 20 >= before.expected:
                values.append((point.as_at, None))
        values.append((point.as_at, _value(point, share)))
        before = point
    return tuple(values)


def _value(point: CoveragePoint, share: bool) -> float | None:
    if not share:
        return float(point.endpoint)
    if not point.expected or point.organisations < coverage.MIN_AUTHORITIES:
        return None
    return round(100 * point.endpoint / point.expected, 1)


def _headline(trend: Trend) -> str:
    points = together(trend.points)
    first, last = points[0], points[-1]
    if trend.by_dataset:
        lines = each(trend.points)
        names = line_keys(trend)
        newest = [lines[name][-1] for name in names]
        day = formatting.day(last.as_at)
        of_datasets = trend.of == "dataset"
        most, least = coverage.ends(
            [
                (
                    _rank(trend, point),
                    _low(point.label) if of_datasets else line_name(point),
                    coverage.share(point.endpoint, point.expected, point.organisations),
                )
                for point in newest
            ]
        )
        if of_datasets:
            sentence, more = f"On {day} most authorities provided {most}", f"fewest {least}"
        else:
            sentence, more = f"On {day} coverage was highest in {most}", f"lowest in {least}"
        # Each provision of a dataset is another authority's.
        unit = "authorities" if of_datasets else "provisions"
        return f"{sentence}{f'; of those shown, {more}' if least else ''} {unit}."
    then = coverage.share(first.endpoint, first.expected, first.organisations)
    now = coverage.share(last.endpoint, last.expected, last.organisations)
    sentence = (
        f"Provided: {then} on {formatting.day(first.as_at)}, {now} on {formatting.day(last.as_at)}."
    )
    if first.expected != last.expected:
        words = "More" if last.expected > first.expected else "Fewer"
        sentence += f" {words} are expected now than then, so the two shares cannot be compared."
    if trend.growth is not None and movement.others(trend.growth):
        sentence += f" The change: {movement.change(trend.growth)}."
    return sentence


def line_name(point: CoveragePoint) -> str:
    """What a line is of."""
    if point.key == "none":
        return "no cohort or region"
    return _name(point.label)


def _columns(trend: Trend) -> list[Column]:
    if trend.by_dataset:
        lines = each(trend.points)
        names = [line_name(lines[name][-1]) for name in line_keys(trend)]
        return [Column("Date"), *(Column(name, numeric=True) for name in names), Column("Of each")]
    return [
        Column("Date"),
        Column("Provided"),
        Column("Authorities providing something"),
        Column("Authorities providing everything"),
    ]


def _rows(trend: Trend) -> list[list[Children]]:
    """The newest dates below a chart, every one in its place; the file has all of them."""
    most = 0 if trend.around.as_table else _MOST_ROWS
    if not trend.by_dataset:
        points = together(trend.points)[-most:]
        return [
            [
                formatting.short_day(point.as_at),
                coverage.share(point.endpoint, point.expected, point.organisations),
                formatting.n_of(point.organisations_some, point.organisations),
                formatting.n_of(point.organisations_all, point.organisations),
            ]
            for point in reversed(points)
        ]
    names = line_keys(trend)
    lines = each(trend.points)
    by_date = {name: {point.as_at: point for point in lines[name]} for name in names}
    days = sorted({day for line_points in by_date.values() for day in line_points})[-most:]
    rows: list[list[Children]] = []
    for day in reversed(days):
        there = [by_date[name].get(day) for name in names]
        sizes = {point.expected for point in there if point is not None}
        of_each = formatting.number(max(sizes)) if len(sizes) == 1 else "differs"
        rows.append(
            [
                formatting.short_day(day),
                *(formatting.number(point.endpoint) if point else None for point in there),
                of_each,
            ]
        )
    return rows


def _members(trend: Trend) -> list[Component]:
    """Where the authorities of a line are others than the date before: the line moves with them
    even if nobody does anything."""
    lines = {"": together(trend.points)}
    if trend.by_dataset and trend.of != "dataset":
        every = each(trend.points)
        lines = {f"{line_name(every[name][-1])}, ": tuple(every[name]) for name in line_keys(trend)}
    words: list[Children] = [
        f"{formatting.day(now.as_at)}: {name}from {formatting.number(then.organisations)} to "
        f"{formatting.plural(now.organisations, 'authority', 'authorities')}"
        for name, points in lines.items()
        for then, now in pairwise(points)
        if then.organisations != now.organisations
    ]
    if not words:
        return []
    many = "once" if len(words) == 1 else f"{formatting.number(len(words))} times"
    title = f"The number of authorities counted changed {many}, and the line with it"
    return [text.details(title, text.bullets(words))]


def marks_by_date(notes: Sequence[Annotation]) -> dict[date, tuple[str, list[Annotation]]]:
    """Annotations by date, each date with its number."""
    by_date: dict[date, list[Annotation]] = {}
    for note in notes:
        by_date.setdefault(note.on_date, []).append(note)
    return {day: (str(n), by_date[day]) for n, day in enumerate(sorted(by_date), start=1)}


def notes_below(marks: Mapping[date, tuple[str, list[Annotation]]]) -> Component:
    """What the numbered lines of a chart mark, in words."""
    return html.Div(
        [
            text.paragraph("The numbered lines mark changes to the rules or to who is counted:"),
            text.steps([note_words(on_date, notes) for on_date, (_, notes) in marks.items()]),
        ],
        className="chart-notes",
    )


def notes_beside(notes: Sequence[Annotation]) -> Component | None:
    """What changed in the counting in the period of the numbers, where nothing is marked."""
    if not notes:
        return None
    return html.Div(
        [
            text.paragraph("The way of counting changed in this period:"),
            text.bullets([note_words(note.on_date, [note]) for note in notes]),
        ],
        className="chart-notes",
    )


def note_words(on_date: date, notes: Sequence[Annotation]) -> list[Children]:
    """What changed in the counting on a date, in words."""
    words: list[Children] = [html.Strong(f"{formatting.day(on_date)}: ")]
    for number, note in enumerate(notes):
        words += [
            " " if number else "",
            html.Strong(formatting.sentence(note.title)),
            f" {note.text}",
        ]
    return words


def _name(label: str) -> str:
    return label[:1].upper() + label[1:]


def _low(label: str) -> str:
    return label[:1].lower() + label[1:] if label[1:2].islower() else label
