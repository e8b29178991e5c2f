"""Coverage through time, of what is kept for everything: read in runs, told by date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection

from performance_store.queries.fetch import fetch, rows_of
from performance_store.queries.grid import COVERS, DATES, FIRST, GRID, LAST
from performance_store.rows import Coverage, CoveragePoint
from performance_store.schema.national import COVERAGE_COUNTS

Row = TypeVar("Row")
By = Literal["dataset", "region", "cohort"]
_POINT = (
    *("expected", "endpoint", "reachable", "collected", "error_free", "fresh"),
    *("organisations", "organisations_some", "organisations_all"),
)


@dataclass(frozen=True, slots=True)
class _Line:
    """One line. Each of its ``runs`` is the places of its first and its last date among ``days``,
    counted from 1, and what was counted on them."""

    key: str
    label: str
    days: tuple[date, ...]
    runs: tuple[tuple[int, ...], ...]


def _runs(counts: Sequence[str]) -> str:
    columns = ", ".join(f"c.{name}" for name in counts)
    return f"""
    SELECT c.value || c.dataset AS key,
        array_agg(ARRAY[{FIRST.format("c")}, {LAST.format("c")}, {columns}]) AS runs
    FROM grid g JOIN coverage_interval c ON c.snapshot_kind = :kind AND {COVERS.format("c")}
    WHERE c.denominator = :denominator AND c.dimension IN ('all', :by)
    GROUP BY 1
"""


def points(
    connection: Connection, *, kind: str, denominator: str, until: date, by: By
) -> tuple[CoveragePoint, ...]:
    """All together, and a line for each dataset, region or cohort, up to a date: by date and key.
    Of more than 160 snapshots only the last of each week is given."""
    lines = fetch(
        connection,
        _Line,
        f"""
WITH {DATES}
SELECT l.key, coalesce(x.name, l.key) AS label, g.days, l.runs
FROM grid g CROSS JOIN ({_runs(_POINT)}) l
LEFT JOIN {by} x ON x.{by} = l.key
ORDER BY l.key
""",
        kind=kind,
        denominator=denominator,
        until=until,
        by=by,
    )
    return _by_date(CoveragePoint, lines, ((line.key, line.label) for line in lines))


def together(connection: Connection, *, kind: str, denominator: str) -> tuple[Coverage, ...]:
    """All counts of all together, in every snapshot of one kind, oldest first."""
    lines = fetch(
        connection,
        _Line,
        f"WITH {GRID} SELECT l.key, 'All' AS label, g.days, l.runs "
        f"FROM grid g CROSS JOIN ({_runs(COVERAGE_COUNTS)}) l",
        kind=kind,
        denominator=denominator,
        by="all",
    )
    return _by_date(Coverage, lines, ((kind, denominator, "all", "", "All", "") for _ in lines))


def _by_date(
    row: type[Row], lines: Sequence[_Line], heads: Iterator[tuple[str, ...]]
) -> tuple[Row, ...]:
    """A row for each date and line. In: what rows of each line have between date and counts."""
    dates: list[list[tuple[Any, ...]]] = [[] for _ in lines[0].days] if lines else []
    for line, head in zip(lines, heads, strict=True):
        for first, last, *counts in line.runs:
            for place in range(first - 1, last):
                dates[place].append((line.days[place], *head, *counts))
    return rows_of(row, chain.from_iterable(dates))
