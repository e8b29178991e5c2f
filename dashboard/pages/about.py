"""About: what do the words and figures on these pages mean, and where do they come from?

For anyone who doubts a figure.
"""

from __future__ import annotations

from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.urls import addresses

PATH = addresses.ABOUT
TITLE = "About these figures"
NAV = "About"
KEEP = True
NEEDS_DATA = False


def layout(**_: Any) -> Component:
    """The page. It takes no parameters."""
    return render()


def render() -> Component:
    """The page."""
    return html.Div(
        [
            ui.heading(TITLE),
            ui.paragraph(
                "England’s planning authorities publish planning data on their own websites. "
                "The Planning Data platform collects it every night. This service shows what was "
                "collected, what was not, and what to do about it.",
                lead=True,
            ),
            _words(),
            _counting(),
            _machines(),
            _remembering(),
        ]
    )


def _words() -> Component:
    return ui.section(
        "What the words mean",
        ui.paragraph(
            "Each word for a status, a stage or a figure has one meaning on all pages. See ",
            ui.link("the glossary", addresses.GLOSSARY),
            ".",
        ),
        id="words",
    )


def _counting() -> Component:
    return ui.section(
        "How we count",
        ui.bullets(
            [
                "A share is always shown with its count, such as 6 of 8.",
                "“Not known” is not zero. We say so when we do not know.",
                "National figures count planning authorities only, and only what applied to them "
                "on the date shown.",
                "We do not show averages of fewer than five authorities.",
                "A problem in the data counts once, however many web addresses lead to it.",
            ]
        ),
        id="counting",
    )


def _machines() -> Component:
    example = "/api/v1/organisation-dataset-summary?format=csv"
    return ui.section(
        "For your own programs",
        ui.paragraph(
            "Programs can read everything shown here, as JSON or CSV, from the same figures. You "
            "do not need a key. For example, ",
            ui.link("every dataset of every authority", example),
            ". For what is available, how to request it and what each column means, see ",
            ui.link("the guide to the interface", "/api/v1/"),
            ". Programs can use its ",
            ui.link("description as OpenAPI 3.1", "/api/v1/openapi.json"),
            ".",
        ),
        id="programs",
    )


def _remembering() -> Component:
    return ui.section(
        "What your browser remembers",
        ui.paragraph(
            "We set cookies only for signing in and its forms. Your browser remembers which "
            "authority you last looked at, and the date of its figures, so that we can offer a "
            "link back and show what has changed since. None of this is sent to us until you "
            "follow such a link. To delete it, select “Forget” next to the link."
        ),
        id="remembering",
    )
