"""Shapes for a map: not all of a large file, and none in more detail than a map shows."""

from __future__ import annotations

import json
from collections.abc import Set
from typing import Any

import msgspec
import numpy as np
import shapely

from checking.geometry.reading import Mask, Shapes
from checking.model import Numbers, Texts

MOST_SHAPES = 3_000
MOST_BYTES = 2_000_000

_FINEST = 1e-5
_DETAIL = 400
"""Shapes are simplified by this part of their width when they are taken in."""


class _Sample:
    """At most so many of what comes, spread evenly over it: when it is full every other one goes,
    and from then on only every second, fourth, eighth … is taken."""

    def __init__(self) -> None:
        self.items: list[tuple[int, str, shapely.Geometry]] = []
        self._stride, self._count = 1, 0

    def take(self, entries: Numbers, references: Texts, shapes: Shapes) -> None:
        """Takes in some shapes, none of them None."""
        places = self._count + np.arange(len(shapes))
        self._count += len(shapes)
        rows = np.flatnonzero(places % self._stride == 0)
        while len(self.items) + len(rows) > MOST_SHAPES:
            self._stride *= 2
            self.items = self.items[::2]
            rows = rows[places[rows] % self._stride == 0]
        if rows.size:
            chosen = _coarser(shapes[rows])
            names = references[rows].tolist()
            self.items += zip(entries[rows].tolist(), names, chosen, strict=True)


class MapShapes:
    """At most 3,000 shapes and 2 MB, simplified, those with trouble before the others; of more,
    an even sample. `total` says how many there were."""

    def __init__(self) -> None:
        self.total = 0
        self._troubled, self._others = _Sample(), _Sample()

    def add(self, entries: Numbers, references: Texts, shapes: Shapes, has_trouble: Mask) -> None:
        """Takes in the shapes (None: none) of some entries, in degrees."""
        drawn = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
        self.total += int(drawn.sum())
        for sample, of in (
            (self._troubled, drawn & has_trouble),
            (self._others, drawn & ~has_trouble),
        ):
            sample.take(entries[of], references[of], shapes[of])

    def without_trouble(self) -> set[int]:
        """The entries that were taken in for the map as without trouble."""
        return {entry for entry, *_ in self._others.items}

    def features(self, late: Set[int] = frozenset()) -> list[dict[str, Any]]:
        """Dictionaries of `entry`, `reference` (shortened), `trouble` and `geometry` (GeoJSON, as
        it is written), by entry. In: the entries whose trouble only showed later."""
        troubled = [*self._troubled.items, *(one for one in self._others.items if one[0] in late)]
        others = [one for one in self._others.items if one[0] not in late]
        # As many of these as there is room for, from everywhere.
        room = max(0, MOST_SHAPES - len(troubled))
        others = others[:: max(1, -(-len(others) // room))] if room else []
        items = [(True, *one) for one in troubled[:MOST_SHAPES]]
        items += [(False, *one) for one in others]
        left, features = MOST_BYTES, []
        shapes = np.array([item[3] for item in items] or [None], dtype=object)[: len(items)]
        texts = _texts(shapes)
        for (trouble, entry, reference, _), text in zip(items, texts, strict=True):
            name = reference[:80]
            left -= len(text) + len(json.dumps(name)) + 60
            if left < 0:
                break
            features.append(
                {
                    "entry": entry,
                    "reference": name,
                    "trouble": trouble,
                    "geometry": msgspec.Raw(text.encode()),
                }
            )
        return sorted(features, key=lambda feature: feature["entry"])


def _coarser(shapes: Shapes, detail: int = _DETAIL) -> Shapes:
    """Shapes with no more detail than so many parts of their width; one that vanishes is the box
    around it."""
    boxes = shapely.bounds(shapes)
    extent = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    tolerance = np.maximum(_FINEST, extent / detail)
    simpler: Shapes = shapely.simplify(shapes, tolerance, preserve_topology=False)
    gone = shapely.is_empty(simpler)
    simpler[gone] = shapely.envelope(shapes[gone])
    return simpler


def _texts(shapes: Shapes) -> list[str]:
    """Shapes as GeoJSON, ever coarser until together they take up no more than may be; a shape of
    very many parts as the box around it."""
    texts, detail = _geojson(shapes), _DETAIL
    while sum(map(len, texts)) > MOST_BYTES * 0.8 and detail > 1:
        detail //= 4
        texts = _geojson(_coarser(shapes, detail))
    return [
        text if len(text) < MOST_BYTES // 10 else shapely.to_geojson(shapely.envelope(shape))
        for shape, text in zip(shapes, texts, strict=True)
    ]


def _geojson(shapes: Shapes) -> list[str]:
    texts: list[str] = shapely.to_geojson(
        shapely.transform(shapes, lambda corners: corners.round(5))
    ).tolist()
    return texts
