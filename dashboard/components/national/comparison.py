"""What is compared, side by side through time; and the form that picks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.design.element import Children
from dashboard.components.design.figure import Around
from dashboard.components.design.figures.lines import Line
from dashboard.components.design.tables import Column
from dashboard.components.national import coverage, lines
from dashboard.components.words import formatting
from performance_store.rows import Annotation, ComparedPoint


@dataclass(frozen=True, slots=True)
class Share:
    """What a line shows: the field of a point, the field of what it is a share of, and both in
    words. They are shares of the same as everywhere (`performance_store.definitions.measures`)."""

    field: str
    of: str
    words: str
    of_words: str


_ERROR_FREE = Share("error_free", "collected", "Error-free", "collected")
# What the lines show for each measure by which authorities are ranked.
SHOWS = {
    "provided": Share("endpoint", "expected", "Provided", "expected"),
    "error_free": _ERROR_FREE,
    "rows": _ERROR_FREE,
    "age": Share("fresh", "endpoint", "Fresh", "provided"),
}
_MOST_ROWS = 30


@dataclass(frozen=True, slots=True)
class Comparison:
    """What to draw: the points, oldest first; the measure; what changed in the counting; where a
    line leads, by its part and key; and what stands around."""

    points: Sequence[ComparedPoint]
    measure: str
    notes: Sequence[Annotation]
    href: Callable[[str, str], str]
    around: Around


def draw(view: Comparison) -> Component | None:
    """The lines; None where there are not two dates of which anything is known."""
    shows = SHOWS[view.measure]
    groups: dict[tuple[str, str], list[ComparedPoint]] = {}
    for point in view.points:
        if getattr(point, shows.field) is not None:
            groups.setdefault((point.part, point.key), []).append(point)
    groups = {key: points for key, points in groups.items() if len(points) > 1}
    if not groups:
        return None
    return lines.draw(
        lines.Lines(
            id="compared-lines",
            title=f"{shows.words}, as a share of {shows.of_words}",
            headline=_headline(groups, shows),
            lines=[_line(points, shows) for points in groups.values()],
            share=True,
            columns=[Column("Date"), *(Column(points[-1].label) for points in groups.values())],
            rows=_rows(groups, shows, every=view.around.as_table),
            around=view.around,
            marks=view.notes,
            hrefs={
                points[-1].label: view.href(part, key)
                for (part, key), points in groups.items()
                if key
            },
        )
    )


Groups = Mapping[tuple[str, str], Sequence[ComparedPoint]]


def _line(points: Sequence[ComparedPoint], shows: Share) -> Line:
    """A share of few authorities together is not told; that of one by itself is n of N."""

    def count(point: ComparedPoint) -> int | None:
        few = point.organisations < coverage.MIN_AUTHORITIES and point.part != "organisation"
        return None if few else getattr(point, shows.field)

    newest = points[-1]
    return lines.share_line(
        newest.label,
        points,
        count,
        lambda point: _words(point, shows),
        of=lambda point: getattr(point, shows.of),
        is_measure=newest.part == "all",
        now=_words(newest, shows) if newest.part == "organisation" else "",
    )


def _words(point: ComparedPoint, shows: Share) -> str:
    count, of = getattr(point, shows.field), getattr(point, shows.of)
    return coverage.share(count, of, point.organisations)


def _headline(groups: Groups, shows: Share) -> str:
    """What each has on its newest date."""
    newest = [points[-1] for points in groups.values()]
    day = formatting.day(max(point.as_at for point in newest))
    parts = [f"{point.label}: {_words(point, shows)}" for point in newest]
    return f"{shows.words} of {shows.of_words} on {day}: {'; '.join(parts)}."


def _rows(groups: Groups, shows: Share, *, every: bool) -> list[list[Children]]:
    by_date = [{point.as_at: point for point in points} for points in groups.values()]
    days = sorted({day for line in by_date for day in line}, reverse=True)
    return [
        [
            formatting.short_day(day),
            *(_words(line[day], shows) if day in line else None for line in by_date),
        ]
        for day in (days if every else days[:_MOST_ROWS])
    ]


def picker(
    path: str,
    groups: Sequence[tuple[str, Sequence[tuple[str, str]]]],
    measures: Sequence[tuple[str, str]],
    measure: str,
    keep: Mapping[str, str | tuple[str, ...]],
    *,
    is_full: bool,
) -> Component:
    """The form that adds something to what is compared and chooses the measure. In: what can be
    added, in groups with (value, words); what the form keeps; and whether nothing more can be
    added."""
    add = html.Div(
        [
            html.Label("Add to the comparison", htmlFor="field-pick", className="label"),
            html.Select(
                [
                    html.Option("Choose one", value=""),
                    *(
                        html.Optgroup(
                            [html.Option(words, value=value) for value, words in options],
                            label=title,
                        )
                        for title, options in groups
                        if options
                    ),
                ],
                id="field-pick",
                name="pick",
                className="select",
            ),
        ],
        className="field",
    )
    return ui.inline_form(
        path,
        *([] if is_full else [add]),
        ui.select("measure", "Compared by", measures, measure, any_label=None),
        keep=keep,
        apply_label="Compare",
    )
