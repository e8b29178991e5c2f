"""The read API as a Flask blueprint: pages of rows, as JSON or CSV, with validators."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import fields
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from flask import Blueprint, Response, request
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection

from performance_api import openapi, problems
from performance_api.problems import Problem
from performance_api.resources import RESOURCES, Resource
from performance_store.database import DatabaseUnavailable, database_errors
from performance_store.exports import csv_blocks
from performance_store.queries import snapshots
from serving.guards import NO_PAGE

Connect = Callable[[], AbstractContextManager[Connection]]
_SECONDS = 60
_MOST = 10_000_000


def blueprint(connect: Connect) -> Blueprint:
    """The API. In: what opens a connection to the store."""
    made = Blueprint("api", __name__, url_prefix=openapi.BASE)
    for resource in RESOURCES:
        made.add_url_rule(resource.path, resource.name, _view(resource, connect), methods=["GET"])
    made.add_url_rule("/openapi.json", "openapi", _document, methods=["GET"])
    made.add_url_rule("/<path:rest>", "unknown", _unknown, methods=["GET"])
    made.register_error_handler(Problem, problems.answer)
    made.register_error_handler(ValidationError, problems.invalid)
    made.register_error_handler(DatabaseUnavailable, _unavailable)
    made.after_request(_open_to_all)
    return made


def _view(resource: Resource, connect: Connect) -> Callable[..., Response]:
    row = TypeAdapter(resource.row)

    def view(**path: str) -> Response:
        asked = resource.parameters.model_validate(_given(resource))
        # A slash in a reference is written twice encoded; see the pages' own addresses.
        variables = {name: _clean(name, unquote(value)) for name, value in path.items()}
        with database_errors(), connect() as connection:
            # The version and the rows are of one state, whatever is loaded meanwhile.
            connection.execution_options(isolation_level="REPEATABLE READ")
            version, published = _version(connection)
            answer = Response(status=304)
            _validators(answer, version, published)
            if _unchanged(answer):
                return answer
            start = 0 if resource.single else _start(asked.cursor, version)
            if asked.format == "csv":
                start = 0
            rows = _rows(resource, connection, asked, variables, start)
        if resource.single:
            if not rows:
                raise Problem(404, "There is no such thing", "", next(iter(path), None))
            rows = rows[:1]
        if asked.format == "csv":
            made = Response(_csv(resource, rows), mimetype="text/csv")
            name = f'attachment; filename="{resource.name}.csv"'
            made.headers["Content-Disposition"] = name
        else:
            shown = rows if resource.paged else rows[start:]
            body = _json(row, resource, shown, start + asked.limit, asked.limit, version)
            made = Response(body, mimetype="application/json")
        return _validators(made, version, published)

    return view


def _given(resource: Resource) -> dict[str, Any]:
    """The query string: the last of repeated values, but for parameters that take several."""
    several = {
        name
        for name, field in resource.parameters.model_fields.items()
        if isinstance(field.default, tuple)
    }
    return {
        name: tuple(_clean(name, value) for value in values)
        if name in several
        else _clean(name, values[-1])
        for name, values in request.args.lists()
    }


def _clean(name: str, value: str) -> str:
    """The value. Raises Problem for one that no database can hold."""
    if "\x00" in value:
        raise Problem(400, "A parameter cannot be used", "It holds a NUL character.", name)
    return value


def _version(connection: Connection) -> tuple[str, datetime]:
    found = snapshots.current(connection)
    if not found:
        return "empty", datetime(2000, 1, 1, tzinfo=UTC)
    return str(found[0].data_version), found[0].published_at


def _validators(answer: Response, version: str, published: datetime) -> Response:
    answer.set_etag(f"{openapi.VERSION}-{version}")
    answer.last_modified = published.astimezone(UTC)
    answer.headers["Cache-Control"] = f"public, max-age={_SECONDS}"
    answer.headers["Vary"] = "Accept-Encoding"
    return answer


def _unchanged(answer: Response) -> bool:
    if request.if_none_match:
        return request.if_none_match.contains_weak(answer.get_etag()[0] or "")
    since = request.if_modified_since
    return bool(since and answer.last_modified and answer.last_modified <= since)


def _rows(
    resource: Resource, connection: Connection, asked: Any, path: dict[str, Any], start: int
) -> Sequence[Any]:
    """All rows; of a paged resource one more than the page has, which tells whether it ends."""
    if not resource.paged:
        return resource.ask(connection, asked, path)
    limit = _MOST if asked.format == "csv" else asked.limit + 1
    return resource.ask(connection, asked, {**path, "offset": start, "limit": limit})


def _json(
    row: TypeAdapter[Any],
    resource: Resource,
    rows: Sequence[Any],
    following: int,
    limit: int,
    version: str,
) -> bytes:
    """A page: the first `limit` rows, and where the next begins if there are more."""
    after = json.dumps(f"{version}.{following}") if len(rows) > limit else "null"
    data = b",".join(row.dump_json(item) for item in rows[:limit])
    if not resource.single:
        data = b"[" + data + b"]"
    tail = f',"next":{after},"version":{json.dumps(version)}}}'
    return b'{"data":' + data + tail.encode()


def _start(cursor: str | None, version: str) -> int:
    """Where a cursor begins. Raises Problem for one that is not ours, or of other data."""
    if cursor is None:
        return 0
    of_version, _, at = cursor.partition(".")
    if not at.isascii() or not at.isdecimal() or len(at) > 9:
        raise Problem(400, "A parameter cannot be used", "Take `next` of a page.", "cursor")
    if of_version != version:
        raise Problem(409, "The data changed", "Begin again without a cursor.", "cursor")
    return int(at)


def _csv(resource: Resource, rows: Sequence[Any]) -> Iterator[str]:
    columns = [field.name for field in fields(resource.row)]
    return csv_blocks(columns, ([getattr(row, name) for name in columns] for row in rows))


@lru_cache(maxsize=1)
def _written() -> str:
    return json.dumps(openapi.document())


def _document() -> Response:
    return Response(_written(), mimetype="application/json")


def _unknown(rest: str) -> Response:
    raise Problem(404, "There is no such resource", f"See {openapi.BASE}/openapi.json.")


def _unavailable(error: DatabaseUnavailable) -> Response:
    answer = problems.answer(Problem(503, "The database does not answer", "Try again soon."))
    answer.headers["Retry-After"] = "30"
    return answer


def _open_to_all(answer: Response) -> Response:
    """Any site may read: there is nothing here that is not public."""
    answer.headers["Access-Control-Allow-Origin"] = "*"
    exposed = "ETag, Last-Modified, Retry-After, X-Request-ID"
    answer.headers["Access-Control-Expose-Headers"] = exposed
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers.setdefault("Content-Security-Policy", NO_PAGE)
    return answer
