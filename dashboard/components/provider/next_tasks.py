"""The top of an organisation's tasks: alike ones in one line, what gains most first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dash.development.base_component import Component

from dashboard.components.design import html, text
from dashboard.components.design.element import Children
from dashboard.components.provider.tasks import urgency_tag
from dashboard.components.words import formatting, task_words, wording
from dashboard.urls import addresses, links
from performance_store.rows import Task

TOP = 6
# Of what is optional, as many are named: the list of tasks has the rest.
MOST_NAMES = 3

Beside = Callable[[Task], Children]

_ALIKE = {
    ("provide", "must"): "Provide what is required by law: ",
    ("provide", "should"): "Provide what you are expected to provide: ",
    ("provide", "improve"): "Provide what is optional: ",
    ("take_over", "should"): "Take over what others provide in your place: ",
    ("boundary", "improve"): "Check the places outside your area: ",
    ("confirm", "improve"): "Check that what has not changed for long is still right: ",
    ("documentation", "improve"): "Give endpoints a documentation page: ",
    ("licence", "improve"): "Give endpoints a licence: ",
    ("tidy", "improve"): "Retire endpoints that give the same data: ",
}
_UNPROCESSED = "See why a registered address is not processed: "


def top(rows: Sequence[Task], beside: Beside, limit: int = TOP) -> list[Children]:
    """The first tasks as items of a list. In: open tasks in their order, and what people said."""
    return [_item(group, beside) for group in _groups(rows)[:limit]]


def _groups(rows: Sequence[Task]) -> list[list[Task]]:
    """Tasks that are one thing to do, in the order in which each has its first."""
    groups: dict[tuple[str, ...], list[Task]] = {}
    for row in rows:
        groups.setdefault(_key(row), []).append(row)
    return list(groups.values())


def _key(task: Task) -> tuple[str, ...]:
    if task.kind == "access":
        return task.kind, wording.host_of(task.endpoint_url), task_words.cause(task).brief
    if task.kind in ("fix", "field"):
        return task.kind, task.urgency, task.dataset
    if task.kind == "review":
        return task.kind, task.dataset, task.subject
    return task.kind, task.urgency, task.detail or ""


def _item(rows: Sequence[Task], beside: Beside) -> Children:
    first = rows[0]
    datasets = list({row.dataset: row for row in rows}.values())
    if first.kind == "access" and len(datasets) > 1:
        return _shared(first, datasets)
    if len(rows) == 1:
        gain = task_words.gain(first)
        words = _lower(task_words.title(first)) + _since(rows)
        return [
            _task(first, first.dataset_name),
            f": {words}. ",
            f"{gain} " if gain else "",
            urgency_tag(first),
            beside(first),
        ]
    if first.kind in ("fix", "field", "access"):
        return [_list(first), f": {_several(rows)} ", *_begin(rows), urgency_tag(first)]
    words = _UNPROCESSED if first.detail == "not_processed" else _ALIKE[first.kind, first.urgency]
    names: list[Children] = [[_task(row, row.dataset_name), beside(row)] for row in datasets]
    if first.urgency == "improve" and len(names) > MOST_NAMES + 1:
        rest = f"{len(names) - MOST_NAMES} more"
        names[MOST_NAMES:] = [text.link(rest, f"{addresses.tasks(first.organisation)}#improve")]
    return [words, *text.in_words(names), ". ", urgency_tag(first)]


def _shared(first: Task, datasets: Sequence[Task]) -> Children:
    host = wording.host_of(first.endpoint_url)
    where: list[Children] = [" at ", text.code(host)] if host else []
    names: list[Children] = [_task(row, row.dataset_name) for row in datasets]
    return [
        "Fix one thing",
        *where,
        f": {task_words.cause(first).brief}{_since([first])} ",
        urgency_tag(first),
        html.Br(),
        f"{len(datasets)} datasets depend on it: ",
        *text.in_words(names),
        ".",
    ]


def _several(rows: Sequence[Task]) -> str:
    first = rows[0]
    if first.kind == "field":
        names = formatting.some([f"“{row.field}”" for row in rows])
        return f"the required fields {names} are missing."
    if first.kind == "access":
        why = "" if first.detail is None else f": {task_words.cause(first).brief}"
        return f"{formatting.plural(len(rows), 'endpoint')} do not work{why}{_since(rows)}."
    problems = sum(row.problems or 0 for row in rows)
    verb = "fix" if first.urgency == "must" else "improve"
    count = formatting.plural(problems, "problem")
    return f"{verb} {count}, in {formatting.plural(len(rows), 'kind')} of issue."


def _since(rows: Sequence[Task]) -> str:
    """Since when the endpoints of access tasks fail: the first of them."""
    days = [row.since for row in rows if row.kind == "access" and row.since]
    return f" (since {formatting.day(min(days))})" if days else ""


def _begin(rows: Sequence[Task]) -> list[Children]:
    """Of several kinds of issue, the one with most rows, and the way to these."""
    if rows[0].kind != "fix":
        return []
    most = max(rows, key=lambda row: row.rows or row.problems or 0)
    page = addresses.issue(most.organisation, most.dataset, most.code, most.field)
    return ["First: ", text.link(_lower(task_words.title(most)), page), ". "]


def _task(task: Task, words: str) -> Component:
    return text.link(words, addresses.task(task.organisation, task.public_id))


def _list(task: Task) -> Component:
    path = addresses.tasks(task.organisation)
    return text.link(task.dataset_name, links.with_query(path, {"dataset": task.dataset}))


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
