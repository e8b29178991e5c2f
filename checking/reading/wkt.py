"""Shapes of JSON as WKT, digit for digit as they stand in the file.

Shapes that are not valid come out as they are: it is for the rules to say what is wrong with them.
"""

from __future__ import annotations

from typing import Any

import msgspec

_SPACE = b" \t\r\n"
_PLAIN = b"0123456789.eE+-[],"
_DEPTHS = {
    "Point": 1,
    "MultiPoint": 2,
    "LineString": 2,
    "Polygon": 3,
    "MultiLineString": 3,
    "MultiPolygon": 4,
}


class Geometry(msgspec.Struct):
    """A shape of GeoJSON."""

    type: str = ""
    coordinates: msgspec.Raw = msgspec.Raw(b"null")
    geometries: list[msgspec.Raw] | None = None


class Rings(msgspec.Struct):
    """A shape of ArcGIS."""

    x: Any = None
    y: Any = None
    rings: list[list[list[float]]] | None = None
    paths: msgspec.Raw = msgspec.Raw(b"null")
    points: msgspec.Raw = msgspec.Raw(b"null")
    curve_rings: Any = msgspec.field(name="curveRings", default=None)


_GEOMETRY = msgspec.json.Decoder(Geometry)
_RINGS = msgspec.json.Decoder(Rings)


def from_geojson(text: bytes, depth: int = 0) -> str:
    """A shape of GeoJSON as WKT; '' for none. What is no shape is given as it is."""
    if text == b"null":
        return ""
    try:
        geometry = _GEOMETRY.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        return text.decode("utf-8", "replace")
    if geometry.type == "GeometryCollection" and geometry.geometries is not None and depth < 5:
        parts = ", ".join(from_geojson(bytes(part), depth + 1) for part in geometry.geometries)
        return f"GEOMETRYCOLLECTION ({parts})" if parts else "GEOMETRYCOLLECTION EMPTY"
    level = _DEPTHS.get(geometry.type)
    if level is None:
        return text.decode("utf-8", "replace")
    written = _brackets(bytes(geometry.coordinates), level)
    if written is None:
        return text.decode("utf-8", "replace")
    return f"{geometry.type.upper()} {written}"


def _brackets(coordinates: bytes, level: int) -> str | None:
    """Nested arrays as WKT nests them; None where they are not nested so deep."""
    text = coordinates.translate(None, _SPACE)
    if text.translate(None, _PLAIN):
        return None
    if not text.strip(b"[]"):
        return "EMPTY"
    if not text.startswith(b"[" * level) or text[level : level + 1] == b"[":
        return None
    text = text.replace(b",", b" ")
    for closing in range(level - 1, 0, -1):
        text = text.replace(
            b"]" * closing + b" " + b"[" * closing,
            b")" * (closing - 1) + b"," + b"(" * (closing - 1),
        )
    outer = max(level - 1, 1)
    text = text[level : len(text) - level]
    if b"[" in text or b"]" in text:
        return None
    return "(" * outer + text.decode() + ")" * outer


def from_arcgis(text: bytes) -> str:
    """A shape of ArcGIS as WKT; '' for none. What is no shape is given as it is."""
    if text == b"null":
        return ""
    try:
        shape = _RINGS.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        return text.decode("utf-8", "replace")
    if shape.x is not None and shape.y is not None:
        return "" if "NaN" in (shape.x, shape.y) else f"POINT ({shape.x} {shape.y})"
    if shape.rings:
        return _polygons(shape.rings)
    if written := _brackets(bytes(shape.paths), 3):
        return f"MULTILINESTRING {written}"
    if written := _brackets(bytes(shape.points), 2):
        return f"MULTIPOINT {written}"
    return text.decode("utf-8", "replace") if shape.curve_rings else ""


def _polygons(rings: list[list[list[float]]]) -> str:
    """Rings as polygons: those that run clockwise are outlines, others holes of the outline that
    they lie in."""
    outlines: list[list[list[list[float]]]] = []
    holes: list[list[list[float]]] = []
    for ring in rings:
        if any(len(point) < 2 for point in ring) or not ring:
            continue
        if _area(ring) <= 0 or len(rings) == 1:
            outlines.append([ring])
        else:
            holes.append(ring)
    if not outlines:
        outlines, holes = [[ring] for ring in holes], []
    for hole in holes:
        home = next((shape for shape in outlines if _holds(shape[0], hole[0])), None)
        (outlines[0] if home is None and outlines else home or []).append(hole)
    shapes = [
        "(" + ",".join("(" + ",".join(_point(p) for p in ring) + ")" for ring in shape) + ")"
        for shape in outlines
    ]
    if not shapes:
        return "POLYGON EMPTY"
    return f"POLYGON {shapes[0]}" if len(shapes) == 1 else f"MULTIPOLYGON ({','.join(shapes)})"


def _point(point: list[float]) -> str:
    return f"{point[0]!r} {point[1]!r}"


def _area(ring: list[list[float]]) -> float:
    """Twice the area of a ring; less than nothing where it runs clockwise."""
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)


def _holds(ring: list[list[float]], point: list[float]) -> bool:
    """Whether a point lies in a ring."""
    x, y = point[0], point[1]
    inside = False
    for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
        if (a[1] > y) != (b[1] > y) and x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0]:
            inside = not inside
    return inside
