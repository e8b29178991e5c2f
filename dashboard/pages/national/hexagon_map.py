"""The picture of England with each authority's own outline, in the colours of the hexagons.

Beside the hexagons, which show every authority in one size, it shows where they are. It is a
picture at an address of its own: outlines are heavy, and the page is whole without them.
"""

from __future__ import annotations

import json

from flask import Flask, Response, request

from dashboard.components.national import hexmap
from dashboard.data.cache import make_key
from dashboard.data.door import ask, door, now
from dashboard.data.errors import StoreUnavailable
from dashboard.maps.geometry import Shape, shape_of
from dashboard.maps.svg import Mosaic, coloured, mosaic
from dashboard.pages.national import scope
from dashboard.urls import addresses
from performance_store.queries import areas, matrix, snapshots

KEPT_SECONDS = 600


def add_national_map(server: Flask) -> None:
    """Serve the picture, for the filters of the page it stands on."""

    @server.get(addresses.COVERAGE_MAP)
    def national_map() -> Response:
        try:
            return _answer()
        except StoreUnavailable:
            return Response("Our database is not answering.\n", 503, mimetype="text/plain")


def _answer() -> Response:
    if not ask(snapshots.current):
        return _nothing()
    tiles = door().cache.cached(make_key(now().version, _tiles, {}), _tiles)
    if tiles is None:
        return _nothing()
    _, found = scope.read_scope(scope.ScopeFilters, request.args.to_dict(flat=False))
    rows = ask(
        matrix.authorities,
        snapshot_id=found.snapshot.snapshot_id,
        denominator=found.set,
        narrow=found.narrow,
    )
    fills = {row.organisation: hexmap.FILLS[hexmap.band(row)] for row in rows}
    made = Response(coloured(tiles, fills), mimetype="image/svg+xml")
    made.headers["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    # Opened by itself it would be a document of ours.
    made.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return made


def _tiles() -> Mosaic | None:
    """All outlines as paths, worked out once for each version of the data."""
    shapes: dict[str, Shape] = {}
    for row in ask(areas.boundaries):
        shape = shape_of(json.loads(row.geojson))
        if shape is not None:
            shapes[row.organisation] = shape
    return mosaic(shapes)


def _nothing() -> Response:
    return Response("There is no such map.\n", 404, mimetype="text/plain")
