"""The page of the mail that asks whether somebody wants to follow: one button.

Opening it does nothing: mail programs open links before people do.
"""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.pages.follow import links
from dashboard.urls import addresses
from dashboard.web import cookies, identity
from providers.messages import subscriptions

PATH = addresses.CONFIRM
TITLE = "Confirm that you want to be told"
NAV = None
NEEDS_DATA = False
PLAIN = True


def layout(token: Any = "", **_: Any) -> Component:
    """The page. In: the token of the link."""
    if not cookies.is_on():
        return links.off(TITLE)
    token = token if isinstance(token, str) else ""
    with identity.change() as connection:
        live = subscriptions.of_confirmation(connection, links=links.links(), token=token)
    return render(token) if live else links.useless(TITLE)


def render(token: str) -> Component:
    """The page with its button."""
    return html.Div(
        [
            ui.heading(TITLE),
            ui.paragraph("Select the button, and we tell you by mail from now on.", lead=True),
            links.form(addresses.CONFIRM, token, ui.button("Confirm")),
            ui.paragraph("If you did not ask for this, close this page.", quiet=True),
        ]
    )
