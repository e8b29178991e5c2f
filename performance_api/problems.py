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
# More mistakes than these nobody reads, and longer names nobody needs.
_MOST_ERRORS, _LETTERS = 20, 100


class Problem(Exception):
    """An answer that is not what was asked for. `parameter` names the one that is wrong."""

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
    # What was asked for is told again: nothing of it may be taken for markup, whoever reads it.
    text = json.dumps(body).replace("<", "\\u003c").replace("&", "\\u0026")
    made = Response(text, problem.status, mimetype=MEDIA_TYPE)
    made.headers["Cache-Control"] = "no-store"
    return made


def invalid(error: ValidationError) -> Response:
    """The response for parameters that cannot be used: each with what is wrong with it."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    errors = [
        {"parameter": _name(item["loc"]), "detail": _WORDS.get(item["type"], item["msg"])}
        for item in found[:_MOST_ERRORS]
    ]
    names = ", ".join(dict.fromkeys(item["parameter"] for item in errors))
    return answer(Problem(400, UNUSABLE, f"Look at: {names}.", errors[0]["parameter"]), errors)


def unavailable(_: DatabaseUnavailable) -> Response:
    """The response while the database is silent."""
    made = answer(Problem(503, "The database does not answer", "Try again soon."))
    made.headers["Retry-After"] = "30"
    return made


def refused(error: HTTPException) -> Response:
    """The response for what the framework refuses, from 400 to 500."""
    made = error.get_response()
    if error.code is not None and error.code < 400:
        return Response(status=error.code, headers={"Location": made.headers["Location"]})
    problem = Problem(error.code or 500, error.name, _DETAILS.get(error.code or 500, ""))
    told = answer(problem)
    for name in ("Allow", "Retry-After"):
        if name in made.headers:
            told.headers[name] = made.headers[name]
    return told


def _name(place: tuple[int | str, ...]) -> str:
    return (str(place[0]) if place else "?")[:_LETTERS]


_WORDS = {
    "extra_forbidden": "There is no such parameter here.",
    "missing": "It has to be given.",
}
_DETAILS = {
    404: f"What there is to read: {BASE}/",
    405: "This interface is for reading: GET and HEAD.",
    413: "This interface needs nothing in the body of a request.",
    414: "Ask for less at once.",
    500: "It is our mistake, and we have a record of it.",
}
