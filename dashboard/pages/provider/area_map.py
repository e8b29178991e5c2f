"""The picture of an organisation's area with the places of one dataset, at an address of its own.

A page only points to it: whatever happens here, the page is whole. Kept in the cache under the
version of the data; when the places cannot be had the area is drawn without them, and the next
question within a minute does not try again.
"""

from __future__ import annotations

import json
import re
from typing import cast
from urllib.parse import unquote

from flask import Flask, Response, current_app

from dashboard.components.words import formatting
from dashboard.data.cache import make_key
from dashboard.data.door import ask, door, now
from dashboard.data.errors import StoreUnavailable
from dashboard.maps.entities import EntitiesUnavailable, EntitySource, Places
from dashboard.maps.geometry import Shape, shape_of
from dashboard.maps.svg import draw, words_only
from dashboard.urls import addresses
from performance_store.queries import areas, cell
from performance_store.rows import Area

EXTENSION = "entity-source"
FAILED_SECONDS = 60
KEPT_SECONDS = 600
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NOT_HAD = "The places cannot be shown just now."


def add_maps(server: Flask, entity_api_url: str | None) -> None:
    """Serve the maps. In: where places come from; None for none."""
    server.extensions[EXTENSION] = EntitySource(entity_api_url) if entity_api_url else None

    @server.get(addresses.MAP)
    def area_map(organisation: str, dataset: str) -> Response:
        try:
            return answer(unquote(organisation), unquote(dataset))
        except StoreUnavailable:
            return Response("Our database is not answering.\n", 503, mimetype="text/plain")


def source() -> EntitySource | None:
    """Where the present application gets places from."""
    return cast("EntitySource | None", current_app.extensions[EXTENSION])


def listed_at(area: Area, dataset: str) -> str | None:
    """Where the places on a map can be looked through; None if the map has none."""
    places = source()
    if places is None or area.entity is None:
        return None
    return places.list_address(area.entity, dataset)


def answer(organisation: str, dataset: str) -> Response:
    """The map of an organisation and a dataset. Raises StoreUnavailable."""
    if _CONTROL.search(organisation + dataset):
        return _nothing()
    found = ask(areas.known, organisation=organisation)
    if not found or not ask(cell.dataset, dataset=dataset):
        return _nothing()
    (area,) = found
    places = source()
    if places is None or area.entity is None:
        if not area.has_boundary:
            return _nothing()
        return _picture(_drawn(area, None), KEPT_SECONDS)
    cache = door().cache
    asked = {"organisation": organisation, "dataset": dataset, "source": places.url}
    key = make_key(now().version, answer, asked)
    failed = f"{key}:failed"
    if cache.peek(failed) is None:
        number = area.entity
        try:
            kept = cache.cached(key, lambda: _drawn(area, places.places(number, dataset)))
            return _picture(kept, KEPT_SECONDS)
        except EntitiesUnavailable:
            cache.store.put(failed, (True,), FAILED_SECONDS)
    return _picture(_drawn(area, None, [_NOT_HAD]), FAILED_SECONDS)


def _drawn(area: Area, places: Places | None, notes: list[str] | None = None) -> str:
    notes = notes or []
    if places is not None and places.more:
        notes.append(f"It shows at most {formatting.number(len(places.shapes))} places.")
    elif places is not None and not places.shapes:
        notes.append("The platform has no places of this dataset here.")
    shapes = places.shapes if places is not None else ()
    said = " ".join(notes) or _NOT_HAD
    return draw(_boundary(area), shapes, notes=notes) or words_only(said)


def _boundary(area: Area) -> Shape | None:
    if not area.has_boundary:
        return None
    rows = ask(areas.boundary, organisation=area.organisation)
    return shape_of(json.loads(rows[0].geojson)) if rows else None


def _nothing() -> Response:
    return Response("There is no such map.\n", 404, mimetype="text/plain")


def _picture(svg: str, seconds: int) -> Response:
    made = Response(svg, mimetype="image/svg+xml")
    made.headers["Cache-Control"] = f"private, max-age={seconds}"
    # Opened by itself it would be a document of ours.
    made.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return made
