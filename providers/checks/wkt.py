"""Shapes from well-known text to GeoJSON, by work on the text alone.

Web processes have no library of shapes. Numbers stay as they are written, so nothing is rounded.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

import msgspec

_Position = Annotated[list[float], msgspec.Meta(min_length=2, max_length=4)]
_Line = Annotated[list[_Position], msgspec.Meta(min_length=1)]
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
_INNERMOST = re.compile(r"\(([^()]*)\)")
_BLANKS = (" ,", ", ", "( ", " (", ") ", " )")
_BRACKETS = str.maketrans("()", "[]")
_NO_BRACKETS = str.maketrans("", "", "()")


def geojson(wkt: str) -> bytes | None:
    """The GeoJSON geometry of a well-known text, as JSON; None for a blank one, an empty shape,
    and what is no shape of one of the six kinds."""
    match = _SHAPE.fullmatch(wkt.upper())
    if match is None or match[1] not in _TYPES:
        return None
    word, body = match.groups()
    text = " ".join(body.split())
    for blank in _BLANKS:
        text = text.replace(blank, blank.strip())
    if word in ("POINT", "MULTIPOINT"):
        text = f"({text.translate(_NO_BRACKETS)})"
    # Commas between positions, and only those, stand between numbers.
    text = text.replace("),(", ");(").replace(",", "],[").replace(";", ",").replace(" ", ",")
    text = _INNERMOST.sub(r"[[\1]]", text).translate(_BRACKETS)
    if word == "POINT":
        text = text[1:-1]
    coordinates = text.encode()
    try:
        # A test of what was made: brackets as deep as the kind has them, and numbers within.
        _decoders[word].decode(coordinates)
    except msgspec.MsgspecError:
        return None
    return b'{"type":"%b","coordinates":%b}' % (_TYPES[word][0].encode(), coordinates)
