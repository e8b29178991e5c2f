"""Boundaries made ready to draw: few corners, valid, the same area; what is none is told of."""

from __future__ import annotations

import json
import math
import random
import re
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import Engine, text

from performance_store.loading import load, outlines
from performance_store.loading.outlines import MAX_CORNERS, MAX_TILE_CORNERS, Unusable, outline
from performance_store.projection import ENGLAND, WIDTH
from performance_store.sample.reader import Sample

SQUARE = [[-1.2, 51.9], [-0.8, 51.9], [-0.8, 52.1], [-1.2, 52.1], [-1.2, 51.9]]


def polygon(*rings: Any) -> str:
    return json.dumps({"type": "Polygon", "coordinates": rings})


def ring(x: float, y: float, size: float, corners: int, wobble: float = 0.0) -> list[list[float]]:
    chance, turn = random.Random(7), 2 * math.pi / corners
    points = [
        [x + reach * math.cos(turn * n), y + reach * math.sin(turn * n)]
        for n in range(corners)
        for reach in [size * (1 - chance.uniform(0, wobble))]
    ]
    return [*points, points[0]]


def shape_of(path: str) -> shapely.Geometry:
    """The area that a path encloses, in pixels."""
    rings = []
    for x, y, moves in re.findall(r"M(-?\d+) (-?\d+)l([^z]+)z", path):
        corners = [(int(x), int(y))]
        steps = [int(number) for number in re.findall(r"-?\d+", moves)]
        for right, down in zip(steps[::2], steps[1::2], strict=True):
            corners.append((corners[-1][0] + right, corners[-1][1] + down))
        rings.append(shapely.Polygon(corners))
    whole = shapely.Polygon()
    for area in rings:
        whole = shapely.symmetric_difference(whole, shapely.make_valid(area))
    return whole


def corners_of(path: str) -> int:
    return len(re.findall(r"-?\d+", path)) // 2


def test_a_square_is_drawn_where_its_degrees_lie() -> None:
    projection, path, tile = outline(polygon(SQUARE))
    left, top, right, bottom = shape_of(path).bounds
    assert (left, right) == pytest.approx((projection.x(-1.2), projection.x(-0.8)), abs=1)
    assert (top, bottom) == pytest.approx((projection.y(52.1), projection.y(51.9)), abs=1)
    assert 0 < left < 100
    assert right == WIDTH - left
    assert tile is not None
    assert shape_of(tile).centroid.distance(shapely.Point(ENGLAND.x(-1), ENGLAND.y(52))) < 2


def test_holes_stay_and_a_ring_that_is_not_closed_is() -> None:
    hole = [[-1.1, 51.95], [-0.9, 51.95], [-0.9, 52.05], [-1.1, 52.05]]
    _, path, _ = outline(polygon(SQUARE[:-1], hole))
    _, whole, _ = outline(polygon(SQUARE))
    assert path.count("M") == 2
    assert shape_of(path).area == pytest.approx(shape_of(whole).area * 0.75, rel=0.01)


def test_what_crosses_itself_is_made_valid() -> None:
    bow = [[-1.2, 51.9], [-0.8, 52.1], [-0.8, 51.9], [-1.2, 52.1], [-1.2, 51.9]]
    _, path, _ = outline(polygon(bow))
    assert path.count("M") == 2
    two = json.dumps({"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]})
    assert shape_of(outline(two)[1]).equals(shape_of(outline(polygon(SQUARE))[1]))


def test_many_corners_become_few() -> None:
    projection, path, tile = outline(polygon(ring(-1, 52, 0.5, 50_000)))
    assert corners_of(path) <= MAX_CORNERS
    assert tile is not None
    assert corners_of(tile) <= MAX_TILE_CORNERS
    expected = math.pi * 0.25 * projection.x_per_degree * projection.y_per_degree
    assert shape_of(path).area == pytest.approx(expected, rel=0.01)


def test_a_hedgehog_of_corners_becomes_a_plain_one() -> None:
    _, path, tile = outline(polygon(ring(-1, 52, 0.5, 10_000, wobble=0.3)))
    assert corners_of(path) <= MAX_CORNERS
    assert tile is not None
    assert corners_of(tile) <= MAX_TILE_CORNERS


def test_of_many_islands_the_large_ones_stay() -> None:
    islands = [[ring(-1 + n % 50 / 100, 52 + n // 50 / 100, 0.004, 5)] for n in range(2500)]
    islands.append([ring(-2, 52.2, 0.2, 30)])
    _, path, _ = outline(json.dumps({"type": "MultiPolygon", "coordinates": islands}))
    assert 0 < corners_of(path) <= MAX_CORNERS


def test_an_area_too_small_for_the_map_of_england_has_no_tile() -> None:
    _, path, tile = outline(polygon(ring(-1, 52, 0.0008, 8)))
    assert path
    assert tile is None


@pytest.mark.parametrize(
    ("geometry", "why"),
    [
        (None, "no Polygon or MultiPolygon of numbers"),
        ({"type": "Polygon", "coordinates": []}, "is empty"),
        ({"type": "Polygon", "coordinates": [[]]}, "is"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, "of positions"),
        ({"type": "Polygon", "coordinates": [[[0], [1], [2], [0]]]}, "of positions"),
        ({"type": "Polygon", "coordinates": SQUARE}, "of positions"),
        ({"type": "MultiPolygon", "coordinates": [SQUARE]}, "of positions"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1, 1], [2], [0, 0]]]}, "of positions"),
        (
            {"type": "Polygon", "coordinates": [[[4e5, 1e5], [5e5, 1e5], [5e5, 2e5], [4e5, 1e5]]]},
            "not degrees",
        ),
        (
            {"type": "Polygon", "coordinates": [ring(-1, 52, 0.000001, 8)]},
            "no part",
        ),
        ({"type": "Polygon", "coordinates": [ring(52, -1, 0.5, 8)]}, "outside the United Kingdom"),
        ({"type": "Polygon", "coordinates": [[*SQUARE[:-1], [0, 0]]]}, "outside the United"),
        (
            {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 2], [0, 0]]]},
            "no part",
        ),
    ],
)
def test_what_is_no_area_is_unusable(geometry: Any, why: str) -> None:
    with pytest.raises(Unusable, match=why):
        outline(json.dumps(geometry))


def test_nonsense_is_unusable_or_drawn_and_nothing_else() -> None:
    chance = random.Random(5)

    def value(depth: int) -> Any:
        if depth == 0 or chance.random() < 0.1:
            return chance.choice([0, 1, -1.5, 52.0, 179.9, 1e8, 3])
        return [value(depth - 1) for _ in range(chance.randrange(6))]

    for _ in range(3000):
        kind = chance.choice(["Polygon", "MultiPolygon"])
        geometry = {"type": kind, "coordinates": value(4 if kind == "MultiPolygon" else 3)}
        with suppress(Unusable):
            outline(json.dumps(geometry))


def test_a_store_with_boundaries_gets_its_outlines_with_the_next_load(engine: Engine) -> None:
    sample = Sample(date(2025, 5, 21), authorities=30, weeks=2)
    load(engine, sample)
    with engine.begin() as connection:
        keys = list(connection.execute(text("SELECT id FROM organisation ORDER BY 1")).scalars())
        for key, geometry in zip(keys, [polygon(SQUARE), "null", polygon([[0, 0]])], strict=False):
            connection.execute(
                text("INSERT INTO organisation_boundary VALUES (:key, :geometry)"),
                {"key": key, "geometry": geometry},
            )
    assert load(engine, sample).state == "unchanged"
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT organisation_id, path FROM outline")).all()
        assert [tuple(row) for row in rows] == [(keys[0], outline(polygon(SQUARE))[1])]
        left = connection.execute(text("SELECT organisation_id FROM organisation_boundary"))
        assert list(left.scalars()) == keys[:1]
        reasons = connection.execute(
            text(
                "SELECT o.organisation, r.reason FROM rejection r JOIN organisation o "
                "ON o.organisation = r.row ->> 'organisation' WHERE table_name = 'boundary'"
            )
        ).all()
    assert len(reasons) == 2
    for organisation, reason in reasons:
        assert f"the boundary of {organisation} is not used: it is no Polygon" in reason


def test_no_outline_is_drawn_twice(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = Sample(date(2025, 5, 21), authorities=30, weeks=2)
    load(engine, sample)
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO organisation_boundary SELECT min(id), :g FROM organisation"),
            {"g": polygon(SQUARE)},
        )
    load(engine, sample)
    monkeypatch.setattr(outlines, "outline", None)
    assert load(engine, sample).state == "unchanged"


@pytest.mark.data
def test_every_published_boundary_can_be_drawn_and_keeps_its_area(shared_data: Path) -> None:
    file = shared_data / "lpa" / "local-planning-authority.geojson"
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    for feature in features:
        projection, path, tile = outline(json.dumps(feature["geometry"]))
        area = shapely.geometry.shape(feature["geometry"]).area
        expected = area * projection.x_per_degree * projection.y_per_degree
        assert shape_of(path).area == pytest.approx(expected, rel=0.02)
        assert tile is not None
    assert len(features) > 290
