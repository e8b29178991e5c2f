"""Words on a page: headings, paragraphs, links, buttons, notices, breadcrumbs, details."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from dash.development.base_component import Component

from dashboard.components.design import html
from dashboard.components.design.element import Attributes, Children, aria, is_safe_link
from dashboard.components.words import formatting

ButtonKind = Literal["primary", "secondary"]
NoticeKind = Literal["info", "warning", "success", "error"]
NOTICE_WORDS = {
    "info": "Information",
    "warning": "Warning",
    "success": "Success",
    "error": "There is a problem",
}


def heading(
    words: str, level: int = 1, *, caption: Children = None, id: str | None = None
) -> Component:
    """A heading of level 1 to 4; a page has one of level 1. `caption` stands above it, smaller.

    Give an `id` to headings that a link leads to.
    """
    if not 1 <= level <= 4:
        raise ValueError("headings have levels 1 to 4")
    tag = (html.H1, html.H2, html.H3, html.H4)[level - 1]
    more: Attributes = {"id": id} if id else {}
    if level == 1:
        # Focus is moved here after navigation.
        more["tabIndex"] = "-1"
    title = tag(words, className=f"h{level}", **more)
    if caption is None:
        return title
    return html.Div([html.P(caption, className="caption"), title], className="heading-group")


def caption(words: Children) -> Component:
    """A quiet line that says what something is, above or below it."""
    return html.P(words, className="caption")


def paragraph(*children: Children, lead: bool = False, quiet: bool = False) -> Component:
    """A paragraph; `lead` for the sentence that opens a page, `quiet` for side remarks."""
    name = "lead" if lead else "quiet" if quiet else "text"
    return html.P(list(children), className=name)


def link(words: Children, href: str, *, about: str | None = None) -> Component:
    """A link. `about` is read to those who hear links out of context, after the words.

    An address that is neither ours nor http(s) is shown as text: data may hold anything.
    """
    inside: list[Children] = [words]
    if about:
        inside.append(hidden(f" {about}"))
    if not is_safe_link(href):
        return html.Span(inside)
    return html.A(inside, href=href, className="link")


def external_link(words: Children, href: str) -> Component:
    """A link to another site, which learns nothing about our page."""
    if not is_safe_link(href):
        return html.Span(words)
    return html.A(words, href=href, className="link break", rel="external noopener noreferrer")


def download_link(words: str, href: str, *, note: str | None = None) -> Component:
    """A link that saves a file; `note` tells its kind and size, such as "CSV, 12 kB"."""
    inside: list[Children] = [words]
    if note:
        inside.append(html.Span(f" ({note})", className="quiet"))
    return html.A(inside, href=href, className="link download", download="")


def feed_link(words: str, href: str) -> Component:
    """A link to an Atom feed. The document names it to programs that look for feeds, too."""
    return html.A(words, href=href, className="link", rel="alternate")


def button(words: str, *, kind: ButtonKind = "primary") -> Component:
    """A button that sends the form it is in."""
    return html.Button(words, type="submit", className=f"button button-{kind}")


def bullets(items: Sequence[Children], *, plain: bool = False) -> Component:
    """A list; `plain` without its bullets."""
    return html.Ul(
        [html.Li(item) for item in items], className="bullets bullets-plain" if plain else "bullets"
    )


def in_words(items: Sequence[Children]) -> list[Children]:
    """Links, or other pieces, as a list within a sentence: a; a and b; a, b and c."""
    pieces: list[Children] = []
    for number, item in enumerate(items):
        if number:
            pieces.append(" and " if number == len(items) - 1 else ", ")
        pieces.append(item)
    return pieces


def return_link() -> Component:
    """ "Go back to …": hidden until `assets/last.js` knows whom the reader looked at last.

    Only the reader's own browser remembers it; the second control makes it forget.
    """
    name: Attributes = {"data-name": ""}
    marker: Attributes = {"data-last": ""}
    forget: Children = ["Forget", html.Span([" ", html.Span("", **name)], className="hidden")]
    return html.Div(
        [
            html.A(["Go back to ", html.Span("", **name)], href="/", className="link"),
            html.Button(forget, type="button", className="button button-secondary button-small"),
        ],
        className="row",
        hidden=True,
        **marker,
    )


def steps(items: Sequence[Children], *, start: int = 1) -> Component:
    """A numbered list of things to do, in order; `start` is the number of the first."""
    more: Attributes = {"start": str(start)} if start > 1 else {}
    return html.Ol([html.Li(item) for item in items], className="bullets", **more)


def hidden(words: str) -> Component:
    """Words for screen readers only."""
    return html.Span(words, className="hidden")


def code(words: str) -> Component:
    """A reference, column name or value as it is written in the data."""
    return html.Code(words, className="code break")


def day(value: date | None) -> Component | None:
    """A date in words that machines can read too; None where it is not known."""
    if value is None:
        return None
    return html.Time(formatting.day(value), dateTime=value.isoformat())


def section(title: str, *children: Children, id: str, level: int = 2) -> Component:
    """A part of a page under its own heading; `#id` leads to it."""
    return html.Section(
        [heading(title, level, id=f"{id}-heading"), *children],
        id=id,
        className="section",
        **aria(labelledby=f"{id}-heading"),
    )


def fold(
    title: str, *children: Children, id: str, open: bool = False, on_paper: bool = True
) -> Component:
    """A part of a page of which only the heading is seen until it is opened. `#id` leads to it,
    and a script opens it then; a printed page shows it, unless it is not `on_paper`."""
    summary = html.Summary(heading(title, 2, id=f"{id}-heading"), className="details-summary")
    return html.Section(
        html.Details(
            [summary, html.Div(list(children))],
            className="fold" if on_paper else "fold details-screen",
            open=open,
        ),
        id=id,
        className="section section-fold",
        **aria(labelledby=f"{id}-heading"),
    )


def inset(*children: Children) -> Component:
    """Words set apart from the text around them."""
    return html.Div(list(children), className="inset")


def scroll_hint(what: str) -> Component:
    """On a phone, that there is more of something to the right of what is in sight."""
    words = f"Scroll {what} sideways to see all of it."
    return html.P(words, className="scroll-hint quiet small")


def notification(title: str, *children: Children, kind: NoticeKind = "info") -> Component:
    """A notice at the top of a page or section: its kind is said as well as shown."""
    return html.Div(
        [
            html.P(
                [hidden(f"{NOTICE_WORDS[kind]}: "), html.Strong(title)],
                className="notice-title",
            ),
            *(html.Div(child, className="notice-text") for child in children),
        ],
        className=f"notice notice-{kind}",
    )


def notices(sentences: Sequence[str]) -> Component | None:
    """What of an address or of a form could not be used, as one notice; None if all could."""
    if not sentences:
        return None
    body: Children = sentences[0] if len(sentences) == 1 else bullets(list(sentences))
    notice = notification("We could not use all of these choices", body, kind="warning")
    # Also told where one figure of the page stands alone.
    setattr(notice, "data-ignored", "")
    return notice


def details(
    summary: str, *children: Children, open: bool = False, on_paper: bool = True
) -> Component:
    """Words behind a summary line that opens and closes without a script. A printed page shows
    them, unless they are not `on_paper`: what is of no use there."""
    return html.Details(
        [html.Summary(summary, className="details-summary"), html.Div(list(children))],
        className="details" if on_paper else "details details-screen",
        open=open,
    )


def row(*items: Children) -> Component:
    """Quiet things side by side: links, lines, what opens."""
    return html.Div(list(items), className="row")


def working(*children: Children, about: str) -> Component:
    """ "How is this worked out?" for a number. In: what the number is called, and the answer."""
    return html.Details(
        [
            html.Summary(
                ["How is this worked out?", hidden(f" {about}")], className="details-summary"
            ),
            html.Div(list(children)),
        ],
        className="details details-small",
    )


def breadcrumbs(trail: Sequence[tuple[str, str]]) -> Component:
    """The way to this page: (words, address) from the outermost, without the page itself."""
    return html.Nav(
        html.Ol([html.Li(html.A(words, href=href)) for words, href in trail]),
        className="breadcrumbs",
        **aria(label="Breadcrumb"),
    )


def tabs(label: str, items: Sequence[tuple[str, str]], current: str) -> Component:
    """Links that look like tabs, to views of one thing. In: (words, address); the present one."""
    links = []
    for words, href in items:
        now = aria(current="page" if href == current else None)
        links.append(html.Li(html.A(words, href=href, **now)))
    return html.Nav(html.Ul(links), className="tabs", **aria(label=label))
