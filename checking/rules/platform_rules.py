"""The platform's rules, by the names of its issue types: where each stands on the ladder, what is
wrong, what to do, and what is said where nothing was found."""

from __future__ import annotations

from checking.rules.ladder import Ladder

_GEOMETRY_KINDS = (
    "Give areas as POLYGON or MULTIPOLYGON and points as POINT, in the field that the dataset has"
    " for them."
)
_OUTSIDE = (
    "Check that the coordinates are complete, and that easting comes before northing, or longitude"
    " before latitude."
)
_WGS84 = "Nothing needs doing. To be sure of the place, give longitude and latitude (WGS84)."
SHAPE = "Open the shape in your mapping software, repair it and export it again."
_ENCLOSED = "Give the whole web address, beginning with https://, and one address in each cell."

PLATFORM: tuple[tuple[str, Ladder, str, str, str], ...] = (
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
        SHAPE,
        "",
    ),
    (
        "invalid geometry - fixed",
        "changed",
        "Shapes that were not valid were repaired",
        SHAPE + " The repair may not be what you mean.",
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
