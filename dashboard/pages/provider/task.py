"""One task: what is wrong, how it went, what to do, and what has been said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import check_link, submit_link
from dashboard.components.design import html
from dashboard.components.design.forms import hidden_values, mistake_summary
from dashboard.components.provider import cards
from dashboard.components.provider import progress as progress_parts
from dashboard.components.provider import tasks as parts
from dashboard.components.submissions import lines
from dashboard.components.words import formatting, task_words
from dashboard.data.door import ask, door
from dashboard.data.errors import NotFound
from dashboard.pages.provider import task_list, task_progress
from dashboard.pages.provider.subject import Subject, subject_of
from dashboard.urls import addresses, links
from dashboard.web import identity, slots
from dashboard.web.identity import Identity
from performance_store.queries import tasks
from performance_store.rows import Task, TaskState
from providers.checks import requests
from providers.submissions import reading
from providers.submissions.rows import Submission
from providers.tasks import Event, Progress

PATH = addresses.TASK
TITLE = "Task"
NAV = None
PLAIN = True


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that came back: its values, what was wrong with them by name, and who said something
    meanwhile: the reader or another, empty for nobody."""

    values: Mapping[str, str] = field(default_factory=dict)
    mistakes: Mapping[str, str] = field(default_factory=dict)
    late: Literal["own", "other", ""] = ""


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `who` may see what was said; `met_on` is when it was said that there is
    nothing to change, `saved` whether the reader just said something, `clean_at` when the last
    check of a file for the dataset found nothing that must be fixed, `submissions` what was sent
    to close it, the newest first."""

    subject: Subject
    task: Task
    states: tuple[TaskState, ...] = ()
    who: Identity | None = None
    progress: Progress | None = None
    events: tuple[Event, ...] = ()
    met_on: str | None = None
    submissions: tuple[Submission, ...] = ()
    sent: Sent = field(default_factory=Sent)
    saved: bool = False
    clean_at: datetime | None = None

    @property
    def address(self) -> str:
        """The page's own path."""
        return addresses.task(self.subject.curie, self.task.public_id)


def layout(organisation: str = "", task: str = "", saved: Any = "", **_: Any) -> Component:
    """The page of the task in the address."""
    return render(view(organisation, task, saved=saved == "1"))


def view(organisation: str, public_id: str, *, saved: bool = False) -> View:
    """One task of an organisation. Raises NotFound."""
    subject = subject_of(organisation)
    task = task_list.one(subject, public_id)
    if task is None:
        raise NotFound("We cannot find this task. It may belong to another organisation.")
    who = task_progress.reader(subject.curie)
    return View(
        subject,
        task,
        ask(tasks.states, public_id=public_id),
        who,
        task_progress.progress(who, [task]).get(public_id),
        task_progress.history(who, task),
        task_list.met([task]).get(public_id),
        door().fresh(reading.of_task, task=public_id, today=slots.today()),
        saved=saved,
        clean_at=door().fresh(
            requests.clean_check, organisation=task.organisation, dataset=task.dataset
        ),
    )


def render(view: View) -> Component:
    """The page."""
    subject, task = view.subject, view.task
    mistakes = view.sent.mistakes
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
            mistake_summary(*mistakes.items()) if mistakes else None,
            _late(view) if view.sent.late else None,
            ui.notification("Saved", kind="success") if view.saved and view.events else None,
            ui.heading(task_words.title(task), caption=f"{task.dataset_name}, {subject.name}"),
            cards.closure(subject.organisation) if subject.has_closed else None,
            _state(task),
            _met(view),
            _where(task),
            None if task.closed_on else _steps(view),
            None
            if task.closed_on
            else check_link.section(task.dataset, task.organisation, view.clean_at),
            None
            if task.closed_on
            else submit_link.section(task, is_sent=any(row.is_open for row in view.submissions)),
            _progress(view),
            _history(view),
        ]
    )


def _steps(view: View) -> Component:
    note = ui.paragraph(task_words.KNOWING, quiet=True)
    claim = progress_parts.claim(view.progress, view.who.person_id) if view.who else None
    newest = view.submissions[0] if view.submissions else None
    return ui.section(
        "What to do",
        ui.inset(lines.lines(view.submissions, slots.today())) if newest else None,
        parts.steps(view.task, newest),
        *(claim, note),
        id="steps",
    )


def _late(view: View) -> Component:
    return ui.notification(
        "You said this in another window"
        if view.sent.late == "own"
        else "Somebody said something else meanwhile",
        "Nothing that you sent was saved. Choose again below: what you typed is still there.",
        progress_parts.both(view.sent.values, view.events[0]) if view.events else None,
        kind="warning",
    )


def _met(view: View) -> Component | None:
    if view.met_on is None or view.task.closed_on:
        return None
    since = formatting.day(view.task.since)
    return ui.inset(
        ui.paragraph(
            f"Confirmed by the authority on {view.met_on}, data unchanged since {since}. The task "
            "does not count."
        )
    )


def _progress(view: View) -> Component | None:
    """How far it is, and the form to say so: for people of the organisation."""
    if view.task.closed_on and not view.events:
        return None
    invitation = task_progress.invitation(view.subject.curie, view.address)
    may_change = view.who is not None and view.who.acting_for == view.subject.curie
    if view.who is None and invitation is None:
        return None
    return ui.section(
        "How far you are",
        progress_parts.line(view.progress),
        invitation,
        _form(view) if may_change and not view.task.closed_on else None,
        progress_parts.history(view.events),
        id="progress",
    )


def _form(view: View) -> Component:
    newest = str(view.events[0].event_id) if view.events else ""
    return identity.form(
        view.address,
        *hidden_values({"previous": newest}),
        *progress_parts.fields(
            view.task,
            view.sent.values or progress_parts.present(view.progress),
            view.sent.mistakes,
        ),
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
    lines = [
        (state, task_words.amount_of(view.task, state.rows, state.problems))
        for state in reversed(stretches(view.task, view.states))
    ]
    columns = [ui.Column("From"), ui.Column("To"), ui.Column("How urgent")]
    has_amounts = any(amount for _, amount in lines)
    if has_amounts:
        columns.append(ui.Column("How much", numeric=True))
    cells = [
        [
            formatting.short_day(state.from_on),
            formatting.short_day(state.to_on),
            task_words.URGENCIES[state.urgency].title,
            *([amount or "–"] if has_amounts else []),
        ]
        for state, amount in lines
    ]
    table = ui.table("How the task went", columns, cells, caption_hidden=True)
    return ui.section("How it went", table, id="history")


def stretches(task: Task, states: Sequence[TaskState]) -> list[TaskState]:
    """How a task stood, the oldest first: in one unit, and what follows without a change joined."""
    # Rows only where each time knows them: else the column would change its unit midway.
    only_problems = any(state.rows is None and state.problems is not None for state in states)
    runs: list[TaskState] = []
    for state in states:
        line = replace(state, rows=None) if only_problems else state
        last = runs[-1] if runs else None
        if last and _is_alike(last, line) and _goes_on(task, last, line):
            runs[-1] = replace(last, to_on=max(last.to_on, line.to_on))
        else:
            runs.append(line)
    return runs


def _is_alike(last: TaskState, line: TaskState) -> bool:
    amounts = [state.problems if state.rows is None else state.rows for state in (last, line)]
    return last.urgency == line.urgency and amounts[0] == amounts[1]


def _goes_on(task: Task, last: TaskState, line: TaskState) -> bool:
    """Whether a task was there all the time between: it may have gone and come back."""
    return not task.reopened or line.from_on - last.to_on <= timedelta(days=1)
