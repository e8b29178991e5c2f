"""The table of the records of a dataset of an authority: a request of its own, which asks the
platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.provider import records as parts
from dashboard.components.words import formatting
from dashboard.maps.entities import EntitiesUnavailable
from dashboard.maps.records import RecordPage
from dashboard.pages.provider import platform
from dashboard.pages.provider.platform import Holding
from dashboard.urls import addresses, links

PATH = addresses.RECORD_LIST
TITLE = "Records"
NAV = None
# Nobody keeps it: it may say that the platform does not answer.
PLAIN = True

PAGE = 50


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows; `records` is None where the platform does not answer."""

    holding: Holding
    page: int
    notices: tuple[str, ...]
    records: RecordPage | None

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.records.total // PAGE)) if self.records else 1


def layout(organisation: str = "", dataset: str = "", **params: Any) -> Component:
    """The page of the organisation and dataset in the address."""
    reading = links.parse(platform.Filters, params)
    return render(view(organisation, dataset, reading.filters.page, reading.notices))


def view(organisation: str, dataset: str, page: int = 1, notices: tuple[str, ...] = ()) -> View:
    """A page of records. Raises NotFound."""
    holding = platform.holding_of(organisation, dataset)
    source, number = holding.source, holding.number
    try:
        records = platform.remember(
            view,
            holding.question(page=page),
            lambda: source.records(number, dataset, offset=(page - 1) * PAGE, limit=PAGE),
            RecordPage,
        )
    except EntitiesUnavailable:
        records = None
    return View(holding, page, (*holding.subject.notices, *notices), records)


def render(view: View) -> Component:
    """The page."""
    notices = ui.notices(view.notices)
    return platform.page(view.holding, "Table of records", notices, *_content(view))


def _content(view: View) -> list[Component | None]:
    where = view.holding.where
    if view.records is None:
        return [*platform.unavailable(addresses.record_list(*where, view.page))]
    total, rows = view.records.total, view.records.records
    if not total:
        return [ui.paragraph("The platform holds no records of this dataset here.")]
    if not rows:
        last = ui.link("Show the last page", addresses.record_list(*where, view.pages))
        pages = formatting.plural(view.pages, "page")
        return [ui.paragraph(f"There is no page {view.page}: the records are on {pages}."),
                ui.paragraph(last)]  # fmt: skip
    first = (view.page - 1) * PAGE + 1
    return [
        ui.result_line(first, first + len(rows) - 1, total, "record"),
        ui.paragraph(f"Page {formatting.n_of(view.page, view.pages)}.", quiet=True)
        if view.pages > 1
        else None,
        *parts.table(rows, lambda number: addresses.record(*where, number)),
        ui.pagination(view.page, view.pages, lambda page: addresses.record_list(*where, page)),
    ]
