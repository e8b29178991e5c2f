"""Headers that every answer carries, whatever it is."""

from __future__ import annotations

from flask import Flask, Response, abort, request

YEAR = 31_536_000
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # Full addresses for ourselves, nothing for other sites.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), "
        "interest-cohort=()"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
}
# The longest query string, in bytes. gunicorn.conf.py lets a little more through, so that what is
# too long gets an answer of ours.
QUERY_BYTES = 6_000
# The longest body of a request, in bytes: where files are handed in, and anywhere else. The web
# server keeps it on disk until it is whole (serving/connections.py).
BODY_BYTES = 262_144
FILE_BYTES = 100_000_000
# A file, and the form around it: who takes the file in counts its own bytes.
FORM_BYTES = 65_536
UPLOAD_BYTES = dict.fromkeys(("/check", "/api/v1/checks"), FILE_BYTES + FORM_BYTES)
# For what is no page: it runs nothing, loads nothing and stands inside nothing.
NO_PAGE = "default-src 'none'; frame-ancestors 'none'"


def body_bytes(path: str, most: int = BODY_BYTES) -> int:
    """The longest body that a path may be sent, in bytes. In: the most of those not named above."""
    return UPLOAD_BYTES.get(path, most)


def add_guards(server: Flask, request_bytes: int = BODY_BYTES) -> None:
    """Make every answer say what browsers may not do with it, and over TLS that we speak TLS;
    refuse what is too long to be a question. In: the longest body where no files are handed in."""

    @server.before_request
    def short() -> None:
        request.max_content_length = body_bytes(request.path, request_bytes)
        if len(request.query_string) > QUERY_BYTES:
            abort(414)

    @server.after_request
    def guard(response: Response) -> Response:
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
        return response
