"""What of a submission only some may see: who sent it, what was said, its ticket, and the forms.

Asked anew for each request, of the reader's session: nothing of it is in any cache.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design.element import Children
from dashboard.components.design.forms import hidden_values
from dashboard.components.submissions import by_hand, conversation
from dashboard.data.door import Connection, door
from dashboard.urls import addresses, links
from dashboard.web import cookies, identity
from dashboard.web.identity import Identity
from providers.submissions import reading, standing
from providers.submissions.rows import CHECKED, Comment, Contact, Registered, Submission, TicketRow


@dataclass(frozen=True, slots=True)
class Inside:
    """What a reader may see beyond what everybody may. `is_own`: they act for the authority, and
    may answer; `registered`: its addresses, for a programme manager."""

    who: Identity
    is_own: bool
    contact: Contact | None
    comments: tuple[Comment, ...]
    ticket: TicketRow | None
    registered: tuple[Registered, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that came back: what was typed, and what was wrong with it by name."""

    words: str = ""
    mistakes: Mapping[str, str] = field(default_factory=dict)


def inside(submission: Submission) -> Inside | None:
    """What whoever asks may see of a submission; None: what everybody may."""
    who = identity.current() if cookies.is_on() else None
    if who is None:
        return None
    is_own = who.acting_for in whose(submission)
    if not is_own and not who.is_programme:
        return None

    def read(connection: Connection) -> Inside:
        which = {"submission_id": submission.id}
        return Inside(
            who,
            is_own,
            reading.contact(connection, **which),
            reading.comments(connection, **which),
            reading.ticket(connection, **which),
            standing.registered(
                connection, organisation=submission.organisation, dataset=submission.dataset
            )
            if who.is_programme
            else (),
        )

    return door().fresh(read)


def whose(submission: Submission) -> tuple[str, str]:
    """Whose people may see it whole: those of whose data it is, and of whom it was sent for."""
    return submission.organisation, submission.acting_for


def invitation(submission: Submission, path: str) -> Children:
    """How to be able to see what was said; None where nobody can sign in, or the reader has."""
    if not cookies.is_on():
        return None
    who = identity.current()
    if who is None:
        back = {"next": path, "organisation": submission.organisation}
        return ui.paragraph(
            ui.link("Sign in", links.with_query(addresses.SIGN_IN, back)),
            " with an address of this authority to see what was said, and to answer.",
        )
    if submission.organisation in who.organisations:
        return ui.paragraph(
            "You are not acting for this authority now. ",
            ui.link("Choose it in your account", f"{addresses.ACCOUNT}#organisation"),
            " to see what was said, and to answer.",
        )
    return None


def conversation_section(submission: Submission, view: Inside, sent: Sent) -> Component:
    """Who sent it, what was said, and the form to answer."""
    ticket = view.ticket
    url = ticket.external_url if ticket else None
    return ui.section(
        "What was said",
        ui.paragraph("Only people of the authority and of the programme see this.", quiet=True),
        conversation.sender(view.contact),
        conversation.comments(view.comments) if view.contact or view.comments else None,
        ui.paragraph("Its ticket: ", ui.external_link(ticket.external_id, url))
        if ticket and url
        else None,
        _answer(submission, sent) if view.is_own else None,
        id="said",
    )


def _answer(submission: Submission, sent: Sent) -> Component:
    """The form to answer; once it has ended, the way to ask for help, with words that came too
    late: what is said to a closed ticket is lost."""
    mistake = sent.mistakes.get("words")
    if not submission.is_open and not mistake:
        way = addresses.start_submission(submission.dataset, submission.organisation, kind="help")
        return ui.paragraph(
            "This has ended, and nobody reads answers to it. To say something more, ",
            ui.link("ask the data team for help", way),
            ".",
        )
    return identity.form(
        addresses.path(addresses.SUBMISSION_ANSWER, reference=submission.reference),
        *([] if submission.is_open else hidden_values({"help": "1"})),
        *conversation.fields(
            sent.words, mistake, "Send the message" if submission.is_open else "Ask for help"
        ),
    )


def withdrawal(submission: Submission, view: Inside) -> Component | None:
    """The form to withdraw it."""
    if not view.is_own or not submission.is_open:
        return None
    return ui.details(
        "Withdraw this submission",
        ui.paragraph(
            "Nothing more is done about it, and the data team is told. What is in the register "
            "already stays there. It cannot be undone, but you can send it again."
        ),
        identity.form(
            addresses.path(addresses.SUBMISSION_WITHDRAW, reference=submission.reference),
            ui.button("Withdraw it", kind="secondary"),
        ),
        on_paper=False,
    )


def for_programme(submission: Submission, view: Inside, sent: Sent) -> Component | None:
    """What a programme manager does by hand, and how the ticket is."""
    if not view.who.is_programme:
        return None
    forms: list[Component] = []

    def form(pattern: str, *fields: Children) -> None:
        forms.append(
            identity.form(addresses.path(pattern, reference=submission.reference), *fields)
        )

    # What is live by a wrong guess is open again once it is unlinked.
    if submission.linked and (submission.is_open or submission.step == "live"):
        form(
            addresses.SUBMISSION_UNLINK,
            ui.paragraph("The register’s address that it is linked with is not this one?"),
            ui.button("Unlink", kind="secondary"),
        )
    if submission.is_open:
        if by_hand.may_acknowledge(submission):
            words = "Say that somebody looks at it"
            form(addresses.SUBMISSION_ACKNOWLEDGE, ui.button(words, kind="secondary"))
        if view.registered and submission.kind in CHECKED:
            choice = by_hand.link_fields(
                view.registered, submission.linked, sent.mistakes.get("endpoint")
            )
            form(addresses.SUBMISSION_LINK, *choice)
        form(addresses.SUBMISSION_END, *by_hand.end_fields(sent.mistakes.get("reason")))
    return ui.section(
        "For programme managers",
        by_hand.ticket(view.ticket),
        ui.paragraph(
            ui.download_link(
                "Download what was sent",
                addresses.path(addresses.TICKET_FILE, reference=submission.reference),
                note="CSV, for the register",
            )
        )
        if submission.kind in CHECKED
        else None,
        *forms,
        id="by-hand",
    )
