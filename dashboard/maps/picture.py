"""A picture as an answer, and what is answered where there is none."""

from __future__ import annotations

from flask import Response


def picture(svg: str, seconds: int | None = None) -> Response:
    """A drawing. In: for how many seconds a browser may keep one that is not whole."""
    answer = Response(svg, mimetype="image/svg+xml")
    if seconds is not None:
        answer.headers["Cache-Control"] = f"private, max-age={seconds}"
    return answer


def alone(answer: Response) -> Response:
    """An answer with a drawing, or one that says it is the same still: opened by itself it would be
    a document of ours."""
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def no_map() -> Response:
    """Not found, in plain text."""
    return Response("There is no such map.\n", 404, mimetype="text/plain")
