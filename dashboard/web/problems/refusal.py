"""Shown where somebody may not do what they asked for: why, and what to do?"""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.urls import addresses
from dashboard.web.identity import Refused


def layout(refused: Refused) -> Component:
    """The page. In: what was refused and why."""
    ways = {
        401: ui.link("Sign in", addresses.SIGN_IN),
        403: ui.link("See your account", addresses.ACCOUNT),
    }
    return html.Div(
        [
            ui.heading(refused.title),
            ui.paragraph(refused.sentence, lead=True),
            ui.paragraph(ways.get(refused.code or 0) or ui.link("Go to the first page", "/")),
        ]
    )
