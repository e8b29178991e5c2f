"""Shapes that more than one row draws."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

import numpy as np
import shapely

from checking.geometry.reading import POINT, Shapes
from checking.geometry.systems import Floats
from checking.model import Numbers

Kind: TypeAlias = 'Literal["complete", "within", "around", "point"]'
Pair: TypeAlias = "tuple[int, int, Kind]"

SHARE = 0.95
MOST_PAIRS = 100_000
"""So many pairs are named at most; a file with more is one where all is drawn twice."""

_MOST_TRIALS = 1_000_000
_MOST_CORNERS = 20_000_000
_BOXES_A_QUERY = 2_000_000
_TRIALS_A_BLOCK = 2_000


class Duplicates:
    """Looks for points at the same place, and for areas of which more than 95% lies in another's:
    both ways (complete), or one way: that of the later row within the earlier's, or around it.
    What it holds grows by some 60 bytes a shape and 16 a corner. `more` says that not all pairs
    were looked at or named."""

    def __init__(self) -> None:
        self.more = False
        self._points: list[tuple[Numbers, Floats]] = []
        self._entries: list[Numbers] = []
        self._boxes: list[Floats] = []
        self._areas: list[Floats] = []
        self._bodies: list[bytes] = []
        self._first: dict[bytes, int] = {}
        self._same: list[Pair] = []

    def add(self, entries: Numbers, shapes: Shapes) -> None:
        """Takes in the shapes (None: none) of some entries, in degrees and cleaned."""
        kinds = shapely.get_type_id(shapes)
        of = kinds == POINT
        if of.any():
            self._points.append((entries[of], shapely.get_coordinates(shapes[of])))
        rows = np.flatnonzero(kinds > POINT)
        bodies = shapely.to_wkb(shapes[rows])
        fresh = []
        for n, (entry, body) in enumerate(zip(entries[rows].tolist(), bodies, strict=True)):
            first = self._first.setdefault(body, entry)
            if first == entry:
                fresh.append(n)
                self._bodies.append(body)
            elif len(self._same) < MOST_PAIRS:
                self._same.append((entry, first, "complete"))
            else:
                self.more = True
        rows = rows[fresh]
        self._entries.append(entries[rows])
        self._boxes.append(shapely.bounds(shapes[rows]))
        self._areas.append(shapely.area(shapes[rows]))

    def pairs(self) -> list[Pair]:
        """All pairs, each once: an entry, an earlier one, and what they have in common."""
        pairs = [*self._same, *self._equal_points(), *self._overlaps()]
        self.more |= len(pairs) > MOST_PAIRS
        return sorted(pairs)[:MOST_PAIRS]

    def _equal_points(self) -> list[Pair]:
        if not self._points:
            return []
        entries = np.concatenate([entries for entries, _ in self._points])
        places = np.concatenate([places for _, places in self._points])
        order = np.lexsort((entries, places[:, 1], places[:, 0]))
        entries, places = entries[order], places[order]
        again = np.append(False, (places[1:] == places[:-1]).all(axis=1))
        firsts = entries[np.maximum.accumulate(np.where(again, 0, np.arange(len(entries))))]
        self.more |= bool(again.sum() > MOST_PAIRS)
        again = np.flatnonzero(again)[:MOST_PAIRS]
        found = zip(entries[again].tolist(), firsts[again].tolist(), strict=True)
        return [(entry, first, "point") for entry, first in found]

    def _overlaps(self) -> list[Pair]:
        if len(self._bodies) < 2:
            return []
        entries, boxes = np.concatenate(self._entries), np.concatenate(self._boxes)
        areas = np.concatenate(self._areas)
        found: list[Pair] = []
        corners = 0
        for left, right in self._trials(boxes, areas):
            sizes = [len(self._bodies[n]) >> 4 for n in (*left.tolist(), *right.tolist())]
            corners += sum(sizes)
            if corners > _MOST_CORNERS or len(found) > MOST_PAIRS:
                self.more = True
                break
            shared = self._shared(left, right)
            inside = shared > SHARE * np.stack((areas[left], areas[right]))
            found += _overlapping(entries[left], entries[right], inside)
        return found

    def _trials(self, boxes: Floats, areas: Floats) -> Any:
        """Pairs whose boxes share so much that their areas may, in blocks."""
        tree = shapely.STRtree(shapely.box(*boxes.T))
        step = max(1, _BOXES_A_QUERY // len(boxes))
        trials = 0
        for start in range(0, len(boxes), step):
            near, right = tree.query(tree.geometries[start : start + step])
            left = near + start
            later = left < right
            left, right = left[later], right[later]
            low = np.maximum(boxes[left, :2], boxes[right, :2])
            high = np.minimum(boxes[left, 2:], boxes[right, 2:])
            enough = np.prod(high - low, axis=1) > SHARE * np.minimum(areas[left], areas[right])
            left, right = left[enough], right[enough]
            for block in range(0, len(left), _TRIALS_A_BLOCK):
                part = slice(block, block + _TRIALS_A_BLOCK)
                yield left[part], right[part]
            trials += len(left)
            if trials > _MOST_TRIALS:
                self.more = True
                return

    def _shared(self, left: Numbers, right: Numbers) -> Floats:
        """The areas that pairs of shapes share; 0 where a shape is beyond that."""
        one, other = (
            shapely.from_wkb([self._bodies[n] for n in numbers.tolist()])
            for numbers in (left, right)
        )
        try:
            shared: Floats = shapely.area(shapely.intersection(one, other))
            return shared
        except shapely.GEOSException:
            return np.array([_shared_area(*pair) for pair in zip(one, other, strict=True)])


def _overlapping(earlier: Numbers, later: Numbers, inside: Any) -> Iterator[Pair]:
    """The pairs of which one lies in the other at least. In: entries, and of the earlier and of the
    later ones whether they do."""
    for n in np.flatnonzero(inside.any(axis=0)):
        kind: Kind = "complete" if inside[:, n].all() else "within" if inside[1, n] else "around"
        yield int(later[n]), int(earlier[n]), kind


def _shared_area(one: shapely.Geometry, other: shapely.Geometry) -> float:
    try:
        return float(shapely.intersection(one, other).area)
    except shapely.GEOSException:
        return 0.0
