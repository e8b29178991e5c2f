"""Facts of one snapshot changed by hand, as tests need them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

_ROWS = """
CREATE TEMP TABLE {rows} ON COMMIT DROP AS
SELECT i.* FROM snapshot n JOIN {table} i ON i.snapshot_kind = n.kind AND i.from_on <= n.as_at
    AND i.to_on >= n.as_at
WHERE n.id = :snapshot_id
"""
_DATE = "UPDATE {rows} SET from_on = as_at, to_on = as_at FROM snapshot WHERE id = :snapshot_id"
_RECORD = (
    "SELECT record_intervals('{table}', '{rows}', kind, ARRAY[as_at]) FROM snapshot "
    "WHERE id = :snapshot_id"
)


def change(
    connection: Connection, table: str, snapshot_id: int, statement: str, /, **parameters: Any
) -> None:
    """Let one snapshot say something else in an interval table, and all others what they said.

    The statement changes, deletes or inserts rows of ``{rows}``, which are those of the snapshot,
    with the columns of the interval table; ``:snapshot_id`` is given to it.
    """
    for sql in (_ROWS, statement, _DATE, _RECORD, "DROP TABLE {rows}"):
        connection.execute(
            text(sql.format(rows="pg_temp.t_change", table=table)),
            {"snapshot_id": snapshot_id, **parameters},
        )


def current(connection: Connection) -> int:
    """The id of the snapshot that is now."""
    return int(connection.execute(text("SELECT id FROM current_snapshot")).scalar_one())
