"""Which snapshots are there, and which one is now?"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from performance_store.database import LOAD_LOCK
from performance_store.definitions.vocabulary import KINDS
from performance_store.queries.fetch import fetch
from performance_store.rows import (
    Annotation,
    DataVersion,
    LoadRecord,
    LoadUnderWay,
    RejectionCount,
    Snapshot,
    SnapshotDays,
)

_COLUMNS = """
SELECT s.id AS snapshot_id, s.as_at, s.kind, s.scope, s.knows, s.lpa_count, s.published_at,
    (SELECT max(id) FROM load WHERE state = 'published') AS data_version
"""
# For one date the richer kind wins.
_RICHEST = f"array_position(ARRAY[{', '.join(repr(kind) for kind in KINDS)}], s.kind)"


def current(connection: Connection) -> tuple[Snapshot, ...]:
    """The snapshot that is now: the newest platform one, else the newest. None or one row."""
    return fetch(connection, Snapshot, f"{_COLUMNS} FROM current_snapshot s")


def version(connection: Connection) -> tuple[DataVersion, ...]:
    """Which data the store holds, and since when: of the newest load, which need not have brought
    the snapshot that is now. None or one row."""
    return fetch(
        connection,
        DataVersion,
        "SELECT id AS data_version, finished_at AS published_at FROM load "
        "WHERE state = 'published' ORDER BY id DESC LIMIT 1",
    )


def every(connection: Connection) -> tuple[Snapshot, ...]:
    """All snapshots, newest first; for one date the richest kind first."""
    return fetch(
        connection, Snapshot, f"{_COLUMNS} FROM snapshot s ORDER BY s.as_at DESC, {_RICHEST}"
    )


def days(connection: Connection, *, kind: str) -> tuple[SnapshotDays, ...]:
    """The dates of all snapshots of a kind, oldest first: one row."""
    return fetch(
        connection,
        SnapshotDays,
        "SELECT coalesce(array_agg(as_at ORDER BY as_at), '{}') AS days FROM snapshot "
        "WHERE kind = :kind",
        kind=kind,
    )


def on(connection: Connection, *, as_at: date, kind: str | None = None) -> tuple[Snapshot, ...]:
    """The snapshot of exactly this date, of the kind or the richest. None or one row."""
    return fetch(
        connection,
        Snapshot,
        f"{_COLUMNS} FROM snapshot s WHERE s.as_at = :as_at "
        f"AND (CAST(:kind AS text) IS NULL OR s.kind = :kind) ORDER BY {_RICHEST} LIMIT 1",
        as_at=as_at,
        kind=kind,
    )


def latest(connection: Connection, *, until: date, kind: str) -> tuple[Snapshot, ...]:
    """The newest snapshot of a kind that is not newer than a date. None or one row."""
    return fetch(
        connection,
        Snapshot,
        f"{_COLUMNS} FROM snapshot s WHERE s.kind = :kind AND s.as_at <= :until "
        "ORDER BY s.as_at DESC LIMIT 1",
        until=until,
        kind=kind,
    )


def speaking_of(connection: Connection, *, organisation: str) -> tuple[Snapshot, ...]:
    """The newest platform snapshot, else the newest, that has figures of an organisation.

    None or one row.
    """
    return fetch(
        connection,
        Snapshot,
        # An interval ends on the date of a snapshot, or is open: the newest is in the latest end.
        f"{_COLUMNS} FROM (SELECT DISTINCT kind FROM snapshot) k "
        "CROSS JOIN LATERAL (SELECT max(f.to_on) AS until FROM summary_interval f "
        "WHERE f.snapshot_kind = k.kind AND f.organisation_id = "
        "(SELECT id FROM organisation WHERE organisation = :organisation)) f "
        "CROSS JOIN LATERAL (SELECT * FROM snapshot n WHERE n.kind = k.kind "
        "AND n.as_at <= f.until ORDER BY n.as_at DESC LIMIT 1) s "
        "ORDER BY s.kind = 'platform' DESC, s.as_at DESC, s.id DESC LIMIT 1",
        organisation=organisation,
    )


def near(connection: Connection, *, as_at: date, kind: str | None = None) -> tuple[Snapshot, ...]:
    """The nearest snapshots before and after a date: at most two rows."""
    return fetch(
        connection,
        Snapshot,
        f"({_COLUMNS} FROM snapshot s WHERE s.as_at < :as_at "
        f"AND (CAST(:kind AS text) IS NULL OR s.kind = :kind) "
        f"ORDER BY s.as_at DESC, {_RICHEST} LIMIT 1) UNION ALL "
        f"({_COLUMNS} FROM snapshot s WHERE s.as_at > :as_at "
        f"AND (CAST(:kind AS text) IS NULL OR s.kind = :kind) "
        f"ORDER BY s.as_at, {_RICHEST} LIMIT 1)",
        as_at=as_at,
        kind=kind,
    )


def earlier(connection: Connection, *, snapshot_id: int, days: int = 7) -> tuple[Snapshot, ...]:
    """What to compare a snapshot with: the nearest of its kind at least so many days older.

    None or one row.
    """
    return fetch(
        connection,
        Snapshot,
        f"{_COLUMNS} FROM snapshot s JOIN snapshot n ON n.id = :snapshot_id "
        "WHERE s.kind = n.kind AND s.as_at <= n.as_at - CAST(:days AS integer) "
        "ORDER BY s.as_at DESC LIMIT 1",
        snapshot_id=snapshot_id,
        days=days,
    )


def notes(connection: Connection, *, kind: str) -> tuple[Annotation, ...]:
    """Changed rules and denominators of one kind of snapshot, oldest first."""
    return fetch(
        connection,
        Annotation,
        "SELECT on_date, kind, scope, title, text, subject FROM annotation "
        "WHERE scope = :kind ORDER BY on_date, kind, title",
        kind=kind,
    )


def loads(connection: Connection, *, limit: int = 20) -> tuple[LoadRecord, ...]:
    """The newest loads, good and failed, newest first."""
    return fetch(
        connection,
        LoadRecord,
        "SELECT id AS load_id, kind, input, state, started_at, finished_at, error, missing, "
        "coalesce((counts ->> 'rejected')::int, 0) AS rejected "
        "FROM load ORDER BY id DESC LIMIT :limit",
        limit=limit,
    )


def loading_sample(connection: Connection) -> tuple[LoadUnderWay, ...]:
    """The load of the sample that is under way, which one that was killed is not. None or one
    row."""
    return fetch(
        connection,
        LoadUnderWay,
        """
SELECT (timings ->> 'percent')::int AS percent
FROM load
WHERE kind = 'sample' AND state = 'running' AND EXISTS (
    SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.granted
        AND l.classid::bigint << 32 | l.objid::bigint = :lock)
ORDER BY id DESC LIMIT 1
""",
        lock=LOAD_LOCK,
    )


def rejections(connection: Connection) -> tuple[RejectionCount, ...]:
    """Rows that could not be used, by table and reason."""
    return fetch(
        connection,
        RejectionCount,
        "SELECT load_id, table_name, reason, count(*) AS rows, min(row_number) AS first_row "
        "FROM rejection "
        "GROUP BY load_id, table_name, reason "
        "ORDER BY load_id DESC, count(*) DESC, table_name, reason",
    )
