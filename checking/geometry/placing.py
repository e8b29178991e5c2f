"""Where shapes are, told by one corner of each: what the platform takes it for, and what it does
not look at: the system that a file declares, and the authority's boundary."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from checking.geometry.boundary import Boundary
from checking.geometry.marking import Marks
from checking.geometry.reading import Mask, Shapes
from checking.geometry.systems import (
    GRID,
    MERCATOR,
    READINGS,
    REFUSED,
    WGS84,
    Floats,
    Names,
    in_box,
    moved,
    systems,
    to_degrees,
)
from checking.model import Texts

_WORDS = {None: "longitudes and latitudes", GRID: "British National Grid", MERCATOR: "Web Mercator"}
_GRIDS, _MERCATORS = (27700, 7405), (3857, 3785, 900913, 102100, 102113)


@dataclass(frozen=True, slots=True)
class Placing:
    """Names of systems, as `systems` gives them; `declared` where no name fits and the place is
    found by the system that the file declares; `contradicts` where a file declares another than
    the numbers show; `exchanged` where grid coordinates lie within the authority only if their axes
    are exchanged."""

    names: Names
    declared: Mask
    contradicts: Mask
    exchanged: Mask
    crs: int | None

    @property
    def placed(self) -> Mask:
        """Which have a place at all."""
        mask: Mask = ~np.isin(self.names, REFUSED) | self.declared
        return mask

    def report(self, marks: Marks, rows: Any, hints: Texts | None, untested: Mask) -> None:
        """Marks all that is to be said. In: the rows that were placed, hints for those refused, and
        which of them the platform does not test."""
        for name in (*READINGS, *REFUSED):
            of = (self.names == name) & ~untested
            if name != WGS84:
                messages = self._messages(of, hints) if name in REFUSED else None
                marks.add(name, rows[of], messages=messages)
        for rule, of, sentence in (
            ("coordinates not tested", untested & (self.names != WGS84), _untested),
            ("declared system contradicts", self.contradicts, self._contradiction),
        ):
            messages = np.array([sentence(name) for name in self.names[of]], dtype=object)
            marks.add(rule, rows[of], messages=messages)
        marks.add("grid axes exchanged", rows[self.exchanged])

    def _messages(self, of: Mask, hints: Texts | None) -> Texts:
        rescued = (
            f"The file declares EPSG:{self.crs}, which the platform does not take; the corrected"
            " file has the place in longitude and latitude."
        )
        other = np.full(len(of), "", dtype=object) if hints is None else hints
        messages: Texts = np.where(self.declared, rescued, other).astype(object)[of]
        return messages

    def _contradiction(self, name: str) -> str:
        words = "in no system of England" if name in REFUSED else _WORDS[READINGS[name][0]]
        return f"The file declares EPSG:{self.crs}, the numbers are {words}."


def _untested(name: str) -> str:
    if name in REFUSED:
        return "The platform would keep these coordinates, which are not in England."
    if READINGS[name][0] is None:
        return "The platform would keep latitude and longitude exchanged."
    return f"The platform would keep {_WORDS[READINGS[name][0]]} as if it were degrees."


def place(x: Floats, y: Floats, crs: int | None, boundary: Boundary | None) -> Placing:
    """Where shapes are that have these first corners, finite or not."""
    names = systems(x, y)
    declared, contradicts, exchanged = (np.zeros(len(x), bool) for _ in range(3))
    refused = np.isin(names, REFUSED)
    family = _family(crs) if crs is not None else ""
    if family in _WORDS:
        same = [name for name, (system, _) in READINGS.items() if system == family]
        contradicts = ~refused & ~np.isin(names, same)
    elif family == "other" and crs is not None:
        contradicts = ~refused
        rows = np.flatnonzero(refused & np.isfinite(x) & np.isfinite(y))
        declared[rows[in_box(*to_degrees(x[rows], y[rows], crs))]] = True
    if boundary is not None:
        rows = np.flatnonzero(names == "OSGB")
        upright, swapped = (
            boundary.contains(*to_degrees(x[rows], y[rows], GRID, swap)) for swap in (False, True)
        )
        exchanged[rows[~upright & swapped]] = True
    return Placing(names, declared, contradicts, exchanged, crs)


def shapes_in_degrees(shapes: Shapes, placing: Placing) -> Shapes:
    """Shapes moved to where they are placed; None where they are not."""
    result: Shapes = np.full(len(shapes), None, dtype=object)
    result[placing.placed] = shapes[placing.placed]
    for name, (crs, swap) in READINGS.items():
        rows = np.flatnonzero(placing.names == name)
        if rows.size and name != WGS84:
            result[rows] = moved(shapes[rows], crs, swap)
    rows = np.flatnonzero(placing.declared)
    if rows.size:
        result[rows] = moved(shapes[rows], placing.crs)
    return result


def points_in_degrees(x: Floats, y: Floats, placing: Placing) -> tuple[Floats, Floats]:
    """Coordinates of points moved to where they are placed; those without a place as they are."""
    east, north = x.copy(), y.copy()
    for name, (crs, swap) in READINGS.items():
        of = placing.names == name
        if name != WGS84 and of.any():
            east[of], north[of] = to_degrees(x[of], y[of], crs, swap)
    of = placing.declared
    if of.any():
        east[of], north[of] = to_degrees(x[of], y[of], placing.crs)
    return east, north


@cache
def _family(crs: int) -> int | str | None:
    """Which of the systems that the platform takes an EPSG number stands for: None for degrees;
    `other` for one that it does not take, `` for one that is not known."""
    if crs in _GRIDS or crs in _MERCATORS:
        return GRID if crs in _GRIDS else MERCATOR
    try:
        return None if CRS.from_epsg(crs).is_geographic else "other"
    except CRSError:
        return ""


def is_system(crs: int) -> bool:
    """Whether there is a coordinate system of this EPSG number, or the platform has a use for it
    as if there were."""
    return _family(crs) != ""


def corners_in_box(shapes: Shapes) -> tuple[Mask, Mask]:
    """Of shapes in degrees (none is None): which are in what the platform takes for England with
    all their corners, and which have all corners on earth."""
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    if not len(owner):
        return np.ones(len(shapes), bool), np.ones(len(shapes), bool)
    # Holes too, which are not part of a shape's bounds.
    starts = np.searchsorted(owner, np.arange(len(shapes)))
    west, south = np.minimum.reduceat(corners, starts).T
    east, north = np.maximum.reduceat(corners, starts).T
    # Comparisons with what is not a number are false, which is what is wanted.
    on_earth = (west >= -180) & (south >= -90) & (east <= 180) & (north <= 90)
    inside = (south >= 49.5) & (east <= 2.95)
    inside &= ((west >= -4) & (north <= 56)) | ((west >= -7) & (north <= 53.4))
    # What is left may be on both sides of the corner of the box.
    rows = np.flatnonzero(~inside & on_earth)
    corners, owner = shapely.get_coordinates(shapes[rows], return_index=True)
    inside[rows] = True
    inside[rows[owner[~in_box(corners[:, 0], corners[:, 1])]]] = False
    return inside & on_earth, on_earth
