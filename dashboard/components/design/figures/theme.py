"""How every plot looks: type and spacing, and where its colours go, in one template."""

from __future__ import annotations

from collections.abc import Iterable
from html import unescape

import plotly.graph_objects as go

from dashboard.colours import GRID, INK, LINE, QUIET, SERIES, SHEET

FONT = '"Helvetica Neue", Arial, "Liberation Sans", sans-serif'
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid")
# Days and months as they are said here, not as in America.
DATE_TICKS = (
    {"dtickrange": [None, 2_419_200_000], "value": "%-d %b\n%Y"},
    {"dtickrange": [2_419_200_000, "M12"], "value": "%b\n%Y"},
    {"dtickrange": ["M12", None], "value": "%Y"},
)

_AXIS = {
    "gridcolor": GRID,
    "linecolor": LINE,
    "zeroline": False,
    "ticks": "outside",
    "tickcolor": LINE,
    "title": {"font": {"size": 14, "color": QUIET}, "standoff": 10},
    "automargin": True,
}

TEMPLATE = go.layout.Template(
    layout={
        "font": {"family": FONT, "size": 14, "color": INK},
        "paper_bgcolor": SHEET,
        "plot_bgcolor": SHEET,
        "colorway": list(SERIES),
        "margin": {"l": 8, "r": 16, "t": 12, "b": 8},
        "xaxis": {**_AXIS, "showgrid": False},
        "yaxis": _AXIS,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"},
        "hoverlabel": {
            "bgcolor": SHEET,
            "bordercolor": LINE,
            "font": {"family": FONT, "size": 13, "color": INK},
            "namelength": -1,
        },
        "hovermode": "x unified",
        "hoversubplots": "axis",
        "bargap": 0.25,
        "dragmode": False,
        "separators": ".,",
    }
)


# Parts of the size of the type: letters that are narrower or wider than most, in any of our fonts.
_WIDTHS = {"fijlrt.,:;'’|()/- ": 0.34, "mw%": 0.9, "ABCDEFGHJKLNOPQRSTUVXYZ&": 0.75, "MW": 0.95}
_DATES_HIGH = 44  # pixels of the dates below a plot, in two lines


def fixed_margins(plot: go.Figure, labels: Iterable[str], size: int = 14) -> go.Figure:
    """The plot with room for the words beside and below it. Plotly would find that room by drawing
    all twice. In: the labels of the y axis, and the size of their type in pixels."""
    plot.update_xaxes(automargin=False).update_yaxes(automargin=False)
    widest = max((_wide(line) for label in labels for line in label.split("<br>")), default=0.0)
    return plot.update_layout(margin={"l": round(widest * size) + 16, "b": _DATES_HIGH})


def _wide(words: str) -> float:
    return sum(
        next((part for letters, part in _WIDTHS.items() if letter in letters), 0.57)
        for letter in unescape(words)
    )


def with_look(plot: go.Figure) -> go.Figure:
    """The plot in our look. It is changed in place and returned."""
    return plot.update_layout(template=TEMPLATE)
