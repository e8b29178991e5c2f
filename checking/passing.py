"""Rules that had something to look at and found nothing; never one that had nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from checking.groups import REFERENCES, REFUSING, Groups
from checking.result import Passed
from checking.rules import RULES
from checking.specification import Dataset, allowed_values

_BY_DATATYPE = {
    "datetime": "invalid date",
    "integer": "invalid integer",
    "decimal": "invalid decimal",
    "flag": "invalid flag",
    "url": "invalid URI",
}
_SPOILERS = {
    "invalid WKT": ("invalid WKT", "empty geometry", "collapsed geometry", "odd cell"),
    "invalid geometry - fixed": ("invalid geometry - fixed", "invalid geometry - not fixable"),
    "WGS84 out of bounds of England": (
        "WGS84 out of bounds of England",
        "OSGB out of bounds of England",
        "invalid coordinates",
    ),
    "reference values are not unique": ("reference values are not unique", "reference used again"),
}


@dataclass(slots=True)
class Looked:
    """How much the rules had to look at: cells by field that are not blank, shapes by field that
    could be read, and which rules of ours had what they need."""

    filled: dict[str, int] = field(default_factory=dict)
    shapes: dict[str, int] = field(default_factory=dict)
    by_rule: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, counts: dict[str, int], field_name: str, count: int) -> None:
        """Count more of one field."""
        counts[field_name] = counts.get(field_name, 0) + count


def passed(groups: Groups, looked: Looked, dataset: Dataset, rows: int) -> tuple[Passed, ...]:
    """All that passed. In: rows of the file."""
    lines = []
    for rule, field_name, count in _candidates(groups, looked, dataset, rows):
        spoilers = _SPOILERS.get(rule) or (rule,)
        if rule in _BY_DATATYPE.values():
            spoilers = tuple(REFUSING)
        if count and not any(groups.has(spoiler, field_name) for spoiler in spoilers):
            sentence = RULES[rule].passed.format(field=field_name)
            lines.append(Passed(rule, field_name, count, sentence))
    return tuple(lines)


def _candidates(
    groups: Groups, looked: Looked, dataset: Dataset, rows: int
) -> Iterator[tuple[str, str, int]]:
    """Rule, field and how much there was to look at."""
    if not any(groups.has("missing column", name) for name in dataset.fields):
        yield "missing column", "", rows
    for name, count in looked.filled.items():
        spec = dataset.fields.get(name)
        if name in REFERENCES:
            yield "reference values are not unique", "reference", count
        if spec is None:
            continue
        if spec.value_required:
            yield "missing value", name, rows
        if spec.datatype in _BY_DATATYPE:
            yield _BY_DATATYPE[spec.datatype], name, count
        if spec.category and allowed_values(spec.category):
            yield "invalid category value", name, count
        if name == "organisation":
            yield "invalid organisation", name, count
    for name, count in looked.shapes.items():
        for rule in ("invalid WKT", "invalid geometry - fixed", "WGS84 out of bounds of England"):
            is_area = name == "geometry"
            if rule != "invalid geometry - fixed" or is_area:
                yield rule, name, count
    for (rule, name), count in looked.by_rule.items():
        yield rule, name, count
