"""Boundaries made ready to draw: simplified, valid, of few corners, in pixels.

Pages only write down what is worked out here. Each boundary is drawn twice: in a drawing of its
own, and as a tile of the map of all England.
"""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.types.json import Jsonb

from performance_store.projection import (
    ENGLAND,
    Corner,
    Projection,
    in_kingdom,
    path_of,
    with_margin,
)

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

MAX_CORNERS = 6000
"""Of an outline in a drawing of its own."""
MAX_TILE_CORNERS = 600
"""Of a tile: there are some three hundred of them in one picture."""
_TILE_GRID = 2
_LEAST_AREA = 0.25
"""Of a square pixel: less is not to be seen."""
# On the coarsest no area can have too many corners.
_GRIDS = (1, 2, 4, 8, 16, 32, 64)


class Unusable(Exception):
    """A boundary that cannot be drawn. In: why, in words that follow "it"."""


def draw_outlines(connection: psycopg.Connection[Any], load_id: int) -> int:
    """Draw every boundary that has no outline yet. Returns how many were drawn.

    A boundary that cannot be drawn is removed, and told by its organisation in ``rejection``.
    """
    rows = connection.execute(
        "SELECT o.id, o.organisation, b.geojson::text FROM organisation_boundary b "
        "JOIN organisation o ON o.id = b.organisation_id "
        "WHERE NOT EXISTS (SELECT FROM outline l WHERE l.organisation_id = o.id) ORDER BY o.id"
    ).fetchall()
    count = 0
    for key, organisation, geojson in rows:
        try:
            projection, path, tile = outline(geojson)
        except Unusable as error:
            _reject(connection, load_id, key, organisation, str(error))
            continue
        connection.execute(
            "INSERT INTO outline (organisation_id, height, x_zero, y_zero, x_per_degree, "
            "y_per_degree, path, tile) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                *(key, projection.height, projection.x_zero, projection.y_zero),
                *(projection.x_per_degree, projection.y_per_degree, path, tile),
            ],
        )
        count += 1
    return count


def _reject(
    connection: psycopg.Connection[Any], load_id: int, key: int, organisation: str, why: str
) -> None:
    connection.execute("DELETE FROM organisation_boundary WHERE organisation_id = %s", [key])
    connection.execute(
        "INSERT INTO rejection (load_id, table_name, reason, row) VALUES (%s, 'boundary', %s, %s)",
        [
            load_id,
            f"the boundary of {organisation} is not used: it {why}",
            Jsonb({"organisation": organisation}),
        ],
    )


def outline(geojson: str) -> tuple[Projection, str, str | None]:
    """A boundary ready to draw. In: a GeoJSON geometry in degrees, or null.

    Out: the projection of its own drawing, its path there, and its path on the map of England
    (None if it is too small to be seen there). Raises Unusable.
    """
    # Loaded here: only a load with new boundaries needs it.
    from shapely.errors import ShapelyError

    try:
        area = _area(geojson)
        projection = Projection.of(with_margin(area.bounds))
        path = _path(area, projection, grid=1, most=MAX_CORNERS)
        tile = _path(area, ENGLAND, grid=_TILE_GRID, most=MAX_TILE_CORNERS)
    except (ShapelyError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise Unusable("is no Polygon or MultiPolygon of positions") from error
    if path is None:
        raise Unusable("has no part that is large enough to be drawn")
    west, south, east, north = area.bounds
    if not (in_kingdom(west, south) and in_kingdom(east, north)):
        raise Unusable("has positions outside the United Kingdom")
    return projection, path, tile


def _area(geojson: str) -> BaseGeometry:
    """The geometry in two dimensions. Raises Unusable, or what shapely and nonsense raise."""
    import shapely

    content = json.loads(geojson)
    if content is None:
        raise Unusable("is no Polygon or MultiPolygon of numbers")
    area = shapely.force_2d(shapely.geometry.shape(content))
    if area.is_empty:
        raise Unusable("is empty")
    west, south, east, north = area.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Unusable("has positions that are not degrees of longitude and latitude")
    return area


def _path(area: BaseGeometry, projection: Projection, *, grid: int, most: int) -> str | None:
    """An area as the path of an SVG drawing; None if nothing of it is to be seen.

    In: degrees, and the finest grid in pixels. Too many corners (`most`) make it coarser.
    """
    import shapely

    pixels = shapely.transform(
        area, lambda x, y: (projection.x(x), projection.y(y)), interleaved=False
    )
    # Looking is quick however many corners there are; repairing is not.
    if not shapely.is_valid(pixels):
        pixels = shapely.make_valid(pixels, method="structure", keep_collapsed=False)
    if pixels.area < _LEAST_AREA:
        return None
    for step in (step for step in _GRIDS if step >= grid):
        # The finest keeps creeks narrower than a pixel; a coarser one takes out what coincides.
        mode = "pointwise" if step == grid else "valid_output"
        simple = shapely.simplify(pixels, step / 4, preserve_topology=False)
        simple = shapely.set_precision(simple, step, mode=mode)
        rings = [
            _corners(ring)
            for part in shapely.get_parts(simple)
            if part.geom_type == "Polygon" and not part.is_empty
            for ring in (part.exterior, *part.interiors)
        ]
        if sum(map(len, rings)) <= most:
            break
    return path_of(rings) or None


def _corners(ring: BaseGeometry) -> list[Corner]:
    """The corners of a closed line in whole pixels, each once."""
    pixels = [(round(x), round(y)) for x, y in ring.coords]
    return [corner for corner, _ in groupby(pixels)][:-1]
