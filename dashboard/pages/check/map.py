"""The map of a checked file: where its shapes lie, and which of them have trouble."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.check import map as parts
from dashboard.components.common import shape_map
from dashboard.components.design import alive
from dashboard.components.words import formatting
from dashboard.data.door import Connection
from dashboard.maps import check_shapes
from dashboard.maps.check_shapes import Collection, Drawing, Place
from dashboard.pages.check import access
from dashboard.urls import addresses, links
from dashboard.web import cookies, identity
from providers.checks import results
from providers.checks.requests import Check

PATH = addresses.CHECK_MAP
TITLE = "Map of the file"
NAV = None
PLAIN = True

TROUBLE = "trouble"
SHAPES = frozenset({"geometry", "point", "GeoX,GeoY"})
"""What fields with shapes are called in findings."""
MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: the shapes, the drawing of them (None: nothing to draw), and what it is
    drawn around: '' for all, `trouble`, or the number of an entry."""

    check: Check
    place: access.Place
    collection: Collection
    drawing: Drawing | None
    around: str = ""

    @property
    def with_trouble(self) -> list[Place]:
        """The shapes with trouble."""
        return [place for place in self.collection.places if place.has_trouble]


def layout(check: str = "", around: Any = "", **_: Any) -> Component:
    """The page. In: the check, and what the map is drawn around."""
    cookies.keep_private()
    return render(view(check, around if isinstance(around, str) else ""))


def view(secret: str, around: str) -> View:
    """The shapes of a check. Raises NotFound."""
    with identity.change() as connection:
        check = access.finished(connection, secret)
        changes = _changes(connection, check)
        collection = check_shapes.read(results.shapes(connection, check_id=check.id), changes)
    number = access.number(around)
    subjects = [
        place
        for place in collection.places
        if (around == TROUBLE and place.has_trouble) or place.entry == number
    ]
    drawing = check_shapes.drawing(collection, subjects)
    return View(check, access.place(check), collection, drawing, around if subjects else "")


def _changes(connection: Connection, check: Check) -> frozenset[int]:
    """The entries whose shapes the platform would keep otherwise than they are."""
    groups = [
        group.number
        for group in access.summary_of(check).groups
        if group.ladder == "changed" and group.rows and group.field in SHAPES
    ]
    entries = (results.entries(connection, check_id=check.id, group=one) for one in groups)
    return frozenset().union(*entries)


def render(view: View) -> Component:
    """The page."""
    check = view.check
    address = addresses.path(addresses.CHECK_MAP, check=check.secret)

    def on_map(around: object) -> str:
        return links.with_query(address, {"around": str(around or "")})

    views = [("The whole map", on_map(""))]
    if view.with_trouble:
        views.append(("Around the shapes with trouble", on_map(TROUBLE)))
    if view.around.isdecimal():
        views.append((f"Around entry {view.around}", on_map(view.around)))
    return alive.page(
        access.trail(check, ("What was found", addresses.check(check.secret))),
        ui.heading(TITLE, caption=f"{view.place.caption} – {check.url or check.name}"),
        ui.paragraph(_summary(view), lead=True),
        ui.tabs("Parts of the map", views, on_map(view.around)) if len(views) > 1 else None,
        *_picture(view),
        ui.section(
            "Shapes with trouble",
            ui.paragraph(f"The first {parts.LIST_LENGTH} of them.")
            if len(view.with_trouble) > parts.LIST_LENGTH
            else None,
            parts.trouble_list(check.secret, view.with_trouble, on_map),
            id="trouble",
        )
        if view.with_trouble
        else None,
        ui.paragraph(ui.link("All rows, with marks", addresses.check_rows(check.secret))),
    )


def _summary(view: View) -> str:
    shapes = formatting.plural(len(view.collection.places), "shape")
    trouble = len(view.with_trouble)
    if not trouble:
        return f"{shapes}, none of them with trouble."
    return f"{shapes}, {formatting.number(trouble)} of them with trouble."


def _picture(view: View) -> list[Component | None]:
    drawing = view.drawing
    if drawing is None:
        return [ui.paragraph("None of them lies near England, so there is no map to draw.")]
    outside = formatting.plural(drawing.outside, "shape lies", "shapes lie")
    return [
        parts.key(drawing),
        shape_map.shape_map(
            drawing,
            "Map of the shapes in the file",
            lambda entry: addresses.check_row(view.check.secret, entry),
            "entry",
        ),
        parts.names(view.check.secret, drawing, MOST_NAMES),
        ui.paragraph(f"{outside} outside this part of the map.", quiet=True)
        if drawing.outside
        else None,
        ui.paragraph(
            "A large file has at most 3,000 shapes here, with less detail than in the file.",
            quiet=True,
        ),
    ]
