"""How often one client may ask: counted in Redis for all processes, or in each by itself.

Counting never stands in the way: while Redis is unwell each process counts in its memory.
"""

from __future__ import annotations

import ipaddress
import json
import math
import time
from collections.abc import Callable, Mapping

import redis
from flask import Flask, Response, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from serving.breaker import Breaker
from serving.redis_options import redis_options

WINDOW_SECONDS = 60
# What a Redis that is unwell, full or no Redis at all may raise.
_UNWELL = (redis.RedisError, OSError, TypeError, ValueError)


class Limiter:
    """Counts what clients ask for, by the minute."""

    def __init__(self, redis_url: str | None = None, *, breaker: Breaker | None = None) -> None:
        self.breaker = breaker or Breaker("Counting requests in Redis")
        self._alone = FixedWindowRateLimiter(MemoryStorage())
        self._shared: FixedWindowRateLimiter | None = None
        if redis_url:
            storage = RedisStorage(redis_url, key_prefix="pdp:asked", **redis_options(redis_url))
            self._shared = FixedWindowRateLimiter(storage)

    def wait(self, scope: str, client: str, per_minute: int) -> int | None:
        """Count a request; None if it may be answered, else the seconds until one may be."""
        if self._shared is not None and self.breaker.allows():
            try:
                seconds = _count(self._shared, scope, client, per_minute)
            except _UNWELL as error:
                self.breaker.failed(type(error).__name__)
            else:
                self.breaker.succeeded()
                return seconds
        return _count(self._alone, scope, client, per_minute)


def add_limits(
    server: Flask,
    per_minute: Mapping[str, int],
    *,
    redis_url: str | None = None,
    on_refusal: Callable[[str], None] = lambda scope: None,
) -> None:
    """Limit how often one client may ask for what a blueprint serves. Forms of a browser raise
    TooManyRequests, which the application has a page for. In: requests a minute by blueprint
    (0: as often as it likes); where to count; and who is told of refusals."""
    limits = {scope: most for scope, most in per_minute.items() if most}
    if not limits:
        return
    limiter = Limiter(redis_url)

    @server.before_request
    def limit() -> Response | None:
        scope = request.blueprint or ""
        most = limits.get(scope)
        if most is None or request.method == "OPTIONS":
            return None
        seconds = limiter.wait(scope, client_of(request.remote_addr), most)
        if seconds is None:
            return None
        on_refusal(scope)
        if request.method == "POST" and _wants_page():
            raise TooManyRequests(_sentence(most, seconds), retry_after=seconds)
        return too_often(most, seconds)


def client_of(address: str | None) -> str:
    """Who is counted as one: an IPv4 address, or the 64 bits of an IPv6 one that tell networks
    apart (of the others a client has more than it could use up)."""
    try:
        client = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(client, ipaddress.IPv6Address):
        if client.ipv4_mapped is None:
            return str(ipaddress.ip_network((client, 64), strict=False).network_address)
        client = client.ipv4_mapped
    return str(client)


def too_often(most: int, seconds: int) -> Response:
    """The answer for a client that asks too often."""
    body = {
        "type": "about:blank",
        "title": "Too many requests",
        "status": 429,
        "detail": _sentence(most, seconds),
    }
    answer = Response(json.dumps(body), 429, mimetype="application/problem+json")
    answer.headers["Retry-After"] = str(seconds)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _sentence(most: int, seconds: int) -> str:
    return f"You may ask {most} times a minute. Ask again in {seconds} seconds."


def _wants_page() -> bool:
    """Whether a browser asks, for a form: programs that take anything get what is for programs."""
    accept = request.accept_mimetypes
    return accept["text/html"] > accept["application/problem+json"]


def _count(limiter: FixedWindowRateLimiter, scope: str, client: str, per_minute: int) -> int | None:
    most = RateLimitItemPerMinute(per_minute)
    if limiter.hit(most, scope, client):
        return None
    left = _left(limiter, most, scope, client)
    if left > WINDOW_SECONDS + 1:
        # The clock was set back: the window would stay shut for as long as that.
        limiter.clear(most, scope, client)
        if limiter.hit(most, scope, client):
            return None
        left = _left(limiter, most, scope, client)
    return min(max(math.ceil(left), 1), WINDOW_SECONDS)


def _left(
    limiter: FixedWindowRateLimiter, most: RateLimitItemPerMinute, scope: str, client: str
) -> float:
    return limiter.get_window_stats(most, scope, client).reset_time - time.time()
