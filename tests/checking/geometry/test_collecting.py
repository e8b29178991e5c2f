"""What is learnt from the shapes of a whole file: outside the boundary, drawn twice, on the map."""

from __future__ import annotations

import json
import time
from collections.abc import Set

import msgspec
import numpy as np
import pytest
import shapely

from checking.geometry import Boundary, Duplicates, MapShapes
from checking.geometry.mapshapes import MOST_BYTES, MOST_SHAPES

NOTTINGHAM = "POLYGON ((-1.25 52.88, -1.08 52.88, -1.08 53.02, -1.25 53.02, -1.25 52.88))"


def _shapes(*wkts: str | None) -> np.ndarray:
    return np.array([shapely.from_wkt(wkt) for wkt in wkts], dtype=object)


def _square(x: float, y: float, side: float = 0.01) -> shapely.Geometry:
    return shapely.box(x, y, x + side, y + side)


def test_outside_is_what_lies_mostly_beyond_the_boundary() -> None:
    shapes = _shapes(
        "POINT (-1.15 52.95)",
        "POINT (-2.9 54)",
        None,
        "POLYGON EMPTY",
        # Straddles the line: a third beyond it, two thirds beyond it.
        "POLYGON ((-1.10 52.95, -1.07 52.95, -1.07 52.96, -1.10 52.96, -1.10 52.95))",
        "POLYGON ((-1.09 52.95, -1.06 52.95, -1.06 52.96, -1.09 52.96, -1.09 52.95))",
        # Twenty metres beyond: boundaries are no more exact than that.
        "POINT (-1.0798 52.95)",
    )
    outside = Boundary(NOTTINGHAM).outside(shapes)
    assert outside.tolist() == [False, True, False, False, False, True, False]


def test_a_bent_shape_within_a_bent_boundary_is_inside() -> None:
    bent = "POLYGON ((0 0, 4 0, 4 4, 3 4, 3 1, 1 1, 1 4, 0 4, 0 0))"
    assert not Boundary(bent).outside(_shapes(bent)).any()


@pytest.mark.parametrize("wkt", ["", "see plan", "POINT (1 2)", "POLYGON EMPTY", "POINT (NaN 1)"])
def test_a_boundary_must_be_an_area(wkt: str) -> None:
    with pytest.raises(ValueError, match="boundary"):
        Boundary(wkt)


def test_a_boundary_of_many_corners_is_simplified_for_the_map() -> None:
    angles = np.linspace(0, 2 * np.pi, 60_000)
    circle = shapely.polygons(np.column_stack((np.cos(angles), 52 + np.sin(angles))))
    geometry = Boundary(circle.wkt).geojson()
    assert geometry["type"] == "Polygon"
    assert 50 < len(geometry["coordinates"][0]) <= 2_000


def test_names_what_is_drawn_twice() -> None:
    duplicates = Duplicates()
    duplicates.add(
        np.array([1, 2, 3, 4]),
        np.array([_square(0, 52), _square(0, 52), None, shapely.Point(1, 52)], dtype=object),
    )
    duplicates.add(
        np.array([5, 6, 7, 8, 9, 10]),
        np.array(
            [
                _square(0.0001, 52),  # 99% both ways
                _square(0.005, 52.005, 0.004),  # within
                _square(0.005, 52.02),  # elsewhere
                shapely.Point(1, 52),
                shapely.Point(1, 52.000001),
                _square(-0.01, 51.99, 0.05),  # around all of them
            ],
            dtype=object,
        ),
    )
    assert duplicates.pairs() == [
        (2, 1, "complete"),
        (5, 1, "complete"),
        (6, 1, "within"),
        (6, 5, "within"),
        (8, 4, "point"),
        (10, 1, "around"),
        (10, 5, "around"),
        (10, 6, "around"),
        (10, 7, "around"),
    ]
    assert not duplicates.more


def test_nothing_is_drawn_twice_in_nothing() -> None:
    assert Duplicates().pairs() == []


@pytest.mark.parametrize("shift", [0.0, 1e-6])
def test_a_file_that_draws_one_place_all_over_is_bounded(shift: float) -> None:
    duplicates = Duplicates()
    size = 2_000
    steps = np.arange(size) * shift
    duplicates.add(np.arange(size), shapely.box(steps, 52 + steps, 1 + steps, 53 + steps))
    start = time.process_time()
    pairs = duplicates.pairs()
    assert time.process_time() - start < 10
    assert len(pairs) == (size - 1 if shift == 0 else 100_000)
    assert duplicates.more == (shift > 0)


def written(shapes: MapShapes, late: Set[int] = frozenset()) -> list[dict]:
    return json.loads(msgspec.json.encode(shapes.features(late)))


def test_shapes_whose_trouble_shows_later_are_among_the_troubled_of_the_map() -> None:
    shapes = MapShapes()
    entries = np.arange(MOST_SHAPES)
    places = np.array([_square(-1, 52)] * MOST_SHAPES, dtype=object)
    shapes.add(entries, entries.astype(str).astype(object), places, entries < 1)
    shapes.add(
        entries[:1] + MOST_SHAPES, np.array(["n"], dtype=object), places[:1], entries[:1] < 0
    )
    assert shapes.without_trouble() >= {2, MOST_SHAPES}
    features = written(shapes, {2, MOST_SHAPES})
    assert [one["entry"] for one in features if one["trouble"]] == [0, 2, MOST_SHAPES]


def test_the_map_has_troubled_shapes_first_and_an_even_sample_of_the_others() -> None:
    shapes = MapShapes()
    size = 10_000
    for start in range(0, 50_000, size):
        entries = np.arange(start, start + size)
        places = np.array([_square(-1, 52)] * size, dtype=object)
        places[0] = None
        shapes.add(entries, entries.astype(str).astype(object), places, entries % 100 == 7)
    features = written(shapes)
    entries = [feature["entry"] for feature in features]
    assert shapes.total == 50_000 - 5
    assert entries == sorted(entries)
    assert MOST_SHAPES / 2 < len(features) <= MOST_SHAPES
    assert sum(feature["trouble"] for feature in features) == 500
    assert features[0]["reference"] == str(entries[0])
    assert features[0]["geometry"]["type"] == "Polygon"
    others = [feature["entry"] for feature in features if not feature["trouble"]]
    assert others[0] < 100
    assert others[-1] > 30_000


def test_shapes_of_many_corners_fit_the_map() -> None:
    shapes = MapShapes()
    angles = np.linspace(0, 2 * np.pi, 2_000)
    rough = np.random.default_rng(1).uniform(0.9, 1.1, (40, 2_000))
    rings = np.stack((np.cos(angles) * rough, 52 + np.sin(angles) * rough), axis=-1)
    rings[:, -1] = rings[:, 0]
    for _ in range(10):
        names = np.array(["r" * 500] * 40, dtype=object)
        shapes.add(np.arange(40), names, shapely.polygons(rings), np.ones(40, bool))
    features = written(shapes)
    assert len(json.dumps(features)) < 1.5 * MOST_BYTES
    assert len(features) > 100
    assert len(features[0]["reference"]) == 80
