"""Shown while the database does not answer: is it me, and will it come back?"""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html


def layout() -> Component:
    """The page; it asks nothing of the database."""
    return html.Div(
        [
            ui.heading("Sorry, we cannot show this page just now"),
            ui.paragraph("Our database is not answering.", lead=True),
            ui.paragraph(
                "Nothing is wrong with your device or with the address you followed. "
                "Nothing is lost. Try again in a few minutes."
            ),
        ]
    )
