"""A page of charts below a long text, to be scrolled to. Never served to readers."""

from __future__ import annotations

from datetime import date
from typing import Any

import plotly.graph_objects as go

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.design.chart import Dates, chart
from dashboard.components.design.element import Element

PATH = "/charts"
TITLE = "Charts"
NAV = "Charts"

DAYS = ("2024-01-01", "2024-07-01", "2025-01-01", "2025-12-31")
DATES = Dates(date(2024, 1, 1), date(2025, 12, 31))
_COLUMNS = [ui.Column("Date"), ui.Column("Count", numeric=True)]


def layout(**params: Any) -> Any:
    """The page."""
    return html.Div(
        [
            ui.heading("Charts"),
            ui.link("Show them all", "/charts"),
            Element("div", style={"height": "3000px"}),
            _draw("lines", _lines(), dates=DATES),
            _draw("runs", _runs(), dates=DATES, opens=True),
            _draw("absent", "/no-such-figure.json"),
        ]
    )


def _draw(name: str, plot: Any, **more: Any) -> Any:
    rows = [(day, "1") for day in DAYS]
    return ui.section(
        name.capitalize(),
        chart(
            plot,
            id=name,
            title=f"The {name}",
            headline="It rose.",
            columns=_COLUMNS,
            rows=rows,
            **more,
        ),
        id=f"{name}-section",
    )


def _lines() -> go.Figure:
    plot = go.Figure(
        [
            go.Scatter(name="Errors", x=DAYS, y=[1, 2, 3, 1204]),
            go.Scatter(name="Warnings", x=DAYS, y=[5, None, 7, 8], text=["a", "b", "c", "d"]),
        ]
    )
    plot.update_xaxes(range=[DAYS[0], DAYS[-1]])
    return plot.update_layout(showlegend=False)


def _runs() -> go.Figure:
    """Two rows, of which the upper one has two runs, all of which lead to a page."""
    half_a_year = 182 * 86_400_000
    plot = go.Figure(
        go.Bar(
            orientation="h",
            base=[DAYS[0], DAYS[1], DAYS[0]],
            x=[half_a_year] * 3,
            y=["Trees", "Trees", "Areas"],
            text=["Trees: live<br>from January", "Trees: error", "Areas: live"],
            customdata=["/plain?of=1", "/plain?of=2", "/plain?of=3"],
            hovertemplate="%{text}<extra></extra>",
            textposition="none",
        )
    )
    plot.update_xaxes(type="date", range=[DAYS[0], DAYS[-1]])
    plot.update_yaxes(categoryorder="array", categoryarray=["Areas", "Trees"])
    days = sorted({*DAYS, "2024-09-01"})
    meta = {"open": "Open the plain page", "days": days}
    return plot.update_layout(hovermode="closest", meta=meta)
