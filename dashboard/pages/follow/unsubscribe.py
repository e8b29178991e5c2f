"""Stop all mail: one button. Opening the page does nothing: mail programs open links before people
do; their own button posts to the same address and is answered without a page."""

from __future__ import annotations

from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.pages.follow import links
from dashboard.urls import addresses
from dashboard.web import cookies, identity
from providers.messages import subscriptions
from providers.messages.links import UNSUBSCRIBE

PATH = addresses.UNSUBSCRIBE
TITLE = "Stop all mail"
NAV = None
NEEDS_DATA = False
PLAIN = True


def layout(token: Any = "", **_: Any) -> Component:
    """The page. In: the token of the link."""
    if not cookies.is_on():
        return links.off(TITLE)
    token = token if isinstance(token, str) else ""
    with identity.change() as connection:
        subscriber = subscriptions.of_token(
            connection, links=links.links(), token=token, purpose=UNSUBSCRIBE
        )
    if subscriber is None:
        return links.useless(TITLE)
    return render(token) if subscriber.is_active else done()


def render(token: str) -> Component:
    """The page with its button."""
    return html.Div(
        [
            ui.heading(TITLE),
            ui.paragraph(
                "We then tell you nothing more, of any organisation. We forget your address after "
                "30 days.",
                lead=True,
            ),
            links.form(addresses.UNSUBSCRIBE, token, ui.button("Stop all mail")),
        ]
    )


def done() -> Component:
    """The page afterwards."""
    return html.Div(
        [
            ui.heading("You get no more mail"),
            ui.paragraph("We forget your address after 30 days.", lead=True),
        ]
    )
