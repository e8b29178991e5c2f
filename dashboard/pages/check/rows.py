"""The rows of a checked file, with marks: all of them, or those with one finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.check import rows as parts
from dashboard.components.check.words import LADDER, group_title, sentence
from dashboard.components.design import alive
from dashboard.pages.check import access
from dashboard.pages.check.access import Place
from dashboard.urls import addresses
from dashboard.web import cookies, identity
from providers.checks import results
from providers.checks.format import Group, Row, Summary
from providers.checks.requests import Check

PATH = addresses.CHECK_ROWS
TITLE = "Rows"
NAV = None
PLAIN = True
PAGE = addresses.CHECK_PAGE


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: a page of rows, of how many, and of which group if of one."""

    check: Check
    summary: Summary
    place: Place
    rows: Sequence[Row]
    total: int
    page: int = 1
    group: Group | None = None


def layout(check: str = "", group: Any = "", page: Any = "", **_: Any) -> Component:
    """The page. In: the check, the number of a group (none: all rows) and that of the page."""
    cookies.keep_private()
    return render(view(check, access.number(group), access.number(page) or 1))


def view(secret: str, number: int | None, page: int) -> View:
    """Rows of a check. Raises NotFound. A page too far is the last."""
    with identity.change() as connection:
        check = access.finished(connection, secret)
        summary = access.summary_of(check)
        group = next((one for one in summary.groups if one.number == number), None)
        only = group.number if group else None
        total = results.count(connection, check_id=check.id, group=only)
        page = max(1, min(page, -(-total // PAGE)))
        rows = results.page(
            connection, check_id=check.id, group=only, first=(page - 1) * PAGE, count=PAGE
        )
    return View(check, summary, access.place(check), rows, total, page, group)


def render(view: View) -> Component:
    """The page."""
    check, group = view.check, view.group
    number = None if group is None else group.number
    pages = -(-view.total // PAGE)
    first = (view.page - 1) * PAGE + 1
    caption = f"{view.place.caption} – {check.url or check.name}"
    title = "All rows" if group is None else f"Rows with: {group_title(group)}"
    return alive.page(
        access.trail(check, ("What was found", addresses.check(check.secret))),
        ui.heading(title, caption=caption),
        _about(group),
        parts.choice(addresses.check_rows(check.secret), view.summary, number),
        ui.result_line(first, first + len(view.rows) - 1, view.total, "row"),
        parts.table(title, view.summary, view.rows) if view.rows else None,
        ui.pagination(
            view.page,
            pages,
            lambda page: addresses.check_rows(check.secret, group=number, page=page),
        ),
    )


def _about(group: Group | None) -> Component | None:
    if group is None:
        return ui.paragraph("As they stand in your file. The numbers are those of its rows.")
    advice = f" {sentence(group.advice)}" if group.advice else ""
    return ui.paragraph(f"{LADDER[group.ladder].tag}.{advice}")
