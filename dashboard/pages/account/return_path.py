"""Where somebody goes back to after signing in: a page of ours, and nowhere else."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from flask import current_app, request

from dashboard.urls import addresses
from dashboard.web.document import SHELL, ShellDash

HOME = "/"
_NOT_BACK = (
    *(addresses.SIGN_IN, addresses.SIGN_IN_CODE, addresses.SIGN_IN_LINK),
    addresses.ACCOUNT,
)


def return_path(text: str) -> str:
    """The path and query string of a page of ours; the first page for anything else."""
    if not text.startswith("/") or text.startswith("//") or not text.isprintable():
        return HOME
    try:
        parts = urlsplit(text)
    except ValueError:
        return HOME
    path = unquote(parts.path)
    if parts.netloc or parts.scheme or path.startswith("//") or "\\" in unquote(path):
        return HOME
    app: ShellDash = current_app.extensions[SHELL]
    match = app.router.match(path)
    if match is None or match.page.PATH in _NOT_BACK:
        return HOME
    return f"{parts.path}?{parts.query}".rstrip("?")


def page_before() -> str:
    """The page of ours that led to the request under way, as the browser says."""
    parts = urlsplit(request.headers.get("Referer", ""))
    if parts.netloc != request.host:
        return HOME
    return return_path(f"{parts.path}?{parts.query}".rstrip("?"))
