"""Small drawings in the text, as SVG: no script, a name for those who cannot see them."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components.design.element import Element, aria
from dashboard.components.design.status import STATUSES, Tone, word

_WIDTH, _HEIGHT, _EDGE = 120.0, 32.0, 3.0


def sparkline(values: Sequence[float | None], label: str, *, floor: float | None = 0) -> Component:
    """A line without axes. In: values at equal distances (None leaves a gap), and a sentence
    that says what the line shows. `floor` is the lowest value drawn; None lets it float."""
    numbers = [value for value in values if value is not None]
    if not numbers:
        return html.Span("no history yet", className="quiet")
    low = min(numbers) if floor is None else min(floor, *numbers)
    high = max(*numbers, low + 1e-9) if len(numbers) > 1 else max(numbers[0], low + 1e-9)
    points = _points(values, low, high)
    lines = [
        Element("polyline", points=" ".join(f"{x:g},{y:g}" for x, y in run), className="spark-line")
        for run in _runs(points)
    ]
    last = next(point for point in reversed(points) if point is not None)
    dot = Element("circle", cx=f"{last[0]:g}", cy=f"{last[1]:g}", r="2.5", className="spark-dot")
    return _svg([*lines, dot], label, f"0 0 {_WIDTH:g} {_HEIGHT:g}", "spark")


def status_strip(statuses: Sequence[str | None], label: str) -> Component:
    """A status over time, oldest first: one cell each. In: also a sentence that says it."""
    return tone_strip([word(STATUSES, status).tone for status in statuses], label)


def tone_strip(tones: Sequence[Tone | None], label: str) -> Component:
    """A state over time, oldest first: one cell each, a gap for None. In: also a sentence that
    says it."""
    count = max(len(tones), 1)
    cells = []
    for number, tone, run in _tones(tones):
        if tone is None:
            continue
        cells.append(
            Element(
                "rect",
                x=f"{number * 100 / count:.4g}",
                # A hair's breadth wider, lest cells show a seam.
                width=f"{run * 100 / count:.4g}",
                # Height tells as well as colour: trouble stands tall, no data is a low line.
                y={"none": "14", "unknown": "9", "busy": "9", "good": "5"}.get(tone, "0"),
                height={"none": "4", "unknown": "9", "busy": "9", "good": "13"}.get(tone, "18"),
                className=f"fill-{tone}",
            )
        )
    return _svg(cells, label, "0 0 100 18", "strip", stretch=True)


def small_bar(
    count: int | None, total: int | None, label: str, *, tone: Tone = "good"
) -> Component:
    """A part of a whole as a bar, beside the words "n of N", which `label` repeats."""
    share = 0.0 if not count or not total else min(count / total, 1.0)
    parts = [Element("rect", x="0", y="0", width="100", height="8", className="bar-track")]
    if share > 0:
        parts.append(
            Element(
                "rect",
                x="0",
                y="0",
                width=f"{share * 100:.4g}",
                height="8",
                className=f"fill-{tone}",
            )
        )
    return _svg(parts, label, "0 0 100 8", "bar", stretch=True)


def stacked_bar(parts: Sequence[tuple[str, int, Tone]], label: str) -> Component:
    """Parts of a whole side by side. In: (name, count, tone) in order, and a sentence with the
    counts. Gaps part neighbours of like colour."""
    total = sum(count for _, count, _ in parts)
    rects, at = [], 0.0
    for name, count, tone in parts:
        if not count:
            continue
        width = count * 100 / total
        rect = Element(
            "rect",
            Element("title", f"{name}: {count:,}"),
            x=f"{at:.4g}",
            y="0",
            width=f"{max(width - 0.4, 0.3):.4g}",
            height="14",
            className=f"fill-{tone}",
        )
        rects.append(rect)
        at += width
    return _svg(rects, label, "0 0 100 14", "bar bar-thick", stretch=True)


# Plotly's dashes in its widths of a line, as SVG writes them.
_DASHES = {
    "dash": "9 5",
    "dot": "2.5 3.5",
    "dashdot": "9 4 2.5 4",
    "longdash": "15 5",
    "longdashdot": "13 4 2.5 4",
}


def line_key(lines: Sequence[tuple[str, str, str]]) -> Component:
    """Which line of a chart is which, as a list. In: (words, colour, dash) for each."""
    items = []
    for words, colour, dash in lines:
        stroke = Element(
            "line",
            x1="0",
            y1="5",
            x2="32",
            y2="5",
            stroke=colour,
            strokeWidth="2.5",
            strokeDasharray=_DASHES.get(dash),
        )
        swatch = Element(
            "svg",
            stroke,
            viewBox="0 0 32 10",
            width="32",
            height="10",
            className="line-swatch",
            **aria(hidden="true"),
        )
        items.append(html.Li([swatch, words]))
    return html.Ul(items, className="line-key")


def _svg(
    children: Sequence[Component], label: str, box: str, name: str, *, stretch: bool = False
) -> Component:
    return Element(
        "svg",
        children,
        role="img",
        viewBox=box,
        className=f"drawing {name}",
        preserveAspectRatio="none" if stretch else None,
        focusable="false",
        **aria(label=label),
    )


def _points(
    values: Sequence[float | None], low: float, high: float
) -> list[tuple[float, float] | None]:
    step = (_WIDTH - 2 * _EDGE) / max(len(values) - 1, 1)
    depth = _HEIGHT - 2 * _EDGE
    return [
        None
        if value is None
        else (
            round(_EDGE + number * step, 1),
            round(_EDGE + depth * (1 - (value - low) / (high - low)), 1),
        )
        for number, value in enumerate(values)
    ]


def _runs(
    points: Sequence[tuple[float, float] | None],
) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if len(run) > 1]


def _tones(tones: Sequence[Tone | None]) -> list[tuple[int, Tone | None, int]]:
    """Runs of equal tone, as (first cell, tone, length): a year of days is a few rectangles."""
    runs: list[tuple[int, Tone | None, int]] = []
    for number, tone in enumerate(tones):
        if runs and runs[-1][1] == tone:
            first, _, length = runs[-1]
            runs[-1] = (first, tone, length + 1)
        else:
            runs.append((number, tone, 1))
    return runs
