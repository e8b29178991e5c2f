"""Shapes in degrees as the text that the platform keeps, six decimals always."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import shapely

from checking.geometry.reading import Shapes
from checking.geometry.systems import Floats
from checking.model import Numbers, Texts

Bytes: TypeAlias = "np.ndarray[Any, np.dtype[np.uint8]]"

_THREE = np.array([list(f"{n:03}".encode()) for n in range(1000)], dtype=np.uint8)
"""The numbers 0 to 999 in three digits: shapely writes fixed decimals ten times slower."""

_WIDTH = len("-180.000000")


def polygon_texts(shapes: Shapes) -> Texts:
    """Polygons and multipolygons (None: '') in finite degrees, each as a multipolygon."""
    texts = np.full(len(shapes), "", dtype=object)
    rows = np.flatnonzero(~shapely.is_missing(shapes))
    if not rows.size:
        return texts
    polygons, owners = shapely.get_parts(shapes[rows], return_index=True)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    row = owners[polygon]
    pieces = np.empty(2 * len(rings), dtype=object)
    pieces[0::2] = ")))\nMULTIPOLYGON ((("
    pieces[2::2][row[1:] == row[:-1]] = ")),(("
    pieces[2::2][polygon[1:] == polygon[:-1]] = "),("
    pieces[1::2] = _ring_texts(rings)
    whole = "".join(pieces) + ")))"
    texts[rows] = whole.split("\n")[1:]
    return texts


def point_texts(x: Floats, y: Floats) -> Texts:
    """Points in finite degrees."""
    digits, keep = _corners(x, y)
    sizes = keep.sum(axis=1)
    pieces = _cut(digits[keep], sizes.cumsum() - sizes, sizes.cumsum())
    return np.array([f"POINT ({piece})" for piece in pieces], dtype=object)


def _ring_texts(rings: Shapes) -> list[str]:
    """The corners of each ring, with a comma between them."""
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    digits, keep = _corners(corners[:, 0], corners[:, 1])
    last = np.append(ring[1:] != ring[:-1], True)
    digits = np.column_stack((digits, np.full(len(ring), ord(","), np.uint8)))
    keep = np.column_stack((keep, ~last))
    ends = keep.sum(axis=1).cumsum()[last]
    return _cut(digits[keep], np.append(0, ends[:-1]), ends)


def _cut(characters: Bytes, starts: Numbers, ends: Numbers) -> list[str]:
    """Pieces of a long text of ASCII characters."""
    text = characters.tobytes().decode("ascii")
    return [text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]


def _corners(x: Floats, y: Floats) -> tuple[Bytes, Any]:
    """Corners as characters of one width, and which of these are to stay."""
    (left, keep_left), (right, keep_right) = _numbers(x), _numbers(y)
    between = np.full((len(x), 1), ord(" "), np.uint8)
    return (
        np.hstack((left, between, right)),
        np.hstack((keep_left, np.ones((len(x), 1), bool), keep_right)),
    )


def _numbers(values: Floats) -> tuple[Bytes, Any]:
    """Numbers below 1,000 with sign, three digits, a point and six digits, and which of these
    characters are to stay."""
    millionths = np.rint(np.abs(values) * 1e6).astype(np.int32)
    whole, fraction = np.divmod(millionths, 1_000_000)
    thousandths, rest = np.divmod(fraction, 1000)
    digits = np.empty((len(values), _WIDTH), np.uint8)
    digits[:, 0], digits[:, 4] = ord("-"), ord(".")
    digits[:, 1:4], digits[:, 5:8], digits[:, 8:11] = (
        _THREE[whole],
        _THREE[thousandths],
        _THREE[rest],
    )
    keep = np.ones(digits.shape, bool)
    keep[:, 0] = (values < 0) & (millionths > 0)
    keep[:, 1], keep[:, 2] = whole >= 100, whole >= 10
    return digits, keep
