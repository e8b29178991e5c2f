"""Redis or files: kept values are shared, and no trouble with either reaches a page."""

from __future__ import annotations

import logging
import pickle
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask

from dashboard.data.cache import Cache
from dashboard.data.cache_store import FileStore, NoStore, RedisStore, make_store
from serving.breaker import Breaker
from serving.redis_options import redis_options
from tests.support.servers import RedisServer

CHECKOUT = Path(__file__).parents[3]
REST = 0.3


def redis_store(url: str) -> RedisStore:
    breaker = Breaker("The Redis cache", rest_seconds=REST)
    return RedisStore(url, prefix=f"{uuid.uuid4().hex}:", megabytes=1, breaker=breaker)


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.fixture(params=["files", "redis"])
def backend_url(request: pytest.FixtureRequest) -> str:
    """'' for files, or the address of a Redis."""
    return "" if request.param == "files" else str(request.getfixturevalue("redis_url"))


def test_values_come_back_as_they_were(backend_url: str, tmp_path: Path) -> None:
    store = make_store(
        Flask("test"), redis_url=backend_url or None, folder=tmp_path / "c", prefix=uuid.uuid4().hex
    )
    assert isinstance(store, RedisStore if backend_url else FileStore)
    cache = Cache(store)
    for number, (value, kind) in enumerate(
        ((None, int | None), (("a", 1, None), tuple[str, int, None]), ({"x": 1.5}, Any))
    ):
        for _ in range(2):
            assert cache.cached(f"k{number}", lambda value=value: value, kind) == value
        assert cache.cached(f"k{number}", lambda: "not asked", kind) == value


def test_one_process_computes_for_all(backend_url: str, tmp_path: Path) -> None:
    start_at = str(time.time() + 3)
    arguments = [str(tmp_path), backend_url, uuid.uuid4().hex, start_at]
    command = [sys.executable, "-m", "tests.support.cache_worker", *arguments]
    workers = [
        subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    answers = [worker.communicate(timeout=60)[0].strip() for worker in workers]
    assert answers == ["answer"] * 4
    assert len(list(tmp_path.glob("computed-*"))) == 1


def test_the_folder_is_ours_alone(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o755)
    store = FileStore(Flask("test"), folder, prefix="x")
    Cache(store).put("key", 1)
    for path in (folder, *folder.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_folder_that_cannot_be_ours_means_no_cache(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "file").touch()
    for name in ("link", "file"):
        store = make_store(Flask("test"), redis_url=None, folder=tmp_path / name, prefix="x")
        assert isinstance(store, NoStore)
        assert Cache(store).cached("key", lambda: 5) == 5
    assert len(messages(caplog)) == 2


def test_a_damaged_file_is_computed_anew(tmp_path: Path) -> None:
    cache = Cache(FileStore(Flask("test"), tmp_path / "c", prefix="x"))
    cache.put("key", "old")
    for path in (tmp_path / "c" / "values").iterdir():
        path.write_bytes(b"\x00garbage" * 3)
    assert cache.cached("key", lambda: "new") == "new"


@pytest.mark.parametrize(
    "garbage", [b"", b"garbage", b"\x80\x05", pickle.dumps(("x",))[:-3], b"!\x80\x05cnowhere\nX\n."]
)
def test_garbage_in_redis_is_computed_anew(redis_url: str, garbage: bytes) -> None:
    store = redis_store(redis_url)
    cache = Cache(store)
    cache.put("key", "old")
    with redis.Redis.from_url(redis_url) as client:
        (name,) = client.keys(f"{store._prefix}key")
        client.set(name, garbage)
    assert cache.cached("key", lambda: "new") == "new"


def test_a_pickle_in_redis_is_not_opened(redis_url: str, tmp_path: Path) -> None:
    store = redis_store(redis_url)
    cache = Cache(store)
    mark = tmp_path / "ran"
    with redis.Redis.from_url(redis_url) as client:
        for before in (b"", b"!"):
            code = f"cposix\nsystem\n(S'touch {mark}'\ntR.".encode()
            client.set(f"{store._prefix}key", before + code)
            assert cache.cached("key", lambda: 5, int) == 5
    assert not mark.exists()


def test_the_cache_takes_no_more_of_redis_than_it_may(own_redis: RedisServer) -> None:
    stores = [redis_store(own_redis.url) for _ in range(2)]
    with redis.Redis.from_url(own_redis.url) as client:
        client.set("somebody else's", "stays")
        Cache(stores[0]).put("warm", "up")
        empty = client.info("memory")["used_memory"]
        for number in range(3000):
            Cache(stores[number % 2]).put(f"key{number}", "x" * (number % 3) * 600)
        Cache(stores[0]).put("too large", "x" * 1_000_000)
        assert client.info("memory")["used_memory"] - empty < 1_150_000
        assert client.get("somebody else's") == b"stays"
    assert Cache(stores[1]).peek("key2999") == ("x" * 1200,)
    assert Cache(stores[1]).peek("key1") is None
    assert Cache(stores[0]).peek("too large") is None


def test_what_is_put_again_and_again_counts_once(own_redis: RedisServer) -> None:
    store = redis_store(own_redis.url)
    Cache(store).put("first", 1)
    for _ in range(100):
        Cache(store).put("key", "x" * 100_000)
    assert Cache(store).peek("first") == (1,)


def test_redis_may_stop_and_return(
    own_redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    cache = Cache(redis_store(own_redis.url))
    assert cache.cached("key", lambda: 1) == 1
    assert cache.cached("key", lambda: 2) == 1
    own_redis.stop()
    assert [cache.cached("key", lambda: 3) for _ in range(20)] == [3] * 20
    assert len(messages(caplog)) == 1
    own_redis.start()
    time.sleep(REST + 0.05)
    assert cache.cached("key", lambda: 4) == 4
    assert cache.cached("key", lambda: 5) == 4
    assert messages(caplog) == [
        "The Redis cache does not answer (ConnectionError); going on without it",
        "The Redis cache answers again",
    ]


def test_a_hung_redis_costs_half_a_second_once(
    own_redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    store = RedisStore(own_redis.url, prefix="x", megabytes=1)
    cache = Cache(store)
    cache.put("key", 1)
    own_redis.pause()
    began = time.monotonic()
    assert [cache.cached("key", lambda: 2) for _ in range(50)] == [2] * 50
    assert time.monotonic() - began < 1.2
    assert len(messages(caplog)) == 1
    own_redis.resume()


def test_a_full_redis_still_answers_and_is_told_once(
    own_redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    cache = Cache(redis_store(own_redis.url))
    cache.put("kept", "kept")
    with redis.Redis.from_url(own_redis.url) as client:
        client.config_set("maxmemory", "1")
        for _ in range(5):
            assert cache.cached("new", lambda: "computed") == "computed"
            assert cache.peek("kept") == ("kept",)
        assert len(messages(caplog)) == 1
        client.config_set("maxmemory", "0")
    assert cache.peek("new") is None


def test_a_lock_left_behind_does_not_hold_readers_for_ever(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.data.cache.WAIT_SECONDS", 0.3)
    store = redis_store(redis_url)
    with redis.Redis.from_url(redis_url) as client:
        client.set(f"{store._prefix}lock:key", "somebody", px=5000)
    began = time.monotonic()
    assert Cache(store).cached("key", lambda: 5) == 5
    assert 0.3 <= time.monotonic() - began < 2


def test_making_the_store_asks_nobody(tmp_path: Path) -> None:
    began = time.monotonic()
    make_store(Flask("test"), redis_url="redis://127.0.0.1:1/0", folder=tmp_path, prefix="x")
    assert time.monotonic() - began < 0.2


def test_tls_options_belong_to_tls_addresses() -> None:
    plain = redis_options("redis://host:6379/0")
    secure = redis_options("rediss://host:6379/0")
    assert "ssl_cert_reqs" not in plain
    assert secure["ssl_cert_reqs"] == "none"
    for url, options in (("redis://host:1/0", plain), ("rediss://host:1/0", secure)):
        redis.from_url(url, **options).close()
        assert options["socket_timeout"] == options["socket_connect_timeout"] == 0.5
