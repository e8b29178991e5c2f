"""The only maker of `dcc.Graph`.

A chart comes with its headline, the same rows as a table, and a file of them; whoever
cannot see it, or has no script, misses nothing. Its tool bar is left out, since one of its
buttons sends the data to another site, and so are maps that fetch their outlines there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import plotly.graph_objects as go
from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.design import tables, text
from dashboard.components.design.element import Children, aria
from dashboard.components.design.figure import Around, figure
from dashboard.components.design.figures.theme import with_look

Size = Literal["small", "medium", "large"]

CONFIG: Any = {
    "displayModeBar": False,
    "plotlyServerURL": "",
    "showTips": False,
    "scrollZoom": False,
    "doubleClick": False,
    "responsive": True,
}
# What calls foreign hosts (outlines, tiles) or is not in the cartesian bundle.
_TRACE_TYPES = frozenset(
    {"bar", "scatter", "box", "heatmap", "histogram", "pie", "violin", "contour"}
)


def chart(
    plot: go.Figure | Component,
    *,
    id: str,
    title: str,
    headline: str,
    columns: Sequence[tables.Column],
    rows: Sequence[Sequence[Children]],
    csv_href: str | None = None,
    notes: Sequence[Children] = (),
    size: Size = "medium",
    around: Around | None = None,
) -> Component:
    """A chart with its words. In: the plot, or a drawing that needs no script; what it is of; its
    headline; the rows it was made from, as a table's; the address of their CSV; and further
    children below it.
    `around`: what stands around it on pages that have more than a CSV; its view says whether the
    chart or the table is shown."""
    for trace in plot.data if isinstance(plot, go.Figure) else ():
        if trace.type not in _TRACE_TYPES:
            raise ValueError(f"no chart of type {trace.type}: see {__name__}")
    rows_table = tables.table(title, columns, rows, caption_hidden=True, stack=len(columns) <= 4)
    if around is not None and around.as_table:
        return figure(around, title, headline, rows_table, *notes, box=True)
    downloads = [] if csv_href is None else [text.download_link("Download these figures", csv_href)]
    parts = [plot if isinstance(plot, Component) else _drawing(plot, id, headline, size)]
    if around is not None:
        return figure(around, title, headline, *parts, *notes, box=True)
    return html.Figure(
        [
            html.Figcaption(
                [
                    html.P(title, className="chart-title"),
                    html.P(headline, className="chart-finding"),
                ]
            ),
            *parts,
            text.details("Show these figures as a table", rows_table),
            *downloads,
            *notes,
        ],
        className="chart",
    )


def _drawing(plot: go.Figure, id: str, headline: str, size: Size) -> Component:
    graph = dcc.Graph(id=id, figure=with_look(plot), config=CONFIG, responsive=True)
    return html.Div(
        html.Div(graph, className="chart-graph"),
        className=f"chart-plot chart-{size}",
        role="img",
        **aria(label=headline),
    )
