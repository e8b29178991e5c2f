"""Whom mail no longer reaches: by a hash, so that the address itself can go."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import Connection, text

PASSING_FAILURES = 3
PASSING_DAYS = 30
_OF_CONTACT = """
EXISTS (
    SELECT FROM providers.suppression u
    WHERE u.address_hash = encode(sha256(convert_to(c.address_key, 'UTF8')), 'hex') AND {when}
)
"""
# SQL: whether the address of a contact c is suppressed today, and whether for ever by its reader.
SUPPRESSED = _OF_CONTACT.format(
    when="u.reason IS NOT NULL AND coalesce(u.until > current_date, true)"
)
COMPLAINT = _OF_CONTACT.format(when="u.reason = 'complaint'")


def note(connection: Connection, *, address: str, permanent: bool) -> None:
    """Note that a mail did not reach an address: nobody reads mail there, which suppresses it at
    once and for ever, or it failed for a day, which does so for 30 days at the third time."""
    connection.execute(
        text(
            """
INSERT INTO providers.suppression AS u (address_hash, reason, failures)
VALUES (:hash, CASE WHEN :permanent THEN 'bounce' END, 1)
ON CONFLICT (address_hash) DO UPDATE SET
    failures = u.failures + 1,
    at = now(),
    reason = CASE WHEN u.reason IN ('bounce', 'complaint') THEN u.reason
        WHEN :permanent THEN 'bounce'
        WHEN u.failures + 1 >= :most THEN 'temporary' END,
    until = CASE WHEN u.reason IN ('bounce', 'complaint') OR :permanent THEN NULL
        WHEN u.failures + 1 >= :most THEN current_date + CAST(:days AS integer) END
"""
        ),
        {
            "hash": hash_of(address),
            "permanent": permanent,
            "most": PASSING_FAILURES,
            "days": PASSING_DAYS,
        },
    )


def complain(connection: Connection, *, address: str) -> None:
    """Suppress an address for ever, because whoever reads it said that our mail is not wanted."""
    connection.execute(
        text(
            "INSERT INTO providers.suppression (address_hash, reason) VALUES (:hash, 'complaint') "
            "ON CONFLICT (address_hash) "
            "DO UPDATE SET reason = 'complaint', until = NULL, at = now()"
        ),
        {"hash": hash_of(address)},
    )


def clear(connection: Connection, *, address: str) -> None:
    """Forget failures that passed, since a mail was taken. That nobody reads mail there, or that
    somebody complained, stays."""
    connection.execute(
        text(
            "DELETE FROM providers.suppression "
            "WHERE address_hash = :hash AND coalesce(reason, 'temporary') = 'temporary'"
        ),
        {"hash": hash_of(address)},
    )


def forget(connection: Connection, *, subscription_id: int) -> None:
    """Write again to a subscriber who used a link of ours, and so reads mail; a complaint stays."""
    connection.execute(
        text(
            """
DELETE FROM providers.suppression u USING providers.subscription_contact c
WHERE c.subscription_id = :id AND u.reason IS DISTINCT FROM 'complaint'
    AND u.address_hash = encode(sha256(convert_to(c.address_key, 'UTF8')), 'hex')
"""
        ),
        {"id": subscription_id},
    )


def hash_of(address: str) -> str:
    """What an address is remembered by."""
    return sha256(address.lower().encode()).hexdigest()
