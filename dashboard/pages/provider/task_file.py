"""The file of an organisation's open tasks."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote

from flask import Response

from dashboard.components.words import formatting, task_words, wording
from dashboard.data.door import now
from dashboard.pages.provider import task_list
from dashboard.pages.provider.subject import Subject, subject_of
from dashboard.urls import links
from dashboard.web.file_writers import Sheet, as_csv, as_xlsx, blueprint, of_latest, unknown
from performance_store.rows import Task


@blueprint.get("/organisations/<organisation>/tasks.<any(csv, xlsx):form>")
@of_latest("what is to be done is told")
def organisation_tasks(organisation: str, form: str) -> Response:
    """The open tasks of one organisation, the most urgent first. Columns: `task_list.COLUMNS`."""
    organisation = unquote(organisation)
    if now().empty or not organisation.isprintable():
        return unknown("There is no such file.")
    subject = subject_of(organisation)
    rows = task_list.of(subject).value
    met = task_list.met(rows)
    records = [task_list.record(row, subject) for row in rows if row.public_id not in met]
    over = [row for row in rows if row.public_id in met]
    name = f"tasks-{links.slug(subject.curie)}-{subject.snapshot.as_at}.{form}"
    if form == "csv":
        return as_csv(list(task_list.COLUMNS), records, name)
    return as_xlsx([Sheet("Tasks", list(task_list.COLUMNS), records), _about(subject, over)], name)


def _about(subject: Subject, over: Sequence[Task]) -> Sheet:
    """What the file is, and what its columns hold."""
    facts = {
        "Tasks of": subject.name,
        "Figures of": formatting.day(subject.snapshot.as_at),
        "Source": wording.source_of(subject.snapshot.kind),
        "Tasks": task_words.summary(task_list.without(task_list.count(subject).value, over)),
        "An empty cell": "not known, or does not apply",
    }
    facts |= {f"Column {name}": meaning for name, meaning in task_list.COLUMNS.items()}
    rows = ({"What": name, "Meaning": meaning} for name, meaning in facts.items())
    return Sheet("About this file", ["What", "Meaning"], rows)
