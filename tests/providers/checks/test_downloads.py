"""What is taken away from a check, read back by other programs than wrote it."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from python_calamine import CalamineWorkbook

from providers.checks import downloads, findings
from providers.checks.format import (
    Column,
    Field,
    Finding,
    Group,
    Options,
    Recognised,
    Row,
    Summary,
)
from providers.checks.requests import Check
from providers.checks.wkt import geojson

FORMULA = '=HYPERLINK("https://evil.example","Click")'

MOVED = "Grid coordinates were turned into longitude and latitude"
ABOUT = ("error", "external", "platform")


def group(number: int, field: str, **values: Any) -> Group:
    standard = {
        "rule": "invalid date",
        "issue_type": "invalid date",
        "severity": "error",
        "responsibility": "external",
        "origin": "platform",
        "ladder": "must",
        "count": 1,
        "rows": 1,
        "message": f"{field} has values that are not dates",
        "advice": "Write dates as YYYY-MM-DD.",
    }
    return Group(**standard | {"number": number, "field": field} | values)


GROUPS = (
    group(0, "entry-date"),
    group(
        1, "notes", rule="missing column", issue_type="missing column", rows=0,
        message="There is no column for notes",
    ),
    group(
        2, "geometry", issue_type="OSGB", severity="warning", ladder="changed", origin="platform",
        message=MOVED, advice="",
    ),
)  # fmt: skip
SUMMARY = Summary(
    verdict="not-ready",
    rows=3,
    must_rows=1,
    should_rows=0,
    changed_rows=1,
    recognised=Recognised("comma-separated", "csv"),
    columns=(
        Column("Ref", "reference", "mapping"),
        Column("Name", "name", "alias"),
        Column("Colour", None, "unused"),
        Column("Entered", "entry-date", "mapping"),
        Column("WKT", "geometry", "alias"),
    ),
    fields=(
        *map(Field, ("reference", "name", "entry-date", "geometry")),
        Field("notes", is_missing=True),
    ),
    groups=GROUPS,
    has_shapes=True,
)
ROWS = (
    Row(
        1, 2, ("CA1", FORMULA, "red", "2024-01-02", "POINT (530000 180000)"),
        ("CA1", FORMULA, "2024-01-02", "POINT (-0.127 51.5)", ""),
        (Finding(2, "", ""),),
    ),
    Row(
        2, 3, ("-5", "- see <b>notes</b>", "", "soon", ""), ("-5", "- see notes", "", "", ""),
        (Finding(0, "soon", "soon is no date"),),
    ),
    Row(
        3, 5, ("CA3", "Plain", "", "03/02/2024", "POLYGON ((0 1, 1 1, 1 0, 0 1))"),
        ("CA3", "Plain", "2024-02-03", "POLYGON ((0 1, 1 1, 1 0, 0 1))", ""),
    ),
)  # fmt: skip


def check(summary: Summary | None = SUMMARY) -> Check:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Check(
        id=1, request_id=1, secret="s", dataset="conservation-area", organisation=None,
        name="areas.csv", url=None, options=Options(), state="finished", stage="", rows_done=3,
        created_at=now, finished_at=now, expires_at=now, original_until=None, summary=summary,
    )  # fmt: skip


BLOCKS = (ROWS[:2], (), ROWS[2:])


def table(stream: Iterable[bytes]) -> list[list[str]]:
    body = b"".join(stream)
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))


def test_findings_have_a_row_each_and_what_has_no_line_comes_first() -> None:
    heading, *rows = table(downloads.findings_csv(check(), BLOCKS))
    assert heading == list(findings.COLUMNS)
    assert rows == [
        ["", "", "notes", "missing column", "", *ABOUT, "There is no column for notes"],
        ["2", "1", "geometry", "OSGB", "", "warning", *ABOUT[1:], MOVED],
        ["3", "2", "entry-date", "invalid date", "soon", *ABOUT, "soon is no date"],
    ]


def test_findings_as_json_say_the_same_and_their_messages() -> None:
    objects = json.loads(b"".join(downloads.findings_json(check(), BLOCKS)))
    assert [(o["line-number"], o["issue-type"], o["message"]) for o in objects] == [
        (None, "missing column", "There is no column for notes"),
        (2, "OSGB", MOVED),
        (3, "invalid date", "soon is no date"),
    ]
    assert set(objects[0]) == set(findings.COLUMNS)
    nothing = b"".join(downloads.findings_json(check(), ()))
    assert len(json.loads(nothing)) == 1


def test_the_corrected_file_has_the_fields_in_order_and_runs_nothing() -> None:
    heading, *rows = table(downloads.corrected_csv(check(), BLOCKS))
    # Nothing for notes, for which the file has no column.
    assert heading == ["reference", "name", "entry-date", "geometry"]
    assert rows == [
        ["CA1", "'" + FORMULA, "2024-01-02", "POINT (-0.127 51.5)"],
        # What is no date stays: to blank it would be a guess, and a trouble of another kind.
        ["-5", "- see notes", "soon", ""],
        ["CA3", "Plain", "2024-02-03", "POLYGON ((0 1, 1 1, 1 0, 0 1))"],
    ]


@pytest.mark.parametrize(
    "text", ["-1", "- see notes", "+44 1632 960001", "-0.5e3", "+ garden", "a=b", "-"]
)
def test_what_runs_nothing_is_published_as_it_is(text: str) -> None:
    row = Row(1, 2, (text,), (text, "", "", "", ""))
    assert table(downloads.corrected_csv(check(), ((row,),)))[1][0] == text


@pytest.mark.parametrize(
    "text",
    ["=1+1", "@SUM(A1)", "-cmd|' /C calc'!A0", "+f(1)", "\t=1", "-1+1@x", "- WEBSERVICE(A1)"],
)
def test_what_a_spreadsheet_would_run_is_defused(text: str) -> None:
    row = Row(1, 2, (text,), (text, "", "", "", ""))
    assert table(downloads.corrected_csv(check(), ((row,),)))[1][0] == "'" + text


def test_changes_name_every_cell_that_differs_and_why() -> None:
    heading, *rows = table(downloads.changes_csv(check(), BLOCKS))
    assert heading == list(downloads.CHANGES)
    left_out, *rows = rows
    assert left_out == [
        *("", "", "", "Colour", ""),
        "The column is left out: it was taken for no field of the specification.",
    ]
    assert [row[:5] for row in rows] == [
        ["2", "1", "name", "'" + FORMULA, "'" + FORMULA],
        ["2", "1", "geometry", "POINT (530000 180000)", "POINT (-0.127 51.5)"],
        ["3", "2", "name", "'- see <b>notes</b>", "'- see notes"],
        ["5", "3", "entry-date", "03/02/2024", "2024-02-03"],
    ]
    assert "apostrophe" in rows[0][5]
    assert [row[5] for row in rows[1:]] == [
        "Grid coordinates were turned into longitude and latitude.",
        "Written as the specification has it.",
        "Written as the specification has it.",
    ]


def test_geojson_has_shapes_and_values_as_they_are() -> None:
    collection = json.loads(b"".join(downloads.corrected_geojson(check(), BLOCKS)))
    first, second, third = collection["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": [-0.127, 51.5]}
    assert first["properties"] == {"reference": "CA1", "name": FORMULA, "entry-date": "2024-01-02"}
    assert second["geometry"] is None
    assert second["properties"]["entry-date"] == "soon"
    assert downloads.AS_GIVEN not in second["properties"]
    assert third["geometry"]["coordinates"] == [[[0, 1], [1, 1], [1, 0], [0, 1]]]


@pytest.mark.parametrize(
    ("wkt", "shape"),
    [
        ("POINT(1 -2.50)", {"type": "Point", "coordinates": [1, -2.5]}),
        ("Point Z ( 1  2 3 )", {"type": "Point", "coordinates": [1, 2, 3]}),
        ("MULTIPOINT (1 2, 3 4)", {"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]}),
        ("MULTIPOINT ((1 2), (3 4))", {"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]}),
        ("LINESTRING (1 2 ,\n3 4)", {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}),
        (
            "MULTIPOLYGON (((0 0, 1 0, 1e0 1, 0 0)), ((5 5, 6 5, 6 6, 5 5), (0 0, 1 0, 1 1, 0 0)))",
            {
                "type": "MultiPolygon",
                "coordinates": [
                    [[[0, 0], [1, 0], [1, 1], [0, 0]]],
                    [[[5, 5], [6, 5], [6, 6], [5, 5]], [[0, 0], [1, 0], [1, 1], [0, 0]]],
                ],
            },
        ),
    ],
)  # fmt: skip
def test_well_known_text_becomes_geojson(wkt: str, shape: dict[str, Any]) -> None:
    body = geojson(wkt)
    assert body is not None
    assert json.loads(body) == shape


@pytest.mark.parametrize(
    "wkt",
    ["", "POINT EMPTY", "POLYGON ((1 2, 3 4)", "POINT (nan 1)", 'POINT (1 2],"x":[)',
     "CIRCLE (1 2)", "POLYGON (1 2, 3 4)", "POINT ()", "POLYGON ()", "<script>",
     "POINT (1 2) POINT (3 4)"],
)  # fmt: skip
def test_what_is_no_shape_becomes_none(wkt: str) -> None:
    assert geojson(wkt) is None


@pytest.mark.parametrize(
    "text", ["POINT (-0.1 51.5)", "POLYGON ((1 2", "=1+1"], ids=["point", "broken", "formula"]
)
def test_a_shape_that_was_refused_stays_as_it_was_given(text: str) -> None:
    groups = (group(0, "geometry"), group(1, "name", ladder="changed"))
    summary = msgspec.structs.replace(SUMMARY, groups=groups)
    row = Row(
        1, 2, ("CA1", "n/a", "", "", text), ("CA1", "", "", "", ""), (Finding(0), Finding(1)),
    )  # fmt: skip
    csv_text = "'" + text if text.startswith("=") else text
    subject = check(summary)
    assert table(downloads.corrected_csv(subject, ((row,),)))[1] == ["CA1", "", "", csv_text]
    [feature] = json.loads(b"".join(downloads.corrected_geojson(subject, ((row,),))))["features"]
    assert feature["geometry"] is None
    assert feature["properties"][downloads.AS_GIVEN] == text
    changes = [line for line in table(downloads.changes_csv(subject, ((row,),)))[1:] if line[0]]
    # A null word is nothing to the platform: that it goes is a change. So is an apostrophe.
    assert [line[2] for line in changes] == ["name", "geometry"][: 1 + (csv_text != text)]
    if csv_text != text:
        assert (
            changes[1][5] == "An apostrophe stands before it, so that no spreadsheet runs it "
            "as a formula."
        )


def test_coordinates_that_were_refused_are_no_point() -> None:
    fields = tuple(map(Field, ("SiteReference", "GeoX", "GeoY")))
    columns = tuple(Column(one.field, one.field, "name") for one in fields)
    summary = msgspec.structs.replace(
        SUMMARY, columns=columns, fields=fields, groups=(group(0, "GeoX,GeoY"),)
    )
    row = Row(1, 2, ("B1", "9999999", "12"), ("B1", "", ""), (Finding(0),))
    [feature] = json.loads(b"".join(downloads.corrected_geojson(check(summary), ((row,),))))[
        "features"
    ]
    assert feature["geometry"] is None
    assert feature["properties"] == {"SiteReference": "B1", "GeoX": "9999999", "GeoY": "12"}


def test_columns_that_are_left_out_are_named_and_why() -> None:
    columns = (
        Column("Ref No", None, "unused"),
        Column("Site Name", None, "ignored"),
        Column("date b", "entry-date", "alias"),
        Column("date a", "entry-date", "alias"),
    )
    reasons = downloads.omissions(msgspec.structs.replace(SUMMARY, columns=columns))
    assert reasons == [
        ("Ref No", "The column is left out: it was taken for no field of the specification."),
        ("Site Name", "The column is left out, as was chosen for it."),
        ("date a", "The column is left out: entry-date comes of the column date b."),
    ]


def test_of_two_columns_the_one_that_the_platform_takes_stays() -> None:
    columns = (Column("date b", "entry-date", "alias"), Column("date a", "entry-date", "alias"))
    summary = msgspec.structs.replace(
        SUMMARY, columns=columns, fields=(Field("entry-date"),), groups=(group(0, "entry-date"),)
    )
    row = Row(1, 2, ("never", "soon"), ("",), (Finding(0),))
    assert table(downloads.corrected_csv(check(summary), ((row,),)))[1] == ["never"]


def test_one_field_gives_all_shapes_of_a_file() -> None:
    columns = tuple(Column(name, name, "name") for name in ("point", "geometry"))
    fields = tuple(map(Field, ("point", "geometry")))
    summary = Summary("ready", 1, 0, 0, 0, SUMMARY.recognised, columns, fields, ())
    row = Row(1, 2, (), ("POINT (1 2)", ""))
    for dataset, shape, properties in (
        ("conservation-area", None, {"point": "POINT (1 2)"}),
        ("tree", {"type": "Point", "coordinates": [1, 2]}, {}),
    ):
        subject = dataclasses.replace(check(summary), dataset=dataset)
        body = b"".join(downloads.corrected_geojson(subject, ((row,),)))
        [feature] = json.loads(body)["features"]
        assert (feature["geometry"], feature["properties"]) == (shape, properties)


def test_coordinates_of_brownfield_land_become_a_point() -> None:
    fields = tuple(map(Field, ("SiteReference", "GeoX", "GeoY")))
    summary = Summary("ready", 1, 0, 0, 0, SUMMARY.recognised, (), fields, ())
    rows = (Row(1, 2, (), ("B1", "-1.5", "52.25")),)
    [feature] = json.loads(b"".join(downloads.corrected_geojson(check(summary), (rows,))))[
        "features"
    ]
    assert feature["geometry"]["coordinates"] == [-1.5, 52.25]


STREAMS = [
    downloads.findings_csv, downloads.findings_json, downloads.corrected_csv,
    downloads.corrected_geojson, downloads.changes_csv,
]  # fmt: skip


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.__name__)
def test_the_first_bytes_come_before_any_row_is_read(stream: Any) -> None:
    def never() -> Iterator[tuple[Row, ...]]:
        raise AssertionError("rows were read")
        yield ()

    assert next(iter(stream(check(), never())))


@pytest.mark.parametrize("stream", [*STREAMS, downloads.marked_workbook], ids=lambda s: s.__name__)
def test_a_check_without_a_result_has_nothing_to_take_away(stream: Any) -> None:
    with pytest.raises(ValueError, match="without a result"):
        stream(check(None), ())


# The workbook


def test_the_workbook_has_rows_with_troubles_and_a_comment_on_each_marked_cell() -> None:
    with downloads.marked_workbook(check(), BLOCKS) as file:
        body = file.read()
    book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    heading, first, second = book.get_sheet_by_name("Rows").to_python()
    assert heading[2:] == ["Ref", "Name", "Colour", "Entered", "WKT"]
    assert first[0] == "2"
    assert first[3] == FORMULA
    assert second[:3] == ["3", "Must fix: soon is no date", "-5"]
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        comments = parts.read("xl/comments1.xml").decode()
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert 'ref="G2"' in comments
    assert 'ref="F3"' in comments
    assert comments.count("<comment ") == 2
    assert "<f>" not in sheet
    about = [row[0] for row in book.get_sheet_by_name("About").to_python()]
    assert "Must fix: There is no column for notes." in about


def test_long_cells_are_shortened_and_that_is_said() -> None:
    long = "🏠" * 20_000
    row = Row(1, 2, (long, "x\x00\x0b]]>", "", "", ""), ("",) * 5, (Finding(0),))
    with downloads.marked_workbook(check(), ((row,),)) as file:
        book = CalamineWorkbook.from_filelike(file)
    cells = book.get_sheet_by_name("Rows").to_python()[1]
    assert cells[2].endswith("(shortened: the file has 20,000 letters here)")
    assert len(cells[2].encode("utf-16-le")) <= 2 * 32_767
    about = [row[0] for row in book.get_sheet_by_name("About").to_python()]
    assert any("were shortened: 1" in line for line in about)


def test_at_most_ten_thousand_rows_are_in_a_workbook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("providers.checks.workbook.MOST_ROWS", 3)
    blocks = (tuple(Row(n, n + 1, ("a",), (), (Finding(0),)) for n in range(1, 9)),)
    with downloads.marked_workbook(check(), blocks) as file:
        book = CalamineWorkbook.from_filelike(file)
    assert len(book.get_sheet_by_name("Rows").to_python()) == 4
    about = [row[0] for row in book.get_sheet_by_name("About").to_python()]
    assert any("At most the first 3" in line for line in about)
