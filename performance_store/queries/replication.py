"""How far is a server, and how far its replica?"""

from __future__ import annotations

from sqlalchemy import Connection

from performance_store.queries.fetch import fetch
from performance_store.rows.replication import Position, Replay

_VERSION = "(SELECT max(id) FROM load WHERE state = 'published') AS data_version"


def position(connection: Connection) -> tuple[Position, ...]:
    """How far a primary is. One row."""
    return fetch(
        connection,
        Position,
        "SELECT CASE WHEN NOT pg_is_in_recovery() THEN CAST(pg_current_wal_lsn() AS text) END "
        f"AS place, clock_timestamp() AS at, {_VERSION}",
    )


def replay(connection: Connection, *, place: str | None) -> tuple[Replay, ...]:
    """How far a replica is, and whether it has come as far as a place in its primary's log.
    One row."""
    return fetch(
        connection,
        Replay,
        "SELECT pg_last_wal_replay_lsn() >= CAST(:place AS pg_lsn) AS replayed, "
        f"pg_last_xact_replay_timestamp() AS committed_at, {_VERSION}",
        place=place,
    )
