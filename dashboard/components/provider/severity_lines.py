"""Problems of an organisation through time, by severity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import plotly.graph_objects as go
from dash.development.base_component import Component

from dashboard.colours import TONES
from dashboard.components.design.chart import Size, chart
from dashboard.components.design.figures.panels import Dated, Panel, panels
from dashboard.components.design.slide import Slide
from dashboard.components.design.status import SEVERITIES
from dashboard.components.design.tables import Column
from dashboard.components.provider import timeline
from dashboard.components.words import formatting
from performance_store.rows import Annotation, SeverityHistory

TITLE = "Problems through time"
_YEAR = timedelta(days=365)
# Of each: title of its panel, and the severity whose colour it has.
_SEVERITIES = {
    "critical": ("Critical problems to fix", "critical"),
    "error": ("Errors to fix", "error"),
    "warnings": ("Warnings", "warning"),
    "notices": ("Notices", "notice"),
}


def draw(
    rows: Sequence[SeverityHistory],
    dates: Sequence[date],
    *,
    figure: str,
    csv: str,
    slide: Slide | None = None,
) -> Component | None:
    """The chart; None where no problem was ever known, or there is one date.

    In: the runs, oldest first; the dates of all snapshots of their kind; and the addresses of the
    figure and of the file of the runs; and what a picture of it says.
    """
    names = _names(rows)
    if not names or rows[0].as_at == rows[-1].last_as_at:
        return None
    days = timeline.days_of_change(rows, dates)
    cells, note = timeline.newest(
        [
            (
                formatting.short_day(row.as_at),
                formatting.short_day(row.last_as_at),
                *(_number(getattr(row, name)) for name in names),
                formatting.number(row.datasets),
            )
            for row in reversed(rows)
        ]
    )
    return chart(
        figure,
        id="severities",
        title=TITLE,
        headline=_headline(rows, names),
        columns=[
            Column("From"),
            Column("To"),
            *(Column(_SEVERITIES[name][0], numeric=True) for name in names),
            Column("Datasets counted", numeric=True),
        ],
        rows=cells,
        csv_href=csv,
        slide=slide,
        below=note,
        size=size(len(names)),
        dates=timeline.dates_of(days, dates),
    )


def plot(
    rows: Sequence[SeverityHistory], dates: Sequence[date], changes: Sequence[Annotation]
) -> go.Figure:
    """The figure. In: as for `draw`, and the changes of rules."""
    days = timeline.days_of_change(rows, dates)
    there = timeline.on(rows, days)
    whole = timeline.dates_of(days, dates)
    items = []
    for name in _names(rows):
        title, severity = _SEVERITIES[name]
        values = tuple(None if row is None else getattr(row, name) for row in there)
        items.append(
            Panel(
                title,
                values,
                tuple(
                    "not known" if value is None else formatting.number(value) for value in values
                ),
                TONES[SEVERITIES[severity].tone],
            )
        )
    return panels(items, Dated(days, whole.last, marks=timeline.marks(changes, whole)))


def size(count: int) -> Size:
    """How high a plot of so many panels is."""
    return "small" if count == 1 else "medium" if count == 2 else "large"


def _names(rows: Sequence[SeverityHistory]) -> list[str]:
    """The severities of which there was ever one."""
    return [name for name in _SEVERITIES if any(getattr(row, name) for row in rows)]


def _headline(rows: Sequence[SeverityHistory], names: Sequence[str]) -> str:
    """What there is to fix now, what there was a year before, and at first; without any, of the
    gravest severity that there was."""
    counts = [row for row in rows if row.datasets]
    words, parts = "Problems to fix", ["critical", "error"]
    if not set(names) & set(parts):
        words, parts = _SEVERITIES[names[0]][0], [names[0]]
    last = counts[-1].last_as_at
    marks = {counts[0].as_at: counts[0]}
    # The newest that was known a year before, by its own date.
    if year_ago := [row for row in counts if row.as_at <= last - _YEAR]:
        marks[min(year_ago[-1].last_as_at, last - _YEAR)] = year_ago[-1]
    now = _sum(counts[-1], parts)
    earlier = [
        f"{_way(now, _sum(marks[day], parts))} on {formatting.day(day)}"
        for day in sorted(marks, reverse=True)
    ]
    return f"{words} on {formatting.day(last)}: {formatting.number(now)}, {', '.join(earlier)}."


def _sum(row: SeverityHistory, names: Sequence[str]) -> int:
    return sum(getattr(row, name) for name in names)


def _way(now: int, then: int) -> str:
    if now == then:
        return "as many as"
    return f"{'up' if now > then else 'down'} from {formatting.number(then)}"


def _number(value: int | None) -> str | None:
    return None if value is None else formatting.number(value)
