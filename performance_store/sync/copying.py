"""One database of a Datasette, copied into a folder: what the reader reads of it, and whole."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from performance_store.readers.stream import InputError
from performance_store.sync.agreement import agreed
from performance_store.sync.copies import Partial, SourceChange, finished
from performance_store.sync.datasette import Contents, Datasette
from performance_store.sync.web import Refused, Say

STARTS = 3
"""How often a copy is begun before we say that the source does not hold still."""
OLDEST = 6 * 3600.0
"""A copy of a database without a digest is not gone on with after this many seconds."""


def copy(source: Datasette, folder: Path, say: Say) -> Path:
    """A whole copy of ``source`` in ``folder``, of one version of it, as the platform's file.

    What an interrupted copy holds is not asked for again; a copy of this version that is whole is
    not made again. Raises :class:`InputError`, one line; the last copy then stays as it was.
    """
    contents = source.contents()
    for _ in range(STARTS):
        columns = agreed(contents.tables, source.name)
        identity = _identity(source.url, contents, columns)
        last = finished(folder)
        if last and contents.digest and last[1].get("identity") == identity:
            say(f"{source.name} has not changed since the last copy")
            return last[0]
        partial = Partial(folder, identity, oldest=None if contents.digest else OLDEST)
        try:
            for table in columns:
                _table(source, partial, contents, table, columns[table], say)
            now = source.contents()
            _compare(partial, contents, now, columns)
            return partial.finish({"identity": identity, "from": source.name})
        except SourceChange as change:
            say(f"{source.name}: {change}; beginning again")
            partial.close()
            partial.discard()
            contents = source.contents()
        finally:
            partial.close()
    raise InputError(
        f"{source.name}: it changed while it was read, {STARTS} times over; try again later"
    )


def _table(
    source: Datasette,
    partial: Partial,
    contents: Contents,
    table: str,
    columns: tuple[str, ...],
    say: Say,
) -> None:
    progress = partial.progress(table)
    if progress is None:
        partial.create(table, columns, contents.tables[table].key)
    elif progress.done:
        return
    elif progress.rows:
        say(f"{table}: going on after {progress.rows:,} rows")
    after, rows = (progress.next, progress.rows) if progress else (None, 0)
    while True:
        try:
            page = source.page(table, columns, after, contents.version)
        except Refused as error:
            if source.contents().tables.get(table) != contents.tables[table]:
                raise SourceChange(f"table {table} changed while it was read") from error
            raise
        partial.add(table, columns, page.rows, following=page.next, total=page.total)
        rows += len(page.rows)
        after = page.next
        if after is None:
            break
    say(f"{table}: {rows:,} rows")


def _compare(
    partial: Partial, before: Contents, now: Contents, columns: dict[str, tuple[str, ...]]
) -> None:
    """Raise :class:`SourceChange` unless every row of one version came, and once."""
    if before.version != now.version:
        raise SourceChange("it changed while it was read")
    for table in columns:
        then, there = before.tables[table], now.tables.get(table)
        if there is None or (then.columns, then.key) != (there.columns, there.key):
            raise SourceChange(f"table {table} changed while it was read")
        count = there.count
        progress = partial.progress(table)
        assert progress is not None
        expected = progress.total if count is None else count
        if expected is not None and progress.rows != expected:
            raise SourceChange(f"{progress.rows:,} of {expected:,} rows of table {table} came")


def _identity(url: str, contents: Contents, columns: dict[str, tuple[str, ...]]) -> str:
    text = json.dumps([url, contents.version, columns], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
