"""Sign in: how do I get in, and which address do I give?

For somebody of a planning authority who wants to keep track of what is to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.design.forms import hidden_values
from dashboard.data.door import now
from dashboard.data.errors import StoreUnavailable
from dashboard.pages.account.return_path import page_before, return_path
from dashboard.urls import addresses
from dashboard.web import cookies, identity
from dashboard.web.contact import contact
from providers.accounts import domains

PATH = addresses.SIGN_IN
TITLE = "Sign in"
NAV = None
NEEDS_DATA = False
PLAIN = True

OFF = (
    "Nobody can sign in here yet, because this site cannot send mail. Everything can be read "
    "without signing in."
)


@dataclass(frozen=True, slots=True)
class View:
    """What the form shows: the address and what was wrong with it, where the person goes back to,
    whose page they came from (a code), and a domain of the sample to try."""

    address: str = ""
    mistake: str | None = None
    return_path: str = "/"
    organisation: str = ""
    example: str | None = None


def layout(next: Any = "", organisation: Any = "", **_: Any) -> Component:
    """The page. In: the path to go back to, and the organisation whose page led here."""
    if not cookies.is_on():
        return html.Div([ui.heading(TITLE), ui.paragraph(OFF, lead=True)])
    back = return_path(next) if isinstance(next, str) and next else page_before()
    code = organisation if isinstance(organisation, str) else ""
    return render(View(return_path=back, organisation=code, example=example()))


def example() -> str | None:
    """A domain whose addresses may sign in, where all authorities are invented."""
    try:
        if now().kind != "sample":
            return None
    except StoreUnavailable:
        return None
    with identity.change() as connection:
        return domains.example(connection)


def render(view: View) -> Component:
    """The page with its form."""
    who = identity.current()
    return html.Div(
        [
            ui.mistake_summary(("address", view.mistake)) if view.mistake else None,
            ui.heading(TITLE),
            ui.paragraph(
                "Sign in with your work e-mail address, to keep track of what your authority has "
                "to do. You do not need a password, and you can read everything without signing "
                "in.",
                lead=True,
            ),
            _signed_in(who) if who else None,
            _example(view.example) if view.example else None,
            identity.form(
                addresses.SIGN_IN,
                *hidden_values({"next": view.return_path, "organisation": view.organisation}),
                ui.entry(
                    "address",
                    "Your work e-mail address",
                    view.address,
                    kind="email",
                    hint="We send a link and a code to it. Both work for 15 minutes.",
                    mistake=view.mistake,
                    autoComplete="email",
                    spellCheck="false",
                ),
                ui.button("Send me a link and a code"),
            ),
            ui.details("My address is not accepted", *_not_accepted()),
            ui.paragraph(
                "See ",
                ui.link("what we store about you, and why", addresses.PRIVACY),
                ".",
                quiet=True,
            ),
        ]
    )


def _signed_in(who: identity.Identity) -> Component:
    return ui.inset(
        f"You are signed in as {who.address}. ", ui.link("See your account", addresses.ACCOUNT)
    )


def _example(domain: str) -> Component:
    address = f"planning@{domain}"
    return ui.inset(
        "The authorities here are invented, and each has a domain of its own. Try ",
        ui.code(address),
        ". Unless this site can send mail, the mail is printed where the site runs, and stays in "
        "its folder .data/mail.",
    )


def _not_accepted() -> list[Any]:
    whom = contact()
    return [
        ui.paragraph(
            "Each authority’s domains are approved by a person, so that nobody can act for "
            "an authority that is not theirs. If yours is missing, or you work for an authority "
            "from an address of another organisation, ask to be added."
        ),
        ui.paragraph(f"Ask {whom}.") if whom else None,
    ]
