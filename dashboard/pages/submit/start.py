"""Send something to the data team: what is it, and who is it for?

For the officer of an authority who has an address, or a question. It is the way in from a task, a
dataset and a check: what is known is filled in, and what is not known is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.design.forms import hidden_values
from dashboard.components.submit import parts
from dashboard.components.submit import words as submit_words
from dashboard.components.words import formatting
from dashboard.components.words.submission_words import KINDS as WORDS
from dashboard.data.door import ask
from dashboard.pages.check.access import Place, place_of
from dashboard.pages.submit import access, removing
from dashboard.pages.submit.query import Query, read
from dashboard.urls import addresses
from dashboard.web import cookies, identity
from dashboard.web.identity import Identity
from performance_store.queries import choices
from providers.submissions import drafts
from providers.submissions.rows import CHECKED, KINDS, Draft, Kind

PATH = addresses.SUBMIT
TITLE = "Send something to the data team"
NAV = None
PLAIN = True

NO_DATASET = "Select the dataset that it is about"
NO_KIND = "Select what you want to send"


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: what is known from the address, in words too; who asks; what there is to
    choose from; what they began before; and what was wrong with what was sent."""

    query: Query
    place: Place
    who: Identity | None = None
    datasets: tuple[tuple[str, str], ...] = ()
    mine: tuple[Draft, ...] = ()
    mistakes: Mapping[str, str] = field(default_factory=dict)


def layout(**params: Any) -> Component:
    """The page. In: `dataset`, `organisation`, `task`, `kind`, `endpoint` and `check`, as
    `addresses.start_submission` writes them."""
    cookies.keep_private()
    if not cookies.is_on():
        return html.Div(
            [ui.heading(TITLE), ui.paragraph(access.CANNOT, lead=True), *access.elsewhere()]
        )
    return render(view(params))


def view(params: Mapping[str, Any], mistakes: Mapping[str, str] | None = None) -> View:
    """The view. In: the values of the address or of the form, and what was wrong with them."""
    who = identity.current()
    query = read(params, who.acting_for if who else None)
    mine: tuple[Draft, ...] = ()
    if who and who.acting_for:
        with identity.change() as connection:
            mine = drafts.of_person(
                connection, person_id=who.person_id, organisation=who.acting_for
            )
    datasets = tuple((row.dataset, row.name) for row in ask(choices.datasets))
    place = place_of(query.dataset, query.organisation or None)
    return View(query, place, who, datasets, mine, mistakes or {})


def render(view: View) -> Component:
    """The page."""
    return html.Div(
        [
            _trail(view),
            ui.mistake_summary(*view.mistakes.items()) if view.mistakes else None,
            ui.heading(_title(view.query.kind), caption=_caption(view)),
            ui.notices(view.query.notices),
            *_content(view),
        ]
    )


def _title(kind: Kind | None) -> str:
    return WORDS[kind].title if kind else TITLE


def _caption(view: View) -> str | None:
    names = [view.place.dataset if view.query.dataset else None, view.place.organisation]
    return ", ".join(name for name in names if name) or None


def _trail(view: View) -> Component:
    steps = [("Home", addresses.HOME)]
    query = view.query
    if query.organisation and view.place.organisation:
        steps.append((view.place.organisation, addresses.organisation(query.organisation)))
        if query.dataset:
            page = addresses.dataset(query.organisation, query.dataset)
            steps.append((view.place.dataset, page))
    return ui.breadcrumbs(steps)


def _content(view: View) -> list[Component | None]:
    query, who = view.query, view.who
    if who is None:
        return [_what(query.kind), *access.sign_in(query.address, query.organisation)]
    if not who.organisations:
        return [
            ui.paragraph("Your address may act for no authority, so it can send nothing."),
            *access.elsewhere(),
        ]
    if who.acting_for is None or query.organisation != who.acting_for:
        if not query.organisation or query.organisation in who.organisations:
            return [*access.act_for(view.place, query.address)]
        return _others(view)
    return [_what(query.kind), _form(view), _else(query), _mine(view)]


def _others(view: View) -> list[Component | None]:
    """Said to whoever acts for another authority than the page is about."""
    who = view.who
    own = place_of("", who.acting_for if who else None).organisation
    here = addresses.start_submission(view.query.dataset, kind=view.query.kind or "")
    return [
        ui.paragraph(
            f"You cannot send anything for {view.place.organisation}: you act for {own}.",
            lead=True,
        ),
        ui.paragraph(ui.link(f"Send something for {own}", here)),
    ]


def _what(kind: Kind | None) -> Component | None:
    """What it is good for, and what one needs."""
    if kind is None:
        return ui.paragraph(
            "The data team of the Planning Data Platform gets it, and you see here how far it is.",
            lead=True,
        )
    return html.Div(
        [
            ui.paragraph(WORDS[kind].meaning, lead=True),
            ui.inset(parts.PARTIAL) if kind in CHECKED else None,
            ui.paragraph("You need:"),
            ui.bullets(list(submit_words.NEEDS[kind])),
            ui.paragraph(
                "It takes a few minutes. What you type is kept for 30 days, so that you can stop "
                f"and go on. {parts.AFTER_SENDING}"
            ),
        ]
    )


def _form(view: View) -> Component:
    query, mistakes = view.query, view.mistakes
    values = {
        "organisation": query.organisation,
        "task": query.task,
        "endpoint": query.endpoint,
        "check": query.check,
        "draft": query.draft,
    }
    if query.dataset:
        values["dataset"] = query.dataset
    if query.kind:
        values["kind"] = query.kind
    options = [(kind, submit_words.QUESTION[kind]) for kind in KINDS]
    return identity.form(
        addresses.SUBMIT,
        *hidden_values({name: value for name, value in values.items() if value}),
        None
        if query.dataset
        else ui.select(
            "dataset",
            "Which dataset is it about?",
            view.datasets,
            "",
            any_label="Select a dataset",
            mistake=mistakes.get("dataset"),
        ),
        None
        if query.kind
        else ui.choice("kind", "What do you want to do?", options, None, mistakes.get("kind")),
        ui.button("Start now" if query.kind else "Continue"),
    )


def _else(query: Query) -> Component | None:
    """The way to the other kinds."""
    if query.kind is None:
        return None
    here = addresses.start_submission(
        query.dataset, query.organisation, task=query.task, draft=query.draft
    )
    return ui.paragraph(ui.link("I want to do something else", here))


def _mine(view: View) -> Component | None:
    """What the reader began and did not send."""
    if not view.mine:
        return None
    names = dict(view.datasets)
    items = [
        html.Div(
            [
                ui.paragraph(
                    ui.link(
                        f"{WORDS[draft.kind].title}: {names.get(draft.dataset, draft.dataset)}",
                        addresses.submit(addresses.SUBMIT_ANSWERS, draft.token),
                    ),
                    f", begun by you, last changed on {formatting.day(draft.changed_at.date())}. "
                    f"It is kept until {formatting.day(draft.expires_at.date())}.",
                ),
                removing.form(draft, "Remove it", WORDS[draft.kind].title),
            ]
        )
        for draft in view.mine
    ]
    return ui.section("What you began and did not send", *items, id="begun")
