"""Polygons as the platform keeps them: six decimals, simplified, repaired, wound the usual way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from checking.geometry.reading import COLLECTION, POLYGON, Mask, Shapes
from checking.geometry.systems import Floats
from checking.model import Texts

STEP = 1e-6
"""The last decimal, about ten centimetres; also how much a shape may move when simplified."""


def rounded(numbers: Floats) -> Floats:
    """Numbers to six decimals, halves decided as printing does: by the number's true value, for
    which a double's product with a million is not exact enough."""
    with np.errstate(invalid="ignore"):
        result: Floats = np.rint(numbers.astype(np.longdouble) * 1e6).astype(np.float64) / 1e6
    return result


@dataclass(frozen=True, slots=True)
class Repair:
    """Shapes after cleaning (None where nothing is left), with the reasons of those that were not
    valid ('' for the others) and whether they still are not."""

    shapes: Shapes
    reasons: Texts
    invalid: Mask


def clean(shapes: Shapes) -> Repair:
    """Polygons, multipolygons and collections (none is None), in finite degrees, cleaned."""
    shapes = shapely.transform(shapes, rounded)
    simpler = shapely.simplify(shapes, STEP)
    valid = shapely.is_valid(simpler)
    # Simplified unless just that spoils the shape.
    spoilt = np.flatnonzero(~valid)
    spoilt = spoilt[shapely.is_valid(shapes[spoilt])]
    simpler[spoilt], valid[spoilt] = shapes[spoilt], True
    reasons = np.full(len(shapes), "", dtype=object)
    invalid = np.zeros(len(shapes), bool)
    odd = np.flatnonzero(~valid | (shapely.get_type_id(simpler) == COLLECTION))
    for row in odd:
        simpler[row], reasons[row], invalid[row] = _repaired(simpler[row])
    simpler[shapely.is_empty(simpler)] = None
    return Repair(shapely.orient_polygons(simpler), reasons, invalid)


def _repaired(shape: shapely.Geometry) -> tuple[shapely.Geometry | None, str, bool]:
    """One shape made valid and a multipolygon, why it was not, and whether it still is not."""
    shape = shapely.set_precision(shape, STEP, mode="pointwise")
    reason = ""
    if not shape.is_valid:
        reason = shapely.is_valid_reason(shape)
        shape = shapely.make_valid(shape)
    shape = _areas(shape)
    if not shape.is_valid:
        shape = _areas(shapely.buffer(shape, 0))
    return shape, reason, not shape.is_valid


def _areas(shape: shapely.Geometry) -> shapely.Geometry:
    """The polygons within a shape as one multipolygon, perhaps an empty one."""
    parts = np.array([shape], dtype=object)
    while (shapely.get_type_id(parts) > POLYGON).any():
        parts = shapely.get_parts(parts)
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == POLYGON])
