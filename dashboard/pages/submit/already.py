"""How the address stands: collected already, sent already, ended, or nearly the same as another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.design.forms import hidden_values
from dashboard.components.submit import parts
from dashboard.components.words import submission_words
from dashboard.data.door import ask
from dashboard.pages.provider.subject import subject_of
from dashboard.pages.submit import access, taken
from dashboard.pages.submit.access import Subject
from dashboard.urls import addresses
from dashboard.web import identity
from performance_store.queries import tasks
from performance_store.rows import Task
from providers.submissions import standing
from providers.submissions.rows import Registered, Standing

PATH = addresses.SUBMIT_STANDING
TITLE = "We know this address"
NAV = None
PLAIN = True

_TITLES = {
    "new": "Is it this one?",
    "collected": "This address is collected already",
    "registered": "This address is registered already",
    "failing": "This address is registered, but it fails",
    "ended": "This address has ended",
    "sent": "Somebody sent this address already",
}


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: the draft, how its address stands, and the task to repair it."""

    subject: Subject
    standing: Standing
    repair: Task | None = None


def layout(draft: str = "", **_: Any) -> Component:
    """The page of the draft in the address."""
    subject = access.subject_or_page(draft, PATH)
    return render(view(subject)) if isinstance(subject, Subject) else subject


def view(subject: Subject) -> View:
    """The view."""
    now = standing_of(subject)
    return View(subject, now, _repair(subject, now.registered) if now.answer == "failing" else None)


def standing_of(subject: Subject) -> Standing:
    """How the address of a draft stands, now."""
    draft = subject.draft
    with identity.change() as connection:
        return standing.standing(
            connection,
            organisation=draft.organisation,
            dataset=draft.dataset,
            url=subject.answer("url"),
        )


def is_in_the_way(subject: Subject, now: Standing, *, is_seen: bool = False) -> bool:
    """Whether something has to be said of an address before it is checked. In: whether somebody
    looked at those that are nearly the same already."""
    if now.answer == "ended":
        return subject.draft.kind != "take_back"
    return now.answer != "new" or bool(now.near and not is_seen)


def _repair(subject: Subject, row: Registered | None) -> Task | None:
    """The open task to make an address work again."""
    draft = subject.draft
    rows = ask(
        tasks.of_organisation,
        organisation=draft.organisation,
        snapshot_id=subject_of(draft.organisation).snapshot.snapshot_id,
        dataset=draft.dataset,
    )
    mine = [task for task in rows if task.kind == "access"]
    same = [task for task in mine if row and task.subject == row.endpoint]
    return next(iter(same or mine), None)


def render(view: View) -> Component:
    """The page."""
    subject, now = view.subject, view.standing
    title = _TITLES[now.answer]
    if now.answer == "new" and not now.near:
        return html.Div([access.trail(subject), *_new(subject)])
    return html.Div(
        [
            access.trail(subject),
            ui.heading(title, caption=access.caption(subject)),
            ui.inset(html.P(subject.answer("url"), className="text break")),
            *_content(view),
        ]
    )


def _new(subject: Subject) -> list[Component]:
    return [
        ui.heading("This address is new", caption=access.caption(subject)),
        ui.paragraph(submission_words.answer(Standing("new")), lead=True),
        _go_on(subject, "Check this address"),
    ]


def _content(view: View) -> list[Component | None]:
    subject, now = view.subject, view.standing
    answer = ui.paragraph(submission_words.answer(now), lead=True)
    if now.answer == "sent" and now.reference:
        page = addresses.submission(now.reference)
        words = ui.link(f"See how far it is: {now.reference}", page)
        offer = taken.offer(subject, now.reference)
        return [answer, ui.paragraph(words), offer, _other_ways(subject)]
    if now.answer in ("collected", "registered"):
        page = addresses.dataset(subject.draft.organisation, subject.draft.dataset)
        see = ui.link("See how the dataset does", page)
        return [answer, ui.paragraph(see), _other_ways(subject)]
    if now.answer == "failing":
        return [answer, *_failing(view), _other_ways(subject)]
    if now.answer == "ended":
        return [answer, *_take_again(view), _other_ways(subject)]
    return [*_near(view), _other_ways(subject)]


def _failing(view: View) -> list[Component]:
    repair, draft = view.repair, view.subject.draft
    page = (
        addresses.task(draft.organisation, repair.public_id)
        if repair
        else f"{addresses.dataset(draft.organisation, draft.dataset)}#endpoints"
    )
    return [
        ui.paragraph(
            "Sending it once more would not help: the data team has it. ",
            ui.link("See what is wrong, and what to do about it", page),
            ".",
        ),
        ui.paragraph("When it answers again, the next collection finds it, at night."),
    ]


def _near(view: View) -> list[Component | None]:
    """The addresses that are nearly the same; a person says which is meant."""
    return [
        ui.paragraph(
            "The register has an address that is nearly the same as yours. Addresses that differ "
            "by a letter, a slash or http and https often lead to the same data.",
            lead=True,
        ),
        *(_near_one(view.subject, row) for row in view.standing.near),
        ui.paragraph("If yours leads to other data:"),
        _go_on(view.subject, "No, mine is another: go on"),
    ]


def _near_one(subject: Subject, row: Registered) -> Component:
    if not row.is_active:
        return html.Div([parts.facts_of(row), _take_back(subject, row)])
    page = addresses.dataset(subject.draft.organisation, subject.draft.dataset)
    way = ui.link("Yes, it is this one: see how the dataset does", page)
    return html.Div([parts.facts_of(row), ui.paragraph(way, ". Then there is nothing to send.")])


def _take_again(view: View) -> list[Component | None]:
    row = view.standing.registered
    if row is None:
        return [_go_on(view.subject, "Check this address")]
    return [parts.facts_of(row), _take_back(view.subject, row)]


def _take_back(subject: Subject, row: Registered) -> Component:
    """The button that asks for an ended address to be collected again, with what was typed."""
    values = {"answer": "take_back", "endpoint": row.endpoint}
    return identity.form(
        subject.address(addresses.SUBMIT_STANDING),
        *hidden_values(values),
        ui.button("Ask to take it back"),
    )


def _go_on(subject: Subject, words: str) -> Component:
    return identity.form(
        subject.address(addresses.SUBMIT_STANDING),
        *hidden_values({"answer": "new"}),
        ui.button(words, kind="secondary"),
    )


def _other_ways(subject: Subject) -> Component:
    question = access.as_another(subject, "help")
    back = subject.address(addresses.SUBMIT_DRAFT)
    return ui.bullets(
        [
            ui.link("Give another address", back),
            ui.link("Ask the data team for help", question),
        ]
    )
