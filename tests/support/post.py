"""The outbox of a test."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, text

from performance_store.settings import Settings
from providers.messages import outbox
from providers.messages.mailers import mailer_of


@dataclass
class Post:
    """The outbox of a test, whose mail goes to the test's own server."""

    engine: Engine
    settings: Settings
    open: Callable[[], AbstractContextManager[Connection]]

    def enqueue(self, **arguments: Any) -> int:
        with self.open() as connection:
            return outbox.enqueue(
                connection, **{"kind": "sign-in", "subject": "Hello", "text": "Words"} | arguments
            )

    def send(self, number: int) -> str:
        return outbox.send(self.open, mailer_of(self.settings), self.settings, number)

    def send_all(self) -> list[str]:
        return [
            self.send(row.id) for row in self.sql("SELECT id FROM providers.message ORDER BY id")
        ]

    def sql(self, statement: str, **parameters: Any) -> list[Any]:
        with self.engine.begin() as connection:
            result = connection.execute(text(statement), parameters)
            return list(result) if result.returns_rows else []

    def message(self, number: int) -> Any:
        [row] = self.sql("SELECT * FROM providers.message WHERE id = :id", id=number)
        return row
