"""One client cannot have everything; and counting never stands in the way."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from performance_api import create_app
from performance_store.settings import load_settings
from serving.breaker import Breaker
from serving.limits import Limiter, add_limits, client_of
from tests.support.fake_store import FakeStore, make_app
from tests.support.gunicorn import web
from tests.support.servers import RedisServer
from tests.support.settings import settings_at


def server(per_minute: int = 3, redis_url: str | None = None) -> Flask:
    flask = Flask("limited", static_folder=None)
    refused: list[str] = []
    flask.extensions["refused"] = refused
    add_limits(flask, {"api": per_minute}, redis_url=redis_url, on_refusal=refused.append)
    api = Blueprint("api", __name__, url_prefix="/api")
    api.add_url_rule("/rows", "rows", lambda: "rows", methods=["GET", "OPTIONS"])
    flask.register_blueprint(api)
    flask.add_url_rule("/page", "page", lambda: "page")
    return flask


def statuses(client: FlaskClient, count: int, address: str = "203.0.113.1") -> list[int]:
    base = {"REMOTE_ADDR": address}
    return [client.get("/api/rows", environ_base=base).status_code for _ in range(count)]


def test_who_asks_too_often_is_told_when_to_ask_again() -> None:
    app = server()
    client = app.test_client()
    assert statuses(client, 5) == [200, 200, 200, 429, 429]
    answer = client.get("/api/rows", environ_base={"REMOTE_ADDR": "203.0.113.1"})
    assert answer.mimetype == "application/problem+json"
    body = json.loads(answer.data)
    assert (body["status"], body["title"]) == (429, "Too many requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["Retry-After"] in body["detail"]
    assert app.extensions["refused"] == ["api"] * 3
    # Others are not in its way, and neither are pages or what browsers ask beforehand.
    assert statuses(client, 1, "203.0.113.2") == [200]
    base = {"REMOTE_ADDR": "203.0.113.1"}
    assert client.get("/page", environ_base=base).status_code == 200
    assert client.options("/api/rows", environ_base=base).status_code == 200


def test_zero_is_no_limit() -> None:
    assert set(statuses(server(0).test_client(), 50)) == {200}


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        (None, "unknown"),
        ("", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_who_counts_as_one_client(address: str | None, client: str) -> None:
    assert client_of(address) == client


@given(st.text())
def test_any_address_is_a_client(address: str) -> None:
    assert client_of(address)


def test_proxies_are_believed_as_configured_only(tmp_path: Path) -> None:
    def forwarded(trusted: int, header: list[str]) -> list[int]:
        folder = tmp_path / f"{trusted}-{len(header)}-{len(header[0])}"
        settings = settings_at(folder, trusted_proxies=trusted, downloads_per_minute=2)
        store = FakeStore()
        store.silent = True
        client = make_app(folder, store, settings=settings).server.test_client()
        path = "/downloads/coverage.csv"
        return [
            client.get(path, headers={"X-Forwarded-For": value}).status_code for value in header
        ]

    def refused(codes: list[int]) -> list[bool]:
        return [status == 429 for status in codes]

    # Without a proxy a client that invents addresses is still one client.
    assert refused(forwarded(0, ["1.1.1.1", "2.2.2.2", "3.3.3.3"])) == [False, False, True]
    # Behind one, what it added last counts and not what the client wrote before it.
    assert refused(forwarded(1, ["1.1.1.1", "2.2.2.2", "3.3.3.3"])) == [False] * 3
    invented = ["9.9.9.1, 1.1.1.1", "9.9.9.2, 1.1.1.1", "9.9.9.3, 1.1.1.1"]
    assert refused(forwarded(1, invented)) == [False, False, True]


def test_the_interface_alone_is_limited_by_its_settings() -> None:
    settings = load_settings({"API_PER_MINUTE": "2"})
    client = create_app(FakeStore().connect, settings).test_client()
    answers = [client.get("/api/v1/openapi.json") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["Access-Control-Allow-Origin"] == "*"
    assert "Retry-After" in answers[2].headers["Access-Control-Expose-Headers"]
    assert answers[2].headers["X-Content-Type-Options"] == "nosniff"


def test_what_is_given_is_validated() -> None:
    settings = load_settings({})
    assert (settings.trusted_proxies, settings.api_per_minute) == (0, 300)
    assert load_settings({"DYNO": "web.1", "DATABASE_URL": "postgres://h/d"}).trusted_proxies == 1


# Counting in Redis


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RedisServer]:
    redis = RedisServer(tmp_path)
    redis.start()
    yield redis
    redis.stop()


@pytest.mark.redis
def test_processes_count_together(own: RedisServer) -> None:
    one, other = server(3, own.url).test_client(), server(3, own.url).test_client()
    assert statuses(one, 2) == [200, 200]
    assert statuses(other, 2) == [200, 429]
    assert statuses(one, 1) == [429]


@pytest.mark.redis
def test_many_at_once_get_no_more_than_one_after_another(own: RedisServer) -> None:
    limiters = [Limiter(own.url) for _ in range(4)]
    allowed: list[int | None] = []

    def ask(limiter: Limiter) -> None:
        allowed.extend(limiter.wait("api", "x", 20) for _ in range(10))

    threads = [threading.Thread(target=ask, args=(limiter,)) for limiter in limiters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(allowed), allowed.count(None)) == (40, 20)


@pytest.mark.redis
def test_without_redis_each_counts_for_itself_until_it_is_back(own: RedisServer) -> None:
    now = 0.0
    breaker = Breaker("Redis", clock=lambda: now)
    limiter = Limiter(own.url, breaker=breaker)
    assert limiter.wait("api", "x", 2) is None
    own.stop()
    assert [limiter.wait("api", "x", 2) is None for _ in range(3)] == [True, True, False]
    assert breaker.failing
    own.start()
    now = 60.0
    assert limiter.wait("api", "x", 2) is None
    assert not breaker.failing


@pytest.mark.redis
def test_a_full_redis_is_as_none(tmp_path: Path) -> None:
    full = RedisServer(tmp_path, "--maxmemory", "1", "--maxmemory-policy", "noeviction")
    full.start()
    try:
        waits = [Limiter(full.url).wait("api", "x", 1) for _ in range(2)]
        assert waits == [None, None]
        limiter = Limiter(full.url)
        assert limiter.wait("api", "x", 1) is None
        assert limiter.wait("api", "x", 1) is not None
    finally:
        full.stop()


@pytest.mark.parametrize(
    "says", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", b":\r\n", b"+OK\r\n" * 9]
)
def test_what_is_no_redis_is_as_none(says: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stop = threading.Event()

        def answer() -> None:
            listening.settimeout(0.1)
            while not stop.is_set():
                try:
                    connection, _ = listening.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.recv(4096)
                    connection.sendall(says)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            limiter = Limiter(f"redis://127.0.0.1:{listening.getsockname()[1]}/0")
            began = time.monotonic()
            waits = [limiter.wait("api", "x", 2) is None for _ in range(3)]
            assert time.monotonic() - began < 3
        finally:
            stop.set()
            thread.join()
    assert waits == [True, True, False]
    assert limiter.breaker.failing


@pytest.mark.redis
def test_two_workers_of_a_deployment_hold_one_limit(
    tmp_path: Path, database_url: str, own: RedisServer
) -> None:
    environment = {"DATABASE_URL": database_url, "REDIS_URL": own.url, "API_PER_MINUTE": "10"}
    with web(tmp_path, **environment, WEB_CONCURRENCY="2") as running:
        codes = [running.get("/api/v1/datasets")[0] for _ in range(20)]
        assert sorted(codes) == [200] * 10 + [429] * 10
        metrics = running.get("/metrics")[1]
    assert 'pdp_rate_limited_total{scope="api"} 10.0' in metrics
