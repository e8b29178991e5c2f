"""A part of a page that is fetched by a request of its own, so that the page waits for nobody: what
asks somebody else's server. Without scripts it is a link to a page that has that part alone."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components.design import html, text
from dashboard.components.design.element import Attributes, Children

MARK = "data-parts"
"""The attribute that says that a page wants the sheet and script of such parts and of maps, which
are sent with the pages that have one."""
CONTENT = "part"
"""The id of what is taken out of the page that a part is fetched from."""


def part(words: str, href: str) -> Component:
    """Where a part comes to stand. In: the words of the link that is there without scripts, and
    the address of the page that has it."""
    more: Attributes = {MARK: "", "data-part": href}
    return html.Div(text.paragraph(text.link(words, href)), className="part", **more)


def folded(summary: str, words: str, href: str, *, about: str) -> Component:
    """The same, folded up, and fetched when it is opened. In: also the line that opens it, and what
    is read after it to those who hear it out of context."""
    more: Attributes = {MARK: "", "data-part": href}
    return html.Details(
        [
            html.Summary([summary, text.hidden(f" {about}")], className="details-summary"),
            html.Div(text.paragraph(text.link(words, href)), className="part", **more),
        ],
        className="details details-screen",
    )


def content(*children: Children) -> Component:
    """What a page that has a part alone hands to others."""
    more: Attributes = {MARK: ""}
    return html.Div(list(children), id=CONTENT, className="part", **more)
