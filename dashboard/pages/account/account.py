"""Your account: as whom am I signed in, for whom do I act, and how do I sign out?

For whoever is signed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.design.forms import hidden_values
from dashboard.data.door import ask
from dashboard.data.errors import DataMoved, StoreUnavailable
from dashboard.pages.account.return_path import return_path
from dashboard.urls import addresses
from dashboard.web import cookies, identity
from performance_store.queries import organisations
from performance_store.rows import NamedOrganisation

PATH = addresses.ACCOUNT
TITLE = "Your account"
NAV = None
NEEDS_DATA = False
PLAIN = True


def layout(next: Any = "", **_: Any) -> Component:
    """The page. In: the path to go on to after choosing an organisation."""
    who = identity.current() if cookies.is_on() else None
    if who is None:
        return html.Div(
            [
                ui.heading(TITLE),
                ui.paragraph("You are not signed in.", lead=True),
                ui.paragraph(ui.link("Sign in", addresses.SIGN_IN)),
            ]
        )
    back = return_path(next) if isinstance(next, str) and next else addresses.ACCOUNT
    return render(who, names(who.organisations), back)


def names(codes: tuple[str, ...]) -> tuple[NamedOrganisation, ...]:
    """What organisations are called, in the order of their names; by their codes where the store
    does not know them or is silent."""
    try:
        rows = ask(organisations.names, organisations=codes)
    except (DataMoved, StoreUnavailable):
        rows = ()
    present = {row.organisation for row in rows}
    return (*rows, *(NamedOrganisation(code, code) for code in codes if code not in present))


def render(who: identity.Identity, names: Sequence[NamedOrganisation], back: str) -> Component:
    """The page."""
    return html.Div(
        [
            ui.heading(TITLE),
            ui.summary_list(_facts(who, names)),
            _ways(who.acting_for) if who.acting_for else None,
            _choose(who, names, back) if len(names) > 1 else None,
            ui.section(
                "Sign out",
                ui.paragraph(
                    "We sign you out after 8 hours without a visit, and after 7 days in any case."
                ),
                identity.form(addresses.SIGN_OUT, ui.button("Sign out")),
                identity.form(
                    addresses.SIGN_OUT_EVERYWHERE,
                    ui.button("Sign out everywhere", kind="secondary"),
                ),
                id="sign-out",
            ),
            ui.paragraph(
                ui.link("What we store about you, and why", addresses.PRIVACY), quiet=True
            ),
        ]
    )


def _ways(organisation: str) -> Component:
    """What there is to do for the organisation."""
    return ui.bullets(
        [
            ui.link("Its tasks, and how far they are", addresses.tasks(organisation)),
            ui.link(
                "Send something to the data team",
                addresses.start_submission(organisation=organisation),
            ),
            ui.link("Be told by mail, or tell a program", addresses.follow(organisation)),
        ]
    )


def _facts(
    who: identity.Identity, names: Sequence[NamedOrganisation]
) -> list[tuple[str, str | Component]]:
    acting = next((row for row in names if row.organisation == who.acting_for), None)
    facts: list[tuple[str, str | Component]] = [
        ("Signed in as", html.Span(who.address, className="break")),
        (
            "Acting for",
            ui.link(acting.name, addresses.organisation(acting.organisation))
            if acting
            else "No organisation yet"
            if names
            else "No organisation: your address may act for none",
        ),
    ]
    if who.is_programme:
        facts.append(("Programme manager", "You see counts of all organisations."))
    return facts


def _choose(who: identity.Identity, names: Sequence[NamedOrganisation], back: str) -> Component:
    options = [(row.organisation, row.name) for row in names]
    control = (
        ui.choice("organisation", "Act for", options, who.acting_for)
        if len(options) <= 10
        else ui.select("organisation", "Act for", options, who.acting_for, any_label="Choose one")
    )
    return ui.section(
        "Choose an organisation",
        ui.paragraph("What you do is done for one organisation at a time. You can change it."),
        identity.form(
            addresses.ACTING_FOR,
            *hidden_values({"next": back}),
            control,
            ui.button("Act for this organisation"),
        ),
        id="organisation",
    )
