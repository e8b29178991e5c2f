"""Where cached values live: Redis, or files shared by the workers of one machine.

Both take and give bytes, and no failure of theirs reaches a page. Files are kept by Flask-Caching,
which pickles them: the folder is ours alone. Redis is asked directly, since what comes from there
is never unpickled, and since we bound how much of it we take.
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
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import redis
from flask import Flask
from flask_caching import Cache as FlaskCaching

from serving.breaker import Breaker
from serving.redis_options import redis_options

logger = logging.getLogger(__name__)

LIFE_SECONDS = 24 * 3600
MEGABYTES = 20
LOCK_SECONDS = 15.0
SLOW_SECONDS, SLOW_ANSWERS = 0.2, 3
MOST_FILES, LOOK_EVERY = 20_000, 500
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
# What Redis needs for an entry beside its value and three times its name: measured 280 to 390.
ENTRY_BYTES = 400
# Keep a value, and let the oldest go until all are within the bound; in: our key, the order in
# which values came, and their sizes, with the sum and the last number among them.
_KEEP = """
local key, order, sizes = KEYS[1], KEYS[2], KEYS[3]
local function forget(name)
  local size = redis.call('HGET', sizes, name)
  if size then
    redis.call('HINCRBY', sizes, '=', -size)
    redis.call('HDEL', sizes, name)
  end
end
local size = #ARGV[1] + tonumber(ARGV[4])
forget(key)
while tonumber(redis.call('HGET', sizes, '=') or 0) + size > tonumber(ARGV[3]) do
  local oldest = redis.call('ZPOPMIN', order)[1]
  if not oldest then redis.call('DEL', sizes) break end
  forget(oldest)
  redis.call('DEL', oldest)
end
redis.call('SET', key, ARGV[1], 'EX', ARGV[2])
redis.call('HSET', sizes, key, size)
redis.call('HINCRBY', sizes, '=', size)
redis.call('ZADD', order, redis.call('HINCRBY', sizes, '#', 1), key)
"""
_RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end"


class CacheStore(Protocol):
    """What the cache asks of its store. Nothing here raises because the store is unwell."""

    def get(self, key: str) -> bytes | None:
        """The value, or None if there is none or it cannot be had."""

    def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep a value, if possible."""

    def lock(self, key: str) -> AbstractContextManager[bool]:
        """Try to lock a key across processes; the value says whether the caller is to work."""


class NoStore:
    """Keeps nothing; for a folder that cannot be trusted or made."""

    def get(self, key: str) -> None:
        return None

    def put(self, key: str, value: bytes, seconds: float) -> None:
        return None

    @contextmanager
    def lock(self, key: str) -> Iterator[bool]:
        yield True


class RedisStore:
    """Values in Redis, shared by every process of the deployment: `megabytes` of them at most, of
    all releases together.

    Half a second is the longest a command waits for it, no command is tried twice, and after a
    failure it is left alone for ten seconds; so it is after a few answers that came slowly, since
    a page asks it many times.
    """

    def __init__(
        self, url: str, *, prefix: str, megabytes: float, breaker: Breaker | None = None
    ) -> None:
        self._client: Any = redis.from_url(url, **redis_options(url))
        self._prefix = prefix
        self._most = round(megabytes * 1_000_000)
        self._slow = 0
        self.breaker = breaker or Breaker("The Redis cache")
        # A full Redis still answers reads, so refusing to store is an outage of its own.
        self.writes = Breaker("Storing in the Redis cache")

    def get(self, key: str) -> bytes | None:
        if not self.breaker.allows():
            return None
        began = time.monotonic()
        try:
            value = self._client.get(self._prefix + key)
        except _UNWELL as error:
            self.breaker.failed(_kind(error))
            return None
        self._answered(time.monotonic() - began)
        return value if isinstance(value, bytes) else None

    def put(self, key: str, value: bytes, seconds: float) -> None:
        if self.breaker.failing or not self.writes.allows():
            return
        size = len(value) + len(self._prefix + key) * 3 + ENTRY_BYTES
        if size > self._most:
            return
        names = [self._prefix + key, "pdp:cache-order", "pdp:cache-sizes"]
        try:
            extra = size - len(value)
            self._client.eval(_KEEP, 3, *names, value, round(seconds), self._most, extra)
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
        self._values = values = folder / "values"
        self._puts = 0
        _make_private(values)
        config = {
            "CACHE_TYPE": "FileSystemCache",
            "CACHE_DIR": str(values),
            # Over a limit of its own it would read every file of the folder for each value kept.
            "CACHE_THRESHOLD": 0,
            "CACHE_DEFAULT_TIMEOUT": LIFE_SECONDS,
            # The default, md5, is refused by some hardened builds of Python.
            "CACHE_OPTIONS": {"hash_method": hashlib.sha256},
        }
        with server.app_context():
            self._backend: Any = FlaskCaching(server, config=config).cache

    def _make_room(self) -> None:
        """Remove the oldest files where there are too many, so many that it is not soon needed
        again. What another process removes meanwhile is gone as well."""
        with suppress(OSError):
            paths = [entry.path for entry in os.scandir(self._values)]
            if len(paths) <= MOST_FILES:
                return
            for path in sorted(paths, key=_changed_at)[: len(paths) - MOST_FILES * 3 // 4]:
                with suppress(FileNotFoundError):
                    os.remove(path)

    def get(self, key: str) -> bytes | None:
        try:
            value = self._backend.get(self._prefix + key)
        except OSError as error:
            self.breaker.failed(_kind(error))
        except _UNREADABLE:
            pass
        else:
            return value if isinstance(value, bytes) else None
        return None

    def put(self, key: str, value: bytes, seconds: float) -> None:
        if not self.breaker.allows():
            return
        self._puts += 1
        if self._puts % LOOK_EVERY == 0:
            self._make_room()
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


def make_store(
    server: Flask, *, redis_url: str | None, folder: Path, prefix: str, megabytes: float = MEGABYTES
) -> CacheStore:
    """The store for these settings, `megabytes` at most in Redis; one that keeps nothing if the
    folder is not ours alone."""
    if redis_url:
        return RedisStore(redis_url, prefix=prefix, megabytes=megabytes)
    try:
        return FileStore(server, folder, prefix=prefix)
    except OSError as error:
        logger.warning("No cache: the folder for it cannot be used (%s)", _kind(error))
        return NoStore()


def _changed_at(path: str) -> float:
    """When a file was written; 0 for one that is gone."""
    try:
        return os.stat(path).st_mtime
    except FileNotFoundError:
        return 0.0


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
