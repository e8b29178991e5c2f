"""What moves on a page while it is looked at: progress and alerts of Dash Bootstrap Components. And
questions, which browsers bring along.

    alive.page(...)        # a page with our second sheet and script, whether or not it moves
    alive.progress(...)

Importing that library would send its script with every page. So it is taken off Dash's list here,
and `dashboard.web.scripts` sends it where a page's tree holds one of its components. Only this
module imports it.
"""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash.development.base_component import Component, ComponentRegistry

from dashboard.components.design import html
from dashboard.components.design.element import Attributes, Children

LIBRARY = dbc.__name__
SCRIPTS = dbc._js_dist
"""What Dash is to serve of it."""
MARK = "data-alive"
"""The attribute that says that a page wants our second sheet and script."""

ComponentRegistry.registry.discard(LIBRARY)  # type: ignore[no-untyped-call]
# Which properties hold components would stand in every page too; those of what is here hold none.
ComponentRegistry.children_props.pop(LIBRARY, None)


def page(*children: Children) -> Component:
    """The outermost element of a page that has our second sheet and script."""
    mark: Attributes = {MARK: ""}
    return html.Div(list(children), **mark)


def progress(id: str, percent: int) -> Component:
    """A bar for the eye alone: words beside it say how far it is. Only scripts draw it."""
    hidden: Attributes = {"aria-hidden": "true"}
    return html.Div(dbc.Progress(id=id, value=percent), className="progress-line", **hidden)


def alert(id: str, words: str) -> Component:
    """A notice that is opened and closed while the page is looked at; closed at first."""
    notice: Component = dbc.Alert(words, id=id, is_open=False, fade=False, color="warning")
    return notice


def question(id: str, title: str, words: str, *, yes: str, no: str) -> Component:
    """What is asked before a form within `data-asks` of this id is sent, by whoever has scripts.

    It is the browser's own dialogue: the library's needs all of Dash, 350 KB, on pages that do
    without."""
    about: Attributes = {"aria-labelledby": f"{id}-title"}
    answers: list[tuple[str, str, str, bool]] = [
        (yes, "yes", "button", False),
        (no, "", "button button-secondary", True),
    ]
    return html.Dialog(
        [
            html.H2(title, id=f"{id}-title", className="h3"),
            html.P(words),
            html.Form(
                [
                    html.Button(label, type="submit", value=value, className=look, autoFocus=first)
                    for label, value, look, first in answers
                ],
                method="dialog",
                className="form",
            ),
        ],
        id=id,
        className="dialog",
        **about,
    )
