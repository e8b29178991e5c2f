"""The rows with troubles as a workbook, a comment on each cell that has one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from providers.checks.format import Row, Summary
from providers.checks.requests import Check

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 10_000
LETTERS = 32_767
"""The most that a cell of a workbook holds, in units of UTF-16."""
COMMENT_LETTERS = 2_000
_IN_MEMORY = 4_000_000
_WORDS = {"must": "Must fix", "should": "Should fix", "changed": "The platform changes this"}
_FILLS = {"must": "#F4CDC6", "should": "#FFF3BF", "changed": "#D2E2F1"}
_ORDER = tuple(_WORDS)
_BEFORE = ("Line in the file", "What to look at")
_COMMENT = {"width": 260, "height": 120, "font_size": 9}


def marked_workbook(check: Check, blocks: Iterable[tuple[Row, ...]]) -> BinaryIO:
    """A workbook of the rows in which something was found, the first 10,000 of them, with the
    columns of the file; open, at its beginning, for the caller to close. Raises ValueError for a
    check without a result.

    All cells are text, so nothing in them is run and no long number is rounded. What is longer
    than a cell can be is shortened, and that is said in the cell and on the sheet "About".
    """
    if check.summary is None:
        raise ValueError("a check without a result has nothing to take away")
    # Loaded here: most processes are never asked for a workbook.
    from xlsxwriter import Workbook

    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  the caller's to close
    try:
        # Rows go to a temporary file as they come; only comments wait for the end.
        with Workbook(file, {"constant_memory": True}) as book:
            _Sheet(book, check.summary).fill(check, blocks)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return cast(BinaryIO, file)


class _Sheet:
    """The sheet of rows while it is filled."""

    def __init__(self, book: Any, summary: Summary) -> None:
        self._book = book
        self._summary = summary
        self._groups = {group.number: group for group in summary.groups}
        self._bold = book.add_format({"bold": True, "num_format": "@"})
        self._plain = book.add_format({"num_format": "@"})
        self._fills = {
            ladder: book.add_format({"bg_color": colour, "num_format": "@", "border": 1})
            for ladder, colour in _FILLS.items()
        }
        self._columns: dict[str, list[int]] = {}
        for at, column in enumerate(summary.columns, start=len(_BEFORE)):
            if column.field is not None:
                self._columns.setdefault(column.field, []).append(at)
        self._shortened = 0

    def fill(self, check: Check, blocks: Iterable[tuple[Row, ...]]) -> None:
        """Write the sheet of rows, then the one that says what it is."""
        page = self._book.add_worksheet("Rows")
        page.freeze_panes(1, 2)
        page.set_column(0, 0, 12)
        page.set_column(1, 1, 60)
        page.set_column(2, len(self._summary.columns) + 1, 24)
        for at, name in enumerate((*_BEFORE, *(c.column for c in self._summary.columns))):
            page.write_string(0, at, self._cut(name), self._bold)
        count = 0
        for number, row in enumerate(_troubled(blocks), start=1):
            if number > MOST_ROWS:
                break
            self._write(page, number, row)
            count = number
        self._about(check, count)

    def _write(self, page: Worksheet, number: int, row: Row) -> None:
        notes: dict[int, list[tuple[str, str]]] = {}
        for finding in row.findings:
            group = self._groups[finding.group]
            text = f"{_WORDS[group.ladder]}: {finding.message or group.message}"
            text = f"{text}\n{group.advice}" if group.advice else text
            columns = [at for name in group.field.split(",") for at in self._columns.get(name, ())]
            # A field without a column of its own: beside the row.
            for at in columns or [1]:
                notes.setdefault(at, []).append((group.ladder, text))
        every = dict.fromkeys(
            text.partition("\n")[0] for some in notes.values() for _, text in some
        )
        cells = (str(row.line), "; ".join(every), *row.cells)
        for at, text in enumerate(cells):
            marks = notes.get(at, [])
            worst = min((ladder for ladder, _ in marks), key=_ORDER.index, default=None)
            fill = self._plain if worst is None else self._fills[worst]
            text = self._cut(text)
            if text:
                page.write_string(number, at, text, fill)
            else:
                page.write_blank(number, at, None, fill)
            if marks:
                words = "\n".join(dict.fromkeys(text for _, text in marks))
                page.write_comment(number, at, words[:COMMENT_LETTERS], _COMMENT)

    def _cut(self, text: str) -> str:
        """A text as a cell can hold it."""
        # Most are short: what has fewer letters than half the limit needs no closer look.
        if len(text) <= LETTERS // 2:
            return text
        units = text.encode("utf-16-le")
        if len(units) <= 2 * LETTERS:
            return text
        self._shortened += 1
        note = f"… (shortened: the file has {len(text):,} letters here)"
        return units[: 2 * (LETTERS - len(note))].decode("utf-16-le", "ignore") + note

    def _about(self, check: Check, count: int) -> None:
        page = self._book.add_worksheet("About")
        page.set_column(0, 0, 100)
        rows = f"{self._summary.rows:,} rows"
        lines = [
            f"Rows of {check.name} in which something was found, of {rows} in all.",
            "Each cell that has a mark has a comment that says what was found.",
            *(f"{_WORDS[ladder]}: {colour}." for ladder, colour in _COLOUR_NAMES.items()),
        ]
        if count == MOST_ROWS:
            lines.append(f"At most the first {MOST_ROWS:,} such rows are here.")
        if self._shortened:
            lines.append(
                f"Cells with more than {LETTERS:,} letters were shortened: {self._shortened:,}."
            )
        lines += [
            f"{_WORDS[group.ladder]}: {group.message}."
            for group in self._groups.values()
            if not group.rows
        ]
        for number, text in enumerate(lines):
            page.write_string(number, 0, text[:LETTERS], self._plain)


_COLOUR_NAMES = {"must": "red", "should": "yellow", "changed": "blue"}


def _troubled(blocks: Iterable[tuple[Row, ...]]) -> Iterator[Row]:
    return (row for block in blocks for row in block if row.findings)
