"""Polygons as the platform keeps them: six decimals, simplified, repaired, wound the usual way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely

from checking.geometry.reading import COLLECTION, Mask, Shapes
from checking.geometry.repairing import STEP, Budget, repair
from checking.geometry.systems import Floats
from checking.model import Texts

_DEEP = 10_000
"""Shapes of more corners are simplified on a stack of their own: a long zigzag fills a usual one,
and that ends the process."""

_STACK = 256 * 1024 * 1024


def rounded(numbers: Floats) -> Floats:
    """Numbers to six decimals, halves decided as printing does: by the number's true value, for
    which a double's product with a million is not exact enough."""
    result: Floats = np.rint(numbers.astype(np.longdouble) * 1e6).astype(np.float64) / 1e6
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
    for row in np.flatnonzero(~valid | (shapely.get_type_id(simpler) == COLLECTION)):
        mended = repair(simpler[row], budget)
        simpler[row], reasons[row] = mended.shape, mended.reason
        invalid[row], messages[row] = mended.still_invalid, mended.message
    simpler[shapely.is_empty(simpler)] = None
    return Cleaning(shapely.orient_polygons(simpler), reasons, invalid, messages)


def _simplified(shapes: Shapes) -> Shapes:
    """Shapes without the corners that lie within the last decimal of a straight line."""
    simpler = shapes.copy()
    rows = np.flatnonzero(_may_be_simpler(shapes))
    deep = shapely.get_num_coordinates(shapes[rows]) > _DEEP
    simpler[rows[~deep]] = shapely.simplify(shapes[rows[~deep]], STEP)
    if deep.any():
        _on_a_deep_stack(
            lambda: simpler.put(rows[deep], shapely.simplify(shapes[rows[deep]], STEP))
        )
    return simpler


def _may_be_simpler(shapes: Shapes) -> Mask:
    """Which shapes have a corner that could go. Where several corners lie within a step of one
    line, three in a row do, and span a triangle no larger than its longest side times two steps.
    Most shapes have none, and this is far cheaper than to simplify them."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    flat = shapely.get_type_id(shapes) != COLLECTION
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


def _on_a_deep_stack(work: Callable[[], None]) -> None:
    """Does some work on a thread with a large stack."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as failure:
            failures.append(failure)

    usual = threading.stack_size(_STACK)
    try:
        thread = threading.Thread(target=run)
        thread.start()
    finally:
        threading.stack_size(usual)
    thread.join()
    if failures:
        raise failures[0]
