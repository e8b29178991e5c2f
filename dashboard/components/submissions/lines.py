"""Submissions as a tag, as lines on the pages of what they are about, and as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from dash.development.base_component import Component

from dashboard.components.design import html, status, tables, text
from dashboard.components.design.element import Children
from dashboard.components.words import formatting, submission_words
from dashboard.urls import addresses
from providers.submissions.rows import Step, Submission

TONES: dict[Step, status.Tone] = {
    "sending": "busy",
    "sent": "busy",
    "acknowledged": "busy",
    "waiting": "warn",
    "answered": "busy",
    "registered": "busy",
    "collection_failed": "bad",
    "collected": "busy",
    "no_records": "warn",
    "live": "good",
    "done": "good",
    "ended": "none",
}
Name = Callable[[str], str]


def tag(submission: Submission) -> Component:
    """How far a submission is."""
    return status.tag(submission_words.step(submission), TONES[submission.step])


def lines(rows: Sequence[Submission], today: date, dataset: Name | None = None) -> Component | None:
    """Submissions, each as a sentence that leads to its page, with what comes next; None without
    any. In: what a dataset is called, where they are of several."""
    if not rows:
        return None
    items = [_line(row, today, dataset) for row in rows]
    return text.bullets(items) if len(items) > 1 else text.paragraph(items[0])


def _line(row: Submission, today: date, dataset: Name | None) -> Children:
    words = submission_words.brief(row, dataset(row.dataset) if dataset else "")
    outlook = submission_words.outlook(row, today)
    return [
        text.link(words, addresses.submission(row.reference)),
        f". {outlook}" if outlook else "",
        " ",
        late(row),
    ]


def late(row: Submission) -> Component | None:
    """That it takes longer than promised; None where it does not."""
    return status.tag("Late", "bad") if row.is_late else None


def table(
    caption: str, rows: Sequence[Submission], dataset: Name, organisation: Name | None = None
) -> Component:
    """Submissions, one a row. In: what datasets and, where they are of several, organisations are
    called."""
    columns = [
        tables.Column("Reference"),
        *([tables.Column("Authority")] if organisation else []),
        tables.Column("Dataset"),
        tables.Column("What for"),
        tables.Column("Sent"),
        tables.Column("How far"),
        tables.Column("Since"),
    ]
    cells = [_cells(row, dataset, organisation) for row in rows]
    return tables.table(caption, columns, cells, caption_hidden=True)


def _cells(row: Submission, dataset: Name, organisation: Name | None) -> list[Children]:
    whose = []
    if organisation:
        whose = [text.link(organisation(row.organisation), addresses.submissions(row.organisation))]
    return [
        text.link(row.reference, addresses.submission(row.reference)),
        *whose,
        text.link(dataset(row.dataset), addresses.dataset(row.organisation, row.dataset)),
        submission_words.KINDS[row.kind].name,
        formatting.short_day(submission_words.local(row.sent_at)),
        html.Span([tag(row), " ", late(row)]),
        formatting.short_day(submission_words.local(row.step_at)),
    ]
