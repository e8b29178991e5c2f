"""A collection of features, written to a file page by page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

AT_ONCE = 1000
"""How many features are asked for at a time."""


class Repetition(Exception):
    """The server gives the same page again: it does not page as it was asked."""


class Writer:
    """Puts pages of features into one collection. In: an open file."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self._first = b""
        self.count = 0

    def begin(self, head: bytes) -> None:
        """Start anew, with what comes before the features."""
        self.file.seek(0)
        self.file.truncate()
        self.file.write(head)
        self._first, self.count = b"", 0

    def add(self, features: Iterable[bytes], *, count: int, between: bytes = b",\n") -> None:
        """The features of the next page, and how many they are. Raises Repetition for those of the
        page before."""
        body = between.join(features)
        first = body[:2000]
        if not count:
            return
        if first == self._first:
            raise Repetition
        self.file.write(between + body if self.count else body)
        self._first = first
        self.count += count

    def end(self, tail: bytes) -> None:
        """Finish, with what comes after the features."""
        self.file.write(tail)


def progress(done: int, of: int | None, things: str = "features") -> str:
    """How far a download has come, as a person is told."""
    return f"{done:,} of {of:,} {things}" if of else f"{done:,} {things}"
