"""The details: the page about the data, the licence, who sends it, and a note."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import alive, html
from dashboard.components.design.writing import text_area
from dashboard.components.submit import parts
from dashboard.components.submit import words as submit_words
from dashboard.components.words import formatting
from dashboard.components.words.submission_words import LICENCES
from dashboard.pages.submit import access, typed
from dashboard.pages.submit.access import Checks, Subject
from dashboard.urls import addresses
from dashboard.web import identity
from providers.submissions.answers import NAME_SIGNS, NOTE_SIGNS, URL_SIGNS

PATH = addresses.SUBMIT_DETAILS
TITLE = "The details"
NAV = None
PLAIN = True


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: the draft, the checks of its address, and what was wrong with what was
    sent."""

    subject: Subject
    checks: Checks
    mistakes: Mapping[str, str] = field(default_factory=dict)


def layout(draft: str = "", **_: Any) -> Component:
    """The page of the draft in the address."""
    subject = access.subject_or_page(draft, PATH)
    return render(view(subject)) if isinstance(subject, Subject) else subject


def view(subject: Subject, mistakes: Mapping[str, str] | None = None) -> View:
    """The view. In: what was wrong with what was sent."""
    return View(subject, access.checks(subject.draft), mistakes or {})


def render(view: View) -> Component:
    """The page."""
    subject = view.subject
    controls = {
        "documentation_url": _documentation,
        "licence": _licence,
        "url": _url,
        "name": _name,
        "note": _note,
    }
    title = "Your question" if subject.draft.kind == "help" else TITLE
    form = identity.form(
        subject.address(addresses.SUBMIT_DETAILS),
        *(controls[name](view) for name in typed.of_details(subject.draft)),
        ui.button("Continue"),
    )
    return alive.page(
        access.trail(subject),
        ui.mistake_summary(*view.mistakes.items()) if view.mistakes else None,
        ui.heading(title, caption=access.caption(subject)),
        _clean(view.checks),
        _findings(subject),
        parts.saving_form(subject.address(addresses.SUBMIT_SAVE), form),
    )


def _clean(checks: Checks) -> Component | None:
    """That the check is done, and the way to what it found."""
    if not checks.is_clean or checks.newest is None:
        return None
    day = formatting.day(checks.newest.finished_at.date())
    more: list[Component | str] = []
    if checks.own is not None and checks.own.summary is not None:
        more = [" ", ui.link("See what was found", addresses.check(checks.own.secret)), "."]
    return ui.inset(
        html.P(
            [
                f"Checked on {day}: nothing has to be fixed before you send it.",
                *more,
            ],
            className="text",
        )
    )


def _findings(subject: Subject) -> Component | None:
    """That what a check found goes with a question, if one led here."""
    secret = subject.answer("check")
    if subject.draft.kind != "help" or not secret:
        return None
    way = ui.link("What the check found", addresses.check(secret))
    return ui.inset(html.P([way, " is sent with your question."], className="text"))


def _url(view: View) -> Component:
    return parts.web_address(
        "url",
        "Web address of the data that it is about (optional)",
        view.subject.answer("url"),
        hint="Everybody can see it with your request, but not your question. Leave it blank where "
        "it is about no address.",
        mistake=view.mistakes.get("url"),
        max_length=URL_SIGNS,
    )


def _documentation(view: View) -> Component:
    return parts.web_address(
        "documentation_url",
        "Web page about the data",
        view.subject.answer("documentation_url"),
        hint="A page on your website that says what the data is and links to it, for people to "
        "read. Not the data itself. Such as https://www.example.gov.uk/planning/open-data",
        mistake=view.mistakes.get("documentation_url"),
        max_length=URL_SIGNS,
    )


def _licence(view: View) -> Component:
    return ui.choice(
        "licence",
        "Is the data under the Open Government Licence, and does your website say so?",
        list(LICENCES.items()),
        view.subject.answer("licence") or None,
        view.mistakes.get("licence"),
    )


def _name(view: View) -> Component:
    address = view.subject.who.address
    return ui.entry(
        "name",
        "Your full name",
        view.subject.answer("name"),
        hint=f"For the data team, who answers to {address}. It is not published.",
        mistake=view.mistakes.get("name"),
        max_length=NAME_SIGNS,
        autoComplete="name",
        spellCheck="false",
    )


def _note(view: View) -> Component:
    label, hint = submit_words.NOTE[view.subject.draft.kind]
    return text_area(
        "note",
        label,
        view.subject.answer("note"),
        hint=f"{hint} Up to {NOTE_SIGNS:,} characters.",
        mistake=view.mistakes.get("note"),
        max_length=NOTE_SIGNS,
    )
