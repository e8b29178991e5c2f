"""Boundaries of organisations, from a GeoJSON feature collection."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from performance_store.readers.csv_files import check_file, unreadable
from performance_store.readers.stream import Boundary, InputError, Row

MAX_BYTES = 16 << 20
"""The file is parsed as a whole, which takes several times its size. Simplified boundaries of all
authorities are about one megabyte; unsimplified ones are too heavy for a page anyway."""

_AREAS = ("Polygon", "MultiPolygon")
_LARGEST = 1e9
"""No coordinate is larger, whatever it is in; 1e999 is read as infinite, which is not JSON."""


def check_boundaries(path: Path) -> None:
    """Raises :class:`InputError` unless every feature is of an organisation."""
    for _ in read_boundaries(path):
        pass


def read_boundaries(path: Path) -> Iterator[Row]:
    """Yield a :class:`Boundary` for each feature that has a geometry.

    The organisation is the feature's property of that name, else the feature's id. A geometry that
    is no area is ``null``: the load tells whose it is, and goes on.
    """
    for number, feature in enumerate(_features(path), start=1):
        if not isinstance(feature, dict):
            raise _wrong(path, f"feature {number} is not an object")
        properties = feature.get("properties") or {}
        organisation = (
            properties.get("organisation") if isinstance(properties, dict) else None
        ) or feature.get("id")
        if not isinstance(organisation, str):
            raise _wrong(path, f"feature {number} names no organisation")
        geometry = feature.get("geometry")
        if geometry is None:
            continue
        yield Boundary(organisation, json.dumps(_area(geometry), separators=(",", ":")))


def _area(geometry: object) -> dict[str, Any] | None:
    """The parts of a geometry that say where it is; None unless it is an area of numbers."""
    if not isinstance(geometry, dict) or geometry.get("type") not in _AREAS:
        return None
    if not _is_coordinates(geometry.get("coordinates")):
        return None
    return {"type": geometry["type"], "coordinates": geometry["coordinates"]}


def _features(path: Path) -> list[Any]:
    check_file(path, max_bytes=MAX_BYTES)
    try:
        collection = json.loads(path.read_bytes(), parse_constant=_not_json)
    except OSError as error:
        raise unreadable(path, error) from error
    except (ValueError, RecursionError) as error:
        raise _wrong(path, "is not JSON") from error
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        raise _wrong(path, "has no list of features")
    return features


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _is_coordinates(value: object, depth: int = 0) -> bool:
    if isinstance(value, list):
        return depth < 4 and all(_is_coordinates(item, depth + 1) for item in value)
    if depth < 2 or isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < _LARGEST


def _wrong(path: Path, what: str) -> InputError:
    return InputError(
        f"{path.name}: {what}. Give a GeoJSON feature collection of areas, "
        "each with the organisation it belongs to"
    )
