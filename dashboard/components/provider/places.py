"""Where the values of issues lie: a small map of authorities as dots, and the values as crosses.

Drawn in the British National Grid, as maps of this country are. Values come as longitude and
latitude, as easting and northing, as Mercator metres, or as the text of a shape, of which the first
point is taken. The conversion is a spherical one: right to a few kilometres, which is less than a
dot on this map.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from dash.development.base_component import Component

from dashboard.components.design.element import Element, aria
from dashboard.components.words import formatting
from performance_store.rows import Place

FEWEST_PLACES = 20
_NUMBER = r"[-+]?\d+(?:\.\d+)?"
_PAIR = re.compile(rf"({_NUMBER})[\s,]+({_NUMBER})")
_SHAPE = re.compile(r"^\s*(?:SRID=\d+;)?\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\b", re.IGNORECASE)
# The grid's own constants: true origin 49°N 2°W, scale on it, and its false origin.
_ORIGIN_LATITUDE, _ORIGIN_LONGITUDE, _SCALE = math.radians(49), math.radians(-2), 0.9996012717
_FALSE_EAST, _FALSE_NORTH = 400_000.0, -100_000.0
# A sphere's radius between those of the grid's ellipsoid at these latitudes.
_RADIUS = 6_381_000.0
_MERCATOR_RADIUS = 6_378_137.0
_EDGE_KM = 25.0
Point = tuple[float, float]


def point_of(value: str | None, issue_type: str) -> Point | None:
    """The place that a value speaks of, as (easting, northing) in metres; None if it is none."""
    if not value:
        return None
    match = _PAIR.search(value) if _SHAPE.match(value) else _PAIR.fullmatch(value.strip())
    if not match:
        return None
    one, other = float(match[1]), float(match[2])
    degrees = max(abs(one), abs(other)) <= 180
    # Some report the values as given, some as put right: a latitude of these islands is telling.
    if "flipped" in issue_type and (not degrees or 49 <= one <= 61):
        one, other = other, one
    if degrees:
        return _on_grid(one, other)
    if issue_type.startswith("Mercator"):
        longitude = math.degrees(one / _MERCATOR_RADIUS)
        latitude = math.degrees(math.atan(math.sinh(other / _MERCATOR_RADIUS)))
        return _on_grid(longitude, latitude)
    return one, other


def _on_grid(longitude: float, latitude: float) -> Point:
    """Easting and northing of a place in degrees, on a sphere (transverse Mercator)."""
    east = math.radians(longitude) - _ORIGIN_LONGITUDE
    north = math.radians(max(min(latitude, 89.9), -89.9))
    across = math.cos(north) * math.sin(east)
    across = max(min(across, 0.999999), -0.999999)
    up = math.atan2(math.tan(north), math.cos(east)) - _ORIGIN_LATITUDE
    size = _SCALE * _RADIUS
    return _FALSE_EAST + size * math.atanh(across), _FALSE_NORTH + size * up


def locator(
    values: Sequence[str | None], issue_type: str, places: Sequence[Place], here: str
) -> tuple[Component, str] | None:
    """A map of the values among all authorities, and what it shows in words.

    In: values as given, their type of issue, where authorities are, and the CURIE of one's own.
    None when there is no value with a place, or too few authorities are known to make a map.
    """
    points = [point for value in values if (point := point_of(value, issue_type)) is not None]
    if not points or len(places) < FEWEST_PLACES:
        return None
    dots = {place.organisation: _on_grid(place.longitude, place.latitude) for place in places}
    low_x, high_x = _range([x for x, _ in dots.values()])
    low_y, high_y = _range([y for _, y in dots.values()])
    inside = [(x, y) for x, y in points if low_x <= x <= high_x and low_y <= y <= high_y]
    sentence = _sentence(len(points), len(inside))
    width, height = (high_x - low_x) / 1000, (high_y - low_y) / 1000

    def at(point: Point) -> tuple[str, str]:
        return f"{(point[0] - low_x) / 1000:.0f}", f"{(high_y - point[1]) / 1000:.0f}"

    marks = [_dot(at(point), key == here) for key, point in dots.items()]
    marks += [_cross(at(point)) for point in inside]
    picture = Element(
        "svg",
        marks,
        role="img",
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        className="drawing locator",
        focusable="false",
        **aria(label=sentence),
    )
    return picture, sentence


def _range(values: Sequence[float]) -> tuple[float, float]:
    return min(values) - _EDGE_KM * 1000, max(values) + _EDGE_KM * 1000


def _dot(at: tuple[str, str], here: bool) -> Component:
    name = "locator-here" if here else "locator-dot"
    return Element("circle", cx=at[0], cy=at[1], r="9" if here else "4", className=name)


def _cross(at: tuple[str, str]) -> Component:
    x, y = at
    return Element(
        "path", d=f"M{x} {y}m-9 -9l18 18m0 -18l-18 18", className="locator-cross", fill="none"
    )


def _sentence(points: int, inside: int) -> str:
    many = formatting.plural(points, "place", "places")
    if inside == points:
        where = "all within this map" if points > 1 else "within this map"
    elif inside == 0:
        where = "outside this map" if points == 1 else "all outside this map"
    else:
        where = f"{formatting.number(points - inside)} of them outside this map"
    return f"{many} on this page of rows, {where}."
