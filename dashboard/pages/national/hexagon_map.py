"""The picture of England with each authority's own outline, in the colours of the hexagons.

Beside the hexagons, which show every authority in one size, it shows where they are. It is a
picture at an address of its own: outlines are heavy, and the page is whole without them.
"""

from __future__ import annotations

from flask import Flask, Response, request

from dashboard.components.national import hexmap
from dashboard.data.door import ask
from dashboard.data.errors import StoreUnavailable
from dashboard.maps.picture import alone, no_map, picture
from dashboard.maps.svg import england
from dashboard.pages.national import scope
from dashboard.urls import addresses
from dashboard.web.public import hold, unless_new
from performance_store.queries import areas, matrix, snapshots


def add_national_map(server: Flask) -> None:
    """Serve the picture, for the filters of the page it stands on."""

    @server.get(addresses.COVERAGE_MAP)
    def national_map() -> Response:
        try:
            return alone(unless_new() or hold(_answer()))
        except StoreUnavailable:
            return Response("Our database is not answering.\n", 503, mimetype="text/plain")


def _answer() -> Response:
    """The picture for the filters in the address. Raises StoreUnavailable."""
    if not ask(snapshots.current):
        return no_map()
    tiles = ask(areas.tiles)
    if not tiles:
        return no_map()
    _, view = scope.read_scope(scope.ScopeFilters, request.args.to_dict(flat=False))
    rows = ask(
        matrix.authorities,
        snapshot_id=view.snapshot.snapshot_id,
        denominator=view.set,
        narrow=view.narrow,
    )
    fills = {row.organisation: hexmap.FILLS[hexmap.band(row)] for row in rows}
    return picture(england(tiles, fills))
