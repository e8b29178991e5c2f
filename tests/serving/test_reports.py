"""Errors are reported where an operator says, with nothing of who asked; else nothing is loaded."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import brotli
import pytest
from sqlalchemy import Engine, text

from performance_store.loading import load
from performance_store.readers.platform import Platform
from tests.support.build import AAA
from tests.support.gunicorn import CHECKOUT, web
from tests.support.loads import a_file

PRIVATE = ("secret-search", "secret-cookie", "secret-agent", "203.0.113.77", "secret-user", "q=")
REQUEST_ID = "an-id-of-the-test-0001"


@contextmanager
def receiver() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """A server that takes what is reported: the address to give, and (path, body) of each."""
    received: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            unpack = {"gzip": gzip.decompress, "br": brotli.decompress}
            body = unpack.get(self.headers.get("Content-Encoding", ""), bytes)(body)
            received.append((self.path, body.decode()))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://key@127.0.0.1:{server.server_port}/1", received
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def event(envelope: str) -> dict[str, Any]:
    """The event of an envelope: lines of JSON, the third of them."""
    lines = envelope.splitlines()
    assert json.loads(lines[1])["type"] == "event"
    return dict(json.loads(lines[2]))


@pytest.mark.parametrize(
    ("application", "path"),
    [
        ("app:server", f"/organisations/{AAA}?q=secret-search"),
        ("performance_api:create_app()", f"/api/v1/organisations/{AAA}/summary"),
    ],
)
def test_an_error_is_reported_without_a_word_on_who_asked(
    engine: Engine, database_url: str, tmp_path: Path, application: str, path: str
) -> None:
    load(engine, Platform(a_file(tmp_path / "in")))
    with receiver() as (dsn, received):
        environment = {"DATABASE_URL": database_url, "SENTRY_DSN": dsn, "TRUSTED_PROXIES": "1"}
        with web(tmp_path, application, **environment) as running:
            with engine.begin() as connection:
                # A mistake of ours, as far as the application can tell.
                connection.execute(text("ALTER TABLE summary RENAME COLUMN stage TO renamed"))
            headers = {
                "Cookie": "session=secret-cookie",
                "User-Agent": "secret-agent",
                "Authorization": "Bearer secret-user",
                "X-Forwarded-For": "203.0.113.77",
                "X-Request-ID": REQUEST_ID,
            }
            assert running.get(path, headers)[0] == 500
            deadline = time.monotonic() + 20
            while not received:
                assert time.monotonic() < deadline
                time.sleep(0.05)
    (address, envelope) = received[0]
    assert address == "/api/1/envelope/"
    report = event(envelope)
    assert report["level"] == "error"
    assert report["exception"]["values"][-1]["type"] == "ProgrammingError"
    assert report["tags"] == {"request_id": REQUEST_ID}
    frames = report["exception"]["values"][-1]["stacktrace"]["frames"]
    assert not any("vars" in frame for frame in frames)
    for words in PRIVATE:
        assert not any(words in body for _, body in received), words
    # The operator finds the rest in the log, by the id.
    assert REQUEST_ID in running.log.read_text()


def test_nothing_is_loaded_or_sent_without_an_address(database_url: str) -> None:
    words = "import app, performance_api, sys; print([n for n in sys.modules if 'sentry' in n])"
    done = subprocess.run(
        [sys.executable, "-c", words],
        cwd=CHECKOUT,
        env={"DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_a_receiver_that_is_gone_costs_no_answer(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    load(engine, Platform(a_file(tmp_path / "in")))
    environment = {"DATABASE_URL": database_url, "SENTRY_DSN": "http://key@127.0.0.1:1/1"}
    with web(tmp_path, **environment) as running:
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE summary RENAME COLUMN stage TO renamed"))
        began = time.monotonic()
        for _ in range(5):
            assert running.get(f"/organisations/{AAA}")[0] == 500
        assert time.monotonic() - began < 10
        assert running.get("/health/live")[0] == 200
