"""How a load ends, and what the record of it says."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError


def close_record(
    connection: psycopg.Connection[Any], load_id: int, state: str, *, error: str | None = None
) -> None:
    """Record how a load ended."""
    connection.execute(
        "UPDATE load SET state = %s, error = %s, finished_at = clock_timestamp() WHERE id = %s",
        [state, error, load_id],
    )
    connection.commit()


def give_up(engine: Engine, connection: psycopg.Connection[Any], load_id: int, reason: str) -> None:
    """Roll back, and record why. Who was stopped in the middle of a question has no session left
    that could be asked another."""
    try:
        connection.rollback()
        close_record(connection, load_id, "failed", error=reason)
    except psycopg.Error:
        connection.close()
        with suppress(SQLAlchemyError), engine.connect() as other:
            close_record(driver(other), load_id, "failed", error=reason)


def driver(holder: Any) -> psycopg.Connection[Any]:
    """The driver's own connection."""
    connection: psycopg.Connection[Any] = holder.connection.driver_connection
    return connection
