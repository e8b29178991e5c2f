"""Room for new snapshots: what they replace is removed, and the sample goes when real data come."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg

from performance_store.loading.retention import KIND, forget, stretches
from performance_store.readers.stream import InputError, Reader
from performance_store.retention import Retention

INTERVALS = (
    *("summary_interval", "endpoint_interval", "issue_interval", "past_issue_interval"),
    *("coverage_interval", "provision_interval", "task_observation", "task_judgement"),
)
"""Tables of intervals over the snapshots of a kind (see ``record_intervals``)."""


def make_room(
    connection: psycopg.Connection[Any], reader: Reader, begun: str | None = None
) -> bool:
    """Remove what the new snapshots replace. In: also the fingerprint of the load that this one
    goes on with, if it does so. Returns whether the sample went.

    Rows are deleted, never truncated: TRUNCATE would make every reader wait for the whole load.
    """
    kinds = {row[0] for row in connection.execute("SELECT DISTINCT kind FROM snapshot")}
    real = kinds - {"sample"}
    if reader.kind == "sample" and real:
        raise InputError(
            "the store holds real data; sample data never goes beside it "
            "(use another DATABASE_URL or PERFORMANCE_STORE_HOME for the sample)"
        )
    if "sample" in kinds and not _is_of_load(connection, begun):
        _delete_everything(connection)
        if reader.kind != "sample":
            # What people did with invented authorities is put aside: it counts no more.
            connection.execute("SELECT providers.archive()")
        return reader.kind != "sample"
    old = connection.execute(
        "SELECT id FROM snapshot WHERE kind = %s AND as_at = ANY(%s)",
        [reader.kind, list(reader.as_at)],
    ).fetchall()
    _delete_snapshots(connection, [row[0] for row in old])
    return False


def make_old_room(
    connection: psycopg.Connection[Any], reader: Reader, retention: Retention
) -> tuple[date, ...]:
    """Remove nights that this load makes too old to be kept. Returns them, oldest first.

    ``t_touched`` then has the snapshots that followed them, which are compared with others now.
    """
    connection.execute("CREATE TEMP TABLE t_touched (snapshot_id int PRIMARY KEY) ON COMMIT DROP")
    if reader.kind != KIND:
        return ()
    rows = connection.execute("SELECT as_at, id FROM snapshot WHERE kind = %s", [KIND]).fetchall()
    ids = dict(rows)
    nights = sorted({*ids, *reader.as_at})
    going = tuple(night for night in retention.outdated(nights, nights[-1]) if night in ids)
    for stretch in stretches(going, nights):
        following = connection.execute(
            "SELECT id FROM snapshot WHERE kind = %s AND as_at > %s ORDER BY as_at LIMIT 1",
            [KIND, stretch[-1]],
        ).fetchone()
        _delete_snapshots(connection, [ids[night] for night in stretch])
        forget(connection, INTERVALS, stretch)
        if following:
            connection.execute(
                "INSERT INTO t_touched VALUES (%s) ON CONFLICT DO NOTHING", [following[0]]
            )
    return going


def _is_of_load(connection: psycopg.Connection[Any], fingerprint: str | None) -> bool:
    """Whether all snapshots are of one load."""
    rows = connection.execute("SELECT DISTINCT fingerprint FROM snapshot").fetchall()
    return rows == [(fingerprint,)]


def _delete_snapshots(connection: psycopg.Connection[Any], ids: list[int]) -> None:
    if not ids:
        return
    # What they said is forgotten when what replaces them is recorded.
    connection.execute(
        "DELETE FROM event WHERE snapshot_id = ANY(%(ids)s) OR previous_snapshot_id = ANY(%(ids)s)",
        {"ids": ids},
    )
    connection.execute("DELETE FROM annotation WHERE snapshot_id = ANY(%s)", [ids])
    connection.execute("DELETE FROM snapshot WHERE id = ANY(%s)", [ids])


def _delete_everything(connection: psycopg.Connection[Any]) -> None:
    """Remove the sample, root and branch: invented authorities must not stay beside real ones."""
    for table in (
        *("task", *INTERVALS, "event", "annotation"),
        *("issue", "resource_use", "field_summary", "snapshot"),
        *(
            "endpoint_use",
            "endpoint_run",
            "source",
            "resource",
            "endpoint",
            "rejection",
            "role_organisation",
        ),
        *(
            "hexagon",
            "organisation_boundary",
            "organisation",
            "dataset_field",
            "dataset",
            "issue_type",
        ),
        *("cohort_alias", "cohort", "project", "role"),
    ):
        connection.execute(f"DELETE FROM {table}")


def vacuum(connection: psycopg.Connection[Any]) -> None:
    """Refresh statistics and the visibility map of what grew, so that the first reads are quick."""
    connection.autocommit = True
    for table in (
        *INTERVALS,
        "endpoint_run",
        "issue",
        "event",
        "task",
    ):
        connection.execute(f"VACUUM (ANALYZE) {table}")
    for table in ("organisation", "source", "endpoint", "resource", "snapshot"):
        connection.execute(f"ANALYZE {table}")
