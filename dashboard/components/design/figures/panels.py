"""Several measures through time, as a plot: one below the other, over the same dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.colours import INK, LINE, QUIET
from dashboard.components.design.figures.theme import DATE_TICKS, fixed_margins

_LINE = 17  # pixels of a line of words above a panel
_TITLE_LETTERS = 42  # as many as fit on a phone
_THIN = 60  # points from which on a line is thin, so that it stays a line


@dataclass(frozen=True, slots=True)
class Panel:
    """One measure: its value on each of the dates of the plot, None where it is not known; what is
    said of each; and its colour. `of` is what it is of, in a second line. `ticks` are the values
    with a line across, each with its words, where they are no plain numbers. `shape`: how it is
    drawn where it does not go in steps."""

    title: str
    values: tuple[float | None, ...]
    words: tuple[str, ...]
    colour: str
    of: str = ""
    ticks: tuple[tuple[float, str], ...] = ()
    shape: tuple[tuple[date, float | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Dated:
    """What panels share: dates in their order, the day after the last of them is over, where each
    leads (none: nowhere), and what is marked, as (date, number)."""

    days: tuple[date, ...]
    end: date
    hrefs: tuple[str, ...] = ()
    marks: tuple[tuple[date, str], ...] = field(default_factory=tuple)
    opens: str = ""


def panels(items: Sequence[Panel], dated: Dated) -> go.Figure:
    """The panels in their order, from the top."""
    plot = make_subplots(
        rows=len(items), cols=1, shared_xaxes=True, vertical_spacing=_spacing(items)
    )
    labels: list[str] = []
    for number, panel in enumerate(items, start=1):
        for trace in _traces(panel, dated):
            plot.add_trace(trace, row=number, col=1)
        _entitle(plot, panel, number)
        labels += _scale(plot, panel, number)
    days = [dated.days[0].isoformat(), dated.end.isoformat()]
    plot.update_xaxes(
        type="date", range=days, tickformatstops=DATE_TICKS, nticks=5, tickangle=0,
        hoverformat="%-d %B %Y",
    )  # fmt: skip
    for day, label in dated.marks:
        _mark(plot, day, label, _heading(items[0]))
    heading = _heading(items[0])
    plot.update_layout(showlegend=False, margin={"t": heading + 24 * bool(dated.marks)})
    fixed_margins(plot, labels)
    return plot.update_layout(meta={"open": dated.opens}) if dated.opens else plot


def _traces(panel: Panel, dated: Dated) -> list[go.Scatter]:
    """The drawing, and the points that can be pointed at: the drawing goes on after the last."""
    steps = (*zip(dated.days, panel.values, strict=True), (dated.end, panel.values[-1]))
    points = panel.shape or steps
    drawing = go.Scatter(
        x=[day.isoformat() for day, _ in points],
        y=[value for _, value in points],
        mode="lines",
        fill="tozeroy",
        fillcolor=f"{panel.colour}2e",
        line={
            "color": panel.colour,
            "width": 1 if len(points) > _THIN else 2,
            "shape": "linear" if panel.shape else "hv",
        },
        hoverinfo="skip",
    )
    marks = go.Scatter(
        name=f"{panel.title}: {panel.of}" if panel.of else panel.title,
        x=[day.isoformat() for day in dated.days],
        y=panel.values,
        mode="markers",
        marker={"color": panel.colour, "size": 5, "opacity": 0},
        text=[escape(words) for words in panel.words],
        customdata=dated.hrefs or None,
        hovertemplate="%{text}",
    )
    return [drawing, marks]


def _heading(panel: Panel) -> int:
    """Pixels of the words above a panel."""
    return 6 + _LINE * (2 if panel.of else 1)


def _spacing(items: Sequence[Panel]) -> float:
    """The part of the whole height between two panels: room for the words of the lower one. They
    have about 110 pixels each."""
    high = 110 * len(items)
    return float(max(_heading(panel) + 8 for panel in items) / high) if len(items) > 1 else 0.0


def _entitle(plot: go.Figure, panel: Panel, number: int) -> None:
    words = f"<b>{_short(panel.title)}</b>"
    plot.add_annotation(
        text=f"{words}<br>{_short(panel.of)}" if panel.of else words,
        align="left",
        x=0,
        xref="paper",
        xanchor="left",
        y=1,
        yref=f"y{number if number > 1 else ''} domain",
        yanchor="bottom",
        showarrow=False,
        font={"color": INK, "size": 12},
    )


def _short(words: str) -> str:
    # Words alone would lose a long name with hyphens as a whole.
    return escape(words if len(words) <= _TITLE_LETTERS else f"{words[: _TITLE_LETTERS - 1]}…")


def _scale(plot: go.Figure, panel: Panel, number: int) -> list[str]:
    """Set the scale of a panel. Out: its labels, or ones that are no narrower."""
    values = [value for _, value in panel.shape] or panel.values
    most = max([1.0, *(value for value in values if value is not None)])
    axis = {"range": [0, most * 1.08], "nticks": 4, "tickformat": ",d", "fixedrange": True}
    if most < 4:
        axis |= {"dtick": 1}
    if panel.ticks:
        axis |= {
            "tickvals": [tick for tick, _ in panel.ticks],
            "ticktext": [words for _, words in panel.ticks],
        }
    plot.update_yaxes(axis, row=number, col=1)
    return [words for _, words in panel.ticks] or [f"{round(most):,}"]


def _mark(plot: go.Figure, on_date: date, label: str, above: int) -> None:
    """A dotted line through all panels, with its number above."""
    plot.add_shape(
        type="line",
        x0=on_date.isoformat(),
        x1=on_date.isoformat(),
        xref="x",
        y0=0,
        y1=1,
        yref="paper",
        line={"color": QUIET, "width": 1, "dash": "dot"},
    )
    plot.add_annotation(
        x=on_date.isoformat(),
        y=1,
        yref="paper",
        yanchor="bottom",
        yshift=above,
        text=label,
        showarrow=False,
        font={"color": INK, "size": 12},
        bgcolor=LINE,
        borderpad=2,
    )
