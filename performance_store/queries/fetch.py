"""Turn a statement into a tuple of rows; the statements of several questions as one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, make_dataclass
from functools import lru_cache
from itertools import starmap
from operator import itemgetter
from typing import Any, NoReturn, TypeVar, cast, get_origin, get_type_hints

import msgspec
from sqlalchemy import Connection, text

from performance_store.database import PREPARED

Row = TypeVar("Row")
# A parameter, as SQLAlchemy knows it.
_PARAMETER = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")


def fetch(
    connection: Connection, row: type[Row], sql: str, /, **parameters: Any
) -> tuple[Row, ...]:
    """Every row of the statement as ``row``: each column goes to the field of its label.

    Arrays become tuples, so that rows are hashable and can stay in a cache. Raises TypeError where
    the labels are not the names of the fields, each once, in whatever order.
    """
    if isinstance(connection, _StandIn):
        return cast("tuple[Row, ...]", connection.rows(_Statement(row, sql, parameters)))
    result = connection.execute(text(sql), parameters)
    kind: Any = row  # which mypy would not take for hashable
    values_of = _getter(kind, tuple(result.keys()))
    # The driver's own rows: SQLAlchemy's take longer to look into than to make ours of.
    rows = cast("Any", result.cursor).fetchall()
    result.close()
    return rows_of(row, map(values_of, rows) if values_of else rows)


def rows_of(row: type[Row], values: Iterable[Sequence[Any]]) -> tuple[Row, ...]:
    """A ``row`` of each of the values, which come in the order of its fields."""
    kind: Any = row  # which mypy would not take for hashable
    twin = _twin(kind)
    rows: tuple[Any, ...] = tuple(starmap(twin or row, values))
    if twin:
        for one in rows:
            one.__class__ = row
    return rows


@lru_cache(maxsize=1000)
def _twin(row: type[Any]) -> type[Any] | None:
    """A class with the same slots that is not frozen, or None where there can be none.

    What is frozen sets each of its values by a call, which takes five times as long as making all
    of such a twin and saying then what it is.
    """
    if hasattr(row, "__post_init__"):
        return None
    twin = make_dataclass(row.__name__, [(field.name, Any) for field in fields(row)], slots=True)
    blank: Any = object.__new__(twin)
    try:
        blank.__class__ = row
    except TypeError:  # Without slots, or with those of another class.
        return None
    return twin


@lru_cache(maxsize=1000)
def _getter(
    row: type[Any], labels: tuple[str, ...]
) -> Callable[[Sequence[Any]], Sequence[Any]] | None:
    """What takes columns in the order of the labels to values in the order of the fields; None
    where they are these already.

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
    if not arrays:
        is_same = positions == list(range(len(names)))
        return None if is_same else itemgetter(*positions)

    def values_of(columns: Sequence[Any]) -> list[Any]:
        values = [columns[position] for position in positions]
        for place in arrays:
            values[place] = _as_tuple(values[place])
        return values

    return values_of


def _as_tuple(value: Any) -> Any:
    """The value with every list in it as a tuple. What is in an array is all arrays, or all not."""
    if not isinstance(value, list):
        return value
    return tuple(map(_as_tuple, value)) if value and isinstance(value[0], list) else tuple(value)


def together(
    connection: Connection, questions: Sequence[Callable[[Connection], Any]]
) -> list[Any | None]:
    """The answers of several questions, by one statement, so that they are of one state of the
    data. None for a question that needs more than one statement: it is to be asked by itself."""
    first: list[Any] = []
    for question in questions:
        try:
            first.append((question(cast("Connection", _StandIn())),))
        except _Needed as needed:
            first.append(needed.statement)
    statements = [entry for entry in first if isinstance(entry, _Statement)]
    rows = iter(_rows_of(connection, statements))
    answers: list[Any | None] = []
    for question, entry in zip(questions, first, strict=True):
        if isinstance(entry, tuple):
            answers.append(entry[0])
            continue
        stand_in = None if entry is None else _StandIn(entry, next(rows))
        try:
            answers.append(None if stand_in is None else question(cast("Connection", stand_in)))
        except _Needed:
            answers.append(None)
    return answers


@dataclass(frozen=True, slots=True)
class _Statement:
    row: type[Any]
    sql: str
    parameters: dict[str, Any]


class _Needed(Exception):
    """What a question needs before it goes on: a statement, or (None) a connection of its own."""

    def __init__(self, statement: _Statement | None) -> None:
        self.statement = statement


class _StandIn:
    """In place of a connection: has the rows of at most one statement."""

    def __init__(self, statement: _Statement | None = None, rows: tuple[Any, ...] = ()) -> None:
        self._statement = statement
        self._rows = rows

    def rows(self, statement: _Statement) -> tuple[Any, ...]:
        if statement != self._statement:
            raise _Needed(statement)
        return self._rows

    def __getattr__(self, name: str) -> NoReturn:
        raise _Needed(None)


def _rows_of(connection: Connection, statements: Sequence[_Statement]) -> list[tuple[Any, ...]]:
    """The rows of each statement: each a column with them as JSON, read as what they are."""
    if not statements:
        return []
    columns: list[str] = []
    parameters: dict[str, Any] = {}
    for number, statement in enumerate(statements):
        sql = _PARAMETER.sub(rf":q{number}_\1", statement.sql)
        columns.append(f"(SELECT json_agg(q)::text FROM (\n{sql}\n) q)")
        parameters |= {f"q{number}_{name}": it for name, it in statement.parameters.items()}
    # Five to fifty tables: to plan that takes several times as long as to answer it.
    values = connection.execute(
        text("SELECT " + ", ".join(columns)), parameters, execution_options={PREPARED: True}
    ).one()
    return [
        () if words is None else _decoder(cast("Any", statement.row)).decode(words)
        for statement, words in zip(statements, values, strict=True)
    ]


@lru_cache(maxsize=1000)
def _decoder(row: type[Any]) -> msgspec.json.Decoder[Any]:
    kind: Any = tuple.__class_getitem__((row, ...))
    return msgspec.json.Decoder(kind)
