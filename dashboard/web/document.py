"""The frame around every page: the HTML document, header, navigation, banner and footer.

The frame and the page's own content are in the first response (see `dashboard.web.prerender`);
`assets/shell.js` keeps them right while Dash moves from page to page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from dash import Dash
from flask import current_app, g, has_app_context, request

from dashboard.components.words import formatting, wording
from dashboard.data.door import StoreState, now
from dashboard.data.errors import StoreUnavailable
from dashboard.web.page import PageModule
from dashboard.web.prerender import find_first, to_html
from dashboard.web.router import Answer, Router
from serving.requests import name_route

MAINTENANCE = "MAINTENANCE_MESSAGE"
SERVICE = "Planning Data Performance"
KINDS = wording.SOURCES
_PYTHON = re.compile(r'"python_version":"(?:[^"\\]|\\.)*"')
# The little site plan beside the name: four parcels, one of them surveyed.
_MARK = (
    '<svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true"'
    ' focusable="false"><path class="mark-land" d="M2 4h28v24H2z"/>'
    '<path class="mark-plot" d="M13 15l15-3v14H13z"/>'
    '<path class="mark-line" d="M2 17l26-5M13 4v24M21 13.5V28"/></svg>'
)


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
        if answer.embedded and find_first(answer.content, "Graph") is None:
            g.page_status = answer.status
            css = self._generate_css_dist_html()  # type: ignore[no-untyped-call]
            return document(answer, self.router.pages, store_state(), {"css": css})
        return str(super().index(*args, **kwargs))  # type: ignore[no-untyped-call]

    def interpolate_index(self, **parts: Any) -> str:  # type: ignore[override]
        """The whole HTML document for the request under way."""
        answer: Answer = g.page_answer
        g.page_status = answer.status
        # Nobody else needs to know which build of Python this is.
        parts["config"] = _PYTHON.sub('"python_version":""', parts["config"])
        return document(answer, self.router.pages, store_state(), parts)


def store_state() -> StoreState | None:
    """What the store serves, or None while it cannot be asked."""
    try:
        return now()
    except StoreUnavailable:
        return None


def document(
    answer: Answer,
    pages: Sequence[PageModule],
    state: StoreState | None,
    parts: dict[str, str],
) -> str:
    """The HTML document around a page. In: also the page modules for the navigation, what the
    store serves, and Dash's own `css`, `config`, `scripts` and `renderer` (none for a plain
    page, such as the one for an error). What is embedded has no header and no footer, its links
    lead out of the frame, and only what Dash must draw has scripts."""
    if answer.embedded:
        return _embedded(answer, parts)
    title = escape(page_title(answer.title))
    version = escape(state.version if state else "")
    entry = '<div id="react-entry-point"></div>' if parts else ""
    return f"""<!DOCTYPE html>
<html lang="en-GB" data-version="{version}">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="theme-color" content="#10333a">
<meta name="description" content="Which planning authority provides which planning dataset,
 whether it still works, how fresh it is and what to do next.">
<link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
{parts.get("css", "")}
</head>
<body>
<a class="skip-link" href="#main">Skip to main content</a>
{_header(pages, answer.path)}
{_maintenance()}{_banner(state)}
<main id="main" class="width main" tabindex="-1">
<div id="first-page">{to_html(answer.content)}</div>
{entry}
</main>
{_footer(state)}
<div id="announcer" class="hidden" role="status" aria-live="polite"></div>
{parts.get("config", "")}
{parts.get("scripts", "")}
{parts.get("renderer", "")}
</body>
</html>"""


def _embedded(answer: Answer, parts: dict[str, str]) -> str:
    entry = '<div id="react-entry-point"></div>' if "config" in parts else ""
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<title>{escape(page_title(answer.title))}</title>
<base target="_top">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
{parts.get("css", "")}
</head>
<body class="embed">
<main id="main" tabindex="-1">
<div id="first-page">{to_html(answer.content)}</div>
{entry}
</main>
<div id="announcer" class="hidden" role="status" aria-live="polite"></div>
{parts.get("config", "")}
{parts.get("scripts", "")}
{parts.get("renderer", "")}
</body>
</html>"""


def page_title(heading: str) -> str:
    """The document's title for a page's heading."""
    return SERVICE if heading in ("", SERVICE) else f"{heading} – {SERVICE}"


def _header(pages: Sequence[PageModule], path: str) -> str:
    items = "".join(
        f'<li><a href="{escape(page.PATH)}"{_current(page.PATH, path)}>{escape(page.NAV)}</a></li>'
        for page in pages
        if page.NAV
    )
    return (
        '<header class="header"><div class="width header-row">'
        f'<a class="brand" href="/">{_MARK}<span>{SERVICE}</span></a>'
        f'<nav class="nav" aria-label="Main"><ul>{items}</ul></nav>'
        "</div></header>"
    )


def _current(link: str, path: str) -> str:
    """`aria-current` for the page itself and for the section it is in; `assets/shell.js` follows
    the same rule when Dash moves on."""
    path = "/" + path.strip("/")
    if path == link:
        return ' aria-current="page"'
    return ' aria-current="true"' if link != "/" and path.startswith(f"{link}/") else ""


def _banner(state: StoreState | None) -> str:
    if state is None or state.kind != "sample":
        return ""
    return (
        '<div class="banner" role="region" aria-label="Sample data"><p class="width">'
        "<strong>Sample data.</strong> Every authority and every figure here is invented."
        "</p></div>"
    )


def _maintenance() -> str:
    """What an operator has to say to everybody."""
    words = current_app.config.get(MAINTENANCE) if has_app_context() else None
    if not words:
        return ""
    return (
        '<div class="banner" role="region" aria-label="Service notice"><p class="width">'
        f"{escape(words)}</p></div>"
    )


def _footer(state: StoreState | None) -> str:
    return (
        '<footer class="footer"><div class="width footer-row">'
        f'<p id="data-age">{escape(data_age(state))}</p>'
        '<ul><li><a href="/about">About these figures</a></li>'
        '<li><a href="https://www.planning.data.gov.uk/">Planning Data</a></li></ul>'
        "<p>Contains public sector information licensed under the "
        '<a href="https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/">'
        "Open Government Licence v3.0</a>.</p>"
        "</div></footer>"
    )


def data_age(state: StoreState | None) -> str:
    """One sentence about how old the data is and where it comes from."""
    if state is None:
        return "We cannot tell how old the data is: our database is not answering."
    if state.as_at is None:
        return "No data has been loaded yet."
    source = wording.source_of(state.kind)
    return f"Data as at {formatting.day(state.as_at)}, from {source}."
