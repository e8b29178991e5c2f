"""Lines of a national page: a few on one plot, many as small charts side by side; on a scale that
shows the change or starts at zero; with what changed in the counting."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol, TypeVar

from dash.development.base_component import Component

from dashboard.components.design import html, text
from dashboard.components.design.chart import Dates, Size, chart
from dashboard.components.design.element import Attributes, Children
from dashboard.components.design.figure import Around
from dashboard.components.design.figures.lines import (
    MOST,
    Line,
    Scale,
    dates_of,
    over_time,
    scale_of,
    since_start,
)
from dashboard.components.design.multiples import Multiples, multiples
from dashboard.components.design.tables import Column
from dashboard.components.words import formatting
from performance_store.rows import Annotation


@dataclass(frozen=True, slots=True)
class Lines:
    """What to draw: the lines, as shares or as counts; by date, with what to mark, or
    by months since each began; whether the past was rebuilt; the same rows as a table; where each
    line leads, by its name; what stands below; what stands around; and how
    high it is. A small one always shows all dates."""

    id: str
    title: str
    headline: str
    lines: Sequence[Line]
    share: bool
    columns: Sequence[Column]
    rows: Sequence[Sequence[Children]]
    around: Around
    marks: Sequence[Annotation] = ()
    by_months: bool = False
    rebuilt: bool = False
    hrefs: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[Children] = ()
    size: Size = "medium"


def draw(parts: Lines) -> Component:
    """The lines as a chart with its words."""
    scale = scale_of(parts.lines, share=parts.share, from_zero=parts.around.from_zero)
    marks = marks_by_date(parts.marks)
    dates = None if parts.by_months else dates_of(parts.lines)
    return chart(
        _plot(parts, scale, marks),
        id=parts.id,
        title=parts.title,
        headline=parts.headline,
        columns=parts.columns,
        rows=parts.rows,
        notes=[
            None if parts.around.as_table else _scale(parts, scale),
            notes_below(marks) if marks else None,
            *parts.notes,
        ],
        around=parts.around,
        size=parts.size,
        dates=Dates(*dates) if dates and parts.size != "small" else None,
    )


class _Expecting(Protocol):
    """A date of a line, with of how many it is."""

    @property
    def as_at(self) -> date: ...
    @property
    def expected(self) -> int: ...


P = TypeVar("P", bound=_Expecting)


def share_line(
    name: str,
    points: Sequence[P],
    count: Callable[[P], int | None],
    words: Callable[[P], str],
    of: Callable[[P], int] | None = None,
    **more: Any,
) -> Line:
    """A line of shares, each told as n of N. It breaks where what is expected changed by a
    twentieth or more: it did not fall, it began anew. In: how many there are, None where no share
    is told; the words of a point; and of how many (by default of all that is expected)."""
    values: list[tuple[date | float, float | None]] = []
    sentences: list[str] = []
    before: P | None = None
    for point in points:
        if before is not None and abs(point.expected - before.expected) * 20 >= before.expected:
            values.append((point.as_at, None))
            sentences.append("")
        number = count(point)
        total = of(point) if of else point.expected
        values.append((point.as_at, None if number is None or not total else 100 * number / total))
        sentences.append(words(point))
        before = point
    return Line(name, tuple(values), tuple(sentences), **more)


Marks = dict[date, tuple[str, list[Annotation]]]


def _plot(parts: Lines, scale: Scale, marks: Marks) -> Children:
    if len(parts.lines) > MOST:
        return multiples(
            Multiples(
                id=parts.id,
                lines=parts.lines,
                scale=scale,
                share=parts.share,
                label=parts.headline,
                hrefs=parts.hrefs,
                marks=list(marks),
            )
        )
    if parts.by_months:
        return since_start(parts.lines, from_zero=parts.around.from_zero)
    return over_time(
        parts.lines,
        [
            (on_date, label, "<br>".join(f"{formatting.day(on_date)}: {n.title}" for n in notes))
            for on_date, (label, notes) in marks.items()
        ],
        share=parts.share,
        from_zero=parts.around.from_zero,
        rebuilt=parts.rebuilt,
    )


def _scale(parts: Lines, scale: Scale) -> Component | None:
    """Where the scale starts, where it could start elsewhere, and the link to that."""
    around = parts.around
    whole = scale_of(parts.lines, share=parts.share, from_zero=False)
    if not whole.is_cut or around.other_scale is None:
        return None
    if around.from_zero:
        words, other = "The scale starts at zero.", "Show the change more clearly"
    else:
        start = f"{formatting.number(scale.low)}{'%' if parts.share else ''}"
        words, other = f"The scale starts at {start}, not at zero.", "Start at zero"
    return text.paragraph(f"{words} ", text.link(other, around.other_scale), quiet=True)


def marks_by_date(notes: Sequence[Annotation]) -> Marks:
    """Annotations by date, each date with its number."""
    by_date: dict[date, list[Annotation]] = {}
    for note in notes:
        by_date.setdefault(note.on_date, []).append(note)
    return {day: (str(n), by_date[day]) for n, day in enumerate(sorted(by_date), start=1)}


def notes_below(marks: Marks) -> Component:
    """What the numbered lines of a chart mark, in words."""
    count = formatting.in_words(len(marks)).capitalize()
    title = f"{count} changes to the rules or to who is counted" if len(marks) > 1 else (
        "One change to the rules or to who is counted"
    )  # fmt: skip
    steps = text.steps([note_words(on_date, notes) for on_date, (_, notes) in marks.items()])
    of_marks: Attributes = {"data-marks": ""}
    return text.details(title, html.Div(steps, **of_marks))


def notes_beside(notes: Sequence[Annotation]) -> Component | None:
    """What changed in the counting in the period of the numbers, where nothing is marked."""
    if not notes:
        return None
    words = text.bullets([note_words(note.on_date, [note]) for note in notes])
    return text.details("How the way of counting changed in this period", words)


def note_words(on_date: date, notes: Sequence[Annotation]) -> list[Children]:
    """What changed in the counting on a date, in words."""
    words: list[Children] = [html.Strong(f"{formatting.day(on_date)}: ")]
    for number, note in enumerate(notes):
        words += [
            " " if number else "",
            html.Strong(formatting.sentence(note.title)),
            f" {note.text}",
        ]
    return words
