"""Which row of a table has the names of its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from checking.model import CannotRead
from checking.reading import limits
from checking.reading.source import shorten

_OTHER = re.compile(r"[^a-z0-9]+")
_DATA = re.compile(
    r"\s*([-+£]?\d[\d.,/: -]*$"
    r"|[A-Z]{1,6}[-/ ]?\d+\s*$"
    r"|(MULTI)?(POLYGON|POINT)\s*(Z\s*)?\(|\{\s*\"|(?i:https?://|www\.))"
)
"""What no column is called: a number or a date, a reference such as CA12, a shape, an address."""


def plain(name: str) -> str:
    """A name without what people write differently: capitals, hyphens, blanks."""
    return _OTHER.sub("", name[:200].lower())


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table: its row counted from 1, its cells, and how many of them are names of
    fields."""

    row: int
    cells: Sequence[str]
    matches: int


def find(
    rows: Sequence[Sequence[str]], names: frozenset[str], wish: int | None = None
) -> Header | None:
    """The header among the first rows; None where all are blank. It is the first of those that
    match most names of fields. Where none matches it is the first row that is not blank, or not a
    title: one cell above a row of several. In: rows, `names` as `plain` gives them, and the row
    that a person asks for. Raises CannotRead where that row is blank."""
    if wish is not None:
        if not 1 <= wish <= len(rows) or not _has_words(rows[wish - 1]):
            raise CannotRead(
                "header-row", f"Row {wish:,} is blank: choose a row that has names of columns."
            )
        return Header(wish, rows[wish - 1], _matches(rows[wish - 1], names))
    first: list[Header] = []
    for place, cells in enumerate(rows[: limits.HEADER_ROWS], 1):
        if _has_words(cells):
            first.append(Header(place, cells, _matches(cells, names)))
    if not first:
        return None
    best = max(first, key=lambda header: header.matches)
    if best.matches:
        return best
    widths = [sum(1 for cell in header.cells if cell.strip()) for header in first]
    wide = next((place for place, width in enumerate(widths) if width > 1), 0)
    return first[wide]


def doubts(header: Header, wish: int | None = None) -> list[str]:
    """A sentence on a header that is more likely a row of data: none of its cells is a field's
    name, and one is a number, a date, a shape or an address. In: the row that a person asks for,
    whom nobody contradicts."""
    if wish is not None or header.matches or not any(map(_is_data, header.cells)):
        return []
    return [
        f"Row {header.row} looks like data, not like names of columns: "
        f"“{shorten(', '.join(cell[:60] for cell in header.cells if cell.strip()))}”. Add a row of "
        "names above it, or say which row has them."
    ]


def _is_data(cell: str) -> bool:
    return _DATA.match(cell[:200]) is not None


def _has_words(cells: Sequence[str]) -> bool:
    return any(any(map(str.isalnum, cell[:200])) for cell in cells)


def _matches(cells: Sequence[str], names: frozenset[str]) -> int:
    return len({plain(cell) for cell in cells[: limits.COLUMNS]} & names)
