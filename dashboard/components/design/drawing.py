"""Small drawings in the text, as SVG: no script, a name for those who cannot see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash.development.base_component import Component

from dashboard.components.design import html
from dashboard.components.design.element import Element, aria
from dashboard.components.design.status import Tone

MARK = "data-drawing"
"""The attribute that says that a drawing wants the sheet and script of large drawings, which are
sent with the pages that have one."""

_WIDTH, _HEIGHT, _EDGE = 120.0, 32.0, 3.0


@dataclass(frozen=True, slots=True)
class Span:
    """From where to where something stands on an axis, in hundredths of it."""

    left: float
    right: float


def sparkline(values: Sequence[float | None], label: str, *, floor: float | None = 0) -> Component:
    """A line without axes. In: values at equal distances (None leaves a gap), and a sentence
    that says what the line shows. `floor` is the lowest value drawn; None lets it float."""
    numbers = [value for value in values if value is not None]
    if not numbers:
        return html.Span("no history yet", className="quiet")
    low = min(numbers) if floor is None else min(floor, *numbers)
    high = max(*numbers, low + 1e-9) if len(numbers) > 1 else max(numbers[0], low + 1e-9)
    step = (_WIDTH - 2 * _EDGE) / max(len(values) - 1, 1)
    lines: list[list[tuple[float, float]]] = [[]]
    for number, value in enumerate(values):
        if value is None:
            lines.append([])
        else:
            lines[-1].append((_EDGE + number * step, _depth(value, low, high)))
    return _spark(lines, label)


def tone_strip(tones: Sequence[Tone | None], label: str) -> Component:
    """A state over time, oldest first: one cell each, a gap for None. In: also a sentence that
    says it."""
    width = 100 / max(len(tones), 1)
    return span_strip(
        [
            (Span(number * width, (number + length) * width), tone)
            for number, tone, length in _tones(tones)
            if tone is not None
        ],
        label,
    )


def span_strip(parts: Sequence[tuple[Span, Tone]], label: str) -> Component:
    """A state over time. In: each state with where it stands, and a sentence that says it."""
    cells = [
        Element(
            "rect",
            x=f"{span.left:.4g}",
            width=f"{span.right - span.left:.4g}",
            # Height tells as well as colour: trouble stands tall, no data is a low line.
            y={"none": "14", "unknown": "9", "busy": "9", "good": "5"}.get(tone, "0"),
            height={"none": "4", "unknown": "9", "busy": "9", "good": "13"}.get(tone, "18"),
            className=f"fill-{tone}",
        )
        for span, tone in parts
    ]
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


def _depth(value: float, low: float, high: float) -> float:
    """How far below the upper edge of a small line a value stands."""
    return _EDGE + (_HEIGHT - 2 * _EDGE) * (1 - (value - low) / (high - low))


def _spark(lines: Sequence[Sequence[tuple[float, float]]], label: str) -> Component:
    """Lines through points, with a dot at the last."""
    parts = [
        Element(
            "polyline",
            points=" ".join(f"{round(x, 1):g},{round(y, 1):g}" for x, y in line),
            className="spark-line",
        )
        for line in lines
        if len(line) > 1
    ]
    x, y = next(line[-1] for line in reversed(lines) if line)
    dot = Element(
        "circle", cx=f"{round(x, 1):g}", cy=f"{round(y, 1):g}", r="2.5", className="spark-dot"
    )
    return _svg([*parts, dot], label, f"0 0 {_WIDTH:g} {_HEIGHT:g}", "spark")


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
