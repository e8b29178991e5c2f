"""What keeps the page of a check under way right: `tick` in `assets/alive.js`, each second.

The words it writes itself: to Dash they are HTML, and no components.
"""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input, Output


def attach(app: Dash) -> None:
    """Give the application the callback; the browser alone answers it."""
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("check", "tick"),
        Output("check-progress", "value"),
        Output("check-trouble", "is_open"),
        Input("check-tick", "n_intervals"),
        prevent_initial_call=True,
    )
