"""A map as one SVG file: the outline of an area, and places in it.

Outlines come ready to draw; places, which come with the request, are put on the same grid of whole
pixels. What falls together there is drawn once, and places with too many corners get a coarser
grid. The file is a picture: it can run nothing and load nothing, and its only words are our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dashboard.colours import DEEP, INK, LAND, PAPER, TEAL
from dashboard.components.words import formatting
from dashboard.maps.geometry import Point, Ring, Shape, sampled
from performance_store.projection import (
    KM_A_DEGREE,
    WIDTH,
    Box,
    Corner,
    Projection,
    box_of,
    path_of,
    with_margin,
)
from performance_store.rows import Outline

MAX_PLACES = 5000
MAX_CORNERS = 24_000
"""Of all places together."""
# Where places are looked for if there is no boundary: degrees around England.
_SEARCH = (-6.6, 49.8, 2.1, 55.9)
_SMALL = 6
_LINE = 40


def draw(
    outline: Outline | None, places: Sequence[Shape], *, notes: Sequence[str] = ()
) -> str | None:
    """The map as SVG; None if there is nothing to draw. In: sentences that stand below it.

    At most 5,000 places are drawn; the words say so, and how many lie outside the map.
    """
    projection = outline or around(places)
    if projection is None:
        return None
    inside = [place for place in places if meets(place, projection)]
    sample, paths = _paths(sampled(inside, MAX_PLACES), projection)
    lines = [*notes, *_sentences(len(places), len(inside), len(sample))]
    bottom = projection.height
    height = bottom + _LINE * (len(lines) + 1) + 20
    parts = [
        _open(f"0 0 {WIDTH} {height}", height),
        f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>',
        _area(outline),
        _areas(paths),
        _dots(sample, projection),
        f'<rect y="{bottom}" width="{WIDTH}" height="{height}" fill="{PAPER}"/>',
        _scale(projection),
        *_words(lines, bottom + 2 * _LINE),
        "</svg>",
    ]
    return "".join(parts)


def words_only(words: str) -> str:
    """A picture that holds only a sentence."""
    paper = f'<rect width="{WIDTH}" height="100" fill="{PAPER}"/>'
    return "".join([_open(f"0 0 {WIDTH} 100", 100), paper, *_words([words], 60), "</svg>"])


def _open(box: str, height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" '
        f'width="{WIDTH}" height="{height}">'
    )


def around(places: Sequence[Shape]) -> Projection | None:
    """A drawing that holds what of the places is near England; None if nothing is."""
    west, south, east, north = _SEARCH
    box = box_of(
        (x, y)
        for place in places
        for x, y in place.positions()
        if west <= x <= east and south <= y <= north
    )
    return Projection.of(with_margin(box)) if box else None


def pixel(point: Point, projection: Projection, step: int = 1, parts: int = 1) -> Corner:
    """Where a position lies, in pixels or so many parts of one, on every so many of them."""
    # What lies far outside the picture need not be exact.
    x = max(min(projection.x(point[0]), 3 * WIDTH), -2 * WIDTH) * parts
    y = max(min(projection.y(point[1]), 3 * WIDTH), -2 * WIDTH) * parts
    return round(x / step) * step, round(y / step) * step


def box_in(place: Shape, projection: Projection) -> Box | None:
    """What a place takes up, in pixels: left, top, right and bottom."""
    return box_of(pixel(point, projection) for point in place.positions())


def meets(place: Shape, projection: Projection) -> bool:
    """Whether some of a place may be in the picture."""
    return is_in(box_in(place, projection), projection)


def is_in(box: Box | None, projection: Projection) -> bool:
    """Whether some of what takes up this box may be in the picture."""
    if box is None:
        return False
    return box[2] >= 0 and box[0] <= WIDTH and box[3] >= 0 and box[1] <= projection.height


def _paths(places: list[Shape], projection: Projection) -> tuple[list[Shape], list[str]]:
    """Places that together do not have too many corners, and the paths of those with an area."""
    while places:
        for step in (1, 2, 4, 8, 16):
            areas = [
                [corners_of(ring, projection, step) for ring in place.rings] for place in places
            ]
            if sum(len(ring) for area in areas for ring in area) <= MAX_CORNERS:
                return places, [path for area in areas if (path := path_of(area))]
        places = sampled(places, len(places) // 2)
    return [], []


def corners_of(ring: Ring, projection: Projection, step: int, parts: int = 1) -> list[Corner]:
    """The corners of a ring in pixels or parts of one, each once; none if they make no area."""
    corners: list[Corner] = []
    for point in ring:
        corner = pixel(point, projection, step, parts)
        if not corners or corners[-1] != corner:
            corners.append(corner)
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    return corners if len(corners) > 2 else []


def _area(outline: Outline | None) -> str:
    if outline is None:
        return ""
    return (
        f'<path d="{outline.path}" fill="{LAND}" stroke="{DEEP}" stroke-width="3" '
        'stroke-linejoin="round" fill-rule="evenodd"/>'
    )


def _areas(paths: Sequence[str]) -> str:
    if not paths:
        return ""
    style = f'fill="{TEAL}" fill-opacity=".45" stroke="{TEAL}" stroke-width="2"'
    areas = "".join(f'<path d="{path}"/>' for path in paths)
    return f'<g {style} fill-rule="evenodd">{areas}</g>'


def _dots(places: Sequence[Shape], projection: Projection) -> str:
    """Points, and areas too small to be seen, as dots; those at one spot are one."""
    points = [point for place in places for point in place.points]
    for place in places:
        box = box_in(place, projection) if place.rings else None
        if box and max(box[2] - box[0], box[3] - box[1]) < _SMALL:
            points.append(place.rings[0][0])
    if not points:
        return ""
    for step in (2, 4, 8, 16):
        spots = {pixel(point, projection, step) for point in points}
        if len(spots) <= MAX_PLACES:
            break
    path = "".join(f"M{x} {y}h0" for x, y in sorted(spots))
    return f'<path d="{path}" fill="none" stroke="{TEAL}" stroke-width="9" stroke-linecap="round"/>'


def _scale(projection: Projection) -> str:
    """A bar of some whole kilometres, at most a quarter of the picture wide."""
    pixels_a_km = projection.y_per_degree / KM_A_DEGREE
    room = WIDTH / 4 / pixels_a_km
    length = max((km for km in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100) if km <= room), default=0)
    if not length:
        return ""
    end = 20 + length * pixels_a_km
    y = projection.height + _LINE
    bar = f'<path d="M20 {y - 8}v8H{end:.0f}v-8" fill="none" stroke="{INK}" stroke-width="3"/>'
    return bar + _text(f"{length:g} km", end + 14, y)


def _words(lines: Sequence[str], top: float) -> list[str]:
    return [_text(line, 20, top + number * _LINE) for number, line in enumerate(lines)]


def _text(words: str, x: float, y: float) -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-family="Arial, sans-serif" font-size="34" '
        f'fill="{INK}">{escape(words)}</text>'
    )


def _sentences(places: int, inside: int, sample: int) -> list[str]:
    """What the map leaves out. In: how many places there are, are inside, and are drawn."""
    lines = []
    if sample < inside:
        lines.append(f"A sample: {formatting.n_of(sample, inside)} places are drawn.")
    if inside < places:
        lie = formatting.plural(places - inside, "place lies", "places lie")
        lines.append(f"{lie} outside this map.")
    return lines
