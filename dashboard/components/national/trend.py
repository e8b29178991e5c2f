"""Coverage over time: which lines are drawn, what they show, and the same as a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dash.development.base_component import Component

from dashboard.components.design import text
from dashboard.components.design.element import Children
from dashboard.components.design.figure import Around
from dashboard.components.design.figures.lines import Line
from dashboard.components.design.tables import Column
from dashboard.components.national import coverage, lines, movement
from dashboard.components.words import formatting
from performance_store.rows import Annotation, CoveragePoint, Movement

MOST_LINES = 8
_MOST_ROWS = 30


@dataclass(frozen=True, slots=True)
class Trend:
    """What to draw: points of all together and of each, oldest first; whether a line for each
    (dataset, or `of` what), which ones (none: the fullest eight), as a share; what to tell; and
    what stands around it. `id` tells two charts of a page apart. `growth`: what the change
    from the first date to the last is made of. `href`: where the line of a key leads."""

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
    href: Callable[[str], str] | None = None


def together(points: Sequence[CoveragePoint]) -> tuple[CoveragePoint, ...]:
    """The points of all datasets together."""
    return tuple(point for point in points if not point.key)


def each(points: Sequence[CoveragePoint]) -> Mapping[str, list[CoveragePoint]]:
    """The points of each dataset."""
    by_key: dict[str, list[CoveragePoint]] = defaultdict(list)
    for point in points:
        if point.key:
            by_key[point.key].append(point)
    return by_key


def line_keys(trend: Trend) -> list[str]:
    """Datasets (regions, cohorts) with a line: those the reader chose, else the fullest, in the
    newest order."""
    every = each(trend.points)
    newest = max(point.as_at for point in trend.points)
    alive = [name for name in every if every[name][-1].as_at == newest]
    ranking = sorted(
        alive, key=lambda name: (-_rank(trend, every[name][-1]), every[name][-1].label)
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
    """The chart with its finding, table, file and annotations in words."""
    every = each(trend.points)
    hrefs = {
        line_name(every[key][-1]): trend.href(key)
        for key in (line_keys(trend) if trend.by_dataset and trend.href else ())
        if trend.href is not None and key != "none"
    }
    return lines.draw(
        lines.Lines(
            id=trend.id,
            title="Provided, as a share of expected" if trend.share else "Provisions provided",
            headline=_headline(trend),
            lines=_by_dataset(trend) if trend.by_dataset else _of_all(trend),
            share=trend.share,
            columns=_columns(trend),
            rows=_rows(trend),
            around=trend.around,
            marks=trend.notes,
            rebuilt=trend.rebuilt,
            hrefs=hrefs,
            notes=_members(trend),
        )
    )


def _of_all(trend: Trend) -> list[Line]:
    points = together(trend.points)
    words = "Provided (rebuilt)" if trend.rebuilt else "Provided"
    all_lines = [line(words, points, trend.share)]
    if not trend.share:
        expected = tuple((point.as_at, float(point.expected)) for point in points)
        all_lines.append(Line("Expected", expected, is_measure=True))
    return all_lines


def _by_dataset(trend: Trend) -> list[Line]:
    every = each(trend.points)
    return [line(line_name(every[key][-1]), every[key], trend.share) for key in line_keys(trend)]


def line(name: str, points: Sequence[CoveragePoint], share: bool) -> Line:
    """The line of some points. The share of few authorities is not told."""
    if not share:
        return Line(name, tuple((point.as_at, float(point.endpoint)) for point in points))
    return lines.share_line(
        name,
        points,
        lambda point: point.endpoint if point.organisations >= coverage.MIN_AUTHORITIES else None,
        lambda point: coverage.share(point.endpoint, point.expected, point.organisations),
    )


def _headline(trend: Trend) -> str:
    points = together(trend.points)
    first, last = points[0], points[-1]
    if trend.by_dataset:
        every = each(trend.points)
        newest = [every[name][-1] for name in line_keys(trend)]
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
        every = each(trend.points)
        names = [line_name(every[name][-1]) for name in line_keys(trend)]
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
    every = each(trend.points)
    by_date = {name: {point.as_at: point for point in every[name]} for name in names}
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
    by_name = {"": together(trend.points)}
    if trend.by_dataset and trend.of != "dataset":
        every = each(trend.points)
        by_name = {
            f"{line_name(every[name][-1])}, ": tuple(every[name]) for name in line_keys(trend)
        }
    words: list[Children] = [
        f"{formatting.day(now.as_at)}: {name}from {formatting.number(then.organisations)} to "
        f"{formatting.plural(now.organisations, 'authority', 'authorities')}"
        for name, points in by_name.items()
        for then, now in pairwise(points)
        if then.organisations != now.organisations
    ]
    if not words:
        return []
    many = "once" if len(words) == 1 else f"{formatting.number(len(words))} times"
    title = f"The number of authorities counted changed {many}, and the line with it"
    return [text.details(title, text.bullets(words))]


def _name(label: str) -> str:
    return label[:1].upper() + label[1:]


def _low(label: str) -> str:
    return label[:1].lower() + label[1:] if label[1:2].islower() else label
