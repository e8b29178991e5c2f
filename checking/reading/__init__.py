"""Files as tables: whatever people upload, recognised by what is in it, never by its name."""

from __future__ import annotations

from pathlib import Path

from checking.model import CannotRead, Choices, Recognition
from checking.reading import limits
from checking.reading.headers import plain
from checking.reading.source import Source

RECOGNISE = Choices()
"""Nothing is said of a file: everything is recognised."""

__all__ = ["Source", "open_file", "sentence"]

_DELIMITERS = {
    ",": "comma-separated",
    ";": "semicolon-separated",
    "\t": "tab-separated",
    "|": "separated by vertical bars",
}


def open_file(
    path: Path,
    *,
    name: str | None = None,
    choices: Choices = RECOGNISE,
    names: frozenset[str] = frozenset(),
) -> Source:
    """A file as a table. In: the file; the name that people gave it, for sentences only; what a
    person says of it; and names of fields and their aliases, by which a header is known among
    other rows. Raises CannotRead, here or while the rows are read."""
    from checking.reading.delimited import open_delimited

    size = path.stat().st_size
    if size > limits.FILE_BYTES:
        raise CannotRead(
            "size",
            f"The file has {size / 1e6:,.0f} MB; at most {limits.FILE_BYTES / 1e6:,.0f} MB are "
            "read. Split it, and check each part by itself.",
        )
    if not size:
        raise CannotRead("empty", "The file is empty. Save your data once more, and try again.")
    return open_delimited(path, choices, frozenset(map(plain, names)) - {""})


def sentence(recognition: Recognition, rows: int) -> str:
    """What a file was recognised as, as one says it: “semicolon-separated, Windows-1252, header
    in row 3, 1,204 rows”."""
    parts: list[str] = []
    if recognition.format == "csv":
        delimiter = recognition.delimiter or ","
        parts.append(_DELIMITERS.get(delimiter, f"separated by “{delimiter}”"))
    if recognition.encoding:
        parts.append(recognition.encoding)
    if recognition.header_row:
        parts.append(f"header in row {recognition.header_row:,}")
    parts.append(f"{rows:,} row{'' if rows == 1 else 's'}")
    return ", ".join(parts)
