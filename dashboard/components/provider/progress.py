"""Parts about what people said of a task: for signed-in people of its organisation only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash.development.base_component import Component

from dashboard.components.design import forms, html, status, tables, text
from dashboard.components.design.element import Children
from dashboard.components.words import formatting, progress_words
from performance_store.rows import Task
from providers.tasks.rows import Event, Progress, State

TONES: dict[State, status.Tone] = {
    "to_do": "none",
    "in_progress": "busy",
    "done": "good",
    "not_applicable": "none",
    "paused": "unknown",
    "confirmed": "good",
}


def line(progress: Progress | None) -> Component | None:
    """How far a task is, who said so and when, why, and what the data have said since; None where
    nobody said anything."""
    if progress is None:
        return None
    pieces: list[Children] = [status.tag(progress_words.state(progress), TONES[progress.now])]
    back, since = progress_words.back(progress), progress_words.outcome(progress)
    if back:
        pieces += [f" {back}", f" {since}" if since else None]
    if progress.person_id is not None:
        name = progress.address or "Somebody who has left"
        when = progress_words.moment(progress.at)
        pieces += [" Last said by " if back else " ", html.Span(name, className="break")]
        pieces += [f", {when}."]
        # What has come of it names the reason itself.
        reason = progress_words.REASONS.get(progress.reason or "")
        pieces += [f" {reason}." if reason and not since else None]
    return html.P([*pieces, f" {since}" if since and not back else None], className="text")


def present(progress: Progress | None) -> dict[str, str]:
    """What the form begins with: how far the task is, and the note of whoever said so."""
    if progress is None:
        return {}
    return {
        "state": progress.now,
        "reason": progress.reason or "" if progress.now == "not_applicable" else "",
        "until": progress.until.isoformat() if progress.until and progress.now == "paused" else "",
        "note": progress.note or "",
    }


def claim(progress: Progress | None, person_id: int | None) -> Component | None:
    """That people say the steps are done, and the data do not yet; None otherwise. In: also who
    reads."""
    if progress is None or progress.now != "done":
        return None
    name = "You" if progress.person_id == person_id else "Somebody of your authority"
    when = formatting.day(progress.at.date())
    return text.inset(
        text.paragraph(f"{name} said so on {when}; we have not seen it in the data yet.")
    )


def fields(task: Task, values: Mapping[str, str], mistakes: Mapping[str, str]) -> list[Component]:
    """The controls for saying how far a task is. In: what was sent, and what was wrong with it."""
    return [
        forms.choice(
            "state",
            "How far is it?",
            progress_words.choices(task.kind),
            values.get("state"),
            mistakes.get("state"),
        ),
        forms.select(
            "reason",
            "If it does not apply: why?",
            list(progress_words.REASONS.items()),
            values.get("reason"),
            any_label="Choose a reason",
            mistake=mistakes.get("reason"),
        ),
        forms.entry(
            "until",
            "If it is paused: until which day?",
            values.get("until", ""),
            kind="date",
            mistake=mistakes.get("until"),
        ),
        forms.entry(
            "note",
            "Note for your colleagues (optional)",
            values.get("note", ""),
            hint="Up to 500 characters. Do not write anything about a person.",
            mistake=mistakes.get("note"),
            max_length=500,
        ),
        html.Div(text.button("Save"), className="form-actions"),
    ]


def history(rows: Sequence[Event]) -> Component | None:
    """Who said what and when, the newest first."""
    if not rows:
        return None
    columns = [tables.Column("When"), tables.Column("What"), tables.Column("Who")]
    cells: list[list[Children]] = [
        [
            progress_words.moment(row.at),
            [progress_words.event(row), html.Br() if row.note else None, row.note],
            _who(row),
        ]
        for row in rows
    ]
    table = tables.table("What was said of this task", columns, cells, caption_hidden=True)
    return html.Div([text.heading("What was said of this task", 3), table])


def _who(row: Event) -> Children:
    if not row.by_person:
        return "The data"
    return html.Span(row.address or "Somebody who has left", className="break")


def both(mine: Mapping[str, str], theirs: Event) -> Component:
    """What somebody else said meanwhile, beside what was just sent."""
    words = progress_words.STATES.get(mine.get("state", "to_do"), "")  # type: ignore[call-overload]
    facts = [
        (
            f"{theirs.address or 'A colleague'}, {progress_words.moment(theirs.at)}",
            [progress_words.event(theirs), f". {theirs.note}" if theirs.note else ""],
        ),
        ("You, just now", f"{words}. {mine.get('note', '')}".strip()),
    ]
    rows = [html.Div([html.Dt(name), html.Dd(value)], className="summary-row")
            for name, value in facts]  # fmt: skip
    return html.Dl(rows, className="summary")


def met(rows: Sequence[tuple[Task, str]]) -> Component | None:
    """Tasks that count as met. In: each with when that was said, in words."""
    if not rows:
        return None
    items: list[Children] = [
        f"{task.dataset_name}: confirmed by the authority on {when}, data unchanged since "
        f"{formatting.day(task.since)}."
        for task, when in rows
    ]
    return text.section("Reviewed, nothing to change", text.bullets(items), id="met")
