"""Where degrees lie in a drawing of a piece of the earth.

Degrees are drawn as they are, narrower from east to west by the cosine of the latitude: right
enough for one authority, and for England.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

WIDTH = 1000
"""Of every drawing, in pixels."""
KM_A_DEGREE = 111.2
"""From south to north."""
_MARGIN = 0.06
_SMALLEST = 0.04

Box = tuple[float, float, float, float]
Corner = tuple[int, int]

KINGDOM: Box = (-9.5, 49.0, 2.5, 61.5)
"""West, south, east and north of a box around the United Kingdom (in SQL: ``in_kingdom``)."""


@dataclass(frozen=True, slots=True)
class Projection:
    """From degrees to pixels of a drawing that is WIDTH wide and `height` high."""

    height: int
    x_zero: float
    """Pixels from the left at longitude 0."""
    y_zero: float
    """Pixels from the top at latitude 0."""
    x_per_degree: float
    y_per_degree: float

    @classmethod
    def of(cls, box: Box) -> Self:
        """The drawing that a box just fills. In: west, south, east and north, in degrees."""
        west, south, east, north = box
        narrow = max(math.cos(math.radians((south + north) / 2)), 0.05)
        unit = WIDTH / ((east - west) * narrow)
        full = (north - south) * unit
        # A long thin area must not make a picture as high as a page.
        height = min(round(full), WIDTH * 3 // 2)
        left = 0.0
        if full > height:
            unit *= height / full
            left = (WIDTH - WIDTH * height / full) / 2
        x_unit = narrow * unit
        return cls(height, left - west * x_unit, north * unit, x_unit, unit)

    def x(self, longitude: float) -> float:
        """Pixels from the left of the drawing."""
        return self.x_zero + longitude * self.x_per_degree

    def y(self, latitude: float) -> float:
        """Pixels from the top of the drawing."""
        return self.y_zero - latitude * self.y_per_degree


def in_kingdom(longitude: float, latitude: float) -> bool:
    """Whether degrees lie in the box around the United Kingdom; a mistyped place does not."""
    west, south, east, north = KINGDOM
    return west <= longitude <= east and south <= latitude <= north


def with_margin(box: Box) -> Box:
    """A box of degrees with room around it: a single point would otherwise be a map of nothing."""
    across, up = (
        max(span * _MARGIN, (_SMALLEST - span) / 2) for span in (box[2] - box[0], box[3] - box[1])
    )
    return box[0] - across, box[1] - up, box[2] + across, box[3] + up


def path_of(rings: Iterable[Sequence[Corner]]) -> str:
    """Rings as the path of an SVG drawing; those of fewer than three corners are left out.

    In: the corners of each ring in pixels, the first not repeated. Out: by how far each corner is
    from the one before, which takes half as many letters.
    """
    pieces = []
    for ring in rings:
        if len(ring) < 3:
            continue
        moves = [
            f"{x - before_x} {y - before_y}"
            for (before_x, before_y), (x, y) in itertools.pairwise(ring)
        ]
        pieces.append(f"M{ring[0][0]} {ring[0][1]}l{' '.join(moves).replace(' -', '-')}z")
    return "".join(pieces)


def box_of(points: Iterable[tuple[float, float]]) -> Box | None:
    """The least and the greatest of points: (x, y, x, y). None if there are none."""
    xs, ys = [], []
    for x, y in points:
        xs.append(x)
        ys.append(y)
    return (min(xs), min(ys), max(xs), max(ys)) if xs else None


ENGLAND = Projection.of((-6.38, 49.88, 1.77, 55.82))
"""A map of all authorities together."""
