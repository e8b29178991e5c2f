"""Check your mail: what do I do now?

For somebody who has just asked for a link and a code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.design.forms import hidden_values
from dashboard.components.words import formatting
from dashboard.pages.account import sign_in
from dashboard.urls import addresses
from dashboard.web import cookies, identity
from dashboard.web.contact import contact
from dashboard.web.delays import mail_delay
from providers.accounts import domains
from providers.accounts import sign_in as tokens
from providers.accounts.addresses import parse

PATH = addresses.SIGN_IN_CODE
TITLE = "Check your mail"
NAV = None
NEEDS_DATA = False
PLAIN = True

STATES = {
    "used": "This code, or the link that came with it, has been used.",
    "replaced": "A newer mail was asked for. Only the newest one works.",
    "expired": "The code has ended: it works for 15 minutes.",
    "tries": "This code was entered wrongly too often, and works no more. The link that came with "
    "it still does, until it ends.",
    "not-allowed": "This address may not sign in any more.",
}


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: where the mail went, whether its domain is one of an authority, what
    the code is good for, and what was wrong with the one that was sent."""

    address: str
    is_ours: bool
    state: str
    return_path: str
    organisation: str = ""
    mistake: str | None = None


def layout(**_: Any) -> Component:
    """The page. It takes no parameters: what was mailed is known by this browser's cookie."""
    if not cookies.is_on():
        return html.Div([ui.heading(TITLE), ui.paragraph(sign_in.OFF, lead=True)])
    page = view()
    return render(page) if page else _nothing()


def view(mistake: str | None = None) -> View | None:
    """What was last mailed for this browser; None for nothing."""
    with identity.change() as connection:
        token = tokens.of_browser(connection, browser=cookies.browser())
        if token is None:
            return None
        return View(
            address=token.address,
            is_ours=domains.is_approved(connection, address=parse(token.address)),
            state=token.state,
            return_path=token.return_path,
            organisation=token.organisation or "",
            mistake=mistake,
        )


def wrong(tries_left: int) -> str:
    """What is said of a wrong code."""
    tries = formatting.plural(tries_left, "try", "tries")
    return f"This is not the code of the newest mail. You have {tries} left."


def _nothing() -> Component:
    return html.Div(
        [
            ui.heading("There is no code to enter"),
            ui.paragraph(
                "This browser has not asked for a code. A code works only in the browser that "
                "asked for it.",
                lead=True,
            ),
            ui.paragraph(ui.link("Ask for a link and a code", addresses.SIGN_IN)),
        ]
    )


def render(view: View) -> Component:
    """The page with the form for the code, while there is one to enter."""
    mistake = view.mistake
    return html.Div(
        [
            ui.mistake_summary(("code", mistake)) if mistake and view.state == "live" else None,
            ui.heading(TITLE),
            mail_delay() if view.state == "live" else None,
            _sent(view) if view.is_ours else _not_ours(view),
            _enter(view) if view.state == "live" else ui.inset(STATES[view.state]),
            ui.section(
                "No mail?",
                ui.paragraph(
                    "Look in your junk mail. Some councils hold mail back for a few minutes."
                ),
                again(view.address, view.return_path, view.organisation),
                ui.paragraph(ui.link("Use another address", addresses.SIGN_IN)),
                id="again",
            ),
        ]
    )


def again(address: str, return_path: str, organisation: str = "") -> Component:
    """The form that asks for a new link and code for the same address."""
    values = {"address": address, "next": return_path, "organisation": organisation}
    return identity.form(
        addresses.SIGN_IN,
        *hidden_values(values),
        ui.button("Send a new link and code", kind="secondary"),
    )


def _sent(view: View) -> Component:
    return ui.paragraph(
        "We have sent a link and a code to ",
        html.Strong(view.address, className="break"),
        ". Open the link, or enter the code here. Either works once, for 15 minutes.",
        lead=True,
    )


def _not_ours(view: View) -> Component:
    domain = view.address.rpartition("@")[2]
    whom = contact()
    return html.Div(
        [
            ui.paragraph(
                html.Strong(domain, className="break"),
                " is not a domain of an authority that we know, so its addresses cannot sign in.",
                lead=True,
            ),
            ui.paragraph(
                "Only if you were invited by name, we have sent a link and a code to ",
                html.Strong(view.address, className="break"),
                f". If your authority uses this domain, ask {whom} to add it." if whom else ".",
            ),
        ]
    )


def _enter(view: View) -> Component:
    return identity.form(
        addresses.SIGN_IN_CODE,
        ui.entry(
            "code",
            "Code",
            hint="6 digits, from the mail",
            mistake=view.mistake,
            max_length=20,
            inputMode="numeric",
            autoComplete="one-time-code",
        ),
        ui.button("Sign in"),
    )
