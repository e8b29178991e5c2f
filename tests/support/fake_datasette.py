"""A server that answers as Datasette 0.65 does, of one SQLite file, and fails as it is told to.

Faults are named by what they do to one request: ``{"log": [...]}`` are those of the requests for
pages of that table, in turn; ``None`` lets one through. ``database`` stands for its own page.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

Fault = Callable[["Handler", bytes], None]


@dataclass
class Fake:
    """What the server has and what it saw. Change ``path``, ``renamed`` ... while it runs."""

    path: Path
    page_size: int = 7
    faults: dict[str, list[Fault | None]] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    digest: str | None = "of the file"
    without: set[str] = field(default_factory=set)
    """Tables (``log``) and columns (``log.status``) that are not there."""
    before_page: Callable[[str, str | None], None] = lambda table, after: None
    compressed: bool = False
    url: str = ""

    def pages(self, table: str) -> list[str | None]:
        """Where each page asked for of a table began."""
        return [(query.get("_next") or [None])[0] for name, query in self.requests if name == table]

    def connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path)
        connection.row_factory = sqlite3.Row
        return connection

    def columns(self, table: str) -> tuple[list[str], list[str]]:
        """Columns and primary key of a table, as far as they are not hidden."""
        with closing(self.connect()) as connection:
            rows = list(connection.execute(f'PRAGMA table_info("{table}")'))
        names = [row["name"] for row in rows if f"{table}.{row['name']}" not in self.without]
        key = sorted((row for row in rows if row["pk"]), key=lambda row: row["pk"])
        return names, [row["name"] for row in key]

    def tables(self) -> list[dict[str, Any]]:
        with closing(self.connect()) as connection:
            names = [
                row["name"]
                for row in connection.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
                )
                if row["name"] not in self.without
            ]
            return [
                {
                    "name": name,
                    "columns": self.columns(name)[0],
                    "primary_keys": self.columns(name)[1],
                    "count": connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0],
                    "hidden": False,
                }
                for name in names
            ]

    def database(self) -> dict[str, Any]:
        return {"database": "digital-land", "tables": self.tables(), "views": []}

    def databases(self) -> list[dict[str, Any]]:
        content = self.path.read_bytes()
        digest = self.digest and hashlib.sha256(content + str(self.without).encode()).hexdigest()
        size = len(content)
        entry = {"name": "digital-land", "path": "x", "size": size, "hash": digest}
        return [{"name": "_memory", "size": 0, "hash": None}, entry]

    def page(self, table: str, query: dict[str, list[str]]) -> dict[str, Any]:
        columns, key = self.columns(table)
        names_asked_for = query.get("_col", columns)
        bad = [name for name in names_asked_for if name not in columns]
        if bad:
            raise ValueError(f"_col={', '.join(bad)} - invalid columns")
        order = key or ["rowid"]
        after = (query.get("_next") or [None])[0]
        self.before_page(table, after)
        names = list(dict.fromkeys([*order, *names_asked_for]))
        columns_sql = ", ".join(f'"{name}"' for name in names)
        first = ", ".join(f'"{name}"' for name in order)
        where = f"WHERE ({first}) > ({', '.join('?' * len(order))})" if after else ""
        values = json.loads(after) if after else []
        with closing(self.connect()) as connection:
            rows = connection.execute(
                f'SELECT {columns_sql} FROM "{table}" {where} ORDER BY {first} LIMIT ?',
                [*values, self.page_size + 1],
            ).fetchall()
            total = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
        more = len(rows) > self.page_size
        rows = rows[: self.page_size]
        return {
            "rows": [dict(row) for row in rows],
            "filtered_table_rows_count": None if query.get("_nocount") else total,
            "next": json.dumps([rows[-1][name] for name in order]) if more else None,
            "primary_keys": key,
        }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes: the second would wait
    fake: Fake

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        _, _, name = parts.path.removesuffix(".json").rpartition("/")
        name = "database" if name == "digital-land" else name
        self.fake.requests.append((name, query))
        try:
            status, answer = 200, self._answer(name, query)
        except (ValueError, sqlite3.OperationalError) as error:
            status, answer = 400, {"ok": False, "error": str(error), "status": 400}
        body = json.dumps(answer).encode()
        faults = self.fake.faults.get(name)
        fault = faults.pop(0) if faults else None
        with suppress(BrokenPipeError, ConnectionResetError):
            if fault is not None:
                fault(self, body)
            elif self.fake.compressed:
                self.reply(status, gzip.compress(body), {"Content-Encoding": "gzip"})
            else:
                self.reply(status, body)

    def _answer(self, name: str, query: dict[str, list[str]]) -> Any:
        if name == "databases":
            return self.fake.databases()
        if name == "database":
            return self.fake.database()
        assert query["_shape"] == ["objects"]
        assert query["_size"] == ["max"]
        return self.fake.page(name, query)

    def reply(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for header, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


# Faults


def status(code: int, **headers: str) -> Fault:
    """The answer is a status, with headers (``Retry_After="1"``)."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, _: handler.reply(code, b"{}", fields)


def interrupted(handler: Handler, _: bytes) -> None:
    """Datasette's own time limit for a query."""
    body = {"ok": False, "error": "SQL query took too long.", "title": "SQL Interrupted"}
    handler.reply(400, json.dumps(body).encode())


def truncated(handler: Handler, body: bytes) -> None:
    """Half of the body announced, then the end of the connection."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True


def cut(handler: Handler, body: bytes) -> None:
    """Half of the body, announced as if it were all."""
    handler.reply(200, body[: len(body) // 2])


def reset(handler: Handler, _: bytes) -> None:
    """No answer at all."""
    handler.close_connection = True
    handler.connection.close()


def drip(handler: Handler, body: bytes) -> None:
    """A byte now and then, never silent for long."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    for byte in body[:200]:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(0.02)
    handler.close_connection = True


def hang(handler: Handler, _: bytes) -> None:
    """Nothing for longer than anybody waits."""
    time.sleep(1.5)
    handler.close_connection = True


@contextmanager
def serving(path: Path, **options: Any) -> Iterator[Fake]:
    """A running server of the file at ``path``; ``url`` is the database's."""
    fake = Fake(path, **options)
    handler = type("Bound", (Handler,), {"fake": fake})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}/digital-land"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
