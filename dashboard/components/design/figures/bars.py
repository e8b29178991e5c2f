"""By how much things changed, as a plot: a bar each, one below the other, to the right of nought
what grew and to the left what fell."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import plotly.graph_objects as go

from dashboard.colours import LINE, TEAL, TONES
from dashboard.components.words import formatting

_NAME_WIDTH = 18  # letters, after which a name beside its bar is broken


@dataclass(frozen=True, slots=True)
class Bar:
    """One thing: its name, by how much it changed, what is said of it, and where it leads."""

    name: str
    change: int
    words: str
    href: str


def changes(bars: Sequence[Bar], *, opens: str) -> go.Figure:
    """The bars, the first at the top. In: also the words for where a bar leads. Each has its number
    at its end."""
    rows = [bar for bar in reversed(bars)]
    names = ["<br>".join(map(escape, textwrap.wrap(bar.name, _NAME_WIDTH))) for bar in rows]
    plot = go.Figure(
        go.Bar(
            name="",
            orientation="h",
            x=[bar.change for bar in rows],
            y=names,
            # All begin at nought: by keyboard one goes from each to the one below it.
            base=[0 for _ in rows],
            text=[escape(bar.words) for bar in rows],
            textposition="none",
            customdata=[bar.href for bar in rows],
            hovertemplate="%{text}<extra></extra>",
            marker={"color": [TONES["bad"] if bar.change < 0 else TEAL for bar in rows]},
            cliponaxis=False,
        )
    )
    for name, bar in zip(names, rows, strict=True):
        plot.add_annotation(
            x=bar.change, y=name, text=f"<b>{formatting.change(bar.change)}</b>", showarrow=False,
            xanchor="right" if bar.change < 0 else "left", xshift=-4 if bar.change < 0 else 4,
        )  # fmt: skip
    low, high = (end(0, *(bar.change for bar in rows)) for end in (min, max))
    room = (high - low or 1) / 6
    plot.update_layout(showlegend=False, hovermode="closest", meta={"open": opens})
    plot.update_xaxes(
        range=[low - room * (low < 0), high + room], nticks=4, tickangle=0, fixedrange=True,
        zeroline=True, zerolinecolor=LINE,
    )  # fmt: skip
    plot.update_yaxes(type="category", fixedrange=True, showgrid=False, ticks="")
    return plot
