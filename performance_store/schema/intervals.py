"""Intervals over the ordered snapshots of one kind: a row stands for as long as nothing changes."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Text


def span(*key: Column[object]) -> tuple[Column[object], ...]:
    """The columns that name a row and say for which snapshots it is true.

    Those of ``snapshot_kind`` from ``from_on`` to ``to_on``, both included; ``to_on`` is infinity
    while the row is true of the newest one. The function ``record_intervals`` alone writes them.
    """
    return (
        Column("snapshot_kind", Text, primary_key=True),
        *key,
        Column(
            "to_on", Date, primary_key=True, comment="last snapshot; infinity: up to the newest"
        ),
        Column("from_on", Date, nullable=False, comment="first snapshot that has it so"),
    )


def by_date(table: str) -> Index:
    """What finds all rows of one date."""
    return Index(f"ix_{table}_date", "snapshot_kind", "to_on", "from_on")
