"""Shapes on a map that can be looked at closer: of a checked file, and of the platform's records.
Those with trouble are hatched and edged, those that the platform would change have a broken edge,
and the others are plain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash.development.base_component import Component

from dashboard.colours import DEEP, LAND, PAPER, SHEET, TEAL, TONES
from dashboard.components.design import html, part
from dashboard.components.design.element import Attributes, Children, Element, aria
from dashboard.maps.check_shapes import PARTS, Drawing, Mark, Sort
from performance_store.projection import WIDTH

_HATCH = "shape-hatch"
_DOT = 6
_PREFIXES: dict[Sort, str] = {
    "trouble": "With trouble: ",
    "changed": "Would be changed: ",
    "plain": "",
}


def shape_map(
    drawing: Drawing,
    label: str,
    row: Callable[[int], str],
    noun: str,
    *,
    is_small: bool = False,
) -> Component:
    """The drawing; each shape leads to its row, for whoever has a mouse: what stands below it does
    so for everybody, and `assets/parts.js` adds buttons that zoom and move it. In: what the map is
    called, where the row of a number is, and what such a row is called ("entry"); a small
    map is for one shape."""
    svg = Element(
        "svg",
        [
            Element("defs", _hatch())
            if any(mark.place.has_trouble for mark in drawing.marks)
            else None,
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
            Element(
                "g",
                [_place(mark, row, noun) for mark in drawing.marks],
                transform=f"scale({1 / PARTS:g})",
            ),
        ],
        viewBox=f"0 0 {WIDTH} {drawing.height}",
        className="shape-map",
        role="group",
        **aria(label=label),
    )
    more: Attributes = {part.MARK: "", "data-noun": noun}
    size = " shape-map-small" if is_small else ""
    return html.Div(svg, className=f"shape-map-box{size}", **more)


def sign(sort: Sort) -> Component:
    """An area and a point as the map marks them, for its key."""
    return Element(
        "svg",
        [
            Element("rect", x=2, y=2, width=26, height=18, **_style(sort)),
            Element("g", _dot((42 * PARTS, 11 * PARTS), sort), transform=f"scale({1 / PARTS:g})"),
        ],
        viewBox="0 0 54 22",
        width=54,
        height=22,
        **aria(hidden="true"),
    )


def _place(mark: Mark, row: Callable[[int], str], noun: str) -> Component:
    place = mark.place
    name = f"{_PREFIXES[place.sort]}{place.reference or 'no reference'}"
    shapes: list[Children] = [Element("title", name)]
    if mark.path:
        shapes.append(Element("path", d=mark.path, fillRule="evenodd", **_style(place.sort)))
    shapes += [_dot(spot, place.sort) for spot in mark.dots]
    return html.A(
        shapes,
        href=row(place.entry),
        tabIndex="-1",
        **aria(label=f"{name}, {noun} {place.entry}"),
    )


def _dot(spot: tuple[int, int], sort: Sort) -> Component:
    """A point, in parts of a pixel: a disc, where it has trouble a triangle, where it would be
    changed a square."""
    x, y = spot
    edge: dict[str, Any] = {"stroke": PAPER, "strokeWidth": 1.5, "className": "shape-dot"}
    if sort == "plain":
        return Element("circle", cx=x, cy=y, r=_DOT * PARTS, fill=TEAL, **edge)
    if sort == "changed":
        side = 2 * _DOT * PARTS
        place = {"x": x - side // 2, "y": y - side // 2, "width": side, "height": side}
        return Element("rect", **place, fill=TONES["busy"], **edge)
    size = _DOT * PARTS * 1.7
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
    # In parts of a pixel, as the shapes are.
    return Element(
        "pattern",
        [
            Element("rect", width=80, height=80, fill=SHEET),
            Element(
                "path",
                d="M-20 20l40-40M0 80l80-80M60 100l40-40",
                stroke=TONES["bad"],
                strokeWidth=20,
            ),
        ],
        id=_HATCH,
        width=80,
        height=80,
        patternUnits="userSpaceOnUse",
    )
