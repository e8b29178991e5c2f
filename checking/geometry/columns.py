"""Whole geometry columns: what the platform keeps of them, what it says and what it does not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from checking.geometry.cleaning import clean, rounded
from checking.geometry.output import point_texts, polygon_texts
from checking.geometry.reading import (
    COLLECTION,
    MULTIPOLYGON,
    POINT,
    POLYGON,
    Reading,
    Shapes,
    read_shapes,
)
from checking.geometry.systems import (
    OUT_OF_DEGREES,
    READINGS,
    REFUSED,
    UNKNOWN,
    WGS84,
    Floats,
    reproject,
    systems,
    to_degrees,
)
from checking.model import Cleaned, Mark, Texts

AREAS = [POLYGON, MULTIPOLYGON, COLLECTION]


@dataclass
class _Marks:
    """Marks as they come up."""

    marks: list[Mark] = field(default_factory=list)

    def add(self, rule: str, rows: Any, values: Any = None, messages: Any = None) -> None:
        """A mark, unless there are no rows. `rows` are a mask or indices."""
        rows = np.asarray(rows)
        if rows.dtype == bool:
            rows = np.flatnonzero(rows)
        if rows.size:
            self.marks.append(Mark(rule, "", rows.astype(np.int64), values, messages))


def polygons(values: Texts, *, crs: int | None = None) -> Cleaned:
    """A column of areas. In: stripped texts, and the EPSG number that the file declares."""
    marks = _Marks()
    reading = read_shapes(values, geojson=True)
    marks.add("invalid WKT", reading.unread, values[reading.unread])
    marks.add("invalid type geojson", reading.json)
    kinds = shapely.get_type_id(reading.shapes)
    wrong = ~np.isin(kinds, [-1, *AREAS])
    marks.add("Unexpected geom type", wrong, values[wrong])
    empty = ~wrong & shapely.is_empty(reading.shapes)
    marks.add("empty geometry", empty)
    mixed = ~empty & (kinds == COLLECTION)
    mixed[mixed] = [
        shapely.get_type_id(shapely.get_geometry(shape, 0)) not in (POLYGON, MULTIPOLYGON)
        for shape in reading.shapes[mixed]
    ]
    mixed &= ~reading.json
    marks.add("Unexpected geom type within GeometryCollection", mixed)
    rows = np.flatnonzero((kinds >= 0) & ~wrong & ~empty & ~mixed)
    shapes = np.full(len(values), None, dtype=object)
    shapes[rows] = _in_degrees(reading, rows, marks)
    rows = rows[~shapely.is_missing(shapes[rows])]
    repair = clean(shapes[rows])
    shapes[rows] = repair.shapes
    marks.add("collapsed geometry", rows[shapely.is_missing(repair.shapes)])
    left = (repair.reasons != "") & ~shapely.is_missing(repair.shapes)
    for rule, of in (
        ("invalid geometry - fixed", left & ~repair.invalid),
        ("invalid geometry - not fixable", left & repair.invalid),
    ):
        marks.add(rule, rows[of], repair.reasons[of])
    return Cleaned(polygon_texts(shapes), tuple(marks.marks), shapes)


def points(values: Texts, *, crs: int | None = None) -> Cleaned:
    """A column of points, in and out as `polygons`."""
    marks = _Marks()
    reading = read_shapes(values, geojson=False)
    # The platform takes a text that it cannot read for a pair, and its first two characters for
    # the numbers: two digits are a place off Africa.
    quirk = np.zeros(len(values), bool)
    quirk[reading.unread] = [
        len(value) > 1 and value[:2].isdecimal() for value in values[reading.unread]
    ]
    marks.add(OUT_OF_DEGREES, quirk)
    unread = reading.unread & ~quirk
    marks.add("invalid WKT", unread, values[unread])
    kinds = shapely.get_type_id(reading.shapes)
    wrong = ~np.isin(kinds, [-1, POINT])
    marks.add("Unexpected geom type", wrong, values[wrong])
    empty = ~wrong & shapely.is_empty(reading.shapes)
    marks.add("empty geometry", empty)
    rows = np.flatnonzero((kinds == POINT) & ~empty)
    x, y = shapely.get_x(reading.shapes[rows]), shapely.get_y(reading.shapes[rows])
    rows, x, y = _placed(rows, x, y, marks)
    texts, shapes = np.full(len(values), "", dtype=object), np.full(len(values), None, dtype=object)
    texts[rows], shapes[rows] = point_texts(x, y), shapely.points(x, y)
    return Cleaned(texts, tuple(marks.marks), shapes)


def pairs(x: Texts, y: Texts, *, crs: int | None = None) -> Cleaned:
    """Two columns of numbers as points (brownfield land's GeoX and GeoY). In: numbers as cleaned,
    '' where there is none. The texts are as the platform writes such points."""
    marks = _Marks()
    a, b = _numbers(x), _numbers(y)
    missing = np.isnan(a) | np.isnan(b)
    marks.add(
        "invalid WKT",
        missing,
        _column(map(str, map(list, zip(x[missing], y[missing], strict=True)))),
    )
    rows = np.flatnonzero(~missing)
    rows, longitude, latitude = _placed(rows, a[rows], b[rows], marks)
    texts, shapes = np.full(len(x), "", dtype=object), np.full(len(x), None, dtype=object)
    texts[rows] = [
        f"POINT({p} {q})" for p, q in zip(longitude.tolist(), latitude.tolist(), strict=True)
    ]
    shapes[rows] = shapely.points(longitude, latitude)
    return Cleaned(texts, tuple(marks.marks), shapes)


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


def _placed(rows: Any, x: Floats, y: Floats, marks: _Marks) -> tuple[Any, Floats, Floats]:
    """Points in degrees, rounded: the rows that have a place, longitudes and latitudes."""
    names = systems(x, y)
    longitude, latitude = x.copy(), y.copy()
    for name in (*READINGS, *REFUSED):
        of = names == name
        if name != WGS84:
            marks.add(name, rows[of])
        if name in READINGS:
            longitude[of], latitude[of] = to_degrees(x[of], y[of], *READINGS[name])
    placed = ~np.isin(names, REFUSED)
    return rows[placed], rounded(longitude[placed]), rounded(latitude[placed])


def _in_degrees(reading: Reading, rows: Any, marks: _Marks) -> Shapes:
    """The shapes of some rows in degrees, None where no system fits."""
    shapes = reading.shapes[rows]
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    first = np.searchsorted(owner, np.arange(len(rows)))
    names = systems(corners[first, 0], corners[first, 1])
    finite = np.ones(len(rows), bool)
    finite[owner[~np.isfinite(corners).all(axis=1)]] = False
    names[~finite] = UNKNOWN
    for name in (*READINGS, *REFUSED):
        if name != WGS84:
            marks.add(name, rows[(names == name) & ~reading.json[rows]])
    placed = ~np.isin(names, REFUSED)
    result = np.full(len(rows), None, dtype=object)
    result[placed] = reproject(shapes[placed], names[placed])
    return result
