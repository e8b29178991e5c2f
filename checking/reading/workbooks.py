"""Workbooks: XLSX, XLS and ODS, one sheet of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from xml.parsers import expat

import numpy as np
import python_calamine

from checking.model import CannotRead, Choices, Chunk, Recognition
from checking.reading import archives, compound, headers, limits, values
from checking.reading.source import Row, Source, chunks_of, shorten, unique_names

CELLS = 6_000_000
"""A sheet is in memory as a whole, blank cells included, each with 24 bytes or more."""
TEXT_BYTES = 200_000_000
SHEETS = 50

_PLACE = re.compile(rb'<c [^>]{0,200}?\br="([A-Z]{1,3})(\d{1,9})"')
_SHARED = re.compile(rb't="s"[^>]{0,200}>\s*<v>(\d{1,9})</v>')
_ENTRY = re.compile(rb"</(?:\w+:)?si>")
_OVERLAP = 512


def _too_large() -> CannotRead:
    return CannotRead(
        "workbook",
        f"A sheet of the workbook has more than {CELLS:,} cells, or too much text, to be read at "
        "once. Save the sheet as CSV.",
    )


def test_xlsx(path: Path) -> None:
    """Refuse a workbook that would be far larger in memory than it is as a file: unpacked, by two
    cells far apart, or by a long text that many cells share. Raises CannotRead."""
    budget = archives.Budget()
    with archives.opened(path) as archive:
        members = archive.infolist()
        lengths = np.zeros(1, dtype=np.int64)
        for member in members:
            if member.filename.lower() == "xl/sharedstrings.xml":
                lengths = _lengths(budget.blocks(archive, member))
        for member in members:
            if member.filename.lower().startswith("xl/worksheets/"):
                _test_sheet(budget.blocks(archive, member), lengths)
            elif member.filename.lower() != "xl/sharedstrings.xml":
                for _ in budget.blocks(archive, member):
                    pass


def _lengths(blocks: Iterator[bytes]) -> Any:
    """The bytes of each text that cells share."""
    ends: list[int] = [0]
    place, before = 0, b""
    for block in blocks:
        text = before + block
        start = place - len(before)
        ends += (
            start + match.end() for match in _ENTRY.finditer(text) if start + match.end() > ends[-1]
        )
        place += len(block)
        before = text[-16:]
    return np.diff(np.array([*ends, place], dtype=np.int64))


def _test_sheet(blocks: Iterator[bytes], lengths: Any) -> None:
    width = height = size = 0
    before = b""
    for block in blocks:
        text = before + block
        cut = max(text.rfind(b"<c "), len(text) - _OVERLAP) if len(text) > _OVERLAP else 0
        text, before = text[:cut], text[cut:]
        width, height, size = _extent(text, lengths, width, height, size)
        _refuse(width, height, size)
    _refuse(*_extent(before, lengths, width, height, size))


def _refuse(width: int, height: int, size: int) -> None:
    if height > limits.ROWS + limits.HEADER_ROWS:
        raise limits.too_many_rows()
    if width * height > CELLS or size > TEXT_BYTES:
        raise _too_large()


def _extent(text: bytes, lengths: Any, width: int, height: int, size: int) -> tuple[int, int, int]:
    places = _PLACE.findall(text)
    if places:
        columns = {letters for letters, _ in places}
        width = max(width, *map(_column, columns))
        height = max(height, max(int(row) for _, row in places))
    shared = np.array([int(number) for number in _SHARED.findall(text)], dtype=np.int64)
    shared = shared[shared < len(lengths)]
    return width, height, size + int(lengths[shared].sum())


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


class _OpenDocument:
    """What the sheets of an ODS file come to when cells and rows that are said to repeat do."""

    def __init__(self) -> None:
        self._rows = self._repeat = self._column = self._last = self._width = 0
        self._cell = 1
        self._text = self._size = 0
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._refuse_type

    def _refuse_type(self, *_: object) -> None:
        raise CannotRead("xml", "The workbook declares a document type. Save it once more.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            self._rows = self._width = 0
        elif name == "table:table-row":
            self._repeat = _number(attributes.get("table:number-rows-repeated"))
            self._column = self._last = self._text = 0
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._cell = _number(attributes.get("table:number-columns-repeated"))
            self._column += self._cell
            if "office:value-type" in attributes or "calcext:value-type" in attributes:
                self._last = self._column

    def _characters(self, text: str) -> None:
        self._text += len(text) * self._cell

    def _end(self, name: str) -> None:
        if name == "table:table-row":
            self._rows += self._repeat
            self._size += self._text * self._repeat
            if self._last:
                self._width = max(self._width, self._last)
                _refuse(self._width, self._rows, self._size)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 1


def test_ods(path: Path) -> None:
    """Refuse an ODS file that would be far larger in memory than it is as a file. Raises
    CannotRead."""
    budget = archives.Budget()
    with archives.opened(path) as archive:
        document = _OpenDocument()
        try:
            for block in budget.blocks(archive, archive.getinfo("content.xml")):
                document.parser.Parse(block, False)
            document.parser.Parse(b"", True)
        except (expat.ExpatError, KeyError) as error:
            raise CannotRead(
                "workbook", "The workbook is damaged. Save it once more, or as CSV."
            ) from error


def test_xls(path: Path) -> None:
    """Refuse an XLS file that would be far larger in memory than it is as a file. Raises
    CannotRead."""
    for width, height in compound.extents(path):
        _refuse(width, height, 0)


class WorkbookSource(Source):
    """One sheet of a workbook."""

    def __init__(self, recognition: Recognition, sheet: Any, width: int) -> None:
        super().__init__(recognition)
        self._sheet = sheet
        self._width = width

    def chunks(self, rows: int = 10_000) -> Iterator[Chunk]:
        """See Source. Lines are the rows of the sheet."""
        return chunks_of(self.recognition.columns, self._read(), rows, [])

    def _read(self) -> Iterator[Row]:
        header = self.recognition.header_row or 1
        width = len(self.recognition.columns)
        for line, row in enumerate(_rows(self._sheet), 1):
            if line <= header:
                continue
            cells = [cell if type(cell) is str else values.text(cell) for cell in row[:width]]
            if any(cells):
                yield line, cells


def _rows(sheet: Any) -> Iterator[list[Any]]:
    """The rows of a sheet from its first, whether or not that is blank."""
    return iter(sheet.iter_rows())


def open_workbook(path: Path, kind: str, choices: Choices, names: frozenset[str]) -> WorkbookSource:
    """A sheet of a workbook: the one that a person asks for, else that with most names of fields.
    In: a path that ends as the kind does. Raises CannotRead."""
    if kind == "xlsx":
        test_xlsx(path)
    if kind == "ods":
        test_ods(path)
    if kind == "xls":
        test_xls(path)
    try:
        return _open(path, kind, choices, names)
    except (CannotRead, MemoryError):
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise CannotRead(
            "workbook",
            f"The file looks like a workbook ({kind.upper()}), but could not be read: it may be "
            "damaged. Save it once more, or as CSV.",
        ) from error


def _open(path: Path, kind: str, choices: Choices, names: frozenset[str]) -> WorkbookSource:
    workbook = python_calamine.CalamineWorkbook.from_path(str(path))
    sheets = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]
    name, header = _choose(workbook, sheets[:SHEETS], choices, names)
    sheet = workbook.get_sheet_by_name(name)
    cells = [values.text(cell).strip() for cell in header.cells]
    while len(cells) > 1 and not cells[-1]:
        cells.pop()
    limits.test_header(cells)
    columns, notes = unique_names(cells)
    if len(sheets) > 1:
        others = ", ".join(f"“{shorten(other)}”" for other in sheets[:SHEETS] if other != name)
        notes.insert(0, f"The sheet “{shorten(name)}” was read; left out: {others}.")
    if header.row > 1 and choices.header_row is None:
        notes.append(f"The names of columns stand in row {header.row}: rows above are left out.")
    notes += headers.doubts(header, choices.header_row)
    recognition = Recognition(
        kind,
        tuple(columns),
        header_row=header.row,
        sheet=name,
        sheets=tuple(sheets),
        notes=tuple(notes),
    )
    return WorkbookSource(recognition, sheet, len(cells))


def _choose(
    workbook: Any, sheets: list[str], choices: Choices, names: frozenset[str]
) -> tuple[str, headers.Header]:
    if choices.sheet is not None and choices.sheet not in sheets:
        raise CannotRead("sheet", f"There is no sheet named “{shorten(choices.sheet)}”.")
    best: tuple[str, headers.Header] | None = None
    for name in [choices.sheet] if choices.sheet is not None else sheets:
        count = max(limits.HEADER_ROWS, choices.header_row or 0)
        top = [
            [values.text(cell) for cell in row]
            for row in islice(_rows(workbook.get_sheet_by_name(name)), min(count, limits.ROWS))
        ]
        header = headers.find(top, names, choices.header_row) if top else None
        if header is not None and (best is None or header.matches > best[1].matches):
            best = name, header
    if best is None:
        raise CannotRead("empty", "The workbook is empty: no sheet has a row of column names.")
    return best
