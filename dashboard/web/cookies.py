"""What a browser holds of ours, and what signing in needs of the settings.

On https the names of cookies say that no other site, nor a neighbour of ours, can have set them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import cast

from flask import Flask, Response, current_app, g, has_request_context, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from performance_store.settings import Settings
from providers.accounts.keys import Keys, keys_of, random_text
from providers.accounts.session_cache import SessionCache

EXTENSION = "planning-data-accounts"
Write = Callable[[], AbstractContextManager[Connection]]
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
# Read by Dash's script, which sends it back as X-CSRFToken.
CSRF_COOKIE = "_csrf_token"
FORM_COOKIES = frozenset({"form", "__Host-form"})
# How long a browser holds the secret that checks of files are its own by.
CHECKS_SECONDS = 90 * 86_400
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_OWNER = re.compile(r"[A-Za-z0-9_-]{22}")
_FILES = ("/assets/", "/_dash-component-suites/", "/_favicon")


@dataclass(frozen=True, slots=True)
class Accounts:
    """What signing in needs: how to change something (None: nothing can be changed here), keys,
    the cache, our own address, whether there is mail, and whether others rely on this site."""

    write: Write | None
    keys: Keys
    cache: SessionCache
    site: str
    is_on: bool
    production: bool


def add_accounts(server: Flask, settings: Settings, write: Write | None) -> None:
    """Let an application know who asks. In: how to open a connection that changes something;
    None: nothing that changes something is offered."""
    server.extensions[EXTENSION] = Accounts(
        write=write,
        keys=keys_of(settings.secret_keys, settings.home) if write else Keys([random_text()]),
        cache=SessionCache(settings.redis_url if write else None),
        site=settings.own_site,
        is_on=write is not None and (settings.has_mail or not settings.production),
        production=settings.production,
    )

    @server.after_request
    def private(response: Response) -> Response:
        # The interface for programs reads no cookie: it answers everybody alike.
        if not request.path.startswith((*_FILES, "/api/")):
            response.vary.add("Cookie")
            if is_private():
                response.headers["Cache-Control"] = "private, no-store"
        if g.get("private") and not (g.get("in_search") and response.status_code == 200):
            response.headers["X-Robots-Tag"] = "noindex"
        return response


def accounts() -> Accounts:
    """What the application of the request under way knows of signing in."""
    return cast("Accounts", current_app.extensions[EXTENSION])


def is_on() -> bool:
    """Whether people can sign in here."""
    return has_request_context() and accounts().is_on


def is_private() -> bool:
    """Whether the request under way may be somebody's in particular."""
    return session_cookie() in request.cookies or bool(g.get("private"))


def keep_private() -> None:
    """Say that the answer to this request is for nobody else, and to be stored nowhere."""
    g.private = True


def let_search_engines_list() -> None:
    """Say that search engines may list the page of this request although it is stored nowhere: its
    plain address, not one of those that fill in its form."""
    g.in_search = request.method == "GET" and not request.args


def is_local() -> bool:
    """Whether the request came by plain http from this machine, where browsers hold secure
    cookies back."""
    host = request.host.rpartition(":")[0] if request.host[-1:] != "]" else request.host
    is_here = (host or request.host) in LOOPBACK
    return not request.is_secure and is_here and not accounts().production


def session_cookie() -> str:
    """The name of the cookie that a session stands in."""
    return "session" if is_local() else "__Host-session"


def form_cookie() -> str:
    """The name of the cookie that forms of whoever is not signed in are bound to."""
    return "form" if is_local() else "__Host-form"


def session_of_request() -> str | None:
    """What the session's cookie holds, if it can be a session."""
    return _secret(session_cookie())


def browser() -> str:
    """The secret of this browser, which is set where there is none: forms and codes of whoever
    is not signed in are bound to it."""
    if "browser" not in g:
        g.browser = _secret(form_cookie())
        if g.browser is None:
            g.browser = g.new_browser = random_text()
    keep_private()
    return cast("str", g.browser)


def checks_cookie() -> str:
    """The name of the cookie by which a browser's checks of files are its own."""
    return "checks" if is_local() else "__Host-checks"


def owner_of_checks() -> str | None:
    """What that cookie holds."""
    value = request.cookies.get(checks_cookie(), "")
    return value if _OWNER.fullmatch(value) else None


def set_owner_of_checks(response: AnyResponse, secret: str) -> None:
    """Let the browser hold the secret of its checks, from now on."""
    _set(response, checks_cookie(), secret, seconds=CHECKS_SECONDS)


def _secret(cookie: str) -> str | None:
    value = request.cookies.get(cookie, "")
    return value if _SECRET.fullmatch(value) else None


def begin(response: AnyResponse, session_id: str) -> None:
    """Let the browser hold a session, and forget what it held before."""
    _set(response, session_cookie(), session_id)
    _set(response, CSRF_COOKIE, accounts().keys.token("session", session_id), readable=True)
    # What was bound to whoever was not signed in is so no more.
    _drop(response, form_cookie())
    g.pop("new_browser", None)


def finish(response: AnyResponse) -> None:
    """Let the browser forget the session, and all it holds of our pages."""
    for name in (session_cookie(), CSRF_COOKIE, form_cookie(), checks_cookie()):
        _drop(response, name)
    if not is_local():
        # Browsers heed it over TLS only.
        response.headers["Clear-Site-Data"] = '"cache", "cookies"'


def set_browser(response: AnyResponse) -> None:
    """Set the browser's secret, if it is new."""
    new = g.get("new_browser")
    if new:
        _set(response, form_cookie(), new)


def _set(
    response: AnyResponse,
    name: str,
    value: str,
    *,
    readable: bool = False,
    seconds: int | None = None,
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        secure=not is_local(),
        httponly=not readable,
        samesite="Lax",
        path="/",
    )


def _drop(response: AnyResponse, name: str) -> None:
    response.delete_cookie(name, secure=not is_local(), samesite="Lax", path="/")
