"""The words for each type of issue: data, put into sentences by `issue_words`.

A type belongs to a family, which says why it matters, how to find the rows and how to fix them.
Each type has a title, the same in words for one row, and the remedy.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """Why issues of a kind matter, how to find the rows, and what to do after the remedy.

    `acts` is false where the provider has nothing to do.
    """

    why: str
    where: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    acts: bool = True


_ROWS = "Find the rows in your source system. The table below gives their line numbers."
_MAP = "Find the places in your mapping system (GIS). The table below gives their line and value."

FAMILIES = {
    "place": Family(
        "If a place is wrong or missing, the map does not show what applies to a piece of land. "
        "A planning application may then be decided without it.",
        (_MAP,),
        ("Look at the export on a map before you publish it.",),
    ),
    "projection": Family(
        "The platform had to guess the coordinate system, and converted the coordinates. A wrong "
        "guess can move a place by some metres, or put it in the sea.",
        (),
        ("Set it once in your mapping system’s export, so that it stays correct.",),
    ),
    "shape": Family(
        "A broken shape cannot be matched to a plot of land, so it is not clear what is inside it.",
        (_MAP,),
        ("Run your mapping system’s geometry check on the whole layer before you export it.",),
    ),
    "repaired shape": Family(
        "The platform fixed the shape automatically. Its outline may now differ from the one that "
        "was approved.",
        (_MAP,),
    ),
    "reference": Family(
        "A reference identifies a record from one day to the next. When rows share one, or have "
        "none, records are mixed up or lost.",
        (_ROWS,),
        ("Keep references permanent. Do not reuse one for something else.",),
    ),
    "join": Family(
        "References link records that belong together. If one is wrong, the related records cannot "
        "be found.",
        (_ROWS,),
    ),
    "missing": Family(
        "People who use the data rely on this value. Without it, the record is of little use.",
        (_ROWS,),
    ),
    "date": Family(
        "Dates show what is in force. A date that cannot be used is removed, and the record may "
        "seem to be in force when it is not.",
        (_ROWS,),
        ("Format the cells as dates, so that a spreadsheet does not swap day and month.",),
    ),
    "number": Family(
        "A number that cannot be used is removed, so totals from the data are wrong.",
        (_ROWS,),
    ),
    "value": Family(
        "The value is removed, because its meaning is not clear.",
        (_ROWS,),
    ),
    "link": Family(
        "People who use the data cannot open the document or page that the record refers to.",
        (_ROWS,),
        ("Open the address in a private window. It must work without signing in.",),
    ),
    "platform": Family(
        "The platform’s team is dealing with this. It is shown for information.",
        acts=False,
    ),
    "tidied": Family(
        "The platform tidied the data while reading it. Nothing was lost. You do not need to do "
        "anything.",
        acts=False,
    ),
    "unknown": Family(
        "We do not have a description of this kind of issue yet. The platform reported it with the "
        "name above.",
        (),
        (
            "Look at the rows below. The value with the issue is marked.",
            "Compare it with the dataset’s specification, and fix it in your source system.",
        ),
    ),
}

_EXPORT = "Export the data again with longitude and latitude (WGS84)."
_OUTSIDE = "Check the place, and that longitude and latitude are in the right order."
_NOTHING = "Nothing to do: the platform fixed it while reading the data."

# type of issue: family, title, words for one row, remedy
BY_TYPE: dict[str, tuple[str, str, str, str]] = {
    "invalid coordinates": (
        "place",
        "Coordinates cannot be read",
        "has coordinates that cannot be read",
        "Give numbers, such as -0.1276 51.5072.",
    ),
    "WGS84 out of bounds": (
        "place",
        "Coordinates are outside the valid range",
        "has coordinates outside the valid range",
        _OUTSIDE,
    ),
    "WGS84 out of bounds of England": (
        "place",
        "A place is not in England",
        "has a place that is not in England",
        _OUTSIDE,
    ),
    "OSGB out of bounds of England": (
        "place",
        "A place is not in England",
        "has a place on the National Grid that is not in England",
        "Check the place, and that easting and northing are in the right order.",
    ),
    "WGS84 out of bounds of custom boundary": (
        "place",
        "A place is outside the area set for it",
        "has a place outside the area set for it",
        _OUTSIDE,
    ),
    "OSGB out of bounds of custom boundary": (
        "place",
        "A place is outside the area set for it",
        "has a place on the National Grid outside the area set for it",
        "Check the place, and that easting and northing are in the right order.",
    ),
    "invalid geometry - not fixable": (
        "shape",
        "A shape is broken and cannot be fixed",
        "has a broken shape that cannot be fixed",
        "Draw it again. Its outline crosses itself, or has too few points.",
    ),
    "invalid geometry - fixed": (
        "repaired shape",
        "A shape was broken and has been fixed",
        "has a broken shape that the platform fixed",
        "Check that the fixed shape is correct, then fix it in your own data.",
    ),
    "Unexpected geom type": (
        "shape",
        "A shape is the wrong type",
        "has a shape of the wrong type",
        "Give points and areas only, not lines.",
    ),
    "Unexpected geom type within GeometryCollection": (
        "shape",
        "A shape does not contain an area",
        "has a shape that does not contain an area",
        "Give the area on its own, not in a collection.",
    ),
    "invalid WKT": (
        "shape",
        "A shape cannot be read",
        "has a shape that cannot be read",
        "Give it as well-known text (WKT) or GeoJSON.",
    ),
    "invalid type geojson": (
        "shape",
        "A shape is GeoJSON where WKT was expected",
        "has a shape in GeoJSON where WKT was expected",
        "Give all shapes of a column in one format.",
    ),
    "reference values are not unique": (
        "reference",
        "A reference is used more than once",
        "has a reference that is used more than once",
        "Give each row a reference of its own.",
    ),
    "missing value": (
        "missing",
        "A value is missing",
        "has no value where one is required",
        "Fill in the value in every row.",
    ),
    "missing associated entity": (
        "join",
        "A linked record is missing",
        "has a link to a missing record",
        "Check the reference, or provide the record that it links to.",
    ),
    "no associated documents found for this area": (
        "join",
        "An area has no documents",
        "has no documents that belong to it",
        "Provide the documents that belong to this area.",
    ),
    "invalid date": (
        "date",
        "A date cannot be read",
        "has a date that cannot be read",
        "Write dates as 2025-03-04: year, month, day.",
    ),
    "future entry-date": (
        "date",
        "An entry date is in the future",
        "has an entry date in the future",
        "Give the day when the row was entered or last changed.",
    ),
    "far-future-date": (
        "date",
        "A date is too far in the future",
        "has a date too far in the future",
        "Check the year.",
    ),
    "far-past-date": (
        "date",
        "A date is too far in the past",
        "has a date too far in the past",
        "Check the year.",
    ),
    "invalid decimal": (
        "number",
        "A number cannot be read",
        "has a number that cannot be read",
        "Use digits and a decimal point only, without commas, units or words.",
    ),
    "invalid integer": (
        "number",
        "A whole number cannot be read",
        "has a whole number that cannot be read",
        "Use digits only, without decimal points or words.",
    ),
    "too small": (
        "number",
        "A number is too small",
        "has a number that is too small",
        "Check the number and its unit.",
    ),
    "too large": (
        "number",
        "A number is too large",
        "has a number that is too large",
        "Check the number and its unit.",
    ),
    "invalid flag": (
        "value",
        "A value should be yes or no",
        "has a value that should be yes or no",
        "Write yes or no, or leave it blank.",
    ),
    "invalid URI": (
        "link",
        "A web address cannot be used",
        "has a web address that cannot be used",
        "Give the complete address, starting with https://.",
    ),
    "invalid organisation": (
        "value",
        "An organisation is not recognised",
        "names an organisation that is not recognised",
        "Use the organisation’s reference from the platform’s list.",
    ),
    "invalid category value": (
        "value",
        "A value is not in the allowed list",
        "has a value that is not in the allowed list",
        "Use one of the values that the specification allows.",
    ),
    "WGS84 flipped": (
        "projection",
        "Longitude and latitude were swapped back",
        "has longitude and latitude in the wrong order",
        _EXPORT,
    ),
    "OSGB": (
        "projection",
        "Coordinates were converted from the National Grid",
        "has National Grid coordinates, which were converted",
        _EXPORT,
    ),
    "OSGB flipped": (
        "projection",
        "Swapped National Grid coordinates were converted",
        "has easting and northing in the wrong order",
        _EXPORT,
    ),
    "Mercator": (
        "projection",
        "Coordinates were converted from Mercator",
        "has Mercator coordinates, which were converted",
        _EXPORT,
    ),
    "Mercator flipped": (
        "projection",
        "Swapped Mercator coordinates were converted",
        "has Mercator coordinates in the wrong order",
        _EXPORT,
    ),
    "unknown entity - missing reference": (
        "reference",
        "A row has no reference",
        "has no reference",
        "Give each row a reference of its own.",
    ),
    "unknown entity": (
        "platform",
        "A row has no number on the platform yet",
        "has no number on the platform yet",
        "Nothing to do: the platform’s team will give it one.",
    ),
    "entity number out of range": (
        "platform",
        "A row’s number on the platform is out of range",
        "has a number on the platform that is out of range",
        "Nothing to do: the platform’s team will fix it.",
    ),
    "combined-value": (
        "tidied",
        "A value was combined from several",
        "has a value combined from several",
        _NOTHING,
    ),
    "default-field": (
        "tidied",
        "A value was taken from another field",
        "has a value taken from another field",
        _NOTHING,
    ),
    "default-value": (
        "tidied",
        "A default value was filled in",
        "has a default value that was filled in",
        _NOTHING,
    ),
    "patch": (
        "tidied",
        "A value was corrected by a rule",
        "has a value that a rule corrected",
        _NOTHING,
    ),
    "removed URI prefix": (
        "tidied",
        "A web address was shortened to a reference",
        "has a web address that was shortened to a reference",
        _NOTHING,
    ),
    "reference value contains reference_prefix": (
        "tidied",
        "A reference repeats its prefix",
        "has a reference that repeats its prefix",
        _NOTHING,
    ),
}
