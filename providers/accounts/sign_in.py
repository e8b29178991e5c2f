"""Signing in by mail: a link, and a code for the browser that asked. Either works once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, text

from performance_store.queries.fetch import fetch
from providers import audit
from providers.accounts import mail_limits, people, sessions
from providers.accounts.addresses import Address, parse
from providers.accounts.keys import Keys, fingerprint, random_text
from providers.accounts.letters import letter
from providers.messages import outbox

MINUTES = 15
TRIES = 5
CODE_DIGITS = 6
_LOCK = 7_262_103_131


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks to sign in: the address, the secret of their browser, their network, whose page
    they came from (an organisation's code and its name) and where they go back to."""

    address: Address
    browser: str
    network: str
    organisation: str | None = None
    organisation_name: str | None = None
    return_path: str = "/"


@dataclass(frozen=True, slots=True)
class Token:
    """What was mailed: to whom, from whose page, where it leads back to, and what it is good
    for."""

    id: int
    address: str
    organisation: str | None
    return_path: str
    state: str
    code_hash: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a link or a code: the state it was in, and for one that was live the cookie of
    a new session and where to go."""

    state: str
    address: str = ""
    return_path: str = "/"
    session_id: str | None = None
    tries_left: int = 0


def ask(
    connection: Connection, *, asking: Asking, keys: Keys, site: str, request_id: str | None = None
) -> str | None:
    """Mail a link and a code. Out: which limit refuses it, or None.

    An address that may not sign in is treated alike to the end, a mail that is not sent included:
    neither the answer nor the time it takes tells who has been invited.
    """
    network = keys.sign("network", asking.network)
    refusal = mail_limits.refusal(
        connection,
        requests="SELECT *, valid AS is_mail FROM providers.sign_in_token",
        lock=_LOCK,
        address_key=asking.address.key,
        network=network,
    )
    if refusal:
        details = {"reason": refusal}
        audit.record(
            connection, action="sign-in-mail-refused", details=details, request_id=request_id
        )
        return refusal
    allowed = people.may_sign_in(connection, address=asking.address)
    token, code = random_text(), f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    _store(connection, asking, token, keys.sign("code", code), network, allowed)
    mail = letter(f"{site}/sign-in/link?token={token}", code, asking.organisation_name, MINUTES)
    attempt = connection.begin_nested()
    outbox.enqueue(
        connection,
        address=asking.address.text,
        kind="sign-in",
        subject=mail.subject,
        text=mail.text,
    )
    if allowed:
        attempt.commit()
    else:
        attempt.rollback()
    audit.record(
        connection,
        action="sign-in-mail" if allowed else "sign-in-refused",
        organisation=asking.organisation,
        details={} if allowed else {"reason": "address"},
        request_id=request_id,
    )
    return None


def _store(
    connection: Connection,
    asking: Asking,
    token: str,
    code_hash: bytes,
    network: bytes,
    valid: bool,
) -> None:
    connection.execute(
        text(
            "UPDATE providers.sign_in_token SET replaced_at = now() WHERE address_key = :key "
            "AND used_at IS NULL AND replaced_at IS NULL AND expires_at > now()"
        ),
        {"key": asking.address.key},
    )
    connection.execute(
        text(
            "INSERT INTO providers.sign_in_token (token_hash, code_hash, browser_hash, "
            "network_hash, address, address_key, organisation, return_path, valid, expires_at) "
            "VALUES (:token_hash, :code_hash, :browser_hash, :network_hash, :address, "
            ":address_key, :organisation, :return_path, :valid, "
            "now() + make_interval(mins => :minutes))"
        ),
        {
            "token_hash": fingerprint(token),
            "code_hash": code_hash,
            "browser_hash": fingerprint(asking.browser),
            "network_hash": network,
            "address": asking.address.text,
            "address_key": asking.address.key,
            "organisation": asking.organisation,
            "return_path": asking.return_path,
            "valid": valid,
            "minutes": MINUTES,
        },
    )


_STATE = f"""
CASE WHEN used_at IS NOT NULL THEN 'used' WHEN replaced_at IS NOT NULL THEN 'replaced'
    WHEN expires_at <= now() THEN 'expired' WHEN tries >= {TRIES} THEN 'tries' ELSE 'live' END
"""
_TOKEN = f"id, address, organisation, return_path, {_STATE} AS state, code_hash"


def look(connection: Connection, *, token: str) -> Token | None:
    """What a link is good for. Looking changes nothing: programs open links before people do."""
    rows = fetch(
        connection,
        Token,
        f"SELECT {_TOKEN} FROM providers.sign_in_token WHERE token_hash = :token_hash AND valid",
        token_hash=fingerprint(token),
    )
    return rows[0] if rows else None


def of_browser(connection: Connection, *, browser: str) -> Token | None:
    """What was last mailed for a browser, or seems to have been."""
    rows = fetch(
        connection,
        Token,
        f"SELECT {_TOKEN} FROM providers.sign_in_token WHERE browser_hash = :browser_hash "
        "ORDER BY created_at DESC, id DESC LIMIT 1",
        browser_hash=fingerprint(browser),
    )
    return rows[0] if rows else None


def use_link(connection: Connection, *, token: str, request_id: str | None = None) -> Outcome:
    """Sign in by a link, if it is live. Of many at once one wins."""
    before = look(connection, token=token)
    return _use(connection, before, "link", request_id)


def use_code(
    connection: Connection, *, browser: str, code: str, keys: Keys, request_id: str | None = None
) -> Outcome:
    """Sign in by a code, in the browser that asked for it, with five tries."""
    before = of_browser(connection, browser=browser)
    if before is None or before.state != "live":
        state = before.state if before else "unknown"
        return _refuse(connection, state, before, "code", request_id)
    tries = connection.execute(
        text(
            "UPDATE providers.sign_in_token SET tries = tries + 1 "
            "WHERE id = :id AND tries < :most RETURNING tries"
        ),
        {"id": before.id, "most": TRIES},
    ).scalar()
    if tries is None:
        return _refuse(connection, "tries", before, "code", request_id)
    digits = "".join(sign for sign in code if sign not in " -\u2013\u00a0")
    if not keys.matches(before.code_hash, "code", digits):
        details = {"reason": "code", "by": "code"}
        audit.record(connection, action="sign-in-refused", details=details, request_id=request_id)
        return Outcome("wrong", before.address, before.return_path, tries_left=TRIES - tries)
    return _use(connection, before, "code", request_id)


def _use(connection: Connection, token: Token | None, by: str, request_id: str | None) -> Outcome:
    """Sign in by a token if nobody did so before."""
    if token is None:
        return _refuse(connection, "unknown", None, by, request_id)
    row = connection.execute(
        text(
            "UPDATE providers.sign_in_token SET used_at = now() WHERE id = :id AND valid "
            "AND used_at IS NULL AND replaced_at IS NULL AND expires_at > now() RETURNING id"
        ),
        {"id": token.id},
    ).first()
    if row is None:
        state = token.state if token.state != "live" else "used"
        return _refuse(connection, state, token, by, request_id)
    address = parse(token.address)
    if not people.may_sign_in(connection, address=address):
        return _refuse(connection, "not-allowed", token, by, request_id)
    person_id = people.person_at(connection, address=address)
    organisations = people.organisations_of(connection, address=address)
    acting_for = _acting_for(organisations, token.organisation)
    session_id = sessions.begin(connection, person_id=person_id, acting_for=acting_for)
    audit.record(
        connection,
        action="sign-in",
        person_id=person_id,
        organisation=acting_for,
        details={"by": by},
        request_id=request_id,
    )
    return Outcome("live", token.address, token.return_path, session_id)


def _acting_for(organisations: tuple[str, ...], organisation: str | None) -> str | None:
    """The one they came for, or the only one; else they choose."""
    if organisation in organisations:
        return organisation
    return organisations[0] if len(organisations) == 1 else None


def _refuse(
    connection: Connection, state: str, token: Token | None, by: str, request_id: str | None
) -> Outcome:
    audit.record(
        connection,
        action="sign-in-refused",
        details={"reason": state, "by": by},
        request_id=request_id,
    )
    return Outcome(state, token.address if token else "", token.return_path if token else "/")


def purge(connection: Connection) -> int:
    """Remove what we promise not to hold longer: links and codes older than two days, sessions
    that have ended, and addresses of people who were not here for 24 months. Out: how many rows."""
    counts = [
        connection.execute(text(f"DELETE FROM providers.{table} WHERE {condition}")).rowcount
        for table, condition in (
            ("sign_in_token", "created_at < now() - interval '2 days'"),
            ("session", "expires_at < now() OR last_seen_at < now() - interval '8 hours'"),
            ("person_contact", "purge_on < current_date"),
        )
    ]
    return sum(counts)
