"""What a submission came to, step by step, each with its day and what says so."""

from __future__ import annotations

from collections.abc import Sequence

from dash.development.base_component import Component

from dashboard.components.design import html, status, tables, text
from dashboard.components.design.element import Children
from dashboard.components.submissions.lines import TONES
from dashboard.components.words import submission_words
from providers.submissions.rows import Event, Submission


def steps(submission: Submission, events: Sequence[Event]) -> Component:
    """The steps so far, the oldest first, and those still to come. In: its events in any order."""
    columns = [tables.Column("Day"), tables.Column("Step"), tables.Column("What says so")]
    rows = sorted(events, key=lambda event: event.id)
    return html.Div(
        [
            tables.table(
                "The steps so far",
                columns,
                [_cells(submission, row) for row in rows],
                caption_hidden=True,
            ),
            _to_come(submission, events),
        ]
    )


def _cells(submission: Submission, event: Event) -> list[Children]:
    source = submission_words.source(event)
    words = submission_words.sentence(event.step, event.evidence)
    if event.step == "ended":
        words = submission_words.reason(submission) or words
    return [
        text.day(event.on_day),
        status.tag(submission_words.in_past(event.step), TONES[event.step]),
        [words, f" {source}" if source else ""],
    ]


def _to_come(submission: Submission, events: Sequence[Event]) -> Component | None:
    names = submission_words.to_come(submission, [event.step for event in events])
    if not names:
        return None
    return text.paragraph(f"Still to come: {names}.", quiet=True)
