"""Whatever becomes of Redis, it costs speed: never a page, never a wrong number."""

from __future__ import annotations

import random
import threading
import time
import uuid
from pathlib import Path

import pytest
import redis

from dashboard.data.cache import Cache
from dashboard.data.cache_store import RedisStore
from serving.breaker import Breaker
from serving.health import RedisWatch
from serving.limits import Limiter
from tests.support.fake_store import make_app
from tests.support.servers import RedisServer
from tests.support.tcp import nonsense, proxy

REST = 0.2
NONSENSE = [
    b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    b"+OK\r\n",
    b":1\r\n",
    b":one\r\n",
    b"$5\r\nhello\r\n",
    b"$-1\r\n",
    b"$99999999999\r\nx",
    b"*2\r\n:1\r\n:2\r\n",
    b"*-1\r\n",
    b"-ERR no\r\n",
    b"-LOADING Redis is loading the dataset in memory\r\n",
    b"%1\r\n+a\r\n:1\r\n",
    b"\x00\xff\xfe garbage without end of line",
    b"\r\n\r\n\r\n",
    b"",
]


def a_store(port: int) -> RedisStore:
    breaker = Breaker("The Redis cache", rest_seconds=REST)
    url = f"redis://127.0.0.1:{port}/0"
    return RedisStore(url, prefix=f"{uuid.uuid4().hex}:", megabytes=1, breaker=breaker)


@pytest.mark.parametrize("words", NONSENSE, ids=lambda words: repr(words[:14]))
def test_garbage_for_an_answer(words: bytes, tmp_path: Path) -> None:
    with nonsense(lambda: words) as port:
        cache = Cache(a_store(port))
        began = time.monotonic()
        for number in range(20):
            assert cache.cached(f"key{number}", lambda number=number: number) == number
        limiter = Limiter(f"redis://127.0.0.1:{port}/0")
        assert [limiter.wait("api", "someone", 1000) for _ in range(5)] == [None] * 5
        assert RedisWatch(f"redis://127.0.0.1:{port}/0")() in ("ok", "not answering")
        assert time.monotonic() - began < 10

        client = make_app(tmp_path, redis_url=f"redis://127.0.0.1:{port}/0").server.test_client()
        assert client.get("/about", buffered=True).status_code == 200
        assert client.get("/health/ready").status_code == 200


def test_garbage_of_any_kind_at_any_moment() -> None:
    chance = random.Random(7)
    with nonsense(lambda: chance.choice(NONSENSE) + chance.randbytes(chance.randrange(40))) as port:
        store = a_store(port)
        store.breaker = Breaker("The Redis cache", rest_seconds=0)
        cache = Cache(store)
        for number in range(60):
            assert cache.cached(f"key{number % 7}", lambda number=number: number % 7) == number % 7


def test_a_slow_redis_costs_a_few_answers_and_is_then_left_alone(own_redis: RedisServer) -> None:
    with proxy(own_redis.port) as between:
        store = a_store(between.port)
        store.breaker = Breaker("The Redis cache", rest_seconds=60)
        cache = Cache(store)
        assert cache.cached("key", lambda: 1) == 1
        between.delay = 0.3
        began = time.monotonic()
        assert {cache.cached("key", lambda: 1) for _ in range(100)} == {1}
        assert time.monotonic() - began < 4
        assert store.breaker.failing


def test_a_redis_that_was_slow_is_used_again(own_redis: RedisServer) -> None:
    with proxy(own_redis.port) as between:
        store = a_store(between.port)
        cache = Cache(store)
        cache.put("key", "kept")
        between.delay = 0.3
        for _ in range(5):
            cache.cached("key", lambda: "kept")
        assert store.breaker.failing
        between.delay = 0.0
        time.sleep(REST + 0.05)
        assert cache.cached("key", lambda: "computed") == "kept"
        assert not store.breaker.failing


def test_a_flapping_redis_never_gives_one_the_answer_of_another(own_redis: RedisServer) -> None:
    """Connections are cut and answers come later than they are waited for, under eight readers: an
    answer that belongs to an earlier question would show at once."""
    wrong: list[object] = []
    outcomes: list[str] = []
    done = threading.Event()
    with proxy(own_redis.port) as between:
        store = a_store(between.port)
        store.breaker = Breaker("The Redis cache", rest_seconds=0.02)
        cache = Cache(store, outcomes.append)

        def read(seed: int) -> None:
            chance = random.Random(seed)
            while not done.is_set():
                number = chance.randrange(30)
                answer = cache.cached(
                    f"key{number}", lambda number=number: ("of", number), tuple[str, int]
                )
                if answer != ("of", number):
                    wrong.append((number, answer))

        threads = [threading.Thread(target=read, args=(seed,)) for seed in range(8)]
        for thread in threads:
            thread.start()
        for turn in range(12):
            between.delay = (0.0, 1.2, 0.0)[turn % 3]
            time.sleep(0.15)
            between.cut()
            if turn == 6:
                own_redis.kill()
                time.sleep(0.1)
                own_redis.start()
        done.set()
        for thread in threads:
            thread.join()
    assert not wrong
    assert outcomes.count("hit") > 50


def test_a_full_redis_counts_and_refuses_in_memory(own_redis: RedisServer) -> None:
    with redis.Redis.from_url(own_redis.url) as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", "1")
    limiter = Limiter(own_redis.url)
    waits = [limiter.wait("api", "someone", 3) for _ in range(5)]
    assert waits[:3] == [None] * 3
    assert all(waits[3:])
    store = a_store(own_redis.port)
    cache = Cache(store)
    assert [cache.cached("key", lambda: 5) for _ in range(3)] == [5] * 3
    assert not store.breaker.failing
