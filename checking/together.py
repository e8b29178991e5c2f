"""What only shows when rows are looked at together: references and places used twice, the map, and
the file beside what the platform holds."""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import suppress
from typing import Any

import numpy as np
import shapely

from checking.cleaning import ENTRY_DATES, Fields
from checking.geometry import Boundary, Duplicates, MapShapes
from checking.groups import REFERENCES, Groups
from checking.model import Held, Mark, Numbers, Texts
from checking.passing import Looked
from checking.result import Comparison, Finding, Row, Rows
from checking.rules.live import Live
from checking.rules.references import (
    OTHERS,
    Late,
    References,
    other_rows,
    unknown_references,
)
from checking.specification import PLANS

_WITHIN, _AROUND = "Lies within the shape of", "Has within it the shape of"
_TWINS = {
    "complete": ("duplicate geometry", "Also in", "Also in"),
    "point": ("duplicate geometry", "Also in", "Also in"),
    "within": ("shape within another", _WITHIN, _AROUND),
    "around": ("shape within another", _AROUND, _WITHIN),
}
"""For what two shapes have in common the rule, and how it is said of the later row and of the
earlier."""


class Together:
    """The rows of a file, chunk by chunk, and what they say of each other."""

    def __init__(self, platform: Held, boundary: Boundary | None) -> None:
        self._platform = platform
        self._live = Live(platform.entities) if platform.entities is not None else None
        self._boundary = boundary
        self._references = References()
        self._duplicates = Duplicates()
        self._map = MapShapes()
        self._lines: list[Numbers] = []
        self._late: Late | None = None
        self._twins: dict[str, dict[int, list[tuple[int, str]]]] = {}
        self._drawn_field = ""
        self._linked: dict[str, int] = {}
        self._all_lines: Numbers = np.zeros(0, dtype=np.int64)

    def add(self, entries: Numbers, lines: Numbers, fields: Fields) -> Iterator[Mark]:
        """Take cleaned rows; gives what can be said of them at once."""
        self._lines.append(lines)
        references = _first(fields, REFERENCES)
        dates = _first(fields, ENTRY_DATES)
        shapes = _shapes(fields)
        if references is not None:
            self._references.add(entries, references, dates)
            if self._live is not None:
                self._live.add(references, dates, shapes)
        yield from self._links(fields)
        for field, own in fields.shapes.items():
            if not shapely.is_missing(own).all():
                self._drawn_field = self._drawn_field or field
            self._duplicates.add(entries, own)
            if self._boundary is not None:
                rows = np.flatnonzero(self._boundary.outside(own))
                if len(rows):
                    yield Mark("outside authority", field, rows)

    def draw(
        self, entries: Numbers, fields: Fields, findings: list[list[Finding]], groups: Groups
    ) -> None:
        """Put shapes on the map, those of rows with troubles first."""
        shapes = _shapes(fields)
        if shapes is None:
            return
        troubles = groups.troubles()
        has_trouble = np.array([any(f[0] in troubles for f in row) for row in findings])
        references = _first(fields, REFERENCES)
        if references is None:
            references = np.full(len(entries), "", dtype=object)
        self._map.add(entries, references, shapes, has_trouble)

    def finish(self, groups: Groups) -> None:
        """Look at all rows, and count what comes out."""
        if self._lines:
            self._all_lines = np.concatenate(self._lines)
        self._late = self._references.late()
        if self._late is not None:
            for code, rule in enumerate(self._late.rules):
                count = int((self._late.codes == code).sum())
                if count:
                    groups.count(rule, "reference", count, count)
        for entry, other, kind in self._duplicates.pairs():
            rule, one, two = _TWINS[kind]
            twins = self._twins.setdefault(rule, {})
            twins.setdefault(entry, []).append((other, one))
            twins.setdefault(other, []).append((entry, two))
        for rule, twins in self._twins.items():
            groups.count(rule, self._drawn_field, len(twins), len(twins))

    def complete(self, block: Rows, groups: Groups, place: int | None) -> Rows:
        """Rows with what is known of them by now. In: where the reference is among the values."""
        first, last = block[0][0], block[-1][0]
        more: dict[int, list[Finding]] = {}
        if self._late is not None:
            for entry, rule, message in self._late.findings(first, last, self._all_lines):
                number = groups.number(rule, "reference")
                value = "" if place is None else block[entry - first][3][place]
                more.setdefault(entry, []).append((number, value, message))
        for rule, twins in self._twins.items():
            number = groups.number(rule, self._drawn_field)
            for entry in range(first, last + 1):
                if entry in twins:
                    message = self._same_place(twins[entry])
                    more.setdefault(entry, []).append((number, "", message))
        return [_with(row, more[row[0]]) if row[0] in more else row for row in block]

    def count_looked(self, looked: Looked) -> None:
        """Count what rules that compare had to look at."""
        shapes = sum(looked.shapes.values())
        if shapes:
            looked.by_rule["duplicate geometry", self._drawn_field] = shapes
            if self._boundary is not None:
                looked.by_rule["outside authority", self._drawn_field] = shapes
        for field, count in self._linked.items():
            looked.by_rule["unknown reference", field] = count

    def comparison(self) -> Comparison | None:
        """The file beside what the platform holds; None where that is not known."""
        return None if self._live is None else self._live.comparison()

    def without_trouble(self) -> set[int]:
        """The entries on the map of which no trouble was known when they were put there."""
        return self._map.without_trouble()

    def features(self, late: Set[int]) -> list[dict[str, Any]]:
        """The shapes for the map. In: the entries whose trouble only showed later."""
        return self._map.features(late)

    def boundary(self) -> dict[str, Any] | None:
        """The authority's boundary as GeoJSON; None where it is not known."""
        return None if self._boundary is None else self._boundary.geojson()

    def _links(self, fields: Fields) -> Iterator[Mark]:
        for field, values in fields.values.items():
            references = self._references_of(field)
            if references is None:
                continue
            self._linked[field] = self._linked.get(field, 0) + int((values != "").sum())
            mark = unknown_references(values, references, field)
            if mark is not None:
                yield mark

    def _references_of(self, field: str) -> frozenset[str] | None:
        """The references that a field may name; None where they are not known."""
        if field != "plan":
            return self._platform.references.get(field)
        plans = [self._platform.references[p] for p in PLANS if p in self._platform.references]
        return frozenset().union(*plans) if plans else None

    def _same_place(self, twins: list[tuple[int, str]]) -> str:
        """What a row's shape has to do with others. In: their entries, each with how it is said."""
        sentences = []
        for begin in dict.fromkeys(begin for _, begin in twins):
            others = [other for other, words in twins if words == begin]
            lines = [int(self._all_lines[other - 1]) for other in others[:OTHERS]]
            sentences.append(other_rows(lines, len(others), begin))
        return ". ".join(sentences)


def boundary_of(wkt: str | None) -> Boundary | None:
    """A boundary; None where there is none, or one that is no area."""
    with suppress(ValueError):
        return Boundary(wkt) if wkt else None
    return None


def _first(fields: Fields, names: tuple[str, ...]) -> Texts | None:
    """The values of the first of these fields that is there."""
    return next((fields.values[name] for name in names if name in fields.values), None)


def _shapes(fields: Fields) -> Any:
    """The shapes of rows: of the first field that has one."""
    merged = None
    for shapes in fields.shapes.values():
        merged = shapes if merged is None else np.where(shapely.is_missing(merged), shapes, merged)
    return merged


def _with(row: Row, findings: list[Finding]) -> Row:
    return (*row[:4], (*row[4], *findings))
