"""Clients that are slow, or mean to be, keep nobody else waiting; honest ones are let finish."""

from __future__ import annotations

import hashlib
import http.client
import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from serving.guards import BODY_BYTES, FILE_BYTES, FORM_BYTES
from tests.support.gunicorn import Web, web
from tests.support.owners import gone
from tests.support.upload_app import LONG

pytestmark = pytest.mark.postgres

SECONDS, RATE = 2, 20_000
HEAD = b"POST /files HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n"
SLOW = {
    "headers": b"GET / HTTP/1.1\r\nHost: x\r\nX-a: ",
    "body": HEAD % 50_000 + b"\r\n{",
    "idle": b"",
    "reader": b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n" * 20,
}


def serve(folder: Path, *options: str, kind: str = "alone", **more: str):  # type: ignore[no-untyped-def]
    settings = {"WEB_CONCURRENCY": "1", "SLOW_SECONDS": str(SECONDS), "SLOW_BYTES": str(RATE)}
    application = f"tests.support.upload_app:{kind}()"
    return web(folder, application, *options, ready="/long", **settings | more)


@pytest.fixture(scope="module")
def running(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    folder = tmp_path_factory.mktemp("slow")
    with serve(folder, kind="inside", DATABASE_URL=module_database_url) as server:
        yield server


def connect(running: Web, buffer: int | None = None) -> socket.socket:
    to = urlsplit(running.address)
    connection = socket.socket()
    if buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.settimeout(20)
    connection.connect((to.hostname, to.port))
    return connection


def rest(connection: socket.socket) -> bytes:
    """What comes until the server closes."""
    got = b""
    while piece := connection.recv(65536):
        got += piece
    return got


def count_connections(running: Web) -> int:
    """How many connections the worker has."""
    (worker,) = psutil.Process(running.process.pid).children()
    port = urlsplit(running.address).port
    return sum(
        it.status == psutil.CONN_ESTABLISHED and it.laddr.port == port
        for it in worker.net_connections("tcp")
    )


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait, on a slow machine too, but not for ever: what is asserted next then fails."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)


def upload(running: Web, rate: int, seconds: float, answers: list[bytes]) -> None:
    """Send a file at a rate, and keep the answer."""
    body = os.urandom(int(rate * seconds))
    with connect(running) as connection:
        connection.sendall(HEAD % len(body) + b"Connection: close\r\n\r\n")
        began = time.monotonic()
        for start in range(0, len(body), rate // 4):
            time.sleep(max(0.0, began + start / rate - time.monotonic()))
            connection.sendall(body[start : start + rate // 4])
        whole = f"{len(body)} {hashlib.sha256(body).hexdigest()}".encode()
        answers.append(b"well" if rest(connection).endswith(whole) else b"not well")


@pytest.mark.parametrize("mode", SLOW)
def test_sixty_slow_clients_keep_nobody_waiting_and_are_cut_off(running: Web, mode: str) -> None:
    answers: list[bytes] = []
    arguments = (running, RATE * 11 // 10, SECONDS + 2.5, answers)
    honest = [threading.Thread(target=upload, args=arguments) for _ in range(20)]
    with ExitStack() as stack:
        slow = [
            stack.enter_context(connect(running, 2048 if mode == "reader" else None))
            for _ in range(60)
        ]
        for connection in slow:
            connection.sendall(SLOW[mode])
        for thread in honest:
            thread.start()
        waits = []
        deadline = time.monotonic() + SECONDS + 10
        while time.monotonic() < deadline and (
            count_connections(running) or any(t.is_alive() for t in honest)
        ):
            began = time.monotonic()
            assert running.get("/about")[0] == 200
            waits.append(time.monotonic() - began)
            if mode in ("headers", "body"):
                for connection in slow:
                    send_if_open(connection.send, b"a")
            time.sleep(0.2)
    assert max(waits) < 2
    assert answers == [b"well"] * 20


def send_if_open(send: Callable[[bytes], int], data: bytes) -> None:
    try:
        send(data)
    except OSError:
        return


def test_a_slow_reader_above_the_rate_gets_all_of_it(running: Web) -> None:
    with connect(running, 4096) as connection:
        connection.sendall(b"GET /long HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        got, began = b"", time.monotonic()
        while (seconds := time.monotonic() - began) < SECONDS + 4:
            if len(got) < seconds * RATE * 1.2:
                got += connection.recv(4096)
            else:
                time.sleep(0.05)
        got += rest(connection)
    assert got.partition(b"\r\n\r\n")[2] == LONG


# What may be sent


def post(running: Web, path: str, body: bytes, **headers: str) -> tuple[int, bytes]:
    to = urlsplit(running.address)
    connection = http.client.HTTPConnection(to.hostname or "", to.port, timeout=20)
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_a_large_file_is_taken_where_files_are_and_lies_on_disk(running: Web) -> None:
    body = os.urandom(1024) * 40_000
    (worker,) = psutil.Process(running.process.pid).children()
    post(running, "/files", body[:300_000])
    before = worker.memory_info().rss
    with connect(running) as connection:
        connection.sendall(HEAD % len(body) + b"Connection: close\r\n\r\n")
        connection.sendall(body[:-1])
        time.sleep(0.5)
        assert worker.memory_info().rss - before < 8_000_000
        connection.sendall(body[-1:])
        assert rest(connection).endswith(hashlib.sha256(body).hexdigest().encode())


@pytest.mark.parametrize(
    ("path", "length"), [("/files", FILE_BYTES + FORM_BYTES + 1), ("/small", BODY_BYTES + 1)]
)
@pytest.mark.parametrize("expects", [False, True])
def test_what_is_longer_is_refused_before_it_is_sent(
    running: Web, path: str, length: int, expects: bool
) -> None:
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"Content-Length: {length}"]
    lines += ["Expect: 100-continue"] if expects else []
    with connect(running) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        got = rest(connection)
    assert got.startswith(b"HTTP/1.1 413 ")
    assert b"Connection: close" in got


def test_an_answer_reaches_a_client_that_still_sends(running: Web) -> None:
    assert post(running, "/small", b"x" * 2_000_000)[0] == 413
    assert post(running, "/small", b"x" * (BODY_BYTES - 1))[0] == 200


def test_chunks_are_taken_and_limited_alike(running: Web) -> None:
    start = b"POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    cases = {
        b"/files": (chunk * 8 + b"0\r\n\r\n", b" 200 "),
        b"/small": (chunk * 8 + b"0\r\n\r\n", b" 413 "),
        b"/about": (b"1" * 70_000, b" 400 "),
    }
    for path, (body, status) in cases.items():
        with connect(running) as connection:
            connection.sendall(start % path + body)
            line = connection.recv(100).split(b"\r\n")[0]
        assert status in line, (path, line)


# How many connections


def partly(running: Web, stack: ExitStack, count: int, *addresses: str) -> list[socket.socket]:
    """Connections that have begun to send a body, each as another of these addresses. In: none
    that the server still knows of."""
    until(lambda: count_connections(running) == 0)
    connections = []
    for number in range(count):
        connection = stack.enter_context(connect(running))
        address = addresses[number % len(addresses)]
        connection.sendall(HEAD % 9000 + f"X-Forwarded-For: {address}\r\n\r\nx".encode())
        connections.append(connection)
    return connections


def count_ends(connections: list[socket.socket]) -> int:
    """How many of them the server has closed: nothing else is to be read of them yet."""
    return len(select.select(connections, [], [], 0)[0])


@pytest.mark.parametrize(
    ("proxies", "addresses", "left"),
    [
        ("0", ["192.0.2.1", "192.0.2.2", "192.0.2.3"], 10),
        ("1", ["192.0.2.1"], 10),
        ("1", ["9.9.9.9, 192.0.2.1", "9.9.9.8, 192.0.2.1"], 10),
        ("1", ["192.0.2.1", "192.0.2.2", "192.0.2.3"], 30),
    ],
)
def test_one_client_has_so_many_connections_and_is_still_answered(
    tmp_path: Path, proxies: str, addresses: list[str], left: int
) -> None:
    settings = {"CLIENT_CONNECTIONS": "10", "TRUSTED_PROXIES": proxies, "SLOW_SECONDS": "30"}
    with serve(tmp_path, **settings) as server, ExitStack() as stack:
        connections = partly(server, stack, 30, *addresses)
        until(lambda: count_ends(connections) >= 30 - left)
        time.sleep(0.2)
        assert count_ends(connections) == 30 - left
        assert count_connections(server) == left
        assert server.get("/long", {"X-Forwarded-For": addresses[0]})[0] == 200


# Connections that are kept, and processes that are not


def test_a_connection_is_kept_for_what_has_no_body_too(running: Web) -> None:
    to = urlsplit(running.address)
    client = http.client.HTTPConnection(to.hostname or "", to.port, timeout=20)
    client.request("GET", "/assets/planning.css")
    first = client.getresponse()
    first.read()
    first_socket = client.sock
    assert first_socket is not None
    headers = {"If-None-Match": first.headers["ETag"], "Connection": "keep-alive"}
    client.request("GET", "/assets/planning.css", headers=headers)
    again = client.getresponse()
    assert (again.status, again.read()) == (304, b"")
    client.request("HEAD", "/about")
    assert client.getresponse().read() == b""
    assert client.sock is first_socket
    client.close()


def test_told_to_stop_it_says_so_on_connections_that_are_kept(tmp_path: Path) -> None:
    answers: list[bytes] = []
    with serve(tmp_path, SLOW_SECONDS="30") as server:
        to = urlsplit(server.address)
        client = http.client.HTTPConnection(to.hostname or "", to.port, timeout=20)
        client.request("GET", "/long")
        client.getresponse().read()
        sending = threading.Thread(target=upload, args=(server, RATE, 3, answers))
        sending.start()
        # These keep nobody from stopping.
        slow = [connect(server) for _ in range(3)]
        for connection, data in zip(slow, list(SLOW.values())[:3], strict=True):
            connection.sendall(data)
        time.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        client.request("GET", "/long")
        answer = client.getresponse()
        assert (answer.status, answer.headers["Connection"]) == (200, "close")
        answer.read()
        sending.join()
        assert server.process.wait(timeout=8) == 0
        for connection in slow:
            connection.close()
    assert answers == [b"well"]


def test_a_process_is_replaced_and_nobody_notices(tmp_path: Path) -> None:
    options = ("--max-requests", "10", "--max-requests-jitter", "0")
    with serve(tmp_path, *options, WEB_CONCURRENCY="2") as server:
        master = psutil.Process(server.process.pid)
        assert gone(lambda: len(master.children()) != 2)
        before = master.children()
        assert {server.get("/small")[0] for _ in range(60)} == {405}
        assert gone(lambda: set(before) & set(master.children()))


def test_what_is_sent_out_of_turn_wakes_nobody_for_ever(running: Web) -> None:
    (worker,) = psutil.Process(running.process.pid).children()
    with connect(running) as connection:
        connection.send(b"!", socket.MSG_OOB)
        time.sleep(0.5)
        before = worker.cpu_times().user
        time.sleep(0.5)
        assert worker.cpu_times().user - before < 0.25
        assert count_connections(running) == 0
