"""How fresh the data is: how old, whether we can still collect it, how often it changes, and which
registers are due.

For a programme manager who needs to remind the right authorities of the right dataset.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import explain
from dashboard.components.design import html
from dashboard.components.design.figure import Around, figure, tools
from dashboard.components.national import freshness as parts
from dashboard.components.national import lines
from dashboard.components.words import formatting
from dashboard.data.door import ask
from dashboard.pages.national import figure_links, heading
from dashboard.pages.national.scope import Scope, ScopeFilters, read_scope
from dashboard.urls import addresses, links
from performance_store.queries import freshness
from performance_store.rows import AgeOfContent, Ages, Availability, Cadence, RegisterYear

PATH = addresses.FRESHNESS
TITLE = "Freshness"
NAV = None
KEEP = True
PAGE_ROWS = 25
# How many dates the table has before the reader opens the others.
_DATES = 6


@dataclass(frozen=True, slots=True)
class Filters(ScopeFilters):
    """The filters of the page: the scope, and which page of the oldest."""

    page: int = links.number(1, 10_000, default=1)


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows."""

    filters: Filters
    scope: Scope
    ages: tuple[Ages, ...] = ()
    availability: tuple[Availability, ...] = ()
    cadence: tuple[Cadence, ...] = ()
    registers: tuple[RegisterYear, ...] = ()
    oldest: tuple[AgeOfContent, ...] = ()

    @property
    def whole(self) -> Ages:
        """All datasets together."""
        return self.ages[0]

    @property
    def dated(self) -> int:
        """How many provisions have content of known age."""
        return self.whole.provided - self.whole.unknown


def layout(**params: Any) -> Component:
    """The page for the filters in the address."""
    return render(build(*read_scope(Filters, params)))


def build(filters: Filters, scope: Scope) -> View:
    """Ages and registers of one snapshot; the rest from those of its kind up to it."""
    now = scope.snapshot
    if "logs" not in scope.knows:
        return View(filters, scope)
    which: dict[str, Any] = {"denominator": scope.set, "narrow": scope.narrow}
    at = which | {"snapshot_id": now.snapshot_id}
    ages = ask(freshness.ages, **at)
    pages = -(-(ages[0].provided - ages[0].unknown) // PAGE_ROWS)
    page = min(filters.page, max(1, pages))
    return View(
        filters=dataclasses.replace(filters, page=page),
        scope=scope,
        ages=ages,
        availability=ask(freshness.availability, kind=now.kind, until=now.as_at, **which),
        cadence=ask(freshness.cadence, kind=now.kind, as_at=now.as_at, **at),
        registers=ask(freshness.registers, **at),
        oldest=ask(freshness.oldest, **at, offset=(page - 1) * PAGE_ROWS, limit=PAGE_ROWS),
    )


def render(view: View) -> Component:
    """The page."""
    scope = view.scope
    if not view.ages:
        body: list[Component | None] = [
            heading.lacking(
                *(scope, PATH, "logs"),
                "These figures do not show when content changed",
                "They show who had an endpoint, but not what was collected from it.",
            )
        ]
    elif not view.whole.provided:
        body = [heading.nothing(scope, PATH)]
    else:
        body = [
            _ages(view),
            _registers(view),
            _oldest(view),
            _availability(view),
            _cadence(view),
        ]
    head = heading.head(scope, view.filters, PATH, TITLE, sentence=_sentence(view))
    return html.Div([*head, *body])


def _sentence(view: View) -> str | None:
    if not view.ages or not view.whole.provided:
        return None
    whole = view.whole
    fresh = whole.week + whole.month + whole.quarter + whole.half_year
    old = whole.two_years + whole.older
    return (
        f"The content of {formatting.n_of(fresh, whole.provided)} provided provisions changed in "
        f"the last 6 months. The content of {formatting.number(old)} has not changed for more "
        "than a year."
    )


def _ages(view: View) -> Component:
    return ui.section(
        "How long ago content changed",
        ui.paragraph(
            "We count days since this exact content was first collected. Old content can still be "
            "right: it is a reason to check, not a fault."
        ),
        figure(
            _around(view, "ages", "the ages", height=900),
            "Provisions by days since their content changed",
            str(_sentence(view)),
            parts.ages(view.ages, heading.dataset_href(view.filters)),
            caption=False,
        ),
        explain.explain("fresh"),
        id="ages",
    )


def _registers(view: View) -> Component:
    title, scope = "Registers that are due each year", view.scope
    as_at = scope.snapshot.as_at
    rule = (
        "Authorities must review brownfield land registers at least once each calendar year, by "
        "31 December. New content is the only evidence we have. If an authority reviews its "
        "register and changes nothing, we cannot tell that it did. Ask before you send a reminder."
    )
    if not view.registers:
        sentence = "There are no brownfield land registers in these figures."
        other = links.address(PATH, view.filters, set="statutory", page=1)
        link = ui.link("See all statutory duties", other) if scope.set != "statutory" else ""
        return ui.section(title, ui.paragraph(sentence, " ", link), id="registers")
    at = heading.of_date(scope, view.filters)
    late = [row for row in view.registers if row.state in ("overdue", "due")]
    table = parts.registers(
        late, as_at, lambda curie: at(addresses.dataset(curie, freshness.BROWNFIELD))
    )
    return ui.section(
        title,
        ui.paragraph(rule),
        heading.elsewhen(scope, view.filters),
        ui.bullets(parts.register_counts(view.registers, as_at)),
        ui.details(f"Show the {formatting.number(len(late))} that are overdue or due", table)
        if late
        else None,
        tools(_around(view, "registers", "all registers", alone=False)),
        ui.working(
            ui.bullets(
                [
                    "Changed this year: the content changed in the calendar year of the date "
                    "shown. Due this year: the content last changed in the calendar year before.",
                    "Overdue: the content last changed earlier than that. No register: the "
                    "authority provides none.",
                    "A change means that the file is not identical to the one before.",
                ]
            ),
            about="registers that are due",
        ),
        id="registers",
    )


def _oldest(view: View) -> Component | None:
    if not view.oldest:
        return None
    page = view.filters.page
    first = (page - 1) * PAGE_ROWS + 1
    of_date = heading.of_date(view.scope, view.filters)

    def at(page: int) -> str:
        return links.address(PATH, view.filters, page=page) + "#oldest"

    return ui.section(
        "Oldest first",
        heading.elsewhen(view.scope, view.filters),
        ui.result_line(first, first + len(view.oldest) - 1, view.dated, "provision"),
        parts.oldest(
            view.oldest,
            view.scope.snapshot.as_at,
            lambda curie, slug: of_date(addresses.dataset(curie, slug)),
        ),
        ui.pagination(page, -(-view.dated // PAGE_ROWS), at),
        tools(
            _around(view, "oldest", "all with their dates", alone=False),
            "Oldest first",
            view.dated,
            first,
        ),
        explain.explain("fresh"),
        id="oldest",
    )


def _availability(view: View) -> Component | None:
    if not view.availability:
        return None
    return ui.section(
        "Whether it can be collected",
        ui.paragraph(
            "How many provisions could be collected on each date. Failing: for fewer than 5 days. "
            "Broken: for 5 to 30 days. Long broken: for more than 30 days."
        ),
        ui.details("Show every date", parts.availability(view.availability))
        if len(view.availability) > _DATES
        else None,
        figure(
            _around(
                *(view, "availability", "availability by date"),
                lines=heading.Lines(
                    view.scope.snapshot.kind,
                    view.availability[-_DATES:][0].as_at,
                    view.availability[-1].as_at,
                ),
            ),
            "Provisions by whether they can be collected",
            parts.availability_headline(view.availability[-_DATES:]),
            parts.availability(view.availability[-_DATES:]),
            caption=False,
        ),
        lines.notes_beside(
            view.scope.notes_between(view.availability[0].as_at, view.availability[-1].as_at)
        ),
        explain.explain("reachable", "failing"),
        id="availability",
    )


def _cadence(view: View) -> Component:
    until = view.scope.snapshot.as_at.replace(day=1)
    since = date(until.year - 1, until.month, 1)
    return ui.section(
        "How often content changes",
        ui.paragraph(
            f"In the 12 full months from {formatting.day(since)}. Most of these datasets only "
            "need to change when something on the ground changes, so no class is better than "
            "another."
        ),
        figure(
            _around(view, "cadence", "how often content changes"),
            "Provisions by how often their content changes",
            parts.cadence_headline(view.cadence[0]),
            parts.cadence(view.cadence, heading.dataset_href(view.filters)),
            caption=False,
        ),
        ui.working(
            ui.bullets(
                [
                    "We count the months with new content. Monthly: in 7 of the 12, and in one of "
                    "the last 2. Quarterly: in 3, and in one of the last 4. Half-yearly: in both "
                    "halves. Yearly: in any month.",
                    "Every time: new content at 3 of 4 collections or more. This is usually a "
                    "file that is created again each night with a new time in it. We give it no "
                    "class.",
                    "Not enough history: not provided in all 12 months, as far as our figures go "
                    "back.",
                    "These figures do not show how long a change on the ground takes to reach "
                    "the data (the lag). That needs the dates inside the data.",
                ]
            ),
            about="how often content changes",
        ),
        id="cadence",
    )


def _around(view: View, table: str, about: str, **more: Any) -> Around:
    """What goes around one of the page's tables, which has the name of its file."""
    file = figure_links.files(view.scope, table)
    return heading.around(view.scope, view.filters, PATH, table, about, files=file, **more)
