"""Workbooks, JSON, archives and files of geographic systems, each made here and read back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest
import shapely

from checking.model import CannotRead, Choices
from checking.reading import RECOGNISE, open_file, sentence
from checking.reading.vector import DRIVERS
from tests.support.any_file import (
    CELL,
    NAMES,
    layer,
    old_workbook,
    open_document,
    workbook,
    write,
    zipped,
)

SQUARE = "POLYGON ((-1.15 52.95,-1.14 52.95,-1.14 52.96,-1.15 52.95))"
GEOMETRY = {
    "type": "Polygon",
    "coordinates": [[[-1.15, 52.95], [-1.14, 52.95], [-1.14, 52.96], [-1.15, 52.95]]],
}


def rows_of(path: Path, choices: Choices = RECOGNISE):
    """What a file is recognised as, its rows as dictionaries by line, and what was broken."""
    rows, broken = {}, []
    with open_file(path, choices=choices, names=NAMES) as source:
        for chunk in source.chunks(2):
            broken += chunk.broken
            for place, line in enumerate(chunk.lines.tolist()):
                rows[line] = {name: cells[place] for name, cells in chunk.columns.items()}
                assert all(type(cell) is str for cell in rows[line].values())
        folder = source.folder
    assert folder is None or not folder.exists()
    return source.recognition, rows, broken


def refusal(path: Path, choices: Choices = RECOGNISE) -> CannotRead:
    with pytest.raises(CannotRead) as error:
        rows_of(path, choices)
    assert error.value.sentence.endswith((".", "”"))
    return error.value


# Workbooks


def test_cells_of_a_workbook_are_as_people_see_them(tmp_path):
    path = workbook(
        tmp_path / "a",
        Sheet=[
            ["reference", "name", "start-date"],
            [1, 2.5, date(2001, 2, 3)],
            ["007", True, datetime(2001, 2, 3, 4, 5)],
            [],
            [12345678901, "", "03/02/2001"],
        ],
    )
    recognition, rows, _ = rows_of(path)
    assert list(map(tuple, (row.values() for row in rows.values()))) == [
        ("1", "2.5", "2001-02-03"),
        ("007", "true", "2001-02-03 04:05:00"),
        ("12345678901", "", "03/02/2001"),
    ]
    assert list(rows) == [2, 3, 5]
    assert sentence(recognition, 3) == "XLSX workbook, sheet “Sheet”, header in row 1, 3 rows"


def test_the_sheet_with_the_names_is_taken_and_said_and_can_be_corrected(tmp_path):
    path = workbook(
        tmp_path / "a",
        Notes=[["About this file"], ["Ask", "us"]],
        Data=[["Areas"], [], ["reference", "name"], ["A1", "x"]],
        More=[["reference"], ["B1"]],
    )
    recognition, rows, _ = rows_of(path)
    assert (recognition.sheet, recognition.header_row) == ("Data", 3)
    assert recognition.sheets == ("Notes", "Data", "More")
    assert rows == {4: {"reference": "A1", "name": "x"}}
    assert "“Notes”, “More”" in recognition.notes[0]
    _, rows, _ = rows_of(path, Choices(sheet="More"))
    assert rows == {2: {"reference": "B1"}}
    assert refusal(path, Choices(sheet="None")).code == "sheet"


def test_a_sheet_without_a_header_is_told(tmp_path):
    path = workbook(tmp_path / "a", Areas=[["CA1", "Mill Lane"], ["CA2", "b"]])
    assert "looks like data" in rows_of(path)[0].notes[0]


def test_an_old_workbook_is_read(tmp_path):
    path = old_workbook(tmp_path / "a", [["reference", "name"], ["é", 5.0], ["B", 2.5]])
    recognition, rows, _ = rows_of(path)
    assert recognition.format == "xls"
    assert rows == {2: {"reference": "é", "name": "5"}, 3: {"reference": "B", "name": "2.5"}}


def test_an_open_document_sheet_is_read(tmp_path):
    _, rows, _ = rows_of(open_document(tmp_path / "a", _ODS_ROWS))
    assert rows == {2: {"reference": "A1", "name": "Mill Lane"}}


_ODS_ROWS = "".join(
    "<table:table-row>" + "".join(CELL.format("", text) for text in row) + "</table:table-row>"
    for row in (("reference", "name"), ("A1", "Mill Lane"))
)


def test_an_empty_workbook_is_refused(tmp_path):
    assert refusal(workbook(tmp_path / "a", Sheet=[])).code == "empty"


# JSON


def test_a_list_of_objects_is_read_with_the_names_of_all(tmp_path):
    content = [{"reference": "A", "n": 1.0}, {"reference": None, "name": {"x": [1]}, "b": True}]
    for indent in (None, 1):
        path = write(tmp_path / "a", " \n" + json.dumps(content, indent=indent))
        recognition, rows, _ = rows_of(path)
        assert recognition.format == "json"
        assert rows == {
            2: {"reference": "A", "n": "1", "name": "", "b": ""},
            3: {"reference": "", "n": "", "name": '{"x": [1]}', "b": "true"},
        }


def test_columns_with_data_are_read(tmp_path):
    content = {"data": [["A", 1], ["B"], ["C", None]], "columns": ["reference", "name"]}
    _, rows, broken = rows_of(write(tmp_path / "a", content))
    assert rows == {2: {"reference": "A", "name": "1"}, 4: {"reference": "C", "name": ""}}
    assert broken == [(3, "The row could not be read: it has 1 values for 2 columns.")]


def test_lines_of_objects_are_read(tmp_path):
    _, rows, _ = rows_of(write(tmp_path / "a", '{"reference": "A"}\n{"reference": "B"}\n'))
    assert [row["reference"] for row in rows.values()] == ["A", "B"]


def test_geojson_is_read_with_shapes_digit_for_digit(tmp_path):
    shapes = [
        GEOMETRY,
        None,
        {"type": "Point", "coordinates": [1.50, 2, 3]},
        {"type": "MultiPolygon", "coordinates": [GEOMETRY["coordinates"]] * 2},
        {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [1, 2]}]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[1, 2]]},
        {"type": "Polygon", "coordinates": [GEOMETRY["coordinates"][0]] * 2},
        "nonsense",
    ]
    content = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}},
        "features": [
            {"type": "Feature", "properties": {"reference": f"A{n}", "WKT": 5}, "geometry": shape}
            for n, shape in enumerate(shapes)
        ],
    }
    recognition, rows, broken = rows_of(write(tmp_path / "a", content))
    assert (recognition.format, recognition.crs) == ("geojson", 27700)
    assert recognition.columns == ("WKT", "reference", "WKT (property)")
    ring = SQUARE.removeprefix("POLYGON ")
    assert [row["WKT"] for row in rows.values()] == [
        SQUARE,
        "",
        "POINT (1.5 2 3)",
        f"MULTIPOLYGON ({ring},{ring})",
        "GEOMETRYCOLLECTION (POINT (1 2))",
        "POLYGON EMPTY",
        '{"type": "Polygon", "coordinates": [[1, 2]]}',
        f"POLYGON ({ring[1:-1]},{ring[1:-1]})",
        '"nonsense"',
    ]
    assert broken == []


def test_one_odd_feature_or_number_does_not_cost_the_others(tmp_path):
    text = '{"features": [{"properties": {"reference": NaN, "name": "x"}}, 5, {"properties": []}]}'
    recognition, rows, broken = rows_of(write(tmp_path / "a", text))
    assert rows == {2: {"WKT": "", "reference": "NaN", "name": "x"}}
    assert [line for line, _ in broken] == [3, 4]
    assert "NaN" in recognition.notes[0]


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 5_000])
@pytest.mark.parametrize(
    "frame",
    [
        '[{{"reference": "A", "notes": {}}}, {{"reference": "B"}}]',
        '{{"columns": ["reference", "notes"], "data": [["A", {}], ["B", null]]}}',
        '{{"features": [{{"properties": {{"reference": "A", "notes": {}}}, "geometry": null}},'
        ' {{"properties": {{"reference": "B"}}}}]}}',
    ],
)
def test_a_number_that_is_none_costs_one_cell(tmp_path, frame, number):
    _, rows, broken = rows_of(write(tmp_path / "a", frame.format(number)))
    assert [row["reference"] for row in rows.values()] == ["A", "B"]
    assert [row["notes"] for row in rows.values()] == [number, ""]
    assert broken == []


def test_an_odd_number_leaves_a_shape_digit_for_digit(tmp_path):
    text = (
        '{"features": [{"properties": {"notes": 1e999}, "geometry":'
        ' {"type": "Point", "coordinates": [-1.1500000000000000001, 52.950]}}]}'
    )
    _, rows, _ = rows_of(write(tmp_path / "a", text))
    assert rows[2]["WKT"] == "POINT (-1.1500000000000000001 52.950)"


@pytest.mark.parametrize("text", ["5", "null", " -1.5e3\n", "true"])
def test_a_single_value_is_no_table(tmp_path, text):
    error = refusal(write(tmp_path / "a", text))
    assert error.code == "json"
    assert "no table" in error.sentence


def test_json_in_other_encodings_is_read(tmp_path):
    text = json.dumps([{"reference": "Café"}], ensure_ascii=False)
    for codec in ("utf-8-sig", "utf-16", "cp1252"):
        (tmp_path / "a").write_bytes(text.encode(codec))
        assert rows_of(tmp_path / "a")[1] == {2: {"reference": "Café"}}


def test_arcgis_json_is_read_with_holes_dates_and_its_system(tmp_path):
    outline = [[0, 0], [0, 9], [9, 9], [9, 0], [0, 0]]
    hole = [[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]
    other = [[20, 0], [20, 9], [29, 9], [20, 0]]
    content = {
        "spatialReference": {"wkid": 102100, "latestWkid": 3857},
        "fields": [{"name": "start", "type": "esriFieldTypeDate"}],
        "features": [
            {"attributes": {"start": 981158400000}, "geometry": {"rings": [outline, hole]}},
            {"attributes": {"start": None}, "geometry": {"rings": [outline, other, hole]}},
            {"attributes": {"start": 1}, "geometry": {"x": 1.5, "y": 2}},
            {"attributes": {"start": 0}},
        ],
    }
    recognition, rows, _ = rows_of(write(tmp_path / "a", content))
    assert (recognition.format, recognition.crs) == ("arcgis-json", 3857)
    shapes = shapely.from_wkt([row["WKT"] for row in list(rows.values())[:3]])
    assert [shape.area for shape in shapes] == [80, 80 + 40.5, 0]
    assert [row["start"] for row in rows.values()] == [
        "2001-02-03",
        "",
        "1970-01-01 00:00:00",
        "1970-01-01",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[",
        "[]",
        "{}",
        "[1, 2]",
        '{"a": 1}',
        '[{"reference": "A"},\n {"reference": oops}]',
        '{"type": "Topology", "objects": {}}',
        '{"error": {"code": 498, "message": "Invalid token."}}',
        "[" * 200_000,
        '{"a":' * 100_000 + "1" + "}" * 100_000,
    ],
)
def test_json_without_rows_is_refused(tmp_path, text):
    assert refusal(write(tmp_path / "a", text)).code == "json"


# Files of geographic systems


def test_a_geopackage_is_read_with_its_system(tmp_path):
    path = layer(tmp_path / "a.gpkg", "GPKG", layer="areas")
    recognition, rows, _ = rows_of(path.rename(tmp_path / "a.csv"))
    assert (recognition.format, recognition.crs, recognition.sheet) == (
        "geopackage",
        27700,
        "areas",
    )
    shape = "POLYGON ((10 20, 11 20, 11 21, 10 20))"
    assert rows == {
        2: {"WKT": shape, "reference": "A1", "number": "1", "start": "2001-02-03"},
        3: {"WKT": "", "reference": "Café", "number": "2", "start": ""},
    }
    assert sentence(recognition, 2) == "GeoPackage, layer “areas”, EPSG:27700, 2 rows"


def test_a_layer_can_be_chosen(tmp_path):
    path = layer(tmp_path / "a.gpkg", "GPKG", layer="one")
    layer(path, "GPKG", layer="two", append=True)
    recognition, _, _ = rows_of(path)
    assert recognition.sheets == ("one", "two")
    assert recognition.notes == ("The layer “one” was read; left out: “two”.",)
    assert rows_of(path, Choices(sheet="two"))[0].sheet == "two"
    assert refusal(path, Choices(sheet="three")).code == "sheet"


def test_a_shapefile_in_a_zip_is_read_with_its_system(tmp_path):
    layer(tmp_path / "areas.shp", "ESRI Shapefile")
    parts = {
        f"export/Areas{part.suffix.upper()}": part
        for part in tmp_path.glob("areas.*")
        if part.suffix != ".shx"
    }
    recognition, rows, _ = rows_of(zipped(tmp_path / "z", parts | {"export/readme.txt": "x"}))
    assert (recognition.format, recognition.crs, recognition.inner) == (
        "shapefile",
        27700,
        "export/Areas.SHP",
    )
    assert rows[3]["reference"] == "Café"
    assert rows[2]["WKT"].startswith("POLYGON ((10 20")
    del parts["export/Areas.DBF"]
    assert refusal(zipped(tmp_path / "z", parts)).code == "shapefile"
    assert refusal(tmp_path / "areas.shp").code == "shapefile"


@pytest.mark.parametrize("driver", ["GML", "LIBKML"])
def test_gml_and_kml_are_read(tmp_path, driver):
    path = layer(tmp_path / f"a.{driver[-3:].lower()}", driver, "EPSG:4326")
    recognition, rows, _ = rows_of(path.rename(tmp_path / "b"))
    assert recognition.format == driver[-3:].lower()
    assert recognition.crs == 4326
    assert [row["reference"] for row in rows.values()] == ["A1", "Café"]
    assert rows[2]["WKT"].startswith("POLYGON ")


def test_one_of_several_files_in_a_zip_can_be_chosen(tmp_path):
    path = zipped(
        tmp_path / "z",
        {"b.csv": "reference\nB", "a.csv": "reference\nA", "__MACOSX/c.csv": "x", ".d.csv": "x"},
    )
    recognition, rows, _ = rows_of(path)
    assert rows == {2: {"reference": "A"}}
    assert recognition.sheets == ("a.csv", "b.csv")
    assert recognition.notes == ("“a.csv” in the archive was read; left out: “b.csv”.",)
    assert rows_of(path, Choices(sheet="b.csv"))[1] == {2: {"reference": "B"}}


def test_gdal_has_no_more_drivers_than_are_needed():
    """In a process of its own: drivers are left out when the library is first imported."""
    program = (
        "from checking.reading.vector import _library\n"
        "library = _library()\n"
        "library.list_drivers()\n"
        "print(sorted(n for n, use in library.list_drivers().items() if 'r' in use))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=dict(os.environ)
    )
    assert result.stdout.strip() == str(sorted(DRIVERS.values()))
    assert result.stderr == ""


# What is not data


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"%PDF-1.7 ...", "format", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "format", "picture"),
        (b"\x1f\x8b\x08", "format", "not a zip"),
        (b"PAR1....", "format", "Parquet"),
        (b"<!doctype html><html>", "html", "web page"),
        (b"\n\n<HTML lang=en>", "html", "web page"),
        (b"<?xml version='1.0'?><feed/>", "xml", "feed"),
        (b"<ExceptionReport><ExceptionText>No such layer</ExceptionText>", "xml", "No such layer"),
        (b"SQLite format 3\0" + b"\0" * 200, "geopackage", "GeoPackage"),
        (b"PK\x03\x04 damaged", "archive", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "format", "document"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "encrypted",
            "password",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + b"\0" * 600,
            "workbook",
            "damaged",
        ),
    ],
)
def test_what_is_not_data_is_refused_with_what_was_seen(tmp_path, content, code, words):
    (tmp_path / "a.csv").write_bytes(content)
    error = refusal(tmp_path / "a.csv")
    assert error.code == code
    assert words in error.sentence
