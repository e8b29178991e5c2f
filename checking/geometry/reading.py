"""Cells of a geometry column as shapes: well-known text, or GeoJSON."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec
import numpy as np
import shapely
from shapely.geometry import shape

from checking.model import Numbers, Texts

Shapes: TypeAlias = "np.ndarray[Any, np.dtype[np.object_]]"
Mask: TypeAlias = "np.ndarray[Any, np.dtype[np.bool_]]"

POINT, POLYGON, MULTIPOLYGON, COLLECTION = 0, 3, 6, 7

CURVE = re.compile("CURVE|CIRCULARSTRING|MULTISURFACE", re.IGNORECASE)

DEEPEST = 20
"""Collections within collections beyond this many are refused: the readers recurse."""


class _Head(msgspec.Struct):
    type: str = ""


_HEAD = msgspec.json.Decoder(_Head)


@dataclass(frozen=True, slots=True)
class Reading:
    """A column read: `shapes` (None for a blank cell or one that is no geometry), `json` where the
    cell was GeoJSON, and `unread` where a cell is not blank and no geometry."""

    shapes: Shapes
    json: Mask
    unread: Mask


def read_shapes(values: Texts, *, geojson: bool) -> Reading:
    """The shapes of a column of texts, flat; `geojson` says whether cells of GeoJSON count."""
    candidates = values.copy()
    # The text ends for the reader where a NUL stands; a cell with one is not well-known text.
    odd = [n for n, value in enumerate(values) if value and value[0] in "Gg{" and _refused(value)]
    candidates[odd] = ""
    shapes = _guarded(shapely.from_wkt, candidates)
    unread = (values != "") & shapely.is_missing(shapes)
    objects = np.zeros(len(values), bool)
    if geojson and unread.any():
        rows = [n for n in np.flatnonzero(unread) if candidates[n][:1] == "{"]
        shapes[rows] = _from_geojson(candidates[rows])
        objects[rows] = ~shapely.is_missing(shapes[rows])
        unread &= ~objects
    deep = shapely.has_z(shapes) | shapely.has_m(shapes)
    shapes[deep] = shapely.force_2d(shapes[deep])
    return Reading(shapes, objects, unread)


def rings_of(polygons: Shapes) -> tuple[Shapes, Numbers]:
    """What has the corners of each ring of polygons, and which polygon each is of: those without
    holes are their own ring, which is far cheaper than to take it out."""
    if shapely.get_num_interior_rings(polygons).any():
        rings: tuple[Shapes, Numbers] = shapely.get_rings(polygons, return_index=True)
        return rings
    full = np.flatnonzero(~shapely.is_empty(polygons))
    return polygons[full], full


# Curves, half characters, and members of a geometry that are not what they should be. Whatever else
# is raised is a fault of ours: the engine then tries cell by cell, and says which it was.
_REFUSALS = (
    shapely.GEOSException,
    NotImplementedError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RecursionError,
)


def _guarded(read: Any, texts: Texts) -> Shapes:
    """What a reader of shapely makes of texts, None where it refuses one; a text that makes it
    raise (curves, half characters) takes no other with it."""
    try:
        shapes: Shapes = read(texts, on_invalid="ignore")
        return shapes
    except _REFUSALS:
        shapes = np.full(len(texts), None, dtype=object)
        for n, text in enumerate(texts):
            try:
                shapes[n] = read(text, on_invalid="ignore")
            except _REFUSALS:
                continue
        return shapes


def _refused(value: str) -> bool:
    """Whether a collection is nested too deeply, or holds curves, at which readers fail."""
    if value[0] == "{":
        return value.count("GeometryCollection") > DEEPEST or value.count("[") > 4 * len(value) // 5
    return value.upper().count("COLLECTION") > DEEPEST or bool(CURVE.search(value))


def _from_geojson(texts: Texts) -> Shapes:
    """Shapes of GeoJSON geometries; features are none."""
    kinds = np.array([_kind(text) for text in texts], dtype=object)
    texts = np.where(np.char.startswith(kinds.astype(str), "feature") | (kinds == ""), "", texts)
    shapes = _guarded(shapely.from_geojson, texts.astype(object))
    for n in np.flatnonzero(shapely.is_missing(shapes) & (texts != "")):
        try:
            # More lenient: a ring that is not closed, a type in capitals.
            shapes[n] = shapely.from_wkt(shape(json.loads(texts[n])).wkt, on_invalid="ignore")
        except _REFUSALS:
            continue
    return shapes


def _kind(text: str) -> str:
    try:
        return _HEAD.decode(text).type.lower()
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        return ""
