"""What charts of an organisation's past share: how dates become points, and changes of rules."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Protocol, TypeVar

from dash.development.base_component import Component

from dashboard.components.design import html, text
from dashboard.components.design.chart import Dates
from dashboard.components.design.element import Attributes, Children
from dashboard.components.provider.runs import end_of
from dashboard.components.words import formatting
from performance_store.rows import Annotation

MOST_ROWS = 30
"""Rows of a table below a chart, the newest; its file has all of them."""


class Run(Protocol):
    """Something that was so from one snapshot to another."""

    @property
    def as_at(self) -> date:
        """The first snapshot."""

    @property
    def last_as_at(self) -> date:
        """The last snapshot."""


R = TypeVar("R", bound=Run)


def days_of_change(runs: Iterable[Run], dates: Sequence[date]) -> tuple[date, ...]:
    """The dates on which something begins, or is over, and the newest that there is.

    In: runs of whatever is drawn, and the dates of all snapshots of their kind, oldest first.
    """
    every = list(runs)
    days = {run.as_at for run in every} | {max(run.last_as_at for run in every)}
    for last in {run.last_as_at for run in every}:
        place = bisect_right(dates, last)
        days.update(dates[place : place + 1])
    return tuple(sorted(days))


def on(runs: Sequence[R], days: Sequence[date]) -> list[R | None]:
    """Which of the runs there is on each of the days, None where there is none. In: runs of one
    thing, oldest first."""
    starts = [run.as_at for run in runs]
    there: list[R | None] = []
    for day in days:
        place = bisect_right(starts, day) - 1
        run = runs[place] if place >= 0 else None
        there.append(run if run is not None and day <= run.last_as_at else None)
    return there


def dates_of(days: Sequence[date], dates: Sequence[date]) -> Dates:
    """All that a chart shows: from the first of its days until the last of them is over."""
    return Dates(days[0], end_of(days[-1], dates))


def marks(changes: Sequence[Annotation], within: Dates) -> tuple[tuple[date, str], ...]:
    """The dates of changes of rules, numbered as `notes` numbers them."""
    return tuple(
        (day, str(number))
        for number, (day, _) in enumerate(_by_date(changes), start=1)
        if within.first <= day <= within.last
    )


def notes(changes: Sequence[Annotation]) -> Component | None:
    """Changes of rules and lists in the time of a history, oldest first; None without any."""
    if not changes:
        return None
    of_marks: Attributes = {"data-marks": ""}
    steps = [_words(day, of_day) for day, of_day in _by_date(changes)]
    summary = formatting.plural(len(changes), "change of rules", "changes of rules")
    return text.details(
        f"{summary} in this period, numbered on the charts",
        html.Div(text.steps(steps), **of_marks),
    )


def _by_date(changes: Sequence[Annotation]) -> list[tuple[date, list[Annotation]]]:
    rows = sorted(changes, key=lambda note: note.on_date)
    return [(day, list(of_day)) for day, of_day in groupby(rows, lambda note: note.on_date)]


def _words(day: date, changes: Sequence[Annotation]) -> list[Children]:
    words: list[Children] = [html.Strong(f"{formatting.day(day)}: ")]
    for change in changes:
        words += [html.Strong(f"{change.title}. "), f"{change.text} "]
    return words


def newest(rows: Sequence[Sequence[Children]]) -> tuple[list[Sequence[Children]], list[Children]]:
    """What a table below a chart has of its rows, and a note where it has not all. In: the rows,
    newest first."""
    if len(rows) <= MOST_ROWS:
        return list(rows), []
    words = f"The table has the newest {MOST_ROWS} of {formatting.number(len(rows))} rows."
    return list(rows[:MOST_ROWS]), [text.paragraph(words, quiet=True)]
