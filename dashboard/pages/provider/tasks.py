"""What an organisation is to do next: must, should, could, what gains most first.

For its officer in the morning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.provider import cards
from dashboard.components.provider import progress as progress_parts
from dashboard.components.provider import tasks as parts
from dashboard.components.submissions import lines
from dashboard.components.words import formatting, task_words
from dashboard.data.door import door
from dashboard.pages.provider import dataset_list, task_list, task_progress
from dashboard.pages.provider.subject import Subject, subject_of
from dashboard.pages.submissions import open_line
from dashboard.urls import addresses, links
from dashboard.web import slots
from performance_store.definitions.vocabulary import URGENCIES
from performance_store.rows import Task, TaskCount
from providers.submissions import reading as submissions
from providers.submissions.rows import Submission
from providers.tasks import Progress

PATH = addresses.TASKS
TITLE = "Tasks"
NAV = None


@dataclass(frozen=True, slots=True)
class Filters:
    """Whose tasks, from the address: a dataset's reference, or all."""

    dataset: str | None = links.one_of()


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `count` is of all its open tasks, `rows` are those of the filter. `met`
    are those that count no more, each with the day on which people said so; `progress` is what
    people said, for those who may see it; `submissions` the newest that each task has, by its id.
    """

    subject: Subject
    filters: Filters
    count: TaskCount
    rows: tuple[Task, ...]
    past: tuple[Task, ...] = ()
    reviews: tuple[task_list.Review, ...] = ()
    notices: tuple[str, ...] = ()
    dataset_name: str | None = None
    met: tuple[tuple[Task, str], ...] = ()
    progress: Mapping[str, Progress] = field(default_factory=dict)
    submissions: Mapping[str, Submission] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The page's own path."""
        return addresses.tasks(self.subject.curie)


def layout(organisation: str = "", **params: Any) -> Component:
    """The page of the organisation in the address."""
    return render(view(organisation, params))


def view(organisation: str, params: dict[str, Any] | None = None) -> View:
    """The tasks of one organisation. In: its filters as in the address. Raises NotFound."""
    subject = subject_of(organisation)
    rows_of, every_of, count = (
        dataset_list.rows(subject),
        task_list.of(subject),
        task_list.count(subject),
    )
    datasets, every = rows_of.value, every_of.value
    names = {row.dataset: row.dataset_name for row in datasets}
    reading = links.parse(Filters, params or {}, allowed={"dataset": names})
    only = reading.filters.dataset
    met = task_list.met(every)
    rows = tuple(row for row in every if only in (None, row.dataset))
    over = [row for row in rows if row.public_id in met]
    who = task_progress.reader(subject.curie)
    return View(
        subject,
        reading.filters,
        task_list.without(count.value, [row for row in every if row.public_id in met]),
        tuple(row for row in rows if row.public_id not in met),
        tuple(row for row in task_list.past(subject) if only in (None, row.dataset)),
        task_list.to_come(subject, datasets, task_list.reviews_met(every)),
        (*subject.notices, *reading.notices),
        names.get(only or ""),
        tuple((row, met[row.public_id]) for row in over),
        task_progress.progress(who, rows),
        door().fresh(
            submissions.of_tasks, tasks=[row.public_id for row in rows], today=slots.today()
        ),
    )


def render(view: View) -> Component:
    """The page."""
    subject = view.subject
    return html.Div(
        [
            ui.breadcrumbs(
                [
                    ("Home", addresses.HOME),
                    ("Authorities", addresses.ORGANISATIONS),
                    (subject.name, addresses.organisation(subject.curie)),
                ]
            ),
            ui.heading("Tasks", caption=subject.name),
            ui.notices(view.notices),
            cards.closure(subject.organisation) if subject.has_closed else None,
            cards.older_figures(subject.snapshot, subject.filters.as_at) if subject.older else None,
            ui.paragraph(task_words.summary(view.count), lead=True),
            task_progress.invitation(subject.curie, view.address) if view.rows else None,
            _only(view),
            _ways(view),
            *(_section(view, urgency) for urgency in URGENCIES),
            progress_parts.met(view.met),
            _deadlines(view) if view.rows else None,
            parts.past(view.past, task_list.lately(subject)),
            open_line.line(subject.curie),
        ]
    )


def _deadlines(view: View) -> Component | None:
    rows = [
        (review.deadline, review.dataset_name, review.day, review.over) for review in view.reviews
    ]
    return parts.deadlines(rows, view.subject.snapshot.as_at)


def _only(view: View) -> Component | None:
    if view.filters.dataset is None:
        return None
    name = view.dataset_name or view.filters.dataset
    words = f"This page shows {formatting.plural(len(view.rows), 'task')} of {name}. "
    return ui.inset(ui.paragraph(words, ui.link("Show all tasks", view.address)))


def _ways(view: View) -> Component:
    """The parts of the page, its files and how tasks come about."""
    if not view.rows:
        return ui.controls(_working(view))
    counts = [
        ui.stat(formatting.number(len(_of(view, urgency))), group.title, href=f"#{urgency}")
        for urgency, group in task_words.URGENCIES.items()
        if _of(view, urgency)
    ]
    files = [
        ui.download_link(form.upper(), addresses.tasks_file(view.subject.curie, form))
        for form in ("csv", "xlsx")
    ]
    api = ui.link("JSON", addresses.tasks_api(view.subject.curie))
    menu = ui.menu([*files, api], about="the tasks")
    return html.Div([ui.stats(*counts), ui.controls(menu, _working(view))])


def _of(view: View, urgency: str) -> list[Task]:
    return [row for row in view.rows if row.urgency == urgency]


def _section(view: View, urgency: Any) -> Component | None:
    return parts.section(
        urgency,
        _of(view, urgency),
        lambda task: _beside(view, task.public_id),
    )


def _beside(view: View, task: str) -> list[Component | None]:
    """What people said of a task, and what was sent to close it."""
    row = view.submissions.get(task)
    return [
        progress_parts.line(view.progress.get(task)),
        lines.lines([row], slots.today()) if row else None,
    ]


def _working(view: View) -> Component:
    return ui.working(
        ui.bullets(
            [
                "Tasks come from what we collect. A task opens when the data show a problem, and "
                "closes when the data show that it is gone. You do not need to tell us.",
                task_words.KNOWING,
                "Of two tasks an endpoint that does not work comes first, then what makes a "
                "dataset live, then what the law requires, then what touches the larger share of "
                "the records, then the older.",
                "Where newer figures cannot tell whether a problem is still there, the task stays "
                "open and says so.",
                f"Figures of {formatting.day(view.subject.snapshot.as_at)}.",
            ]
        ),
        about="the list of tasks",
    )
