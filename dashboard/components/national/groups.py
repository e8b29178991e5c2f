"""n of N by region or cohort, each beside the share of all together."""

from __future__ import annotations

from collections.abc import Sequence

from dash.development.base_component import Component

from dashboard.components.design import html, tables, text
from dashboard.components.design.element import Children, Element, aria
from dashboard.components.design.figure import Around, figure
from dashboard.components.national import coverage
from dashboard.components.words import formatting
from performance_store.rows import Coverage


def by(what: str, rows: Sequence[Coverage], whole: Coverage, around: Around) -> Component | None:
    """A table of n of N with bars, the fullest first. In: what a row is called, the rows, all of
    them together, and what stands around it. None where there are fewer than two."""
    if len(rows) < 2:
        return None
    ranking = sorted(rows, key=coverage.fullest)
    columns = [
        tables.Column(what),
        tables.Column("Authorities", numeric=True),
        tables.Column("Provided, of expected"),
    ]
    cells: list[list[Children]] = [
        [
            coverage.name_of(what, row),
            formatting.number(row.organisations),
            _share(row, whole),
        ]
        for row in ranking
    ]
    return text.section(
        f"By {what.lower()}",
        figure(
            around,
            f"Coverage by {what.lower()}",
            coverage.spread_headline(what, rows),
            tables.table(f"Coverage by {what.lower()}", columns, cells, caption_hidden=True),
            caption=False,
        ),
        id=f"by-{what.lower()}",
        level=3,
    )


def _share(row: Coverage, whole: Coverage) -> Component:
    words = coverage.share(row.endpoint, row.expected, row.organisations)
    if row.organisations < coverage.MIN_AUTHORITIES:
        return html.Div(words)
    parts = [
        _box(0, 1, 0, 14, "bar-track"),
        _box(0, row.endpoint / row.expected, 3, 8, "fill-busy"),
    ]
    if whole.expected:
        parts.append(_box(whole.endpoint / whole.expected, None, 0, 14, "fill-warn"))
    drawing = Element(
        "svg",
        parts,
        viewBox="0 0 100 14",
        className="drawing bar bar-thick",
        preserveAspectRatio="none",
        focusable="false",
        **aria(hidden="true"),
    )
    return html.Div([html.Div(words), drawing], className="bar-cell")


def _box(start: float, end: float | None, top: int, height: int, name: str) -> Component:
    """A part of the line between 0 and 1; without an end a stroke across it."""
    x = start * 100 - (0.4 if end is None else 0)
    width = 0.8 if end is None else (end - start) * 100
    return Element(
        "rect", x=f"{x:.4g}", y=str(top), width=f"{width:.4g}", height=str(height), className=name
    )
