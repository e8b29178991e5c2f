"""One dataset of one organisation through time: its status, and the charts of what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dash.development.base_component import Component

from dashboard.components.design import drawing, text
from dashboard.components.design.status import STATUSES, word
from dashboard.components.provider import cards, timeline
from dashboard.components.provider.runs import spans, without_repeats
from dashboard.components.words import formatting
from performance_store.rows import Annotation, CellHistory


def over_time(
    history: Sequence[CellHistory],
    dates: Sequence[date],
    changes: Sequence[Annotation],
    *charts: Component | None,
    note: str = "",
) -> Component | None:
    """The section about a dataset's history; None without at least two dates.

    In: its runs and the dates of all snapshots of their kind, oldest first, the changes of rules
    between them, the charts, and what is said above all of it.
    """
    if not history or history[0].as_at == history[-1].last_as_at:
        return None
    first, last = history[0], history[-1]
    was, now = (word(STATUSES, row.status).label for row in (first, last))
    headline = (
        f"“{was}” on {formatting.day(first.as_at)}, “{now}” on {formatting.day(last.last_as_at)}."
    )
    return text.section(
        "Over time",
        text.paragraph(note) if note else None,
        text.paragraph(f"Status: {headline}"),
        cards.strip_with_dates(
            _strip(history, dates, f"Status over time: {headline}"), first.as_at, last.last_as_at
        ),
        *charts,
        timeline.notes(changes),
        id="history",
    )


def _strip(rows: Sequence[CellHistory], dates: Sequence[date], label: str) -> Component:
    runs = without_repeats(rows, dates, lambda row: row.status)
    parts = zip(spans(runs, dates), runs, strict=True)
    return drawing.span_strip(
        [(span, word(STATUSES, row.status).tone) for span, row in parts], label
    )
