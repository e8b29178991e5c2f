"""The top of an organisation's tasks: what is one thing to do is one line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dashboard.components.design import html
from dashboard.components.provider import next_tasks
from dashboard.web.prerender import text_of, to_html
from performance_store.rows import Task
from tests.support.task_rows import FIX

BROKEN = replace(
    FIX,
    kind="access",
    code="",
    field="",
    detail="404",
    endpoint_url="https://maps.example/tree.csv",
    since=date(2026, 2, 3),
)


def lines(*rows: Task, limit: int = 6) -> list[str]:
    return [text_of(html.Div(item)) for item in next_tasks.top(rows, lambda task: None, limit)]


def of(task: Task, dataset: str) -> Task:
    return replace(task, dataset=dataset, dataset_name=dataset.title())


def test_one_cause_at_one_website_is_one_task() -> None:
    elsewhere = replace(of(BROKEN, "elsewhere"), endpoint_url="https://other.example/x")
    odd = replace(of(BROKEN, "odd"), endpoint_url="http://[broken")
    first, second, third = lines(elsewhere, BROKEN, of(BROKEN, "later"), odd)
    assert first.startswith("Elsewhere : the endpoint does not work: there is nothing at the")
    assert second == (
        "Fix one thing at maps.example : there is nothing at the address (since 3 February 2026) "
        "Must do 2 datasets depend on it: Tree and Later ."
    )
    assert third.startswith("Odd :")


def test_what_the_law_asks_for_is_one_line_with_all_its_datasets() -> None:
    missing = replace(
        FIX, kind="provide", code="", field="", provision_reason="statutory", gains=False
    )
    rows = [of(missing, name) for name in ("a", "b", "c")]
    assert lines(*rows) == ["Provide what is required by law: A , B and C . Must do"]
    (line,) = lines(of(missing, "a"))
    assert line == "A : the dataset is not provided yet. This dataset is required by law. Must do"


def test_many_issues_or_fields_of_a_dataset_are_one_line() -> None:
    other = replace(FIX, field="name", problems=6)
    (line,) = lines(FIX, other)
    assert line == (
        "Tree : fix 10 problems, in 2 kinds of issue. "
        "First: 3 rows have a date that cannot be read (field start-date) . Must do"
    )
    fields = [replace(FIX, kind="field", field=name) for name in ("name", "geometry")]
    assert lines(*fields) == [
        "Tree : the required fields “name” and “geometry” are missing. Must do"
    ]


def test_of_several_kinds_that_with_most_rows_leads_to_its_rows() -> None:
    most = replace(FIX, field="name", rows=7, problems=7)
    (item,) = next_tasks.top([FIX, most], lambda task: None)
    assert "/tree/issues/" in to_html(html.Div(item))
    assert "First: 7 rows" in text_of(html.Div(item))
    assert "/name" in to_html(html.Div(item))


def test_endpoints_that_fail_say_what_with_and_since_when() -> None:
    earlier = replace(BROKEN, subject="e", since=date(2026, 1, 2))
    assert lines(BROKEN, earlier) == [
        "Tree : 2 endpoints do not work: there is nothing at the address (since 2 January 2026). "
        "Must do"
    ]
    (one,) = lines(BROKEN)
    assert "the endpoint does not work: there is nothing at the address (since 3 February" in one
    assert lines(replace(BROKEN, detail=None, since=None))[0].startswith(
        "Tree : the endpoint does not work."
    )


def test_the_order_is_that_of_the_list_and_only_its_top_is_there() -> None:
    rows = [of(FIX, name) for name in "dcab"]
    assert [line[0] for line in lines(*rows)] == ["D", "C", "A", "B"]
    assert len(lines(*rows, limit=2)) == 2
