"""Accessibility: can I use this, what was tested, and what do I do if I cannot?"""

from __future__ import annotations

from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.urls import addresses
from dashboard.web.contact import contact

PATH = addresses.ACCESSIBILITY
TITLE = "Accessibility"
NAV = None
KEEP = True
NEEDS_DATA = False


def layout(**_: Any) -> Component:
    """The page. It takes no parameters."""
    return render(contact())


def render(contact: str | None) -> Component:
    """The page. In: whom readers can ask."""
    return html.Div(
        [
            ui.heading(TITLE),
            ui.paragraph(
                "We want everybody to be able to use this service. You can zoom to 400%, move "
                "about with the keyboard alone, listen with a screen reader, and do without "
                "scripts.",
                lead=True,
            ),
            _tested(),
            _not_right(),
            _tell(contact),
        ]
    )


def _tested() -> Component:
    return ui.section(
        "What was tested",
        ui.bullets(
            [
                "Every kind of page is checked by a program (axe-core) for the rules of "
                "WCAG 2.2 at levels A and AA, on a wide screen and on one of 390 pixels, "
                "whenever the service changes.",
                "The ways through the pages, signing in among them, are walked with the "
                "keyboard alone, and without scripts.",
                "Every chart has the same figures as a table below it.",
            ]
        ),
        ui.paragraph(
            "Such checks find some mistakes and not all. The service has not been "
            "audited by people who rely on assistive technology, so we do not claim that "
            "it meets the standard in full."
        ),
        id="tested",
    )


def _not_right() -> Component:
    return ui.section(
        "What we know is not right",
        ui.bullets(
            [
                "Maps show areas as pictures. What they show is in words and tables beside them.",
                "Wide tables scroll sideways on a phone.",
                "Documents on the sites of authorities, which we link to, are theirs.",
            ]
        ),
        id="not-right",
    )


def _tell(contact: str | None) -> Component:
    return ui.section(
        "If you cannot use something",
        ui.paragraph(
            f"Tell {contact}, and say which page and what you use."
            if contact
            else "Tell whoever runs this site: it does not say here whom.",
        ),
        ui.paragraph(
            "If you are not content with the answer, contact the ",
            ui.external_link(
                "Equality Advisory and Support Service",
                "https://www.equalityadvisoryservice.com/",
            ),
            ".",
        ),
        id="tell",
    )
