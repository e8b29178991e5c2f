"""Runs of snapshots on an axis of time: how long each lasts, and which of them are one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, TypeVar

from dashboard.components.design.drawing import Span
from performance_store.rows import CellHistory, OrganisationHistory

Run = TypeVar("Run", OrganisationHistory, CellHistory)


def spans(runs: Sequence[Run], dates: Sequence[date]) -> list[Span]:
    """Where each run stands: up to the next snapshot, whether that says something or not.

    In: runs and the dates of all snapshots of their kind, oldest first. After the newest snapshot
    the last run goes on for as long as it usually takes to the next.
    """
    if not runs:
        return []
    every = _with_own(runs, dates)
    ends = [_end(run, every) for run in runs]
    start = runs[0].as_at
    whole = (ends[-1] - start).days
    return [
        Span((run.as_at - start).days * 100 / whole, (end - start).days * 100 / whole)
        for run, end in zip(runs, ends, strict=True)
    ]


def without_repeats(
    runs: Sequence[Run], dates: Sequence[date], subject: Callable[[Run], Any]
) -> tuple[Run, ...]:
    """The same with neighbours as one where they say the same of a subject, and no snapshot
    between them says nothing."""
    every = _with_own(runs, dates)
    rows: list[Run] = []
    for run in runs:
        last = rows[-1] if rows else None
        if last and subject(last) == subject(run) and _end(last, every) == run.as_at:
            rows[-1] = replace(
                last, last_as_at=run.last_as_at, snapshots=last.snapshots + run.snapshots
            )
        else:
            rows.append(run)
    return tuple(rows)


def _with_own(runs: Sequence[Run], dates: Sequence[date]) -> list[date]:
    return sorted({*dates, *(day for run in runs for day in (run.as_at, run.last_as_at))})


def end_of(last: date, dates: Sequence[date]) -> date:
    """The day on which it is over that was so for the last time in a snapshot: that of the next
    one, or after the newest as long as it usually takes to the next. In: the dates of all snapshots
    of a kind, oldest first."""
    following = bisect_right(dates, last)
    if following < len(dates):
        return dates[following]
    gaps = sorted((later - day).days for day, later in pairwise(dates))
    return last + timedelta(days=gaps[len(gaps) // 2] if gaps else 1)


def _end(run: Run, every: Sequence[date]) -> date:
    return end_of(run.last_as_at, every)
