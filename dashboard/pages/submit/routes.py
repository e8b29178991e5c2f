"""What the forms of sending do. Each keeps what was typed, and sends the browser on to a page."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from dashboard.data.door import Connection
from dashboard.data.errors import NotFound, StoreUnavailable
from dashboard.pages.check import access as check_access
from dashboard.pages.check.routes import last_part
from dashboard.pages.submit import (
    access,
    address,
    already,
    beginning,
    checking,
    details,
    start,
    summary,
    taken,
    typed,
)
from dashboard.pages.submit.access import Subject
from dashboard.pages.submit.query import read
from dashboard.urls import addresses
from dashboard.web import cookies, identity
from dashboard.web.document import plain_page
from dashboard.web.problems import not_found, unavailable
from performance_store.database import DatabaseUnavailable
from providers.checks import requests
from providers.checks.format import Options
from providers.checks.terms import Refused as CheckRefused
from providers.submissions import answers, drafts, reading, sending
from providers.submissions.rows import CHECKED, Draft

FORMS, KEEPING = "submit-forms", "submit-keeping"
SAVES_PER_MINUTE = 120
forms = Blueprint(FORMS, __name__)
keeping = Blueprint(KEEPING, __name__)
BLUEPRINTS = (forms, keeping)
_PAGES = frozenset(
    {
        *(addresses.SUBMIT_DRAFT, addresses.SUBMIT_STANDING, addresses.SUBMIT_CHECK),
        *(addresses.SUBMIT_DETAILS, addresses.SUBMIT_ANSWERS),
    }
)


def _silent(_error: Exception) -> Response:
    return plain_page(unavailable.layout(), 503)


def _unknown(error: NotFound) -> Response:
    return plain_page(not_found.layout(error.sentence), 404)


for _blueprint in BLUEPRINTS:
    _blueprint.register_error_handler(DatabaseUnavailable, _silent)
    _blueprint.register_error_handler(StoreUnavailable, _silent)
    _blueprint.register_error_handler(NotFound, _unknown)


@forms.before_app_request
def go_on() -> AnyResponse | None:
    """Lead from a page that has nothing to say any more to the one that has: of what was sent to
    where it is now, of an address that needs no check or whose check is clean to what comes
    after."""
    if request.method != "GET" or request.endpoint not in _PAGES:
        return None
    try:
        subject = access.of_request()
    except (NotFound, StoreUnavailable):
        # The page says so.
        return None
    if subject is None:
        return None
    if subject.draft.sent_as:
        return redirect(addresses.submission(subject.draft.sent_as), 303)
    if request.endpoint == addresses.SUBMIT_DRAFT and subject.draft.kind == "help":
        return _to(subject, addresses.SUBMIT_DETAILS)
    if request.endpoint == addresses.SUBMIT_STANDING:
        return _before_check(subject)
    if request.endpoint == addresses.SUBMIT_CHECK:
        return _before_check(subject) or _past_check(subject)
    return None


def _before_check(subject: Subject) -> AnyResponse | None:
    """Lead past the check what is of no address, and back what cannot be tried."""
    if subject.draft.kind not in CHECKED:
        return _to(subject, addresses.SUBMIT_DETAILS)
    if typed.wrong_url(subject.answer("url")):
        return _to(subject, addresses.SUBMIT_DRAFT)
    return None


def _past_check(subject: Subject) -> AnyResponse | None:
    checks = access.checks(subject.draft)
    is_over = checks.is_clean and not checks.is_under_way
    return _to(subject, addresses.SUBMIT_DETAILS) if is_over else None


def _to(subject: Subject, pattern: str) -> AnyResponse:
    return redirect(subject.address(pattern), 303)


@forms.post(addresses.SUBMIT)
def begin() -> AnyResponse:
    """Begin a draft, or go on with the one that the person has of the same."""
    cookies.keep_private()
    if not cookies.is_on():
        raise identity.Refused(404, "Page not found", "There is no page at this address.")
    with identity.change() as connection:
        who = identity.required(connection, organisation=request.form.get("organisation", "")[:200])
    query = read(request.form, who.acting_for)
    mistakes = {}
    if not query.dataset:
        mistakes["dataset"] = start.NO_DATASET
    if query.kind is None:
        mistakes["kind"] = start.NO_KIND
    if mistakes or query.kind is None:
        return plain_page(start.render(start.view(request.form, mistakes)), 400)
    with identity.change() as connection:
        identity.required(connection, organisation=query.organisation)
        draft = beginning.begin(connection, who.person_id, query.kind, query)
    subject = access.own(draft.token)
    if draft.kind == "help":
        return _to(subject, addresses.SUBMIT_DETAILS)
    if query.check and draft.kind == "provide" and not address.registered(subject):
        # The address was typed already, and there is nothing else to ask of it.
        return _after_address(subject)
    return _to(subject, addresses.SUBMIT_DRAFT)


@forms.post(addresses.SUBMIT_DRAFT)
def say_address(draft: str) -> AnyResponse:
    """Say which address it is."""
    subject = _unsent(draft)
    names = ("url", "endpoint", "field")
    values = {name: typed.clean(name, request.form.get(name, "")) for name in names}
    values = {name: value for name, value in values.items() if name in request.form}
    rows = address.registered(subject)
    kind, mistakes = beginning.read_address(subject, rows, values)
    subject = _saved(subject, values)
    if mistakes:
        return plain_page(address.render(address.view(subject, mistakes)), 400)
    if kind != subject.draft.kind:
        subject = _as_kind(subject, beginning.as_kind(subject.draft, kind))
    return _after_address(subject)


def _unsent(token: str) -> Subject:
    """The draft that a form is of; one that was sent meanwhile has no form any more."""
    subject = access.own(token)
    if subject.draft.sent_as:
        raise NotFound(f"This was sent already. Its reference is {subject.draft.sent_as}.")
    return subject


def _saved(subject: Subject, values: dict[str, str]) -> Subject:
    """The draft with more answers, if it is still there. Raises NotFound."""
    try:
        with identity.change() as connection:
            identity.required(connection, organisation=subject.draft.organisation)
            draft = drafts.save(connection, draft=subject.draft, answers=values)
    except LookupError as error:
        raise NotFound(access.NO_DRAFT) from error
    return replace(subject, draft=draft)


def _as_kind(subject: Subject, other: Draft) -> Subject:
    """A draft of another kind in place of one, with the same answers."""
    with identity.change() as connection:
        draft = drafts.start(
            connection,
            person_id=other.person_id,
            organisation=other.organisation,
            acting_for=other.acting_for,
            dataset=other.dataset,
            kind=other.kind,
            task=other.task,
            answers=other.answers,
        )
        drafts.remove(connection, draft=subject.draft)
    return replace(subject, draft=draft)


def _after_address(subject: Subject, *, is_seen: bool = False) -> AnyResponse:
    """On to what there is to say of an address, or else to its check. What is of no address goes on
    to the details, and what cannot be tried (a script keeps it as it is typed) back to the form."""
    if subject.draft.kind not in CHECKED:
        return _to(subject, addresses.SUBMIT_DETAILS)
    if wrong := typed.wrong_url(subject.answer("url")):
        field = "endpoint" if subject.draft.kind == "take_back" else "url"
        return plain_page(address.render(address.view(subject, {field: wrong})), 400)
    # Whoever takes one back chose it from the list of those that ended.
    is_seen = is_seen or subject.draft.kind == "take_back"
    if already.is_in_the_way(subject, already.standing_of(subject), is_seen=is_seen):
        return _to(subject, addresses.SUBMIT_STANDING)
    checks = access.checks(subject.draft)
    if checks.is_under_way:
        return _to(subject, addresses.SUBMIT_CHECK)
    if checks.is_clean:
        return _to(subject, addresses.SUBMIT_DETAILS)
    return _begin_check(subject)


@forms.post(addresses.SUBMIT_STANDING)
def say_which(draft: str) -> AnyResponse:
    """Say that an address is another than those that are nearly the same, or ask to take back the
    one that has ended."""
    subject = _unsent(draft)
    if request.form.get("answer") != "take_back":
        return _after_address(subject, is_seen=True)
    endpoint = request.form.get("endpoint", "")
    now = already.standing_of(subject)
    rows = (*((now.registered,) if now.registered else ()), *now.near)
    row = next((row for row in rows if row.endpoint == endpoint and not row.is_active), None)
    if row is None or row.url is None:
        return _to(subject, addresses.SUBMIT_STANDING)
    other = beginning.as_kind(subject.draft, "take_back")
    more = {"endpoint": row.endpoint, "url": row.url}
    return _after_address(_as_kind(subject, replace(other, answers=other.answers | more)))


@forms.post(addresses.SUBMIT_CHECK)
def check(draft: str) -> AnyResponse:
    """Check the address, once more."""
    subject = _unsent(draft)
    if answer := _before_check(subject):
        return answer
    if access.checks(subject.draft).is_under_way:
        return _to(subject, addresses.SUBMIT_CHECK)
    return _begin_check(subject)


def _begin_check(subject: Subject) -> AnyResponse:
    draft, url = subject.draft, subject.answer("url")
    try:
        with identity.change() as connection:
            one = requests.start(
                connection,
                dataset=draft.dataset,
                organisation=draft.organisation,
                name=last_part(url),
                terms=check_access.terms(),
                url=url,
                options=_options(connection, subject),
                **check_access.client(),
            )
            drafts.save(connection, draft=draft, answers={"check": one.secret})
    except CheckRefused as refusal:
        view = checking.View(subject, access.checks(draft), refusal.sentence)
        return plain_page(checking.render(view), 429)
    return _to(subject, addresses.SUBMIT_CHECK)


def _options(connection: Connection, subject: Subject) -> Options:
    """A check is told what the one before was told, or else how the last file of this authority and
    dataset was taken."""
    draft = subject.draft
    before = requests.get(connection, secret=subject.answer("check"))
    if before and (before.url, before.dataset) == (subject.answer("url"), draft.dataset):
        return before.options
    mapping = requests.remembered_mapping(
        connection,
        organisation=draft.organisation,
        dataset=draft.dataset,
        client=check_access.client()["client"],
    )
    return Options(mapping=mapping or None)


@forms.post(addresses.SUBMIT_DETAILS)
def say_details(draft: str) -> AnyResponse:
    """Say the details."""
    subject = _unsent(draft)
    names = typed.of_details(subject.draft)
    values = {name: typed.clean(name, request.form.get(name, "")) for name in names}
    subject = _saved(subject, values)
    troubles = answers.troubles(subject.draft.kind, subject.draft.answers)
    mistakes = {name: troubles[name] for name in names if name in troubles}
    if mistakes:
        return plain_page(details.render(details.view(subject, mistakes)), 400)
    return _to(subject, addresses.SUBMIT_ANSWERS)


@forms.post(addresses.SUBMIT_SEND)
def send(draft: str) -> AnyResponse:
    """Send it: whoever presses twice sees the same; whoever sends what is open already is told, and
    nothing that they typed is lost."""
    subject = access.own(draft)
    if subject.draft.kind in CHECKED and not subject.draft.sent_as:
        now = already.standing_of(subject)
        if now.answer in ("failing", "ended") and already.is_in_the_way(subject, now):
            return _to(subject, addresses.SUBMIT_STANDING)
    try:
        with identity.change() as connection:
            who = identity.required(connection, organisation=subject.draft.organisation)
            submission = sending.send(
                connection,
                draft=subject.draft,
                person_id=who.person_id,
                address=who.address,
                site=cookies.accounts().site,
            )
            is_sent = drafts.read(connection, subject.draft.token).sent_as is not None
            contact = reading.contact(connection, submission_id=submission.id)
    except sending.Refused as refusal:
        view = summary.view(subject, (refusal.sentence, refusal.field))
        return plain_page(summary.render(view), 409)
    if not is_sent:
        is_own = contact is not None and contact.person_id == who.person_id
        return plain_page(taken.render(subject, submission, is_own=is_own), 409)
    return redirect(f"{addresses.submission(submission.reference)}?saved=sent", 303)


@forms.post(addresses.SUBMIT_REMOVE)
def remove(draft: str) -> AnyResponse:
    """Forget what was typed."""
    subject = _unsent(draft)
    with identity.change() as connection:
        drafts.remove(connection, draft=subject.draft)
    return redirect(
        addresses.start_submission(subject.draft.dataset, subject.draft.organisation), 303
    )


@keeping.post(addresses.SUBMIT_SAVE)
def keep(draft: str) -> tuple[str, int]:
    """Keep what is being typed: a script sends it."""
    subject = _unsent(draft)
    values = {
        name: typed.clean(name, request.form[name]) for name in typed.FIELDS if name in request.form
    }
    _saved(subject, values)
    return "", 204
