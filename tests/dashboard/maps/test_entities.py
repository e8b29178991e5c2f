"""Asking somebody else's server for places: right, slow, huge, broken, hostile."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from dashboard.maps import entities
from dashboard.maps.entities import EntitiesUnavailable, EntitySource, Places
from dashboard.maps.geometry import Shape, shape_of

SQUARE = [[-1.0, 52.0], [-0.9, 52.0], [-0.9, 52.1], [-1.0, 52.1], [-1.0, 52.0]]
HOLE = [[-0.98, 52.02], [-0.92, 52.02], [-0.92, 52.08], [-0.98, 52.02]]
Serve = Callable[[Callable[[Any], None]], str]


def collection(*geometries: Any) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": geometry, "properties": {"name": "<script>x</script>"}}
            for geometry in geometries
        ],
    }


def point(x: Any = -1.0, y: Any = 52.0) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [x, y]}


def send(
    handler: Any, body: bytes, status: int = 200, length: int | None = None, **more: str
) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    for name, value in more.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server that answers as a function says; gives its address."""
    started: list[ThreadingHTTPServer] = []

    def start(respond: Callable[[Any], None]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                try:
                    respond(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        started.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


def test_a_thread_that_runs_a_loop_may_ask(serve: Serve) -> None:
    address = serve(lambda handler: send(handler, json.dumps(collection(point())).encode()))

    async def ask() -> Places:
        return EntitySource(address).places(1, "tree")

    # A thread of its own: the one of all tests may run a browser's loop.
    with ThreadPoolExecutor(1) as thread:
        assert len(thread.submit(asyncio.run, ask()).result().shapes) == 1


def test_places_of_an_organisation_and_a_dataset(serve: Serve) -> None:
    requests: list[str] = []

    def respond(handler: Any) -> None:
        requests.append(handler.path)
        area = {"type": "Polygon", "coordinates": [SQUARE, HOLE]}
        send(handler, json.dumps(collection(point(), area, None)).encode())

    places = EntitySource(serve(respond) + "/").places(42, "tree & co")
    assert requests == ["/entity.geojson?organisation_entity=42&dataset=tree+%26+co&limit=500"]
    assert places.shapes[0] == Shape(points=((-1.0, 52.0),))
    assert [len(ring) for ring in places.shapes[1].rings] == [5, 4]
    assert len(places.shapes) == 2
    assert not places.more


def test_as_many_as_may_be_asked_for_may_not_be_all(serve: Serve) -> None:
    body = json.dumps(collection(point(), point())).encode()
    url = serve(lambda handler: send(handler, body))
    assert EntitySource(url, limit=2).places(1, "tree").more
    assert not EntitySource(url, limit=3).places(1, "tree").more


@pytest.mark.parametrize(
    ("respond", "why"),
    [
        (lambda h: send(h, b"no", 500), "it answered 500"),
        (lambda h: send(h, b"no", 404), "it answered 404"),
        (lambda h: send(h, b"<html>hello</html>"), "not JSON"),
        (lambda h: send(h, b"[" * 200_000), "not JSON"),
        (lambda h: send(h, b'{"features": [{"geometry": NaN}]}'), "not JSON"),
        (lambda h: send(h, b"\xff\xfe\x00"), "not JSON"),
        (lambda h: send(h, b"null"), "no features"),
        (lambda h: send(h, b'{"features": "all of them"}'), "no features"),
        (lambda h: send(h, b'{"features": []', length=9000), "broke off"),
        (lambda h: send(h, b" " * 3_000_000), "too large"),
        (lambda h: h.wfile.write(b"\x00\x01 nonsense\r\n\r\n"), "RemoteProtocolError"),
        (lambda h: None, "RemoteProtocolError"),
    ],
)
def test_whatever_goes_wrong_is_one_error(
    serve: Serve, respond: Callable[[Any], None], why: str
) -> None:
    with pytest.raises(EntitiesUnavailable, match=why):
        EntitySource(serve(respond), max_bytes=2_000_000).places(1, "tree")


def test_nobody_there_is_the_same_error(serve: Serve) -> None:
    with pytest.raises(EntitiesUnavailable, match="ConnectError"):
        EntitySource("http://127.0.0.1:1").places(1, "tree")


def slowly(body: bytes) -> Callable[[Any], None]:
    """Sends a letter at a time, each in less time than a socket would be waited for."""

    def respond(handler: Any) -> None:
        for letter in body:
            handler.wfile.write(bytes([letter]))
            handler.wfile.flush()
            time.sleep(0.1)

    return respond


@pytest.mark.parametrize(
    "respond",
    [
        lambda h: time.sleep(3),
        slowly(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull"),
        slowly(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20),
    ],
    ids=["silent", "drop by drop", "endless headers"],
)
def test_the_time_allowed_is_for_all_of_it(serve: Serve, respond: Callable[[Any], None]) -> None:
    source = EntitySource(serve(respond), seconds=0.5)
    began = time.monotonic()
    with pytest.raises(EntitiesUnavailable, match="too long"):
        source.places(1, "tree")
    assert time.monotonic() - began < 1.5


def test_many_slow_questions_do_not_pile_up(serve: Serve) -> None:
    source = EntitySource(serve(lambda h: time.sleep(2)), seconds=1.0)
    reasons: list[str] = []

    def ask() -> None:
        try:
            source.places(1, "tree")
        except EntitiesUnavailable as error:
            reasons.append(str(error))

    threads = [Thread(target=ask) for _ in range(entities.AT_ONCE + 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reasons.count("too many questions are under way") == 3


def redirecting(to: str, times: int) -> Callable[[Any], None]:
    def respond(handler: Any) -> None:
        number = handler.path.count("r/")
        if number < times:
            send(handler, b"", 302, Location=to or f"/{'r/' * (number + 1)}entity.geojson")
        else:
            send(handler, json.dumps(collection(point())).encode())

    return respond


@pytest.mark.parametrize("times", [1, 2])
def test_a_redirect_or_two_are_followed(serve: Serve, times: int) -> None:
    assert len(EntitySource(serve(redirecting("", times))).places(1, "tree").shapes) == 1


@pytest.mark.parametrize(
    ("to", "times", "why"),
    [
        ("", 9, "too many redirects"),
        ("http://169.254.169.254/latest", 1, "somewhere else"),
        ("http://localhost:1/", 1, "somewhere else"),
        ("file:///etc/passwd", 1, "somewhere else"),
        ("//example.org/x", 1, "somewhere else"),
        ("http://[broken", 1, "somewhere else"),
    ],
)
def test_redirects_stay_with_the_site(serve: Serve, to: str, times: int, why: str) -> None:
    with pytest.raises(EntitiesUnavailable, match=why):
        EntitySource(serve(redirecting(to, times))).places(1, "tree")


def test_a_redirect_does_not_leave_tls_and_may_change_the_name_within_the_site() -> None:
    entities._stay("https://example.org/a", "https://www.example.org/b")
    with pytest.raises(EntitiesUnavailable, match="TLS"):
        entities._stay("https://example.org/a", "http://example.org/a")
    with pytest.raises(EntitiesUnavailable, match="somewhere else"):
        entities._stay("https://example.org/a", "https://badexample.org/a")


# Shapes


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        "POINT(1 2)",
        [],
        {},
        {"type": ["Point"], "coordinates": [1, 2]},
        {"type": "LineString", "coordinates": [[1, 2], [3, 4]]},
        {"type": "Point"},
        point("1", 2),
        point(None, 2),
        point(True, 2),
        point(181, 2),
        point(530_000, 180_000),
        point(10**400, 1),
        point(float("nan"), 1),
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
        {"type": "Polygon", "coordinates": 7},
        {"type": "MultiPolygon", "coordinates": [SQUARE]},
        {"type": "GeometryCollection", "geometries": 3},
        {"type": "GeometryCollection", "geometries": [None, 4]},
    ],
)
def test_what_is_no_shape_is_left_out(geometry: Any) -> None:
    assert shape_of(geometry) is None
    beside = json.dumps({"features": [{"geometry": point()}, 7, None]}).encode()
    assert entities.read(beside).shapes == (Shape(((-1.0, 52.0),)),)


def test_shapes_of_every_kind() -> None:
    many = shape_of({"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [SQUARE]]})
    assert many is not None
    assert [len(ring) for ring in many.rings] == [5, 4, 5]
    points = shape_of({"type": "MultiPoint", "coordinates": [[1, 2], [3, 4, 99], ["x", 1]]})
    assert points == Shape(points=((1.0, 2.0), (3.0, 4.0)))
    both = shape_of(
        {
            "type": "GeometryCollection",
            "geometries": [point(), {"type": "Polygon", "coordinates": [SQUARE]}],
        }
    )
    assert both is not None
    assert (len(both.points), len(both.rings)) == (1, 1)
