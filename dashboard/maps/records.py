"""Records of the platform, read with care: an answer may hold anything.

A value is kept as text, since it is only ever shown. Shapes are not: as text they are thousands of
numbers that nobody reads, and the map draws them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace

from dashboard.maps.geometry import Shape, shape_of
from providers.checks.wkt import geojson

SHORT = 300
LONGEST = 10_000
"""Letters of a value that are kept in a list of records, and of one record."""
MAX_FIELDS = 150
_NAME = 100
_SHAPE = re.compile(
    r"\s*(?:SRID=\d+;\s*)?((?:MULTI)?(?:POINT|POLYGON|LINESTRING)|GEOMETRYCOLLECTION)\s*"
    r"(?:ZM?|M)?\s*\(",
    re.IGNORECASE,
)
_SRID = re.compile(r"^\s*SRID=\d+;", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]{1,15}")


class OddAnswer(ValueError):
    """An answer is not what the interface gives. In: how, in a line for the log."""


@dataclass(frozen=True, slots=True)
class Value:
    """A field of a record: the beginning of its value, how many letters the whole has, and, where
    it is a shape, of which kind (`text` is empty then)."""

    field: str
    text: str
    letters: int
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """An entity as the platform holds it: its number (None: not told), its fields in the order in
    which they came, and, where it was asked for alone, its shape (None: none that can be drawn)."""

    number: int | None
    values: tuple[Value, ...]
    shape: Shape | None = None

    def value(self, field: str) -> str:
        """What a field holds; nothing where it is not there."""
        return next((value.text for value in self.values if value.field == field), "")

    @property
    def name(self) -> str:
        """What it is called."""
        return self.value("name") or self.value("reference")


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Some records, of how many in all."""

    records: tuple[Record, ...]
    total: int


def page_of(answer: object) -> RecordPage:
    """The records of a page of the interface. Raises OddAnswer."""
    entities = answer.get("entities") if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or not isinstance(entities, list):
        raise OddAnswer("the answer has no entities")
    total = number_of(answer.get("count"))
    if total is None:
        raise OddAnswer("the answer does not say how many there are")
    return RecordPage(tuple(record_of(entity, SHORT) for entity in entities), total)


def record_of(entity: object, letters: int) -> Record:
    """A record. In: an entity as it came, and how many letters of a value are kept. Raises
    OddAnswer."""
    if not isinstance(entity, dict) or not entity:
        raise OddAnswer("what should be an entity is none")
    fields = list(entity.items())[:MAX_FIELDS]
    values = tuple(_value(str(name)[:_NAME], value, letters) for name, value in fields)
    return Record(number_of(entity.get("entity")), values)


def whole_record_of(entity: object) -> Record:
    """A record as it is shown alone, with its shape: that of its area if it has one, or else its
    point. In: an entity as it came. Raises OddAnswer."""
    record = record_of(entity, LONGEST)
    if record.number is None or not isinstance(entity, dict):
        raise OddAnswer("what should be an entity has no number")
    shapes = (_shape(entity.get(field)) for field in ("geometry", "point"))
    return replace(record, shape=next((shape for shape in shapes if shape), None))


def _shape(value: object) -> Shape | None:
    """The shape in a field: well-known text, or GeoJSON."""
    if not isinstance(value, str):
        return shape_of(value)
    area = geojson(_SRID.sub("", value))
    return shape_of(json.loads(area)) if area else None


def number_of(value: object) -> int | None:
    """A whole number from 0 on; None for whatever else came."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return int(value) if _DIGITS.fullmatch(str(value)) else None


def _value(field: str, value: object, letters: int) -> Value:
    if isinstance(value, dict) and isinstance(value.get("type"), str) and "coordinates" in value:
        whole = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return Value(field, "", len(whole), value["type"][:_NAME].lower())
    whole = _words(value)
    shape = _SHAPE.match(whole[:_NAME])
    if shape:
        return Value(field, "", len(whole), shape[1].lower())
    return Value(field, whole[:letters], len(whole))


def _words(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float):
        return str(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else ""
