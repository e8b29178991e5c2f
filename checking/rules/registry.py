"""Every rule with its severity and its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from checking.specification import issue_types

Ladder = Literal["must", "should", "changed"]
Origin = Literal["platform", "ours"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. `message` says what is wrong, wherever its field is named beside it; `advice` what to
    do; `passed` is the sentence of a `{field}` where nothing was found ('' if that is not worth a
    line)."""

    name: str
    issue_type: str
    severity: str
    responsibility: str
    origin: Origin
    ladder: Ladder
    message: str
    advice: str = ""
    passed: str = ""


_GEOMETRY_KINDS = (
    "Give areas as POLYGON or MULTIPOLYGON and points as POINT, in the field that the dataset has"
    " for them."
)
_OUTSIDE = (
    "Check that the coordinates are complete, and that easting comes before northing, or longitude"
    " before latitude."
)
_WGS84 = "Nothing needs doing. To be sure of the place, give longitude and latitude (WGS84)."
_SHAPE = "Open the shape in your mapping software, repair it and export it again."
_ENCLOSED = "Give the whole web address, beginning with https://, and one address in each cell."

_PLATFORM: tuple[tuple[str, Ladder, str, str, str], ...] = (
    (
        "missing column",
        "must",
        "There is no column for this field",
        "Add the column, or say which of your columns it is.",
        "Every column that must be there is there",
    ),
    (
        "missing value",
        "should",
        "The value is blank",
        "Fill in the value in each of these rows.",
        "{field} is filled in everywhere",
    ),
    (
        "reference values are not unique",
        "must",
        "The same reference is used by more than one row",
        "Give each row a reference of its own, or take out the rows that are there twice.",
        "Every row has a reference of its own",
    ),
    (
        "invalid date",
        "should",
        "Some values are not dates",
        "Write dates as year-month-day, for example 2024-05-31. Leave the cell blank if the date is"
        " not known.",
        "All dates in {field} can be read",
    ),
    (
        "far-past-date",
        "should",
        "Dates before the end of 1799, which the platform removes",
        "Check the year.",
        "",
    ),
    (
        "far-future-date",
        "should",
        "Dates more than 50 years ahead, which the platform removes",
        "Check the year. Leave the cell blank if the date is not known.",
        "",
    ),
    (
        "future entry-date",
        "should",
        "Dates in the future",
        "Give the date when the row was last changed. It cannot be later than today.",
        "",
    ),
    (
        "invalid decimal",
        "should",
        "Some values are not numbers",
        "Use digits and a point only, for example 1200.50, without a unit.",
        "All numbers in {field} can be read",
    ),
    (
        "invalid integer",
        "should",
        "Some values are not whole numbers",
        "Use digits only, for example 12000, without commas, a unit or a range.",
        "All numbers in {field} can be read",
    ),
    ("too small", "should", "Numbers below 0", "Use 0 or more.", ""),
    (
        "invalid flag",
        "should",
        "Some values are neither yes nor no",
        "Use yes or no, or leave the cell blank.",
        "All values in {field} are yes or no",
    ),
    (
        "invalid URI",
        "should",
        "Some values are not complete web addresses",
        _ENCLOSED,
        "All web addresses in {field} are complete",
    ),
    (
        "invalid category value",
        "should",
        "Some values are not on the list of allowed values",
        "Use the allowed values as they are spelt in the guidance. Separate several with"
        " semicolons.",
        "All values in {field} are on the list of allowed values",
    ),
    (
        "invalid organisation",
        "should",
        "Some values are not an organisation that the platform has",
        "Use the organisation's code, for example local-authority:LBH, or its address.",
        "All organisations in {field} are on the list",
    ),
    (
        "invalid WKT",
        "should",
        "Some values cannot be read as shapes",
        "Give each shape as well-known text, for example POLYGON ((-1.1 52.9, …)) or"
        " POINT (-1.1 52.9).",
        "All shapes in {field} can be read",
    ),
    (
        "Unexpected geom type",
        "must",
        "Shapes of the wrong kind",
        _GEOMETRY_KINDS,
        "",
    ),
    (
        "Unexpected geom type within GeometryCollection",
        "must",
        "Collections of shapes that do not begin with an area",
        _GEOMETRY_KINDS,
        "",
    ),
    (
        "invalid coordinates",
        "must",
        "Coordinates that fit no coordinate system the platform takes",
        "Use longitude and latitude (WGS84), or British National Grid.",
        "",
    ),
    (
        "WGS84 out of bounds of England",
        "must",
        "Longitudes and latitudes that are not in England",
        _OUTSIDE,
        "All places in {field} are in or near England",
    ),
    (
        "OSGB out of bounds of England",
        "must",
        "Grid coordinates that are not in England",
        _OUTSIDE,
        "",
    ),
    (
        "invalid geometry - not fixable",
        "must",
        "Shapes that are not valid and cannot be repaired",
        _SHAPE,
        "",
    ),
    (
        "invalid geometry - fixed",
        "changed",
        "Shapes that were not valid were repaired",
        _SHAPE + " The repair may not be what you mean.",
        "All shapes in {field} are valid",
    ),
    (
        "invalid type geojson",
        "changed",
        "Shapes written as GeoJSON, whose place the platform does not test",
        "Give the shapes as well-known text, or the whole file as GeoJSON.",
        "",
    ),
    (
        "WGS84 flipped",
        "changed",
        "Latitude and longitude were exchanged",
        "Give longitude first, then latitude.",
        "",
    ),
    (
        "OSGB",
        "changed",
        "British National Grid coordinates were turned into longitude and latitude",
        _WGS84,
        "",
    ),
    (
        "OSGB flipped",
        "changed",
        "Grid coordinates were exchanged and turned into longitude and latitude",
        "Give easting first, then northing.",
        "",
    ),
    (
        "Mercator",
        "changed",
        "Web Mercator coordinates were turned into longitude and latitude",
        _WGS84,
        "",
    ),
    (
        "Mercator flipped",
        "changed",
        "Web Mercator coordinates were exchanged and turned into longitude and latitude",
        "Give the coordinate to the east first.",
        "",
    ),
)

_OURS: tuple[tuple[str, str, Ladder, str, str, str], ...] = (
    (
        "empty geometry",
        "error",
        "should",
        "Shapes without coordinates, which the platform removes without a word",
        "Draw the shape, or leave the cell blank.",
        "",
    ),
    (
        "collapsed geometry",
        "error",
        "should",
        "Shapes too small or too thin to keep, which the platform removes without a word",
        _SHAPE,
        "",
    ),
    (
        "declared system contradicts",
        "warning",
        "should",
        "Coordinates do not fit the coordinate system that the file declares",
        "Export the file again and say which coordinate system it is in.",
        "",
    ),
    (
        "grid axes exchanged",
        "error",
        "should",
        "Easting and northing seem to be exchanged: as written, the place is elsewhere",
        "Give easting first, then northing.",
        "",
    ),
    (
        "corner outside England",
        "error",
        "should",
        "{field} has shapes that begin in England and go beyond it",
        "Look for a corner with a wrong digit, or with its coordinates exchanged.",
        "",
    ),
    (
        "coordinates not tested",
        "error",
        "should",
        "{field} has GeoJSON whose coordinates the platform does not test, and would keep wrong",
        "Give longitude first, then latitude (WGS84).",
        "",
    ),
    (
        "too many corners",
        "error",
        "should",
        "{field} has shapes with more corners than we can check",
        "A shape can have 500,000 corners, and a file 5 million. Simplify the shapes.",
        "",
    ),
    (
        "outside authority",
        "warning",
        "should",
        "Places outside the authority's boundary",
        "Check that the coordinates are right and that the row belongs to your authority.",
        "All places in {field} are within the authority's boundary",
    ),
    (
        "duplicate geometry",
        "warning",
        "should",
        "The same place is drawn by more than one row",
        "Take out the rows that are there twice, or correct the shape of one.",
        "No place is drawn twice",
    ),
    (
        "doubtful date",
        "warning",
        "changed",
        "Dates that can be read in more than one way",
        "Check that the date we read is the one you mean. Write dates as year-month-day.",
        "",
    ),
    (
        "reference used again",
        "warning",
        "should",
        "The same reference is used again with another entry date",
        "The platform takes these rows as versions of one thing, and shows the newest. Give each"
        " thing a reference of its own.",
        "",
    ),
    (
        "not a number",
        "error",
        "should",
        "NaN or infinity in place of a number",
        "Leave the cell blank if the number is not known. Today this stops the platform's check.",
        "",
    ),
    (
        "unknown reference",
        "error",
        "should",
        "References that the platform does not hold for your authority",
        "Check the spelling, or publish what is named first.",
        "Everything that {field} names is on the platform",
    ),
    (
        "broken row",
        "error",
        "should",
        "Rows that cannot be read as they stand",
        "Check quotation marks and the number of cells in these rows.",
        "",
    ),
    (
        "long cell",
        "error",
        "should",
        "Cells too long to be one value",
        "Check for a quotation mark that is not closed.",
        "",
    ),
    (
        "odd cell",
        "error",
        "should",
        "Cells that could not be checked",
        "Look at these cells and write them more simply.",
        "",
    ),
    (
        "changed text",
        "notice",
        "changed",
        "Text is kept in another spelling",
        "Nothing needs doing if the new spelling is right.",
        "",
    ),
    (
        "two columns for one field",
        "warning",
        "should",
        "More than one column is taken for this field, and the last one wins, even a blank one",
        "Keep one column for this field, or drop the others when you match the columns.",
        "",
    ),
    (
        "column dropped",
        "warning",
        "should",
        "The column of this name is not used, because another column is taken for it",
        "Rename or remove the other column.",
        "",
    ),
)


def _rules() -> dict[str, Rule]:
    """All rules by name."""
    published = issue_types()
    rules = {}
    for name, ladder, message, advice, passed in _PLATFORM:
        severity, responsibility = published.get(name, ("error", "external"))
        rules[name] = Rule(
            name, name, severity, responsibility, "platform", ladder, message, advice, passed
        )
    for name, severity, ladder, message, advice, passed in _OURS:
        rules[name] = Rule(
            name, name, severity, "external", "ours", ladder, message, advice, passed
        )
    return rules


RULES = _rules()
