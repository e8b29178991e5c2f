"""Files of the page of tasks: open ones by kind and dataset, ended ones, reminders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Response

from dashboard.data.door import ask, now
from dashboard.pages.national.files import scope_file
from dashboard.pages.national.open_tasks import ask_without_met
from dashboard.web.file_writers import blueprint, names, unknown
from performance_store.queries import national_tasks
from performance_store.rows import ClosedTasks, OpenTasks, Reminder

_TABLES: dict[str, tuple[Callable[..., Any], type[Any]]] = {
    "open-tasks": (national_tasks.open_tasks, OpenTasks),
    "closed-tasks": (national_tasks.closed_tasks, ClosedTasks),
    "reminders": (national_tasks.reminders, Reminder),
}


@blueprint.get(
    f"/national/<any('open-tasks', 'closed-tasks', reminders):table>.<{scope_file.FORMS}:form>"
)
def of_national_tasks(table: str, form: str) -> Response:
    """One table of the page, for the scope's parameters."""
    scope = scope_file.read()
    question, row = _TABLES[table]
    is_now = scope.snapshot.snapshot_id == now().snapshot_id
    if question is national_tasks.reminders and not is_now:
        return unknown("Who needs a reminder is known for the newest figures only.")
    values = scope_file.of_snapshot(scope) | {"as_at": scope.snapshot.as_at}
    if question is national_tasks.open_tasks:
        values["is_now"] = is_now
    # What people say now was not said then.
    with_people = is_now and question is not national_tasks.closed_tasks
    rows = (ask_without_met if with_people else ask)(question, **values)
    return scope_file.send(form, names(row), map(asdict, rows), table, scope)
