"""The status of an organisation's datasets over time, as columns in an SVG drawing: no script."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from dash import html
from dash.development.base_component import Component

from dashboard.components.design import status, text
from dashboard.components.design.element import Element, aria
from dashboard.components.design.status import Tone
from dashboard.components.words import formatting
from performance_store.rows import Annotation, OrganisationHistory

_HEIGHT = 60.0
_PARTS: tuple[tuple[str, Tone], ...] = (
    ("live", "good"),
    ("other", "unknown"),
    ("needs_improving", "warn"),
    ("error", "bad"),
)


def columns(rows: Sequence[OrganisationHistory], label: str) -> Component:
    """One column a date: how many datasets were expected, and the status of those provided.

    In: at least one row, oldest first, and a sentence that says what the drawing shows.
    """
    most = max((max(row.expected, row.provided) for row in rows), default=0) or 1
    rects: list[Component] = []
    for left, width, row in _runs(rows):
        expected = max(row.expected, row.provided)
        rects.append(_rect(left, width, 0, expected, most, "bar-track"))
        under = 0
        for count, tone in _counts(row):
            if count:
                rects.append(_rect(left, width, under, count, most, f"fill-{tone}"))
            under += count
    return Element(
        "svg",
        rects,
        role="img",
        viewBox=f"0 0 100 {_HEIGHT:g}",
        className="drawing timeline",
        preserveAspectRatio="none",
        focusable="false",
        **aria(label=label),
    )


def legend(rows: Sequence[OrganisationHistory]) -> Component:
    """What the colours of `columns` mean: those that occur, with their words."""
    tones: dict[str, Tone] = {}
    names = {"other": "Provided, status not known"}
    for key, tone in _PARTS:
        if any(count for row in rows for count, part_tone in _counts(row) if part_tone == tone):
            tones[names.get(key) or status.STATUSES[key].label] = tone
    tones["Not provided"] = "none"
    items = [
        html.Span([status.mark(name, tone), f" {name}"], className="legend-item")
        for name, tone in tones.items()
    ]
    return html.P([piece for item in items for piece in (item, " ")], className="legend")


def notes(changes: Sequence[Annotation]) -> Component | None:
    """Changes of rules and lists in the time of a history; None without any."""
    if not changes:
        return None
    items = [
        [html.Strong(f"{formatting.day(note.on_date)}: {note.title}. "), note.text]
        for note in changes
    ]
    summary = formatting.plural(len(changes), "change of rules", "changes of rules")
    return text.details(f"{summary} in this period", text.bullets(items))


def _runs(rows: Sequence[OrganisationHistory]) -> list[tuple[float, float, OrganisationHistory]]:
    """Columns as (left, width, row) in hundredths, by date; neighbours that are alike are one."""
    ends = _ends([row.as_at for row in rows])
    runs: list[tuple[float, float, OrganisationHistory]] = []
    for (left, right), row in zip(ends, rows, strict=True):
        if runs and _same(runs[-1][2], row):
            start, _, first = runs[-1]
            runs[-1] = (start, right - start, first)
        else:
            runs.append((left, right - left, row))
    return runs


def _ends(days: Sequence[date]) -> list[tuple[float, float]]:
    """Where each date's column begins and ends: at the next date; the last is as wide as usual."""
    if not days:
        return []
    gaps = sorted((later - day).days for day, later in pairwise(days))
    usual = gaps[len(gaps) // 2] if gaps else 1
    span = (days[-1] - days[0]).days + usual
    starts = [(day - days[0]).days * 100 / span for day in days]
    return list(zip(starts, [*starts[1:], 100.0], strict=True))


def _same(one: OrganisationHistory, other: OrganisationHistory) -> bool:
    return one.expected == other.expected and _counts(one) == _counts(other)


def _counts(row: OrganisationHistory) -> list[tuple[int, Tone]]:
    with_status = row.live + row.needs_improving + row.error
    numbers = (row.live, max(row.provided - with_status, 0), row.needs_improving, row.error)
    return [(count, tone) for count, (_, tone) in zip(numbers, _PARTS, strict=True)]


def _rect(left: float, width: float, under: int, count: int, most: int, name: str) -> Component:
    height = count * _HEIGHT / most
    return Element(
        "rect",
        x=f"{left:.4g}",
        # Slightly wider, so that there is no gap between columns.
        width=f"{width + 0.05:.4g}",
        y=f"{_HEIGHT - under * _HEIGHT / most - height:.4g}",
        height=f"{height:.4g}",
        className=name,
    )
