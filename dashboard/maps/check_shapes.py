"""Shapes that can be told apart in a drawing, the boundary below: those of a checked file, with
trouble among them, and the platform's records."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import msgspec

from dashboard.maps.geometry import Shape, shape_of
from dashboard.maps.svg import around, box_in, corners_of, is_in, pixel
from performance_store.projection import Box, Corner, Projection, box_of, path_of, with_margin
from performance_store.rows import Outline

# Smaller than this many pixels, an area is drawn as a dot.
_SMALL = 7
PARTS = 10
"""What a drawing's paths and dots are written in: parts of a pixel. It can be looked at closer."""
# Letters of all paths together; with more, every so many parts of a pixel are told apart.
_MAX_LETTERS = 600_000
_STEPS = (1, 2, 5, 10, 20, 40)
# How much wider than a shape its surroundings are.
_ROOM = 1.5


Sort = Literal["trouble", "changed", "plain"]


@dataclass(frozen=True, slots=True)
class Place:
    """A shape of the file: the entry it stands in (or a record's number), its reference, whether
    it has trouble, or else whether the platform would keep another shape."""

    entry: int
    reference: str
    has_trouble: bool
    shape: Shape
    has_change: bool = False

    @property
    def sort(self) -> Sort:
        """How it is marked."""
        return "trouble" if self.has_trouble else "changed" if self.has_change else "plain"


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the drawing: the path of its areas, and dots."""

    place: Place
    path: str
    dots: tuple[Corner, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing, as high as it says: the path of the boundary in whole pixels, and marks, those
    with trouble last so that they lie on top. `outside` counts places that are not in it."""

    height: int
    boundary: str
    marks: tuple[Mark, ...]
    outside: int


@dataclass(frozen=True, slots=True)
class Collection:
    """What a check keeps for its map."""

    places: tuple[Place, ...] = ()
    boundary: Shape | None = field(default=None)


def read(body: bytes, changes: Container[int] = ()) -> Collection:
    """What is in a GeoJSON collection of a check: what cannot be drawn is left out. In: also the
    entries whose shapes the platform would change."""
    collection = msgspec.json.decode(body)
    places = []
    for feature in collection.get("features", ()):
        shape = shape_of(feature.get("geometry"))
        about = feature.get("properties") or {}
        if shape is not None and isinstance(about.get("entry"), int):
            reference = str(about.get("reference") or "")
            entry, trouble = about["entry"], bool(about.get("trouble"))
            places.append(Place(entry, reference, trouble, shape, entry in changes))
    return Collection(tuple(places), shape_of(collection.get("boundary")))


def drawing(
    collection: Collection, subjects: Sequence[Place], outline: Outline | None = None
) -> Drawing | None:
    """The drawing around some of the places (none: around the boundary, or else all places); None
    where there is nothing to draw near England. In: also an outline that is drawn already, in place
    of a boundary."""
    projection = outline or _projection(collection, subjects)
    if projection is None:
        return None
    boxes = ((place, box_in(place.shape, projection)) for place in collection.places)
    inside = [(place, box) for place, box in boxes if is_in(box, projection)]
    inside.sort(key=lambda pair: pair[0].has_trouble)
    marks: tuple[Mark, ...] = ()
    for step in _STEPS:
        marks = tuple(_mark(place, box, projection, step) for place, box in inside)
        if sum(len(mark.path) for mark in marks) <= _MAX_LETTERS:
            break
    boundary = _path(collection.boundary, projection) if collection.boundary else ""
    return Drawing(
        projection.height,
        outline.path if outline else boundary,
        marks,
        len(collection.places) - len(inside),
    )


def without_degrees(drawing: Drawing) -> Drawing:
    """The same drawing without the shapes that it was made of: they are large, and of no more
    use."""
    marks = (replace(mark, place=replace(mark.place, shape=Shape())) for mark in drawing.marks)
    return replace(drawing, marks=tuple(marks))


def _projection(collection: Collection, subjects: Sequence[Place]) -> Projection | None:
    if subjects:
        box = box_of(point for place in subjects for point in place.shape.positions())
        if box is None:
            return None
        across, up = ((high - low) * _ROOM for low, high in ((box[0], box[2]), (box[1], box[3])))
        room = max(across, up, 0.001)
        return Projection.of((box[0] - room, box[1] - room, box[2] + room, box[3] + room))
    if collection.boundary:
        box = box_of(collection.boundary.positions())
        return Projection.of(with_margin(box)) if box else None
    return around([place.shape for place in collection.places])


def _mark(place: Place, box: Box | None, projection: Projection, step: int) -> Mark:
    dots = [pixel(point, projection, 1, PARTS) for point in place.shape.points]
    path = _path(place.shape, projection, step, PARTS)
    if box and place.shape.rings and (not path or max(box[2] - box[0], box[3] - box[1]) < _SMALL):
        dots.append(pixel(place.shape.rings[0][0], projection, 1, PARTS))
    return Mark(place, path, tuple(dots))


def _path(shape: Shape, projection: Projection, step: int = 1, parts: int = 1) -> str:
    return path_of([corners_of(ring, projection, step, parts) for ring in shape.rings])
