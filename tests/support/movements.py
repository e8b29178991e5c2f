"""That what a change is made of adds up, and is the figures of both dates."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from performance_store.queries import movements, national, snapshots
from performance_store.queries.filters import EVERYTHING, Narrow
from performance_store.rows import Movement


def ids(connection: Connection, kind: str) -> dict[str, int]:
    """Snapshots of one kind by date, oldest first."""
    rows = [row for row in snapshots.every(connection) if row.kind == kind]
    return {str(row.as_at): row.snapshot_id for row in rows[::-1]}


def parts(row: Movement) -> tuple[int, ...]:
    return row.by_authorities, row.joiners, row.leavers, row.movers, row.by_rule


def adds_up(
    connection: Connection, then: int, now: int, denominator: str, narrow: Narrow = EVERYTHING
) -> dict[tuple[str, str, str, str], Movement]:
    """The movements, having checked that each is the figure of both dates, and of its parts."""
    where: dict[str, Any] = {"denominator": denominator, "narrow": narrow}
    rows = movements.balance(connection, snapshot_id=now, compare_id=then, **where)
    lines = {(row.dimension, row.value, row.dataset, row.measure): row for row in rows}
    assert len(lines) == len(rows)
    for row in rows:
        assert row.before + sum(parts(row)) == row.after, row
        assert row.joiners >= 0 >= row.leavers
    grounds = [
        {item.of for item in national.knowledge(connection, snapshot_id=id)} for id in (then, now)
    ]
    measures = ["expected", "endpoint", "organisations", "organisations_some", "organisations_all"]
    measures += ["reachable", "collected", "fresh"] * all("logs" in item for item in grounds)
    measures += ["error_free"] * all({"logs", "issues"} <= item for item in grounds)
    for id, of in ((then, "before"), (now, "after")):
        for figure in national.picture(connection, snapshot_id=id, **where):
            for measure in measures:
                row = lines.get((figure.dimension, figure.value, figure.dataset, measure))
                value = getattr(row, of) if row else 0
                assert value == getattr(figure, measure), (figure, measure)
    return lines
