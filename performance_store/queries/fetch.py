"""Turn a statement into a tuple of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import lru_cache
from typing import Any, TypeVar, get_origin, get_type_hints

from sqlalchemy import Connection, text

Row = TypeVar("Row")


def fetch(
    connection: Connection, row: type[Row], sql: str, /, **parameters: Any
) -> tuple[Row, ...]:
    """Every row of the statement as ``row``: each column goes to the field of its label.

    Arrays become tuples, so that rows are hashable and can stay in a cache. Raises TypeError where
    the labels are not the names of the fields, each once, in whatever order.
    """
    result = connection.execute(text(sql), parameters)
    kind: Any = row  # which mypy would not take for hashable
    values_of = _getter(kind, tuple(result.keys()))
    return tuple(row(*values_of(columns)) for columns in result)


@lru_cache(maxsize=1000)
def _getter(row: type[Any], labels: tuple[str, ...]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """What takes columns in the order of the labels to values in the order of the fields.

    Which goes where is worked out once for a statement and not for each of its rows.
    """
    names = [field.name for field in fields(row)]
    mistakes = {
        "has no column for": [name for name in names if name not in labels],
        "has a column that is no field of": [label for label in labels if label not in names],
        "has two columns for": [name for name in names if labels.count(name) > 1],
    }
    for mistake, columns in mistakes.items():
        if columns:
            raise TypeError(f"the statement {mistake} {row.__name__}: {', '.join(columns)}")
    hints = get_type_hints(row)
    positions = [labels.index(name) for name in names]
    arrays = [place for place, name in enumerate(names) if get_origin(hints[name]) is tuple]
    if not arrays and positions == list(range(len(names))):
        return lambda columns: columns

    def values_of(columns: Sequence[Any]) -> list[Any]:
        values = [columns[position] for position in positions]
        for place in arrays:
            values[place] = _as_tuple(values[place])
        return values

    return values_of


def _as_tuple(value: Any) -> Any:
    """The value with every list in it as a tuple."""
    return tuple(map(_as_tuple, value)) if isinstance(value, list) else value
