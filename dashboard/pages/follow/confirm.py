"""The page of the mail that asks whether somebody wants to follow: one button.

Opening it does nothing: mail programs open links before people do.
"""

from __future__ import annotations

from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.pages.follow import links
from dashboard.pages.follow.follow import ALERTS, DIGEST, KINDS
from dashboard.urls import addresses
from dashboard.web import cookies, identity
from providers.messages.questions import Question, question

PATH = addresses.CONFIRM
TITLE = "Confirm that you want to be told"
NAV = None
NEEDS_DATA = False
PLAIN = True


def layout(token: Any = "", **_: Any) -> Component:
    """The page. In: the token of the link."""
    if not cookies.is_on():
        return links.off(TITLE)
    token = token if isinstance(token, str) else ""
    with identity.change() as connection:
        subject = question(connection, links=links.links(), token=token)
    if subject is None:
        return links.useless(TITLE)
    name = links.names_of((subject.organisation,)).get(subject.organisation, subject.organisation)
    dataset = links.dataset_names().get(subject.dataset, subject.dataset)
    return render(token, subject, name, dataset)


def render(token: str, subject: Question, name: str, dataset: str) -> Component:
    """The page with its button. In: also what it is about, with the names of the organisation and
    of the dataset (blank: all)."""
    kinds = {DIGEST: subject.digest, ALERTS: subject.alerts}
    return html.Div(
        [
            ui.heading(TITLE),
            ui.paragraph("Select the button, and we tell you by mail from now on.", lead=True),
            ui.summary_list(
                [
                    ("Organisation", name),
                    ("Dataset", dataset or "All"),
                    ("You get", ui.bullets([words for kind, words in KINDS if kinds[kind]])),
                    ("Your address", html.Span(subject.address, className="break")),
                ]
            ),
            links.form(addresses.CONFIRM, token, ui.button("Confirm")),
            ui.paragraph("If you did not ask for this, close this page.", quiet=True),
        ]
    )
