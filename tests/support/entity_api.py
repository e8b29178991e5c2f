"""A server in the place of the platform's interface for entities, which speaks as it does and fails
as it is told."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

HOSTILE = "<img src=x onerror=alert(1)>"


@dataclass
class EntityApi:
    """What the server is asked, and what it answers: `entities` by the interface's rules, or
    whatever `body` says; after so many seconds, with this status, and with so many letters of the
    answer not sent."""

    url: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    body: bytes | None = None
    status: int = 200
    seconds: float = 0.0
    missing: int = 0

    def answer(self, address: str) -> tuple[int, bytes]:
        """Status and body for an address."""
        if self.body is not None or self.status != 200:
            return self.status, self.body or b"<h1>Something went wrong</h1>"
        parts = urlsplit(address)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/entity.json":
            return 200, json.dumps(self._page(query)).encode()
        if parts.path == "/entity.geojson":
            return 200, json.dumps(self._collection(query)).encode()
        number = parts.path.removeprefix("/entity/").removesuffix(".json")
        one = next((row for row in self.entities if str(row["entity"]) == number), None)
        return (200, json.dumps(_plain(one)).encode()) if one else (404, b"{}")

    def _of(self, query: dict[str, str]) -> list[dict[str, Any]]:
        return [
            row
            for row in self.entities
            if row["dataset"] == query["dataset"]
            and row["organisation-entity"] == query["organisation_entity"]
        ]

    def _page(self, query: dict[str, str]) -> dict[str, Any]:
        rows = self._of(query)
        first, limit = int(query.get("offset", "0")), int(query.get("limit", "10"))
        page = [_plain(row) for row in rows[first : first + limit]]
        return {"entities": page, "links": {}, "count": len(rows)}

    def _collection(self, query: dict[str, str]) -> dict[str, Any]:
        rows = [row for row in self._of(query) if row.get("shape")]
        features = [
            {
                "type": "Feature",
                "geometry": row["shape"],
                "properties": {key: value for key, value in row.items() if key != "shape"},
            }
            for row in rows[: int(query.get("limit", "10"))]
        ]
        return {"type": "FeatureCollection", "features": features}


def entity(number: int, organisation: int, dataset: str, **more: Any) -> dict[str, Any]:
    """An entity with a square as its shape, each somewhere else. In: also its other fields."""
    west, south = -1.15 + number % 7 * 0.04, 51.92 + number % 11 * 0.014
    east, north = west + 0.02, south + 0.01
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    wkt = ", ".join(f"{x} {y}" for x, y in ring)
    return {
        "entity": number,
        "name": f"Place {number}",
        "reference": f"R{number}",
        "dataset": dataset,
        "organisation-entity": str(organisation),
        "entry-date": "2024-03-01",
        "end-date": "",
        "geometry": f"MULTIPOLYGON ((({wkt})))",
        "shape": {"type": "MultiPolygon", "coordinates": [[ring]]},
        **more,
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "shape"}


@contextmanager
def serving_entities() -> Iterator[EntityApi]:
    """The server, at an address of its own."""
    api = EntityApi()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            api.requests.append(self.path)
            time.sleep(api.seconds)
            status, body = api.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) - api.missing])

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
