"""From an address to a page: one matching for the first response and for later navigation.

Each page is a rule of Flask's. The first response is what that rule leads to; when the reader
moves on, Dash asks with the new path, and the same map of rules says whose it is.

Dash's own pages are not used. Measured in Dash 4.4: their registry is shared by every
application in the process, a path variable also matches slashes, a query parameter replaces a
path variable of the same name, the status is always 200, and a layout that raises leaves the
page blank. Here a page is found by whole segments, the path wins, and whatever happens there is
an `Answer` with a status, a title and something to read.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode

from dash import ClientsideFunction, Dash, Input, Output, dcc
from flask import Flask, current_app, g, request
from werkzeug.exceptions import HTTPException

from dashboard.components.design import html, text
from dashboard.components.design.element import Element
from dashboard.data.door import ATTEMPTS, forget_now, keep_without_rows, now
from dashboard.data.errors import DataMoved, NotFound, StoreUnavailable
from dashboard.data.notes import is_stale, note_whole_page
from dashboard.urls.rules import PageRule
from dashboard.web import embedding, identity, scripts
from dashboard.web.age import data_age, store_state
from dashboard.web.page import PageModule
from dashboard.web.prerender import find_first, for_dash, text_of
from dashboard.web.problems import empty_store, failed, not_found, too_many, unavailable
from serving.requests import name_route

logger = logging.getLogger(__name__)

MAX_FIELDS = 100


@dataclass(frozen=True, slots=True)
class Match:
    """What an address leads to: a page and the variables of its path."""

    page: PageModule
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """A page ready to send: HTTP status, title (the text of its heading) and content; the path
    it is at, and its address in the form that `assets/shell.js` recognises it by. `in_frame`: it
    stands inside somebody else's page."""

    status: int
    title: str
    content: Any
    path: str = "/"
    address: str = "/?"
    in_frame: bool = False


class Router:
    """Draws the page for an address. In: the page modules, in navigation order."""

    def __init__(self, pages: Sequence[PageModule]) -> None:
        self.pages = tuple(pages)
        self._page_at = {page.PATH: page for page in pages}

    def add_rules(self, app: Dash) -> None:
        """Give Flask a rule for each page."""
        server: Flask = app.server
        for path in self._page_at:
            # Dash has brought the rule for "/" with it.
            if path not in server.view_functions:
                server.url_map.add(PageRule(path))
                server.endpoint(path)(app.index)

    def match(self, path: str) -> Match | None:
        """The page at a path, decoded once, or None; by the rules of the present application."""
        try:
            rule, variables = current_app.url_map.bind("").match("/" + path.strip("/"))
        except HTTPException:
            return None
        page = self._page_at.get(rule)
        return Match(page, variables) if page else None

    def match_of_request(self) -> Match | None:
        """The page that Flask found for the request under way, or None."""
        page = self._page_at.get(request.endpoint or "")
        if page:
            return Match(page, request.view_args or {})
        # To Flask several slashes at the end are another address; to readers they are none.
        return self.match(request.path)

    def answer(self, match: Match | None, path: str, search: str = "") -> Answer:
        """The page of a match (none is the page for an unknown address), with the path and the
        query string (with or without its `?`) that it was asked by."""
        for _ in range(ATTEMPTS):
            try:
                return _draw(match, path, search)
            except DataMoved:
                forget_now()
        return _answer(503, unavailable.layout(), path, search, "")

    def attach(self, app: Dash) -> None:
        """Give the application its rules, its layout and the callback that draws the page of the
        URL."""
        self.add_rules(app)
        app.layout = html.Div(
            [
                dcc.Location(id="url", refresh="callback-nav"),
                dcc.Store(id="page-state"),
                html.Div(id="page", disable_n_clicks=True),
                html.Div(id="page-arrival", hidden=True, disable_n_clicks=True),
            ]
        )

        @app.callback(  # type: ignore[misc, unused-ignore]
            Output("page", "children"),
            Output("page-state", "data"),
            Input("url", "pathname"),
            Input("url", "search"),
            on_error=_on_error,
        )
        def show(path: Any, search: Any) -> tuple[Any, dict[str, Any]]:
            # The browser gives the path as it is written, a web server gives it decoded. Whoever
            # is no browser may give anything.
            place = unquote(path) if isinstance(path, str) and path else "/"
            match = self.match(place)
            name_route(f"callback {match.page.PATH if match else 'none'}")
            query = search if isinstance(search, str) else ""
            answer = self.answer(match, place, query)
            scripts.note_page(app, answer.content)
            return _to_browser(answer)

        app.clientside_callback(  # type: ignore[no-untyped-call]
            ClientsideFunction("shell", "arrived"),
            Output("page-arrival", "children"),
            Input("page-state", "data"),
        )


def _draw(match: Match | None, path: str, search: str) -> Answer:
    status = 200
    content: Any
    try:
        params = query_params(search)
    except ValueError:
        if match is not None:
            # A page of some of the choices would be taken for one of them all.
            return _answer(400, too_many.layout(MAX_FIELDS, path), path, search, "")
        params = {}
    # Forms that change something stand in nobody's frame.
    in_frame = params.get("embed") == "1" and not (match and is_plain(match.page))
    try:
        if match is None:
            raise NotFound
        if getattr(match.page, "NEEDS_DATA", True) and now().empty:
            content = empty_store.layout()
        else:
            content = match.page.layout(**{**params, **match.variables})
            if in_frame:
                chart = params.get("chart")
                whole = f"{path}?{_without_embed(search)}".rstrip("?")
                content = embedding.alone(content, str(chart) if chart else None, whole)
    except NotFound as error:
        status, content = 404, not_found.layout(error.sentence)
    except StoreUnavailable:
        status, content = 503, unavailable.layout()
    if status == 200:
        keep_without_rows()
    if status == 200 and is_stale():
        content = [_stale_notice(), content]
    elif status == 200 and match:
        note_whole_page(keep=getattr(match.page, "KEEP", False))
    fallback = match.page.TITLE if match else "Page not found"
    return replace(_answer(status, content, path, search, fallback), in_frame=in_frame)


def is_plain(page: PageModule) -> bool:
    """Whether a page has forms that change something, and so no scripts."""
    return bool(getattr(page, "PLAIN", False))


def failure(path: str = "/") -> Answer:
    """The page for an error of our own making."""
    return _answer(500, failed.layout(), path, "", "Something went wrong")


def query_params(search: str) -> dict[str, Any]:
    """The query string as parameters for `layout`: a repeated name gives a list. Raises ValueError
    where it has more than 100 fields."""
    fields = parse_qs(search.removeprefix("?"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    return {
        name: values[0] if len(values) == 1 else values
        for name, values in fields.items()
        if name != "self"
    }


def _without_embed(search: str) -> str:
    fields = parse_qsl(search.removeprefix("?"), max_num_fields=MAX_FIELDS)
    return urlencode([(name, value) for name, value in fields if name not in ("embed", "chart")])


def _answer(status: int, content: Any, path: str, search: str, fallback: str) -> Answer:
    heading = find_first(content, html.H1)
    title = text_of(heading) if heading is not None else fallback
    # A new key for each address makes the browser draw its controls anew, so that after Back
    # they show what the address says and not what was last typed.
    address = f"{path}?{search.lstrip('?')}"
    root = Element("div", content, className="page", key=address, **{"data-address": address})
    return Answer(status=status, title=title, content=root, path=path, address=address)


def _stale_notice() -> Any:
    return text.notification(
        "These figures may be out of date",
        "Our database is not answering. This page was kept from an earlier visit.",
        kind="warning",
    )


def _to_browser(answer: Answer) -> tuple[Any, dict[str, Any]]:
    store = store_state()
    state = {
        "title": answer.title,
        "status": answer.status,
        "address": answer.address,
        # The document around it may be an earlier one, which a cache has held.
        "version": store.version if store else "",
        "age": data_age(store),
        # Empty in every answer that is kept: those are for nobody in particular.
        "reader": identity.mark(),
    }
    return for_dash(answer.content), state


def _on_error(error: Exception) -> tuple[Any, dict[str, Any]]:
    logger.error("A page failed", exc_info=error)
    g.page_failed = True
    g.pop("whole_page", None)
    return _to_browser(failure())
