"""The map of a checked file: shapes with trouble are hatched and edged, those that the platform
would change have a broken edge, and the others are plain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.colours import DEEP, LAND, PAPER, SHEET, TEAL, TONES
from dashboard.components.check import cells
from dashboard.components.design import tables, text
from dashboard.components.design.element import Children, Element, aria
from dashboard.components.words import formatting
from dashboard.maps.check_shapes import Drawing, Mark, Place, Sort
from dashboard.urls import addresses
from performance_store.projection import WIDTH

LIST_LENGTH = 50
_HATCH = "check-hatch"
_DOT = 6
_PREFIXES: dict[Sort, str] = {
    "trouble": "With trouble: ",
    "changed": "Would be changed: ",
    "plain": "",
}


def picture(secret: str, drawing: Drawing) -> Component:
    """The drawing; each shape leads to its row, for whoever has a mouse: the list below it does so
    for everybody."""
    return Element(
        "svg",
        [
            Element("defs", _hatch()),
            Element("rect", width=WIDTH, height=drawing.height, fill=PAPER),
            Element(
                "path",
                d=drawing.boundary,
                fill=LAND,
                stroke=DEEP,
                strokeWidth=3,
                fillRule="evenodd",
            )
            if drawing.boundary
            else None,
            *(_place(secret, mark) for mark in drawing.marks),
        ],
        viewBox=f"0 0 {WIDTH} {drawing.height}",
        className="check-map",
        role="group",
        **aria(label="Map of the shapes in the file"),
    )


def key(drawing: Drawing) -> Component:
    """What the signs of the map mean, each as it is drawn."""
    signs: list[tuple[Sort, str]] = [
        ("trouble", "with trouble"),
        ("changed", "that the platform would change"),
        ("plain", "without either"),
    ]
    items: list[Children] = [
        [
            Element(
                "svg",
                [
                    Element("rect", x=2, y=2, width=26, height=18, **_style(sort)),
                    _dot((42, 11), sort),
                ],
                viewBox="0 0 54 22",
                width=54,
                height=22,
                **aria(hidden="true"),
            ),
            f" Areas and points {words}",
        ]
        for sort, words in signs
    ]
    if drawing.boundary:
        items.append("The authority’s boundary is the pale area below them.")
    return html.Ul([html.Li(item) for item in items], className="bullets bullets-plain check-key")


def trouble_list(secret: str, places: Sequence[Place], on_map: Callable[[int], str]) -> Component:
    """The first shapes with trouble, as links to their rows and to where they lie."""
    columns = [tables.Column("Entry"), tables.Column("Reference"), tables.Column("On the map")]
    lines: list[list[Children]] = [
        [
            cells.row_link(
                formatting.number(place.entry),
                addresses.check_row(secret, place.entry),
                place.reference,
            ),
            cells.short(place.reference),
            cells.row_link("Show it", on_map(place.entry), f"entry {place.entry}"),
        ]
        for place in places[:LIST_LENGTH]
    ]
    return tables.table("Shapes with trouble", columns, lines, caption_hidden=True)


def names(secret: str, drawing: Drawing, most: int) -> Component | None:
    """What the shapes in this part of the map are called: shapes that lie upon each other cannot
    be told apart in it. None where there are more than so many."""
    places = sorted((mark.place for mark in drawing.marks), key=lambda place: place.entry)
    if not places or len(places) > most:
        return None
    items: list[Children] = [
        text.link(
            f"{place.reference or 'no reference'} (entry {formatting.number(place.entry)})",
            addresses.check_row(secret, place.entry),
        )
        for place in places
    ]
    return text.paragraph("In this part of the map: ", *text.in_words(items), ".")


def _place(secret: str, mark: Mark) -> Component:
    place = mark.place
    name = f"{_PREFIXES[place.sort]}{place.reference or 'no reference'}"
    shapes: list[Children] = [Element("title", name)]
    if mark.path:
        more = _style(place.sort)
        shapes.append(Element("path", d=mark.path, fillRule="evenodd", **more))
    shapes += [_dot(spot, place.sort) for spot in mark.dots]
    return html.A(
        shapes,
        href=addresses.check_row(secret, place.entry),
        tabIndex="-1",
        **aria(label=f"{name}, entry {place.entry}"),
    )


def _dot(spot: tuple[int, int], sort: Sort) -> Component:
    """A point: a disc, where it has trouble a triangle, where it would be changed a square."""
    x, y = spot
    edge: dict[str, Any] = {"stroke": PAPER, "strokeWidth": 1.5}
    if sort == "plain":
        return Element("circle", cx=x, cy=y, r=_DOT, fill=TEAL, **edge)
    if sort == "changed":
        side = 2 * _DOT
        place = {"x": x - _DOT, "y": y - _DOT, "width": side, "height": side}
        return Element("rect", **place, fill=TONES["busy"], **edge)
    size = _DOT * 1.7
    top, bottom = f"{y - size:.0f}", f"{y + size * 0.8:.0f}"
    corners = f"{x},{top} {x + size:.0f},{bottom} {x - size:.0f},{bottom}"
    return Element("polygon", points=corners, fill=TONES["bad"], **edge)


def _style(sort: Sort) -> dict[str, Any]:
    if sort == "trouble":
        return {"fill": f"url(#{_HATCH})", "stroke": TONES["bad"], "strokeWidth": 3}
    if sort == "changed":
        busy = TONES["busy"]
        return {"fill": busy, "fillOpacity": 0.15, "stroke": busy, "strokeWidth": 2.5,
                "strokeDasharray": "7 4"}  # fmt: skip
    return {"fill": TEAL, "fillOpacity": 0.4, "stroke": TEAL, "strokeWidth": 1.5}


def _hatch() -> Component:
    return Element(
        "pattern",
        [
            Element("rect", width=8, height=8, fill=SHEET),
            Element("path", d="M-2 2l4-4M0 8l8-8M6 10l4-4", stroke=TONES["bad"], strokeWidth=2),
        ],
        id=_HATCH,
        width=8,
        height=8,
        patternUnits="userSpaceOnUse",
    )
