"""What a request notes of how it was answered: whether of this moment, of the data alone, and as a
whole."""

from __future__ import annotations

from typing import cast

from flask import g, has_app_context

from dashboard.data.errors import StoreUnavailable


def is_stale() -> bool:
    """Whether this request was answered from memory because the database is silent."""
    return has_app_context() and bool(g.get("stale", False))


def has_gaps() -> bool:
    """Whether the database was silent to this request, however well it got on without."""
    return is_stale() or bool(g.get("gaps", False))


def is_by_version() -> bool:
    """Whether what this request is answered hangs on the version of the data alone."""
    return not g.get("beyond_version", False)


def note_whole_page(*, keep: bool) -> None:
    """Say that the page of this request is all there, of the data that it is answered from. In:
    whether it hangs on these alone, but for places that are filled, and so may be kept."""
    if has_app_context() and "store_state" in g and not is_stale():
        g.whole_page, g.keep_page = g.store_state.version, keep


def whole_page_of() -> str | None:
    """The version of the data that this request made a whole page of; None if it made none."""
    return cast("str | None", g.get("whole_page"))


def page_to_keep() -> str | None:
    """The same of a page that may be kept."""
    return whole_page_of() if g.get("keep_page") else None


def refuse_if_silent() -> None:
    """Raise StoreUnavailable where this request found the database silent before: who waited for
    it once does not wait again for each thing that a page would say."""
    if is_stale():
        raise StoreUnavailable("the database was silent a moment ago")


def mark_stale() -> None:
    """Note that the database is silent, and the request answered from memory."""
    if has_app_context():
        g.stale = True
