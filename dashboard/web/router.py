"""From an address to a page: one matching for the first response and for later navigation.

Dash's own pages are not used. Measured in Dash 4.4: their registry is shared by every
application in the process, a path variable also matches slashes, a query parameter replaces a
path variable of the same name, the status is always 200, and a layout that raises leaves the
page blank. Here a page is found by whole segments, the path wins, and whatever happens there is
an `Answer` with a status, a title and something to read.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode

from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from flask import g

from dashboard.components.design import text
from dashboard.components.design.element import Element
from dashboard.data.door import ATTEMPTS, forget_now, is_stale, note_whole_page, now
from dashboard.data.errors import DataMoved, NotFound, StoreUnavailable
from dashboard.web import embedding
from dashboard.web.page import PageModule
from dashboard.web.prerender import find_first, settled, text_of
from dashboard.web.problems import empty_store, failed, not_found, unavailable
from serving.requests import name_route

logger = logging.getLogger(__name__)

MAX_FIELDS = 100
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Answer:
    """A page ready to send: HTTP status, title (the text of its heading) and content; the path
    it is at, and its address in the form that `assets/shell.js` recognises it by. `embedded`: it
    stands inside somebody else's page."""

    status: int
    title: str
    content: Any
    path: str = "/"
    address: str = "/?"
    embedded: bool = False


class Router:
    """Finds and draws the page for an address. In: the page modules, in navigation order."""

    def __init__(self, pages: Sequence[PageModule]) -> None:
        self.pages = tuple(pages)
        self._patterns = tuple((_pattern(page.PATH), page) for page in pages)

    def match(self, path: str) -> tuple[PageModule, dict[str, str]] | None:
        """The page at a decoded path and its variables, or None. Fixed words win over variables.

        A value is decoded once more: see `dashboard.urls.links.path`.
        """
        clean = "/" + path.strip("/")
        for pattern, page in sorted(self._patterns, key=lambda item: item[1].PATH.count("<")):
            found = pattern.fullmatch(clean)
            if found:
                variables = {name: unquote(value) for name, value in found.groupdict().items()}
                if any(_CONTROL.search(value) for value in variables.values()):
                    return None
                return page, variables
        return None

    def answer(self, path: str, search: str = "") -> Answer:
        """The page for a path and a query string (with or without its `?`)."""
        for _ in range(ATTEMPTS):
            try:
                return self._answer(path, search)
            except DataMoved:
                forget_now()
        return _answer(503, unavailable.layout(), path, search, "")

    def _answer(self, path: str, search: str) -> Answer:
        status = 200
        content: Any = None
        fallback = "Page not found"
        params = query_params(search)
        embedded = params.get("embed") == "1"
        try:
            found = self.match(path)
            if found is None:
                raise NotFound
            page, variables = found
            fallback = page.TITLE
            if getattr(page, "NEEDS_DATA", True) and now().empty:
                content = empty_store.layout()
            else:
                content = page.layout(**{**params, **variables})
                if embedded:
                    chart = params.get("chart")
                    whole = f"{path}?{_without_embed(search)}".rstrip("?")
                    content = embedding.alone(content, str(chart) if chart else None, whole)
        except NotFound as error:
            status, content = 404, not_found.layout(error.sentence)
        except StoreUnavailable:
            status, content = 503, unavailable.layout()
        if status == 200 and is_stale():
            content = [_stale_notice(), content]
        elif status == 200:
            note_whole_page()
        answer = _answer(status, content, path, search, fallback)
        return replace(answer, embedded=embedded)

    def attach(self, app: Dash) -> None:
        """Give the application its layout and the callback that draws the page of the URL."""
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
            wanted = unquote(path) if isinstance(path, str) and path else "/"
            found = self.match(wanted)
            name_route(f"callback {found[0].PATH if found else 'none'}")
            return _to_browser(self.answer(wanted, search if isinstance(search, str) else ""))

        app.clientside_callback(  # type: ignore[no-untyped-call]
            ClientsideFunction("shell", "arrived"),
            Output("page-arrival", "children"),
            Input("page-state", "data"),
        )


def failure(path: str = "/") -> Answer:
    """The page for an error of our own making."""
    return _answer(500, failed.layout(), path, "", "Something went wrong")


def query_params(search: str) -> dict[str, Any]:
    """The query string as parameters for `layout`: a repeated name gives a list.

    A query string that cannot be read, or one with more than 100 fields, counts as none.
    """
    try:
        parsed = parse_qs(
            search.removeprefix("?"), keep_blank_values=True, max_num_fields=MAX_FIELDS
        )
    except ValueError:
        return {}
    return {
        name: values[0] if len(values) == 1 else values
        for name, values in parsed.items()
        if name != "self"
    }


def _without_embed(search: str) -> str:
    kept = parse_qsl(search.removeprefix("?"), max_num_fields=MAX_FIELDS)
    return urlencode([(name, value) for name, value in kept if name not in ("embed", "chart")])


def _pattern(path: str) -> re.Pattern[str]:
    pieces = re.split(r"<([a-z_]+)>", path)
    fixed = pieces[0::2]
    names = [*pieces[1::2], ""]
    return re.compile(
        "".join(
            re.escape(text_) + (f"(?P<{name}>[^/]+)" if name else "")
            for text_, name in zip(fixed, names, strict=True)
        )
    )


def _answer(status: int, content: Any, path: str, search: str, fallback: str) -> Answer:
    heading = find_first(content, "H1")
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
    try:
        version = now().version
    except StoreUnavailable:
        version = ""
    state = {
        "title": answer.title,
        "status": answer.status,
        "address": answer.address,
        "version": version,
    }
    return settled(answer.content), state


def _on_error(error: Exception) -> tuple[Any, dict[str, Any]]:
    logger.error("A page failed", exc_info=error)
    g.page_failed = True
    g.pop("whole_page", None)
    return _to_browser(failure())
