"""The tasks of an organisation: one reading for its pages, its badge and its files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from dashboard.components.words import formatting, task_words, wording
from dashboard.data.door import ask
from dashboard.data.reading import Soon, soon
from dashboard.pages.provider.subject import Subject
from dashboard.web import slots
from performance_store.queries import tasks
from performance_store.rows import DatasetStatus, Deadline, Snapshot, Task, TaskCount, TaskOfKind
from providers.tasks import CONFIRMABLE

LATELY = timedelta(days=92)


def of(subject: Subject, dataset: str | None = None) -> Soon[tuple[Task, ...]]:
    """Its open tasks, or those of one of its datasets, the most urgent first."""
    return soon(
        tasks.of_organisation,
        organisation=subject.curie,
        snapshot_id=subject.snapshot.snapshot_id,
        dataset=dataset,
    )


def met(rows: Sequence[Task]) -> dict[str, str]:
    """Which of some tasks people said are met, by public id: the day on which. Asked anew."""
    rows_met = slots.confirmations(slots.confirmable(rows))
    return {task: formatting.day(row.at.date()) for task, row in rows_met.items()}


def without(count: TaskCount, rows: Sequence[Task]) -> TaskCount:
    """A number of open tasks less those of them that are met."""
    fewer = Counter(row.urgency for row in rows)
    return replace(
        count,
        must=count.must - fewer["must"],
        should=count.should - fewer["should"],
        improve=count.improve - fewer["improve"],
    )


def past(subject: Subject) -> tuple[Task, ...]:
    """Its tasks that ended lately, the latest first."""
    return ask(
        tasks.endings,
        organisation=subject.curie,
        snapshot_id=subject.snapshot.snapshot_id,
        since=lately(subject),
    )


def lately(subject: Subject) -> date:
    """The day from which an ended task is told."""
    return subject.snapshot.as_at - LATELY


def one(subject: Subject, public_id: str) -> Task | None:
    """One of its tasks, open or not; None if it has no such task."""
    rows = ask(tasks.one, public_id=public_id, snapshot_id=subject.snapshot.snapshot_id)
    return rows[0] if rows and rows[0].organisation == subject.curie else None


def count(subject: Subject) -> Soon[TaskCount]:
    """How many it has open."""
    return soon(
        tasks.counts, snapshot_id=subject.snapshot.snapshot_id, organisation=subject.curie
    ).then(lambda rows: rows[0] if rows else TaskCount(subject.curie, 0, 0, 0, unknown=False))


def counts(snapshot: Snapshot) -> dict[str, TaskCount]:
    """How many each organisation has open by the facts, by its reference; one without any task is
    left out where nothing is collected from it either."""
    return {row.organisation: row for row in ask(tasks.counts, snapshot_id=snapshot.snapshot_id)}


def confirmable() -> dict[str, list[TaskOfKind]]:
    """The open tasks that a confirmation meets, by their organisations' references."""
    by_organisation: dict[str, list[TaskOfKind]] = {}
    for row in ask(tasks.of_kinds, kinds=CONFIRMABLE):
        by_organisation.setdefault(row.organisation, []).append(row)
    return by_organisation


@dataclass(frozen=True, slots=True)
class Review:
    """A yearly review: of which dataset, the next day by which, and, where this year needs nothing
    any more, why."""

    deadline: Deadline
    dataset_name: str
    day: date
    over: str = ""


def reviews_met(rows: Sequence[Task]) -> dict[tuple[str, int], date]:
    """Of some tasks the reviews that people said are met: by dataset and year, the day on which.
    Asked anew."""
    reviews = [row for row in rows if row.kind == "review"]
    said_on = slots.confirmations(slots.confirmable(reviews))
    return {
        (row.dataset, int(row.subject)): said_on[row.public_id].at.date()
        for row in reviews
        if row.public_id in said_on
    }


def to_come(
    subject: Subject, rows: tuple[DatasetStatus, ...], met_on: Mapping[tuple[str, int], date]
) -> tuple[Review, ...]:
    """The next day of each yearly review, the soonest first. In: its datasets, and the reviews that
    people said are met."""
    as_at = subject.snapshot.as_at
    owners = {row.dataset: row for row in rows if row.endpoint_count or wording.is_expected(row)}
    reviews = [
        _review(line, owners[line.dataset], as_at, met_on.get((line.dataset, as_at.year)))
        for line in ask(tasks.deadlines)
        if line.dataset in owners
    ]
    return tuple(sorted(reviews, key=lambda review: (review.day, review.dataset_name)))


def _review(line: Deadline, row: DatasetStatus, as_at: date, met_on: date | None) -> Review:
    day = date(as_at.year, line.month, line.day)
    changed_on = row.content_changed_on
    next_year = day.replace(year=as_at.year + 1)
    if changed_on is not None and changed_on.year >= as_at.year:
        over = f"Nothing is due this year: the data changed on {formatting.day(changed_on)}."
        return Review(line, row.dataset_name, next_year, over)
    if met_on is not None:
        over = f"Nothing is due this year: reviewed without a change on {formatting.day(met_on)}."
        return Review(line, row.dataset_name, next_year, over)
    return Review(line, row.dataset_name, day if day >= as_at else next_year)


COLUMNS = {
    "task": "What the task is called here, for as long as there is this problem.",
    "organisation": "Reference of the organisation.",
    "organisation_name": "Name of the organisation.",
    "as_at": "Date of these figures.",
    "dataset": "Reference of the dataset.",
    "dataset_name": "Name of the dataset.",
    "urgency": "must, should or improve.",
    "kind": "What sort of task it is.",
    "what": "What is wrong or missing, in words.",
    "gain": "What fixing it gains, where that is more than the fix itself.",
    "issue_type": "Type of the issue, of a task that is about one.",
    "field": "Field that the task is about.",
    "endpoint_url": "Endpoint that the task is about.",
    "problems": "How often the issue occurs.",
    "rows": "How many rows have the issue; blank where only problems are known.",
    "since": "Day since which it is so, where more is known than the date of first figures.",
    "first_seen_on": "Date of the first figures that have it.",
    "last_seen_on": "Date of the last figures that have it.",
    "not_judged_since": "Set where newer figures cannot tell: date of the last that could.",
    "of_last_good": "Whether it is of the last file that could be collected.",
    "reopened": "How often it was gone and came back.",
}
"""The columns of the files of tasks, each with what it means."""


def record(task: Task, subject: Subject) -> dict[str, Any]:
    """A task as a line of a file: a value for each of `COLUMNS`."""
    values = {
        "task": task.public_id,
        "organisation_name": subject.organisation.name,
        "as_at": subject.snapshot.as_at,
        "what": task_words.title(task),
        "gain": task_words.gain(task),
        "issue_type": task.code if task.kind == "fix" else None,
        "field": task.field or None,
    }
    return {name: values[name] if name in values else getattr(task, name) for name in COLUMNS}
