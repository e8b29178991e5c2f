"""What authorities still have to do: by kind, dataset and age, how long it takes them, and who
needs a reminder.

For a programme manager who wants to know where help is worth most.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design.figure import Around, tools
from dashboard.components.national import tasks as parts
from dashboard.components.words import formatting
from dashboard.data.door import ask, now
from dashboard.pages.national import figure_links, heading
from dashboard.pages.national.scope import Scope, ScopeFilters, read_scope
from dashboard.urls import addresses
from performance_store.queries import national_tasks
from performance_store.rows import ClosedTasks, OpenTasks, Reminder

PATH = addresses.NATIONAL_TASKS
TITLE = "Tasks"
NAV = None
KEEP = True


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows."""

    filters: ScopeFilters
    scope: Scope
    is_now: bool
    open: tuple[OpenTasks, ...] = ()
    closed: tuple[ClosedTasks, ...] = ()
    reminders: tuple[Reminder, ...] = ()

    @property
    def whole(self) -> OpenTasks | None:
        """All open tasks together; None: none is open."""
        return next((row for row in self.open if not row.kind and not row.dataset), None)

    @property
    def longest(self) -> int:
        """For how many days before the date tasks have been looked for."""
        return (self.scope.snapshot.as_at - self.scope.of_kind()[-1].as_at).days


def layout(**params: Any) -> Component:
    """The page for the filters in the address."""
    return render(build(*read_scope(ScopeFilters, params)))


def build(filters: ScopeFilters, scope: Scope) -> View:
    """Tasks of the set: as they stand where the snapshot is the newest, else as they stood."""
    snapshot = scope.snapshot
    which: dict[str, Any] = {
        "snapshot_id": snapshot.snapshot_id,
        "as_at": snapshot.as_at,
        "denominator": scope.set,
        "narrow": scope.narrow,
    }
    is_now = snapshot.snapshot_id == now().snapshot_id
    return View(
        filters,
        scope,
        is_now,
        ask(national_tasks.open_tasks, is_now=is_now, **which),
        ask(national_tasks.closed_tasks, **which),
        ask(national_tasks.reminders, **which) if is_now else (),
    )


def render(view: View) -> Component:
    """The page."""
    scope = view.scope
    head = heading.head(scope, view.filters, PATH, TITLE, sentence=_sentence(view))
    if view.whole is None:
        return html.Div([*head, heading.nothing(scope, PATH)])
    return html.Div([*head, _kinds(view), _datasets(view), _reminders(view), _closed(view)])


def _sentence(view: View) -> str | None:
    whole = view.whole
    if whole is None:
        return None
    return (
        f"{formatting.plural(whole.tasks, 'task is', 'tasks are')} open at "
        f"{formatting.plural(whole.authorities, 'authority', 'authorities')}: "
        f"{formatting.number(whole.must)} must be done, {formatting.number(whole.should)} should "
        f"be, and {formatting.number(whole.improve)} would improve the data."
    )


def _kinds(view: View) -> Component:
    return ui.section(
        "What is asked for",
        parts.legend(),
        parts.open_by([row for row in view.open if row.kind], "Task", parts.kind, view.longest),
        tools(_around(view, "open-tasks", "open tasks")),
        ui.working(
            ui.bullets(
                [
                    "A task opens when the data show that something is to be done, and closes when "
                    "they show that it is done, or not needed any more. What authorities say of "
                    "their tasks changes nothing here.",
                    "Data that we could not collect close no task: we cannot tell.",
                    "Days are counted since the task was first seen. What was there when we first "
                    "looked may be older.",
                ]
            ),
            about="open tasks",
        ),
        id="open-tasks",
    )


def _datasets(view: View) -> Component:
    def name(row: OpenTasks) -> Component:
        return ui.link(row.name, addresses.national_dataset(row.dataset))

    rows = [row for row in view.open if row.dataset]
    table = parts.open_by(rows, "Dataset", name, view.longest)
    return ui.section("Dataset by dataset", table, id="datasets")


def _reminders(view: View) -> Component | None:
    if not view.reminders:
        return None
    count = formatting.plural(len(view.reminders), "authority has", "authorities have")
    return ui.section(
        "Who needs a reminder",
        ui.paragraph(
            f"{count} not published new content in a register that must be reviewed each year. "
            "An authority that reviewed it and changed nothing can say so in its list of tasks."
        ),
        ui.details(
            f"Show {formatting.number(len(view.reminders))}",
            parts.reminders(view.reminders, addresses.tasks),
        ),
        tools(_around(view, "reminders", "authorities that need a reminder")),
        id="reminders",
    )


def _closed(view: View) -> Component | None:
    if not view.closed:
        return None
    fixed = sum(row.fixed for row in view.closed)
    return ui.section(
        "What was done in the last year",
        ui.paragraph(f"{formatting.plural(fixed, 'task was', 'tasks were')} done."),
        parts.closed_by(view.closed),
        tools(_around(view, "closed-tasks", "tasks that ended")),
        id="closed-tasks",
    )


def _around(view: View, id: str, about: str) -> Around:
    files = dataclasses.replace(figure_links.files(view.scope, id), json=None)
    return heading.around(*(view.scope, view.filters, PATH, id, about), files=files, alone=False)
