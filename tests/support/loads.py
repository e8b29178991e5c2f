"""Loads of small files: the command line in this process, and a sum over all that a store holds."""

from __future__ import annotations

import io
import os
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from sqlalchemy import Engine, text

from performance_store.__main__ import main
from performance_store.loading.room import INTERVALS
from tests.support.build import PlatformFile

FACTS = (
    *INTERVALS,
    *("event", "annotation", "issue", "resource_use", "field_summary", "endpoint_run"),
    *("organisation", "endpoint", "source", "resource", "dataset", "issue_type", "snapshot"),
)


class Outcome(NamedTuple):
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def command(url: str, *arguments: str | Path) -> Outcome:
    """Run the command line on a database, in this process: an escaped error fails the test."""
    output, complained = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, {"DATABASE_URL": url}),
        redirect_stdout(output),
        redirect_stderr(complained),
    ):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as exit_:
            code = int(exit_.code or 0)
    return Outcome(code, output.getvalue(), complained.getvalue())


def checksum(engine: Engine) -> dict[str, str]:
    """One sum over all rows of each table."""
    with engine.connect() as connection:
        return {
            table: str(
                connection.execute(
                    text(
                        f"SELECT count(*) || ':' || coalesce(md5(string_agg(md5(t::text), '' "
                        f"ORDER BY md5(t::text))), '') FROM {table} t"
                    )
                ).scalar()
            )
            for table in FACTS
        }


def a_file(folder: Path, *, day: str = "2025-05-21", issues: int = 3) -> Path:
    """A small whole platform file, newest log entry on ``day``."""
    folder.mkdir(exist_ok=True)
    file = PlatformFile(folder, as_at=date.fromisoformat(day))
    file.provision().endpoint().answer().issues(issues)
    path = file.write()
    return path.parent if path.is_file() else path
