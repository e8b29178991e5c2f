"""The web server as a deployment starts it: what comes before our own code, and what it says."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from serving.guards import QUERY_BYTES
from tests.support.gunicorn import Web, web

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def running(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    folder = tmp_path_factory.mktemp("server")
    with web(folder, DATABASE_URL=module_database_url, WEB_CONCURRENCY="1") as server:
        yield server


def send(running: Web, data: bytes) -> bytes:
    """What comes back for these bytes, until the server closes."""
    to = urlsplit(running.address)
    with socket.create_connection((to.hostname, to.port), timeout=20) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        got = b""
        while piece := connection.recv(65536):
            got += piece
    return got


def ask(target: str, *headers: str, method: str = "GET") -> bytes:
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost", "Connection: close", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


BAD = {
    "no request": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
    "no version": b"GET /about\r\n\r\n",
    "no host, old": b"GET /health/live HTTP/1.0\r\n\r\n",
    "other version": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "long line": ask("/about?q=" + "a" * 20_000),
    "long header": ask("/about", "X-Long: " + "a" * 20_000),
    "many headers": ask("/about", *(f"X-{number}: 1" for number in range(300))),
    "no colon": ask("/about", "Nonsense"),
    "space in name": ask("/about", "X Y: 1"),
    "bare line end": b"GET /about HTTP/1.1\nHost: localhost\nConnection: close\n\n",
    "NUL in header": ask("/about", "X-Nul: a\x00b"),
    "two lengths": ask("/about", "Content-Length: 1", "Content-Length: 2"),
    "length and chunks": ask("/about", "Content-Length: 5", "Transfer-Encoding: chunked"),
    "negative length": ask("/about", "Content-Length: -1"),
    "unknown encoding": ask("/about", "Transfer-Encoding: nonsense"),
    "bad chunk": ask("/about", "Transfer-Encoding: chunked") + b"zz\r\n<zq>\r\n",
    "markup": ask("/<zq>", "X-<zq>: <zq>"),
    "absolute": ask("http://evil.example/about"),
    "connect": ask("evil.example:443", method="CONNECT"),
}


AMBIGUOUS = ("no version", "other version", "length and chunks", "two lengths")


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_what_another_server_may_read_otherwise_is_refused(running: Web, name: str) -> None:
    assert send(running, BAD[name]).startswith(b"HTTP/1.0 400 ") or send(
        running, BAD[name]
    ).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("name", BAD)
def test_malformed_requests_get_short_answers_that_tell_nothing(running: Web, name: str) -> None:
    got = send(running, BAD[name])
    status = got.split(b" ", 2)[1:2]
    assert not status or status[0][:1] in (b"2", b"3", b"4") or status[0] in (b"501", b"505"), got
    for word in (
        b"gunicorn",
        b"waitress",
        b"Traceback",
        b".py",
        b"Werkzeug",
        b"Python/",
        b"<zq>",
        b"evil.example",
    ):
        assert word not in got.replace(b"/assets", b""), (word, got[:500])
    assert running.get("/health/live")[0] == 200


def test_no_answer_says_what_serves_it(running: Web) -> None:
    for path in ("/health/live", "/about", "/api/v1/openapi.json", "/assets/planning.css", "/no"):
        _, _, headers = running.get(path)
        assert headers["Server"] == "web"
        assert not {"X-Powered-By", "Via"} & set(headers)


def test_what_is_too_long_is_told_by_us(running: Web) -> None:
    status, text, headers = running.get("/api/v1/coverage?region=" + "a" * QUERY_BYTES)
    assert status == 414
    assert headers["Content-Type"] == "application/problem+json"
    assert "Ask for less" in text


def test_a_body_that_is_too_large_is_refused(running: Web) -> None:
    head = ask(
        "/_dash-update-component",
        "Content-Type: application/json",
        "Content-Length: 900000",
        method="POST",
    )
    assert b" 413 " in send(running, head + b"x" * 10_000).split(b"\r\n", 1)[0]


def test_the_interface_alone_tells_as_little(module_database_url: str, tmp_path: Path) -> None:
    application = "performance_api:create_app()"
    environment = {"DATABASE_URL": module_database_url, "WEB_CONCURRENCY": "1"}
    to = "/api/v1/"
    with web(tmp_path, application, ready=to, **environment) as alone:
        for path, status in ((to, 200), ("/nothing", 404), ("/api/v1/datasets", 200)):
            answered, text, headers = alone.get(path)
            assert answered == status
            assert headers["Server"] == "web"
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert "werkzeug" not in text.lower()
