"""Tables as text: CSV with any delimiter, in any encoding."""

from __future__ import annotations

import csv
import re
from collections import Counter, deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from itertools import chain
from pathlib import Path
from typing import Literal

from checking.model import CannotRead, Choices, Chunk, Recognition
from checking.reading import encodings, headers, limits
from checking.reading.encodings import Encoding
from checking.reading.source import Row, Source, chunks_of, shorten, unique_names

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_RECORDS = 200
SAMPLE_CHARACTERS = 4_000_000
LINE_CHARACTERS = limits.CELL_CHARACTERS * 2
RECORD_LINES = 5_000
"""A cell with more line breaks than this is a quote that was never closed. The longest texts and
shapes that people break into lines have some hundreds."""
MENDED_QUOTES = 1_000
_BLANK = "".join(DELIMITERS) + " \r\n"
_SEPARATOR = re.compile(r'"?sep=([,;|\t])"?\s*\Z')


class Unclosed(Exception):
    """A record has gone on for so long that its quote can never have been meant to be open."""


class Lines:
    """The physical lines of a text, for the csv module; those of the record that is being read
    are remembered, so that they can be read again."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self.record: list[str] = []
        self._length = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.record.append(line)
        self._length += len(line)
        if len(self.record) > RECORD_LINES or self._length > LINE_CHARACTERS:
            raise Unclosed
        return line

    def begin(self) -> None:
        """A record is complete: what comes is the next one."""
        self.record = []
        self._length = 0

    def back(self) -> str:
        """Read all but the first line of the record once more; gives the first."""
        first, *rest = self.record
        self._again.extendleft(reversed(rest))
        self.begin()
        return first


def physical_lines(path: Path, encoding: Encoding) -> Generator[str, None, None]:
    """The lines of a file with their ends. Raises CannotRead for one of no end."""
    with path.open(encoding=encoding.codec, errors=encoding.errors, newline="") as file:
        while line := file.readline(LINE_CHARACTERS):
            if len(line) == LINE_CHARACTERS and line[-1] not in "\r\n":
                raise CannotRead(
                    "line",
                    f"A line of the file is longer than {LINE_CHARACTERS:,} characters: that is no "
                    "table. Save your data as CSV once more, with a line for each row.",
                )
            yield line.replace("\0", "") if encoding.nul else line


def test_lines(path: Path, encoding: Encoding) -> None:
    """Refuse a table that has too many lines before any of them is taken apart. As a row counts
    each line up to the first that opens a quote and leaves it open, and then each pair of such
    lines. Raises CannotRead."""
    ends = 0
    with path.open(encoding=encoding.codec, errors=encoding.errors, newline="") as file:
        while block := file.read(encodings.BLOCK):
            ends += max(block.count("\n"), block.count("\r"))
    if ends > limits.LINES:
        raise limits.too_many_rows()
    if ends <= limits.ROWS:
        return
    rows = odd = 0
    with closing(physical_lines(path, encoding)) as lines:
        for line in lines:
            odd += line.count('"') % 2
            rows += not odd and bool(line.strip(_BLANK))
            if rows + odd // 2 > limits.ROWS + limits.HEADER_ROWS:
                raise limits.too_many_rows()


class Records:
    """The records of a table of text: an iterator of their number, from 1, and their cells."""

    def __init__(self, lines: Iterable[str], delimiter: str) -> None:
        self._lines = Lines(lines)
        self._delimiter = delimiter
        self._width = 0
        self._mended = 0
        self.broken: list[tuple[int, str]] = []
        csv.field_size_limit(limits.CELL_CHARACTERS)

    def expect(self, width: int) -> None:
        """From now on records have so many cells: one with a different number may have swallowed
        its neighbours."""
        self._width = width

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        number = 0
        reader = csv.reader(self._lines, delimiter=self._delimiter)
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, Unclosed) as error:
                reader = csv.reader(self._lines, delimiter=self._delimiter)
                if isinstance(error, Unclosed) or len(self._lines.record) > 1:
                    yield from self._mend(number)
                    continue
                self._lines.begin()
                self.broken.append((number, _why(error)))
                continue
            if len(self._lines.record) > 1 and self._has_swallowed(cells):
                reader = csv.reader(self._lines, delimiter=self._delimiter)
                yield from self._mend(number)
                continue
            self._lines.begin()
            yield number, cells

    def _has_swallowed(self, cells: list[str]) -> bool:
        """Whether a record of several lines is more likely a quote left open: its second line has
        as many cells as the header by itself, and it has not, or goes on after a closing quote."""
        if not self._width or len(self._alone(self._lines.record[1])) != self._width:
            return False
        if len(cells) != self._width:
            return True
        try:
            next(csv.reader(self._lines.record, delimiter=self._delimiter, strict=True))
        except (csv.Error, StopIteration):
            return True
        return False

    def _alone(self, line: str, quoting: Literal[0, 3] = csv.QUOTE_MINIMAL) -> list[str]:
        with suppress(csv.Error, StopIteration):
            return next(csv.reader([line], delimiter=self._delimiter, quoting=quoting))
        return []

    def _mend(self, number: int) -> Iterator[tuple[int, list[str]]]:
        """Go on after the line in which a quote was left open. The line itself is a row where it
        has as many cells as the header when its quotes mean nothing."""
        self._mended += 1
        if self._mended > MENDED_QUOTES:
            raise CannotRead(
                "quotes",
                f"More than {MENDED_QUOTES:,} rows have a quotation mark that is never closed. "
                "Save your data as CSV once more, with quotation marks in cells doubled.",
            )
        line = self._lines.back()
        self.broken.append(
            (number, f"A quotation mark opens here and is not closed: {shorten(line)}")
        )
        cells = self._alone(line, csv.QUOTE_NONE)
        if len(cells) == self._width:
            yield number, cells


def _why(error: Exception) -> str:
    if "field larger" in str(error):
        return f"A cell has more than {limits.CELL_CHARACTERS:,} characters."
    return f"The row could not be read: {error}."


class DelimitedSource(Source):
    """A table of text."""

    def __init__(self, recognition: Recognition, path: Path, encoding: Encoding) -> None:
        super().__init__(recognition)
        self._path = path
        self._encoding = encoding
        self._files = ExitStack()

    def close(self) -> None:
        """Close the file, also where not all of its rows were read."""
        self._files.close()
        super().close()

    def chunks(self, rows: int = 10_000) -> Iterator[Chunk]:
        """See Source."""
        columns = self.recognition.columns
        lines = self._files.enter_context(closing(physical_lines(self._path, self._encoding)))
        records = Records(lines, self.recognition.delimiter or ",")
        fitted = _fitted(records, len(columns), self.recognition.header_row or 1)
        return chunks_of(columns, fitted, rows, records.broken)


def _fitted(records: Records, width: int, header_row: int) -> Iterator[Row]:
    """The rows below the header, each as wide as that."""
    for number, cells in records:
        if number < header_row:
            records.broken.clear()
            continue
        if number == header_row:
            records.expect(width)
            continue
        if len(cells) == width:
            if any(cells):
                yield number, cells
            continue
        if not any(cells):
            continue
        if len(cells) < width:
            missing = width - len(cells)
            sentence = f"The row has {len(cells)} of {width} cells: the last are taken as blank."
            cells += [""] * missing
            records.broken.append((number, sentence))
        else:
            surplus = [shorten(cell) for cell in cells[width:] if cell.strip()]
            if surplus:
                some = ", ".join(surplus[:3])
                sentence = f"The row has more cells than there are columns: “{some}” is left out."
                records.broken.append((number, sentence))
            cells = cells[:width]
        yield number, cells


def open_delimited(path: Path, choices: Choices, names: frozenset[str]) -> DelimitedSource:
    """A table of text. Raises CannotRead for bytes that are not text, and for a text without a
    header."""
    encoding = encodings.recognise(path, choices.encoding)
    test_lines(path, encoding)
    sample = _sample(path, encoding)
    delimiter, header = _dialect(sample, choices, names)
    cells = [cell.strip().removeprefix("\ufeff") for cell in header.cells]
    while len(cells) > 1 and not cells[-1]:
        cells.pop()
    limits.test_header(cells)
    columns, notes = unique_names(cells)
    if header.row > 1 and choices.header_row is None:
        notes.insert(0, f"The names of columns stand in row {header.row}: rows above are left out.")
    notes += headers.doubts(header, choices.header_row)
    if encoding.note:
        notes.append(encoding.note)
    recognition = Recognition(
        "csv",
        tuple(columns),
        encoding=encoding.label,
        delimiter=delimiter,
        header_row=header.row,
        notes=tuple(notes),
    )
    return DelimitedSource(recognition, path, encoding)


def _sample(path: Path, encoding: Encoding) -> list[str]:
    """The first lines, enough to tell the delimiter by."""
    lines: list[str] = []
    length = 0
    for line in physical_lines(path, encoding):
        lines.append(line)
        length += len(line)
        if len(lines) >= SAMPLE_RECORDS or length > SAMPLE_CHARACTERS:
            break
    return lines


def _dialect(
    sample: list[str], choices: Choices, names: frozenset[str]
) -> tuple[str, headers.Header]:
    """The delimiter, and the header that is found with it."""
    separator = _SEPARATOR.match(sample[0]) if sample else None
    wish = choices.delimiter or (separator.group(1) if separator else None)
    if wish is not None and (len(wish) != 1 or wish in '\r\n"\0'):
        raise CannotRead("delimiter", "A delimiter is one character, such as a semicolon.")
    best: tuple[tuple[float, ...], str, headers.Header] | None = None
    for delimiter in (wish,) if wish else DELIMITERS:
        records = _first_records(sample, delimiter)
        header = headers.find(records, names, choices.header_row)
        if header is None:
            continue
        score = (header.matches, *_regularity(records[header.row :], len(header.cells)))
        if best is None or score > best[0]:
            best = score, delimiter, header
    if best is None:
        raise CannotRead("empty", "The file is empty: there is no row with names of columns in it.")
    return best[1], best[2]


def _first_records(sample: list[str], delimiter: str) -> Sequence[list[str]]:
    """Records of the sample, at their places: one that cannot be read is blank."""
    found: list[list[str]] = []
    with suppress(CannotRead):
        for number, cells in Records(sample, delimiter):
            found.extend(chain([[]] * (number - len(found) - 1), [cells]))
    return found


def _regularity(records: Sequence[list[str]], width: int) -> tuple[float, float]:
    """How far rows agree on having as many cells as the header, and more than one."""
    widths = [len(cells) for cells in records if any(cells)]
    if not widths:
        return float(width > 1), float(width)
    ((common, count),) = Counter(widths).most_common(1)
    share = count / len(widths)
    return float(common > 1 and width > 1) * share, float(min(common, width))
