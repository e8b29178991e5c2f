"""Rows through time, as a plot: each as bars for as long as it stays in one state."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

import plotly.graph_objects as go

from dashboard.colours import INK, SHEET, TONES
from dashboard.components.design.figures.theme import DATE_TICKS, fixed_margins
from dashboard.components.design.tones import Tone, Word

DAY_MS = 86_400_000
_NAME_LETTERS = 20  # in each of two lines, so that a name leaves room on a phone
# So that states differ without colour. What is as it should be has no pattern.
_PATTERNS: dict[Tone, str] = {
    "good": "",
    "warn": "/",
    "bad": "x",
    "busy": ".",
    "none": "-",
    "unknown": "|",
}


@dataclass(frozen=True, slots=True)
class Run:
    """One row in one state, from its first day up to the day on which it is in another. `words`
    say what is pointed at, and `href` is where it leads."""

    row: str
    state: Word
    first: date
    end: date
    words: tuple[str, ...]
    href: str


def runs(
    items: Sequence[Run], states: Sequence[Word], *, opens: str, days: Sequence[date]
) -> go.Figure:
    """Rows from the top in the order of their first runs. In: the states in the order of their key;
    what it is that a run leads to, as a link says it; and all dates there are, as before the
    newest the link is to that which is pointed at (`as_at`)."""
    plot = go.Figure(
        [_trace([run for run in items if run.state == state], state) for state in states]
    )
    names = list(dict.fromkeys(run.row for run in items))[::-1]
    first, end = min(run.first for run in items), max(run.end for run in items)
    plot.update_xaxes(
        type="date", range=[first.isoformat(), end.isoformat()], tickformatstops=DATE_TICKS,
        nticks=5, tickangle=0,
    )  # fmt: skip
    plot.update_yaxes(
        categoryorder="array",
        categoryarray=names,
        tickvals=names,
        ticktext=[_name(name) for name in names],
        tickfont={"size": 12},
        ticks="",
        ticklabelstandoff=6,
        showgrid=False,
        fixedrange=True,
    )
    fixed_margins(plot, [_name(name) for name in names], 12)
    return plot.update_layout(
        hovermode="closest",
        barmode="overlay",
        bargap=0.3 if len(names) > 2 else 0.6,
        uniformtext={"mode": "hide", "minsize": 11},
        legend={
            "itemclick": False,
            "itemdoubleclick": False,
            "itemwidth": 30,
            "font": {"size": 12},
        },
        meta={"open": opens, "days": [day.isoformat() for day in days]},
    )


def _trace(items: Sequence[Run], state: Word) -> go.Bar:
    fill = TONES[state.tone]
    ink = INK if state.tone in ("warn", "none") else SHEET
    return go.Bar(
        name=state.label,
        orientation="h",
        y=[run.row for run in items],
        base=[run.first.isoformat() for run in items],
        x=[(run.end - run.first).days * DAY_MS for run in items],
        marker={
            "color": fill,
            # A line around a run of a day or two would be all that is seen of it.
            "line": {"width": 0},
            "pattern": {
                "shape": _PATTERNS[state.tone],
                "size": 6,
                "solidity": 0.15,
                "fgcolor": SHEET,
                "fillmode": "overlay",
            },
        },
        text=["<br>".join(escape(part) for part in run.words) for run in items],
        texttemplate=state.label,
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"color": ink, "size": 12},
        customdata=[run.href for run in items],
        hovertemplate="%{text}<extra></extra>",
        showlegend=True,
    )


def _name(words: str) -> str:
    lines = textwrap.wrap(words, _NAME_LETTERS, max_lines=2, placeholder="…")
    return "<br>".join(escape(line) for line in lines)
