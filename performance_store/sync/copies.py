"""A copy of the platform's tables being made: a SQLite file that an interruption does not spoil.

Every page is one transaction, together with where the next one begins (in a second file, attached,
which SQLite commits with the first): whatever happens, the copy holds whole pages and knows the
rest. Columns have no type here, so that a value is kept exactly as
it came; row ids are those of the source, so that the order is too.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from performance_store.readers.platform import FILE_NAME
from performance_store.readers.stream import InputError

PARTIAL = "partial.sqlite3"
STATE = "partial-state.sqlite3"
ABOUT = "source.json"
"""Says what the finished copy was made from."""

# What the state file says of the whole, and of each table.
_WHOLE = "state.whole"
_TABLES = "state.tables"


class SourceChange(Exception):
    """The source is no longer what the copy began with: it must begin afresh."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one table has come."""

    rows: int
    next: str | None
    done: bool
    total: int | None


class Partial:
    """A copy in the making. ``identity`` says of what: another one, or one that is older than
    ``oldest`` seconds, begins afresh."""

    def __init__(self, folder: Path, identity: str, *, oldest: float | None = None) -> None:
        self.path = folder / PARTIAL
        self._folder = folder
        try:
            self._connection = self._resumed(identity, oldest) or self._begun(identity)
        except sqlite3.Error as error:
            raise InputError(f"{PARTIAL}: {error}") from error

    def close(self) -> None:
        self._connection.close()

    def discard(self) -> None:
        """Remove what there is, once it is closed."""
        _remove(self._folder)

    def progress(self, table: str) -> Progress | None:
        """How far a table has come; None when it has not begun."""
        row = self._connection.execute(
            f"SELECT rows, next, done, total FROM {_TABLES} WHERE name = ?", [table]
        ).fetchone()
        return Progress(row[0], row[1], bool(row[2]), row[3]) if row else None

    def create(self, table: str, columns: Iterable[str], key: tuple[str, ...]) -> None:
        """Make room for a table that has not begun. ``key`` empty: its row ids are kept."""
        terms = [_quoted(column) for column in columns if column != "rowid"]
        if key:
            terms.append(f"PRIMARY KEY ({', '.join(map(_quoted, key))})")
        with self._writing():
            self._connection.execute(f"CREATE TABLE {_quoted(table)} ({', '.join(terms)})")
            self._connection.execute(f"INSERT INTO {_TABLES} VALUES (?, 0, NULL, 0, NULL)", [table])

    def add(
        self,
        table: str,
        columns: tuple[str, ...],
        rows: list[tuple[Any, ...]],
        *,
        following: str | None,
        total: int | None,
    ) -> None:
        """Keep one page. Raises :class:`SourceChange` when a row of it came before."""
        names = ", ".join(map(_quoted, columns))
        places = ", ".join("?" * len(columns))
        with self._writing():
            self._connection.executemany(
                f"INSERT INTO {_quoted(table)} ({names}) VALUES ({places})", rows
            )
            self._connection.execute(
                f"UPDATE {_TABLES} SET rows = rows + ?, next = ?, done = ?, "
                "total = coalesce(total, ?) WHERE name = ?",
                [len(rows), following, following is None, total, table],
            )

    def finish(self, about: dict[str, Any]) -> Path:
        """Put the whole copy in the place of the last one, at once. Closes this."""
        fresh, target = self._folder / f"{FILE_NAME}.new", self._folder / FILE_NAME
        fresh.unlink(missing_ok=True)
        try:
            # Equal contents make an equal file, however often the copy was interrupted.
            self._connection.execute("VACUUM INTO ?", [str(fresh)])
        except sqlite3.Error as error:
            raise InputError(f"{target.name}: cannot be written: {error}") from error
        self.close()
        publish(fresh, target, about)
        _remove(self._folder)
        return target

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with self._connection:
                self._connection.execute("BEGIN")
                yield
        except sqlite3.IntegrityError as error:
            raise SourceChange(str(error)) from error
        except (sqlite3.Error, OverflowError) as error:
            raise InputError(f"{self.path.name}: cannot be written: {error}") from error

    def _resumed(self, identity: str, oldest: float | None) -> sqlite3.Connection | None:
        if not (self.path.exists() and (self._folder / STATE).exists()):
            return None
        try:
            connection = _open(self._folder)
        except sqlite3.DatabaseError:
            return None
        try:
            row = connection.execute(f"SELECT identity, began FROM {_WHOLE}").fetchone()
            same = row is not None and row[0] == identity
            if same and (oldest is None or 0 <= time.time() - row[1] < oldest):
                return connection
        except sqlite3.DatabaseError:
            pass
        connection.close()
        return None

    def _begun(self, identity: str) -> sqlite3.Connection:
        _remove(self._folder)
        connection = _open(self._folder)
        with connection:
            connection.execute("BEGIN")
            connection.execute(f"CREATE TABLE {_WHOLE} (identity TEXT, began REAL)")
            connection.execute(
                f"CREATE TABLE {_TABLES} (name TEXT PRIMARY KEY, rows INTEGER, next TEXT, "
                "done INTEGER, total INTEGER)"
            )
            connection.execute(f"INSERT INTO {_WHOLE} VALUES (?, ?)", [identity, time.time()])
        return connection


def publish(fresh: Path, target: Path, about: dict[str, Any]) -> None:
    """Move a finished file into its place, and beside it what it was made from."""
    beside = target.with_name(ABOUT)
    beside.unlink(missing_ok=True)
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    fresh.replace(target)
    draft = beside.with_suffix(".new")
    draft.write_text(json.dumps(about), encoding="utf-8")
    draft.replace(beside)


def finished(folder: Path) -> tuple[Path, dict[str, Any]] | None:
    """The last whole copy and what it was made from; None where there is none to rely on."""
    path = folder / FILE_NAME
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return (path, about) if isinstance(about, dict) and path.is_file() else None


def check(path: Path) -> None:
    """Raise :class:`InputError` when a SQLite file is damaged anywhere."""
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        ) as connection:
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise InputError(f"{path.name}: the file is damaged ({error})") from error
    if verdict != "ok":
        raise InputError(f"{path.name}: the file is damaged ({' '.join(str(verdict).split())})")


def _open(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / PARTIAL, isolation_level=None, timeout=5)
    try:
        connection.execute("ATTACH ? AS state", [str(folder / STATE)])
        # A killed process loses nothing. A power cut may: then the counts of rows tell, or SQLite.
        connection.execute("PRAGMA main.synchronous = OFF")
        connection.execute("PRAGMA state.synchronous = OFF")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _remove(folder: Path) -> None:
    """Remove a copy in the making, the state first: without it the rest is begun afresh."""
    for name in (STATE, PARTIAL):
        for suffix in ("", "-journal"):
            (folder / f"{name}{suffix}").unlink(missing_ok=True)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
