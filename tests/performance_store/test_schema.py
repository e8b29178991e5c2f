"""The schema explains itself, and every question reads indexed rows of what grows."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from performance_store import schema
from performance_store.queries import (
    areas,
    cell,
    counts,
    datasets,
    histories,
    issues,
    matrix,
    national,
    national_issues,
    organisations,
    snapshots,
    summaries,
    trends,
)
from performance_store.queries.filters import Narrow
from performance_store.sample.reader import Sample
from performance_store.schema import metadata
from tests.support.servers import Filled
from tests.support.years import five_years

TODAY = date(2025, 5, 21)
# Tables that grow with every snapshot, every night, or with the problems found.
GROWING = {
    *("summary_interval", "endpoint_interval", "issue_interval", "past_issue_interval"),
    *("coverage_interval", "provision_interval", "endpoint_run", "event"),
    *("issue", "field_summary", "resource_use"),
}
# What a filtered line, or one of all issues, through time has to read; `make bench` says how long
# that takes.
THROUGH_TIME = {
    "counts.lines": {"summary_interval", "coverage_interval"},
    "national_issues.through_time": {"summary_interval", "issue_interval"},
}
MODULES = (
    *(
        areas,
        cell,
        histories,
        datasets,
        issues,
        matrix,
        counts,
        national,
        national_issues,
        organisations,
    ),
    *(snapshots, summaries, trends),
)


def questions() -> list[tuple[str, Callable[..., tuple[Any, ...]]]]:
    """Every public query function, by its name."""
    return [
        (f"{module.__name__.rpartition('.')[2]}.{name}", function)
        for module in MODULES
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
    ]


class Arguments:
    """Something to ask about: an authority's dataset with issues, in the newest snapshot."""

    def __init__(self, connection: Connection) -> None:
        now = snapshots.current(connection)[0]
        before = snapshots.earlier(connection, snapshot_id=now.snapshot_id)[0]
        organisation, dataset, issue_type, field = connection.execute(
            text(
                "SELECT o.organisation, d.dataset, t.issue_type, s.field FROM issue_summary s "
                "JOIN organisation o ON o.id = s.organisation_id "
                "JOIN dataset d ON d.id = s.dataset_id "
                "JOIN issue_type t ON t.id = s.issue_type_id "
                "WHERE s.snapshot_id = :id ORDER BY s.problems DESC, 1, 2, 3, 4 LIMIT 1"
            ),
            {"id": now.snapshot_id},
        ).one()
        self.samples: dict[str, Any] = {
            "snapshot_id": now.snapshot_id,
            "compare_id": before.snapshot_id,
            "organisation": organisation,
            "organisations": (organisation,),
            "dataset": dataset,
            "issue_type": issue_type,
            "field": field,
            "kind": now.kind,
            "denominator": "programme",
            "narrow": Narrow(region=("E12000001", "E12000007")),
            "dimension": "all",
            "as_at": TODAY,
            "until": TODAY,
            "first": TODAY - timedelta(days=60),
            "last": TODAY,
            "since": TODAY - timedelta(days=60),
        }

    def of(self, function: Callable[..., Any]) -> dict[str, Any]:
        """A value for every argument of a query that has no default."""
        values = {}
        for name, parameter in list(inspect.signature(function).parameters.items())[1:]:
            if name == "after" and parameter.annotation == "date":
                values[name] = TODAY - timedelta(days=60)
            elif name in self.samples:
                values[name] = self.samples[name]
            else:
                sentence = f"{function.__name__}: say here what to ask for as {name}"
                assert parameter.default is not inspect.Parameter.empty, sentence
        return values


@pytest.fixture(scope="module")
def module_engine(filled_on_both: Filled) -> Engine:
    # Of a few weeks, nearly all is read for a question about two months.
    return five_years(filled_on_both(Sample(TODAY, authorities=60, weeks=12)))


@pytest.fixture(scope="module")
def sample(module_engine: Engine) -> Engine:
    return module_engine


@pytest.fixture(scope="module")
def arguments(sample: Engine) -> Arguments:
    with sample.connect() as connection:
        return Arguments(connection)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def read_whole(plan: dict[str, Any]) -> set[str]:
    """Growing tables that a plan reads from end to end."""
    return {
        node["Relation Name"]
        for node in nodes(plan)
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in GROWING
    }


@pytest.mark.parametrize(("name", "question"), questions(), ids=[name for name, _ in questions()])
def test_a_question_reads_no_growing_table_from_end_to_end(
    sample: Engine, arguments: Arguments, name: str, question: Callable[..., Any]
) -> None:
    statements: list[tuple[str, Any]] = []

    def remember(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        statements.append((statement, parameters))

    with sample.connect() as connection:
        event.listen(connection, "before_cursor_execute", remember)
        answer = question(connection, **arguments.of(question))
        event.remove(connection, "before_cursor_execute", remember)
        assert isinstance(answer, tuple)
        assert statements
        for statement, parameters in statements:
            ((plan,),) = connection.exec_driver_sql(
                f"EXPLAIN (FORMAT JSON) {statement}", parameters
            ).scalars()
            assert read_whole(plan["Plan"]) <= THROUGH_TIME.get(name, set()), name


def test_such_a_reading_would_be_noticed(sample: Engine) -> None:
    with sample.connect() as connection:
        ((plan,),) = connection.exec_driver_sql(
            "EXPLAIN (FORMAT JSON) SELECT o.name, count(*) FROM summary s "
            "JOIN organisation o ON o.id = s.organisation_id WHERE s.status = 'error' GROUP BY 1"
        ).scalars()
    assert read_whole(plan["Plan"]) == {"summary_interval"}


@pytest.mark.parametrize(("name", "question"), questions(), ids=[name for name, _ in questions()])
def test_an_answer_is_a_tuple_of_frozen_rows_that_can_be_kept(
    sample: Engine, arguments: Arguments, name: str, question: Callable[..., Any]
) -> None:
    with sample.connect() as connection:
        answer = question(connection, **arguments.of(question))
        assert answer == question(connection, **arguments.of(question)), "in an order of its own"
    hash(answer)
    for row in answer[:20]:
        assert type(row).__module__.startswith("performance_store.rows.")


def test_the_sample_fills_what_grows(sample: Engine) -> None:
    """A plan over an empty table says nothing."""
    with sample.connect() as connection:
        for table in GROWING - {"field_summary", "resource_use", "past_issue_interval"}:
            count = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar()
            assert count is not None
            assert count > 500, table


def test_questions_have_words(sample: Engine) -> None:
    assert [name for name, question in questions() if not question.__doc__] == []


def test_every_table_is_told_in_the_schema(engine: Engine) -> None:
    """By a comment of its own, or in the description of its sort at the head of the module."""
    docs = inspect.getdoc(schema) or ""
    with engine.connect() as connection:
        comments = dict(
            connection.execute(
                text(
                    "SELECT c.relname, obj_description(c.oid) FROM pg_class c "
                    "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
                )
            ).all()
        )
    assert set(metadata.tables) <= set(comments)
    for table in (*GROWING - {"event"}, "source"):
        assert comments[table] == metadata.tables[table].comment
    for words in ("registers", "snapshot facts", "daily log"):
        assert words in docs


def test_what_has_a_fixed_vocabulary_refuses_any_other_word(sample: Engine) -> None:
    for table, column in (
        *(("summary_interval", "status"), ("summary_interval", "stage")),
        *(("summary_interval", "access_band"), ("summary_interval", "freshness_band")),
        *(("event", "kind"), ("snapshot", "kind"), ("load", "state")),
        *(("coverage_interval", "denominator"), ("annotation", "kind")),
    ):
        with sample.connect() as connection, pytest.raises(Exception, match=f"ck_{table}_{column}"):
            connection.execute(text(f"UPDATE {table} SET {column} = 'of my own'"))
