"""About: what do the words and figures on these pages mean, and where do they come from?

Asked by everybody who doubts a figure, which is everybody once.
"""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import design as ui
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
                "Every night it is collected from there. This service shows what was collected, "
                "what was not, and what to do about it.",
                lead=True,
            ),
            _statuses(),
            _bands(),
            _counting(),
            _machines(),
            _remembering(),
        ]
    )


def _statuses() -> Component:
    return ui.section(
        "What each status means",
        ui.paragraph(
            "An authority has one status for each dataset. We go down a list of rules, and the "
            "first one that fits decides."
        ),
        ui.key(ui.STATUSES),
        ui.paragraph(
            "Old data, warnings and a missing licence do not change a status. They are shown "
            "beside it."
        ),
        id="statuses",
    )


def _bands() -> Component:
    return ui.section(
        "Does it work, and how fresh is it?",
        ui.paragraph("An endpoint is the web address we collect a dataset from."),
        ui.key(ui.ACCESS_BANDS),
        ui.paragraph("Freshness goes by the day on which the content last changed."),
        ui.key(ui.FRESHNESS_BANDS),
        id="bands",
    )


def _counting() -> Component:
    return ui.section(
        "How we count",
        ui.bullets(
            [
                "A share is always shown with its count, such as 6 of 8.",
                "“Not known” is not nought. We say so when we cannot tell.",
                "Only planning authorities count in national figures, and only what applied to "
                "them on the date shown.",
                "An average over fewer than five authorities is not shown.",
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
            "Everything shown here can be read by a program, as JSON or CSV, from the same "
            "figures. You need no key. For example ",
            ui.link("every dataset of every authority", example),
            ". What there is, how to ask and what each column means is in ",
            ui.link("the guide to the interface", "/api/v1/"),
            ", and for programs in its ",
            ui.link("description as OpenAPI 3.1", "/api/v1/openapi.json"),
            ".",
        ),
        id="programs",
    )


def _remembering() -> Component:
    return ui.section(
        "What your browser remembers",
        ui.paragraph(
            "We set no cookies. Your own browser keeps which authority you looked at last, and "
            "how new its figures were, so that we can offer the way back and what has changed "
            "since. Nothing of it is sent to us until you follow such a link. Press "
            "“Forget” beside the way back to delete it."
        ),
        id="remembering",
    )
