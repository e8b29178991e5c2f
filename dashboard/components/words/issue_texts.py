"""What is said of each type of issue: data, put into sentences by `issue_words`.

A type belongs to a family, which says why it matters and how such things are found and mended.
Each type has a title, the same said of one row, and the remedy.
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


_ROWS = "Find the rows in the system that the data comes from: the table below has their line."
_MAP = "Find the places in your mapping system (GIS): the table below has their line and value."

FAMILIES = {
    "place": Family(
        "Nobody can see on a map what applies to a piece of land if its place is wrong or missing. "
        "A planning application may then be judged without it.",
        (_MAP,),
        ("Look at the export on a map before you publish it.",),
    ),
    "projection": Family(
        "The platform had to guess which coordinates were meant, and converted them. A guess can "
        "be wrong by some metres, or put a place in the sea.",
        (),
        ("Set it once in the export of your mapping system, so that it stays right.",),
    ),
    "shape": Family(
        "A broken shape cannot be laid over a plot of land, so nobody can tell what lies inside.",
        (_MAP,),
        ("Run your mapping system’s check of geometry over the whole layer before the export.",),
    ),
    "mended shape": Family(
        "The platform mended the shape by a rule. Its outline may now differ from the one that "
        "was decided.",
        (_MAP,),
    ),
    "reference": Family(
        "A reference is how a record is known from one day to the next. When rows share one, or "
        "have none, records are mixed up or lost.",
        (_ROWS,),
        ("Keep a reference for good: do not use it again for something else.",),
    ),
    "join": Family(
        "Records that belong together are joined by reference. With a wrong one, the rest of the "
        "story cannot be found.",
        (_ROWS,),
    ),
    "missing": Family(
        "Whoever uses the data relies on this value. Without it the record is of little use.",
        (_ROWS,),
    ),
    "date": Family(
        "Dates tell what is in force. A date that cannot be used is dropped, and the record may "
        "seem to be in force when it is not.",
        (_ROWS,),
        ("Keep the cells as dates, so that a spreadsheet cannot turn day and month round.",),
    ),
    "number": Family(
        "A number that cannot be used is dropped, and sums made from the data are then wrong.",
        (_ROWS,),
    ),
    "value": Family(
        "The value is dropped, because it cannot be told what was meant.",
        (_ROWS,),
    ),
    "link": Family(
        "Readers of the data cannot open the document or page that the record speaks of.",
        (_ROWS,),
        ("Open the address in a private window: it must work without signing in.",),
    ),
    "platform": Family(
        "This is for the team that runs the platform to put right. It is shown so that you know.",
        acts=False,
    ),
    "tidied": Family(
        "The platform tidied the data while reading it. Nothing was lost and nothing is asked "
        "of you.",
        acts=False,
    ),
    "unknown": Family(
        "We have no words of our own for this kind of issue yet. The platform reported it under "
        "the name above.",
        (),
        (
            "Look at the rows below: the value that was found is marked.",
            "Compare it with what the dataset’s specification asks for, and mend it where the "
            "data is kept.",
        ),
    ),
}

_EXPORT = "Export the data again with longitude and latitude (WGS84)."
_OUTSIDE = "Check the place, and that longitude and latitude are the right way round."
_NOTHING = "Nothing to do: it was put right while the data was read."

# type of issue: family, title, said of one row, remedy
BY_TYPE: dict[str, tuple[str, str, str, str]] = {
    "invalid coordinates": (
        "place",
        "Coordinates cannot be read",
        "has coordinates that cannot be read",
        "Give numbers, such as -0.1276 51.5072.",
    ),
    "WGS84 out of bounds": (
        "place",
        "A point is nowhere on the map",
        "has a point that is nowhere on the map",
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
        "Check the place, and that easting and northing are the right way round.",
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
        "Check the place, and that easting and northing are the right way round.",
    ),
    "invalid geometry - not fixable": (
        "shape",
        "A shape is broken and cannot be mended",
        "has a broken shape that cannot be mended",
        "Draw it again: its outline crosses itself, or has too few points.",
    ),
    "invalid geometry - fixed": (
        "mended shape",
        "A shape was broken and has been mended",
        "has a broken shape that the platform mended",
        "Check that the mended shape is right, then mend it in your own data.",
    ),
    "Unexpected geom type": (
        "shape",
        "A shape is of the wrong kind",
        "has a shape of the wrong kind",
        "Give points and areas only: no lines.",
    ),
    "Unexpected geom type within GeometryCollection": (
        "shape",
        "A shape has no area in it",
        "has a shape without an area in it",
        "Give the area by itself, not in a collection.",
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
        "has no value where one is needed",
        "Fill in the value in every row.",
    ),
    "missing associated entity": (
        "join",
        "It points to a record that is not there",
        "points to a record that is not there",
        "Check the reference, or provide the record that it points to.",
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
        "An entry date lies in the future",
        "has an entry date in the future",
        "Give the day on which the row was entered or last changed.",
    ),
    "far-future-date": (
        "date",
        "A date is too far ahead to be right",
        "has a date too far ahead to be right",
        "Check the year.",
    ),
    "far-past-date": (
        "date",
        "A date is too long ago to be right",
        "has a date too long ago to be right",
        "Check the year.",
    ),
    "invalid decimal": (
        "number",
        "A number cannot be read",
        "has a number that cannot be read",
        "Use digits and a point only: no commas, units or words.",
    ),
    "invalid integer": (
        "number",
        "A whole number cannot be read",
        "has a whole number that cannot be read",
        "Use digits only: no points or words.",
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
        "Give the complete address, with https:// at its beginning.",
    ),
    "invalid organisation": (
        "value",
        "An organisation is not known",
        "names an organisation that is not known",
        "Use the organisation’s reference from the platform’s list.",
    ),
    "invalid category value": (
        "value",
        "A value is not in its list",
        "has a value that is not in its list",
        "Use one of the values that the specification allows.",
    ),
    "WGS84 flipped": (
        "projection",
        "Longitude and latitude were swapped back",
        "has longitude and latitude the wrong way round",
        _EXPORT,
    ),
    "OSGB": (
        "projection",
        "Coordinates were converted from the National Grid",
        "has coordinates of the National Grid, which were converted",
        _EXPORT,
    ),
    "OSGB flipped": (
        "projection",
        "Swapped National Grid coordinates were converted",
        "has easting and northing the wrong way round",
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
        "has Mercator coordinates the wrong way round",
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
        "Nothing to do: the platform team gives it one.",
    ),
    "entity number out of range": (
        "platform",
        "A row’s number on the platform is out of range",
        "has a number on the platform that is out of range",
        "Nothing to do: the platform team looks after it.",
    ),
    "combined-value": (
        "tidied",
        "A value was put together from several",
        "has a value put together from several",
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
        "A usual value was filled in",
        "has a usual value that was filled in",
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
