"""Columns that are named as people name them lead to the fields they mean."""

from __future__ import annotations

import pytest

from checking.specification import Alias, FieldSpec
from checking.suggesting import suggest

FIELDS = [
    FieldSpec("reference", "string", "value"),
    FieldSpec("name", "string", "value"),
    FieldSpec("geometry", "multipolygon", "geography"),
    FieldSpec("point", "point", "geography"),
    FieldSpec("designation-date", "datetime", "value"),
    FieldSpec("start-date", "datetime", "value"),
    FieldSpec("documentation-url", "url", "value"),
    FieldSpec("notes", "text", "value"),
    FieldSpec("required-housing", "integer", "value"),
]
WKT = "POLYGON((-1.15 52.95,-1.14 52.95,-1.14 52.96,-1.15 52.95))"


@pytest.mark.parametrize(
    ("column", "values", "field"),
    [
        ("Start Date", ["2001-01-01"], "start-date"),
        ("StartDate", ["01/02/2001", ""], "start-date"),
        ("desig_date", ["1974-05-01"], "designation-date"),
        ("Refrence", ["CA1"], "reference"),
        ("REF", ["CA1", "CA2"], "reference"),
        ("Title", ["Mill Lane"], "name"),
        ("Conservation area name", ["Mill Lane"], "name"),
        ("Col7", [WKT, ""], "geometry"),
        ("name of shape", [WKT], "geometry"),
        ("Geom", ["POINT(-1.15 52.95)"], "point"),
        ("More", ["https://www.example.gov.uk/a", "http://example.gov.uk"], "documentation-url"),
        ("Comments", ["see plan"], "notes"),
        ("notes (optional)", [], "notes"),
        ("Listed on", ["1 May 1974"], "designation-date"),
        ("Housing required", ["1,200"], "required-housing"),
    ],
)
def test_a_column_leads_to_its_field(column, values, field):
    likely = suggest({column: values}, FIELDS)[column]
    assert likely[0] == field
    assert len(likely) <= 3


@pytest.mark.parametrize(
    ("column", "values"),
    [("Ward", ["North"]), ("SHAPE_Area", ["12345.6"]), ("", []), ("Colour", ["red"]), ("é", ["x"])],
)
def test_a_column_that_is_no_field_leads_to_none(column, values):
    assert suggest({column: values}, FIELDS) == {column: ()}


def test_content_that_cannot_be_speaks_against_a_name():
    assert suggest({"start": ["Mill Lane"]}, FIELDS)["start"] == ()


def test_names_that_other_files_have_come_first():
    aliases = [
        Alias("ca-no", "reference", is_general=False, spellings=("CA_NO",)),
        Alias("ca-x", "IGNORE", is_general=True),
    ]
    likely = suggest({"CA No": ["1"], "ca_x": ["1"]}, FIELDS, aliases)
    assert likely == {"CA No": ("reference",), "ca_x": ()}


def test_only_fields_that_are_still_free_are_suggested():
    assert suggest({"Title": ["x"]}, [field for field in FIELDS if field.field != "name"]) == {
        "Title": ()
    }
