"""The read API as a Flask blueprint: pages of rows, as JSON or CSV, with validators."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from functools import lru_cache, partial
from typing import Any
from urllib.parse import unquote

from flask import Blueprint, Response, current_app, request
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from performance_api import documentation, openapi, problems, validators
from performance_api.problems import BASE, UNUSABLE, Problem
from performance_api.resources import RESOURCES, Resource
from performance_api.validators import State
from performance_store.database import DatabaseUnavailable
from performance_store.operations.exports import csv_blocks
from performance_store.read_server import ReadServer, ask_either
from serving.guards import NO_PAGE

Connect = Callable[[], AbstractContextManager[Connection]]
READING = ("GET", "HEAD", "OPTIONS")
_OTHERS = ("POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY")
_FORMS = {"json": "application/json", "csv": "text/csv"}
_MOST = 10_000_000


@dataclass(frozen=True, slots=True)
class Reply:
    """Which data a server has, and its rows from the `start`-th on; None for whoever has them."""

    now: State
    start: int = 0
    rows: Sequence[Any] | None = None


Question = Callable[[Connection], Reply]


def blueprint(
    connect: Connect, *, site: str | None = None, read_server: ReadServer | None = None
) -> Blueprint:
    """The API. In: what opens a connection to the store; the address of the pages beside it, if
    there are any; and the read server that answers in the store's place, if there is one."""
    ask = partial(ask_either, read_server, connect)
    api = Blueprint("api", __name__, url_prefix=BASE, template_folder="templates")
    for resource in RESOURCES:
        api.add_url_rule(resource.path, resource.name, _view(resource, ask), methods=["GET"])
    api.add_url_rule("/openapi.json", "openapi", _document, methods=["GET"])
    api.add_url_rule(
        "/",
        "documentation",
        lambda: documentation.page(site),
        methods=["GET"],
        strict_slashes=False,
    )
    api.add_url_rule("/<path:rest>", "unknown", _unknown, methods=["GET"])
    for rule in ("/", "/<path:rest>"):
        api.add_url_rule(
            rule,
            "refused",
            _refused,
            methods=_OTHERS,
            strict_slashes=False,
            provide_automatic_options=False,
        )
    api.register_error_handler(Problem, problems.answer)
    api.register_error_handler(ValidationError, problems.invalid)
    api.register_error_handler(DatabaseUnavailable, problems.unavailable)
    # By number too: the pages beside it have words of their own for these, which would win.
    for which in (HTTPException, 404, 500):
        api.register_error_handler(which, problems.refused)
    api.after_request(_open_to_all)
    return api


def _view(resource: Resource, ask: Callable[[Question], Reply]) -> Callable[..., Response]:
    row = TypeAdapter(resource.row)

    def view(**path: str) -> Response:
        query: Any = resource.parameters.model_validate(_query(resource))
        form = query.format or _preferred()
        # A slash in a reference is written twice encoded; see the pages' own addresses.
        variables = {name: _clean(name, unquote(value)) for name, value in path.items()}

        def read(connection: Connection) -> Reply:
            if validators.has_tag() and validators.is_current(now := _glance(connection), form):
                return Reply(now)
            # The version and the rows are of one state, whatever is loaded meanwhile.
            connection.execution_options(isolation_level="REPEATABLE READ")
            now = validators.state(connection)
            # A thing by itself has no pages, and a CSV holds them all.
            start = 0 if resource.single else _start(query.cursor, now.version)
            start = 0 if form == "csv" else start
            return Reply(now, start, _rows(resource, connection, query, variables, start, form))

        reply = ask(read)
        now, start, rows = reply.now, reply.start, reply.rows
        if rows is None:
            return validators.sign(Response(status=304), now, form)
        if resource.single and not rows:
            raise Problem(404, "There is no such thing", "", next(iter(path), None))
        answer = validators.sign(Response(mimetype=_FORMS[form]), now, form)
        if validators.unchanged(answer):
            return validators.sign(Response(status=304), now, form)
        if form == "csv":
            answer.response = _csv(resource, rows)
            name = f'attachment; filename="{resource.name}.csv"'
            answer.headers["Content-Disposition"] = name
        else:
            limit = 1 if resource.single else query.limit
            part = rows if resource.paged else rows[start:]
            answer.set_data(_json(row, resource, part, start + limit, limit, now))
        return answer

    return view


def _glance(connection: Connection) -> State:
    """Which data is there, by one statement alone: a transaction around it would take twice as
    long, which is most of what a 304 takes."""
    connection.execution_options(isolation_level="AUTOCOMMIT")
    now = validators.state(connection)
    connection.rollback()
    return now


def _preferred() -> str:
    """The form that the client says it would rather have: JSON unless CSV is."""
    best = request.accept_mimetypes.best_match(tuple(_FORMS.values()), _FORMS["json"])
    return next(form for form, media_type in _FORMS.items() if media_type == best)


def _query(resource: Resource) -> dict[str, Any]:
    """The query string. Raises Problem for a parameter that is given more often than it may be."""
    several = {
        name
        for name, field in resource.parameters.model_fields.items()
        if isinstance(field.default, tuple)
    }
    query: dict[str, Any] = {}
    for name, values in request.args.lists():
        clean = tuple(_clean(name, value) for value in values)
        if name in several:
            query[name] = clean
        elif len(clean) == 1 or name not in resource.parameters.model_fields:
            query[name] = clean[0]
        else:
            raise Problem(400, UNUSABLE, "It can be given once.", name)
    return query


def _clean(name: str, value: str) -> str:
    """The value. Raises Problem for one that no database can hold."""
    if "\x00" in value:
        raise Problem(400, UNUSABLE, "It holds a NUL character.", name)
    return value


def _rows(
    resource: Resource,
    connection: Connection,
    query: Any,
    path: dict[str, Any],
    start: int,
    form: str,
) -> Sequence[Any]:
    """All rows; of a paged resource one more than the page has, which tells whether it ends."""
    if not resource.paged:
        return resource.ask(connection, query, path)
    limit = _MOST if form == "csv" else query.limit + 1
    return resource.ask(connection, query, {**path, "offset": start, "limit": limit})


def _json(
    row: TypeAdapter[Any],
    resource: Resource,
    rows: Sequence[Any],
    following: int,
    limit: int,
    now: State,
) -> bytes:
    """A page: the first `limit` rows, and where the next begins if there are more."""
    after = json.dumps(f"{now.version}.{following}") if len(rows) > limit else "null"
    data = b",".join(row.dump_json(item) for item in rows[:limit])
    if not resource.single:
        data = b"[" + data + b"]"
    tail = f',"next":{after},"version":{json.dumps(now.version)}}}'
    return b'{"data":' + data + tail.encode()


def _start(cursor: str | None, version: str) -> int:
    """Where a cursor begins. Raises Problem for one that is not ours, or of other data."""
    if cursor is None:
        return 0
    of_version, _, at = cursor.partition(".")
    if not at.isascii() or not at.isdecimal() or len(at) > 9:
        raise Problem(400, UNUSABLE, "Take `next` of a page.", "cursor")
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
    return documentation.keep(Response(_written(), mimetype="application/json"))


def _unknown(rest: str) -> Response:
    raise Problem(404, "There is no such resource", f"What there is to read: {BASE}/")


def _refused(rest: str = "") -> Response:
    """For whoever wants to do something else than read."""
    address = current_app.create_url_adapter(request)
    match = address.match(method="GET") if address else ("", {})
    raise NotFound if match[0] == "api.unknown" else MethodNotAllowed(READING)


def _open_to_all(answer: Response) -> Response:
    """Any site may read: there is nothing here that is not public."""
    answer.headers["Access-Control-Allow-Origin"] = "*"
    exposed = "ETag, Last-Modified, Retry-After, X-Request-ID"
    answer.headers["Access-Control-Expose-Headers"] = exposed
    if request.method == "OPTIONS":
        answer.headers["Allow"] = ", ".join(READING)
        answer.headers["Access-Control-Allow-Methods"] = ", ".join(READING)
        conditions = "Accept, If-Modified-Since, If-None-Match, X-Request-ID"
        answer.headers["Access-Control-Allow-Headers"] = conditions
        answer.headers["Access-Control-Max-Age"] = "86400"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers.setdefault("Content-Security-Policy", NO_PAGE)
    return answer
