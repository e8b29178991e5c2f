"""What tests of sync share: a platform file, what a store holds of it, milliseconds of patience."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, text

from performance_store.sync.web import Patience
from tests.support.build import PlatformFile
from tests.support.loads import checksum

IN_HASTE = Patience(
    attempts=4, first=0.001, longest=0.002, at_most=5, connect=1, read=0.6, window=0.4, least=1000
)


def facts(engine: Engine) -> dict[str, str]:
    """One sum over all rows of each table, row numbers included. The snapshot's are left to
    :func:`snapshot`: they name the file that was read, and when."""
    return {table: total for table, total in checksum(engine).items() if table != "snapshot"}


def snapshot(engine: Engine) -> list[tuple[object, ...]]:
    """What the snapshots are, but for the file they were read from."""
    columns = "as_at, kind, scope, ruleset_version, issue_rules, knows"
    with engine.connect() as connection:
        rows = connection.execute(text(f"SELECT {columns} FROM snapshot ORDER BY as_at"))
        return [tuple(row) for row in rows]


def write(folder: Path, *, issues: int = 40, days: int = 30) -> Path:
    """A platform file whose larger tables fill several pages."""
    file = PlatformFile(folder)
    file.provision().endpoint().answer().issues(issues)
    for day in range(days):
        file.add("log", endpoint="e1", entry_date=f"2025-04-{day % 28 + 1:02}", status="200")
    return file.write()
