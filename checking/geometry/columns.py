"""Whole geometry columns: what the platform keeps of them, what it says and what it does not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely

from checking.geometry.boundary import Boundary
from checking.geometry.cleaning import clean, rounded
from checking.geometry.hints import hints
from checking.geometry.marking import Marks
from checking.geometry.output import point_texts, polygon_texts
from checking.geometry.placing import (
    Placing,
    corners_in_box,
    place,
    points_in_degrees,
    shapes_in_degrees,
)
from checking.geometry.reading import (
    COLLECTION,
    MULTIPOLYGON,
    POINT,
    POLYGON,
    Reading,
    Shapes,
    read_shapes,
)
from checking.geometry.repairing import Budget
from checking.geometry.systems import OUT_OF_DEGREES, Floats, in_box
from checking.model import Cleaned, Numbers, Texts

CORNERS_A_SHAPE = 500_000
_CORNERS_A_BLOCK = 250_000


@np.errstate(all="ignore")
def polygons(
    values: Texts,
    *,
    crs: int | None = None,
    boundary: Boundary | None = None,
    budget: Budget | None = None,
) -> Cleaned:
    """A column of areas. In: stripped texts, the EPSG number that the file declares, the
    authority's boundary, and what is left to be spent on this file's shapes."""
    budget = budget or Budget()
    marks = Marks()
    reading = read_shapes(values, geojson=True)
    unread = values[reading.unread]
    marks.add("invalid WKT", reading.unread, unread, _column(hints(unread, area=True)))
    marks.add("invalid type geojson", reading.json)
    rows = _areas(values, reading, marks)
    rows = _within_budget(reading.shapes, rows, budget, marks)
    shapes = np.full(len(values), None, dtype=object)
    texts = np.full(len(values), "", dtype=object)
    for part in _blocks(reading.shapes, rows):
        shapes[part] = _placed_areas(reading, part, crs, boundary, marks)
        part = part[~shapely.is_missing(shapes[part])]
        shapes[part] = _cleaned_areas(shapes[part], part, budget, marks)
        texts[part] = polygon_texts(shapes[part])
    return Cleaned(texts, tuple(marks.marks), shapes)


@np.errstate(all="ignore")
def points(values: Texts, *, crs: int | None = None, boundary: Boundary | None = None) -> Cleaned:
    """A column of points, in and out as `polygons`."""
    marks = Marks()
    reading = read_shapes(values, geojson=False)
    unread = np.flatnonzero(reading.unread)
    # The platform takes a text that it cannot read for a pair, and its first two characters for
    # the numbers: two digits are a place off Africa.
    pair = np.array([len(value) > 1 and value[:2].isdecimal() for value in values[unread]], bool)
    what = _column(hints(values[unread], area=False))
    marks.add(OUT_OF_DEGREES, unread[pair], messages=what[pair])
    marks.add("invalid WKT", unread[~pair], values[unread[~pair]], what[~pair])
    kinds = shapely.get_type_id(reading.shapes)
    wrong = ~np.isin(kinds, [-1, POINT])
    marks.add("Unexpected geom type", wrong, values[wrong])
    empty = ~wrong & shapely.is_empty(reading.shapes)
    marks.add("empty geometry", empty)
    rows = np.flatnonzero((kinds == POINT) & ~empty)
    x, y = shapely.get_x(reading.shapes[rows]), shapely.get_y(reading.shapes[rows])
    rows, x, y = _placed_points(rows, x, y, crs, boundary, marks)
    texts, shapes = np.full(len(values), "", dtype=object), np.full(len(values), None, dtype=object)
    texts[rows], shapes[rows] = point_texts(x, y), shapely.points(x, y)
    return Cleaned(texts, tuple(marks.marks), shapes)


@np.errstate(all="ignore")
def pairs(
    x: Texts, y: Texts, *, crs: int | None = None, boundary: Boundary | None = None
) -> Cleaned:
    """Two columns of numbers as points (brownfield land's GeoX and GeoY). In: numbers as cleaned,
    '' where there is none. The texts are as the platform writes such points."""
    marks = Marks()
    a, b = _numbers(x), _numbers(y)
    missing = np.isnan(a) | np.isnan(b)
    halves = zip(x[missing], y[missing], strict=True)
    marks.add("invalid WKT", missing, _column(str(list(pair)) for pair in halves))
    rows = np.flatnonzero(~missing)
    rows, longitude, latitude = _placed_points(rows, a[rows], b[rows], crs, boundary, marks)
    texts, shapes = np.full(len(x), "", dtype=object), np.full(len(x), None, dtype=object)
    places = zip(longitude.tolist(), latitude.tolist(), strict=True)
    texts[rows] = [f"POINT({east} {north})" for east, north in places]
    shapes[rows] = shapely.points(longitude, latitude)
    return Cleaned(texts, tuple(marks.marks), shapes)


def _areas(values: Texts, reading: Reading, marks: Marks) -> Numbers:
    """The rows whose shapes are areas; others are marked."""
    kinds = shapely.get_type_id(reading.shapes)
    wrong = ~np.isin(kinds, [-1, POLYGON, MULTIPOLYGON, COLLECTION])
    marks.add("Unexpected geom type", wrong, values[wrong])
    empty = ~wrong & shapely.is_empty(reading.shapes)
    marks.add("empty geometry", empty)
    mixed = ~empty & (kinds == COLLECTION) & ~reading.json
    mixed[mixed] = ~np.isin(
        shapely.get_type_id(shapely.get_geometry(reading.shapes[mixed], 0)), [POLYGON, MULTIPOLYGON]
    )
    marks.add("Unexpected geom type within GeometryCollection", mixed)
    rows: Numbers = np.flatnonzero((kinds >= 0) & ~wrong & ~empty & ~mixed)
    return rows


def _within_budget(shapes: Shapes, rows: Numbers, budget: Budget, marks: Marks) -> Numbers:
    """The rows whose shapes have no more corners than may be, alone and all together."""
    counts = shapely.get_num_coordinates(shapes[rows])
    fits = counts <= CORNERS_A_SHAPE
    fits &= np.cumsum(np.where(fits, counts, 0)) <= budget.corners
    budget.corners -= int(counts[fits].sum())
    marks.add(
        "too many corners", rows[~fits], messages=_column(f"{n:,} corners." for n in counts[~fits])
    )
    within: Numbers = rows[fits]
    return within


def _blocks(shapes: Shapes, rows: Numbers) -> list[Numbers]:
    """Rows in pieces whose shapes have some 250,000 corners together, to bound memory."""
    corners = np.cumsum(shapely.get_num_coordinates(shapes[rows])) // _CORNERS_A_BLOCK
    return np.split(rows, np.flatnonzero(np.diff(corners)) + 1)


def _placed_areas(
    reading: Reading, rows: Numbers, crs: int | None, boundary: Boundary | None, marks: Marks
) -> Shapes:
    """The shapes of some rows in degrees, None where they have no place."""
    shapes = reading.shapes[rows]
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    first = np.searchsorted(owner, np.arange(len(rows)))
    finite = np.ones(len(rows), bool)
    finite[owner[~(np.isfinite(corners[:, 0]) & np.isfinite(corners[:, 1]))]] = False
    x, y = (np.where(finite, corners[first, axis], np.nan) for axis in (0, 1))
    placing = place(x, y, crs, boundary)
    untested = reading.json[rows]
    placing.report(marks, rows, _first_alone(placing, corners, owner), untested)
    result = shapes_in_degrees(shapes, placing)
    placed = np.flatnonzero(placing.placed)
    inside, on_earth = corners_in_box(result[placed])
    marks.add("corner outside England", rows[placed[~inside]])
    result[placed[~on_earth]] = None
    return result


def _first_alone(placing: Placing, corners: Floats, owner: Numbers) -> Texts:
    """For shapes refused for their first corner, that others are in England, if they are."""
    messages = np.full(len(placing.names), "", dtype=object)
    of = ~placing.placed[owner]
    others = owner[of][in_box(corners[of, 0], corners[of, 1])]
    messages[others] = "Other corners are in England: the platform looks at the first only."
    return messages


def _cleaned_areas(shapes: Shapes, rows: Numbers, budget: Budget, marks: Marks) -> Shapes:
    """Shapes in degrees cleaned, None where nothing is left."""
    cleaning = clean(shapes, budget)
    gone = shapely.is_missing(cleaning.shapes)
    marks.add("collapsed geometry", rows[gone & ~cleaning.invalid])
    repaired = (cleaning.reasons != "") & ~gone & ~cleaning.invalid
    for rule, of in (
        ("invalid geometry - fixed", repaired),
        ("invalid geometry - not fixable", cleaning.invalid),
    ):
        marks.add(rule, rows[of], cleaning.reasons[of], cleaning.messages[of])
    return cleaning.shapes


def _placed_points(
    rows: Numbers,
    x: Floats,
    y: Floats,
    crs: int | None,
    boundary: Boundary | None,
    marks: Marks,
) -> tuple[Any, Floats, Floats]:
    """Points in degrees, rounded: the rows that have a place, longitudes and latitudes."""
    placing = place(x, y, crs, boundary)
    placing.report(marks, rows, None, np.zeros(len(rows), bool))
    longitude, latitude = points_in_degrees(x, y, placing)
    placed = placing.placed
    return rows[placed], rounded(longitude[placed]), rounded(latitude[placed])


def _column(texts: Iterable[str]) -> Texts:
    """Texts as an array of objects."""
    return np.array(list(texts), dtype=object)


def _numbers(texts: Texts) -> Floats:
    """Numbers of texts, NaN where there is none."""
    try:
        return np.where(texts == "", "nan", texts).astype(np.float64)
    except ValueError:
        return np.array([_number(text) for text in texts])


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan
