"""One dataset of one organisation through time: its status, and what is wrong by severity."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components.design import drawing, tables, text
from dashboard.components.design.status import STATUSES, word
from dashboard.components.provider import cards, timeline
from dashboard.components.words import amounts, formatting
from performance_store.rows import Annotation, CellHistory


def _lines(rows: Sequence[CellHistory]) -> dict[str, str]:
    """The lines: problems where rows are not known on all dates, so that none counts two things."""
    return {
        f"{amounts.noun(rows)}_to_fix": amounts.heading(rows),
        "warnings": "Warnings",
        "notices": "Notices",
    }


def over_time(rows: Sequence[CellHistory], changes: Sequence[Annotation]) -> Component | None:
    """The section about a dataset's history; None without at least two dates.

    In: its dates, oldest first, and the changes of rules between them.
    """
    if len(rows) < 2:
        return None
    first, last = rows[0], rows[-1]
    was, now = (word(STATUSES, row.status).label for row in (first, last))
    headline = f"“{was}” on {formatting.day(first.as_at)}, “{now}” on {formatting.day(last.as_at)}."
    strip = drawing.status_strip([row.status for row in rows], f"Status over time: {headline}")
    return text.section(
        "Over time",
        text.paragraph(f"Status: {headline}"),
        cards.strip_with_dates(strip, first.as_at, last.as_at),
        *(_line(rows, name, title) for name, title in _lines(rows).items()),
        timeline.notes(changes),
        text.details("Show every date as a table", _table(rows)),
        id="history",
    )


def _line(rows: Sequence[CellHistory], name: str, title: str) -> Component | None:
    """One severity as a line with its sentence; None without any, or when not known."""
    points = [(row.as_at, getattr(row, name)) for row in rows if getattr(row, name) is not None]
    if len(points) < 2 or not any(value for _, value in points):
        return None
    (first, before), (last, now) = points[0], points[-1]
    headline = (
        f"{title}: {formatting.number(before)} on {formatting.day(first)}, "
        f"{formatting.number(now)} on {formatting.day(last)}."
    )
    values = [getattr(row, name) for row in rows]
    return html.Div([text.paragraph(headline), drawing.sparkline(values, headline)])


def _table(rows: Sequence[CellHistory]) -> Component:
    titles = _lines(rows)
    names = [name for name in titles if any(getattr(row, name) is not None for row in rows)]
    columns = [tables.Column("Date"), tables.Column("Status")]
    columns += [tables.Column(titles[name], numeric=True) for name in names]
    cells = [
        [
            formatting.short_day(row.as_at),
            word(STATUSES, row.status).label,
            *(_cell(getattr(row, name)) for name in names),
        ]
        for row in reversed(rows)
    ]
    return tables.table("Status and what is wrong over time", columns, cells, caption_hidden=True)


def _cell(value: int | None) -> str | None:
    return None if value is None else formatting.number(value)
