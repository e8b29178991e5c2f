"""Shown for an address we know nothing about: what did I do wrong, and where to now?"""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html


def layout(sentence: str = "") -> Component:
    """The page. In: what was looked for, in a sentence, if the page that looked knows."""
    reason = sentence or "There is no page at this address."
    return html.Div(
        [
            ui.heading("Page not found"),
            ui.paragraph(reason, lead=True),
            ui.paragraph("If you typed the address, check that it is right and complete."),
            ui.bullets(
                [
                    ui.link("Start again from the first page", "/"),
                    ui.link("Find an organisation", "/organisations"),
                    ui.link("See the national picture", "/national"),
                    ui.link("See all datasets", "/datasets"),
                ]
            ),
        ]
    )
