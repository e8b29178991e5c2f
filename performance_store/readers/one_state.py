"""A SQLite file as it was at one moment, whoever writes to it or exchanges it meanwhile."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from performance_store.readers.stream import InputError

_BLOCK = 1 << 20
_HEADER = 100
# What SQLite counts in the header (SQLite file format, 1.3): the same rows, copied out of a
# write-ahead log or written back from it, have other numbers there.
_OWN_BYTES = ((18, 20), (24, 28), (40, 44), (92, 100))


class OneState:
    """One read transaction over a file, from the beginning to the end of this object.

    Its handle keeps a file that is exchanged by another. What stands in a write-ahead log beside
    the file is part of the state: then it is read from a copy. Raises :class:`InputError`, one
    line, when the file cannot be read or is being written to.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.name
        log = path.with_name(f"{path.name}-wal")
        _check_file(path, logged=_has_content(log))
        opened = ExitStack()
        weakref.finalize(self, opened.close)
        # Closed after the connection: closing any handle of a file drops SQLite's locks on it.
        self._file: BinaryIO = opened.enter_context(path.open("rb"))
        self.connection = _open(path, opened)
        try:
            self.connection.execute("BEGIN")
            self.connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if not os.path.samestat(os.fstat(self._file.fileno()), path.stat()):
                raise InputError(f"{self.name}: was exchanged while it was opened; try again")
            if _has_content(log):
                self._read_copy(opened)
        except sqlite3.Error as error:
            raise unreadable_state(error, self.name) from error
        self._stamp = self._look()

    def _read_copy(self, opened: ExitStack) -> None:
        folder = opened.enter_context(tempfile.TemporaryDirectory(prefix="planning-data-"))
        path = Path(folder) / self.name
        copy = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        opened.callback(copy.close)
        self.connection.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        self.connection.close()
        self.connection = copy
        self._file = opened.enter_context(path.open("rb"))
        opened.callback(copy.close)

    def rows(self, statement: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query. A byte that is not UTF-8 comes as a lone surrogate."""
        cursor = self.connection.execute(statement)
        while True:
            try:
                # A chain is not closed with us, as a cursor would be: at the end of a load that
                # was told to stop, the connection may be closed already.
                yield from chain(cursor)
                return
            except sqlite3.OperationalError as error:
                if "decode" not in str(error):
                    raise
            # The cursor still stands at the row that could not be decoded.
            self.connection.text_factory = _any_text
            try:
                row = next(cursor)
            finally:
                self.connection.text_factory = str
            yield row

    def check(self) -> None:
        """Raise :class:`InputError` if somebody wrote over the file without asking SQLite."""
        if self._look() != self._stamp:
            raise InputError(
                f"{self.name}: was written over while it was read; load it again when it is whole"
            )

    def fingerprint(self, version: str) -> str:
        """sha256 of a version and of the state, the same wherever the state was read from."""
        digest = hashlib.sha256(version.encode())
        self._file.seek(0)
        header = bytearray(self._file.read(_HEADER))
        for start, end in _OWN_BYTES:
            header[start:end] = bytes(end - start)
        digest.update(header)
        while block := self._file.read(_BLOCK):
            digest.update(block)
        return digest.hexdigest()

    def _look(self) -> tuple[int, int]:
        status = os.fstat(self._file.fileno())
        return status.st_size, status.st_mtime_ns


def unreadable_state(error: sqlite3.Error, name: str) -> InputError:
    """What SQLite says of a file, in words that help."""
    if "locked" in str(error):
        return InputError(f"{name}: another program is writing to it; try again when it has ended")
    if "readonly" in str(error):  # what stands in its journal would have to be put back first
        return InputError(f"{name}: was left in the middle of a change; fetch it again")
    if isinstance(error, sqlite3.OperationalError):
        return InputError(f"{name}: cannot be read: {error}")
    return InputError(f"{name}: the file is damaged ({error}); fetch it again")


def _any_text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _has_content(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def _open(path: Path, opened: ExitStack) -> sqlite3.Connection:
    uri = f"file:{quote(str(path.absolute()))}?mode=ro"
    if not os.access(path.parent, os.W_OK) and not _has_content(path.with_name(f"{path.name}-shm")):
        # SQLite cannot note there who reads a file that was in use with a write-ahead log.
        uri += "&immutable=1"
    try:
        connection = sqlite3.connect(
            uri, uri=True, timeout=5, isolation_level=None, check_same_thread=False
        )
        opened.callback(connection.close)
        connection.execute("PRAGMA cache_size = -16000")
    except sqlite3.Error as error:
        raise unreadable_state(error, path.name) from error
    return connection


def _check_file(path: Path, *, logged: bool) -> None:
    """Refuse what is not a whole SQLite file before anything is read from it.

    ``logged`` if pages of it may stand in a write-ahead log.
    """
    if not path.exists():
        raise InputError(f"{path.name}: there is no such file; give the folder that holds it")
    size = path.stat().st_size
    if size == 0:
        raise InputError(f"{path.name}: the file is empty; fetch it again")
    with path.open("rb") as file:
        header = file.read(_HEADER)
    if not header.startswith(b"SQLite format 3\0"):
        raise InputError(f"{path.name}: this is not a SQLite file")
    page = int.from_bytes(header[16:18], "big")
    page = 65536 if page == 1 else page
    pages = int.from_bytes(header[28:32], "big")
    # The count in the header is valid when these two counters agree (SQLite file format, 1.3.7).
    if not logged and header[24:28] == header[92:96] and pages * page != size:
        word = "truncated" if size < pages * page else "longer than it should be"
        raise InputError(
            f"{path.name}: the file is {word} ({size:,} bytes of {pages * page:,}); fetch it again"
        )
