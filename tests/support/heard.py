"""What an application asks of its database, counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event


class Heard:
    """Counts what an engine sends: statements, and beginning and ending a transaction. A BEGIN
    counts once: the limits of the transaction go with it, in one message. The pool's look whether
    a connection is alive is no statement and does not count."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def listen(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.statements.append(statement)

    def begin(self, connection: Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            # Each is ended, too.
            self.statements += ["BEGIN", "ROLLBACK"]


@contextmanager
def heard(engine: Engine) -> Iterator[Heard]:
    """Counts what is sent within it."""
    ears = Heard()
    event.listen(engine, "before_cursor_execute", ears.listen)
    event.listen(engine, "begin", ears.begin)
    try:
        yield ears
    finally:
        event.remove(engine, "before_cursor_execute", ears.listen)
        event.remove(engine, "begin", ears.begin)
