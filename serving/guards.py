"""Headers that every answer carries, whatever it is."""

from __future__ import annotations

from flask import Flask, Response, request

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
# For what is no page: it runs nothing, loads nothing and stands inside nothing.
NO_PAGE = "default-src 'none'; frame-ancestors 'none'"


def add_guards(server: Flask) -> None:
    """Make every answer say what browsers may not do with it, and over TLS that we speak TLS."""

    @server.after_request
    def guard(response: Response) -> Response:
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
        return response
