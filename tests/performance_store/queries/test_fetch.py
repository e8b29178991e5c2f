"""Columns find their fields by name; a statement and a row that do not fit fail at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, dataclass, fields
from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from performance_store.queries.fetch import fetch, rows_of, together


@dataclass(frozen=True, slots=True)
class Tree:
    name: str
    height: int
    planted: date | None
    groups: tuple[tuple[str, str], ...] = ()


WHOLE = "'oak' AS name, 12 AS height, NULL AS planted, CAST('{}' AS text[]) AS groups"


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as opened:
        yield opened


def test_columns_find_their_fields_in_whatever_order(connection: Connection) -> None:
    oak = Tree("oak", 12, None)
    assert fetch(connection, Tree, f"SELECT {WHOLE}") == (oak,)
    reordered = ", ".join(reversed(re.split(r", (?![^(]*\))", WHOLE)))
    assert reordered.endswith("'oak' AS name")
    assert fetch(connection, Tree, f"SELECT {reordered}") == (oak,)


def test_arrays_become_tuples_all_the_way_down(connection: Connection) -> None:
    statement = (
        "SELECT 'oak' AS name, 12 AS height, CAST(:planted AS date) AS planted, "
        "json_build_array(json_build_array('a', 'b')) AS groups"
    )
    (oak,) = fetch(connection, Tree, statement, planted=date(2025, 5, 21))
    assert oak == Tree("oak", 12, date(2025, 5, 21), (("a", "b"),))
    hash(oak)


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        (WHOLE.replace("12 AS height, ", ""), "no column for Tree: height"),
        # A default is no excuse: the statement has forgotten the column.
        (WHOLE.rpartition(", CAST")[0], "no column for Tree: groups"),
        (f"{WHOLE}, 3 AS girth", "a column that is no field of Tree: girth"),
        (WHOLE.replace("AS height", "AS age"), "no column for Tree: height"),
        (f"{WHOLE}, 'elm' AS name", "two columns for Tree: name"),
    ],
    ids=["missing", "missing with a default", "extra", "misnamed", "twice"],
)
def test_a_statement_that_does_not_fit_the_row_fails_and_names_the_field(
    connection: Connection, columns: str, problem: str
) -> None:
    # Also where there are no rows.
    for statement in (f"SELECT {columns}", f"SELECT {columns} WHERE false"):
        with pytest.raises(TypeError, match=problem):
            fetch(connection, Tree, statement)


@dataclass(frozen=True)
class Open:
    """A row without slots."""

    name: str
    height: int


@dataclass(frozen=True, slots=True)
class Checked:
    """A row that looks at what it is given."""

    name: str
    height: int

    def __post_init__(self) -> None:
        assert self.height > 0


@dataclass(frozen=True, slots=True)
class Heir(Checked):
    """A row with the slots of another."""

    age: int


@pytest.mark.parametrize("row", [Tree, Open, Checked, Heir])
def test_rows_are_what_their_class_makes_of_the_values(row: type[Any]) -> None:
    values = ("oak", 12, 300, ())[: len(fields(row))]
    (one,) = rows_of(row, [values])
    assert type(one) is row
    assert one == row(*values)
    assert hash(one) == hash(row(*values))
    assert repr(one) == repr(row(*values))
    with pytest.raises(FrozenInstanceError):
        one.height = 13


def test_a_row_that_looks_at_its_values_does() -> None:
    with pytest.raises(AssertionError):
        rows_of(Checked, [("oak", 0)])


def test_questions_that_are_put_together_are_planned_once(connection: Connection) -> None:
    connection.execution_options(isolation_level="AUTOCOMMIT")
    for name in ("oak", "ash"):
        asks = [partial(_tree, name=name), partial(_tree, name="elm")]
        assert together(connection, asks) == [(Tree(name, 12, None),), (Tree("elm", 12, None),)]
    plans = text("SELECT count(*), sum(generic_plans) FROM pg_prepared_statements")
    assert tuple(connection.execute(plans).one()) == (1, 2)


def _tree(connection: Connection, *, name: str) -> tuple[Tree, ...]:
    return fetch(
        connection,
        Tree,
        "SELECT CAST(:name AS text) AS name, 12 AS height, CAST(NULL AS date) AS planted, "
        "CAST('{}' AS text[]) AS groups",
        name=name,
    )
