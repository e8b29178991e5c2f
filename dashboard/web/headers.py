"""Response headers: what the browser may run, keep and tell others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from dash import Dash
from flask import Flask, Request, Response, request
from flask_compress import Compress

from serving.guards import YEAR
from serving.holding import PUBLIC

DAY = 86_400
ASSETS, SUITES = "/assets/", "/_dash-component-suites/"
MOST_FILES = 100
# What Dash puts into the names of scripts: version and time of change. Those of this process are in
# the configuration under the second name.
EDITION = re.compile(r"\.v\w+m[0-9a-f]+\.")
EDITIONS = "SCRIPT_EDITIONS"
# How well answers are compressed, from 0 to 11.
BROTLI = 6


def content_security_policy(script_hashes: list[str], framed_by: Sequence[str] = ()) -> str:
    """The policy for one response. In: the hashes of Dash's inline scripts, and the sites that
    may show it inside their pages.

    Styles may be inline because Dash, React and Plotly insert style elements; scripts may not.
    """
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src", "'self'", *script_hashes)),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "font-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            " ".join(("frame-ancestors", *(framed_by or ("'none'",)))),
        )
    )


def add_headers(app: Dash, embed_sites: Sequence[str] = ()) -> None:
    """Make every response of the application carry the headers, and compress what is text.

    A page asked for with `?embed=1` may stand inside pages of `embed_sites`; nothing else may
    stand inside anything.
    """
    server: Flask = app.server
    _compress(server)

    @server.after_request
    def headers(response: Response) -> Response:
        if response.direct_passthrough and request.path.startswith((ASSETS, SUITES)):
            # Read whole, so that they are compressed once and closed for certain.
            file: Any = response.response
            response.direct_passthrough = False
            response.get_data()
            file.close()
        # What is for one person stands in nobody's frame.
        may_be_framed = request.args.get("embed") == "1" and not response.cache_control.no_store
        framed_by = embed_sites if may_be_framed else ()
        is_page = response.mimetype == "text/html"
        if not (is_page and framed_by):
            # It cannot name sites, and browsers that know frame-ancestors do without it.
            response.headers.setdefault("X-Frame-Options", "DENY")
        if is_page:
            # Hashed now, not at start: Dash adds inline scripts when the first request comes.
            hashes = [f"{item}" for item in app.csp_hashes()]
            policy = content_security_policy(hashes, framed_by)
            response.headers.setdefault("Content-Security-Policy", policy)
        if response.status_code < 400 and request.path.startswith((ASSETS, SUITES)):
            response.headers["Cache-Control"] = _of_file(response, server)
        response.headers.setdefault("Cache-Control", "no-cache")
        return response


def _of_file(response: Response, server: Flask) -> str:
    """How long a script or sheet may be held. An address that names another edition than this
    process has is of a release that comes or goes: nobody may hold what it gets for long."""
    if request.path.startswith(ASSETS):
        # Dash asks for its assets with ?m=<time of change>: a changed file has a new address.
        edition, at = request.args.get("m"), response.last_modified
        second = edition.partition(".")[0] if edition else ""
        is_ours = at is not None and second == f"{at.timestamp():.0f}"
    else:
        match = EDITION.search(request.path)
        edition = match[0] if match else None
        is_ours = edition in server.config.get(EDITIONS, ())
    if edition is None:
        return f"public, max-age={DAY}"
    return f"public, max-age={YEAR}, immutable" if is_ours else PUBLIC


class _StaticFiles:
    """Compressed files of ours and of Dash, in memory; everything else is refused."""

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        """A compressed file, if it is here."""
        return self._files.get(key)

    def set(self, key: str, value: bytes) -> None:
        """Hold a compressed file, within bounds."""
        path = key.partition(";")[2]
        if path.startswith((ASSETS, SUITES)) and len(self._files) < MOST_FILES:
            self._files[key] = value


def _file_name(question: Request) -> str:
    """What tells one compressed file from another. A script of Dash is the same whatever its
    query string says, and too large to be held again for each."""
    return question.path if question.path.startswith(SUITES) else question.full_path


def _compress(server: Flask) -> None:
    server.config.update(
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["br", "gzip"],
        COMPRESS_BR_LEVEL=BROTLI,
        COMPRESS_LEVEL=6,
        COMPRESS_MIMETYPES=[
            "text/html",
            "text/css",
            "text/csv",
            "text/plain",
            "text/javascript",
            "application/javascript",
            "application/json",
            "image/svg+xml",
        ],
        COMPRESS_MIN_SIZE=500,
        COMPRESS_CACHE_BACKEND=_StaticFiles,
        COMPRESS_CACHE_KEY=_file_name,
        COMPRESS_REGISTER=False,
    )
    compress = Compress(server)

    @server.after_request
    def compressed(response: Response) -> Response:
        # Part of a file is part of the plain one.
        return response if response.status_code == 206 else compress.after_request(response)
