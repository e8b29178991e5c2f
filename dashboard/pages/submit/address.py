"""Which address is it? The web address of the data, or one that is registered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import alive, html
from dashboard.components.submit import parts
from dashboard.components.submit import words as submit_words
from dashboard.pages.submit import access
from dashboard.pages.submit.access import Subject
from dashboard.urls import addresses
from dashboard.web import identity
from providers.submissions import standing
from providers.submissions.answers import URL_SIGNS
from providers.submissions.rows import Registered

PATH = addresses.SUBMIT_DRAFT
TITLE = "Which address is it?"
NAV = None
PLAIN = True

NONE_OF_THEM = "none"
"""The choice of a new address that replaces no other."""
NO_ADDRESS = "Select which address it is"
NO_REPLACED = "Say whether it replaces an address"
NO_FIELD = "Select what is to be corrected"
NO_TEXT = "We do not know this address in full, so it cannot be checked. Ask for help instead."


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: the draft, the registered addresses that it can be about, and what was
    wrong with what was sent."""

    subject: Subject
    rows: tuple[Registered, ...] = ()
    mistakes: Mapping[str, str] = field(default_factory=dict)


def layout(draft: str = "", **_: Any) -> Component:
    """The page of the draft in the address."""
    subject = access.subject_or_page(draft, PATH)
    return render(view(subject)) if isinstance(subject, Subject) else subject


def view(subject: Subject, mistakes: Mapping[str, str] | None = None) -> View:
    """The view. In: what was wrong with what was sent."""
    return View(subject, registered(subject), mistakes or {})


def registered(subject: Subject) -> tuple[Registered, ...]:
    """The registered addresses that a draft can be about: those that ended for one to take back,
    else the active ones."""
    draft = subject.draft
    with identity.change() as connection:
        rows = standing.registered(
            connection, organisation=draft.organisation, dataset=draft.dataset
        )
    return tuple(row for row in rows if row.is_active != (draft.kind == "take_back"))


def render(view: View) -> Component:
    """The page."""
    subject = view.subject
    kind = subject.draft.kind
    is_new = kind in ("provide", "replace")
    return alive.page(
        access.trail(subject),
        ui.mistake_summary(*view.mistakes.items()) if view.mistakes else None,
        ui.heading(
            "The web address of the data" if is_new else TITLE, caption=access.caption(subject)
        ),
        ui.paragraph(
            "We fetch the data from it every night. Before you send it, we check it once.",
            lead=True,
        )
        if is_new
        else None,
        _form(view) if is_new or view.rows else _nothing(subject),
    )


def _form(view: View) -> Component:
    subject = view.subject
    kind = subject.draft.kind
    is_new = kind in ("provide", "replace")
    form = identity.form(
        subject.address(addresses.SUBMIT_DRAFT),
        _url(view) if is_new else None,
        _replaced(view) if is_new else _which(view),
        _part(view) if kind == "correct" else None,
        ui.button(submit_words.NEXT[kind]),
    )
    return parts.saving_form(subject.address(addresses.SUBMIT_SAVE), form)


def _url(view: View) -> Component:
    return parts.web_address(
        "url",
        "Web address of the data",
        view.subject.answer("url"),
        hint="It gives the data itself: a file, an ArcGIS layer or a WFS. Not a page about it. "
        "Such as https://www.example.gov.uk/open-data/trees.csv",
        mistake=view.mistakes.get("url"),
        max_length=URL_SIGNS,
    )


def _replaced(view: View) -> Component | None:
    """Whether a new address replaces one that is collected now; None where there is none."""
    if not view.rows:
        return None
    draft = view.subject.draft
    endpoint = view.subject.answer("endpoint")
    default = NONE_OF_THEM if draft.kind == "provide" else None
    options = [
        *((row.endpoint, f"Yes, it replaces {parts.option(row)}") for row in view.rows),
        (NONE_OF_THEM, "No, both are to be collected"),
    ]
    return ui.choice(
        "endpoint",
        "Does it replace an address that is registered for this dataset?",
        options,
        endpoint if endpoint in dict(options) else default,
        view.mistakes.get("endpoint"),
    )


def _which(view: View) -> Component:
    options = [(row.endpoint, parts.option(row)) for row in view.rows]
    only = options[0][0] if len(options) == 1 else None
    endpoint = view.subject.answer("endpoint")
    return ui.choice(
        "endpoint",
        "The addresses of this dataset that have ended"
        if view.subject.draft.kind == "take_back"
        else "The addresses of this dataset in the register",
        options,
        endpoint if endpoint in dict(options) else only,
        view.mistakes.get("endpoint"),
    )


def _part(view: View) -> Component:
    return ui.choice(
        "field",
        "What is to be corrected?",
        list(submit_words.FIELDS.items()),
        view.subject.answer("field") or None,
        view.mistakes.get("field"),
    )


def _nothing(subject: Subject) -> Component:
    draft = subject.draft
    kind = "have ended" if draft.kind == "take_back" else "are collected now"
    return html.Div(
        [
            ui.paragraph(f"The register has no addresses of this dataset that {kind}.", lead=True),
            ui.bullets(
                [
                    ui.link("Give an address that is new", access.as_another(subject, "provide")),
                    ui.link("Ask the data team for help", access.as_another(subject, "help")),
                ]
            ),
        ]
    )
