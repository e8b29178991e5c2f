"""Small charts side by side, one a line, all on the same axes: for more lines than one plot can
hold apart. Drawings without a script; `assets/drawings.js` reads all of them at one date."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dash.development.base_component import Component

from dashboard.components.design import html, text
from dashboard.components.design.drawing import MARK
from dashboard.components.design.element import Attributes, Element, aria
from dashboard.components.design.figures.lines import Line, Scale, formatted
from dashboard.components.words import formatting

# The plot in pixels: from where to where, and where the words below it stand.
_TOP, _PLOT, _HIGH = 15, 84, 118


@dataclass(frozen=True, slots=True)
class Multiples:
    """What to draw: the lines, on one scale; whether their values are shares; where each leads,
    by its name; where the way of counting changed; and a sentence that says what they show."""

    id: str
    lines: Sequence[Line]
    scale: Scale
    share: bool
    label: str
    hrefs: Mapping[str, str]
    marks: Sequence[date] = ()

    @property
    def places(self) -> list[date | float]:
        """Where any of the lines has a point, first to last."""
        return sorted({at for line in self.lines for at, _ in line.points}, key=_number)


def multiples(parts: Multiples) -> Component:
    """The small charts. Each has the others behind it, faintly."""
    places = parts.places
    across = {at: _across(at, places) for at in places}
    data: Attributes = {
        MARK: "multiples",
        "data-at": json.dumps([round(across[at], 1) for at in places]),
        "data-words": json.dumps([_place(at) for at in places]),
        "data-suffix": "%" if parts.share else "",
    }
    return html.Div(
        [_small(parts, number, across) for number in range(len(parts.lines))],
        className="multiples",
        role="group",
        tabIndex="0",
        **aria(label=f"{parts.label} Left and right arrow keys read all charts at one date."),
        **data,
    )


def _small(parts: Multiples, number: int, across: Mapping[date | float, float]) -> Component:
    line, scale = parts.lines[number], parts.scale
    by_place = dict(line.points)
    values: Attributes = {
        "data-values": json.dumps(
            [_short(by_place.get(at)) for at in across], separators=(",", ":")
        )
    }
    href = parts.hrefs.get(line.name)
    points = _since_break(line)
    return html.Div(
        [
            html.P(
                [
                    text.link(line.name, href) if href else line.name,
                    html.Span(_change(parts, line), className="multiple-value"),
                ],
                className="multiple-title",
            ),
            Element(
                "svg",
                [
                    *(line for _, line in _grid(parts)),
                    Element(
                        "svg",
                        [*_marks(parts, across), *_drawing(parts, number, across)],
                        viewBox="0 0 100 100",
                        preserveAspectRatio="none",
                        width="100%",
                        height=str(_PLOT),
                        y=str(_TOP),
                        overflow="visible",
                    ),
                    Element("line", className="multiple-at", y1=str(_TOP), y2=str(_TOP + _PLOT)),
                    *(_dot(end, across, scale) for end in (*points[:1], *points[1:][-1:])),
                    *_words(parts, list(across)),
                ],
                className="drawing multiple-plot",
                width="100%",
                height=str(_HIGH),
                role="img",
                focusable="false",
                **aria(label=_sentence(parts, line)),
            ),
        ],
        className="multiple",
        **values,
    )


def _grid(parts: Multiples) -> Iterator[tuple[Component, Component]]:
    """Lines across, each with its value."""
    scale = parts.scale
    for value in (scale.low, scale.ticks[len(scale.ticks) // 2], scale.high):
        y = f"{_TOP + _PLOT * (1 - _up(value, scale)):.1f}"
        line = Element("line", x1="0", x2="100%", y1=y, y2=y, className="multiple-grid")
        yield Element("text", _value(parts, value), x="0", y=f"{float(y) - 2:.1f}"), line


def _words(parts: Multiples, places: Sequence[date | float]) -> Iterator[Component]:
    """The values of the lines across, and the first and the last date: above what is drawn."""
    yield from (words for words, _ in _grid(parts))
    if places:
        yield Element("text", _place(places[0], short=True), x="0", y=str(_HIGH - 5))
        yield Element(
            *("text", _place(places[-1], short=True)),
            x="100%", y=str(_HIGH - 5), textAnchor="end",
        )  # fmt: skip


def _marks(parts: Multiples, across: Mapping[date | float, float]) -> Iterator[Component]:
    places = list(across)
    for day in parts.marks:
        x = f"{_across(day, places):.1f}"
        yield Element("line", x1=x, x2=x, y1="0", y2="100", className="multiple-mark")


def _drawing(
    parts: Multiples, number: int, across: Mapping[date | float, float]
) -> Iterator[Component]:
    """All lines, which the first drawing holds for the rest, and this one above them."""
    if not number:
        paths = [
            Element(
                "path",
                d=_path(line, across, parts.scale),
                id=f"{parts.id}-{each}",
                className="multiple-path",
            )
            for each, line in enumerate(parts.lines)
        ]
        yield Element("g", paths, id=f"{parts.id}-all", className="multiple-others")
    else:
        yield Element("use", href=f"#{parts.id}-all", className="multiple-others")
    yield Element("use", href=f"#{parts.id}-{number}", className="multiple-line")


def _path(line: Line, across: Mapping[date | float, float], scale: Scale) -> str:
    """Steps where the line goes by dates, slopes where it goes by months."""
    pieces, is_open = [], False
    for at, value in line.points:
        if value is None:
            is_open = False
            continue
        x, y = f"{across[at]:.4g}", f"{100 * (1 - _up(value, scale)):.4g}"
        if not is_open:
            pieces.append(f"M{x} {y}")
        else:
            pieces.append(f"H{x}V{y}" if isinstance(at, date) else f"L{x} {y}")
        is_open = True
    return "".join(pieces)


def _dot(
    end: tuple[date | float, float], across: Mapping[date | float, float], scale: Scale
) -> Component:
    return Element(
        "circle",
        cx=f"{across[end[0]]:.1f}%",
        cy=f"{_TOP + _PLOT * (1 - _up(end[1], scale)):.1f}",
        r="3.5",
        className="multiple-dot",
    )


def _since_break(line: Line) -> list[tuple[date | float, float]]:
    """The newest points with none between them that is not known: nothing is compared over one."""
    points: list[tuple[date | float, float]] = []
    for at, value in reversed(line.points):
        if value is not None:
            points.insert(0, (at, value))
        elif points:
            break
    return points


def _change(parts: Multiples, line: Line) -> str:
    """The newest value, and from which it came."""
    values = [value for _, value in _since_break(line)]
    if not values:
        return "not known"
    first, now = _value(parts, values[0]), _value(parts, values[-1])
    words = line.words[-1] if line.words else now
    if now not in words:
        # What it is compared with has its unit.
        words += f" ({now})"
    if len(values) == 1:
        return words
    return f"{words}, as at first" if first == now else f"{words}, from {first}"


def _sentence(parts: Multiples, line: Line) -> str:
    values = [(at, value) for at, value in line.points if value is not None]
    if not values:
        return f"{line.name}: not known."
    (first, then), (last, now) = values[0], values[-1]
    return (
        f"{line.name}: {_value(parts, then)} ({_place(first)}), {_value(parts, now)} "
        f"({_place(last)})."
    )


def _number(at: date | float) -> float:
    return at.toordinal() if isinstance(at, date) else at


def _across(at: date | float, places: Sequence[date | float]) -> float:
    """Where something stands between the first place and the last, in hundredths."""
    first, last = _number(places[0]), _number(places[-1])
    return 100 * (_number(at) - first) / ((last - first) or 1)


def _up(value: float, scale: Scale) -> float:
    return (value - scale.low) / (scale.high - scale.low)


def _place(at: date | float, *, short: bool = False) -> str:
    if isinstance(at, date):
        return f"{at:%b %Y}" if short else formatting.short_day(at)
    return f"month {formatting.number(at)}"


def _value(parts: Multiples, value: float) -> str:
    return formatted(value, parts.share)


def _short(value: float | None) -> float | None:
    return None if value is None else round(value)
