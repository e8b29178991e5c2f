"""Coverage through time, as a Plotly figure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go

from dashboard.components.figures.theme import DASHES, INK, LINE, QUIET, SERIES
from performance_store.rows import Annotation, Coverage


def over_time(
    rows: Sequence[Coverage], annotations: Sequence[Annotation], *, share: bool
) -> go.Figure:
    """Provided and expected provisions (or the one as a share of the other) by date.

    Steps, not slopes: between two snapshots nobody looked. Annotations are numbered lines, told
    in words below the chart.
    """
    dates = [row.as_at for row in rows]
    figure = go.Figure()
    if share:
        values = [100 * row.endpoint / row.expected if row.expected else None for row in rows]
        figure.add_trace(_line("Provided, % of expected", dates, values, 0))
        figure.update_yaxes(range=[0, 100], ticksuffix="%")
    else:
        figure.add_trace(_line("Provided", dates, [row.endpoint for row in rows], 0))
        figure.add_trace(_line("Expected", dates, [row.expected for row in rows], 1))
        figure.update_yaxes(rangemode="tozero", title="provisions")
    for number, note in enumerate(annotations, start=1):
        figure.add_shape(
            type="line",
            x0=note.on_date,
            x1=note.on_date,
            y0=0,
            y1=1,
            yref="paper",
            line={"color": QUIET, "width": 1, "dash": "dot"},
        )
        figure.add_annotation(
            x=note.on_date,
            y=1,
            yref="paper",
            yanchor="bottom",
            text=str(number),
            showarrow=False,
            font={"color": INK, "size": 12},
            bgcolor=LINE,
        )
    figure.update_layout(showlegend=not share)
    return figure


def _line(
    name: str, dates: Sequence[date], values: Sequence[float | None], number: int
) -> go.Scatter:
    return go.Scatter(
        name=name,
        x=list(dates),
        y=list(values),
        mode="lines+markers" if len(dates) < 20 else "lines",
        line={"shape": "hv", "color": SERIES[number], "dash": DASHES[number], "width": 2.5},
        hovertemplate="%{x|%-d %b %Y}: %{y:,.0f}<extra>" + name + "</extra>",
    )
