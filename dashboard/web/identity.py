"""Who asks: the session of the request under way, and what is theirs alone.

    who = identity.current()                     # None for most readers
    with identity.change() as connection:        # a transaction
        who = identity.required(connection, organisation=code)

Whoever reads without signing in costs nothing: the database is asked only where a request brings
a session's cookie. What a page shows comes from `current`, which Redis may answer for a minute;
whatever changes something asks `required`, which reads PostgreSQL in that same transaction.

A form carries a token that is bound to the session or, for whoever is not signed in, to a cookie
of this browser. A request that changes something and brings a session must come from our own
pages and carry the token: forms in a field, Dash's callbacks in a header.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from dash.development.base_component import Component
from flask import Flask, g, has_request_context, request
from sqlalchemy import Connection
from werkzeug.exceptions import HTTPException

from dashboard.components.design import html
from dashboard.components.design.element import Children
from dashboard.components.design.forms import hidden_values
from dashboard.data.errors import StoreUnavailable
from dashboard.urls import addresses
from dashboard.web.cookies import accounts, browser, keep_private, session_of_request
from performance_store.database import DatabaseUnavailable
from providers import audit
from providers.accounts import sessions
from providers.accounts.keys import fingerprint

FIELD = "csrf_token"
HEADER = "X-CSRFToken"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks. `address` is for showing to that person only; `organisations` are the codes of
    those they may act for, `acting_for` the one they do; `csrf` is the token of their forms."""

    person_id: int
    address: str
    organisations: tuple[str, ...]
    acting_for: str | None
    is_programme: bool
    csrf: str


class Refused(HTTPException):
    """A person may not do this: the page says why. In: the status, its heading and a sentence."""

    def __init__(self, code: int, title: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.title = title
        self.sentence = sentence


@contextmanager
def change() -> Iterator[Connection]:
    """A transaction for what a request changes: all of it or, where the block raises, nothing.
    Raises Refused where nothing can be changed, and StoreUnavailable."""
    write = accounts().write
    if write is None:
        raise Refused(404, "Page not found", "There is no page at this address.")
    try:
        with write() as connection:
            yield connection
    except DatabaseUnavailable as error:
        raise StoreUnavailable(error.reason) from error


def current() -> Identity | None:
    """Who asks; None for whoever is not signed in, and while the database is silent."""
    if not has_request_context():
        return None
    if "identity" not in g:
        session_id = session_of_request()
        session = _look(session_id) if session_id else None
        g.identity = session and _identity(session, session_id or "")
    return cast("Identity | None", g.identity)


def mark() -> str:
    """An opaque mark of who asks and for which organisation, by which a document can tell that it
    is somebody else's by now; empty for whoever is not signed in."""
    who = current()
    if who is None:
        return ""
    subject = f"{session_of_request()} {who.acting_for or ''}"
    return accounts().keys.token("reader", subject)[:16]


def required(connection: Connection, *, organisation: str | None = None) -> Identity:
    """Who asks, from PostgreSQL, for something that changes what is there.

    In: the connection of that change, and the organisation whose affairs it is (None: the
    person's own). Raises Refused with 401 for whoever is not signed in, and with 403 for whoever
    does not act for that organisation.
    """
    session_id = session_of_request()
    session = sessions.read(connection, session_id=session_id) if session_id else None
    if session is None or session_id is None:
        raise Refused(401, "Sign in first", "You are not signed in, or were signed out since.")
    if organisation is not None and organisation != session.acting_for:
        _note_refusal(session, organisation)
        may = organisation in session.organisations
        raise Refused(
            403,
            "You cannot do this",
            "You are not acting for this organisation now. Choose it in your account first."
            if may
            else "You may not act for this organisation, or may no longer.",
        )
    return _identity(session, session_id)


def _note_refusal(session: sessions.Session, organisation: str) -> None:
    # In a transaction of its own: that of the change is undone.
    with change() as connection:
        audit.record(
            connection,
            action="refused",
            person_id=session.person_id,
            organisation=session.acting_for,
            subject=organisation,
            details={"route": str(request.url_rule)},
            request_id=request_id(),
        )


def _look(session_id: str) -> sessions.Session | None:
    about = accounts()
    if about.write is None:
        return None
    id_hash = fingerprint(session_id)
    session = about.cache.get(id_hash)
    if session is not None:
        return session
    try:
        with about.write() as connection:
            session = sessions.read(connection, session_id=session_id)
            if session is not None and session.unseen:
                sessions.note_seen(connection, session_id=session_id)
    except DatabaseUnavailable:
        return None
    if session is not None:
        about.cache.put(id_hash, session)
    return session


def _identity(session: sessions.Session, session_id: str) -> Identity:
    return Identity(
        person_id=session.person_id,
        address=session.address,
        organisations=session.organisations,
        acting_for=session.acting_for,
        is_programme=session.is_programme,
        csrf=accounts().keys.token("session", session_id),
    )


def request_id() -> str:
    """The id of the request under way, for the trail."""
    return request.headers.get("X-Request-ID", "")


def form(action: str, *children: Children, wide: bool = False, has_file: bool = False) -> Component:
    """A form that is sent by POST, with the token of whoever asks. The page it is on is theirs
    alone: it must not say `KEEP`. In: whether it is as wide as the page, and sends a file."""
    who = current()
    if who is not None:
        token = who.csrf
    elif session_of_request():
        # The session has ended, but its cookie is still sent.
        token = _session_token()
    else:
        token = accounts().keys.token("form", browser())
    keep_private()
    hidden = hidden_values({FIELD: token})
    return html.Form(
        [*hidden, *children],
        action=action,
        method="POST",
        className="form form-wide" if wide else "form",
        encType="multipart/form-data" if has_file else None,
    )


def check_form() -> None:
    """Refuse the request under way unless a form of ours sent it. For forms of whoever is not
    signed in; with a session it has been seen to already. Raises Refused."""
    if session_of_request():
        return
    token = request.form.get(FIELD, "")
    if not _is_from_here() or not accounts().keys.token_matches(token, "form", browser()):
        _refuse()


def guard(server: Flask) -> None:
    """Refuse what would change something in somebody's name and was not sent by pages of ours,
    and text that no page of ours sends and PostgreSQL cannot hold."""

    @server.before_request
    def check_text() -> None:
        if request.method not in _SAFE and any(
            "\0" in text for values in request.form.listvalues() for text in values
        ):
            raise Refused(400, "This form cannot be read", "It has a sign in it that is no text.")

    @server.before_request
    def check_session() -> None:
        session_id = session_of_request()
        if request.method in _SAFE or session_id is None or request.path in addresses.MAILED:
            return
        token = request.headers.get(HEADER) or request.form.get(FIELD, "")
        keys = accounts().keys
        if not _is_from_here() or not keys.token_matches(token, "session", session_id):
            _refuse()


def _session_token() -> str:
    return accounts().keys.token("session", session_of_request() or "")


def _is_from_here() -> bool:
    """Whether the browser says that a page of ours sent this. A page that tells nobody its address
    (that of a mailed link) sends an origin of "null"."""
    fetched_from = request.headers.get("Sec-Fetch-Site")
    if fetched_from not in (None, "same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    if origin is None or origin == "null":
        referrer = request.headers.get("Referer")
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(referrer)) if referrer else None
    if origin is None:
        return fetched_from == "same-origin"
    return origin in (f"{request.scheme}://{request.host}", accounts().site)


def _refuse() -> None:
    raise Refused(
        403,
        "This form cannot be used any more",
        "It did not come from a page of ours, or you signed in or out since it was shown. Nothing "
        "was changed. Go back, load the page again and send it once more.",
    )
