"""The page of a mailed link: one button, which signs in.

Opening it does nothing: mail programs open links before people do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component
from flask import request

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.design.forms import hidden_values
from dashboard.data.door import ask
from dashboard.data.errors import DataMoved, StoreUnavailable
from dashboard.pages.account import code, sign_in
from dashboard.urls import addresses
from dashboard.web import cookies, identity
from performance_store.queries import organisations
from providers.accounts import sign_in as tokens

PATH = addresses.SIGN_IN_LINK
TITLE = "Sign in"
NAV = None
NEEDS_DATA = False
PLAIN = True

STATES = {
    **code.STATES,
    "used": "This link, or the code that came with it, has been used. Each works once.",
    "expired": "This link has ended: it works for 15 minutes.",
    "unknown": "This link is not one of ours, or it is older than two days. If it is broken over "
    "two lines in your mail, copy all of it.",
}


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: the token, whom it signs in, for which organisation (its name), what
    it is good for and where it leads back to."""

    token: str
    address: str
    state: str
    organisation: str = ""
    return_path: str = "/"


def layout(token: Any = "", **_: Any) -> Component:
    """The page. In: the token of the link."""
    if not cookies.is_on():
        return html.Div([ui.heading(TITLE), ui.paragraph(sign_in.OFF, lead=True)])
    return render(view(token if isinstance(token, str) else ""))


def view(token: str) -> View:
    """What a link is good for."""
    with identity.change() as connection:
        row = tokens.look(connection, token=token)
    if row is None:
        return View(token, "", "unknown")
    # A code that was tried too often leaves the link as it is.
    state = "live" if row.state == "tries" else row.state
    return View(token, row.address, state, _name(row.organisation), row.return_path)


def _name(organisation: str | None) -> str:
    try:
        rows = ask(organisations.names, organisations=(organisation,)) if organisation else ()
    except (DataMoved, StoreUnavailable):
        rows = ()
    return rows[0].name if rows else ""


def render(view: View) -> Component:
    """The page: a button, or why there is none."""
    if view.state != "live":
        return _useless(view)
    whose = f" for {view.organisation}" if view.organisation else ""
    return html.Div(
        [
            ui.heading(TITLE),
            ui.paragraph(
                "You are about to sign in as ",
                html.Strong(view.address, className="break"),
                f"{whose}.",
                lead=True,
            ),
            identity.form(
                addresses.SIGN_IN_LINK,
                *hidden_values({"token": view.token}),
                ui.button("Sign in"),
            ),
            ui.paragraph("If you did not ask for this, close this page.", quiet=True),
        ]
    )


def _useless(view: View) -> Component:
    return html.Div(
        [
            ui.heading("This link does not sign you in"),
            ui.paragraph(STATES[view.state], lead=True),
            code.again(view.address, view.return_path)
            if view.address
            else ui.paragraph(ui.link("Ask for a new link", addresses.SIGN_IN)),
        ]
    )


def token_of_form() -> str:
    """The token that the button sent."""
    return request.form.get("token", "")
