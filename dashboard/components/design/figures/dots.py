"""How things are spread over some ranges, as a plot: a dot each, in columns. Some are marked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard.colours import INK, SERIES, SHEET, TEAL
from dashboard.components.words import formatting

_HIGH = 22  # dots above each other, from which on a column gets wider
_NARROW = 4  # dots beside each other, at least


@dataclass(frozen=True, slots=True)
class Dot:
    """One thing: in which range it is, counted from 0; what is said of it; where it leads; and the
    number by which it is marked."""

    place: int
    words: str
    href: str
    mark: int | None = None


def spread_over(ranges: Sequence[str], dots: Sequence[Dot], *, opens: str) -> go.Figure:
    """The dots in their ranges. In: the words of the ranges, lowest first; and the words for where
    a dot leads."""
    columns = [[dot for dot in dots if dot.place == place] for place in range(len(ranges))]
    across = max(_NARROW, math.ceil(max(map(len, columns), default=1) / _HIGH))
    plot = go.Figure()
    spots = [
        (dot, *_spot(place, number, across))
        for place, column in enumerate(columns)
        for number, dot in enumerate(column)
    ]
    for is_marked in (False, True):
        some = [spot for spot in spots if (spot[0].mark is not None) is is_marked]
        plot.add_scatter(
            name="",
            mode="markers",
            x=[x for _, x, _ in some],
            y=[y for _, _, y in some],
            text=[dot.words for dot, _, _ in some],
            customdata=[dot.href for dot, _, _ in some],
            hovertemplate="%{text}<extra></extra>",
            marker=_MARK if is_marked else _PLAIN,
            cliponaxis=False,
        )
    for dot, x, y in spots:
        if dot.mark is not None:
            plot.add_annotation(x=x, y=y, text=f"<b>{dot.mark}</b>", **_WORDS)
    for place, column in enumerate(columns):
        top = math.ceil(len(column) / across) + 0.4
        words = formatting.number(len(column))
        plot.add_annotation(x=place, y=top, yanchor="bottom", text=words, **_WORDS)
    highest = max((math.ceil(len(column) / across) for column in columns), default=1)
    plot.update_layout(showlegend=False, hovermode="closest", meta={"open": opens})
    plot.update_xaxes(
        range=[-0.6, len(ranges) - 0.4], tickvals=list(range(len(ranges))), ticktext=list(ranges),
        tickangle=0, tickfont={"size": 12}, fixedrange=True,
    )  # fmt: skip
    plot.update_yaxes(range=[0, max(highest + 2, 12)], visible=False, fixedrange=True)
    return plot


_WORDS: dict[str, Any] = {"font": {"color": INK, "size": 12}, "showarrow": False}
_PLAIN = {"size": 7, "color": TEAL, "opacity": 0.75}
_MARK = {"size": 18, "color": SERIES[1], "line": {"color": SHEET, "width": 2}}


def _spot(place: int, number: int, across: int) -> tuple[float, float]:
    return place + (number % across - (across - 1) / 2) * 0.8 / across, number // across + 0.5
