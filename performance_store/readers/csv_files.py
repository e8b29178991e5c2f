"""CSV files read with care: named columns, whole rows, bounded memory, one clear line when wrong.

People export, edit and mail these files, so a byte order mark, CRLF line ends, blank lines, padded
values, columns nobody asked for and either spelling of a header (``end-date``, ``end_date``) are
accepted. One odd value costs no more than itself: a row with a key that cannot be used is left out,
any other value is mended, and both are told by line and column (:meth:`CsvFile.refusals`). So most
of a file in another encoding can be read: only letters beyond ASCII differ. What would make a
figure wrong without anybody noticing is refused: a missing column, a row of another width, what is
no text at all.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from performance_store.readers import odd_values
from performance_store.readers.stream import BLANKS, LONGEST_KEY, InputError

MAX_FILE_BYTES = 1 << 30
"""The largest of these files is two megabytes; a gigabyte is some other file."""
MAX_LINE_BYTES = 1 << 20

# A cell may fill its line: what is too long for its column is told by its name.
csv.field_size_limit(MAX_LINE_BYTES)

_WHOLE_NUMBER = re.compile(r"(\d{1,9})(\.0*)?", re.ASCII)
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_OFFSET = re.compile(r"[+-]\d\d(:?\d\d)?$", re.ASCII)
_OLD_PREFIX = "local-authority-eng"


Refusal = tuple[str, int, str, dict[str, str]]
"""What could not be used as it is: the file, the line, what was wrong, and the row."""


class OddRow(NamedTuple):
    """A row with values that cannot be stored: as it was mended, and what was wrong, by column."""

    line: int
    row: dict[str, str]
    faults: dict[str, str]

    @property
    def is_left_out(self) -> bool:
        """Whether the row cannot be used at all."""
        return any(odd_values.READ not in fault for fault in self.faults.values())


class CsvFile:
    """One CSV file whose header has been checked.

    ``required`` and ``optional`` are column names with underscores; ``numbers`` are those of whole
    numbers, with the largest that each may hold: what is none is read as blank, and told. Raises
    :class:`InputError` when the file cannot be read or lacks a required column.
    """

    def __init__(
        self,
        path: Path,
        required: Sequence[str],
        optional: Iterable[str] = (),
        numbers: Mapping[str, int] | None = None,
    ) -> None:
        self.path = path
        self._numbers = numbers or {}
        self.name = path.name
        check_file(path)
        self._edition = Edition(path)
        with closing(_records(path)) as records:
            _, first = next(records, (0, []))
        header = [_column_name(text) for text in first]
        if not header:
            raise InputError(f"{self.name}: the file is empty. Give the file with its header row")
        for column in required:
            if column not in header:
                raise InputError(
                    f"{self.name}: column '{column}' is missing. Export the file again with it"
                )
        self.columns = (*required, *(name for name in optional if name not in required))
        for column in self.columns:
            if header.count(column) > 1:
                raise InputError(
                    f"{self.name}: column '{column}' occurs more than once. Keep one of them"
                )
        self._width = len(header)
        self._places = [
            (column, header.index(column)) for column in self.columns if column in header
        ]
        self._absent = dict.fromkeys((c for c in self.columns if c not in header), "")

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the line number and the columns of each row that can be used, trimmed and mended;
        '' where none."""
        for line, row, odd in self._judged():
            if odd is None or not odd.is_left_out:
                yield line, row

    def odd(self) -> Iterator[OddRow]:
        """Yield the rows with something wrong in them, those that are left out too."""
        for _, _, odd in self._judged():
            if odd is not None:
                yield odd

    def refusals(self) -> Iterator[Refusal]:
        """Yield what was wrong with the odd rows, in words."""
        for odd in self.odd():
            yield self.name, odd.line, odd_values.reason(odd.faults), odd.row

    def _judged(self) -> Iterator[tuple[int, dict[str, str], OddRow | None]]:
        records = _records(self.path)
        next(records, None)
        for line, values in records:
            if not any(values):
                continue
            if len(values) != self._width:
                raise InputError(
                    f"{self.name} line {line}: {len(values)} values under {self._width} columns. "
                    "The row is cut short or has a stray comma: correct it or export the file again"
                )
            row = {c: values[i].strip(BLANKS) for c, i in self._places} | self._absent
            faults = self._mend(row)
            yield line, row, OddRow(line, row, faults) if faults else None
        self._edition.check()

    def _mend(self, row: dict[str, str]) -> dict[str, str]:
        """Mend the values of a row in place. Returns what was wrong, by column."""
        faults = {}
        for column, text in row.items():
            if len(text) > LONGEST_KEY or not text.isprintable():
                row[column], fault = odd_values.mended(column, text)
                if fault:
                    faults[column] = fault
        for column, largest in self._numbers.items():
            if row[column] and column not in faults and whole_number(row[column], largest) is None:
                faults[column] = f"{not_whole(row[column], largest)}{odd_values.READ}as blank"
                row[column] = ""
        return faults


class Edition:
    """A file as it is now. A load reads it more than once: what it reads must be one edition."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = self._now()

    def check(self) -> None:
        """Raise :class:`InputError` if the file was exchanged or written to since."""
        if self._now() != self._stamp:
            raise InputError(
                f"{self._path.name}: was exchanged or written to while it was read. Load it again "
                "when it is whole"
            )

    def _now(self) -> tuple[int, ...] | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def check_file(path: Path, *, max_bytes: int = MAX_FILE_BYTES) -> None:
    """Raise :class:`InputError` unless ``path`` is a readable file of a believable size."""
    try:
        if not path.exists():
            raise InputError(f"{path.name}: there is no such file. Check the path")
        if not path.is_file():
            raise InputError(f"{path.name}: is not a file. Give the path of a file")
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as error:
        raise unreadable(path, error) from error
    if size > max_bytes:
        raise InputError(
            f"{path.name}: is {size:,} bytes long, more than the {max_bytes:,} expected of such a "
            "file. Check that it is the right one"
        )


def check_folder(path: Path) -> list[Path]:
    """What is in a folder, by name. Raises :class:`InputError` when it is no readable folder."""
    try:
        if not path.exists():
            raise InputError(f"{path.name}: there is no such folder. Check the path")
        if not path.is_dir():
            raise InputError(f"{path.name}: is not a folder. Give the folder that holds the files")
        return sorted(path.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        raise unreadable(path, error) from error


def fingerprint(version: str, paths: Iterable[Path]) -> str:
    """sha256 over the reader's version and the files' names and bytes, in the order given."""
    digest = hashlib.sha256(version.encode())
    for path in paths:
        try:
            with path.open("rb") as stream:
                contents = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise unreadable(path, error) from error
        digest.update(f"\n{path.name}\0{contents}".encode())
    return digest.hexdigest()


def whole_number(text: str, largest: int) -> int | None:
    """The whole number of a cell, which may be written ``75`` or ``75.0``; None where it is none of
    nought to ``largest``."""
    match = _WHOLE_NUMBER.fullmatch(text)
    return int(match[1]) if match and int(match[1]) <= largest else None


def not_whole(text: str, largest: int) -> str:
    """What is wrong with a text that is no such whole number, in words."""
    value = _excerpt(text) if text else "blank"
    return f"is {value}, not a whole number up to {largest:,}"


def iso_date(text: str) -> date | None:
    """The date that a text begins with, in UTC where the time of another zone follows; None when it
    is none."""
    match = _ISO_DATE.match(text)
    if match is None:
        return None
    try:
        if _OFFSET.search(text, match.end()):
            return datetime.fromisoformat(text).astimezone(UTC).date()
    except (ValueError, OverflowError):
        pass
    try:
        return date.fromisoformat(match[0])
    except ValueError:
        return None


def plain_organisation(organisation: str) -> str:
    """A CURIE to compare by: the platform means the same by ``local-authority-eng:X`` and
    ``local-authority:X``, in whatever case the prefix is written."""
    prefix, colon, reference = organisation.partition(":")
    prefix = prefix.strip(BLANKS).lower()
    if prefix == _OLD_PREFIX:
        prefix = "local-authority"
    return f"{prefix}{colon}{reference.strip(BLANKS)}"


def source_key(*parts: str) -> str:
    """A stable key of a source: md5 of its identifying values, as the platform makes its keys."""
    return hashlib.md5("|".join(parts).encode(), usedforsecurity=False).hexdigest()


def unreadable(path: Path, error: OSError) -> InputError:
    """The error to raise when the system will not give the file."""
    reason = error.strerror or type(error).__name__
    return InputError(f"{path.name}: cannot be read ({reason}). Check the file and its permissions")


def _column_name(text: str) -> str:
    return text.strip(BLANKS).lower().replace("-", "_")


def _excerpt(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "…")


def _records(path: Path) -> Generator[tuple[int, list[str]], None, None]:
    """Yield line number and values of each record, the header included."""
    line = 0
    try:
        with path.open("rb") as stream:
            reader = csv.reader(_lines(stream, path.name), strict=True)
            for values in reader:
                line = reader.line_num
                yield line, values
    except csv.Error as error:
        raise InputError(
            f"{path.name} after line {line}: is not well-formed CSV ({error}). "
            "Look for a stray quotation mark there, or export the file again"
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error


def _lines(stream: BinaryIO, name: str) -> Iterator[str]:
    """Decode line by line: no line can fill the memory, and the header must be text.

    A byte that is not UTF-8 comes as a lone surrogate: whoever reads its column tells of it.
    """
    number = 0
    while raw := stream.readline(MAX_LINE_BYTES):
        number += 1
        endless = len(raw) == MAX_LINE_BYTES and not raw.endswith(b"\n")
        if endless or (number == 1 and b"\0" in raw):
            raise InputError(
                f"{name} line {number}: is not text (NUL bytes or a line without end). "
                "Give the CSV file itself, saved as UTF-8"
            )
        if number > 1:
            yield raw.decode("utf-8", "surrogateescape")
            continue
        try:
            yield raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError(
                f"{name} line 1: is not UTF-8 (byte {error.object[error.start]:#04x}). "
                "Save the file as CSV UTF-8"
            ) from error
