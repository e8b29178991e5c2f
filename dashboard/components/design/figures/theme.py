"""How every plot looks: type and spacing, and where its colours go, in one template."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.colours import GRID, INK, LINE, QUIET, SERIES, SHEET

FONT = '"Helvetica Neue", Arial, "Liberation Sans", sans-serif'
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid")

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


def with_look(plot: go.Figure) -> go.Figure:
    """The plot in our look. It is changed in place and returned."""
    return plot.update_layout(template=TEMPLATE)
