"""How every client of ours talks to Redis."""

from __future__ import annotations

from typing import Any

from redis.backoff import NoBackoff
from redis.retry import Retry

SECONDS = 0.5


def redis_options(url: str) -> dict[str, Any]:
    """Client options for a Redis address: short waits, no retries, and for TLS no check of the
    chain, since hosted Redis comes with a certificate it signed itself."""
    options: dict[str, Any] = {
        "socket_timeout": SECONDS,
        "socket_connect_timeout": SECONDS,
        "retry": Retry(NoBackoff(), 0),
        "health_check_interval": 30,
    }
    if url.startswith("rediss://"):
        # Over redis:// the same option is a TypeError.
        options["ssl_cert_reqs"] = "none"
        options["ssl_check_hostname"] = False
    return options
