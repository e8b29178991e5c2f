"""What mailed links lead to: who they are of, and forms that need no signing in."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.design.element import Children
from dashboard.components.design.forms import hidden_values
from dashboard.data.door import ask
from dashboard.data.errors import DataMoved, StoreUnavailable
from dashboard.web import cookies
from performance_store.queries import organisations, summaries
from providers.messages.links import Links

OFF = "This site cannot send mail, so nothing is told by mail here."


def links() -> Links:
    """What reads the tokens of mailed links."""
    about = cookies.accounts()
    return Links(about.site, about.keys)


def form(action: str, token: str, *children: Children) -> Component:
    """A form that its token proves: it needs no cookie, so that it sets none."""
    hidden = hidden_values({"token": token})
    cookies.keep_private()
    return html.Form([*hidden, *children], action=action, method="POST", className="form")


def useless(title: str) -> Component:
    """The page of a link that does nothing."""
    return html.Div(
        [
            ui.heading(title),
            ui.paragraph(
                "This link is not one of ours, or it is too old. If it is broken over two lines in "
                "your mail, copy all of it.",
                lead=True,
            ),
        ]
    )


def off(title: str) -> Component:
    """The page where nothing can be sent."""
    return html.Div([ui.heading(title), ui.paragraph(OFF, lead=True)])


def names_of(codes: tuple[str, ...]) -> dict[str, str]:
    """What organisations are called; none of them while the store is silent."""
    try:
        return {row.organisation: row.name for row in ask(organisations.names, organisations=codes)}
    except (DataMoved, StoreUnavailable):
        return {}


def dataset_names() -> dict[str, str]:
    """What datasets are called; nothing while the store is silent."""
    try:
        return {row.dataset: row.name or row.dataset for row in ask(summaries.datasets)}
    except (DataMoved, StoreUnavailable):
        return {}
