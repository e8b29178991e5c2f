"""What the source must have, checked before a single row is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from performance_store.readers.platform import contract
from performance_store.readers.stream import InputError
from performance_store.sync.datasette import Table


def agreed(tables: Mapping[str, Table], name: str) -> dict[str, tuple[str, ...]]:
    """The columns to copy of each table that the reader reads and the source has.

    They begin with ``rowid`` where the table has no key of its own. Raises :class:`InputError`
    naming every table and column that is missing, and what may have become of it.
    """
    mistakes: list[str] = []
    columns: dict[str, tuple[str, ...]] = {}
    for table, terms in contract().items():
        there = tables.get(table)
        if there is None:
            if terms.required:
                mistakes.append(f"there is no table {table}{_like(table, tables)}")
            continue
        absent = sorted(terms.must - set(there.columns))
        if absent and terms.required:
            spare = set(there.columns) - terms.must - terms.may
            mistakes += [
                f"table {table} has no column {column}{_like(column, spare)}" for column in absent
            ]
        copied = [c for c in there.columns if c in terms.must | terms.may | set(there.key)]
        columns[table] = tuple(copied if there.key else ["rowid", *copied])
    if mistakes:
        raise InputError(f"{name}: {'; '.join(mistakes)}. Nothing was changed")
    return columns


def _like(name: str, others: Mapping[str, object] | set[str]) -> str:
    """`` (is it NEW now?)`` when something there has a name like it."""
    alike = [o for o in sorted(others) if name in o or o in name]
    alike = get_close_matches(name, sorted(others), n=1) or alike
    return f" (is it {alike[0]} now?)" if alike else ""
