"""Which coordinate system a shape is in, told by its first corner as the platform does, and the way
from there to longitude and latitude."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeAlias

import numpy as np
import shapely
from pyproj import Transformer

from checking.geometry.reading import Mask, Shapes

Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"
Names: TypeAlias = "np.ndarray[Any, np.dtype[np.object_]]"

WGS84 = "WGS84"
"""Longitude and latitude as they should be: nothing to report."""

OUT_OF_DEGREES = "WGS84 out of bounds of England"
OUT_OF_GRID = "OSGB out of bounds of England"
UNKNOWN = "invalid coordinates"
REFUSED = (OUT_OF_DEGREES, OUT_OF_GRID, UNKNOWN)

BOX = shapely.from_wkt("POLYGON ((2.95 56, 2.95 49.5, -7 49.5, -7 53.4, -4 53.4, -4 56, 2.95 56))")
"""What the platform takes for England: in it are Wales, Edinburgh, Calais and much sea."""
shapely.prepare(BOX)

GRID, MERCATOR = 27700, 3857

READINGS: dict[str, tuple[int | None, bool]] = {
    WGS84: (None, False),
    "WGS84 flipped": (None, True),
    "OSGB": (GRID, False),
    "OSGB flipped": (GRID, True),
    "Mercator": (MERCATOR, False),
    "Mercator flipped": (MERCATOR, True),
}
"""How the coordinates of a system are to be read, in the order in which that is tried: the system
(None: degrees already) and whether the axes are exchanged."""


@cache
def transformer(crs: int) -> Transformer:
    """From a system to longitude and latitude. Grid coordinates come out a few metres off, as the
    grid of corrections (OSTN15) is not there."""
    return Transformer.from_crs(crs, 4326, always_xy=True)


def to_degrees(x: Floats, y: Floats, crs: int | None, swap: bool = False) -> tuple[Floats, Floats]:
    """Longitudes and latitudes of coordinates in a system (None: they are degrees), where wanted
    with the axes exchanged first; infinite where there is no way."""
    if swap:
        x, y = y, x
    return (x, y) if crs is None else transformer(crs).transform(x, y)


def in_box(x: Floats, y: Floats) -> Mask:
    """Which longitudes and latitudes the platform takes for England's."""
    inside: Mask = shapely.intersects_xy(BOX, x, y)
    return inside


def systems(x: Floats, y: Floats) -> Names:
    """For each first corner the issue type that names its system: one of READINGS, or one of
    REFUSED where none fits."""
    names = np.full(len(x), UNKNOWN, dtype=object)
    degrees = (np.abs(x) < 60) & (np.abs(y) < 60)
    grid = (x > 1e3) & (x < 1e6) & (y > 1e3) & (y < 1e6)
    names[degrees], names[grid] = OUT_OF_DEGREES, OUT_OF_GRID
    metres = {False: (y > 6e6) & (y < 1e7), True: (x > 6e6) & (x < 1e7)}
    undecided = np.ones(len(x), bool)
    for name, (crs, swap) in READINGS.items():
        like = degrees if crs is None else grid if crs == GRID else metres[swap]
        rows = np.flatnonzero(undecided & like)
        if rows.size:
            rows = rows[in_box(*to_degrees(x[rows], y[rows], crs, swap))]
            names[rows], undecided[rows] = name, False
    return names


def moved(shapes: Shapes, crs: int | None, swap: bool = False) -> Shapes:
    """Shapes brought from a system to degrees, where wanted with the axes exchanged first."""

    def move(corners: Floats) -> Floats:
        return np.column_stack(to_degrees(corners[:, 0], corners[:, 1], crs, swap))

    result: Shapes = shapely.transform(shapes, move)
    return result
