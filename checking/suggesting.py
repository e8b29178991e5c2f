"""Which field a column is likely to be, where the platform would take it for none.

A person decides: what is said here is never applied by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from rapidfuzz import fuzz

from checking.model import IGNORE
from checking.reading.headers import plain
from checking.specification import Alias, FieldSpec

SUGGESTIONS = 3
LIKELY = 50.0
"""Below this a likeness is most likely chance."""

ALIAS, SAME, SYNONYM, CONTENT, FITS = 100.0, 98.0, 90.0, 55.0, 8.0
"""Points for a name that others use for the field; the field's name with blanks or hyphens
elsewhere; a word that means the same; content that only such a field has; content that fits."""

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_SYNONYMS = {
    "reference": ("id", "ref", "uid", "code", "number", "no", "identifier", "gid", "key"),
    "SiteReference": ("id", "ref", "reference", "uid", "site ref", "siteid"),
    "name": ("title", "label", "site name", "area name"),
    "SiteNameAddress": ("address", "site name", "name", "site address", "location"),
    "geometry": ("geom", "shape", "wkt", "polygon", "boundary", "the geom", "location"),
    "point": ("geom", "shape", "wkt", "location", "coordinates", "point geometry"),
    "GeoX": ("x", "easting", "eastings", "longitude", "long", "lon", "lng", "x coord"),
    "GeoY": ("y", "northing", "northings", "latitude", "lat", "y coord"),
    "documentation-url": ("url", "link", "web page", "website", "web link", "hyperlink", "webpage"),
    "document-url": ("url", "link", "document", "doc", "pdf", "hyperlink", "file"),
    "notes": ("comments", "remarks", "comment", "note", "information", "other"),
    "description": ("desc", "details", "proposal", "summary"),
    "designation-date": ("designated", "date designated", "desig date", "listed on"),
    "start-date": ("date", "from", "date from", "valid from", "effective date", "start"),
    "end-date": ("to", "date to", "valid to", "end", "expiry date"),
    "entry-date": ("updated", "last updated", "date entered", "modified", "edit date"),
    "made-date": ("date made", "made", "order date"),
    "confirmed-date": ("date confirmed", "confirmed"),
    "tree-preservation-order": ("tpo", "tpo reference", "tpo ref", "tpo number", "order"),
    "tree-species": ("species", "tree type", "tree"),
    "listed-building-grade": ("grade", "listing grade"),
    "listed-building": ("list entry", "list entry number", "nhle", "listing number"),
    "Hectares": ("area", "site area", "area ha", "ha", "size"),
    "address-text": ("address", "location", "site address"),
}
_SHAPES = {
    "multipolygon": re.compile(r"\s*(MULTI)?POLYGON\b|\s*\{.*\"(Multi)?Polygon\"", re.IGNORECASE),
    "point": re.compile(r"\s*POINT\b|\s*\{.*\"Point\"", re.IGNORECASE),
}
_CONTENT: dict[str, re.Pattern[str]] = {
    "datetime": re.compile(
        r"\s*(\d{4}([-/.]\d{1,2}){0,2}([T ].*)?"
        r"|\d{1,2}(?P<gap>[-/. ])(\d{1,2}|[A-Za-z]{3,9})(?P=gap)\d{2,4}.*"
        r"|\d{8})\s*$"
    ),
    "url": re.compile(r"\s*(https?://|www\.)\S+", re.IGNORECASE),
    "integer": re.compile(r"\s*[-+]?[\d,]+(\.0+)?\s*$"),
    "decimal": re.compile(r"\s*£?[-+]?[\d,]*\.?\d+\s*$"),
    "latitude": re.compile(r"\s*[-+]?[\d,]*\.?\d+\s*$"),
    "longitude": re.compile(r"\s*[-+]?[\d,]*\.?\d+\s*$"),
    "flag": re.compile(r"\s*(y|n|yes|no|true|false)\s*$", re.IGNORECASE),
    **_SHAPES,
}
_TELLING = frozenset({"multipolygon", "point", "url", "datetime"})
"""Types whose content is like that of no other."""
_LENGTH = 300


def suggest(
    columns: Mapping[str, Sequence[str]],
    fields: Sequence[FieldSpec],
    aliases: Iterable[Alias] = (),
) -> dict[str, tuple[str, ...]]:
    """For each column the fields that it is likely to be, best first, at most three. In: columns
    that are no field yet, each with its first values; the fields that no column is yet; and names
    that other files have for fields."""
    known = _by_name(aliases)
    return {column: _likely(column, values, fields, known) for column, values in columns.items()}


def _by_name(aliases: Iterable[Alias]) -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for alias in aliases:
        if alias.field != IGNORE:
            for name in (alias.column, *alias.spellings):
                names.setdefault(plain(name), set()).add(alias.field)
    return names


def _likely(
    column: str,
    values: Sequence[str],
    fields: Sequence[FieldSpec],
    aliases: Mapping[str, set[str]],
) -> tuple[str, ...]:
    some = [value[:_LENGTH] for value in values if value.strip()]
    scores = {
        field.field: _by_content(
            _by_words(column, field.field, aliases.get(plain(column), set())), some, field.datatype
        )
        for field in fields
    }
    best = sorted(scores, key=lambda name: -scores[name])
    return tuple(name for name in best if scores[name] >= LIKELY)[:SUGGESTIONS]


def _by_words(column: str, field: str, aliases: set[str]) -> float:
    """How like a field's name a column's is, from 0 to 100."""
    name = plain(column)
    if not name:
        return 0.0
    if name == plain(field):
        return SAME
    if field in aliases:
        return ALIAS
    if name in map(plain, _SYNONYMS.get(field, ())):
        return SYNONYM
    words, wanted = _words(column), _words(field)
    whole = fuzz.ratio(name, plain(field))
    likeness: Callable[..., float] = fuzz.token_sort_ratio
    sort = likeness(words, wanted)
    within = 75.0 if set(wanted.split()) < set(words.split()) else 0.0
    return max(whole, sort, within, _shortened(words, wanted))


def _words(name: str) -> str:
    return " ".join(_WORDS.findall(name[:200])).lower()


def _shortened(words: str, wanted: str) -> float:
    """Points for words that are cut short, as in a shapefile: `desig_date`, `document_u`."""
    parts, whole = words.split(), wanted.split()
    if len(parts) != len(whole) or max(map(len, parts), default=0) < 3:
        return 0.0
    return 85.0 if all(b.startswith(a) for a, b in zip(parts, whole, strict=True)) else 0.0


def _by_content(score: float, values: Sequence[str], datatype: str) -> float:
    """A likeness by name, corrected by what is in the column."""
    shape = next((kind for kind, fit in _SHAPES.items() if _share(values, fit) > 0.5), None)
    if shape is not None:
        return 100.0 if datatype == shape else score * 0.6 if datatype in _SHAPES else 0.0
    fit = _CONTENT.get(datatype)
    if fit is None or not values:
        return score
    share = _share(values, fit)
    if share == 0:
        return score * 0.5
    if share > 0.8 and datatype in _TELLING:
        return max(score + FITS if score >= LIKELY else 0.0, CONTENT + score / 10)
    return score + FITS * share if score >= LIKELY else score


def _share(values: Sequence[str], fit: re.Pattern[str]) -> float:
    return sum(1 for value in values if fit.match(value)) / len(values) if values else 0.0
