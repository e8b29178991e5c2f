"""Somebody sent the same meanwhile: what was typed is not sent, and can be added to it."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.design.writing import text_area
from dashboard.components.submissions import conversation
from dashboard.components.submit import words as submit_words
from dashboard.components.words import formatting
from dashboard.components.words.submission_words import LICENCES, local
from dashboard.pages.submit import access, removing
from dashboard.pages.submit.access import Subject
from dashboard.urls import addresses
from dashboard.web import identity
from providers.submissions.rows import Submission

NOT_SENT = "What you typed was not sent. It is kept until you remove it, for 30 days at most."


def render(subject: Subject, submission: Submission, *, is_own: bool) -> Component:
    """The page. In: what is open for the same, and whether the reader sent that."""
    who = "You" if is_own else "A colleague of yours"
    day = formatting.day(local(submission.sent_at))
    reference = submission.reference
    return html.Div(
        [
            access.trail(subject),
            ui.heading(f"{who} sent this already", caption=access.caption(subject)),
            ui.paragraph(
                f"{who} sent this on {day}, and it is not over yet. {NOT_SENT}", lead=True
            ),
            ui.paragraph(
                ui.link(f"See how far it is: {reference}", addresses.submission(reference))
            ),
            offer(subject, reference),
            removing.form(subject.draft, "Remove what I typed"),
        ]
    )


def offer(subject: Subject, reference: str) -> Component | None:
    """The form that says what was typed in the conversation of what is open; None where there is
    nothing to say."""
    words = "\n".join(_words(subject))
    if not words:
        return None
    return ui.section(
        "Tell the data team what you typed",
        identity.form(
            addresses.path(addresses.SUBMISSION_ANSWER, reference=reference),
            text_area(
                "words",
                f"Your words, as an answer in {reference}",
                words,
                hint="The data team and your colleagues read it.",
                mistake=None,
                max_length=conversation.LONGEST,
            ),
            ui.button("Send it as an answer"),
        ),
        id="as-answer",
    )


def _words(subject: Subject) -> list[str]:
    """What somebody typed that the other may not have."""
    lines = []
    if subject.draft.kind == "correct":
        field = subject.answer("field")
        value = (
            LICENCES.get(subject.answer("licence"), "")  # type: ignore[call-overload]
            if field == "licence"
            else subject.answer("documentation_url")
        )
        lines.append(f"{submit_words.FIELDS.get(field, '')}: {value}")
    return [*lines, *([subject.answer("note")] if subject.answer("note") else [])]
