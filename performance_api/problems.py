"""Errors as problem+json (RFC 9457): what is wrong, with which parameter, and what to do."""

from __future__ import annotations

import json
from typing import Any

from flask import Response
from pydantic import ValidationError

MEDIA_TYPE = "application/problem+json"


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
        body["parameter"] = problem.parameter
    if errors:
        body["errors"] = errors
    return Response(json.dumps(body), problem.status, mimetype=MEDIA_TYPE)


def invalid(error: ValidationError) -> Response:
    """The response for parameters that cannot be used: each with what is wrong with it."""
    errors = [
        {"parameter": ".".join(map(str, item["loc"])) or "?", "detail": item["msg"]}
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    names = ", ".join(dict.fromkeys(item["parameter"] for item in errors))
    return answer(
        Problem(400, "A parameter cannot be used", f"Look at: {names}.", errors[0]["parameter"]),
        errors,
    )
