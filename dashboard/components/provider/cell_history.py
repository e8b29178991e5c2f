"""One dataset of one organisation through time: its status, and what is wrong by severity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from operator import attrgetter

from dash import html
from dash.development.base_component import Component

from dashboard.components.design import drawing, tables, text
from dashboard.components.design.status import STATUSES, word
from dashboard.components.provider import cards, timeline
from dashboard.components.provider.runs import spans, without_repeats
from dashboard.components.words import amounts, formatting
from performance_store.rows import Annotation, CellHistory


def _lines(rows: Sequence[CellHistory]) -> dict[str, str]:
    """The lines: problems where rows are not known on all dates, so that none counts two things."""
    return {
        f"{amounts.noun(rows)}_to_fix": amounts.heading(rows),
        "warnings": "Warnings",
        "notices": "Notices",
    }


def over_time(
    history: Sequence[CellHistory], dates: Sequence[date], changes: Sequence[Annotation]
) -> Component | None:
    """The section about a dataset's history; None without at least two dates.

    In: its runs and the dates of all snapshots of their kind, oldest first, and the changes of
    rules between them.
    """
    if not history or history[0].as_at == history[-1].last_as_at:
        return None
    titles = {
        name: title
        for name, title in _lines(history).items()
        if any(getattr(row, name) is not None for row in history)
    }
    rows = without_repeats(history, dates, attrgetter("status", *titles))
    first, last = rows[0], rows[-1]
    was, now = (word(STATUSES, row.status).label for row in (first, last))
    headline = (
        f"“{was}” on {formatting.day(first.as_at)}, “{now}” on {formatting.day(last.last_as_at)}."
    )
    return text.section(
        "Over time",
        text.paragraph(f"Status: {headline}"),
        cards.strip_with_dates(
            _strip(rows, dates, f"Status over time: {headline}"), first.as_at, last.last_as_at
        ),
        *(_line(rows, dates, name, title) for name, title in titles.items()),
        timeline.notes(changes),
        text.details("Show every change as a table", _table(rows, titles)),
        id="history",
    )


def _strip(rows: Sequence[CellHistory], dates: Sequence[date], label: str) -> Component:
    runs = without_repeats(rows, dates, lambda row: row.status)
    parts = zip(spans(runs, dates), runs, strict=True)
    return drawing.span_strip(
        [(span, word(STATUSES, row.status).tone) for span, row in parts], label
    )


def _line(
    rows: Sequence[CellHistory], dates: Sequence[date], name: str, title: str
) -> Component | None:
    """One severity as a line with its sentence; None without any, or when not known."""
    points = [row for row in rows if getattr(row, name) is not None]
    if points[0].as_at == points[-1].last_as_at or not any(getattr(row, name) for row in points):
        return None
    before, now = (formatting.number(getattr(points[end], name)) for end in (0, -1))
    headline = (
        f"{title}: {before} on {formatting.day(points[0].as_at)}, "
        f"{now} on {formatting.day(points[-1].last_as_at)}."
    )
    steps = [
        (span, getattr(row, name))
        for span, row in zip(spans(rows, dates), rows, strict=True)
        if getattr(row, name) is not None
    ]
    return html.Div([text.paragraph(headline), drawing.step_line(steps, headline)])


def _table(rows: Sequence[CellHistory], titles: Mapping[str, str]) -> Component:
    columns = [tables.Column("From"), tables.Column("To"), tables.Column("Status")]
    columns += [tables.Column(title, numeric=True) for title in titles.values()]
    cells = [
        [
            formatting.short_day(row.as_at),
            formatting.short_day(row.last_as_at),
            word(STATUSES, row.status).label,
            *(_cell(getattr(row, name)) for name in titles),
        ]
        for row in reversed(rows)
    ]
    return tables.table("Status and what is wrong over time", columns, cells, caption_hidden=True)


def _cell(value: int | None) -> str | None:
    return None if value is None else formatting.number(value)
