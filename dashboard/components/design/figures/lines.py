"""Lines through time or through months, as a plot: named at their ends, read together at a date."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

import plotly.graph_objects as go

from dashboard.colours import INK, LINE, PAPER, QUIET, SERIES
from dashboard.components.design.figures.theme import DATE_TICKS
from dashboard.components.words import formatting

TICKS = 4  # as many dates as fit side by side on a phone
MANY = 20  # points from which on a line shows its own no more
MOST = 4
"""As many lines share a plot; more are drawn as small charts side by side (`multiples`)."""

# Where two lines are as light as each other, they differ in dash.
_DASHES = ("solid", "solid", "dot", "dash")
_NAME_WIDTH = 12  # letters, after which a name at the end of its line is broken
_LETTER, _ROW, _HIGH = 7.2, 16, 270  # pixels: of a letter, a line of words, the plot
_BESIDE, _LEADER = 6, 18  # pixels between plot and names, without leader lines and with them
_NEAR = 3  # pixels by which others may push a name away without one


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its name, and (date or months, value) from the oldest on; None where the value is
    not known. `words`: what is said of each point, if that is more than its value. `is_measure`:
    what the others are measured against. `now`: what stands at its end in place of the newest
    value."""

    name: str
    points: tuple[tuple[date | float, float | None], ...]
    words: tuple[str, ...] = ()
    is_measure: bool = False
    now: str = ""

    def last(self) -> tuple[date | float, float] | None:
        """The newest point that is known."""
        values = ((at, value) for at, value in reversed(self.points) if value is not None)
        return next(values, None)


@dataclass(frozen=True, slots=True)
class Scale:
    """From where to where values are drawn. `is_cut`: it could start at zero and does not."""

    low: float
    high: float
    is_cut: bool

    @property
    def ticks(self) -> tuple[float, ...]:
        """Round values, lowest first, of which the first and the last bound the scale."""
        step = _step(self.high - self.low)
        return tuple(
            self.low + number * step for number in range(round((self.high - self.low) / step) + 1)
        )


def scale_of(lines: Sequence[Line], *, share: bool, from_zero: bool) -> Scale:
    """The scale that shows how the lines change; from zero where that is asked for, or shows it
    about as well."""
    values = [value for line in lines for _, value in line.points if value is not None]
    low, high = min(values, default=0.0), max(values, default=0.0)
    most = 100.0 if share else math.inf
    starts_at_zero = from_zero or high - low >= 0.55 * high
    bottom = 0.0 if starts_at_zero else max(low - 0.1 * (high - low or low), 0.0)
    step = _step(max(high - bottom, 1.0))
    bottom = math.floor(bottom / step) * step
    top = min(max(math.ceil(high / step) * step, bottom + step), most)
    could_be_cut = high - low < 0.55 * high
    return Scale(bottom, top, is_cut=could_be_cut and bottom > 0)


def _step(span: float) -> float:
    """A round distance, at least one, of which at most five make the span."""
    size = 10.0 ** math.floor(math.log10(span))
    return max(next(size * part for part in (0.2, 0.5, 1, 2) if span <= 5.01 * size * part), 1.0)


def formatted(value: float, share: bool) -> str:
    """A value as it is said: 729, or 43%."""
    return formatting.percent(value / 100) if share else formatting.number(round(value))


def look(number: int) -> tuple[str, str]:
    """Colour and dash of one of the few lines that share a plot."""
    return SERIES[number % len(SERIES)], _DASHES[number % len(_DASHES)]


def over_time(
    lines: Sequence[Line],
    marks: Sequence[tuple[date, str, str]],
    *,
    share: bool,
    from_zero: bool = False,
    rebuilt: bool = False,
) -> go.Figure:
    """Lines by date, as counts or as percentages, on a scale that shows the change or starts at
    zero. In: also what to mark, as (date, number, words); and whether the past was rebuilt rather
    than observed, which is drawn on a shaded ground; and what counts are of.

    Steps, not slopes: between two snapshots nobody looked.
    """
    plot = _plot(lines, scale_of(lines, share=share, from_zero=from_zero), share=share, steps=True)
    for on_date, label, words in marks:
        _mark(plot, on_date, label, words)
    plot.update_xaxes(tickformatstops=DATE_TICKS, hoverformat="%-d %B %Y")
    if rebuilt:
        plot.update_layout(plot_bgcolor=PAPER)
    return plot


def dates_of(lines: Sequence[Line]) -> tuple[date, date] | None:
    """The first and the last date of which anything is known; None where nothing is."""
    days = [
        at
        for line in lines
        for at, value in line.points
        if value is not None and isinstance(at, date)
    ]
    return (min(days), max(days)) if days else None


def since_start(lines: Sequence[Line], *, from_zero: bool = False) -> go.Figure:
    """Lines that begin together: by months since the start, as percentages."""
    scale = scale_of(lines, share=True, from_zero=from_zero)
    plot = _plot(lines, scale, share=True, steps=False)
    plot.update_xaxes(
        title="months since the beginning", rangemode="tozero", hoverformat="month %{x:.0f}"
    )
    return plot


def _plot(lines: Sequence[Line], scale: Scale, *, share: bool, steps: bool) -> go.Figure:
    plot = go.Figure([_trace(line, number, share, steps) for number, line in enumerate(lines)])
    _dot_ends(plot, lines)
    plot.update_layout(showlegend=False, margin={"t": 26})
    plot.update_xaxes(nticks=TICKS, tickangle=0)
    dates = dates_of(lines)
    if dates:
        first, last = dates
        # Nothing stands after the newest date but the half of its dot.
        plot.update_xaxes(range=[first, last + timedelta(days=1 + (last - first).days // 100)])
    plot.update_yaxes(
        range=[scale.low, scale.high + (scale.high - scale.low) / 50],
        tickvals=scale.ticks,
        ticktext=[f"{formatting.number(tick)}{'%' if share else ''}" for tick in scale.ticks],
        fixedrange=True,
    )
    _name_ends(plot, lines, scale, share)
    return plot


def _trace(line: Line, number: int, share: bool, steps: bool) -> go.Scatter:
    colour, dash = _look(line, number)
    value = "%{y:.0f}%" if share else "%{y:,.0f}"
    return go.Scatter(
        name=line.name,
        x=[at for at, _ in line.points],
        # A picture needs no more decimals, and words have theirs.
        y=[None if value is None else round(value, 2) for _, value in line.points],
        mode="lines+markers" if len(line.points) < MANY else "lines",
        marker={"size": 7, "color": colour},
        line={"shape": "hv" if steps else "linear", "color": colour, "dash": dash, "width": 2.5},
        text=line.words or None,
        hovertemplate="%{text}" if line.words else value,
    )


def _look(line: Line, number: int) -> tuple[str, str]:
    return (QUIET, "dash") if line.is_measure else look(number)


def _dot_ends(plot: go.Figure, lines: Sequence[Line]) -> None:
    """Put a dot on the newest value of each line that has no other: it has no step of its own yet.
    One trace for all of them, since a marker for every point, seen or not, is most of what a
    chart takes to draw."""
    dots = [
        (*line.points[-1], _look(line, number)[0])
        for number, line in enumerate(lines)
        if len(line.points) >= MANY
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


@dataclass(frozen=True, slots=True)
class _End:
    """Where a line ends, how high in pixels, and in which rows and colour it is named there."""

    at: date | float
    value: float
    middle: float
    rows: list[str]
    colour: str

    @property
    def high(self) -> float:
        return len(self.rows) * _ROW + 6.0


def _ends(lines: Sequence[Line], scale: Scale, share: bool) -> list[_End]:
    """The ends of the lines, lowest first."""
    ends = []
    for number, line in enumerate(lines):
        end = line.last()
        if end is None:
            continue
        at, value = end
        words = f"{line.name} {line.now or formatted(value, share)}"
        rows = textwrap.wrap(words, _NAME_WIDTH, break_long_words=False)
        middle = (value - scale.low) / (scale.high - scale.low) * _HIGH
        ends.append(_End(at, value, middle, rows, _look(line, number)[0]))
    return sorted(ends, key=lambda end: end.middle)


def _name_ends(plot: go.Figure, lines: Sequence[Line], scale: Scale, share: bool) -> None:
    """Each line's name and newest value beside its end, none over another. Where a name is pushed
    away, thin lines lead to all of them: else it seems to name the line that ends beside it."""
    ends = _ends(lines, scale, share)
    places = spread([(end.middle, end.high) for end in ends], _HIGH)
    # In pixels from the end, so that they are no further away where the plot is higher.
    moves = [place - end.middle for place, end in zip(places, ends, strict=True)]
    are_led_to = any(
        abs(place - spread([(end.middle, end.high)], _HIGH)[0]) > _NEAR
        for place, end in zip(places, ends, strict=True)
    )
    away = _LEADER if are_led_to else _BESIDE
    for end, move in zip(ends, moves, strict=True):
        words = "<br>".join(escape(row) for row in end.rows)
        plot.add_annotation(
            x=1,
            xref="paper",
            xanchor="left",
            xshift=away,
            y=end.value,
            yref="y",
            yanchor="middle",
            yshift=round(move, 1),
            align="left",
            text=f'<span style="color:{end.colour}">━</span> {words}',
            showarrow=False,
            font={"color": INK, "size": 13},
        )
        if are_led_to:
            _lead(plot, end, move)
    letters = max((len(row) for end in ends for row in end.rows), default=0)
    plot.update_layout(margin={"r": round(letters * _LETTER) + 28 + away})


def _lead(plot: go.Figure, end: _End, move: float) -> None:
    """A thin line from the end of a line to the first row of its name, which has its colour."""
    thin = {"color": end.colour, "width": 1}
    if plot.layout.xaxis.range:
        edge = plot.layout.xaxis.range[1]
        plot.add_shape(type="line", x0=end.at, x1=edge, y0=end.value, y1=end.value, line=thin)
    plot.add_shape(
        type="line",
        xref="paper",
        xanchor=1,
        xsizemode="pixel",
        x0=0,
        x1=_LEADER,
        yanchor=end.value,
        ysizemode="pixel",
        y0=0,
        y1=round(move + (len(end.rows) - 1) * _ROW / 2, 1),
        line=thin,
    )


def spread(labels: Sequence[tuple[float, float]], room: float) -> list[float]:
    """Where labels stand that would stand on each other. In: (middle, height) of each, lowest
    first, and from nought to where they may stand. Neighbours that touch are pushed apart about
    their common middle."""
    groups: list[list[int]] = []

    def placed(group: list[int]) -> float:
        """The lower edge of a group that stands around the middle of where its labels belong."""
        high = sum(labels[number][1] for number in group)
        middle = sum(labels[number][0] for number in group) / len(group)
        return min(max(middle - high / 2, 0.0), max(room - high, 0.0))

    for number in range(len(labels)):
        groups.append([number])
        while len(groups) > 1:
            below, above = groups[-2], groups[-1]
            if placed(below) + sum(labels[one][1] for one in below) <= placed(above):
                break
            groups[-2:] = [below + above]
    places: list[float] = []
    for group in groups:
        edge = placed(group)
        for number in group:
            places.append(edge + labels[number][1] / 2)
            edge += labels[number][1]
    return places


def _mark(plot: go.Figure, on_date: date, label: str, words: str) -> None:
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
        hovertext=words,
        showarrow=False,
        font={"color": INK, "size": 12},
        bgcolor=LINE,
        borderpad=2,
    )
