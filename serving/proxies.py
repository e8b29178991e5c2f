"""Which proxies in front of us may say who asks."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def trust_proxies(server: Flask, count: int) -> None:
    """Take the client's address and scheme from the headers that `count` proxies added, and from
    nobody else: with 0 the headers of a request say nothing."""
    if count:
        server.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            server.wsgi_app, x_for=count, x_proto=count
        )
