"""Files made of columns, and what a check says of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from checking import engine
from checking.model import Choices, Chunk, Held, Recognition, Request
from checking.reading import RECOGNISE
from checking.result import Group, Passed, Result, Row
from checking.rules.judging import texts_of

DAY = date(2026, 11, 28)


class Columns:
    """A file that is there as columns; its header is in row 1."""

    def __init__(self, columns: dict[str, list[str]]) -> None:
        self.recognition = Recognition("csv", tuple(columns), "utf-8", ",", 1)
        self._columns = columns

    def chunks(self, rows: int = 10_000) -> Iterator[Chunk]:
        """Its rows, some at a time."""
        size = len(next(iter(self._columns.values())))
        for first in range(0, size, rows):
            part = {name: texts_of(c[first : first + rows]) for name, c in self._columns.items()}
            count = min(rows, size - first)
            yield Chunk(np.arange(first + 2, first + 2 + count, dtype=np.int64), part)


@dataclass(frozen=True)
class Outcome:
    """The result of a check and all its rows."""

    result: Result
    rows: list[Row]

    def group(self, rule: str, field: str | None = None) -> Group | None:
        """What a rule found."""
        return next(
            (g for g in self.result.groups if g.rule == rule and field in (None, g.field)), None
        )

    def cells(self, rule: str) -> list[tuple[int, str, str]]:
        """Entry, value and message of each finding of a rule."""
        numbers = {group.number for group in self.result.groups if group.rule == rule}
        return [
            (row[0], value, message)
            for row in self.rows
            for number, value, message in row[4]
            if number in numbers
        ]

    def passed(self, rule: str) -> list[Passed]:
        """The lines of a rule that passed."""
        return [line for line in self.result.passed if line.rule == rule]

    def values(self, field: str) -> list[str]:
        """A field as it would be kept."""
        place = [item.field for item in self.result.fields].index(field)
        return [row[3][place] for row in self.rows]


def check(
    columns: dict[str, list[str]],
    dataset: str,
    platform: Held | None = None,
    choices: Choices = RECOGNISE,
) -> Outcome:
    """Check a file on a fixed day."""
    rows: list[Row] = []
    request = Request(dataset=dataset, day=DAY, choices=choices, held=platform or Held())
    for item in engine.check(Columns(columns), request):
        if isinstance(item, list):
            rows.extend(item)
        elif isinstance(item, Result):
            return Outcome(item, rows)
    raise AssertionError("no result")
