"""The status of an organisation's datasets over time, as columns in an SVG drawing: no script."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dash import html
from dash.development.base_component import Component

from dashboard.components.design import status, text
from dashboard.components.design.drawing import Span
from dashboard.components.design.element import Element, aria
from dashboard.components.design.status import Tone
from dashboard.components.provider.runs import spans, without_repeats
from dashboard.components.words import formatting
from performance_store.rows import Annotation, OrganisationHistory

_HEIGHT = 60.0
_PARTS: tuple[tuple[str, Tone], ...] = (
    ("live", "good"),
    ("other", "unknown"),
    ("needs_improving", "warn"),
    ("error", "bad"),
)


def columns(rows: Sequence[OrganisationHistory], dates: Sequence[date], label: str) -> Component:
    """One column for as long as it stays so: how many datasets were expected, and the status of
    those provided. Snapshots that say nothing leave a gap.

    In: at least one run, oldest first; the dates of all snapshots of its kind; and a sentence that
    says what the drawing shows.
    """
    most = max((max(row.expected, row.provided) for row in rows), default=0) or 1
    rects: list[Component] = []
    runs = without_repeats(rows, dates, lambda row: (row.expected, _counts(row)))
    for span, row in zip(spans(runs, dates), runs, strict=True):
        expected = max(row.expected, row.provided)
        rects.append(_rect(span, 0, expected, most, "bar-track"))
        under = 0
        for count, tone in _counts(row):
            if count:
                rects.append(_rect(span, under, count, most, f"fill-{tone}"))
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


def _counts(row: OrganisationHistory) -> list[tuple[int, Tone]]:
    with_status = row.live + row.needs_improving + row.error
    numbers = (row.live, max(row.provided - with_status, 0), row.needs_improving, row.error)
    return [(count, tone) for count, (_, tone) in zip(numbers, _PARTS, strict=True)]


def _rect(span: Span, under: int, count: int, most: int, name: str) -> Component:
    height = count * _HEIGHT / most
    return Element(
        "rect",
        x=f"{span.left:.4g}",
        # Slightly wider, so that there is no gap between columns.
        width=f"{span.right - span.left + 0.05:.4g}",
        y=f"{_HEIGHT - under * _HEIGHT / most - height:.4g}",
        height=f"{height:.4g}",
        className=name,
    )
