"""Addresses for machines that watch us: is the process alive, can it answer questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import redis
from flask import Flask, Response, jsonify

from serving.redis_options import redis_options

OK, DEGRADED, DOWN = "ok", "degraded", "down"


def add_health(
    server: Flask,
    look: Callable[[], Mapping[str, object]],
    unavailable: type[Exception],
    redis_url: str | None = None,
) -> None:
    """Add `/health/live` and `/health/ready`. In: what tells of the store, or raises `unavailable`
    while the database is silent; and the Redis, without which all goes on but slower.

    Ready is `ok`; `degraded` where it answers but not as it should; or `down`, with status 503.
    """
    ask_redis = RedisWatch(redis_url)

    @server.get("/health/live")
    def live() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @server.get("/health/ready")
    def ready() -> tuple[Response, int]:
        try:
            parts: dict[str, object] = {"database": "ok", **look()}
        except unavailable:
            parts = {"database": "not answering"}
        parts["redis"] = ask_redis()
        status, reasons = judge(parts)
        answer = jsonify({"status": status, "reasons": reasons, **parts})
        answer.headers["Cache-Control"] = "no-store"
        return answer, 503 if status == DOWN else 200


def judge(parts: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The state of all from the states of its parts, and why it is no better."""
    down, degraded = [], []
    read_server = parts.get("read_server")
    if parts["database"] != "ok" and read_server is None:
        down.append("The database does not answer.")
    elif parts["database"] != "ok":
        degraded.append("The database does not answer: its read server does, and nobody can write.")
    if parts.get("migrations") == "behind":
        down.append("The database has not been migrated to this release.")
    if parts.get("migrations") == "ahead":
        degraded.append("The database has been migrated to a newer release.")
    if parts.get("data") == "old":
        age, limit = parts["data_age_days"], parts["expected_days"]
        degraded.append(f"The data are {age} days old; {limit} at most are expected.")
    if parts.get("data") == "none" and not down:
        degraded.append("Nothing has been loaded yet.")
    if parts.get("worker") == "silent":
        degraded.append("No worker has been heard of for 5 minutes: what waits is not done.")
    if trouble := _TICKETS.get(parts.get("tickets")):
        degraded.append(trouble)
    if trouble := _READ_SERVERS.get(read_server):
        degraded.append(trouble)
    if parts["redis"] == "full":
        degraded.append("Redis is full: nothing new is kept in the cache.")
    if parts["redis"] == "not answering":
        degraded.append("Redis does not answer: pages are slower.")
    return (DOWN if down else DEGRADED if degraded else OK), down + degraded


_READ_SERVERS: Mapping[Any, str] = {
    "not answering": "The read server does not answer: the database answers in its place.",
    "not migrated": "The read server has not been migrated yet: the database answers in its place.",
    "behind": "The read server is behind: after a minute the database answers in its place.",
}
_TICKETS: Mapping[Any, str] = {
    "paused": "The ticket system refuses our credentials: what was submitted waits, and is kept.",
    "away": "The ticket system does not answer: what was submitted waits, and is kept.",
    "refused": "The ticket system refused something for good: a person has to look at it.",
}


class RedisWatch:
    """Asks a Redis how it is: "ok", "full", "not answering", or "not used"; within a second."""

    def __init__(self, url: str | None) -> None:
        self._client: Any = redis.from_url(url, **redis_options(url)) if url else None

    def __call__(self) -> str:
        if self._client is None:
            return "not used"
        try:
            # A full Redis answers everything else.
            self._client.set("pdp:health", "1", px=1000)
        except redis.OutOfMemoryError:
            return "full"
        except (redis.RedisError, OSError, TypeError, ValueError):
            return "not answering"
        return "ok"
