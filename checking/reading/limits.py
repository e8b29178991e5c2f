"""How much of a file is read at most. What goes beyond is refused, with a sentence."""

from __future__ import annotations

from checking.model import CannotRead

FILE_BYTES = 100_000_000
ROWS = 1_000_000
LINES = 4_000_000
"""Of a table of text, blank ones and those within cells with them."""
COLUMNS = 1_000
HEADER_CHARACTERS = 1_000_000
CELL_CHARACTERS = 10_000_000
"""A coastline takes 3 million characters as WKT."""

HEADER_ROWS = 20
"""The header is looked for in so many rows."""


def too_many_rows() -> CannotRead:
    """The refusal of a file that has more rows than are read."""
    return CannotRead(
        "rows", f"The file has more than {ROWS:,} rows. Split it, and check each part by itself."
    )


def test_header(columns: list[str]) -> None:
    """Refuse a header that no table of people has. Raises CannotRead."""
    if len(columns) > COLUMNS:
        raise CannotRead(
            "columns",
            f"The file has {len(columns):,} columns; at most {COLUMNS:,} are read. Leave out those "
            "that are not needed.",
        )
    if sum(map(len, columns)) > HEADER_CHARACTERS:
        raise CannotRead(
            "header",
            f"The row of column names is longer than {HEADER_CHARACTERS:,} characters. Make the "
            "first row of the file one of short column names.",
        )
