"""The issue types of the sample, how likely each is and how many rows it brings.

Names, severities and responsibilities are the register's; descriptions are our own words. Chances
and the log-normal row counts are measured on the programme's datasets and widened a little so that
about six in ten live provisions are free of errors.
"""

from __future__ import annotations

from typing import NamedTuple

_ABBREVIATIONS = {
    "V": "validity",
    "A": "accuracy",
    "G": "geometry errors",
    "O": "any other validity error",
    "D": "duplicate reference values",
    "C": "consistency error",
}

# issue type | severity | responsibility | dimension | criteria | level | what it means
_REGISTER = """
unknown entity|notice|internal||unknown entity issues|2|No entity number is assigned yet
combined-value|info|internal||||The value was put together from several entries
invalid coordinates|error|external|V|G|2|The coordinates cannot be read
invalid date|error|external|V|O|3|The value is not a date we can read
invalid decimal|error|external|V|O|3|The value is not a decimal number
invalid integer|error|external|V|O|3|The value is not a whole number
too small|error|external|A|O|3|The number is below the least allowed
too large|error|external|A|O|3|The number is above the most allowed
invalid flag|error|external|V|O|3|The value is neither yes nor no
invalid URI|error|external|V|O|3|The value is not a usable web address
invalid WKT|error|external|V|O|3|The shape cannot be read as WKT or GeoJSON
future entry-date|error|external|A|O|3|The entry date lies in the future
default-field|info|internal||||The value was taken from another field
default-value|info|internal||||A default value was used
patch|info|internal||||A configured correction changed the value
WGS84 flipped|warning|external|V|||Longitude and latitude were swapped back
WGS84 out of bounds|error|external|A|G|2|The point lies outside valid bounds
Mercator|warning|external|V|||Converted from Mercator coordinates
Mercator flipped|warning|external|V|||Converted from swapped Mercator coordinates
OSGB|warning|external|V|||Converted from British National Grid coordinates
OSGB flipped|warning|external|V|||Converted from swapped National Grid coordinates
removed URI prefix|info|internal||||A web address was shortened to a reference
invalid geometry - fixed|warning|external|V|||The shape was broken and has been fixed
invalid geometry - not fixable|error|external|V|G|2|The shape cannot be fixed
invalid organisation|error|external|V|O|3|The organisation is not known
Unexpected geom type|error|external|V|G|2|Only points and polygons are accepted
Unexpected geom type within GeometryCollection|error|external|V|G|2|No polygon inside the shape
WGS84 out of bounds of England|error|external|A|G|2|The shape is not in England
WGS84 out of bounds of custom boundary|error|external|A|G|2|The shape leaves the area set for it
OSGB out of bounds of England|error|external|A|G|2|The shape is not in England
OSGB out of bounds of custom boundary|error|external|A|G|2|The shape leaves the area set for it
invalid type geojson|warning|external|V|||GeoJSON was found in place of WKT
missing value|error|external|completeness|O|3|A value that must be given is blank
unknown entity - missing reference|warning|internal|V|||Its reference is missing
reference values are not unique|error|external|uniqueness|D|2|Several rows share one reference
invalid category value|error|external|V|O|3|The value is not in the category list
entity number out of range|notice|internal||||The entity number is outside its dataset's range
missing associated entity|error|external|consistency|C|3|The record that it points to does not exist
reference value contains reference_prefix|info|internal||||The reference repeats its prefix
far-future-date|error|internal||||The date is implausibly far ahead
far-past-date|error|internal||||The date is implausibly long ago
"""


class IssueTypeSpec(NamedTuple):
    """A row of the issue type register."""

    issue_type: str
    severity: str
    responsibility: str
    dimension: str
    criteria: str
    level: str
    description: str

    @property
    def name(self) -> str:
        return self.issue_type[0].upper() + self.issue_type[1:].replace("-", " ")


ISSUE_TYPES: tuple[IssueTypeSpec, ...] = tuple(
    IssueTypeSpec(*(_ABBREVIATIONS.get(word, word) for word in line.split("|")))
    for line in _REGISTER.strip().splitlines()
)
ISSUE_TYPE = {spec.issue_type: spec for spec in ISSUE_TYPES}

RULE_TYPE = "unknown entity - missing reference"
"""The check that appears during the series: an error for the authority at first, later a warning
for the platform."""
RULE_CHANCE = 0.27
UNREGISTERED_TYPE = "no associated documents found for this area"
"""A type that occurs in old data and that no register lists."""

_SHAPE_TYPES = frozenset(
    spec.issue_type
    for spec in ISSUE_TYPES
    if spec.criteria == "geometry errors"
    or spec.issue_type.startswith(("OSGB", "WGS84", "Mercator", "invalid geometry"))
    or spec.issue_type in ("invalid WKT", "invalid type geojson")
)

DRAW_DATASETS = (
    "article-4-direction",
    "article-4-direction-area",
    "conservation-area",
    "conservation-area-document",
    "listed-building-outline",
    "tree",
    "tree-preservation-order",
    "tree-preservation-zone",
)

PROGRAMME_CHANCES: dict[str, tuple[int, ...]] = {
    "invalid geometry - fixed": (0, 45, 30, 0, 71, 12, 0, 61),
    "OSGB": (0, 23, 27, 0, 22, 23, 0, 23),
    "missing value": (12, 22, 9, 22, 19, 10, 38, 8),
    "unknown entity": (0, 2, 0, 3, 2, 23, 33, 39),
    "patch": (0, 4, 0, 0, 4, 0, 0, 30),
    "reference values are not unique": (6, 5, 6, 6, 12, 12, 17, 16),
    "invalid date": (9, 6, 6, 2, 4, 3, 9, 6),
    "invalid category value": (0, 0, 0, 8, 0, 0, 0, 13),
    "missing associated entity": (0, 8, 0, 7, 6, 9, 0, 9),
    "invalid URI": (5, 0, 3, 5, 0, 0, 5, 0),
    "invalid geometry - not fixable": (0, 2, 2, 0, 3, 0, 0, 3),
    "Unexpected geom type": (0, 1, 1, 0, 2, 2, 0, 2),
    "WGS84 out of bounds of England": (0, 1, 1, 0, 1, 3, 0, 1),
    "future entry-date": (1, 1, 1, 1, 1, 1, 2, 1),
    "invalid WKT": (0, 1, 1, 0, 1, 1, 0, 1),
    "WGS84 flipped": (0, 1, 1, 0, 1, 2, 0, 1),
    "combined-value": (0, 1, 1, 0, 1, 0, 0, 1),
    "default-value": (3, 3, 3, 3, 3, 3, 3, 3),
    "invalid organisation": (1, 0, 1, 0, 0, 1, 0, 0),
    "far-past-date": (1, 0, 1, 0, 0, 0, 2, 0),
    "reference value contains reference_prefix": (0, 1, 1, 1, 1, 1, 1, 1),
    UNREGISTERED_TYPE: (0, 2, 0, 2, 3, 2, 0, 3),
}
"""Percent of live provisions of each programme dataset, in the order above, that have the type."""

OTHER_CHANCES: dict[str, dict[str, int]] = {
    "brownfield-land": {
        "invalid date": 8,
        "missing value": 16,
        "OSGB": 25,
        "invalid URI": 9,
        "invalid decimal": 4,
        "invalid flag": 6,
        "invalid category value": 7,
        "WGS84 out of bounds of England": 2,
        "removed URI prefix": 30,
        "too large": 1,
    },
    "plan-timetable": {"invalid date": 12, "missing value": 9, "missing associated entity": 8},
    "local-plan": {"missing value": 18, "invalid URI": 6},
    "developer-agreement": {"invalid category value": 14, "missing value": 7},
    "developer-agreement-contribution": {"invalid decimal": 9, "missing associated entity": 12},
    "developer-agreement-transaction": {
        "invalid decimal": 8,
        "too small": 5,
        "invalid integer": 3,
        "missing associated entity": 11,
    },
    "listed-building": {"default-value": 100},
}

ROW_COUNTS: dict[str, tuple[float, float]] = {
    "invalid geometry - fixed": (1.13, 1.16),
    "unknown entity": (1.81, 2.31),
    "missing value": (2.81, 2.47),
    "reference values are not unique": (3.19, 2.47),
    "invalid date": (3.48, 1.10),
    "OSGB": (5.03, 2.06),
    "patch": (5.97, 2.03),
    "invalid category value": (4.2, 1.8),
    "missing associated entity": (3.0, 1.9),
    UNREGISTERED_TYPE: (5.64, 2.17),
}
"""Mean and standard deviation of the logarithm of the number of rows."""
DEFAULT_ROW_COUNT = (1.6, 1.4)


def chances(dataset: str) -> tuple[tuple[str, float], ...]:
    """Chance (0 to 1) of each issue type in a provision of the dataset."""
    if dataset in DRAW_DATASETS:
        at = DRAW_DATASETS.index(dataset)
        return tuple((kind, row[at] / 100) for kind, row in PROGRAMME_CHANCES.items() if row[at])
    return tuple((kind, share / 100) for kind, share in OTHER_CHANCES.get(dataset, {}).items())


_FIELD_WORDS: dict[str, tuple[str, ...]] = {
    "invalid date": ("date",),
    "far-past-date": ("date",),
    "far-future-date": ("date",),
    "invalid URI": ("url", "URL", "URI"),
    "invalid flag": ("Deliverable", "HazardousSubstances"),
    "invalid decimal": ("Hectares", "amount"),
    "too small": ("amount", "Hectares", "units"),
    "too large": ("Hectares", "amount"),
    "invalid integer": ("NetDwellings", "units", "required-housing"),
    "invalid category value": ("type", "Status", "purpose", "funding-status"),
    "default-value": ("entry-date", "LastUpdatedDate"),
    "combined-value": ("geometry",),
    "patch": ("name", "reference"),
    "removed URI prefix": ("OrganisationURI",),
    "future entry-date": ("entry-date",),
    "reference value contains reference_prefix": ("reference", "SiteReference"),
    "reference values are not unique": ("reference", "SiteReference"),
    UNREGISTERED_TYPE: ("reference",),
}
_FIXED_FIELDS = {
    "unknown entity": "entity",
    RULE_TYPE: "entity",
    "invalid organisation": "organisation",
    "entity number out of range": "entity",
}
_LINKS = (
    "tree-preservation-order",
    "article-4-direction",
    "conservation-area",
    "listed-building",
    "developer-agreement-contribution",
    "developer-agreement",
    "plan",
)


def candidate_fields(
    issue_type: str, fields: tuple[str, ...], required: tuple[str, ...], shape: str | None
) -> tuple[str | None, ...]:
    """Fields of a dataset in which an issue of the type may lie; ``(None,)`` where none fits.

    ``shape`` is the dataset's field of geometry, if it has one.
    """
    if issue_type in _FIXED_FIELDS:
        return (_FIXED_FIELDS[issue_type],)
    if issue_type in _SHAPE_TYPES:
        return (shape,)
    if issue_type == "missing value":
        return required or (None,)
    if issue_type == "missing associated entity":
        return tuple(field for field in fields if field in _LINKS)[:1] or (None,)
    words = _FIELD_WORDS.get(issue_type, ())
    matches = tuple(
        field for field in fields if any(word.lower() in field.lower() for word in words)
    )
    return matches or (None,)
