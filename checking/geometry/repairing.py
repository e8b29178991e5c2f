"""One shape that is not valid made valid as the platform does, within bounds of time.

The platform's way of repairing takes a time that grows with the square of the crossings: a scribble
of a hundred lines takes seconds, one of a thousand hours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from checking.geometry.reading import POLYGON, Shapes

STEP = 1e-6
"""The last decimal, about ten centimetres."""

_PLAIN = 1_000
"""A shape of at most so many crossings is repaired as the platform does it."""

_MOST = 20_000
"""A shape of more crossings is not repaired at all."""

_MOST_TRIALS = 5_000_000
_TRIALS_A_QUERY = 2_000_000


class Budget:
    """What may be spent on the shapes of one file. `corners` are left, and `repairs`: squares of
    crossings, of which a second has about half a million."""

    def __init__(self, corners: int = 5_000_000, repairs: int = 20_000_000) -> None:
        self.corners = corners
        self.repairs = repairs


@dataclass(frozen=True, slots=True)
class Repair:
    """A shape after repair as a multipolygon, perhaps an empty one; why it was not valid ('' if it
    was), whether it still is not, and what else there is to say."""

    shape: shapely.Geometry
    reason: str
    still_invalid: bool = False
    message: str = ""


def repair(shape: shapely.Geometry, budget: Budget) -> Repair:
    """A shape repaired. In: one in degrees, rounded."""
    shape = shapely.set_precision(shape, STEP, mode="pointwise")
    if shape.is_valid:
        shape, reason, message = areas(shape), "", ""
    else:
        reason = shapely.is_valid_reason(shape)
        shape, message = _made_valid(shape, budget)
        if shape is None:
            return Repair(shapely.MultiPolygon(), reason, True, message)
    if not shape.is_valid:
        shape = areas(shapely.buffer(shape, 0))
    return Repair(shape, reason, not shape.is_valid, message)


def _made_valid(shape: shapely.Geometry, budget: Budget) -> tuple[shapely.Geometry | None, str]:
    """A multipolygon (None: none can be made), and what there is to say of that."""
    crossings = _crossings(shape)
    if crossings > _MOST:
        return None, "Too many lines cross each other to repair it."
    try:
        if crossings <= _PLAIN and crossings**2 <= budget.repairs:
            budget.repairs -= crossings**2
            return areas(shapely.make_valid(shape)), ""
        simply = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    except shapely.GEOSException:
        return None, ""
    return areas(simply), (
        "So many lines cross each other that we repaired it in a simpler way than the platform,"
        " which may keep other parts."
    )


def areas(shape: shapely.Geometry) -> shapely.Geometry:
    """The polygons within a shape as one multipolygon, perhaps an empty one."""
    parts: Shapes = np.array([shape], dtype=object)
    while (shapely.get_type_id(parts) > POLYGON).any():
        parts = shapely.get_parts(parts)
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == POLYGON])


def _crossings(shape: shapely.Geometry) -> int:
    """How often the lines of a shape touch, not counting neighbours; more than may be where that
    takes too long to find out."""
    corners, ring = shapely.get_coordinates(
        shapely.get_rings(shapely.get_parts(areas(shape))), return_index=True
    )
    same = ring[1:] == ring[:-1]
    lines = shapely.linestrings(np.stack((corners[:-1], corners[1:]), axis=1)[same])
    if len(lines) < 8:
        return len(lines)
    tree = shapely.STRtree(lines)
    step = max(1, _TRIALS_A_QUERY // len(lines))
    trials = count = 0
    for start in range(0, len(lines), step):
        left, right = tree.query(lines[start : start + step])
        left = left + start
        later = left < right
        left, right = left[later], right[later]
        trials += len(left)
        if trials > _MOST_TRIALS:
            return _MOST + 1
        count += int(shapely.intersects(lines[left], lines[right]).sum())
        if count - len(lines) > _MOST:
            return _MOST + 1
    return max(0, count - len(lines))
