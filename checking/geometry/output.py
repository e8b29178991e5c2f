"""Shapes in degrees as the text that the platform keeps, six decimals always."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import shapely

from checking.geometry.reading import Shapes, rings_of
from checking.geometry.systems import Floats
from checking.model import Numbers, Texts

Words: TypeAlias = "np.ndarray[Any, np.dtype[np.uint32]]"


def _words(before: str, after: str) -> Words:
    """The numbers 0 to 999 in three digits with a character before or after, each in four bytes:
    shapely writes fixed decimals ten times slower than such are looked up."""
    text = "".join(f"{before}{number:03}{after}" for number in range(1000))
    return np.frombuffer(text.encode("ascii"), np.uint32)


_WHOLE, _POINT, _BLANK, _COMMA = (
    _words(*around) for around in (("-", ""), (".", ""), ("", " "), ("", ","))
)
"""A number is sign and degrees, a point and thousandths, millionths and what stands behind them."""

_ALL = np.uint32(0x01010101)
_KEEP = np.array([[0, n >= 100, n >= 10, 1] for n in range(1000)], np.uint8).view(np.uint32)[:, 0]
_MINUS = np.array([1, 0, 0, 0], np.uint8).view(np.uint32)[0]
"""Which characters of the first four stay, and the sign, where a number is below 0."""


def polygon_texts(shapes: Shapes) -> Texts:
    """Polygons and multipolygons (None: '') in finite degrees, each as a multipolygon."""
    texts = np.full(len(shapes), "", dtype=object)
    rows = np.flatnonzero(~shapely.is_missing(shapes))
    if not rows.size:
        return texts
    polygons, owners = shapely.get_parts(shapes[rows], return_index=True)
    rings, polygon = rings_of(polygons)
    row = owners[polygon]
    pieces = _ring_texts(rings)
    for ring in np.flatnonzero(row[1:] == row[:-1]).tolist():
        pieces[ring] += "),(" if polygon[ring] == polygon[ring + 1] else ")),(("
    bounds = [0, *(np.flatnonzero(row[1:] != row[:-1]) + 1).tolist(), len(pieces)]
    texts[rows] = [
        f"MULTIPOLYGON ((({''.join(pieces[first:end])})))" for first, end in pairwise(bounds)
    ]
    return texts


def point_texts(x: Floats, y: Floats) -> Texts:
    """Points in finite degrees."""
    pieces = _corner_texts(x, y, np.arange(len(x)))
    return np.array([f"POINT ({piece})" for piece in pieces], dtype=object)


def _ring_texts(rings: Shapes) -> list[str]:
    """The corners of each ring, with a comma between them."""
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    last = np.flatnonzero(np.append(ring[1:] != ring[:-1], True))
    return _corner_texts(corners[:, 0], corners[:, 1], last)


def _corner_texts(x: Floats, y: Floats, last: Numbers) -> list[str]:
    """Corners with a comma between them, as one text to each of those that are the last of some."""
    words = np.empty((len(x), 6), np.uint32)
    keep = np.full(words.shape, _ALL)
    lengths = _write(x, _BLANK, words[:, :3], keep[:, 0])
    lengths += _write(y, _COMMA, words[:, 3:], keep[:, 3])
    text = words.view(np.uint8)[keep.view(bool)].tobytes().decode("ascii")
    ends = lengths.cumsum()[last].tolist()
    return [text[start : end - 1] for start, end in pairwise([0, *ends])]


def _write(values: Floats, behind: Words, words: Words, keep: Words) -> Numbers:
    """Put numbers below 1,000 with six digits into words, and which characters of the first of
    these are to stay. Out: how many characters each number has, what stands behind it with it."""
    millionths = np.rint(np.abs(values) * 1e6).astype(np.int32)
    thousandths, rest = np.divmod(millionths, 1000)
    whole, fraction = np.divmod(thousandths, 1000)
    words[:, 0], words[:, 1], words[:, 2] = _WHOLE[whole], _POINT[fraction], behind[rest]
    is_negative = (values < 0) & (millionths > 0)
    keep[:] = _KEEP[whole]
    keep[is_negative] |= _MINUS
    lengths: Numbers = 9 + (whole >= 10).astype(np.int64) + (whole >= 100) + is_negative
    return lengths
