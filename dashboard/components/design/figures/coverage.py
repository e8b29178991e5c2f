"""Coverage through time, as a plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import plotly.graph_objects as go

from dashboard.colours import INK, LINE, PAPER, QUIET, SERIES
from dashboard.components.design.figures.theme import DASHES, DATE_TICKS

TICKS = 4  # as many dates as fit side by side on a phone
MANY = 20  # points from which on a line shows its own no more


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its name, and (date, value) from the oldest on; None where it is not known."""

    name: str
    points: tuple[tuple[date, float | None], ...]


def look(number: int) -> tuple[str, str]:
    """Colour and dash of a line. No two of the first 35 look alike."""
    return SERIES[number % len(SERIES)], DASHES[(number + number // len(SERIES)) % 6]


def over_time(
    lines: Sequence[Line],
    marks: Sequence[tuple[date, str]],
    *,
    share: bool,
    rebuilt: bool = False,
    unit: str = "provisions",
) -> go.Figure:
    """Lines by date, as counts or as percentages. In: also what to mark, as (date, number); and
    whether the past was rebuilt rather than observed, which is drawn on a shaded ground; and what
    counts are of.

    Steps, not slopes: between two snapshots nobody looked.
    """
    plot = go.Figure()
    for number, line in enumerate(lines):
        plot.add_trace(_trace(line, number, share))
    _dot_ends(plot, [line.points for line in lines])
    for on_date, label in marks:
        _mark(plot, on_date, label)
    plot.update_layout(showlegend=False, margin={"t": 26})
    plot.update_xaxes(tickformatstops=DATE_TICKS, nticks=TICKS, tickangle=0)
    if rebuilt:
        plot.update_layout(plot_bgcolor=PAPER)
    if share:
        plot.update_yaxes(range=[0, 100], ticksuffix="%")
    else:
        plot.update_yaxes(rangemode="tozero", title=unit)
    return plot


def since_start(lines: Sequence[tuple[str, Sequence[tuple[float, float]]]]) -> go.Figure:
    """Lines that begin together: (name, (months since the start, percentage)) each."""
    plot = go.Figure()
    for number, (name, points) in enumerate(lines):
        colour, dash = look(number)
        plot.add_trace(
            go.Scatter(
                name=name,
                x=[month for month, _ in points],
                y=[value for _, value in points],
                mode=_mode(points),
                marker={"size": 7, "color": colour},
                line={"color": colour, "dash": dash, "width": 2.5},
                hovertemplate=f"{name}<br>month %{{x:.0f}}: %{{y:.0f}}%<extra></extra>",
            )
        )
    _dot_ends(plot, [points for _, points in lines])
    plot.update_layout(showlegend=False)
    plot.update_xaxes(title="months since the cohort began", rangemode="tozero")
    plot.update_yaxes(range=[0, 100], ticksuffix="%")
    return plot


def _trace(line: Line, number: int, share: bool) -> go.Scatter:
    colour, dash = look(number)
    value = "%{y:.0f}%" if share else "%{y:,.0f}"
    return go.Scatter(
        name=line.name,
        x=[day for day, _ in line.points],
        y=[value for _, value in line.points],
        mode=_mode(line.points),
        marker={"size": 7, "color": colour},
        line={"shape": "hv", "color": colour, "dash": dash, "width": 2.5},
        hovertemplate=f"{line.name}<br>%{{x|%-d %b %Y}}: {value}<extra></extra>",
    )


def _mode(points: Sequence[Any]) -> str:
    return "lines+markers" if len(points) < MANY else "lines"


def _dot_ends(plot: go.Figure, lines: Sequence[Sequence[tuple[Any, float | None]]]) -> None:
    """Put a dot on the newest value of each line that has no other: it has no step of its own yet.
    One trace for all of them, since a marker for every point, seen or not, is most of what a
    chart takes to draw."""
    dots = [
        (*points[-1], look(number)[0]) for number, points in enumerate(lines) if len(points) >= MANY
    ]
    if dots:
        plot.add_scatter(
            name="",
            x=[at for at, _, _ in dots],
            y=[value for _, value, _ in dots],
            mode="markers",
            marker={"size": 7, "color": [colour for _, _, colour in dots]},
            hoverinfo="skip",
        )


def _mark(plot: go.Figure, on_date: date, label: str) -> None:
    plot.add_shape(
        type="line",
        x0=on_date,
        x1=on_date,
        y0=0,
        y1=1,
        yref="paper",
        line={"color": QUIET, "width": 1, "dash": "dot"},
    )
    plot.add_annotation(
        x=on_date,
        y=1,
        yref="paper",
        yanchor="bottom",
        text=label,
        showarrow=False,
        font={"color": INK, "size": 12},
        bgcolor=LINE,
        borderpad=2,
    )
