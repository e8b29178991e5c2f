"""An authority's boundary, and which shapes lie outside it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import shapely

from checking.geometry.reading import Mask, Shapes
from checking.geometry.repairing import areas
from checking.geometry.systems import Floats

MARGIN = 0.0005
"""Degrees, some fifty metres: boundaries are published in several generalised versions."""

_FINEST = 0.0001
_MAP_CORNERS = 2_000


class Boundary:
    """The area of an authority, with a margin of some fifty metres. In: WKT in longitude and
    latitude. Raises ValueError if that is no area."""

    def __init__(self, wkt: str) -> None:
        shape = shapely.from_wkt(wkt, on_invalid="ignore")
        if shape is None or not np.isfinite(shapely.get_coordinates(shape)).all():
            raise ValueError("not a boundary")
        self._area = areas(shapely.make_valid(shapely.force_2d(shape)))
        if self._area.is_empty:
            raise ValueError("not a boundary")
        self._wider = shapely.buffer(shapely.simplify(self._area, _FINEST), MARGIN)
        shapely.prepare(self._wider)

    def contains(self, x: Floats, y: Floats) -> Mask:
        """Which places lie within it."""
        inside: Mask = shapely.intersects_xy(self._wider, x, y)
        return inside

    def outside(self, shapes: Shapes) -> Mask:
        """Which shapes (None: not) lie outside: not wholly within, and their middle is not within
        either, so that what straddles the line counts where most of it lies."""
        beyond: Mask = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
        rows = np.flatnonzero(beyond)
        middles = shapely.get_coordinates(shapely.centroid(shapes[rows]))
        within = self.contains(middles[:, 0], middles[:, 1])
        beyond[rows[within]] = False
        rows = rows[~within]
        # A bent shape may have its middle outside itself.
        beyond[rows[shapely.covers(self._wider, shapes[rows])]] = False
        return beyond

    def geojson(self) -> dict[str, Any]:
        """The boundary for a map, simplified to some thousand corners."""
        shape, finest = self._area, _FINEST
        while shapely.get_num_coordinates(shape) > _MAP_CORNERS and finest < 1:
            shape, finest = (
                shapely.simplify(self._area, finest, preserve_topology=False),
                finest * 2,
            )
        if shape.is_empty:
            shape = shapely.envelope(self._area)
        text = shapely.to_geojson(shapely.transform(shape, lambda corners: corners.round(5)))
        geometry: dict[str, Any] = json.loads(text)
        return geometry
