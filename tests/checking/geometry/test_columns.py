"""Geometry columns beyond the platform's cases: what only we say, odd and hostile cells."""

from __future__ import annotations

import json
import re
import time

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from checking.geometry import Boundary, Budget, pairs, points, polygons
from checking.geometry.output import polygon_texts
from checking.model import Cleaned, Texts

GOOD = "POLYGON((-1.15 52.95,-1.14 52.95,-1.14 52.96,-1.15 52.96,-1.15 52.95))"
SQUARE = (
    "MULTIPOLYGON (((-1.150000 52.950000,-1.140000 52.950000,-1.140000 52.960000,"
    "-1.150000 52.960000,-1.150000 52.950000)))"
)
GRID = "POLYGON((457200 340100,457700 340100,457700 340600,457200 340600,457200 340100))"
NOTTINGHAM = Boundary("POLYGON ((-1.25 52.88,-1.08 52.88,-1.08 53.02,-1.25 53.02,-1.25 52.88))")


def _texts(*values: str) -> Texts:
    return np.array(values, dtype=object)


def _marks(cleaned: Cleaned) -> list[tuple[int, str, str]]:
    return sorted(
        (int(row), mark.rule, "" if mark.messages is None else mark.messages[n])
        for mark in cleaned.marks
        for n, row in enumerate(mark.rows)
    )


def _rules(cleaned: Cleaned) -> list[str]:
    return [rule for _, rule, _ in _marks(cleaned)]


def _hint(cell: str, *, area: bool = True) -> str:
    ((_, _, message),) = _marks((polygons if area else points)(_texts(cell)))
    return message


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("SRID=4326;" + GOOD, "before the semicolon"),
        ('{"type":"Feature","geometry":null}', "geometry of the feature"),
        ("0103000000010000000400000000000000", "binary form"),
        ("-1.15, 52.95", "An area is wanted"),
        ("TQ 308 752", "without letters"),
        ("CURVEPOLYGON((0 0,1 1,1 0,0 0))", "Curves"),
        ("GEOMETRYCOLLECTION(CIRCULARSTRING(0 0,1 1,2 0))", "Curves"),
        ("POLYGON((-1.15 52.95,-1.14 52.95,-1.14 52.96))", "not closed"),
        ("MULTIPOLYGON(((-1.15 52.95,-1.14 52.9", "Brackets"),
        ("POLYGON((" + "1" * 32_758, "32,767"),
        ("see plan", ""),
    ],
)
def test_says_what_to_do_about_a_cell_that_is_no_shape(cell: str, words: str) -> None:
    assert words in _hint(cell)


def test_a_pair_in_a_point_column_is_out_of_bounds_as_on_the_platform_with_help() -> None:
    cleaned = points(_texts("52.95,-1.15", "-1.15,52.95", "5"))
    assert _marks(cleaned) == [
        (0, "WGS84 out of bounds of England", "Write POINT (-1.15 52.95)."),
        (1, "invalid WKT", "Write POINT (-1.15 52.95)."),
        (2, "invalid WKT", ""),
    ]


def test_one_odd_cell_takes_no_other_with_it() -> None:
    odd = [
        "GEOMETRYCOLLECTION(" * 100_000,
        '{"type":"GeometryCollection","geometries":[' * 50_000,
        '{"type":"Polygon","coordinates":' + "[" * 100_000,
        "CURVEPOLYGON(CIRCULARSTRING(0 0,1 1,2 0,1 -1,0 0))",
        "\ud800",
        "POINT(1 2)\0",
        "POLYGON((NaN 52,-1 52,-1 53,NaN 52))",
        "POLYGON((-1 52,-1 1e999,-2 53,-1 52))",
        "MULTIPOLYGON(EMPTY,((-1.15 52.95,-1.14 52.95,-1.14 52.96,-1.15 52.95)))",
        "POLYGON M((-1.15 52.95 1,-1.14 52.95 1,-1.14 52.96 1,-1.15 52.95 1))",
    ]
    cleaned = polygons(_texts(GOOD, *odd, GOOD))
    assert cleaned.texts[0] == cleaned.texts[-1] == SQUARE
    for row in range(1, len(odd) + 1):
        assert cleaned.texts[row] or row in {n for n, _, _ in _marks(cleaned)}, odd[row - 1][:40]


def test_halves_of_the_last_decimal_are_decided_by_the_true_value() -> None:
    numbers = [float(f"52.95{n:04}5") for n in range(10_000)]
    texts = points(_texts(*(f"POINT(-1.15 {number})" for number in numbers))).texts
    assert texts.tolist() == [f"POINT (-1.150000 {number:.6f})" for number in numbers]


def test_empty_and_collapsed_shapes_do_not_vanish_unseen() -> None:
    cleaned = polygons(
        _texts("POLYGON EMPTY", "POLYGON((-1.15 52.95,-1.14 52.95,-1.13 52.95,-1.15 52.95))", GOOD)
    )
    assert _rules(cleaned) == ["empty geometry", "collapsed geometry"]
    assert _rules(points(_texts("POINT EMPTY"))) == ["empty geometry"]


def test_all_corners_are_looked_at() -> None:
    stray = "POLYGON((-1.15 52.95,-1.14 52.95,52.96 -1.14,-1.15 52.96,-1.15 52.95))"
    far = "POLYGON((-1.15 52.95,457700 340100,-1.14 52.96,-1.15 52.95))"
    unlucky = "POLYGON((0 0,-1.14 52.95,-1.14 52.96,-1.15 52.96,0 0))"
    cleaned = polygons(_texts(stray, far, unlucky))
    assert _marks(cleaned)[0][:2] == (0, "corner outside England")
    assert (1, "corner outside England", "") in _marks(cleaned)
    assert cleaned.texts[1] == ""
    assert _marks(cleaned)[-1][1] == "WGS84 out of bounds of England"
    assert "first only" in _marks(cleaned)[-1][2]


def test_coordinates_of_geojson_are_looked_at() -> None:
    grid, flipped = (
        json.dumps({"type": "Polygon", "coordinates": [ring]})
        for ring in (
            [[457200, 340100], [457300, 340100], [457300, 340200], [457200, 340100]],
            [[52.95, -1.15], [52.95, -1.14], [52.96, -1.14], [52.95, -1.15]],
        )
    )
    cleaned = polygons(_texts(grid, flipped))
    assert _rules(cleaned) == ["coordinates not tested", "invalid type geojson"] * 2
    assert "National Grid" in _marks(cleaned)[0][2]
    assert all(text.startswith("MULTIPOLYGON (((-1.1") for text in cleaned.texts)


def test_tells_when_the_declared_system_contradicts_the_numbers() -> None:
    cells = _texts(GOOD, GRID, "")
    assert _rules(polygons(cells, crs=4326)) == ["OSGB", "declared system contradicts"]
    assert _marks(polygons(cells, crs=27700))[0] == (
        0,
        "declared system contradicts",
        "The file declares EPSG:27700, the numbers are longitudes and latitudes.",
    )
    assert _rules(polygons(_texts(GOOD), crs=4258)) == []
    assert _rules(polygons(_texts(GOOD), crs=99_999_999)) == []


def test_uses_a_declared_system_that_the_platform_does_not_take() -> None:
    # Zone 30 of UTM.
    cleaned = points(_texts("POINT(624279 5868000)"), crs=32630)
    ((_, rule, message),) = _marks(cleaned)
    assert rule == "invalid coordinates"
    assert "EPSG:32630" in message
    assert cleaned.texts[0].startswith("POINT (-1.15")


@pytest.mark.parametrize("kind", ["polygons", "points", "pairs"])
def test_finds_exchanged_grid_axes_by_the_boundary(kind: str) -> None:
    if kind == "polygons":
        swapped = re.sub(r"(\d+) (\d+)", r"\2 \1", GRID)
        cleaned = polygons(_texts(GRID, swapped), boundary=NOTTINGHAM)
    elif kind == "points":
        cleaned = points(
            _texts("POINT(457200 340100)", "POINT(340100 457200)"), boundary=NOTTINGHAM
        )
    else:
        cleaned = pairs(_texts("457200", "340100"), _texts("340100", "457200"), boundary=NOTTINGHAM)
    assert [(row, rule) for row, rule, _ in _marks(cleaned)] == [
        (0, "OSGB"),
        (1, "OSGB"),
        (1, "grid axes exchanged"),
    ]


def test_a_pair_of_which_a_half_is_missing_is_no_point() -> None:
    cleaned = pairs(_texts("530800", "", "x"), _texts("", "", "5"))
    (mark,) = cleaned.marks
    assert mark.rule == "invalid WKT"
    assert mark.values is not None
    assert mark.values.tolist() == ["['530800', '']", "['', '']", "['x', '5']"]


def test_corners_of_a_file_are_bounded() -> None:
    budget = Budget(corners=12)
    first = polygons(_texts(GOOD, GOOD), budget=budget)
    second = polygons(_texts(GOOD), budget=budget)
    assert first.texts.tolist() == [SQUARE, SQUARE]
    assert _marks(second) == [(0, "too many corners", "5 corners.")]


@pytest.mark.parametrize("corners", [60, 150, 3_000])
def test_a_scribble_costs_no_more_than_a_little_time(corners: int) -> None:
    places = np.random.default_rng(1).uniform((-1.2, 52.9), (-1.1, 53), (corners, 2))
    scribble = shapely.polygons(np.concatenate((places, places[:1]))).wkt
    start = time.process_time()
    cleaned = polygons(_texts(scribble, GOOD))
    assert time.process_time() - start < 6
    rule = "invalid geometry - not fixable" if corners == 3_000 else "invalid geometry - fixed"
    assert _rules(cleaned) == [rule]
    assert cleaned.texts[1] == SQUARE


def test_a_zigzag_of_very_many_corners_neither_ends_nor_holds_up_the_process() -> None:
    steps = np.arange(60_000)
    line = np.column_stack((-2 + steps / 60_000, np.where(steps % 2, 52, 52.5 + steps / 200_000)))
    ring = np.concatenate((line, [[-1, 53], [-1.5, 53.5], [-2, 54], line[0]]))
    cleaned = polygons(_texts(shapely.polygons(ring).wkt))
    assert cleaned.texts[0] or cleaned.marks


def _number() -> st.SearchStrategy[str]:
    numbers = st.one_of(
        st.floats(-10, 60),
        st.floats(0, 1_000_000),
        st.floats(),
        st.sampled_from([-1.15, -1.14, -1.13, 52.95, 52.96, 52.97]),
        st.sampled_from([457_200, 340_100, 457_700, 340_600]),
    )
    return numbers.map(lambda number: f"{number:.7g}")


def _ring() -> st.SearchStrategy[str]:
    corner = st.tuples(_number(), _number()).map(" ".join)
    near = st.tuples(st.integers(-115, -110), st.integers(5290, 5295)).map(
        lambda pair: f"{pair[0] / 100} {pair[1] / 100}"
    )
    corners = st.one_of(*(st.lists(one, min_size=1, max_size=9) for one in (corner, near, near)))
    closed = corners.map(lambda corners: [*corners, corners[0]])
    return st.one_of(closed, closed, corners).map(lambda corners: f"({','.join(corners)})")


def _cell() -> st.SearchStrategy[str]:
    polygon = st.lists(_ring(), min_size=1, max_size=3).map(lambda rings: f"({','.join(rings)})")
    several = st.lists(polygon, max_size=3).map(",".join)
    area = st.one_of(
        polygon.map("POLYGON{}".format),
        several.map("MULTIPOLYGON({})".format),
        st.sampled_from(["POLYGON EMPTY", "POINT EMPTY", "CURVEPOLYGON((0 0,1 1,0 1,0 0))"]),
    )
    cell = st.one_of(
        area,
        st.tuples(_number(), _number()).map(lambda pair: f"POINT({pair[0]} {pair[1]})"),
        st.lists(area, max_size=3).map(lambda ones: f"GEOMETRYCOLLECTION({','.join(ones)})"),
        st.text(max_size=20),
    )
    as_json = area.map(_geojson)
    cut = st.tuples(cell, st.integers(1, 60)).map(lambda both: both[0][: both[1]])
    return st.one_of(cell, as_json, cut).map(str.strip)


@np.errstate(all="ignore")
def _geojson(wkt: str) -> str:
    try:
        return str(shapely.to_geojson(shapely.from_wkt(wkt)))
    except (NotImplementedError, shapely.GEOSException):
        return '{"type":"Polygon"}'


@st.composite
def _cells(draw: st.DrawFn) -> list[str]:
    """A column; composed, as the strategies within are too long to print."""
    return draw(st.lists(_cell(), min_size=1, max_size=6))


@settings(max_examples=100, deadline=None)
@given(cells=_cells(), area=st.booleans())
def test_no_cell_is_lost_whatever_it_holds(cells: list[str], area: bool) -> None:
    clean = polygons if area else points
    cleaned = clean(_texts(*cells))
    marks = _marks(cleaned)
    marked = {row for row, _, _ in marks}
    not_fixed = {row for row, rule, _ in marks if rule == "invalid geometry - not fixable"}
    for row, (cell, text) in enumerate(zip(cells, cleaned.texts, strict=True)):
        shape = cleaned.shapes[row]
        assert bool(text) == (shape is not None)
        assert not cell or text or row in marked, cell
        if text:
            again = shapely.from_wkt(text)
            west, south, east, north = again.bounds
            assert -180 <= west <= east <= 180
            assert -90 <= south <= north <= 90
            assert again.is_valid or row in not_fixed
        # Others make no difference.
        alone = clean(_texts(cell))
        assert alone.texts[0] == text
        assert [(rule, message) for _, rule, message in _marks(alone)] == [
            (rule, message) for n, rule, message in marks if n == row
        ]


def test_holes_and_parts_stay_what_they_are() -> None:
    hole = (
        "(-1 52, -0.9 52, -0.9 52.1, -1 52), (-0.92 52.01, -0.91 52.02, -0.91 52.01, -0.92 52.01)"
    )
    other = "(100 0, 101 0, 101 0.000001, 100 0)"
    texts = polygon_texts(shapely.from_wkt([f"MULTIPOLYGON (({hole}), ({other}))"] * 2 + [None]))
    assert texts[2] == ""
    assert set(texts[:2]) == {
        "MULTIPOLYGON (((-1.000000 52.000000,-0.900000 52.000000,-0.900000 52.100000,"
        "-1.000000 52.000000),(-0.920000 52.010000,-0.910000 52.020000,-0.910000 52.010000,"
        "-0.920000 52.010000)),((100.000000 0.000000,101.000000 0.000000,101.000000 0.000001,"
        "100.000000 0.000000)))"
    }
