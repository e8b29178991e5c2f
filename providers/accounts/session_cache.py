"""Redis answers for sessions for a minute at most, so that not every page asks PostgreSQL.

A Redis that forgets signs nobody out, and one that is away is done without. When something of a
session changes, a mark takes the place of what Redis holds of it: a process that read the session
just before cannot put the old answer back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import redis

from providers.accounts.sessions import Session
from serving.breaker import Breaker
from serving.redis_options import redis_options

SECONDS = 60
_MARK = b"-"
_UNWELL = (redis.RedisError, OSError, TypeError, ValueError, KeyError)


class SessionCache:
    """What Redis says of sessions; without Redis nothing."""

    def __init__(self, redis_url: str | None) -> None:
        self._client = (
            redis.Redis.from_url(redis_url, **redis_options(redis_url)) if redis_url else None
        )
        self._breaker = Breaker("Redis for sessions")

    def get(self, id_hash: bytes) -> Session | None:
        """The session, if it was read within the last minute."""
        if self._client is None or not self._breaker.allows():
            return None
        try:
            value = self._client.get(_key(id_hash))
            fields = json.loads(value) if isinstance(value, bytes) and value != _MARK else None
            session = fields and _session(fields)
        except _UNWELL as error:
            self._breaker.failed(type(error).__name__)
            return None
        self._breaker.succeeded()
        return session or None

    def put(self, id_hash: bytes, session: Session) -> None:
        """Let Redis answer for a session that was just read, unless it changed meanwhile."""
        if self._client is None or not self._breaker.allows():
            return
        try:
            self._client.set(_key(id_hash), json.dumps(asdict(session)), ex=SECONDS, nx=True)
        except _UNWELL as error:
            self._breaker.failed(type(error).__name__)

    def forget(self, id_hashes: Iterable[bytes]) -> None:
        """Let PostgreSQL be asked for these sessions. After the change has been committed."""
        if self._client is None:
            return
        try:
            for id_hash in id_hashes:
                self._client.set(_key(id_hash), _MARK, ex=SECONDS)
        except _UNWELL as error:
            self._breaker.failed(type(error).__name__)


def _session(fields: dict[str, Any]) -> Session:
    return Session(**{**fields, "organisations": tuple(fields["organisations"])})


def _key(id_hash: bytes) -> str:
    return f"pdp:session:{id_hash.hex()}"
