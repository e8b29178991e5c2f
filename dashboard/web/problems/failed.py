"""Shown when we made a mistake: what happened, and what can I do?"""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html


def layout() -> Component:
    """The page; it asks nothing of anybody, since anything may have failed."""
    return html.Div(
        [
            ui.heading("Sorry, something went wrong"),
            ui.paragraph("We made a mistake while putting this page together.", lead=True),
            ui.paragraph("It has been noted. Try again, or go on from the first page."),
            ui.paragraph(ui.link("Go to the first page", "/")),
        ]
    )
