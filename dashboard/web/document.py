"""The frame around every page: the HTML document, header, navigation, banner and footer. What is
in it is here, its HTML in `templates`.

The frame and the page's own content are in the first response (see `dashboard.web.prerender`);
`assets/shell.js` keeps them right while Dash moves from page to page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dash import Dash
from dash.development.base_component import Component
from flask import Response, current_app, g, render_template, request
from markupsafe import Markup

from dashboard.colours import DEEP
from dashboard.components.design import html
from dashboard.components.design.element import Element
from dashboard.components.design.near import Near
from dashboard.components.words import formatting
from dashboard.data.door import StoreState, ask, days_if_old
from dashboard.data.errors import DataMoved, StoreUnavailable
from dashboard.web import identity, scripts, slots
from dashboard.web.age import data_age, store_state
from dashboard.web.cookies import is_on, keep_private
from dashboard.web.page import PageModule
from dashboard.web.prerender import find_first, text_of, to_html, walk
from dashboard.web.router import Answer, Router, is_plain
from performance_store.queries import organisations, snapshots
from serving.requests import name_route

MAINTENANCE = "MAINTENANCE_MESSAGE"
SHELL = "planning-data-shell"
SERVICE = "Planning Data Performance"
# What of Dash's settings is not sent. Nobody else needs to know which build of Python this is. The
# other is new for each document and sent back with each call, for callbacks in the background, of
# which there are none here: documents would never be equal, nor calls.
_NOT_SENT = re.compile(r'"(python_version|end_id)":"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, slots=True)
class Corner:
    """The corner of the header: the address of whoever is signed in and the name of the
    organisation they act for; both empty for everybody else."""

    address: str = ""
    organisation: str = ""


class ShellDash(Dash):
    """Dash with our own document around it. `router` draws the first page of each visit."""

    router: Router

    def index(self, *args: Any, **kwargs: Any) -> str:
        """The document for an address. What needs no script does without Dash."""
        match = self.router.match_of_request()
        name_route(match.page.PATH if match else "none")
        query = request.query_string.decode("utf-8", "replace")
        answer = self.router.answer(match, request.path, query)
        g.page_answer = answer
        plain = match is not None and is_plain(match.page)
        if plain:
            keep_private()
        g.enlivening = scripts.enlivening(self, answer.content)
        is_still = answer.in_frame and find_first(answer.content, Near) is None
        if is_still or (plain and not scripts.moves(g.enlivening)):
            g.page_status = answer.status
            return self.plain(answer, g.enlivening)
        return str(super().index(*args, **kwargs))  # type: ignore[no-untyped-call]

    def plain(self, answer: Answer, files: list[dict[str, str]]) -> str:
        """The document around a page that needs no script of Dash. In: what else it needs."""
        if _has_mistakes(answer.content):
            answer = replace(answer, title=f"Error: {answer.title}")
        css = self._generate_css_dist_html()  # type: ignore[no-untyped-call]
        parts = _enlivened({"css": css, "scripts": ""}, files)
        return document(answer, self.router.pages, store_state(), parts)

    def interpolate_index(self, **parts: Any) -> str:  # type: ignore[override]
        """The whole HTML document for the request under way."""
        answer: Answer = g.page_answer
        g.page_status = answer.status
        parts["config"] = _NOT_SENT.sub(r'"\1":""', parts["config"])
        parts = _enlivened(parts, g.enlivening)
        return document(answer, self.router.pages, store_state(), parts)

    def _collect_and_register_resources(self, resources: Any, *args: Any, **kwargs: Any) -> Any:
        """Dash's list of what pages load, and of what may be loaded, without what none needs."""
        mine = scripts.needful(resources)
        return super()._collect_and_register_resources(mine, *args, **kwargs)  # type: ignore[no-untyped-call]


def plain_page(content: Any, status: int = 200) -> Response:
    """The answer to a request that no page answers, such as a form: a page without scripts."""
    app: ShellDash = current_app.extensions[SHELL]
    page = Element("div", content, className="page")
    title = find_first(content, html.H1)
    answer = Answer(status, text_of(title), page, request.path)
    files = scripts.enlivening(app, page)
    return Response(app.plain(answer, files), status, mimetype="text/html")


def _enlivened(parts: dict[str, str], files: list[dict[str, str]]) -> dict[str, str]:
    """Pieces of the document with what its page needs beside what all pages have."""
    css = parts["css"] + scripts.as_html(files, "_css_dist")
    code = parts["scripts"] + scripts.as_html(files, "_js_dist")
    return {**parts, "css": css, "scripts": code}


def document(
    answer: Answer,
    pages: Sequence[PageModule],
    state: StoreState | None,
    parts: dict[str, str],
) -> str:
    """The HTML document around a page. In: also the page modules for the navigation, what the
    store serves, and Dash's own `css`, `config`, `scripts` and `renderer` (none for a plain
    page, such as the one for an error). What stands in a frame has no header and no footer, its
    links lead out of the frame, and only what Dash must draw has more scripts than the one that
    tells its height."""
    components = tuple(walk(answer.content))
    return render_template(
        "document.html",
        answer=answer,
        title=page_title(answer.title),
        version=state.version if state else "",
        reader=identity.mark(),
        # Dash's pieces and the page are HTML already; all else is escaped.
        dash={name: Markup(part) for name, part in parts.items()},
        content=Markup(to_html(answer.content)),
        service=SERVICE,
        theme_colour=DEEP,
        pages=pages,
        current_for=_current,
        corner=corner(),
        message=current_app.config.get(MAINTENANCE),
        is_sample=state is not None and state.kind == "sample",
        past=slots.loading_past() if not answer.in_frame and lacks_past(state) else "",
        refresh=_attribute(components, "data-refresh"),
        data_age=_attribute(components, "data-age") or data_age(state),
        newest=data_age(state),
        feeds=[] if answer.in_frame else _feeds(answer.title, components),
        old_data=old_data(state, days_if_old()),
    )


def lacks_past(state: StoreState | None) -> bool:
    """Whether the store has the sample's newest snapshot only: the past is loaded behind it."""
    if state is None or state.kind != "sample" or state.snapshot_id is None:
        return False
    try:
        return not ask(snapshots.earlier, snapshot_id=state.snapshot_id)
    except (DataMoved, StoreUnavailable):
        return False


def corner() -> Corner | None:
    """Who is signed in, for the corner of the header; None where nobody can sign in."""
    if not is_on():
        return None
    who = identity.current()
    if who is None:
        return Corner()
    return Corner(who.address, _name_of(who.acting_for) if who.acting_for else "")


def _name_of(organisation: str) -> str:
    try:
        rows = ask(organisations.names, organisations=(organisation,))
    except (DataMoved, StoreUnavailable):
        rows = ()
    return rows[0].name if rows else organisation


def page_title(heading: str) -> str:
    """The document's title for a page's heading."""
    return SERVICE if heading in ("", SERVICE) else f"{heading} – {SERVICE}"


def _current(link: str, path: str) -> str:
    """`aria-current` of a link in the navigation: whether it leads to the page itself or to the
    section it is in; `assets/shell.js` follows the same rule when Dash moves on."""
    path = "/" + path.strip("/")
    if path == link:
        return "page"
    return "true" if link != "/" and path.startswith(f"{link}/") else ""


def _attribute(components: Sequence[Component], name: str) -> str | None:
    """What the page itself says in an attribute: of the age of its data, as it can be of any date,
    or after how many seconds it is to be loaded anew where no script does."""
    words = (vars(part).get(name) for part in components)
    return next((str(word) for word in words if word), None)


def _has_mistakes(content: Any) -> bool:
    """Whether a page says what was wrong with what was sent."""
    parts = (part for part in walk(content) if isinstance(part, Element))
    return any(part.attributes.get("role") == "alert" for part in parts)


def _feeds(heading: str, components: Sequence[Component]) -> list[dict[str, str]]:
    """The feeds that the page links to, for programs that are given the page's address."""
    title = page_title(heading)
    return [
        {"href": str(vars(part).get("href", "")), "title": title}
        for part in components
        if vars(part).get("rel") == "alternate"
    ]


def old_data(state: StoreState | None, days: int | None) -> str:
    """What readers are told of data that are older than they should be; nothing of others. In:
    how many days old they are, if that is too many."""
    if state is None or state.as_at is None or days is None:
        return ""
    return (
        f"They are of {formatting.day(state.as_at)}, {formatting.plural(days, 'day')} ago. "
        "What providers did since then is not in them yet."
    )
