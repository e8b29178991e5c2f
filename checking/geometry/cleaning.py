"""Polygons as the platform keeps them: six decimals, simplified, repaired, wound the usual way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from checking.geometry.reading import MULTIPOLYGON, POLYGON, Mask, Shapes, rings_of
from checking.geometry.repairing import STEP, Budget, repair
from checking.geometry.systems import Floats
from checking.model import Numbers, Texts

_MOST_TO_SIMPLIFY = 20_000
"""A shape of more corners keeps them all, which moves nothing: on a long zigzag simplifying takes
minutes, and then ends the process, as each step of it takes some of the stack."""

_UNSURE = 1e9 * float(np.finfo(np.longdouble).eps)


def rounded(numbers: Floats) -> Floats:
    """Finite numbers to six decimals, halves decided as printing does: by the number's true value,
    for which a double's product with a million is not exact enough, and a long double's almost."""
    result: Floats = np.rint(numbers * 1e6) / 1e6
    # Most numbers have six decimals already.
    longer = result != numbers
    exact = numbers[longer]
    millions = exact.astype(np.longdouble) * 1e6
    nearest = np.rint(millions)
    nearer = nearest.astype(np.float64) / 1e6
    for place in np.flatnonzero(np.abs(millions - nearest) > 0.5 - _UNSURE):
        nearer[place] = float(f"{exact[place]:.6f}")
    result[longer] = nearer
    return result


def _rounded_shapes(shapes: Shapes) -> Shapes:
    """Shapes with corners of six decimals; those that have them already are not made anew."""
    corners = shapely.get_coordinates(shapes)
    places = rounded(corners)
    if (places == corners).all():
        return shapes
    result: Shapes = shapely.set_coordinates(shapes.copy(), places)
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
    shapes = _rounded_shapes(shapes)
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
    rings, polygon = rings_of(parts[rows])
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(ring):
        return may
    starts = np.flatnonzero(np.append(True, ring[1:] != ring[:-1]))
    ends = np.append(starts[1:], len(ring)) - 1
    (x, y), (before_x, before_y) = zip(
        *(_sides(axis, starts, ends) for axis in corners.T), strict=True
    )
    double = np.abs(before_x * y - before_y * x)
    longest = np.full(len(ring), STEP)
    for side in (x, y, before_x, before_y, before_x + x, before_y + y):
        np.maximum(longest, np.abs(side), out=longest)
    thin = double <= longest * 1.5 * 2.5 * STEP
    may[owner[rows][polygon[ring[thin]]]] = True
    return may


def _sides(places: Floats, starts: Numbers, ends: Numbers) -> tuple[Floats, Floats]:
    """How far it is along one axis from each corner of rings to the next, and from the one before.
    In: where rings start and end."""
    after = np.diff(places, append=places[:1])
    # The last corner of a ring is its first; its side is the first one again.
    after[ends] = after[starts]
    before = np.roll(after, 1)
    before[starts] = before[ends]
    return after, before


def _is_area(shapes: Shapes) -> Mask:
    mask: Mask = np.isin(shapely.get_type_id(shapes), (POLYGON, MULTIPOLYGON))
    return mask
