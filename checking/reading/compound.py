"""XLS files looked through before they are read: what reads them follows a chain of sectors that
has no end, and makes room for as many cells as the file says."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from checking.model import CannotRead

Chain: TypeAlias = "np.ndarray[Any, np.dtype[np.uint32]]"
Extent: TypeAlias = "tuple[int, int]"

_LAST = 0xFFFFFFFA
"""Numbers of sectors are smaller; what is larger says that there is none."""
_SMALL, _SMALL_STREAM = 64, 4096
_PLACE = struct.Struct("<HH").unpack_from
_STREAMS = ("Workbook", "Book")
_CELLS = frozenset({0x0006, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E})
_SEVERAL_CELLS, _DIMENSIONS, _TEXTS, _SHEET, _END = 0x00BD, 0x0200, 0x00FC, 0x0085, 0x000A


def extents(path: Path) -> Iterator[Extent]:
    """The width and height of each sheet, in cells, as it says and as its cells lie. Raises
    CannotRead where the file's parts do not hold together."""
    try:
        stream = _Compound(path.read_bytes()).workbook()
        sheets = []
        for kind, start, size in _records(stream, 0):
            if kind == _SHEET and size >= 4:
                sheets.append(struct.unpack_from("<I", stream, start)[0])
            if kind == _TEXTS and struct.unpack_from("<I", stream, start + 4)[0] > len(stream):
                raise _damaged()
        if len(set(sheets)) < len(sheets):
            raise _damaged()
        for place in sheets:
            yield from _extents(stream, place)
    except (struct.error, IndexError, ValueError) as error:
        raise _damaged() from error


def _extents(stream: bytes, place: int) -> Iterator[Extent]:
    first, last = -1, 0
    columns = set()
    for kind, start, size in _records(stream, place):
        if kind in _CELLS or kind == _SEVERAL_CELLS:
            last, column = _PLACE(stream, start)
            columns.add(column)
            if first < 0:
                first = last
            if kind == _SEVERAL_CELLS:
                columns.add(struct.unpack_from("<H", stream, start + size - 2)[0])
        elif kind == _DIMENSIONS:
            top, bottom = struct.unpack_from("<II", stream, start)
            west, east = struct.unpack_from("<HH", stream, start + 8)
            if bottom < top or east < west:
                raise _damaged()
            yield east - west, bottom - top
    if columns:
        if last < first:
            raise _damaged()
        yield max(columns) - min(columns) + 1, last - first + 1


def _records(stream: bytes, place: int) -> Iterator[tuple[int, int, int]]:
    """The records from a place to the end of their part: kind, where the content begins, size."""
    kind = 0
    while kind != _END and place + 4 <= len(stream):
        kind, size = _PLACE(stream, place)
        yield kind, place + 4, size
        place += 4 + size


class _Compound:
    """A file of sectors, each of which says which one follows it."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        (shift,) = struct.unpack_from("<H", content, 30)
        if shift not in (9, 12):
            raise _damaged()
        self._size = 1 << shift
        self._count = -(-len(content) // self._size) - 1
        heads = struct.unpack_from("<9I", content, 40)
        folders, tables, folder, _, _, small, smalls, more, mores = heads
        # Room is made for so many at once.
        if max(folders, tables, smalls, mores) > self._count:
            raise _damaged()
        self._next = self._table(self._places(more))
        _test(self._next, self._count)
        self._folder = self._read(folder)
        self._small_next = np.frombuffer(self._whole(self._read(small)), "<u4")
        self._root, length = self._entry(0)
        if length > len(content):
            raise _damaged()
        self._small = self._read(self._root)
        _test(self._small_next, -(-len(self._small) // _SMALL))

    def workbook(self) -> bytes:
        """The stream that has the sheets."""
        for name in _STREAMS:
            for number in range(len(self._folder) // 128):
                text = self._folder[number * 128 : number * 128 + 64].decode("utf-16-le", "ignore")
                if text.split("\0")[0] == name:
                    start, length = self._entry(number)
                    if length > len(self._content):
                        raise _damaged()
                    if length < _SMALL_STREAM:
                        return _chain(self._small, self._small_next, start, _SMALL, 0)[:length]
                    return self._read(start)[:length]
        return b""

    def _entry(self, number: int) -> tuple[int, int]:
        """Where a stream of the folder starts, and its length."""
        kind = "<II" if self._size == 512 else "<IQ"
        start, length = struct.unpack_from(kind, self._folder, number * 128 + 116)
        return start, length

    def _places(self, more: int) -> list[int]:
        """The sectors that say which sectors follow each other."""
        places = list(struct.unpack_from("<109I", self._content, 76))
        for _ in range(self._count):
            if more >= _LAST:
                return [place for place in places if place < _LAST]
            *some, more = self._table([more]).tolist()
            places += some
        raise _damaged()

    def _table(self, places: list[int]) -> Chain:
        size = self._size
        sectors = [self._content[(at + 1) * size : (at + 2) * size] for at in places]
        return np.frombuffer(self._whole(b"".join(sectors)), "<u4")

    def _read(self, start: int) -> bytes:
        return _chain(self._content, self._next, start, self._size, 1)

    @staticmethod
    def _whole(content: bytes) -> bytes:
        return content[: len(content) // 4 * 4]


def _chain(content: bytes, following: Chain, start: int, size: int, skip: int) -> bytes:
    """The sectors from one on, in their order. In: which follows each, none of them twice."""
    parts = []
    while start < _LAST:
        place = (start + skip) * size
        if place >= len(content):
            raise _damaged()
        parts.append(content[place : place + size])
        start = int(following[start])
    return b"".join(parts)


def _test(following: Chain, count: int) -> None:
    """Raises CannotRead where a sector is not there, or a chain comes back to where it was."""
    ends = following >= _LAST
    if (following[~ends] >= count).any():
        raise _damaged()
    last = len(following)
    steps = np.append(np.where(ends | (following >= last), last, following), last)
    for _ in range(last.bit_length()):
        steps = steps[steps]
    if (steps != last).any():
        raise _damaged()


def _damaged() -> CannotRead:
    return CannotRead(
        "workbook",
        "The file looks like a workbook (XLS), but its parts do not hold together: it may be "
        "damaged. Save it once more, or as CSV.",
    )
