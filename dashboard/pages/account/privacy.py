"""Privacy: what do you store about me, why, for how long, and whom do I ask?

For whoever reads, signs in or is written to.
"""

from __future__ import annotations

from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.urls import addresses
from dashboard.web.contact import contact

PATH = addresses.PRIVACY
TITLE = "Privacy"
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
                "You can read everything here without telling us who you are. If you sign in, we "
                "store your e-mail address and what you do here.",
                lead=True,
            ),
            _readers(),
            _people(),
            _followers(),
            _why(),
            _others(),
            ui.section(
                "Whom to ask",
                ui.paragraph(
                    "You can ask what we store about you, have it put right, and have it removed. ",
                    f"Ask {contact}."
                    if contact
                    else "Ask whoever runs this site: it does not say here whom.",
                ),
                ui.paragraph(
                    "If you are not content with the answer, you can complain to the ",
                    ui.external_link("Information Commissioner", "https://ico.org.uk/"),
                    ".",
                ),
                id="ask",
            ),
        ]
    )


def _readers() -> Component:
    return ui.section(
        "If you do not sign in",
        ui.bullets(
            [
                "Our log has the path of each page that is asked for, with the time. It has "
                "neither your network address nor what you searched for.",
                "To hold off floods we count requests from each network for a minute.",
                "We use no analytics and no advertising, and nothing on our pages comes from "
                "other sites.",
            ]
        ),
        id="readers",
    )


def _people() -> Component:
    return ui.section(
        "If you sign in",
        ui.table(
            "What we store about people who sign in",
            [ui.Column("What"), ui.Column("Why"), ui.Column("How long")],
            _ROWS,
        ),
        id="people",
    )


_FOLLOWERS = (
    (
        "Your e-mail address, which organisations you follow, and when you confirmed it",
        "to tell you what you asked to be told",
        "until 30 days after you stop it; a week if you never confirmed it",
    ),
    (
        "Your address in a form that cannot be read back, if mail to it failed or you complained",
        "so that we do not write again",
        "for ever if nobody reads mail there or you complained, otherwise 30 days",
    ),
    (
        "That a mail was sent to you and when, without what it said",
        "so that nothing comes twice",
        "90 days",
    ),
    (
        "The network that asked for a mail to follow, in a form that cannot be read back",
        "to stop floods of mail",
        "2 days",
    ),
)
_ROWS = (
    (
        "Your e-mail address",
        "to let you in, and to write to you",
        "24 months after you last signed in",
    ),
    (
        "Links and codes that were asked for, with the address, and the network in a form "
        "that cannot be read back",
        "to let you in, and to stop floods of mail",
        "2 days",
    ),
    (
        "That you are signed in, since when, and for which organisation",
        "so that you need not sign in for each page",
        "until you sign out, 8 hours without a visit, or 7 days",
    ),
    (
        "What you changed and when, under a number in place of your name",
        "so that an authority’s history says on whose behalf it was done",
        "as long as the task it is about; your address stands beside the number only "
        "while we store the address",
    ),
    (
        "What you type before you send it to the data team",
        "so that you can stop and go on",
        "30 days after you last changed it, or until you send or remove it",
    ),
    (
        "Your name, your e-mail address and your words in what you sent, and the answers to it",
        "so that the data team can do what you asked and answer you",
        "24 months after it is done or has ended",
    ),
)


def _followers() -> Component:
    return ui.section(
        "If you are told things by mail",
        ui.table(
            "What we store about people who follow an organisation",
            [ui.Column("What"), ui.Column("Why"), ui.Column("How long")],
            _FOLLOWERS,
        ),
        ui.paragraph("We do not look whether you open our mails or follow their links."),
        id="followers",
    )


def _why() -> Component:
    return ui.section(
        "Our reason in law",
        ui.paragraph(
            "We do this as a task in the public interest: helping planning authorities to "
            "provide the data that planning law asks of them (UK GDPR, article 6(1)(e))."
        ),
        id="law",
    )


def _others() -> Component:
    return ui.section(
        "Who else sees it",
        ui.bullets(
            [
                "People who sign in for the same organisation see what was done for it.",
                "Programme managers see counts for each organisation, and what was sent to the "
                "data team with the name and address of whoever sent it.",
                "The data team gets what you send, in the system that its tickets are in.",
                "Whoever runs this site, and the companies that host it and carry its mail.",
            ]
        ),
        id="others",
    )
