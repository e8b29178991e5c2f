"""One task: what is wrong, how it went, what to do, and what has been said of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.provider import cards
from dashboard.components.provider import tasks as parts
from dashboard.components.words import formatting, task_words
from dashboard.data.door import ask
from dashboard.data.errors import NotFound
from dashboard.pages.provider import task_list
from dashboard.pages.provider.subject import Subject, subject_of
from dashboard.urls import addresses, links
from performance_store.queries import tasks
from performance_store.rows import Task, TaskState

PATH = addresses.TASK
TITLE = "Task"
NAV = None


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows."""

    subject: Subject
    task: Task
    states: tuple[TaskState, ...] = ()


def layout(organisation: str = "", task: str = "", **params: Any) -> Component:
    """The page of the task in the address."""
    return render(view(organisation, task))


def view(organisation: str, public_id: str) -> View:
    """One task of an organisation. Raises NotFound."""
    subject = subject_of(organisation)
    task = task_list.one(subject, public_id)
    if task is None:
        raise NotFound("We cannot find this task. It may belong to another organisation.")
    return View(subject, task, ask(tasks.states, public_id=public_id))


def render(view: View) -> Component:
    """The page."""
    subject, task = view.subject, view.task
    return html.Div(
        [
            ui.breadcrumbs(
                [
                    ("Home", addresses.HOME),
                    ("Authorities", addresses.ORGANISATIONS),
                    (subject.name, addresses.organisation(subject.curie)),
                    ("Tasks", addresses.tasks(subject.curie)),
                ]
            ),
            ui.heading(task_words.title(task), caption=f"{task.dataset_name}, {subject.name}"),
            cards.closure(subject.organisation) if subject.has_closed else None,
            _state(task),
            _where(task),
            None if task.closed_on else ui.section("What to do", parts.steps(task), id="steps"),
            _history(view),
        ]
    )


def _state(task: Task) -> Component:
    if task.closed_on is not None:
        words = f"{task_words.ending(task)}, by {formatting.day(task.closed_on)}."
        thanks = " Thank you." if task.close_reason == "fixed" else ""
        return ui.paragraph(words + thanks, lead=True)
    gain, caution = task_words.gain(task), task_words.caution(task)
    return html.Div(
        [
            ui.paragraph(parts.urgency_tag(task), " ", gain or ""),
            ui.paragraph(task_words.since(task)),
            ui.inset(ui.paragraph(caution)) if caution else None,
        ]
    )


def _where(task: Task) -> Component:
    dataset = addresses.dataset(task.organisation, task.dataset)
    return ui.bullets(
        [
            *parts.ways(task),
            ui.link(f"{task.dataset_name}: the whole dataset", dataset),
            ui.link(
                f"All tasks of {task.dataset_name}",
                links.with_query(addresses.tasks(task.organisation), {"dataset": task.dataset}),
            ),
        ]
    )


def _history(view: View) -> Component | None:
    if not view.states:
        return None
    columns = [
        ui.Column("From"),
        ui.Column("To"),
        ui.Column("How urgent"),
        ui.Column("How much", numeric=True),
    ]
    cells = [
        [
            formatting.short_day(state.from_on),
            formatting.short_day(state.to_on),
            task_words.URGENCIES[state.urgency].title,
            task_words.amount_of(view.task, state.rows, state.problems) or "–",
        ]
        for state in reversed(view.states)
    ]
    table = ui.table("How the task went", columns, cells, caption_hidden=True)
    return ui.section("How it went", table, id="history")
