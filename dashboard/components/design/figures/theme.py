"""How every plot looks: colours, type and spacing, in one template.

The status colours are those of `assets/planning.css`; a test holds them equal.
"""

from __future__ import annotations

import plotly.graph_objects as go

INK = "#1b282d"
QUIET = "#52616a"
LINE = "#d8d4c8"
SHEET = "#fff"
FONT = '"Helvetica Neue", Arial, "Liberation Sans", sans-serif'

TONES = {
    "good": "#23795c",
    "warn": "#d7971c",
    "bad": "#a3271a",
    "busy": "#3d78b5",
    "none": "#a9b1af",
    "unknown": "#8467a9",
}
STATUS_COLOURS = {
    "live": TONES["good"],
    "needs_improving": TONES["warn"],
    "error": TONES["bad"],
    "processing": TONES["busy"],
    "not_submitted": TONES["none"],
    "unknown": TONES["unknown"],
}
# Series without a meaning of their own: they differ in lightness as well as in hue, and lines
# should differ in dash too.
SERIES = ("#0b5d66", "#d7971c", "#5a3d8a", "#5f9ea0", "#a3271a", "#3d78b5", "#7a6a3a")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid")
# From little to much, for heat maps: lightness rises in even steps.
SCALE = ((0.0, "#f1ede1"), (0.25, "#bcd2c9"), (0.5, "#7fb0a8"), (0.75, "#3d7f80"), (1.0, "#10333a"))

_AXIS = {
    "gridcolor": "#e9e5da",
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
        "hoverlabel": {"bgcolor": INK, "font": {"family": FONT, "size": 14, "color": SHEET}},
        "hovermode": "closest",
        "bargap": 0.25,
        "dragmode": False,
        "separators": ".,",
    }
)


def with_look(plot: go.Figure) -> go.Figure:
    """The plot in our look. It is changed in place and returned."""
    return plot.update_layout(template=TEMPLATE)
