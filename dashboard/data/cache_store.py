"""Where cached values live: Redis, or files shared by the workers of one machine.

Both are Flask-Caching back ends with a promise added: no failure of theirs reaches a page.
Values are pickled, so the Redis and the folder must be private to this application.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import pickle
import secrets
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import redis
from flask import Flask
from flask_caching import Cache as FlaskCaching

from serving.breaker import Breaker
from serving.redis_options import redis_options

logger = logging.getLogger(__name__)

LIFE_SECONDS = 24 * 3600
LOCK_SECONDS = 15.0
SLOW_SECONDS, SLOW_ANSWERS = 0.2, 3
MOST_FILES = 2000
LOCK_FILES = 256

# What reading a truncated, foreign or outdated value may raise.
_UNREADABLE = (
    pickle.PickleError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    MemoryError,
    TypeError,
    ValueError,
)
# What a Redis that is unwell, or something else in its place, may raise.
_UNWELL = (redis.RedisError, OSError, *_UNREADABLE)
_RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end"


class CacheStore(Protocol):
    """What the cache asks of its store. Nothing here raises because the store is unwell."""

    def get(self, key: str) -> Any | None:
        """The value, or None if there is none or it cannot be had."""

    def put(self, key: str, value: Any, seconds: float) -> None:
        """Keep a value, if possible."""

    def lock(self, key: str) -> AbstractContextManager[bool]:
        """Try to lock a key across processes; the value says whether the caller is to work."""


class NoStore:
    """Keeps nothing; for a folder that cannot be trusted or made."""

    def get(self, key: str) -> None:
        return None

    def put(self, key: str, value: Any, seconds: float) -> None:
        return None

    @contextmanager
    def lock(self, key: str) -> Iterator[bool]:
        yield True


class RedisStore:
    """Values in Redis, shared by every process of the deployment.

    Half a second is the longest a command waits for it, no command is tried twice, and after a
    failure it is left alone for ten seconds; so it is after a few answers that came slowly, since
    a page asks it many times.
    """

    def __init__(self, server: Flask, url: str, *, prefix: str, breaker: Breaker | None = None):
        self._client: Any = redis.from_url(url, **redis_options(url))
        self._prefix = prefix
        self._slow = 0
        self.breaker = breaker or Breaker("The Redis cache")
        # A full Redis still answers reads, so refusing to store is an outage of its own.
        self.writes = Breaker("Storing in the Redis cache")
        self._backend = _backend(
            server,
            {
                "CACHE_TYPE": "RedisCache",
                "CACHE_REDIS_HOST": self._client,
                "CACHE_KEY_PREFIX": prefix,
                "CACHE_DEFAULT_TIMEOUT": LIFE_SECONDS,
            },
        )

    def get(self, key: str) -> Any | None:
        if not self.breaker.allows():
            return None
        began = time.monotonic()
        try:
            value = self._backend.get(key)
        except (redis.RedisError, OSError) as error:
            self.breaker.failed(_kind(error))
            return None
        except _UNREADABLE:
            value = None
        self._answered(time.monotonic() - began)
        return value

    def put(self, key: str, value: Any, seconds: float) -> None:
        if self.breaker.failing or not self.writes.allows():
            return
        try:
            self._backend.set(key, value, timeout=round(seconds))
        except (redis.ConnectionError, redis.TimeoutError, OSError) as error:
            self.breaker.failed(_kind(error))
        except _UNWELL as error:
            self.writes.failed(_kind(error))
        else:
            self.writes.succeeded()

    @contextmanager
    def lock(self, key: str) -> Iterator[bool]:
        if self.breaker.failing:
            yield True
            return
        name, token = f"{self._prefix}lock:{key}", secrets.token_hex(8)
        claim = self._claim(name, token)
        try:
            yield claim is not False
        finally:
            if claim and not self.breaker.failing:
                self._release(name, token)

    def _claim(self, name: str, token: str) -> bool | None:
        """True if claimed, False if another process has it, None if Redis cannot say."""
        try:
            return bool(self._client.set(name, token, nx=True, px=round(LOCK_SECONDS * 1000)))
        except (redis.ConnectionError, redis.TimeoutError, OSError) as error:
            self.breaker.failed(_kind(error))
        except _UNWELL as error:
            self.writes.failed(_kind(error))
        return None

    def _release(self, name: str, token: str) -> None:
        try:
            self._client.eval(_RELEASE, 1, name, token)
        except _UNWELL as error:
            # The lock ends by itself; a waiting process computes for itself at the latest then.
            self.breaker.failed(_kind(error))

    def _answered(self, seconds: float) -> None:
        self._slow = self._slow + 1 if seconds > SLOW_SECONDS else 0
        if self._slow < SLOW_ANSWERS:
            self.breaker.succeeded()
            return
        # One slow answer more after the rest is enough.
        self._slow = SLOW_ANSWERS - 1
        self.breaker.failed("too slow")


class FileStore:
    """Values in a private folder, shared by the workers of one machine."""

    def __init__(self, server: Flask, folder: Path, *, prefix: str):
        self._prefix = prefix
        self._locks = folder / "locks"
        self.breaker = Breaker("The cache folder")
        _make_private(folder)
        _make_private(self._locks)
        values = folder / "values"
        _make_private(values)
        self._backend = _backend(
            server,
            {
                "CACHE_TYPE": "FileSystemCache",
                "CACHE_DIR": str(values),
                "CACHE_THRESHOLD": MOST_FILES,
                "CACHE_DEFAULT_TIMEOUT": LIFE_SECONDS,
                # The default, md5, is refused by some hardened builds of Python.
                "CACHE_OPTIONS": {"hash_method": hashlib.sha256},
            },
        )

    def get(self, key: str) -> Any | None:
        try:
            return self._backend.get(self._prefix + key)
        except OSError as error:
            self.breaker.failed(_kind(error))
        except _UNREADABLE:
            pass
        return None

    def put(self, key: str, value: Any, seconds: float) -> None:
        if not self.breaker.allows():
            return
        try:
            stored = self._backend.set(self._prefix + key, value, timeout=round(seconds))
        except OSError as error:
            self.breaker.failed(_kind(error))
            return
        if stored:
            self.breaker.succeeded()
        else:
            self.breaker.failed("the value could not be written")

    @contextmanager
    def lock(self, key: str) -> Iterator[bool]:
        # A fixed number of lock files: two keys that share one only wait for each other.
        number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") % LOCK_FILES
        try:
            handle = os.open(self._locks / f"{number:03d}", os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            self.breaker.failed(_kind(error))
            yield True
            return
        try:
            yield _flock(handle)
        finally:
            os.close(handle)  # which also lets go of the lock


def make_store(server: Flask, *, redis_url: str | None, folder: Path, prefix: str) -> CacheStore:
    """The store for these settings; one that keeps nothing if the folder is not ours alone."""
    if redis_url:
        return RedisStore(server, redis_url, prefix=prefix)
    try:
        return FileStore(server, folder, prefix=prefix)
    except OSError as error:
        logger.warning("No cache: the folder for it cannot be used (%s)", _kind(error))
        return NoStore()


def _backend(server: Flask, config: dict[str, Any]) -> Any:
    with server.app_context():
        return FlaskCaching(server, config=config).cache


def _make_private(folder: Path) -> None:
    """Make a folder only we can use; refuse one that belongs to somebody else."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise PermissionError("it belongs to another user")
    folder.chmod(0o700)


def _flock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # A file system without locks: computing twice is better than not at all.
        return True
    return True


def _kind(error: BaseException) -> str:
    """The error in a word or two; addresses and passwords stay out of the log."""
    return type(error).__name__
