"""Nights that are kept no longer go in the load that makes them old, and it says so.

The store is afterwards what it would be if they had never been loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import psycopg

KIND = "platform"
"""The kind of snapshot that comes every night; the others come by the week or month as it is."""


def stretches(going: Sequence[date], nights: Sequence[date]) -> Iterator[list[date]]:
    """Nights that go in groups of neighbours: what stands on either side of a group is joined."""
    order = {night: place for place, night in enumerate(sorted(nights))}
    stretch: list[date] = []
    for night in going:
        if stretch and order[night] != order[stretch[-1]] + 1:
            yield stretch
            stretch = []
        stretch.append(night)
    if stretch:
        yield stretch


def forget(
    connection: psycopg.Connection[Any], tables: Sequence[str], nights: Sequence[date]
) -> None:
    """Join what stood on either side of snapshots that are there no more. In: the tables of
    intervals, and nights that were neighbours."""
    for table in tables:
        connection.execute(f"CREATE TEMP TABLE t_nothing (LIKE {table}) ON COMMIT DROP")
        connection.execute(
            "SELECT record_intervals(%s, 't_nothing', %s, %s)", [table, KIND, list(nights)]
        )
        connection.execute("DROP TABLE t_nothing")
