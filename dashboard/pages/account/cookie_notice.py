"""Cookies: which do you set, and do I have to agree to them?"""

from __future__ import annotations

from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.urls import addresses

PATH = addresses.COOKIES
TITLE = "Cookies"
NAV = None
KEEP = True
NEEDS_DATA = False

_ROWS = (
    (
        "__Host-session",
        "says that you are signed in",
        "until you sign out or close the browser, at most 7 days",
    ),
    (
        "_csrf_token",
        "shows that what is sent in your name comes from our pages",
        "as the one above",
    ),
    (
        "__Host-form",
        "shows that a form comes from our pages, and ties a mailed code to the browser "
        "that asked for it",
        "until you sign in or close the browser",
    ),
    (
        "__Host-checks",
        "shows that you began a check of a file, so that you can cancel it or end its link",
        "90 days after your last check",
    ),
)


def layout(**_: Any) -> Component:
    """The page. It takes no parameters."""
    return render()


def render() -> Component:
    """The page."""
    return html.Div(
        [
            ui.heading(TITLE),
            ui.paragraph(
                "We set no cookies unless you sign in or fill in a form. Those that we set then "
                "are strictly necessary for it, so we do not ask you to agree to them.",
                lead=True,
            ),
            ui.table(
                "Our cookies",
                [ui.Column("Name"), ui.Column("Why"), ui.Column("How long")],
                _ROWS,
            ),
            ui.section(
                "What else your browser remembers",
                ui.paragraph(
                    "Your browser remembers which authority you last looked at, and the date of "
                    "its figures. See ",
                    ui.link("what your browser remembers", f"{addresses.ABOUT}#remembering"),
                    ".",
                ),
                id="browser",
            ),
        ]
    )
