"""The check of the address: how far it is, and what has to be fixed before it can be sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.check import progress, words
from dashboard.components.design import alive, html
from dashboard.components.words import formatting
from dashboard.pages.submit import access
from dashboard.pages.submit.access import Checks, Subject
from dashboard.urls import addresses
from dashboard.web import identity
from providers.checks.format import Group
from providers.checks.requests import Check

PATH = addresses.SUBMIT_CHECK
TITLE = "Check of the address"
NAV = None
PLAIN = True

MOST_GROUPS = 5
COLLEAGUE = (
    "Somebody else of your authority checked this address after you. Check it again to see what "
    "was found."
)


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: the draft, the checks of its address, and why none could be begun."""

    subject: Subject
    checks: Checks
    refusal: str = ""


def layout(draft: str = "", **_: Any) -> Component:
    """The page of the draft in the address."""
    subject = access.subject_or_page(draft, PATH)
    if not isinstance(subject, Subject):
        return subject
    return render(View(subject, access.checks(subject.draft)))


def render(view: View) -> Component:
    """The page."""
    title, content = _content(view)
    return alive.page(
        access.trail(view.subject),
        ui.heading(title, caption=access.caption(view.subject)),
        ui.inset(html.P(view.subject.answer("url"), className="text break")),
        *content,
    )


def _content(view: View) -> tuple[str, list[Component | None]]:
    checks = view.checks
    own = checks.own
    if view.refusal:
        return "We cannot check this address now", [
            ui.paragraph(f"{view.refusal} What you typed is kept.", lead=True),
            _again(view, "Check it again"),
            _ways(view),
        ]
    if own is not None and not own.is_over:
        return "Checking the address", [
            progress.running(own.secret, own.state, own.stage, own.rows_done),
            ui.paragraph(
                "Most checks take seconds, those of very large files a few minutes. It goes on by "
                "itself: you can leave this page and come back."
            ),
        ]
    if checks.is_clean:
        details = view.subject.address(addresses.SUBMIT_DETAILS)
        return "Nothing has to be fixed", [
            ui.paragraph("You can send this address.", lead=True),
            ui.paragraph(ui.link("Go on", details)),
        ]
    if own is not None and own.summary is None:
        return "We could not check this address", _without_result(view, own)
    if checks.newest is not None and not checks.newest.is_recent:
        day = formatting.day(checks.newest.finished_at.date())
        return "The check is too old", [
            ui.paragraph(f"This address was last checked on {day}. Check it again.", lead=True),
            _again(view, "Check it again"),
        ]
    if checks.newest is not None:
        check = None if checks.is_by_colleague else own
        return "Some things have to be fixed first", _blocked(view, check)
    return "This address is not checked yet", [_again(view, "Check it now")]


def _without_result(view: View, check: Check) -> list[Component | None]:
    why = check.failure.sentence if check.failure else "The check was cancelled."
    return [ui.paragraph(why, lead=True), _again(view, "Check it again"), _ways(view)]


def _blocked(view: View, check: Check | None) -> list[Component | None]:
    summary = check.summary if check else None
    groups = [one for one in summary.groups if one.ladder == "must"] if summary else []
    return [
        None if check else ui.paragraph(COLLEAGUE),
        ui.paragraph(
            "The platform would refuse some of the data, or lose it. Fix it at the source and "
            "check the address again. What you typed is kept.",
            lead=True,
        ),
        ui.bullets([_group(group) for group in groups[:MOST_GROUPS]]) if groups else None,
        ui.paragraph(ui.link("See all that was found, row by row", addresses.check(check.secret)))
        if check
        else None,
        _again(view, "Check it again"),
        _ways(view),
    ]


def _group(group: Group) -> str:
    rows = f", in {formatting.plural(group.rows, 'row')}" if group.rows else ""
    return f"{words.group_title(group)}{rows}"


def _again(view: View, label: str) -> Component:
    return identity.form(view.subject.address(addresses.SUBMIT_CHECK), ui.button(label))


def _ways(view: View) -> Component:
    """What else there is to do, while something has to be fixed."""
    own = view.checks.own
    question = access.as_another(view.subject, "help", own.secret if own else "")
    return ui.bullets(
        [
            ui.link("Ask the data team for help with it", question),
            ui.link("Give another address", view.subject.address(addresses.SUBMIT_DRAFT)),
        ]
    )
