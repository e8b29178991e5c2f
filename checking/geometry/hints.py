"""What to do about a cell that is not a shape, where that can be told from the cell."""

from __future__ import annotations

import re

import shapely

from checking.geometry.reading import CURVE
from checking.model import Texts

_KIND = re.compile(r"\s*(MULTI)?(POINT|LINESTRING|POLYGON)|\s*GEOMETRYCOLLECTION", re.I)
_HEX = re.compile(r"0[01][0-9A-F]{16,}", re.I)
_PAIR = re.compile(r"\(?\s*(-?\d{1,10}(?:\.\d{1,20})?)\s*[,; ]\s*(-?\d{1,10}(?:\.\d{1,20})?)\s*\)?")
_GRID_REFERENCE = re.compile(r"[A-Z]{2}\s?\d{2,5}\s?\d{2,5}", re.I)
_CELL_LIMITS = (32_759, 32_767)
"""A workbook holds cells of no more characters."""


def hints(values: Texts, *, area: bool) -> list[str]:
    """For each text that is no shape what to do, '' where nothing is known."""
    return [_hint(value, area) for value in values]


def _hint(value: str, area: bool) -> str:
    head = value[:200]
    if head.upper().startswith("SRID="):
        return "Leave out what stands before the semicolon."
    if head.startswith("{"):
        if '"Feature' in value:
            return "Give the geometry of the feature alone, as well-known text."
        return "Give the shape as well-known text."
    if _HEX.fullmatch(head[:100]):
        return "This is the binary form (WKB). Give the shape as well-known text."
    if match := _PAIR.fullmatch(head):
        first, second = match.groups()
        # Latitude first, as people say it.
        east, north = (second, first) if 49 < abs(float(first)) < 61 else (first, second)
        return "An area is wanted here." if area else f"Write POINT ({east} {north})."
    if _GRID_REFERENCE.fullmatch(head):
        return "Give easting and northing in full, without letters."
    if CURVE.search(head):
        return "Curves are not taken: export the shape with straight lines."
    return _broken(value) if _KIND.match(head) else ""


def _broken(value: str) -> str:
    if value.count("(") != value.count(")"):
        if _CELL_LIMITS[0] <= len(value) <= _CELL_LIMITS[1]:
            return "The text is cut off: a workbook's cell holds no more than 32,767 characters."
        return "Brackets do not match: the text may be cut off."
    try:
        if shapely.from_wkt(value, on_invalid="fix") is not None:
            return "A ring is not closed: its last corner must be the same as its first."
    except (NotImplementedError, shapely.GEOSException):
        return "Curves are not taken: export the shape with straight lines."
    return ""
