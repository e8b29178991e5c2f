"""Shown where somebody may not do what they asked for: why, and what to do?"""

from __future__ import annotations

from urllib.parse import urlsplit

from dash.development.base_component import Component
from flask import current_app, request

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.design.writing import text_area
from dashboard.urls import addresses, links
from dashboard.web.cookies import session_of_request
from dashboard.web.document import SHELL, ShellDash
from dashboard.web.identity import Refused

_WORDS = ("note", "words")
"""Fields that hold what somebody wrote at length."""


def layout(refused: Refused) -> Component:
    """The page. In: what was refused and why."""
    ways = {
        401: ui.link("Sign in", links.with_query(addresses.SIGN_IN, {"next": _back()})),
        403: ui.link("See your account", addresses.ACCOUNT),
    }
    return html.Div(
        [
            ui.heading(refused.title),
            ui.paragraph(refused.sentence, lead=True),
            *(_typed() if refused.code == 401 else ()),
            ui.paragraph(ways.get(refused.code or 0) or ui.link("Go to the first page", "/")),
        ]
    )


def _back() -> str:
    """Where to come back to: the page that was asked for or, of a form, the one it was on; blank
    where there is none."""
    before = urlsplit(request.headers.get("Referer", ""))
    is_ours = before.netloc == request.host and request.method != "GET"
    query = before.query if is_ours else request.query_string.decode("utf-8", "replace")
    # The page that a form gives when something was wrong has the address of the form.
    paths = [before.path if is_ours else "", request.path, request.path.rpartition("/")[0]]
    app: ShellDash = current_app.extensions[SHELL]
    path = next((path for path in paths if path and app.router.match(path)), "")
    return f"{path}?{query}".rstrip("?") if path in paths[:2] else path


def _typed() -> list[Component]:
    """What somebody wrote while their session ended, to copy. Whoever brings no session may have
    been sent here by another site, whose words are not shown."""
    if not session_of_request():
        return []
    texts = [text for name in _WORDS if (text := request.form.get(name, "").strip())]
    return [
        text_area(
            "copy",
            "What you wrote",
            "\n\n".join(texts),
            hint="It was not sent. Copy it before you sign in.",
            max_length=10_000,
        )
        for _ in texts[:1]
    ]
