"""How far a check is, while it is under way."""

from __future__ import annotations

from dash import dcc
from dash.development.base_component import Component

from dashboard.components.check import words
from dashboard.components.design import alive, html
from dashboard.components.design.element import Attributes
from dashboard.urls import addresses

WAIT_SECONDS = 3
TICK_MS = 1000


def running(secret: str, state: str, stage: str, rows_done: int) -> Component:
    """How far it is: a script keeps it right, or the browser loads the page anew. The page must be
    an `alive.page`. In: the secret of its link, its state, its stage, and how many rows were looked
    at."""
    address = addresses.path(addresses.CHECK_STATE, check=secret)
    refresh: Attributes = {"data-refresh": str(WAIT_SECONDS), "data-state": address}
    return html.Div(
        [
            html.P(
                [
                    # Read out when it changes; the count, which always does, is not.
                    html.Strong(words.stage(state, stage), id="check-stage", role="status"),
                    html.Span(words.rows_so_far(rows_done), id="check-rows"),
                ],
                className="lead check-now",
            ),
            alive.progress("check-progress", words.percent(state, stage)),
            alive.alert(
                "check-trouble",
                "We cannot reach the server just now. The check goes on: this page tries again by "
                "itself.",
            ),
            dcc.Interval(id="check-tick", interval=TICK_MS),
        ],
        **refresh,
    )
