"""What programme managers do to a submission by hand: the controls, and how its ticket is."""

from __future__ import annotations

from collections.abc import Sequence

from dash.development.base_component import Component

from dashboard.components.design import blocks, forms, html, text
from dashboard.components.design.element import Children
from dashboard.components.words import formatting, progress_words, submission_words
from providers.submissions.rows import Registered, Submission, TicketRow, WaitingStep

ENDINGS = ("absent", "refused", "duplicate", "answered")
"""Reasons for which the programme may end a submission."""


def link_fields(
    rows: Sequence[Registered], current: str | None, mistake: str | None
) -> list[Children]:
    """The choice of the registered address that a submission led to. In: the addresses of its
    organisation and dataset, and the one that it is linked with."""
    options = [(row.endpoint, _words(row)) for row in rows]
    return [
        forms.select(
            "endpoint",
            "Registered address that it led to",
            options,
            current,
            any_label="Choose an address",
            mistake=mistake,
        ),
        text.button("Link", kind="secondary"),
    ]


def _words(row: Registered) -> str:
    state = "" if row.is_active else " (ended)"
    return f"{row.url or row.endpoint}{state}"


def end_fields(mistake: str | None) -> list[Children]:
    """The choice of why a submission ends without being live."""
    options = [(reason, submission_words.REASONS[reason]) for reason in ENDINGS]
    return [
        forms.select("reason", "End it: why?", options, None, any_label="Choose a reason",
                     mistake=mistake),
        text.button("End it", kind="secondary"),
    ]  # fmt: skip


_STEPS = {
    "create": "The ticket",
    "note": "The note to it",
    "attach": "The file to it",
    "comment": "An answer",
    "close": "The withdrawal",
}


def ticket(row: TicketRow | None) -> Component:
    """How the ticket is, and what is still on its way to it."""
    if row is None:
        return text.paragraph("It has no ticket: it is worked through from here.")
    facts: list[tuple[str, Children]] = []
    if row.external_id:
        facts = [
            ("Ticket", _id(row)),
            ("Status in the ticket system", row.native or row.category),
            ("Since", progress_words.moment(row.changed_at) if row.changed_at else None),
        ]
    facts += [(_STEPS.get(step.kind, step.kind), _waiting(step)) for step in row.waiting_for]
    return blocks.summary_list(facts) if facts else html.Div()


def _id(row: TicketRow) -> Children:
    name = row.external_id or ""
    return text.external_link(name, row.external_url) if row.external_url else name


def _waiting(step: WaitingStep) -> str:
    since = progress_words.moment(step.since)
    tries = formatting.plural(step.attempts, "attempt")
    words = f"The ticket system has not taken it since {since}, after {tries}."
    if step.is_failed:
        words = f"The ticket system refused it: it is tried no more. It is of {since}."
    return f"{words} Its last answer: {step.answer}" if step.answer else words


def may_acknowledge(submission: Submission) -> bool:
    """Whether it makes sense to say that somebody looks at it."""
    return submission.step in ("sending", "sent")
