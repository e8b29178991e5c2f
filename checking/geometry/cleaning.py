"""Polygons as the platform keeps them: six decimals, simplified, repaired, wound the usual way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from checking.geometry.reading import MULTIPOLYGON, POLYGON, Mask, Shapes
from checking.geometry.repairing import STEP, Budget, repair
from checking.geometry.systems import Floats
from checking.model import Texts

_MOST_TO_SIMPLIFY = 20_000
"""A shape of more corners keeps them all, which moves nothing: on a long zigzag simplifying takes
minutes, and then ends the process, as each step of it takes some of the stack."""

_UNSURE = 1e9 * float(np.finfo(np.longdouble).eps)


def rounded(numbers: Floats) -> Floats:
    """Finite numbers to six decimals, halves decided as printing does: by the number's true value,
    for which a double's product with a million is not exact enough, and a long double's almost."""
    millions = numbers.astype(np.longdouble) * 1e6
    nearest = np.rint(millions)
    result: Floats = nearest.astype(np.float64) / 1e6
    for place in np.argwhere(np.abs(millions - nearest) > 0.5 - _UNSURE):
        result[tuple(place)] = float(f"{numbers[tuple(place)]:.6f}")
    return result


@dataclass(frozen=True, slots=True)
class Cleaning:
    """Shapes after cleaning (None where nothing is left), with the reasons of those that were not
    valid ('' for the others), whether they still are not, and messages."""

    shapes: Shapes
    reasons: Texts
    invalid: Mask
    messages: Texts


def clean(shapes: Shapes, budget: Budget) -> Cleaning:
    """Polygons, multipolygons and collections (none is None), in finite degrees, cleaned."""
    shapes = shapely.transform(shapes, rounded)
    simpler = _simplified(shapes)
    valid = shapely.is_valid(simpler)
    # Simplified unless just that spoils the shape.
    spoilt = np.flatnonzero(~valid)
    spoilt = spoilt[shapely.is_valid(shapes[spoilt])]
    simpler[spoilt], valid[spoilt] = shapes[spoilt], True
    reasons = np.full(len(shapes), "", dtype=object)
    messages, invalid = reasons.copy(), np.zeros(len(shapes), bool)
    for row in np.flatnonzero(~valid | ~_is_area(simpler)):
        mended = repair(simpler[row], budget)
        simpler[row], reasons[row] = mended.shape, mended.reason
        invalid[row], messages[row] = mended.still_invalid, mended.message
    simpler[shapely.is_empty(simpler)] = None
    return Cleaning(shapely.orient_polygons(simpler), reasons, invalid, messages)


def _simplified(shapes: Shapes) -> Shapes:
    """Shapes without the corners that lie within the last decimal of a straight line."""
    simpler = shapes.copy()
    few = shapely.get_num_coordinates(shapes) <= _MOST_TO_SIMPLIFY
    rows = np.flatnonzero(few & _may_be_simpler(shapes))
    simpler[rows] = shapely.simplify(shapes[rows], STEP)
    return simpler


def _may_be_simpler(shapes: Shapes) -> Mask:
    """Which shapes have a corner that could go. Where several corners lie within a step of one
    line, three in a row do, and span a triangle no larger than its longest side times two steps.
    Most shapes have none, and this is far cheaper than to simplify them."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    flat = _is_area(shapes)
    may: Mask = ~flat
    rows = flat[owner]
    rings, polygon = shapely.get_rings(parts[rows], return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(ring):
        return may
    starts = np.flatnonzero(np.append(True, ring[1:] != ring[:-1]))
    ends = np.append(starts[1:], len(ring)) - 1
    sides = np.diff(corners, axis=0, append=corners[:1])
    # The last corner of a ring is its first; its side is the first one again.
    sides[ends] = sides[starts]
    before = np.roll(sides, 1, axis=0)
    before[starts] = before[ends]
    double = np.abs(before[:, 0] * sides[:, 1] - before[:, 1] * sides[:, 0])
    across = before + sides
    longest = np.maximum(np.abs(np.hstack((before, sides, across))).max(axis=1), STEP) * 1.5
    thin = double <= longest * 2.5 * STEP
    may[owner[rows][polygon[ring[thin]]]] = True
    return may


def _is_area(shapes: Shapes) -> Mask:
    mask: Mask = np.isin(shapely.get_type_id(shapes), (POLYGON, MULTIPOLYGON))
    return mask
