"""A map as one SVG file: the outline of an area, and places in it.

Degrees are drawn as they are, narrower from east to west by the cosine of the latitude: right
enough for one authority. Everything is on a grid of whole numbers; what falls together there is
drawn once, and a map with too many corners gets a coarser grid. The file is shown as a picture: it
can run nothing and load nothing, and its only words are our own.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from dashboard.components.words import formatting
from dashboard.maps.geometry import Point, Ring, Shape, sampled

WIDTH = 1000
MAX_PLACES = 5000
MAX_CORNERS = 30_000
# Where places are looked for if there is no boundary: degrees around England.
_ENGLAND = (-6.6, 49.8, 2.1, 55.9)
_MARGIN = 0.06
_SMALLEST = 0.04
_SMALL = 6
_KM_A_DEGREE = 111.2
_LINE = 40
_INK, _PAPER, _LAND, _EDGE, _PLACE = "#1b282d", "#f7f5f0", "#e4e0d3", "#10333a", "#0b5d66"
_FAINT = "#8d8676"
# Grid of a map of all authorities: nobody sees less in a country as wide as half a page.
_COARSE = 2

Box = tuple[float, float, float, float]


def draw(
    boundary: Shape | None, places: Sequence[Shape], *, notes: Sequence[str] = ()
) -> str | None:
    """The map as SVG; None if there is nothing to draw. In: what stands in words below it.

    At most 5,000 places are drawn; the words say so, and how many lie outside the map.
    """
    frame = _frame(boundary, places)
    if frame is None:
        return None
    grid = _Grid(frame)
    inside = [place for place in places if grid.shows(place)]
    chosen, step = _fitting(boundary, sampled(inside, MAX_PLACES), grid)
    said = [*notes, *_said(len(places), len(inside), len(chosen))]
    height = grid.height + _LINE * (len(said) + 1) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}">',
        f'<rect width="{WIDTH}" height="{height}" fill="{_PAPER}"/>',
        *_outline(boundary, grid, step),
        *_areas(chosen, grid, step),
        *_dots(chosen, grid),
        f'<rect y="{grid.height}" width="{WIDTH}" height="{height}" fill="{_PAPER}"/>',
        *_scale(grid),
        *_words(said, grid.height + 2 * _LINE),
        "</svg>",
    ]
    return "".join(parts)


def words_only(words: str) -> str:
    """A picture that holds only a sentence."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} 100" width="{WIDTH}" '
        f'height="100"><rect width="{WIDTH}" height="100" fill="{_PAPER}"/>'
        f"{''.join(_words([words], 60))}</svg>"
    )


class _Grid:
    """From degrees to whole numbers of the drawing."""

    def __init__(self, frame: Box) -> None:
        self._west, south, east, self._north = frame
        self._narrow = max(math.cos(math.radians((south + self._north) / 2)), 0.05)
        self.unit = WIDTH / ((east - self._west) * self._narrow)
        # A long thin area must not make a picture as tall as a page.
        tall = (self._north - south) * self.unit
        self.height = min(round(tall), WIDTH * 3 // 2)
        self._shift = 0.0
        if tall > self.height:
            self.unit *= self.height / tall
            self._shift = (WIDTH - WIDTH * self.height / tall) / 2

    def at(self, point: Point, step: int = 1) -> tuple[int, int]:
        """Where a position lies, on every so many numbers."""
        x = (point[0] - self._west) * self._narrow * self.unit + self._shift
        y = (self._north - point[1]) * self.unit
        return _clamp(x, step), _clamp(y, step)

    def shows(self, shape: Shape) -> bool:
        """Whether some of a shape may be in the frame."""
        box = _box(map(self.at, shape.positions()))
        if box is None:
            return False
        return box[2] >= 0 and box[0] <= WIDTH and box[3] >= 0 and box[1] <= self.height


def _clamp(value: float, step: int) -> int:
    # What lies far outside the picture need not be exact.
    return round(max(min(value, 3 * WIDTH), -2 * WIDTH) / step) * step


def _frame(boundary: Shape | None, places: Sequence[Shape]) -> Box | None:
    if boundary is not None:
        box = _box(boundary.positions())
    else:
        west, south, east, north = _ENGLAND
        box = _box(
            (x, y)
            for place in places
            for x, y in place.positions()
            if west <= x <= east and south <= y <= north
        )
    if box is None:
        return None
    across, up = _margin(box[2] - box[0]), _margin(box[3] - box[1])
    return box[0] - across, box[1] - up, box[2] + across, box[3] + up


def _margin(span: float) -> float:
    # A single point would otherwise be a map of nothing.
    return max(span * _MARGIN, (_SMALLEST - span) / 2)


def _box(points: Iterable[Point]) -> Box | None:
    xs, ys = [], []
    for x, y in points:
        xs.append(x)
        ys.append(y)
    return (min(xs), min(ys), max(xs), max(ys)) if xs else None


def _fitting(boundary: Shape | None, places: list[Shape], grid: _Grid) -> tuple[list[Shape], int]:
    """Places, and the finest grid, that together do not have too many corners."""
    outline = [boundary] if boundary is not None else []
    while True:
        for step in (1, 2, 4, 8, 16):
            shapes = [*outline, *places]
            corners = sum(len(ring) for shape in shapes for ring in _rings(shape, grid, step))
            if corners <= MAX_CORNERS:
                return places, step
        if not places:
            return places, 16
        places = sampled(places, len(places) // 2)


def _rings(shape: Shape, grid: _Grid, step: int) -> Iterator[list[tuple[int, int]]]:
    for ring in shape.rings:
        drawn = _ring(ring, grid, step)
        if len(drawn) > 2:
            yield drawn


def _ring(ring: Ring, grid: _Grid, step: int) -> list[tuple[int, int]]:
    drawn: list[tuple[int, int]] = []
    for point in ring:
        at = grid.at(point, step)
        if not drawn or drawn[-1] != at:
            drawn.append(at)
    if len(drawn) > 1 and drawn[0] == drawn[-1]:
        drawn.pop()
    return drawn


def _path(shape: Shape, grid: _Grid, step: int) -> str:
    pieces = []
    for ring in _rings(shape, grid, step):
        rest = "L".join(f"{x} {y}" for x, y in ring[1:])
        pieces.append(f"M{ring[0][0]} {ring[0][1]}L{rest}Z")
    return "".join(pieces)


def _outline(boundary: Shape | None, grid: _Grid, step: int) -> list[str]:
    path = _path(boundary, grid, step) if boundary else ""
    if not path:
        return []
    return [
        f'<path d="{path}" fill="{_LAND}" stroke="{_EDGE}" stroke-width="3" '
        'stroke-linejoin="round" fill-rule="evenodd"/>'
    ]


def _areas(places: Sequence[Shape], grid: _Grid, step: int) -> list[str]:
    paths = [_path(place, grid, step) for place in places if place.rings]
    drawn = [f'<path d="{path}"/>' for path in paths if path]
    if not drawn:
        return []
    style = f'fill="{_PLACE}" fill-opacity=".45" stroke="{_PLACE}" stroke-width="2"'
    return [f'<g {style} fill-rule="evenodd">', *drawn, "</g>"]


def _dots(places: Sequence[Shape], grid: _Grid) -> list[str]:
    """Points, and areas too small to be seen, as dots; those at one spot are one."""
    points = [point for place in places for point in place.points]
    for place in places:
        box = _box(map(grid.at, place.positions()))
        if place.rings and box and max(box[2] - box[0], box[3] - box[1]) < _SMALL:
            points.append(place.rings[0][0])
    if not points:
        return []
    for step in (2, 4, 8, 16):
        found = {grid.at(point, step) for point in points}
        if len(found) <= MAX_PLACES:
            break
    path = "".join(f"M{x} {y}h0" for x, y in sorted(found))
    return [
        f'<path d="{path}" fill="none" stroke="{_PLACE}" stroke-width="9" stroke-linecap="round"/>'
    ]


def _scale(grid: _Grid) -> list[str]:
    room = WIDTH / 4 / grid.unit * _KM_A_DEGREE
    length = max((km for km in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100) if km <= room), default=0)
    if not length:
        return []
    end = 20 + length * grid.unit / _KM_A_DEGREE
    y = grid.height + _LINE
    bar = f'<path d="M20 {y - 8}v8H{end:.0f}v-8" fill="none" stroke="{_INK}" stroke-width="3"/>'
    return [bar, _text(f"{length:g} km", end + 14, y)]


def _words(lines: Sequence[str], top: float) -> list[str]:
    return [_text(line, 20, top + number * _LINE) for number, line in enumerate(lines)]


def _text(words: str, x: float, y: float) -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-family="Arial, sans-serif" font-size="34" '
        f'fill="{_INK}">{escape(words)}</text>'
    )


def _said(places: int, inside: int, drawn: int) -> list[str]:
    said = []
    if drawn < inside:
        said.append(f"A sample: {formatting.n_of(drawn, inside)} places are drawn.")
    if inside < places:
        lie = formatting.plural(places - inside, "place lies", "places lie")
        said.append(f"{lie} outside this map.")
    return said


@dataclass(frozen=True, slots=True)
class Mosaic:
    """Many areas on one grid: the path of each, and how tall the drawing is (it is WIDTH wide)."""

    paths: Mapping[str, str]
    height: int


def mosaic(areas: Mapping[str, Shape]) -> Mosaic | None:
    """Areas beside each other, such as all authorities; None where there is nothing to draw.

    In: shapes by a name. An area too small for the grid has no path.
    """
    box = _box(point for shape in areas.values() for point in shape.positions())
    if box is None:
        return None
    grid = _Grid(box)
    _, finest = _fitting(None, list(areas.values()), grid)
    step = max(finest, _COARSE)
    paths = {name: _short_path(shape, grid, step) for name, shape in areas.items()}
    return Mosaic({name: path for name, path in paths.items() if path}, grid.height)


def _short_path(shape: Shape, grid: _Grid, step: int) -> str:
    """A path by how far each corner is from the one before: half as many letters."""
    pieces = []
    for ring in _rings(shape, grid, step):
        moves = [
            f"{x - before_x} {y - before_y}"
            for (before_x, before_y), (x, y) in itertools.pairwise(ring)
        ]
        pieces.append(f"M{ring[0][0]} {ring[0][1]}l{' '.join(moves).replace(' -', '-')}z")
    return "".join(pieces)


def coloured(tiles: Mosaic, fills: Mapping[str, str]) -> str:
    """A mosaic as SVG. In: the colour of each area by its name; the others are left as outlines."""
    outlines = "".join(path for name, path in tiles.paths.items() if name not in fills)
    drawn = [
        f'<path d="{path}" fill="{escape(fills[name])}"/>'
        for name, path in tiles.paths.items()
        if name in fills
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {WIDTH + 8} {tiles.height + 8}" '
        f'width="{WIDTH}" height="{tiles.height}">'
        f'<g stroke="{_EDGE}" stroke-width="1.5" stroke-linejoin="round" fill-rule="evenodd">'
        f'<path d="{outlines}" fill="{_PAPER}" stroke="{_FAINT}"/>{"".join(drawn)}</g></svg>'
    )
