"""One record of the platform with all its fields: a request of its own, which asks the platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.provider import records as parts
from dashboard.data.errors import NotFound
from dashboard.maps.entities import EntitiesUnavailable
from dashboard.maps.records import Record, number_of
from dashboard.pages.provider import platform
from dashboard.pages.provider.platform import Holding
from dashboard.urls import addresses

PATH = addresses.RECORD
TITLE = "Record"
NAV = None
# Nobody keeps it: it may say that the platform does not answer.
PLAIN = True


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows; `record` is None where the platform does not answer, or has none of
    this number (`gone`)."""

    holding: Holding
    number: int
    record: Record | None
    gone: bool = False


def layout(organisation: str = "", dataset: str = "", record: str = "", **_: Any) -> Component:
    """The page of the record in the address."""
    return render(view(organisation, dataset, record))


def view(organisation: str, dataset: str, record: str) -> View:
    """One record, by its number as in the address. Raises NotFound."""
    holding = platform.holding_of(organisation, dataset)
    number = number_of(record)
    if not number or str(number) != record:
        raise NotFound(f"“{record[:80]}” is not the number of a record.")
    try:
        entity = platform.remember(
            view,
            holding.question(record=number),
            lambda: holding.source.record(number),
            Record,
        )
    except EntitiesUnavailable as error:
        return View(holding, number, None, error.is_gone)
    if entity.value("dataset") not in ("", dataset):
        raise NotFound(f"Record {number} is none of this dataset.")
    return View(holding, number, entity)


def render(view: View) -> Component:
    """The page."""
    name = view.record.name if view.record else ""
    title = f"Record {view.number}: {name[:100]}" if name else f"Record {view.number}"
    return platform.page(view.holding, title, *_content(view))


def _content(view: View) -> list[Component | None]:
    where, record = view.holding.where, view.record
    there = f"{view.holding.source.url}/entity/{view.number}"
    if view.gone:
        return [ui.paragraph(f"The platform has no record of the number {view.number} any more.")]
    if record is None:
        return [*platform.unavailable(addresses.record(*where, view.number))]
    owner = record.value("organisation-entity")
    return [
        ui.paragraph(f"The platform holds it as record {record.number} now.")
        if record.number != view.number
        else None,
        ui.paragraph("The platform holds it as another organisation’s.")
        if owner not in ("", str(view.holding.number))
        else None,
        parts.facts(record),
        ui.paragraph(ui.external_link(f"Record {view.number} on the platform", there)),
    ]
