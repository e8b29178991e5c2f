"""Errors as problem+json (RFC 9457): what is wrong, with which parameter, and what to do."""

from __future__ import annotations

import json
from typing import Any

from flask import Response
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from performance_store.database import DatabaseUnavailable

BASE = "/api/v1"
MEDIA_TYPE = "application/problem+json"
UNUSABLE = "A parameter cannot be used"
# Nobody reads more mistakes than these, or needs longer names.
_MOST_ERRORS, _LETTERS = 20, 100


class Problem(Exception):
    """A request that cannot be answered. `parameter` names the one that is wrong."""

    def __init__(
        self, status: int, title: str, detail: str = "", parameter: str | None = None
    ) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.detail = detail
        self.parameter = parameter


def answer(problem: Problem, errors: list[dict[str, str]] | None = None) -> Response:
    """The response for a problem."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
    }
    if problem.detail:
        body["detail"] = problem.detail
    if problem.parameter:
        body["parameter"] = problem.parameter[:_LETTERS]
    if errors:
        body["errors"] = errors
    # The answer repeats what was asked for: nothing of it may be taken for markup by any reader.
    text = json.dumps(body).replace("<", "\\u003c").replace("&", "\\u0026")
    response = Response(text, problem.status, mimetype=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


def invalid(error: ValidationError) -> Response:
    """The response for parameters that cannot be used: each with what is wrong with it."""
    mistakes = error.errors(include_url=False, include_context=False, include_input=False)
    errors = [
        {"parameter": _name(item["loc"]), "detail": _WORDS.get(item["type"], item["msg"])}
        for item in mistakes[:_MOST_ERRORS]
    ]
    names = ", ".join(dict.fromkeys(item["parameter"] for item in errors))
    return answer(Problem(400, UNUSABLE, f"Check: {names}.", errors[0]["parameter"]), errors)


def unavailable(_: DatabaseUnavailable) -> Response:
    """The response while the database is silent."""
    response = answer(Problem(503, "The database does not answer", "Try again soon."))
    response.headers["Retry-After"] = "30"
    return response


def refused(error: HTTPException) -> Response:
    """The response for what the framework refuses, from 400 to 500."""
    original = error.get_response()
    if error.code is not None and error.code < 400:
        return Response(status=error.code, headers={"Location": original.headers["Location"]})
    problem = Problem(error.code or 500, error.name, _DETAILS.get(error.code or 500, ""))
    response = answer(problem)
    for name in ("Allow", "Retry-After"):
        if name in original.headers:
            response.headers[name] = original.headers[name]
    return response


def _name(place: tuple[int | str, ...]) -> str:
    return (str(place[0]) if place else "?")[:_LETTERS]


_WORDS = {
    "extra_forbidden": "There is no such parameter here.",
    "missing": "This parameter is required.",
}
_DETAILS = {
    404: f"What there is to read: {BASE}/",
    405: "This interface is for reading: GET and HEAD.",
    413: "This interface needs nothing in the body of a request.",
    414: "Ask for less at once.",
    500: "There is a fault in this service. We have a record of it.",
}
