"""How the servers of the store are, and how far the read server is behind: for health checks,
monitoring and `status`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from performance_store.operations import watch
from performance_store.operations.watch import Condition, Figure
from performance_store.queries import replication
from performance_store.read_server import CannotAnswer, ReadServer
from performance_store.rows.replication import Position, Replay

Ask = Callable[[Callable[[Connection], Any]], Any]
Look = Callable[[Connection], Condition]

BEHIND_SECONDS = 30.0
"""From which on replaying counts as behind, though the data are those of the primary."""

MOMENT = 0.1
"""What was written this long ago, in seconds, has been replayed by a replica that is not behind."""


@dataclass(frozen=True, slots=True)
class ReplicaCondition:
    """How the read server is. ``state``: "ok", "behind", "not migrated", "not answering" or "busy".
    ``lag_seconds``: how much older than the primary what it shows is, at most; None where nobody
    knows. The versions are of the data there and on the primary, None for none or not known."""

    state: str
    lag_seconds: float | None = None
    data_version: int | None = None
    primary_version: int | None = None

    def describe(self) -> dict[str, object]:
        """What a health check says of it, in plain values."""
        return {
            "read_server": self.state,
            "read_server_lag_seconds": self.lag_seconds,
            "read_server_data_version": None
            if self.data_version is None
            else str(self.data_version),
        }

    def sentence(self) -> str:
        """The same for people."""
        if self.state in ("not answering", "not migrated", "busy"):
            return f"Read server: {self.state.upper()}; the database answers in its place"
        lag = "unknown" if self.lag_seconds is None else f"{self.lag_seconds:.1f} s"
        words = "at work" if self.state == "ok" else "BEHIND"
        line = f"Read server: {words}, lag {lag}, data version {self.data_version}"
        differs = self.data_version != self.primary_version
        return line + (f" (the database: {self.primary_version})" if differs else "")


def look_at_replica(read_server: ReadServer, position: Position | None) -> ReplicaCondition:
    """The condition of a read server. In: how far the primary was just now, None where it did not
    say."""
    place = position.place if position else None

    def ask(connection: Connection) -> Replay:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        (row,) = replication.replay(connection, place=place)
        return row

    try:
        row = read_server.put(ask)
        if row.replayed is False:
            # What was written in this very moment is no lag.
            time.sleep(MOMENT)
            row = read_server.put(ask)
    except CannotAnswer as refusal:
        return ReplicaCondition(refusal.state)
    if position is None:
        return ReplicaCondition("ok", None, row.data_version)
    lag = _lag(row, position)
    behind = row.data_version != position.data_version or (lag or 0.0) > BEHIND_SECONDS
    state = "behind" if behind else "ok"
    return ReplicaCondition(state, lag, row.data_version, position.data_version)


def _lag(row: Replay, position: Position) -> float | None:
    if row.replayed:
        return 0.0
    if row.replayed is None or row.committed_at is None:
        return None
    return round(max((position.at - row.committed_at).total_seconds(), 0.0), 1)


def look_at_both(
    ask: Ask, look: Look, read_server: ReadServer | None, unavailable: type[Exception]
) -> tuple[Condition | None, ReplicaCondition | None]:
    """How the primary is, None while it is silent; and its read server, None where there is none.

    In: what puts a question to the primary, and raises `unavailable` while it is silent; and the
    question how it is.
    """
    try:
        condition, position = ask(partial(_primary, look=look, wants_position=bool(read_server)))
    except unavailable:
        condition = position = None
    return condition, look_at_replica(read_server, position) if read_server else None


def look_at(
    connection: Connection, read_server: ReadServer | None
) -> tuple[Condition, ReplicaCondition | None]:
    """As `look_at_both`, by a connection to a primary that answers."""
    condition, position = _primary(connection, watch.look, bool(read_server))
    return condition, look_at_replica(read_server, position) if read_server else None


def _primary(
    connection: Connection, look: Look, wants_position: bool
) -> tuple[Condition, Position | None]:
    condition = look(connection)
    if not wants_position or condition.migrations == "behind":
        return condition, None
    return condition, replication.position(connection)[0]


def health(
    condition: Condition | None, replica: ReplicaCondition | None, at: datetime, old_days: int
) -> dict[str, object]:
    """What a health check says of both, in plain values. In: as `look_at_both` has them, the time,
    and after how many days data are old."""
    parts: dict[str, object] = {"database": "not answering"}
    if condition is not None:
        parts = condition.describe(at, old_days)
    # Without both there is nothing to say of the second.
    if replica is None or (condition is None and replica.state != "ok"):
        return parts
    return parts | replica.describe()


def figures(
    condition: Condition | None, replica: ReplicaCondition | None, at: datetime
) -> Iterator[Figure]:
    """Both as numbers. In: as `look_at_both` has them, and the time."""
    up = condition is not None
    yield Figure("pdp_database_up", "Whether the database answers.", float(up))
    if condition is not None:
        yield from watch.figures(condition, at)
    if replica is None:
        return
    up = replica.state in ("ok", "behind")
    yield Figure("pdp_read_server_up", "Whether the read server answers questions.", float(up))
    if replica.lag_seconds is not None:
        words = "How much older than the database what the read server shows is, at most."
        yield Figure("pdp_read_server_lag_seconds", words, replica.lag_seconds)
    versions = {"primary": replica.primary_version, "read": replica.data_version}
    for server, version in versions.items():
        if version is not None:
            words = "Version of the data on each server."
            yield Figure("pdp_data_version", words, float(version), (("server", server),))
