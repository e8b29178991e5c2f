"""What the forms of a submission do. Each decides by the submission itself who may."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from dashboard.components.submissions import by_hand, conversation
from dashboard.data.door import Connection
from dashboard.data.errors import NotFound, StoreUnavailable
from dashboard.pages.submissions import submission as page
from dashboard.pages.submissions.inside import Sent, whose
from dashboard.urls import addresses, links
from dashboard.web import cookies, identity, slots
from dashboard.web.document import plain_page
from dashboard.web.identity import Identity
from dashboard.web.problems import not_found, unavailable
from performance_store.database import DatabaseUnavailable
from providers import audit
from providers.submissions import answers, drafts, evidence, reading, sending, standing
from providers.submissions.rows import Contact, Draft, Submission
from providers.tickets import composing, outbox

blueprint = Blueprint("submissions", __name__)

NOT_OVER = "It can be sent again when it has ended. Until then, answer the data team on its page."
OVER = "This submission has ended, so your words were not sent. You can ask for help with them"


@blueprint.before_request
def offered() -> None:
    """Nothing here is for others, and nothing is where nobody can sign in."""
    cookies.keep_private()
    if not cookies.is_on():
        raise identity.Refused(404, "Page not found", "There is no page at this address.")


@blueprint.errorhandler(NotFound)
def none_such(error: NotFound) -> Response:
    """Said where there is no such submission."""
    return plain_page(not_found.layout(error.sentence), 404)


@blueprint.errorhandler(StoreUnavailable)
@blueprint.errorhandler(DatabaseUnavailable)
def silent(_error: Exception) -> Response:
    """Said while the database is silent."""
    return plain_page(unavailable.layout(), 503)


@blueprint.post(addresses.SUBMISSION_ANSWER)
def answer(reference: str) -> AnyResponse:
    """Pass on what somebody of the authority says to the data team, once."""
    typed = request.form.get("words", "")
    words = "\n".join(line.rstrip() for line in typed.splitlines()).strip()
    mistake = _mistake(words)
    with identity.change() as connection:
        row = _submission(connection, reference)
        who = _of_authority(connection, row)
        if not row.is_open and "help" in request.form:
            return _ask(connection, row, who, words)
        if not mistake and row.is_open:
            outbox.say(connection, submission=row, words=words, person_id=who.person_id)
            _note(connection, "submission-answered", who, row)
    if not row.is_open:
        mistake = OVER
    if mistake:
        return _again(row, Sent(typed, {"words": mistake}))
    return _back(row, "answer")


def _ask(connection: Connection, row: Submission, who: Identity, words: str) -> AnyResponse:
    """Begin a question to the data team with what was to be said of something that has ended."""
    draft = drafts.start(
        connection,
        person_id=who.person_id,
        organisation=row.organisation,
        acting_for=who.acting_for or row.acting_for,
        dataset=row.dataset,
        kind="help",
        task=row.task,
    )
    notes = (draft.answers.get("note", ""), f"About {row.reference}: {words}")
    note = "\n".join(note for note in dict.fromkeys(notes) if note)
    drafts.save(connection, draft=draft, answers={"note": note})
    return redirect(addresses.submit(addresses.SUBMIT_DETAILS, draft.token), 303)


def _mistake(words: str) -> str:
    if not words:
        return "Write your answer"
    if len(words) > conversation.LONGEST:
        return f"The answer must be {conversation.LONGEST:,} characters or fewer"
    if not answers.is_text(words):
        return "The answer has a sign in it that is no text"
    return ""


@blueprint.post(addresses.SUBMISSION_WITHDRAW)
def withdraw(reference: str) -> AnyResponse:
    """End a submission that its authority does not want any more."""
    with identity.change() as connection:
        row = _submission(connection, reference)
        who = _of_authority(connection, row)
        done = row.is_open and sending.withdraw(connection, submission=row, person_id=who.person_id)
    return _back(row, "withdrawn" if done else "nothing")


@blueprint.post(addresses.SUBMISSION_AGAIN)
def send_again(reference: str) -> AnyResponse:
    """Begin a draft with what a submission that ended had. Whoever has begun the same already goes
    on with that: nothing is put over what they typed."""
    with identity.change() as connection:
        row = _submission(connection, reference)
        who = _of_authority(connection, row)
        mine = drafts.of_person(connection, person_id=who.person_id, organisation=row.organisation)
        same = [one for one in mine if (one.dataset, one.kind) == (row.dataset, row.kind)]
        if row.is_open:
            raise identity.Refused(409, "This is not over yet", NOT_OVER)
        if same and any(same[0].answers.values()):
            begun = addresses.submit(addresses.SUBMIT_ANSWERS, same[0].token)
            return redirect(links.with_query(begun, {"begun": row.reference}), 303)
        draft = _draft_of(connection, row, who)
    return redirect(addresses.submit(addresses.SUBMIT_DRAFT, draft.token), 303)


def _draft_of(connection: Connection, row: Submission, who: Identity) -> Draft:
    """A draft with what was sent."""
    contact = reading.contact(connection, submission_id=row.id)
    return drafts.start(
        connection,
        person_id=who.person_id,
        organisation=row.organisation,
        acting_for=who.acting_for or row.acting_for,
        dataset=row.dataset,
        kind=row.kind,
        task=row.task,
        answers=_answers(row, contact, who),
    )


def _answers(row: Submission, contact: Contact | None, who: Identity) -> dict[str, str]:
    """What was typed for a submission, as a draft has it; the name only of whoever asks."""
    part = "documentation" if row.documentation_url else "licence"
    answers = {
        "url": row.url,
        "endpoint": row.endpoint,
        "field": part if row.kind == "correct" else None,
        "documentation_url": row.documentation_url,
        "licence": row.licence,
        "note": contact.note if contact else None,
        "name": contact.name if contact and contact.person_id == who.person_id else None,
    }
    return {name: value for name, value in answers.items() if value}


@blueprint.post(addresses.SUBMISSION_ACKNOWLEDGE)
def acknowledge(reference: str) -> AnyResponse:
    """Say by hand that somebody of the data team looks at it."""
    with identity.change() as connection:
        row, who = _of_programme(connection, reference)
        done = row.is_open and evidence.acknowledge(
            connection, submission=row, person_id=who.person_id
        )
    return _back(row, "acknowledged" if done else "nothing")


@blueprint.post(addresses.SUBMISSION_LINK)
def link(reference: str) -> AnyResponse:
    """Link it by hand with the registered address that it led to."""
    endpoint = request.form.get("endpoint", "")
    with identity.change() as connection:
        row, who = _of_programme(connection, reference)
        rows = standing.registered(connection, organisation=row.organisation, dataset=row.dataset)
        is_there = endpoint in {one.endpoint for one in rows}
        done = (
            is_there
            and row.is_open
            and evidence.link_by_hand(
                connection, submission=row, endpoint=endpoint, person_id=who.person_id
            )
        )
    if not is_there:
        return _again(row, Sent(mistakes={"endpoint": "Choose the registered address"}))
    return _back(row, "linked" if done else "nothing")


@blueprint.post(addresses.SUBMISSION_UNLINK)
def unlink(reference: str) -> AnyResponse:
    """Say by hand that it did not lead to the address that it is linked with."""
    with identity.change() as connection:
        row, who = _of_programme(connection, reference)
        done = row.linked is not None and evidence.unlink(
            connection, submission=row, person_id=who.person_id
        )
    return _back(row, "unlinked" if done else "nothing")


@blueprint.post(addresses.SUBMISSION_END)
def end(reference: str) -> AnyResponse:
    """End by hand what came to nothing."""
    reason = request.form.get("reason", "")
    with identity.change() as connection:
        row, who = _of_programme(connection, reference)
        done = (
            reason in by_hand.ENDINGS
            and row.is_open
            and evidence.end_by_hand(
                connection, submission=row, reason=reason, person_id=who.person_id
            )
        )
    if reason not in by_hand.ENDINGS:
        return _again(row, Sent(mistakes={"reason": "Choose why it ends"}))
    return _back(row, "ended" if done else "nothing")


@blueprint.get(addresses.TICKET_FILE)
def ticket_file(reference: str) -> AnyResponse:
    """What was sent as a file that the register takes, for programme managers."""
    with identity.change() as connection:
        row, _ = _of_programme(connection, reference)
    if not composing.has_row(row):
        raise NotFound("There is no such file.")
    file = composing.attachment(row)
    response = Response(file.body, mimetype=file.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    return response


def _submission(connection: Connection, reference: str) -> Submission:
    row = reading.by_reference(connection, reference=reference, today=slots.today())
    if row is None:
        raise NotFound("We cannot find this submission.")
    return row


def _of_authority(connection: Connection, row: Submission) -> Identity:
    """Whoever asks, if they act for the submission's authority. Raises Refused."""
    who = identity.required(connection)
    own, other = whose(row)
    return identity.required(connection, organisation=other if who.acting_for == other else own)


def _of_programme(connection: Connection, reference: str) -> tuple[Submission, Identity]:
    """A submission, and whoever asks, if they are of the programme. Raises Refused."""
    who = identity.required(connection)
    row = _submission(connection, reference)
    if not who.is_programme:
        # In a transaction of its own: that of the change is undone.
        with identity.change() as apart:
            _note(apart, "submission-refused", who, row, route=str(request.url_rule))
        raise identity.Refused(
            403, "You cannot do this", "Only programme managers may. Nothing was changed."
        )
    return row, who


def _note(
    connection: Connection, action: str, who: Identity, row: Submission, **details: str
) -> None:
    audit.record(
        connection,
        action=action,
        person_id=who.person_id,
        organisation=row.organisation,
        subject=row.reference,
        details=details,
        request_id=identity.request_id(),
    )


def _again(row: Submission, sent: Sent) -> AnyResponse:
    """The page with what was wrong with a form."""
    return plain_page(page.render(replace(page.view(row.reference), sent=sent)), 400)


def _back(row: Submission, saved: str) -> AnyResponse:
    """The page, which says what was just done, by its word in `submission.SAVED`."""
    return redirect(f"{addresses.submission(row.reference)}?saved={saved}", 303)
