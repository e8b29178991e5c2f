"""Turn a statement into a tuple of rows."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import Connection, text

Row = TypeVar("Row")


def fetch(
    connection: Connection, row: type[Row], sql: str, /, **parameters: Any
) -> tuple[Row, ...]:
    """Every row of the statement as ``row``; columns come in the order of its fields.

    Arrays become tuples, so that rows are hashable and can be kept in a cache.
    """
    result = connection.execute(text(sql), parameters)
    return tuple(
        row(*(tuple(value) if isinstance(value, list) else value for value in values))
        for values in result
    )
