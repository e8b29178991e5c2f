"""Issues in plain words: what is wrong, and what to do about it where the data is kept.

For each type of issue that the platform reports. A type never seen before is shown by the name it
comes with and without advice.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IssueWords:
    """One type of issue: what is wrong, in a few words, and what to do; "" when nothing."""

    title: str
    remedy: str


_EXPORT = "Export the data again with longitude and latitude (WGS84)."
_OUTSIDE = "Check the place, and that longitude and latitude are the right way round."
_NOTHING = "Nothing to do: it was put right while the data was read."

_BY_TYPE: dict[str, tuple[str, str]] = {
    "invalid coordinates": ("Coordinates cannot be read", "Give numbers, such as -0.1276 51.5072."),
    "WGS84 out of bounds": ("A point is nowhere on the map", _OUTSIDE),
    "WGS84 out of bounds of England": ("A place is not in England", _OUTSIDE),
    "OSGB out of bounds of England": ("A place is not in England", _OUTSIDE),
    "WGS84 out of bounds of custom boundary": ("A place is outside the area set for it", _OUTSIDE),
    "OSGB out of bounds of custom boundary": ("A place is outside the area set for it", _OUTSIDE),
    "invalid geometry - not fixable": (
        "A shape is broken and cannot be mended",
        "Draw it again: its outline crosses itself, or has too few points.",
    ),
    "invalid geometry - fixed": (
        "A shape was broken and has been mended",
        "Check that the mended shape is right, then mend it in your own data.",
    ),
    "Unexpected geom type": (
        "A shape is of the wrong kind",
        "Give points and areas only: no lines.",
    ),
    "Unexpected geom type within GeometryCollection": (
        "A shape has no area in it",
        "Give the area by itself, not in a collection.",
    ),
    "invalid WKT": ("A shape cannot be read", "Give it as well-known text (WKT) or GeoJSON."),
    "invalid type geojson": (
        "A shape is GeoJSON where WKT was expected",
        "Give all shapes of a column in one format.",
    ),
    "reference values are not unique": (
        "A reference is used more than once",
        "Give each row a reference of its own, and keep it for good.",
    ),
    "missing value": ("A value is missing", "Fill in the value in every row."),
    "missing associated entity": (
        "It points to a record that is not there",
        "Check the reference, or provide the record that it points to.",
    ),
    "no associated documents found for this area": (
        "An area has no documents",
        "Provide the documents that belong to this area.",
    ),
    "invalid date": ("A date cannot be read", "Write dates as 2025-03-04: year, month, day."),
    "future entry-date": (
        "An entry date lies in the future",
        "Give the day on which the row was entered or last changed.",
    ),
    "far-future-date": ("A date is too far ahead to be right", "Check the year."),
    "far-past-date": ("A date is too long ago to be right", "Check the year."),
    "invalid decimal": (
        "A number cannot be read",
        "Use digits and a point only: no commas, units or words.",
    ),
    "invalid integer": ("A whole number cannot be read", "Use digits only: no points or words."),
    "too small": ("A number is too small", "Check the number and its unit."),
    "too large": ("A number is too large", "Check the number and its unit."),
    "invalid flag": ("A value should be yes or no", "Write yes or no, or leave it blank."),
    "invalid URI": (
        "A web address cannot be used",
        "Give the complete address, with https:// at its beginning.",
    ),
    "invalid organisation": (
        "An organisation is not known",
        "Use the organisation’s reference from the platform’s list.",
    ),
    "invalid category value": (
        "A value is not in its list",
        "Use one of the values that the specification allows.",
    ),
    "WGS84 flipped": ("Longitude and latitude were swapped back", _EXPORT),
    "OSGB": ("Coordinates were converted from the National Grid", _EXPORT),
    "OSGB flipped": ("Swapped National Grid coordinates were converted", _EXPORT),
    "Mercator": ("Coordinates were converted from Mercator", _EXPORT),
    "Mercator flipped": ("Swapped Mercator coordinates were converted", _EXPORT),
    "unknown entity - missing reference": (
        "A row has no reference",
        "Give each row a reference of its own.",
    ),
    "unknown entity": (
        "A row has no number on the platform yet",
        "Nothing to do: the platform team gives it one.",
    ),
    "entity number out of range": (
        "A row’s number on the platform is out of range",
        "Nothing to do: the platform team looks after it.",
    ),
    "combined-value": ("A value was put together from several", _NOTHING),
    "default-field": ("A value was taken from another field", _NOTHING),
    "default-value": ("A usual value was filled in", _NOTHING),
    "patch": ("A value was corrected by a rule", _NOTHING),
    "removed URI prefix": ("A web address was shortened to a reference", _NOTHING),
    "reference value contains reference_prefix": ("A reference repeats its prefix", _NOTHING),
}
KNOWN_TYPES = frozenset(_BY_TYPE)


def issue_words(issue_type: str, name: str | None = None) -> IssueWords:
    """A type of issue in our words; of an unknown type, the name it comes with."""
    found = _BY_TYPE.get(issue_type)
    if found:
        return IssueWords(*found)
    text = (name or issue_type).replace("_", " ").strip() or "An issue without a name"
    return IssueWords(text[0].upper() + text[1:], "")
