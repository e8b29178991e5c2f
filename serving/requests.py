"""Every request has an id, and one line in the log when it is over."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, request

from serving import logs

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)

HEADER = "X-Request-ID"
ROUTE = "serving.route"
# What routers and tracing tools send; anything else may be an attempt at our logs.
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=+/-]{7,127}")
# Asked every few seconds by machines: said only to those who want every detail.
_QUIET = ("/health/", "/metrics", "/assets/", "/_dash-component-suites/", "/_favicon")


@dataclass(slots=True)
class Exchange:
    """One request that is over: what was asked, by which rule of the address map (a pattern, so
    that there are few), the status, how long it took and how much was sent."""

    method: str
    path: str
    route: str
    status: int
    seconds: float
    sent: int


@dataclass(slots=True)
class _Under:
    """One request under way."""

    began: float
    status: int = 500
    sent: int = 0


class RequestIds:
    """WSGI middleware around a whole application, so that no answer goes without an id."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self.watchers: list[Callable[[Exchange], None]] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        name = environ.get("HTTP_X_REQUEST_ID", "")
        name = name if _WELL_FORMED.fullmatch(name) else secrets.token_hex(16)
        environ["HTTP_X_REQUEST_ID"] = name
        logs.request_id.set(name)
        under = _Under(time.perf_counter())

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            under.status = int(status[:3])
            others = [item for item in headers if item[0].lower() != HEADER.lower()]
            return start_response(status, [*others, (HEADER, name)], *more)

        try:
            body = self._application(environ, start)
        except BaseException:
            self._over(environ, under)
            logs.request_id.set("")
            raise
        return _Body(body, under, lambda: self._over(environ, under))

    def _over(self, environ: WSGIEnvironment, under: _Under) -> None:
        # The path without its query string: what people search for is their own affair.
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        exchange = Exchange(
            method=environ.get("REQUEST_METHOD", ""),
            path=path.encode("latin-1", "replace").decode("utf-8", "replace"),
            route=environ.get(ROUTE, "none"),
            status=under.status,
            seconds=time.perf_counter() - under.began,
            sent=under.sent,
        )
        for watcher in self.watchers:
            watcher(exchange)
        level = logging.DEBUG if path.startswith(_QUIET) and exchange.status < 500 else logging.INFO
        logger.log(
            level,
            "%s %s %s",
            exchange.method,
            exchange.path,
            exchange.status,
            extra={
                "method": exchange.method,
                "path": exchange.path,
                "route": exchange.route,
                "status": exchange.status,
                "ms": round(exchange.seconds * 1000, 1),
                "bytes": exchange.sent,
            },
        )


class _Body:
    """An answer's body, counted; `over` is called once, when the server closes it."""

    def __init__(self, body: Iterable[bytes], under: _Under, over: Callable[[], None]) -> None:
        self._body = body
        self._under = under
        self._over: Callable[[], None] | None = over

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._body:
            self._under.sent += len(piece)
            yield piece

    def close(self) -> None:
        """Close the answer, and say that it is over."""
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            over, self._over = self._over, None
            if over is not None:
                over()
            # The next request of this thread sets its own; what is logged between has none.
            logs.request_id.set("")


def add_request_ids(server: Flask) -> RequestIds:
    """Give every answer of an application an id, and a line in the log. Out: the middleware;
    functions put into its `watchers` are told of each request that is over."""
    around = RequestIds(server.wsgi_app)
    server.wsgi_app = around  # type: ignore[method-assign]

    @server.before_request
    def note_route() -> None:
        rule = request.url_rule
        name_route("none" if rule is None else rule.rule)

    return around


def name_route(route: str) -> None:
    """Say by which rule the request under way is answered, where Flask's own says too little."""
    environ: WSGIEnvironment = request.environ
    environ[ROUTE] = route


def route_name() -> str:
    """By which rule the request under way is answered, as far as it is known."""
    environ: WSGIEnvironment = request.environ
    return str(environ.get(ROUTE, "none"))
