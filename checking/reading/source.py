"""A file that is open: what it was recognised as, and its rows in chunks."""

from __future__ import annotations

import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Self, TypeAlias

import numpy as np

from checking.model import Chunk, Recognition, Texts
from checking.reading import limits

Row: TypeAlias = "tuple[int, Sequence[str]]"
"""A row's line and its cells, as many as the file has columns."""


class Source(ABC):
    """A file that could be read. Use it as a context manager: it may keep files of its own until
    it is closed."""

    def __init__(self, recognition: Recognition) -> None:
        self.recognition = recognition
        self.folder: Path | None = None

    @abstractmethod
    def chunks(self, rows: int = 10_000) -> Iterator[Chunk]:
        """The file's rows, at most `rows` at a time, from the first each time it is called. Rows
        without any text are left out, but counted in `lines`. Raises CannotRead where only reading
        finds that the file cannot be read, for example that it has too many rows."""

    def close(self) -> None:
        """Delete what was unpacked."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def private_folder() -> Path:
    """A new folder that only we can read; whoever asks for it deletes it."""
    return Path(tempfile.mkdtemp(prefix="check-"))


def texts(cells: Sequence[Any]) -> Texts:
    """Cells as an array."""
    array: Texts = np.empty(len(cells), dtype=object)
    array[:] = cells
    return array


def chunk(columns: Sequence[str], rows: list[Row], broken: Sequence[tuple[int, str]] = ()) -> Chunk:
    """Rows as columns."""
    lines = np.fromiter((line for line, _ in rows), dtype=np.int64, count=len(rows))
    across: Iterable[tuple[str, ...]] = zip(*(cells for _, cells in rows), strict=True)
    if not rows:
        across = [()] * len(columns)
    arrays = {name: texts(cells) for name, cells in zip(columns, across, strict=True)}
    return Chunk(lines, arrays, tuple(broken))


def chunks_of(
    columns: Sequence[str], rows: Iterator[Row], size: int, broken: list[tuple[int, str]]
) -> Iterator[Chunk]:
    """Rows in chunks. In: rows as they are read, and the list where the reader puts what it could
    not read; it is emptied into each chunk. Raises CannotRead for too many rows."""
    total = 0
    while block := list(islice(rows, size)):
        total += len(block)
        if total > limits.ROWS:
            raise limits.too_many_rows()
        yield chunk(columns, block, broken)
        broken.clear()
    if broken:
        yield chunk(columns, [], broken)
        broken.clear()


def unique_names(header: Sequence[str]) -> tuple[list[str], list[str]]:
    """Names of columns, no two alike, and sentences of what was altered for that. Of columns with
    the same name the last keeps it, since the platform takes that one."""
    last = {name: place for place, name in enumerate(header)}
    names: list[str] = []
    again = list(dict.fromkeys(name for place, name in enumerate(header) if last[name] != place))
    used = set(last)
    for place, name in enumerate(header):
        if not name or last[name] != place:
            name = _free(f"{name} (column {place + 1})".strip(), used)
            used.add(name)
        names.append(name)
    return names, [
        f"More than one column is named “{shorten(name)}”: the last of them is used, as the "
        "platform does."
        for name in again
        if name
    ]


def _free(name: str, used: set[str]) -> str:
    while name in used:
        name += "’"
    return name


def shorten(text: str, length: int = 60) -> str:
    """A text short enough for a sentence."""
    text = " ".join(text[: length * 2].split())
    return text if len(text) <= length else text[: length - 1] + "…"
