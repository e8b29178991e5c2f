"""Shapes from well-known text to GeoJSON, by work on the text alone.

Web processes have no library of shapes. Numbers stay as they are written, so nothing is rounded.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

_Position = list[float]
_Line = list[_Position]
_TYPES: dict[str, tuple[str, Any]] = {
    "POINT": ("Point", _Position),
    "MULTIPOINT": ("MultiPoint", _Line),
    "LINESTRING": ("LineString", _Line),
    "MULTILINESTRING": ("MultiLineString", list[_Line]),
    "POLYGON": ("Polygon", list[_Line]),
    "MULTIPOLYGON": ("MultiPolygon", list[list[_Line]]),
}
_decoders = {word: msgspec.json.Decoder(kind) for word, (_, kind) in _TYPES.items()}
_SHAPE = re.compile(r"\s*([A-Z]+)\s*(?:ZM|Z|M)?\s*(\(.*\))\s*", re.DOTALL | re.ASCII)
_NUMBER = r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_POSITION = re.compile(rf"({_NUMBER})\s+({_NUMBER})(?:\s+{_NUMBER})*", re.ASCII)
_BRACKETS = str.maketrans("()", "[]")
_NO_BRACKETS = str.maketrans("", "", "()")


def geojson(wkt: str) -> bytes | None:
    """The GeoJSON geometry of a well-known text, as JSON; None for a blank one, an empty shape,
    and what is no shape of one of the six kinds."""
    match = _SHAPE.fullmatch(wkt.upper())
    if match is None or match[1] not in _TYPES:
        return None
    word, body = match.groups()
    if word in ("POINT", "MULTIPOINT"):
        body = body.translate(_NO_BRACKETS)
    text = _POSITION.sub(r"[\1,\2]", body).translate(_BRACKETS)
    if word == "MULTIPOINT":
        text = f"[{text}]"
    coordinates = text.encode()
    try:
        # A test of what was made: brackets as deep as the kind has them, and numbers within.
        if not _decoders[word].decode(coordinates):
            return None
    except msgspec.MsgspecError:
        return None
    return b'{"type":"%b","coordinates":%b}' % (_TYPES[word][0].encode(), coordinates)
