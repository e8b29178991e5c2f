"""The map as a picture: what is in it, how large it may be, and that it is well made."""

from __future__ import annotations

import json
import math
import random
import re
from xml.etree import ElementTree

from dashboard.maps.geometry import Shape
from dashboard.maps.svg import MAX_CORNERS, MAX_PLACES, draw, words_only
from performance_store.loading.outlines import outline
from performance_store.rows import Outline

NAME = "{http://www.w3.org/2000/svg}"


def ring(x: float, y: float, size: float, corners: int = 8) -> tuple[tuple[float, float], ...]:
    turn = 2 * math.pi / corners
    return tuple(
        (x + size * math.cos(turn * n), y + size * math.sin(turn * n)) for n in range(corners)
    )


def area_of(*rings: tuple[tuple[float, float], ...]) -> Outline:
    """What a load makes of a boundary."""
    geometry = {"type": "MultiPolygon", "coordinates": [[line] for line in rings]}
    projection, path, _ = outline(json.dumps(geometry))
    return Outline(
        projection.height,
        projection.x_zero,
        projection.y_zero,
        projection.x_per_degree,
        projection.y_per_degree,
        path,
    )


AREA = area_of(ring(-1.0, 52.0, 0.2, 40))


def parts(svg: str | None) -> ElementTree.Element:
    assert svg is not None
    return ElementTree.fromstring(svg)


def words(svg: str | None) -> list[str]:
    return [item.text or "" for item in parts(svg).iter(f"{NAME}text")]


def numbers(svg: str) -> list[float]:
    return [
        float(n) for path in re.findall(r' d="([^"]*)"', svg) for n in re.findall(r"-?\d+", path)
    ]


def test_an_area_with_a_place_of_each_kind() -> None:
    hole = Shape(rings=(ring(-1.0, 52.0, 0.05), ring(-1.0, 52.0, 0.02)))
    svg = draw(AREA, [hole, Shape(points=((-1.1, 52.1),))])
    root = parts(svg)
    group = root.find(f"{NAME}g")
    assert group is not None
    assert group.get("fill-rule") == "evenodd"
    assert [item.get("d", "").count("M") for item in group] == [2]
    dots = [item for item in root.iter(f"{NAME}path") if item.get("stroke-linecap")]
    assert [item.get("d", "").count("M") for item in dots] == [1]
    assert words(svg) == ["5 km"]


def test_north_is_up_and_east_is_narrower_than_north_is_high() -> None:
    box = area_of(((-1.2, 51.8), (-0.8, 51.8), (-0.8, 52.2), (-1.2, 52.2)))
    root = parts(draw(box, [Shape(points=((-1.2, 52.2),))]))
    _, _, width, height = map(float, root.get("viewBox", "").split())
    # As many degrees up as across: at 52 degrees north the picture is 1.6 times as high.
    assert 1.4 < (height - 60) / width < 1.7
    x, y = re.findall(r"M(\d+) (\d+)h0", draw(box, [Shape(points=((-1.2, 52.2),))]) or "")[0]
    assert int(x) < 200
    assert int(y) < 200


def test_places_outside_are_counted_and_do_not_stretch_the_map() -> None:
    alone = draw(AREA, [])
    svg = draw(AREA, [Shape(points=((0.0, 0.0),)), Shape(points=((-1.0, 52.0),))])
    assert words(svg) == ["5 km", "1 place lies outside this map."]
    assert words(alone) == ["5 km"]
    around = Shape(rings=(ring(-1.0, 52.0, 3.0),))
    assert "outside" not in str(words(draw(AREA, [around])))


def test_without_a_boundary_the_places_make_the_map() -> None:
    svg = draw(None, [Shape(points=((-1.0, 52.0),)), Shape(points=((179.0, -80.0),))])
    assert words(svg)[1:] == ["1 place lies outside this map."]
    assert draw(None, []) is None
    assert draw(None, [Shape(points=((100.0, 0.0),))]) is None


def test_a_hundred_thousand_points_are_sampled_and_it_is_said() -> None:
    chance = random.Random(7)
    many = [
        Shape(points=((-1 + chance.uniform(-0.2, 0.2), 52 + chance.uniform(-0.2, 0.2)),))
        for _ in range(100_000)
    ]
    svg = draw(AREA, many) or ""
    assert "A sample: 5,000 of 100,000 places are drawn." in words(svg)
    assert svg.count("h0") <= MAX_PLACES
    assert len(svg) < 200_000


def test_one_thing_of_a_hundred_thousand_points_is_drawn_on_a_coarser_grid() -> None:
    chance = random.Random(7)
    points = tuple(
        (-1 + chance.uniform(-0.2, 0.2), 52 + chance.uniform(-0.2, 0.2)) for _ in range(100_000)
    )
    svg = draw(AREA, [Shape(points=points)]) or ""
    assert 1000 < svg.count("h0") <= MAX_PLACES


def test_too_many_corners_get_a_coarser_grid() -> None:
    fine = [Shape(rings=(ring(-1, 52, 0.19, 2000),)) for _ in range(40)]
    svg = draw(area_of(ring(-1, 52, 0.2, 50_000)), fine) or ""
    assert len(numbers(svg)) / 2 <= MAX_CORNERS + 100
    assert svg.count("<path") > 20
    grains = [Shape(rings=tuple(ring(-1 + n / 9e4, 52, 0.15, 4) for n in range(20_000)))]
    assert len(draw(AREA, grains) or "") < 100_000


def test_areas_too_small_to_be_seen_are_dots() -> None:
    svg = draw(AREA, [Shape(rings=(ring(-1.0, 52.0, 0.0001),))]) or ""
    assert svg.count("h0") == 1


def test_one_point_alone_and_a_long_thin_area_keep_their_measure() -> None:
    for area in (
        area_of(((-1.0, 50.0), (-0.99, 50.0), (-0.99, 55.0), (-1.0, 55.0))),
        area_of(((-5.0, 52.0), (1.0, 52.0), (1.0, 52.02), (-5.0, 52.02))),
    ):
        _, _, width, height = map(float, parts(draw(area, [])).get("viewBox", "").split())
        assert width == 1000
        assert 50 < height <= 1700
    parts(draw(None, [Shape(points=((-1.0, 52.0),))]))


def test_words_are_escaped_and_nothing_else_comes_from_outside() -> None:
    nasty = '<script>alert("1")</script> & more'
    assert words(draw(AREA, [], notes=[nasty]))[1] == nasty
    assert words(words_only(nasty)) == [nasty]
    assert "<script" not in (draw(AREA, [], notes=[nasty]) or "") + words_only(nasty)
