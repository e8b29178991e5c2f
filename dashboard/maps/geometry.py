"""Shapes from GeoJSON, read with care: the file may hold anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
Ring = tuple[Point, ...]

# How many lists lie around a position.
_DEPTHS = {"Point": 0, "MultiPoint": 1, "Polygon": 2, "MultiPolygon": 3}
_COLLECTION = "GeometryCollection"


@dataclass(frozen=True, slots=True)
class Shape:
    """One thing on a map, in degrees: points, and the rings of areas (holes are rings too)."""

    points: tuple[Point, ...] = ()
    rings: tuple[Ring, ...] = ()

    def positions(self) -> Iterator[Point]:
        """Every position of the shape."""
        yield from self.points
        for ring in self.rings:
            yield from ring


def shape_of(geometry: object) -> Shape | None:
    """The shape of a GeoJSON geometry; None if it is none we can draw.

    Positions that are not on the globe are left out; lines are not drawn.
    """
    if not isinstance(geometry, dict):
        return None
    members = geometry.get("geometries") if geometry.get("type") == _COLLECTION else [geometry]
    if not isinstance(members, list):
        return None
    points: list[Point] = []
    rings: list[Ring] = []
    for member in members:
        if isinstance(member, dict):
            _read(member.get("type"), member.get("coordinates"), points, rings)
    return Shape(tuple(points), tuple(rings)) if points or rings else None


def _read(kind: object, coordinates: object, points: list[Point], rings: list[Ring]) -> None:
    depth = _DEPTHS.get(kind) if isinstance(kind, str) else None
    if depth is None:
        return
    if depth < 2:
        pairs = [coordinates] if depth == 0 else coordinates
        points.extend(_positions(pairs))
        return
    areas = [coordinates] if depth == 2 else coordinates
    for area in areas if isinstance(areas, list) else ():
        for line in area if isinstance(area, list) else ():
            ring = tuple(_positions(line))
            if len(ring) > 2:
                rings.append(ring)


def _positions(values: object) -> Iterator[Point]:
    for value in values if isinstance(values, list) else ():
        if isinstance(value, list) and len(value) >= 2:
            x, y = value[0], value[1]
            if _on(x, 180) and _on(y, 90):
                yield float(x), float(y)


def _on(value: object, limit: int) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return -limit <= value <= limit


def sampled(items: Sequence[Shape], most: int) -> list[Shape]:
    """At most so many of some shapes, taken at equal distances."""
    if len(items) <= most:
        return list(items)
    return [items[number * len(items) // most] for number in range(most)]
