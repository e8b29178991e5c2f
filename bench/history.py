"""A past for a store of one night: drawn, and kept by the product's own statements.

What endpoints answered, which resource and address they had, issues, fields and cohorts is drawn
backwards from the night by seed, at the rates of ``rates``. From there on, the loader's own files
of SQL make snapshots of it, block by block: cells, summaries, coverage, events and tasks, each kept
by ``record_intervals``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from performance_store.loading.room import vacuum
from performance_store.loading.staging import create_staging, run_file

BLOCK = 60
SEED = 0.25
_FOLDER = Path(__file__).parent
_SQL = {
    name: (_FOLDER / f"{name}.sql").read_text()
    for name in ("history", "stretch", "block", "counts")
}


class Past:
    """The past of one store, drawn once on a connection of its own and brought in by stretches."""

    def __init__(
        self, connection: psycopg.Connection[Any], nights: int, rates: dict[str, float]
    ) -> None:
        """Draw so many nights of it. ``rates`` are nightly shares."""
        self._connection = connection
        self._nights = nights
        self._settle()
        connection.execute("SELECT setseed(%s)", [SEED])
        self._run("history", nights=nights, **rates)
        connection.commit()

    def bring(self, near: int, far: int, progress: Callable[[str], None]) -> None:
        """Keep the nights from ``near`` to ``far`` before the night the store began with."""
        connection = self._connection
        self._run("stretch", near=near, far=far)
        connection.commit()
        for first in range(near, far + 1, BLOCK):
            last = min(first + BLOCK - 1, far)
            self._block(first, last, far, is_last=last == far)
            connection.commit()
            progress(f"nights {first} to {last} of {self._nights}")
        connection.commit()
        vacuum(connection)
        for table in ("source", "endpoint", "resource", "load", "snapshot"):
            connection.execute(f"VACUUM (ANALYZE) {table}")
        connection.autocommit = False

    def _block(self, near: int, far: int, end: int, *, is_last: bool) -> None:
        connection = self._connection
        self._settle()
        create_staging(connection)
        run_file(connection, "05_staging.sql")
        self._run("block", near=near, far=far, end=end, nights=self._nights)
        run_file(connection, "35_cells.sql")
        self._run("counts")
        for file in ("50_summary.sql", "70_coverage.sql", "80_events.sql", "90_tasks.sql"):
            run_file(connection, file)
        if is_last:
            run_file(connection, "95_lives.sql")

    def _settle(self) -> None:
        """As the loader: room in memory for steps that join millions of rows."""
        for setting in ("work_mem = '128MB'", "jit = off", "default_statistics_target = 10"):
            self._connection.execute(f"SET LOCAL {setting}")

    def _run(self, name: str, **values: object) -> None:
        """Run a file of ours, its ``:names`` replaced."""

        def value(match: re.Match[str]) -> str:
            return str(values[match[1]])

        self._connection.execute(re.sub(r"(?<!:):([a-z_]+)", value, _SQL[name]))  # type: ignore[arg-type]
