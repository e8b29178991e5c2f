"""A web site of the tests, whose pages are functions, and rules under which it is fetched."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from providers.fetching import (
    RULES,
    Rules,
)

MEGABYTE = 1 << 20
Reply = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """A server whose pages are functions. It remembers what came."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.pages: dict[str, Reply] = {}
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): text for name, text in self.headers.items()}
                site.requests.append((self.command, self.path, headers, body))
                with suppress(OSError):
                    site.pages[self.path.partition("?")[0]](self)

            do_POST = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@contextmanager
def open_site(tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    site = Site(tls)
    try:
        yield site
    finally:
        site.server.shutdown()
        site.server.server_close()


def rules(*ports: int, **limits: Any) -> Rules:
    loopback = ip_network("127.0.0.1/32")
    return replace(RULES, ports=frozenset(ports), networks=(loopback,), **limits)


def says(body: bytes, status: int = 200, **headers: str) -> Reply:
    def reply(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, text in headers.items():
            request.send_header(name.replace("_", "-"), text)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return reply


def sends_to(where: str, status: int = 302) -> Reply:
    return says(b"elsewhere", status, Location=where)


def answers(reply: Callable[[dict[str, str]], bytes | tuple[int, bytes]]) -> Reply:
    """A page that depends on the query, whose names come in lower case."""

    def page(request: BaseHTTPRequestHandler) -> None:
        query = {name.lower(): text for name, text in parse_qsl(urlsplit(request.path).query)}
        body = reply(query)
        says(body)(request) if isinstance(body, bytes) else says(body[1], body[0])(request)

    return page
