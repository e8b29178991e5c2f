"""Whose draft it is, what it is of in words, and the pages for whoever may not see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from dash.development.base_component import Component
from flask import g, request

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.words.submission_words import KINDS
from dashboard.data.errors import NotFound
from dashboard.pages.check.access import Place, place_of
from dashboard.urls import addresses, links
from dashboard.web import cookies, identity
from dashboard.web.contact import contact
from dashboard.web.identity import Identity
from providers.checks import requests
from providers.checks.requests import Check
from providers.submissions import drafts, sending
from providers.submissions.rows import CHECKED, Draft, Kind
from providers.submissions.sending import CleanCheck

NO_DRAFT = (
    "There is nothing of yours at this address. What is not sent within 30 days is removed, and "
    "only whoever began it can see it."
)
CANNOT = "Nothing can be sent from here: nobody can sign in to this site."


@dataclass(frozen=True, slots=True)
class Subject:
    """A draft, whose it is, and what it is of in words."""

    who: Identity
    draft: Draft
    place: Place

    @property
    def answers(self) -> dict[str, str]:
        """What was typed so far, by the names of the fields."""
        return self.draft.answers

    def answer(self, name: str) -> str:
        """One of them; blank where nothing was typed."""
        return self.draft.answers.get(name, "")

    def address(self, pattern: str) -> str:
        """A step of it. In: one of the paths of `addresses`."""
        return addresses.submit(pattern, self.draft.token)


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks of a draft's address: the newest that has ended, by whoever of the authority made
    it, and the one that was begun from here."""

    newest: CleanCheck | None
    own: Check | None

    @property
    def is_clean(self) -> bool:
        """Whether nothing has to be fixed before it is sent."""
        return self.newest is not None and self.newest.is_clean and self.newest.is_recent

    @property
    def is_by_colleague(self) -> bool:
        """Whether the newest is not the one that was begun from here."""
        own, newest = self.own, self.newest
        return newest is not None and (own is None or own.finished_at != newest.finished_at)

    @property
    def is_under_way(self) -> bool:
        """Whether one is not over yet."""
        return self.own is not None and not self.own.is_over


def subject_or_page(token: str, pattern: str) -> Subject | Component:
    """The draft in the address of a page, or the page for whoever may not see it. Raises
    NotFound."""
    cookies.keep_private()
    if "submit_subject" not in g:
        g.submit_subject = _subject_or_page(token, pattern)
    return cast("Subject | Component", g.submit_subject)


def _subject_or_page(token: str, pattern: str) -> Subject | Component:
    path = addresses.submit(pattern, token)
    who = identity.current() if cookies.is_on() else None
    if who is None:
        return _page(
            "Sign in to go on" if cookies.is_on() else CANNOT,
            *(sign_in(path) if cookies.is_on() else elsewhere()),
        )
    with identity.change() as connection:
        draft = drafts.get(connection, token=token, person_id=who.person_id)
    if draft is None:
        raise NotFound(NO_DRAFT)
    place = place_of(draft.dataset, draft.organisation)
    if draft.organisation != who.acting_for:
        return _page("You are not acting for this authority now", *act_for(place, path))
    return Subject(who, draft, place)


def own(token: str) -> Subject:
    """The draft that a form is of. Raises NotFound and `identity.Refused`; both stand in the
    trail."""
    cookies.keep_private()
    if not cookies.is_on():
        raise identity.Refused(404, "Page not found", "There is no page at this address.")
    # In a transaction of its own: what is refused undoes the rest, and the trail has to keep it.
    with identity.change() as connection:
        who = identity.required(connection)
        draft = drafts.get(connection, token=token, person_id=who.person_id)
        if draft is not None:
            identity.required(connection, organisation=draft.organisation)
    if draft is None:
        raise NotFound(NO_DRAFT)
    return Subject(who, draft, place_of(draft.dataset, draft.organisation))


def checks(draft: Draft) -> Checks:
    """The checks of the address that a draft has."""
    url = draft.answers.get("url", "")
    if draft.kind not in CHECKED or not url:
        return Checks(None, None)
    with identity.change() as connection:
        secret = draft.answers.get("check", "")
        newest = sending.check_of(
            connection,
            organisation=draft.organisation,
            dataset=draft.dataset,
            url=url,
            secret=secret,
        )
        check = requests.get(connection, secret=secret) if secret else None
    is_of_it = check is not None and (check.url, check.dataset, check.organisation) == (
        url,
        draft.dataset,
        draft.organisation,
    )
    return Checks(newest, check if is_of_it else None)


def as_another(subject: Subject, kind: Kind | None = None, check: str = "") -> str:
    """Where something else is sent in place of a draft: what was typed comes along. In: what it is,
    if that is known, and the secret of a check that goes with it."""
    draft = subject.draft
    return addresses.start_submission(
        draft.dataset,
        draft.organisation,
        task=draft.task or "",
        kind=kind or "",
        check=check,
        draft=draft.token,
    )


def trail(subject: Subject) -> Component:
    """The way to a step of sending something."""
    place, draft = subject.place, subject.draft
    page = addresses.dataset(draft.organisation, draft.dataset)
    return ui.breadcrumbs(
        [
            ("Home", addresses.HOME),
            (place.organisation or draft.organisation, addresses.organisation(draft.organisation)),
            (place.dataset, page),
        ]
    )


def caption(subject: Subject) -> str:
    """What stands above the heading of a step: what is sent, and of what."""
    return f"{KINDS[subject.draft.kind].title} – {subject.place.caption}"


def sign_in(path: str, organisation: str = "") -> list[Component]:
    """How to sign in and come back. In: where to, and the authority that it is about."""
    back = {"next": path, "organisation": organisation}
    return [
        ui.paragraph(
            "Sign in with your work e-mail address, so that the data team can answer you and "
            "nobody can send anything in your authority’s name. You do not need a password.",
        ),
        ui.paragraph(
            ui.link("Sign in, and come back here", links.with_query(addresses.SIGN_IN, back))
        ),
    ]


def act_for(place: Place, path: str) -> list[Component]:
    """How to act for the authority that something is of, and come back."""
    account = f"{links.with_query(addresses.ACCOUNT, {'next': path})}#organisation"
    name = place.organisation or "this authority"
    return [
        ui.paragraph(f"This is for {name}. You are not acting for it now."),
        ui.paragraph(ui.link(f"Choose {name} in your account, and come back here", account)),
    ]


def elsewhere() -> list[Component]:
    """Where to go instead, where nothing can be sent from here."""
    whom = contact()
    steps = [
        ui.paragraph(
            "Give the address at ",
            ui.external_link("Check and provide planning data", addresses.CHECK),
            ".",
        )
    ]
    if whom:
        way = (
            ui.external_link(whom.partition("://")[2], whom)
            if "://" in whom
            else ui.link(whom, f"mailto:{whom}")
        )
        steps.append(ui.paragraph("For anything else, ask us: ", way, "."))
    return steps


def _page(title: str, *content: Component) -> Component:
    return html.Div([ui.breadcrumbs([("Home", addresses.HOME)]), ui.heading(title), *content])


def of_request() -> Subject | None:
    """The draft of the page that the request under way asks for, if the reader may see it."""
    endpoint = request.endpoint or ""
    token = str((request.view_args or {}).get("draft", ""))
    subject = subject_or_page(token, endpoint)
    return subject if isinstance(subject, Subject) else None
