"""Five years of a store of some weeks: what its newest weeks say is told of all before them."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

from performance_store.loading.room import INTERVALS

_DAYS = 5 * 365
_TIMES = f"generate_series(1, {_DAYS} / :span) k"
_EVENTS = """
INSERT INTO event ({names}) SELECT {values} FROM event e
JOIN snapshot n ON n.id = e.snapshot_id JOIN snapshot m ON m.id = e.previous_snapshot_id
CROSS JOIN {times}
JOIN snapshot s ON s.kind = n.kind AND s.as_at = n.as_at - k * :span
JOIN snapshot p ON p.kind = m.kind AND p.as_at = m.as_at - k * :span
"""


def five_years(engine: Engine) -> Engine:
    """The same store, with five years more before it, and the planner's statistics of them."""
    with engine.begin() as connection:
        span = _number(connection, "SELECT max(as_at) - min(as_at) + 7 FROM snapshot")
        newest = "(SELECT max(as_at) FROM snapshot)"
        for table in INTERVALS:
            last = f"least(to_on, {newest}) - k * :span"
            _again(connection, table, span, from_on="from_on - k * :span", to_on=last)
        _again(connection, "snapshot", span, as_at="as_at - k * :span")
        shifts = {"snapshot_id": "s.id", "previous_snapshot_id": "p.id"}
        names = _names(connection, "event")
        values = ", ".join(shifts.get(name, f"e.{name}") for name in names)
        events = _EVENTS.format(names=", ".join(names), values=values, times=_TIMES)
        connection.execute(text(events), {"span": span})
        days = _number(connection, "SELECT max(to_day) - min(from_day) + 1 FROM endpoint_run")
        earlier = {name: f"{name} - k * :span" for name in ("from_day", "to_day")}
        _again(connection, "endpoint_run", days, **earlier)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in (*INTERVALS, "snapshot", "event", "endpoint_run"):
            connection.exec_driver_sql(f"VACUUM (ANALYZE) {table}")
    return engine


def _number(connection: Connection, sql: str) -> int:
    return int(connection.execute(text(sql)).scalar_one())


def _names(connection: Connection, table: str) -> list[str]:
    """Columns that are not counted up or worked out."""
    return list(
        connection.scalars(
            text(
                "SELECT attname FROM pg_attribute WHERE attrelid = :table ::regclass "
                "AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity = ''"
            ),
            {"table": table},
        )
    )


def _again(connection: Connection, table: str, span: int, **shifts: str) -> None:
    """All rows once more for every span of days before them."""
    names = _names(connection, table)
    values = ", ".join(shifts.get(name, name) for name in names)
    connection.execute(
        text(f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table}, {_TIMES}"),
        {"span": span},
    )
