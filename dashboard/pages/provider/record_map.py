"""The map of the records of a dataset of an authority: a request of its own, which asks the
platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import shape_map
from dashboard.components.words import formatting
from dashboard.maps import check_shapes
from dashboard.maps.check_shapes import Collection, Drawing, Place
from dashboard.maps.entities import EntitiesUnavailable, Places
from dashboard.pages.provider import platform
from dashboard.pages.provider.platform import Holding
from dashboard.urls import addresses
from performance_store.rows import Outline

PATH = addresses.RECORD_MAP
TITLE = "Map of records"
NAV = None
# Nobody keeps it: it may say that the platform does not answer.
PLAIN = True


@dataclass(frozen=True, slots=True)
class Picture:
    """What is kept of a map: the drawing (None: there is nothing to draw), of how many places, and
    whether the platform has more."""

    drawing: Drawing | None
    places: int
    more: bool


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows; `picture` is None where the platform does not answer."""

    holding: Holding
    picture: Picture | None


def layout(organisation: str = "", dataset: str = "", **_: Any) -> Component:
    """The page of the organisation and dataset in the address."""
    return render(view(organisation, dataset))


def view(organisation: str, dataset: str) -> View:
    """The map of a dataset of an authority. Raises NotFound."""
    holding = platform.holding_of(organisation, dataset)
    source, number = holding.source, holding.number
    outline = holding.outline()
    try:
        picture = platform.remember(
            view,
            holding.question(),
            lambda: _draw(source.places(number, dataset), outline),
            Picture,
        )
    except EntitiesUnavailable:
        picture = None
    return View(holding, picture)


def _draw(places: Places, outline: Outline | None) -> Picture:
    """The drawing, without the shapes in degrees, which are of no more use."""
    collection = Collection(
        tuple(
            Place(label.number or 0, label.name, False, shape)
            for shape, label in zip(places.shapes, places.labels, strict=True)
            # Without a number it has no record that could be shown.
            if label.number
        )
    )
    drawing = check_shapes.drawing(collection, (), outline)
    drawing = check_shapes.without_degrees(drawing) if drawing else None
    return Picture(drawing, len(collection.places), places.more)


def render(view: View) -> Component:
    """The page."""
    return platform.page(view.holding, TITLE, *_content(view))


def _content(view: View) -> list[Component | None]:
    where, picture = view.holding.where, view.picture
    if picture is None:
        return [*platform.unavailable(addresses.record_map(*where))]
    drawing = picture.drawing
    if not picture.places:
        return [ui.paragraph("The platform has no shapes of these records.")]
    if drawing is None or not drawing.marks:
        return [ui.paragraph("None of the shapes lies near here, so there is no map to draw.")]
    inside = formatting.plural(len(drawing.marks), "record is", "records are")
    land = " The pale area is that of the authority." if drawing.boundary else ""
    outside = formatting.plural(drawing.outside, "shape lies", "shapes lie")
    return [
        ui.paragraph(f"{inside} on the map. Each shape leads to its whole record.{land}"),
        shape_map.shape_map(
            drawing,
            f"Map of {formatting.plural(len(drawing.marks), 'record')}",
            lambda number: addresses.record(*where, number),
            "record",
        ),
        ui.paragraph(f"{outside} outside this map.", quiet=True) if drawing.outside else None,
        ui.paragraph("The map has the first 500 records; the table has all.", quiet=True)
        if picture.more
        else None,
    ]
