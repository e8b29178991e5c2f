"""One submission: how far it is, what says so, what comes next and who acts.

For the officer who sent it, and for whoever asks after it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.design.element import Children
from dashboard.components.design.forms import mistake_summary
from dashboard.components.submissions import about, timeline
from dashboard.components.submissions.about import Names
from dashboard.components.words import submission_words
from dashboard.data.door import Connection, ask, door
from dashboard.data.errors import NotFound
from dashboard.pages.provider import task_list
from dashboard.pages.provider.subject import Subject, subject_of
from dashboard.pages.submissions import inside as parts
from dashboard.pages.submissions.inside import Inside, Sent
from dashboard.urls import addresses
from dashboard.web import identity, slots
from performance_store.queries import cell, organisations
from providers.submissions import reading, standing, working_days
from providers.submissions.rows import Event, Submission

PATH = addresses.SUBMISSION
TITLE = "Submission"
NAV = None
PLAIN = True

NOTHING, SENT = "nothing", "sent"
SAVED = {
    SENT: "Sent",
    "answer": "Your message is on its way to the data team",
    "withdrawn": "Withdrawn",
    "linked": "Linked",
    "unlinked": "Unlinked",
    "acknowledged": "Saved: somebody looks at it",
    "ended": "Ended",
    NOTHING: "Nothing was changed: somebody else, or the data, came first",
}
"""What was just done, by its word in the address."""


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `before`: the registered address that it is about; `left`: how many
    tasks of the dataset are open; `inside`: what not everybody may see; `promise`: the day by which
    the data team means to have registered it."""

    submission: Submission
    names: Names
    events: tuple[Event, ...]
    promise: date
    before: str | None = None
    left: int = 0
    inside: Inside | None = None
    saved: str = ""
    sent: Sent = field(default_factory=Sent)

    @property
    def address(self) -> str:
        """The page's own path."""
        return addresses.submission(self.submission.reference)


def layout(reference: str = "", saved: Any = "", **_: Any) -> Component:
    """The page of the submission in the address."""
    return render(view(reference, saved=saved if isinstance(saved, str) else ""))


def view(reference: str, *, saved: str = "") -> View:
    """One submission, as whoever asks may see it. Raises NotFound."""
    submission, events, before = door().fresh(_read, reference=reference)
    if submission is None:
        raise NotFound("We cannot find this submission.")
    return View(
        submission,
        _names(submission),
        events,
        working_days.after(submission_words.local(submission.sent_at), working_days.PROMISE),
        before,
        _left(submission) if submission.step == "live" else 0,
        parts.inside(submission),
        saved,
    )


def _read(
    connection: Connection, *, reference: str
) -> tuple[Submission | None, tuple[Event, ...], str | None]:
    """A submission, its events, and the registered address that it is about."""
    submission = reading.by_reference(connection, reference=reference, today=slots.today())
    if submission is None:
        return None, (), None
    events = reading.events(connection, submission_id=submission.id)
    if submission.endpoint is None:
        return submission, events, None
    rows = standing.registered(
        connection, organisation=submission.organisation, dataset=submission.dataset
    )
    urls = {row.endpoint: row.url for row in rows}
    return submission, events, urls.get(submission.endpoint)


def _names(submission: Submission) -> Names:
    codes = tuple({submission.organisation, submission.acting_for})
    names = {row.organisation: row.name for row in ask(organisations.names, organisations=codes)}
    datasets = ask(cell.dataset, dataset=submission.dataset)
    other = submission.acting_for
    return Names(
        names.get(submission.organisation, submission.organisation),
        names.get(other, other) if other != submission.organisation else "",
        datasets[0].name if datasets else submission.dataset,
    )


def _left(submission: Submission) -> int:
    """How many tasks of the dataset are open."""
    try:
        subject: Subject = subject_of(submission.organisation)
    except NotFound:
        return 0
    rows = task_list.of(subject, submission.dataset).value
    return len(rows) - len(task_list.met(rows))


def render(view: View) -> Component:
    """The page."""
    submission, names = view.submission, view.names
    kind = submission_words.KINDS[submission.kind]
    mistakes = view.sent.mistakes
    return html.Div(
        [
            ui.breadcrumbs(
                [
                    ("Home", addresses.HOME),
                    ("Authorities", addresses.ORGANISATIONS),
                    (names.organisation, addresses.organisation(submission.organisation)),
                    ("Submissions", addresses.submissions(submission.organisation)),
                ]
            ),
            mistake_summary(*mistakes.items()) if mistakes else None,
            _saved(view),
            ui.heading(
                f"{kind.name}: {names.dataset}",
                caption=f"{submission.reference}, {names.organisation}",
            ),
            about.state(submission, _since(view)),
            _question(view),
            _ending(view),
            about.coming(_next(view)) if submission.is_open else None,
            _conversation(view),
            ui.section("How it went", timeline.steps(submission, view.events), id="steps"),
            ui.section(
                "What was sent",
                about.facts(submission, names, view.events, view.before),
                id="sent",
            ),
            *_for_some(view),
        ]
    )


def _saved(view: View) -> Component | None:
    """What the reader just did; nobody else may be made to believe it by a link."""
    if view.inside is None or view.saved not in SAVED:
        return None
    words = SAVED[view.saved]
    if view.saved == SENT:
        promise = submission_words.from_data_team(view.submission, view.promise)
        return about.confirmation(view.submission, promise)
    if view.saved != NOTHING:
        return ui.notification(words, kind="success")
    stand = submission_words.step(view.submission)
    return ui.notification(words, html.P(f"How it stands now: {stand}."))


def _since(view: View) -> date:
    """The day of the evidence for where it stands."""
    days = [row.on_day for row in view.events if row.step == view.submission.step]
    return days[-1] if days else submission_words.local(view.submission.step_at)


def _next(view: View) -> submission_words.Next:
    own = view.inside is not None and view.inside.is_own
    return submission_words.next_step(
        view.submission,
        promise=view.promise,
        today=slots.today(),
        reader="you" if own else "the authority",
    )


def _question(view: View) -> Component | None:
    """That the data team waits for the reader's answer."""
    if view.submission.step != "waiting" or view.inside is None or not view.inside.is_own:
        return None
    questions = [row for row in view.inside.comments if row.by_agent]
    return ui.notification(
        "The data team wrote to you",
        html.P(questions[-1].text) if questions else None,
        html.P(ui.link("Answer it", "#said")),
        kind="warning",
    )


def _ending(view: View) -> Component | None:
    """What there is to say of one that is live, failed, or came to nothing."""
    submission = view.submission
    if submission.step == "live":
        return about.thanks(submission, view.names, view.left)
    if submission.step == "done":
        return ui.notification("Thank you", html.P("It is done."), kind="success")
    if submission.step == "collection_failed":
        return about.failed(submission)
    if submission.step != "ended":
        return None
    reason = submission_words.reason(submission)
    return ui.inset(ui.paragraph(reason), _last_words(view), _again(view))


def _last_words(view: View) -> Component | None:
    """What the data team said at last, for those who may see it."""
    words = [row for row in view.inside.comments if row.by_agent] if view.inside else []
    if not words or view.submission.reason == "withdrawn":
        return None
    return ui.paragraph("The data team’s last words: ", html.Q(words[-1].text))


def _again(view: View) -> Children:
    """How to send it again, with what was typed then."""
    if view.submission.reason == "answered":
        return None
    if view.inside is None or not view.inside.is_own:
        return None
    return identity.form(
        addresses.path(addresses.SUBMISSION_AGAIN, reference=view.submission.reference),
        ui.button("Send it again"),
    )


def _conversation(view: View) -> Component | None:
    """What was said, and the form to answer, before what is long."""
    if view.inside is None:
        return None
    return parts.conversation_section(view.submission, view.inside, view.sent)


def _for_some(view: View) -> list[Children]:
    """What not everybody may see, or how to."""
    if view.inside is None:
        return [parts.invitation(view.submission, view.address)]
    return [
        parts.withdrawal(view.submission, view.inside),
        parts.for_programme(view.submission, view.inside, view.sent),
    ]
