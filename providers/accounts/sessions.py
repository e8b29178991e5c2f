"""Who is signed in: rows in PostgreSQL, found by the SHA-256 of what the cookie holds.

A session ends 8 hours after its last request and 7 days after it began.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from performance_store.queries.fetch import fetch
from providers.accounts.keys import fingerprint, random_text


@dataclass(frozen=True, slots=True)
class Session:
    """Who asks: the person's number and address, the organisations they may act for now (codes),
    the one they act for, whether they see the counts of all organisations, and whether it is more
    than five minutes since that they were seen was noted."""

    person_id: int
    address: str
    organisations: tuple[str, ...]
    acting_for: str | None
    is_programme: bool
    unseen: bool


_LIVE = "expires_at > now() AND last_seen_at > now() - interval '8 hours'"
_READ = f"""
SELECT s.person_id, c.address, o.organisations, s.is_programme, s.unseen,
    CASE WHEN s.acting_for = ANY (o.organisations) THEN s.acting_for END AS acting_for
FROM (
    SELECT person_id, acting_for, last_seen_at < now() - interval '5 minutes' AS unseen,
        EXISTS (
            SELECT FROM providers.person_role r
            WHERE r.person_id = session.person_id AND role = 'programme' AND ended_at IS NULL
        ) AS is_programme
    FROM providers.session WHERE id_hash = :id_hash AND {_LIVE}
) s
JOIN providers.person_contact c USING (person_id)
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(code ORDER BY code), '{{}}') AS organisations
    FROM providers.organisations_of(c.address_key) AS code
) o
"""


def read(connection: Connection, *, session_id: str) -> Session | None:
    """The session of a cookie, if there is one that has not ended."""
    rows = fetch(connection, Session, _READ, id_hash=fingerprint(session_id))
    return rows[0] if rows else None


def begin(connection: Connection, *, person_id: int, acting_for: str | None) -> str:
    """Sign a person in. Out: what the cookie is to hold."""
    session_id = random_text()
    connection.execute(
        text(
            "INSERT INTO providers.session (id_hash, person_id, acting_for, expires_at) "
            "VALUES (:id_hash, :person_id, :acting_for, now() + interval '7 days')"
        ),
        {
            "id_hash": fingerprint(session_id),
            "person_id": person_id,
            "acting_for": acting_for,
        },
    )
    return session_id


def act_for(connection: Connection, *, session_id: str, organisation: str) -> str | None:
    """Act for another organisation, by a new cookie, which is the answer; None if the session
    has ended. Whether they may is for the caller to know."""
    new = random_text()
    row = connection.execute(
        text(
            "UPDATE providers.session SET id_hash = :new, acting_for = :organisation "
            f"WHERE id_hash = :old AND {_LIVE} RETURNING person_id"
        ),
        {"new": fingerprint(new), "old": fingerprint(session_id), "organisation": organisation},
    ).first()
    return new if row else None


def note_seen(connection: Connection, *, session_id: str) -> None:
    """Note that a person was seen just now."""
    connection.execute(
        text(
            "WITH seen AS (UPDATE providers.session SET last_seen_at = now() "
            "WHERE id_hash = :id_hash RETURNING person_id) "
            "UPDATE providers.person SET last_seen_at = now() FROM seen WHERE id = person_id"
        ),
        {"id_hash": fingerprint(session_id)},
    )


def end(connection: Connection, *, session_id: str) -> None:
    """Sign out here."""
    connection.execute(
        text("DELETE FROM providers.session WHERE id_hash = :id_hash"),
        {"id_hash": fingerprint(session_id)},
    )


def end_all(connection: Connection, *, person_id: int) -> tuple[bytes, ...]:
    """Sign a person out everywhere. Out: which sessions ended, as they stand in the table."""
    rows = connection.execute(
        text("DELETE FROM providers.session WHERE person_id = :person_id RETURNING id_hash"),
        {"person_id": person_id},
    )
    return tuple(map(bytes, rows.scalars()))


def of_people(connection: Connection, *, person_ids: tuple[int, ...]) -> tuple[bytes, ...]:
    """The sessions of people, as they stand in the table: what is to be forgotten of them."""
    rows = connection.execute(
        text("SELECT id_hash FROM providers.session WHERE person_id = ANY (:person_ids)"),
        {"person_ids": list(person_ids)},
    )
    return tuple(map(bytes, rows.scalars()))
