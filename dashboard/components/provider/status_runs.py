"""Every dataset of an organisation through time: when it had which status."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import groupby, pairwise

import plotly.graph_objects as go
from dash.development.base_component import Component

from dashboard.components.design.chart import Dates, Size, chart
from dashboard.components.design.figures.runs import Run, runs
from dashboard.components.design.slide import Slide
from dashboard.components.design.status import STATUSES, word
from dashboard.components.design.tables import Column
from dashboard.components.provider import timeline
from dashboard.components.provider.runs import end_of
from dashboard.components.words import formatting
from performance_store.rows import StatusRun

TITLE = "Every dataset through time"
_NEVER = "not_submitted"


def draw(
    rows: Sequence[StatusRun],
    dates: Sequence[date],
    *,
    figure: str,
    csv: str,
    slide: Slide | None = None,
) -> Component | None:
    """The chart; None where nothing was ever submitted, or there is one date.

    In: the runs by dataset, oldest first; the dates of all snapshots of their kind; and the
    addresses of the figure and of the file of the runs; and what a picture of it says.
    """
    lanes = _lanes(rows)
    if not lanes:
        return None
    first = min(run.first_as_at for run in rows)
    last = max(run.last_as_at for run in rows)
    if first == last:
        return None
    newest_first = sorted(
        (run for lane in lanes for run in lane),
        key=lambda run: (run.first_as_at, run.last_as_at),
        reverse=True,
    )
    cells, note = timeline.newest(
        [
            (
                run.dataset_name,
                word(STATUSES, run.status).label,
                formatting.short_day(run.first_as_at),
                formatting.short_day(run.last_as_at),
            )
            for run in newest_first
        ]
    )
    return chart(
        figure,
        id="statuses",
        title=TITLE,
        headline=_headline(lanes, dates, first) + _absent(rows, lanes),
        columns=[Column("Dataset"), Column("Status"), Column("From"), Column("To")],
        rows=cells,
        csv_href=csv,
        slide=slide,
        below=note,
        size=_size(len(lanes)),
        dates=Dates(first, end_of(last, dates)),
        opens=True,
    )


def plot(rows: Sequence[StatusRun], dates: Sequence[date], href: Callable[[str], str]) -> go.Figure:
    """The figure. In: as for `draw`, and the address of a dataset."""
    newest = max(run.last_as_at for run in rows)
    items = []
    for run in (run for lane in _lanes(rows) for run in lane):
        state = word(STATUSES, run.status)
        to = "now" if run.last_as_at == newest else formatting.day(run.last_as_at)
        items.append(
            Run(
                run.dataset_name,
                state,
                run.first_as_at,
                end_of(run.last_as_at, dates),
                (
                    f"{run.dataset_name}: {state.label}",
                    f"{formatting.day(run.first_as_at)} to {to}",
                ),
                href(run.dataset),
            )
        )
    states = [state for state in STATUSES.values() if any(item.state == state for item in items)]
    others = dict.fromkeys(item.state for item in items if item.state not in states)
    days = [day for day in dates if day <= newest]
    return runs(items, [*states, *others], opens="Open the dataset as it was then", days=days)


def _lanes(rows: Sequence[StatusRun]) -> list[list[StatusRun]]:
    """The runs of each dataset that was ever submitted, by name."""
    lanes = [list(lane) for _, lane in groupby(rows, lambda run: run.dataset)]
    lanes = [lane for lane in lanes if any(run.status != _NEVER for run in lane)]
    return sorted(lanes, key=lambda lane: lane[0].dataset_name.casefold())


def _absent(rows: Sequence[StatusRun], lanes: Sequence[Sequence[StatusRun]]) -> str:
    """The datasets without a lane, in a sentence."""
    there = {lane[0].dataset for lane in lanes}
    names = sorted({run.dataset_name for run in rows if run.dataset not in there}, key=str.casefold)
    return f" Not provided on any date: {formatting.some(names)}." if names else ""


def _headline(lanes: Sequence[Sequence[StatusRun]], dates: Sequence[date], first: date) -> str:
    """How often a status changed, and the newest change."""
    changes = [
        (run, before)
        for lane in lanes
        for before, run in pairwise(lane)
        if end_of(before.last_as_at, dates) == run.first_as_at
    ]
    since = formatting.day(first)
    if not changes:
        return f"No dataset has changed its status since {since}."
    run, before = max(changes, key=lambda change: change[0].first_as_at)
    was, now = (word(STATUSES, part.status).label for part in (before, run))
    count = formatting.plural(len(changes), "change")
    return (
        f"{count} of status since {since}. The latest: {run.dataset_name} went from “{was}” to "
        f"“{now}” on {formatting.day(run.first_as_at)}."
    )


def _size(lanes: int) -> Size:
    return "small" if lanes <= 4 else "medium" if lanes <= 8 else "large" if lanes <= 14 else "tall"
