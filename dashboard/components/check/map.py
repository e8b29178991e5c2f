"""The map of a checked file: shapes with trouble are hatched and edged, the others plain."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.colours import DEEP, LAND, PAPER, SHEET, TEAL, TONES
from dashboard.components.check import cells
from dashboard.components.design import tables
from dashboard.components.design.element import Children, Element, aria
from dashboard.components.words import formatting
from dashboard.maps.check_shapes import Drawing, Mark, Place
from dashboard.urls import addresses
from performance_store.projection import WIDTH

LIST_LENGTH = 50
_HATCH = "check-hatch"
_DOT = 6


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
    signs: list[tuple[bool, str]] = [(True, "with trouble"), (False, "without")]
    items: list[Children] = [
        [
            Element(
                "svg",
                [
                    Element("rect", x=2, y=2, width=26, height=18, **_style(has_trouble)),
                    _dot((42, 11), has_trouble),
                ],
                viewBox="0 0 54 22",
                width=54,
                height=22,
                **aria(hidden="true"),
            ),
            f" Areas and points {words}",
        ]
        for has_trouble, words in signs
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


def _place(secret: str, mark: Mark) -> Component:
    place = mark.place
    name = f"{'With trouble: ' if place.has_trouble else ''}{place.reference or 'no reference'}"
    shapes: list[Children] = [Element("title", name)]
    if mark.path:
        more = _style(place.has_trouble)
        shapes.append(Element("path", d=mark.path, fillRule="evenodd", **more))
    shapes += [_dot(spot, place.has_trouble) for spot in mark.dots]
    return html.A(
        shapes,
        href=addresses.check_row(secret, place.entry),
        tabIndex="-1",
        **aria(label=f"{name}, entry {place.entry}"),
    )


def _dot(spot: tuple[int, int], has_trouble: bool) -> Component:
    """A point: a disc, or where it has trouble a triangle."""
    x, y = spot
    if not has_trouble:
        return Element("circle", cx=x, cy=y, r=_DOT, fill=TEAL, stroke=PAPER, strokeWidth=1.5)
    size = _DOT * 1.7
    top, bottom = f"{y - size:.0f}", f"{y + size * 0.8:.0f}"
    corners = f"{x},{top} {x + size:.0f},{bottom} {x - size:.0f},{bottom}"
    return Element("polygon", points=corners, fill=TONES["bad"], stroke=PAPER, strokeWidth=1.5)


def _style(has_trouble: bool) -> dict[str, object]:
    if has_trouble:
        return {"fill": f"url(#{_HATCH})", "stroke": TONES["bad"], "strokeWidth": 3}
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
