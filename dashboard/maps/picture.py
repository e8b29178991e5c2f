"""A picture as an answer, and what is answered where there is none."""

from __future__ import annotations

from flask import Response


def picture(svg: str, seconds: int) -> Response:
    """A drawing that a browser may keep for so many seconds."""
    answer = Response(svg, mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = f"private, max-age={seconds}"
    # Opened by itself it would be a document of ours.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def no_map() -> Response:
    """Not found, in plain text."""
    return Response("There is no such map.\n", 404, mimetype="text/plain")
