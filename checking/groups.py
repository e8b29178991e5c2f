"""What was found, by rule and field: each group has a number, which rows refer to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from checking.model import Mark, Numbers
from checking.result import Finding, Group
from checking.rules import RULES
from checking.rules.ladder import Ladder

REFUSING = frozenset(
    {
        "invalid date",
        "far-past-date",
        "far-future-date",
        "future entry-date",
        "invalid decimal",
        "invalid integer",
        "too small",
        "not a number",
        "invalid flag",
        "invalid URI",
        "invalid organisation",
        "invalid WKT",
        "Unexpected geom type",
        "Unexpected geom type within GeometryCollection",
        "invalid coordinates",
        "WGS84 out of bounds of England",
        "OSGB out of bounds of England",
        "empty geometry",
        "collapsed geometry",
        "too many corners",
        "odd cell",
    }
)
"""Rules that leave nothing of the value."""

REFERENCES = ("reference", "SiteReference")


@dataclass(slots=True)
class _Tally:
    number: int
    count: int = 0
    rows: int = 0


class Groups:
    """Findings by rule and field, counted as they come."""

    def __init__(self) -> None:
        self._tallies: dict[tuple[str, str], _Tally] = {}

    def number(self, rule: str, field: str) -> int:
        """The number of a group."""
        return self._tally(rule, field).number

    def count(self, rule: str, field: str, count: int, rows: int) -> int:
        """Count findings and rows that have them; gives the group's number."""
        tally = self._tally(rule, field)
        tally.count += count
        tally.rows += rows
        return tally.number

    def has(self, rule: str, field: str) -> bool:
        """Whether there is such a group."""
        return (rule, field) in self._tallies

    def troubles(self) -> frozenset[int]:
        """The numbers of groups that must or should be put right."""
        return frozenset(
            tally.number
            for (rule, _), tally in self._tallies.items()
            if RULES[rule].ladder != "changed"
        )

    def take(self, marks: Iterable[Mark], findings: list[list[Finding]]) -> None:
        """Count the marks of a chunk, and put each to its row's findings."""
        rows_of: dict[tuple[str, str], list[Numbers]] = {}
        for mark in marks:
            number = self.number(mark.rule, mark.field)
            rows_of.setdefault((mark.rule, mark.field), []).append(mark.rows)
            rows = mark.rows.tolist()
            values = [""] * len(rows) if mark.values is None else mark.values.tolist()
            messages = [""] * len(rows) if mark.messages is None else mark.messages.tolist()
            for row, value, message in zip(rows, values, messages, strict=True):
                findings[row].append((number, value or "", message or ""))
        for (rule, field), parts in rows_of.items():
            rows_all = np.concatenate(parts)
            self.count(rule, field, len(rows_all), len(np.unique(rows_all)))

    def groups(self, filled: Mapping[str, int], rows: int) -> tuple[Group, ...]:
        """All groups by number. In: how many cells of each field are not blank, and how many rows
        there are."""
        refused: dict[str, int] = {}
        for (rule, field), tally in self._tallies.items():
            if rule in REFUSING:
                refused[field] = refused.get(field, 0) + tally.rows
        least = min(2, rows)
        lost = {field for field, count in refused.items() if least <= filled.get(field, 0) <= count}
        return tuple(
            _nothing_read(tally)
            if rule == "broken row" and not rows
            else _group(rule, field, tally, is_lost=rule in REFUSING and field in lost)
            for (rule, field), tally in self._tallies.items()
        )

    def _tally(self, rule: str, field: str) -> _Tally:
        return self._tallies.setdefault((rule, field), _Tally(len(self._tallies)))


def _nothing_read(tally: _Tally) -> Group:
    """The group of rows that could not be read, where there are no others."""
    rows = f"{tally.count:,} row{'' if tally.count == 1 else 's'}"
    group = _group("broken row", "", tally, is_lost=False)
    return replace(group, ladder="must", message=f"{rows} could not be read")


def _group(name: str, field: str, tally: _Tally, *, is_lost: bool) -> Group:
    rule = RULES[name]
    return Group(
        number=tally.number,
        rule=rule.name,
        issue_type=rule.issue_type,
        field=field,
        severity=rule.severity,
        responsibility=rule.responsibility,
        origin=rule.origin,
        ladder=_ladder(name, field, is_lost=is_lost),
        count=tally.count,
        rows=tally.rows,
        message=f"{rule.message}. No value of the column can be used" if is_lost else rule.message,
        advice=rule.advice,
    )


def _ladder(name: str, field: str, *, is_lost: bool) -> Ladder:
    """A blank reference, and a column of which nothing is left, must be put right."""
    if is_lost or (name == "missing value" and field in REFERENCES):
        return "must"
    return RULES[name].ladder
