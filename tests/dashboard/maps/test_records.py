"""Records of the platform: whatever comes is text, a shape, or no answer."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.maps import records
from dashboard.maps.geometry import Shape
from dashboard.maps.records import OddAnswer, RecordPage, Value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  Old town ", "Old town"),
        (None, ""),
        (True, "yes"),
        (7, "7"),
        (0, "0"),
        (1.5, "1.5"),
        ([], ""),
        (["a", {"b": "é"}], '["a",{"b":"é"}]'),
        ("x" * 400, "x" * 300),
    ],
)
def test_a_value_is_text(value: Any, text: str) -> None:
    record = records.record_of({"entity": 3, "notes": value}, records.SHORT)
    assert record.number == 3
    assert record.value("notes") == text
    assert record.value("nothing") == ""


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("POINT (1 52)", "point"),
        ("MULTIPOLYGON (((1 52, 1 53, 2 53, 1 52)))", "multipolygon"),
        ("SRID=4326;Polygon((1 52))", "polygon"),
        ({"type": "Point", "coordinates": [1, 52]}, "point"),
        ("Point of interest", ""),
    ],
)
def test_a_shape_is_only_told(value: Any, shape: str) -> None:
    (field,) = records.record_of({"where": value}, records.SHORT).values
    assert field.shape == shape
    assert bool(field.text) != bool(shape)
    assert field.letters > 0


AREA = "MULTIPOLYGON (((1 52, 1 53, 2 53, 1 52)))"
RING = ((1.0, 52.0), (1.0, 53.0), (2.0, 53.0), (1.0, 52.0))


@pytest.mark.parametrize(
    ("fields", "shape"),
    [
        ({"geometry": AREA, "point": "POINT (1 52)"}, Shape(rings=(RING,))),
        ({"geometry": f"SRID=4326;{AREA}"}, Shape(rings=(RING,))),
        ({"geometry": "", "point": "POINT (1 52)"}, Shape(points=((1.0, 52.0),))),
        ({"point": {"type": "Point", "coordinates": [1, 52]}}, Shape(points=((1.0, 52.0),))),
        ({"geometry": "POLYGON ((1 52", "point": 7}, None),
        ({"geometry": "POINT (1000000 52)"}, None),
        ({"geometry": "GEOMETRYCOLLECTION EMPTY", "point": None}, None),
        ({}, None),
    ],
)
def test_a_whole_record_has_its_shape(fields: dict[str, Any], shape: Shape | None) -> None:
    assert records.whole_record_of({"entity": 3} | fields).shape == shape


def test_a_page_says_how_many_there_are() -> None:
    page = records.page_of({"entities": [{"entity": "5", "name": "A"}], "count": 120})
    values = (Value("entity", "5", 1), Value("name", "A", 1))
    assert page == RecordPage((records.Record(5, values),), 120)
    assert page.records[0].name == "A"


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        "no",
        {},
        {"entities": {}, "count": 1},
        {"entities": [], "count": None},
        {"entities": [], "count": -1},
        {"entities": [], "count": True},
        {"entities": [7], "count": 1},
        {"entities": [{}], "count": 1},
    ],
)
def test_another_answer_is_none(answer: Any) -> None:
    with pytest.raises(OddAnswer):
        records.page_of(answer)


def test_a_record_of_too_many_fields_is_cut() -> None:
    record = records.record_of({f"field-{number}": number for number in range(999)}, 10)
    assert len(record.values) == records.MAX_FIELDS
    assert record.number is None
