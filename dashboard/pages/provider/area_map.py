"""The picture of an organisation's area with the places of one dataset, at an address of its own.

A page only points to it: whatever happens here, the page is whole. Kept in the cache under the
version of the data; when the places cannot be had the area is drawn without them, and the next
question within a minute does not try again.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from flask import Flask, Response

from dashboard.components.words import formatting
from dashboard.data.door import ask
from dashboard.data.errors import StoreUnavailable
from dashboard.maps.entities import EntitiesUnavailable, Places
from dashboard.maps.picture import alone, no_map, picture
from dashboard.maps.svg import draw, words_only
from dashboard.pages.provider import platform
from dashboard.urls import addresses
from dashboard.web.public import hold, unless_new
from performance_store.queries import areas, cell
from performance_store.rows import Area

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NO_PLACES = "The places cannot be shown just now."


def add_maps(server: Flask, entity_api_url: str | None) -> None:
    """Serve the maps. In: the address that places come from; None for none."""
    source_name = entity_api_url or ""
    platform.add_source(server, entity_api_url)

    @server.get(addresses.MAP)
    def area_map(organisation: str, dataset: str) -> Response:
        try:
            same = unless_new(source_name)
            return alone(same or hold(answer(unquote(organisation), unquote(dataset)), source_name))
        except StoreUnavailable:
            return Response("Our database is not answering.\n", 503, mimetype="text/plain")


def answer(organisation: str, dataset: str) -> Response:
    """The map of an organisation and a dataset. Raises StoreUnavailable."""
    if _CONTROL.search(organisation + dataset):
        return no_map()
    rows = ask(areas.area, organisation=organisation)
    if not rows or not ask(cell.dataset, dataset=dataset):
        return no_map()
    (area,) = rows
    places = platform.source()
    if places is None or area.entity is None:
        return picture(_draw(area, None)) if area.has_boundary else no_map()
    number = area.entity
    subject = platform.question(area, dataset)
    try:
        return picture(
            platform.remember(answer, subject, lambda: _draw(area, places.places(number, dataset)))
        )
    except EntitiesUnavailable:
        return picture(_draw(area, None, [_NO_PLACES]), platform.FAILURE_SECONDS)


def _draw(area: Area, places: Places | None, notes: list[str] | None = None) -> str:
    """The map as SVG. In: the places (None: not to be had), and sentences that stand below it."""
    notes = notes or []
    if places is not None and places.more:
        notes.append(f"It shows at most {formatting.number(len(places.shapes))} places.")
    elif places is not None and not places.shapes:
        notes.append("The platform has no places of this dataset here.")
    shapes = places.shapes if places is not None else ()
    outline = ask(areas.outline, organisation=area.organisation) if area.has_boundary else ()
    svg = draw(outline[0] if outline else None, shapes, notes=notes)
    return svg or words_only(" ".join(notes) or _NO_PLACES)
