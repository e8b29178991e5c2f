"""Tasks on pages: by urgency, then by dataset, what gains most first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from dash.development.base_component import Component

from dashboard.components.common import submit_link
from dashboard.components.common.steps import About, with_links
from dashboard.components.design import blocks, html, status, tables, text
from dashboard.components.design.element import Children
from dashboard.components.words import formatting, submission_words, task_words
from dashboard.urls import addresses, links
from performance_store.definitions.vocabulary import Urgency
from performance_store.rows import Deadline, Task
from providers.submissions.rows import Submission

FOLD = 3
"""So many tasks of one dataset stand open; more are folded."""
_BEGIN = ["provide"]
TONES: dict[Urgency, status.Tone] = {"must": "bad", "should": "warn", "improve": "busy"}

SENT = ("provide", "take_over", "documentation", "licence", "tidy")
"""Kinds of task whose last steps are that something is sent, and that the register has it."""

Beside = Callable[[Task], Children]
"""What stands beside a task of what people said of it."""


def urgency_tag(task: Task) -> Component:
    """How much a task is asked for."""
    return status.tag(task_words.URGENCIES[task.urgency].title, TONES[task.urgency])


def section(urgency: Urgency, rows: Sequence[Task], beside: Beside) -> Component | None:
    """The tasks of one urgency, under their number; None where there are none."""
    if not rows:
        return None
    group = task_words.URGENCIES[urgency]
    datasets = by_dataset(rows)
    begin = [tasks[0] for tasks in datasets.values() if [task.kind for task in tasks] == _BEGIN]
    if len(begin) <= FOLD:
        begin = []
    names = {task.dataset_name for task in begin}
    cards = [
        _of_dataset(name, tasks, beside) for name, tasks in datasets.items() if name not in names
    ]
    return text.section(
        f"{group.title}: {formatting.plural(len(rows), 'task')}",
        text.paragraph(group.meaning, quiet=True),
        *cards,
        _not_provided(begin, beside) if begin else None,
        id=urgency,
    )


def _not_provided(rows: Sequence[Task], beside: Beside) -> Component:
    """Datasets of which nothing is there yet, a line each: their tasks say the same, and mostly
    are on the list for as long."""
    gain, days = task_words.gain(rows[0]), {task_words.since(row) for row in rows}
    every = " ".join([part for part in (gain, *(days if len(days) == 1 else ())) if part])
    items: list[Children] = [
        [
            html.A(
                row.dataset_name,
                href=addresses.task(row.organisation, row.public_id),
                id=f"task-{row.public_id}",
                className="link",
            ),
            html.Span(f" {task_words.since(row)}", className="quiet small")
            if len(days) > 1
            else None,
            beside(row),
        ]
        for row in rows
    ]
    return html.Div(
        [
            html.H3("Not provided yet", className="h3"),
            html.P(every, className="text") if every else None,
            text.bullets(items),
        ],
        className=f"card card-{TONES[rows[0].urgency]}",
    )


def by_dataset(rows: Sequence[Task]) -> dict[str, list[Task]]:
    """Tasks by the name of their dataset, in the order in which each has its first."""
    groups: dict[str, list[Task]] = {}
    for row in rows:
        groups.setdefault(row.dataset_name, []).append(row)
    return groups


def _of_dataset(name: str, rows: Sequence[Task], beside: Beside) -> Component:
    first = rows[0]
    heading = html.H3(
        text.link(name, addresses.dataset(first.organisation, first.dataset)), className="h3"
    )
    frame = f"card card-{TONES[first.urgency]}"
    if len(rows) <= FOLD:
        return html.Div([heading, *(item(row, beside(row)) for row in rows)], className=frame)
    fold = html.Details(
        [
            html.Summary([_many(rows), text.hidden(f": {name}")], className="details-summary"),
            html.Div(text.bullets([_short(row, beside(row)) for row in rows])),
        ],
        className="details",
    )
    return html.Div([heading, fold], className=frame)


def _short(task: Task, beside: Children) -> Children:
    """One of many tasks, in a few lines; its page has the steps and the file. Few elements: a list
    may have hundreds of them."""
    page = addresses.task(task.organisation, task.public_id)
    facts = (task_words.gain(task), task_words.since(task), task_words.caution(task))
    name = html.A(task_words.title(task), href=page, id=f"task-{task.public_id}", className="link")
    words = " ".join(part for part in facts if part)
    return [name, f". {words} ", *ways(task)[:1], beside]


def _many(rows: Sequence[Task]) -> str:
    """ "12 tasks, with 340 rows to fix"."""
    words = f"Show {formatting.plural(len(rows), 'task')}"
    fixes = [row for row in rows if row.kind == "fix"]
    if not fixes:
        return words
    return f"{words}, with {formatting.plural(sum(row.problems or 0 for row in fixes), 'problem')}"


def item(task: Task, beside: Children = None) -> Component:
    """One task: what is wrong, what it gains, since when, where, and the steps."""
    gain, caution = task_words.gain(task), task_words.caution(task)
    page = addresses.task(task.organisation, task.public_id)
    lines: list[Children] = [
        html.H4(text.link(task_words.title(task), page), className="h4"),
        html.P(gain, className="text") if gain else None,
        _facts(task),
        html.P(caution, className="text") if caution else None,
        beside,
        html.Details(
            [
                html.Summary(
                    ["What to do", text.hidden(f": {task_words.title(task)}")],
                    className="details-summary",
                ),
                html.Div(steps(task)),
            ],
            className="details details-small",
        ),
    ]
    return html.Article(
        [line for line in lines if line is not None],
        id=f"task-{task.public_id}",
        className="task",
    )


def ways(task: Task) -> list[Component]:
    """The ways to the rows, to what can be saved of them, and to the endpoint."""
    about = f": {task_words.title(task)}"
    if task.kind == "fix":
        issue = addresses.issue(task.organisation, task.dataset, task.code, task.field or None)
        words = f"See the {task_words.amount(task) or 'rows'}"
        return [text.link(words, issue, about=about), *_file(task)]
    if task.kind in ("access", "documentation", "licence", "tidy"):
        anchor = f"{addresses.dataset(task.organisation, task.dataset)}#endpoints"
        return [text.link("See the endpoint", anchor, about=about)]
    return []


def _file(task: Task) -> list[Component]:
    # Only rows that are listed can be saved: figures that only count problems have none.
    if task.rows is None:
        return []
    where = {
        "organisation": task.organisation,
        "dataset": task.dataset,
        "issue_type": task.code,
        "field": task.field or None,
    }
    address = links.with_query(addresses.ISSUES_FILE, where)
    return [text.download_link("Download them", address, note="CSV")]


def _facts(task: Task) -> Component:
    links_to = [piece for item in ways(task) for piece in (" ", item)]
    # In an element of their own: a printed page leaves out a paragraph with something to save.
    return html.P([task_words.since(task), html.Span(links_to)], className="text")


def steps(task: Task, submission: Submission | None = None) -> Component:
    """What to do, in order, and how each step is known to be done. In: what was sent to close the
    task, which says how far the last two steps are."""
    rows = task_words.steps(task)
    notes = [""] * len(rows)
    if submission is not None and task.kind in SENT:
        notes[-2:] = submission_words.of_steps(submission)
    is_sent = submission is not None and submission.is_open
    items = [
        html.Li(_step(task, row, note, is_sent)) for row, note in zip(rows, notes, strict=True)
    ]
    return html.Ol(items, className="bullets")


def _step(task: Task, step: task_words.Step, note: str, is_sent: bool) -> list[Children]:
    about = About(
        task.dataset,
        task.organisation,
        endpoint=submit_link.endpoint(task),
        task=task.public_id,
        giving=submit_link.giving(task.kind),
    )
    # What was sent is not to be sent again.
    words = step.words if note and is_sent else with_links(step.words, about)
    if step.to_guidance:
        name = task.dataset_name.lower()
        words = text.link(f"Read the guidance on {name}", _guidance(task))
    if note:
        # Where a submission says how far it is, nobody needs to know how it would be seen.
        return [words, html.Strong(f" {note}")]
    return [words, html.Span(f" {task_words.SIGNS[step.sign]}.", className="quiet")]


def _guidance(task: Task) -> str:
    """The paragraph of the dataset's guidance that a task is about."""
    if task.kind in ("fix", "field") and task.field:
        return addresses.guidance(task.dataset, field=task.field)
    part = {"provide": "publish", "take_over": "publish", "review": "who"}.get(task.kind, "fields")
    return addresses.guidance(task.dataset, part)


def past(rows: Sequence[Task], since: date) -> Component | None:
    """What was completed lately, with thanks; None where nothing was."""
    if not rows:
        return None
    done = sum(1 for row in rows if row.close_reason == "fixed")
    thanks = f"{formatting.plural(done, 'task')} done. Thank you." if done else None
    columns = [tables.Column("Task"), tables.Column("Ended"), tables.Column("How")]
    cells: list[list[Children]] = [
        [
            [
                f"{row.dataset_name}: ",
                text.link(task_words.title(row), addresses.task(row.organisation, row.public_id)),
            ],
            text.day(row.closed_on),
            task_words.ending(row),
        ]
        for row in rows
    ]
    title = f"Completed since {formatting.day(since)}"
    table = tables.table(title, columns, cells, caption_hidden=True)
    body = table if len(rows) <= 2 * FOLD else text.details(f"Show all {len(rows)}", table)
    return text.section(title, text.paragraph(thanks) if thanks else None, body, id="completed")


def deadlines(rows: Sequence[tuple[Deadline, str, date, str]], as_at: date) -> Component | None:
    """What is due next. In: each deadline with the name of its dataset, its next day, and why
    nothing is due before that (blank: it is)."""
    if not rows:
        return None
    facts = [
        (
            name,
            f"{over} Review each entry again by {formatting.day(day)}."
            if over
            else f"Review each entry by {formatting.day(day)}, {formatting.age(day, as_at)}. "
            f"We ask for it {formatting.span(deadline.notice_days)} before.",
        )
        for deadline, name, day, over in rows
    ]
    return text.section("Dates to come", blocks.summary_list(facts), id="deadlines")
