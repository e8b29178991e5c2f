"""One record of the platform with all its fields: a request of its own, which asks the platform."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import shape_map
from dashboard.components.provider import records as parts
from dashboard.data.errors import NotFound
from dashboard.maps import check_shapes
from dashboard.maps.check_shapes import Collection, Drawing, Place
from dashboard.maps.entities import EntitiesUnavailable
from dashboard.maps.records import Record, number_of
from dashboard.pages.provider import platform
from dashboard.pages.provider.platform import Holding
from dashboard.urls import addresses
from performance_store.projection import Box, box_of
from performance_store.rows import Outline

PATH = addresses.RECORD
TITLE = "Record"
NAV = None
# Nobody keeps it: it may say that the platform does not answer.
PLAIN = True


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of a record: its fields, the box around its shape (None: it has none), a drawing
    of it (None: none near England), and whether it lies outside the authority's boundary, as far
    as we have one."""

    record: Record
    box: Box | None
    drawing: Drawing | None
    is_outside: bool


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows; `entry` is None where the platform does not answer, or has no record of
    this number (`gone`)."""

    holding: Holding
    number: int
    entry: Entry | None
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
    outline = holding.outline() if holding.dataset.typology == "geography" else None
    try:
        entry = platform.remember(
            view,
            holding.question(record=number),
            lambda: _draw(holding.source.record(number), outline),
            Entry,
        )
    except EntitiesUnavailable as error:
        return View(holding, number, None, error.is_gone)
    if entry.record.value("dataset") not in ("", dataset):
        raise NotFound(f"Record {number} is none of this dataset.")
    return View(holding, number, entry)


def _draw(record: Record, outline: Outline | None) -> Entry:
    """The record and where it lies: within the authority's boundary, or else by itself."""
    shape = record.shape
    if shape is None:
        return Entry(record, None, None, False)
    places = Collection((Place(record.number or 0, record.name, False, shape),))
    drawing = check_shapes.drawing(places, (), outline)
    is_outside = outline is not None and not (drawing and drawing.marks)
    if is_outside:
        drawing = check_shapes.drawing(places, ())
    drawing = check_shapes.without_degrees(drawing) if drawing and drawing.marks else None
    return Entry(replace(record, shape=None), box_of(shape.positions()), drawing, is_outside)


def render(view: View) -> Component:
    """The page."""
    name = view.entry.record.name if view.entry else ""
    title = f"Record {view.number}: {name[:100]}" if name else f"Record {view.number}"
    return platform.page(view.holding, title, *_content(view))


def _content(view: View) -> list[Component | None]:
    where, entry = view.holding.where, view.entry
    there = f"{view.holding.source.url}/entity/{view.number}"
    if view.gone:
        return [ui.paragraph(f"The platform has no record of the number {view.number} any more.")]
    if entry is None:
        return [*platform.unavailable(addresses.record(*where, view.number))]
    record = entry.record
    owner = record.value("organisation-entity")
    return [
        ui.paragraph(f"The platform holds it as record {record.number} now.")
        if record.number != view.number
        else None,
        ui.paragraph("The platform holds it as another organisation’s.")
        if owner not in ("", str(view.holding.number))
        else None,
        parts.facts(record),
        *_map(entry, view),
        ui.paragraph(ui.external_link(f"Record {view.number} on the platform", there)),
    ]


def _map(entry: Entry, view: View) -> list[Component | None]:
    """Where the record lies, in words and drawn."""
    if entry.box is None:
        return []
    if entry.drawing is None:
        return [ui.paragraph(parts.spot(entry.box), " That is far from England: there is no map.")]
    outside = " That is outside the boundary of the authority." if entry.is_outside else ""
    land = " The pale area is that of the authority." if entry.drawing.boundary else ""
    name = entry.record.name or f"record {view.number}"
    return [
        ui.paragraph(parts.spot(entry.box), outside or land),
        shape_map.shape_map(
            entry.drawing,
            f"Map of {name[:100]}",
            lambda number: addresses.record(*view.holding.where, number),
            "record",
            is_small=True,
        ),
    ]
