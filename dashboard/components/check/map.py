"""What stands around the map of a checked file: what its signs mean, and its shapes as lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dash.development.base_component import Component

from dashboard.components.check import cells
from dashboard.components.common import shape_map
from dashboard.components.design import html, tables, text
from dashboard.components.design.element import Children
from dashboard.components.words import formatting
from dashboard.maps.check_shapes import Drawing, Place, Sort
from dashboard.urls import addresses

LIST_LENGTH = 50


def key(drawing: Drawing) -> Component:
    """What the signs of the map mean, each as it is drawn."""
    signs: list[tuple[Sort, str]] = [
        ("trouble", "with trouble"),
        ("changed", "that the platform would change"),
        ("plain", "without either"),
    ]
    items: list[Children] = [
        [
            shape_map.sign(sort),
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
