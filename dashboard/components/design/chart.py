"""The only maker of charts.

A chart comes with its headline, the same rows as a table, and a file of them; whoever
cannot see it, or has no script, misses nothing. It is drawn when the reader comes near it
(`near.py`), from a plot or from the address of one. Plotly’s tool bar is left out, since one of its
buttons sends the data to another site, and so are maps that fetch their outlines there.

Mouse, finger and keyboard do the same to every chart, and a plot says what:

* as a rule it is read by date, all lines together, and a point says its `text` or else its value;
  with `hovermode="closest"` it is read by points, row by row, and each says its `text` alone;
* a point whose `customdata` is an address of ours leads there, `layout.meta["open"]` says where to;
  with `layout.meta["days"]`, all dates that there are figures of, a bar through time leads to the
  day that is pointed at, and by keys, which read it as a whole, to its first, or to now while it
  lasts;
* x axes of one plot match the first, whose `range` is all there is, so that dates can be chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

import plotly.graph_objects as go
from dash.development.base_component import Component

from dashboard.components.design import html, tables, text
from dashboard.components.design.element import Children, aria
from dashboard.components.design.figure import Around, announcement, figure, menu
from dashboard.components.design.figures.theme import with_look
from dashboard.components.design.near import Near
from dashboard.components.design.slide import Slide, choices

Size = Literal["small", "medium", "large", "tall"]

CONFIG: Any = {
    "displayModeBar": False,
    "plotlyServerURL": "",
    "showTips": False,
    "scrollZoom": False,
    "doubleClick": False,
    "responsive": True,
}
# What the basic bundle draws: no other calls foreign hosts, as outlines and tiles do.
_TRACE_TYPES = frozenset({"bar", "scatter", "pie"})
_DATES = "dates"
_READ = "Point, touch or press arrow keys to read the chart"
_ZOOM = "drag or press + and − to zoom, 0 for all dates"
_OPEN = "select or press Enter to open what is pointed at"
_RANGES = ((730, "2 years"), (365, "1 year"), (182, "6 months"))


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates that a chart shows. All charts of a page that have such an axis show the same part
    of it, which the reader chooses and which stands in the address as `dates`."""

    first: date
    last: date


def chart(
    plot: go.Figure | str | Component,
    *,
    id: str,
    title: str,
    headline: str,
    columns: Sequence[tables.Column],
    rows: Sequence[Sequence[Children]],
    csv_href: str | None = None,
    notes: Sequence[Children] = (),
    size: Size = "medium",
    around: Around | None = None,
    slide: Slide | None = None,
    dates: Dates | None = None,
    opens: bool = False,
    below: Sequence[Children] = (),
) -> Component:
    """A chart with its words. In: the plot, or the address that answers with it as `json_of` writes
    it, or a drawing that needs no script; what it is of; its headline; the rows it was made from,
    as a table's; the address of their CSV; and further children below it. `dates`: those on its x
    axis, of which a part can be chosen. `opens`: its points lead somewhere. `below`: what is said
    below the table. `around`: what stands around it on pages that have more than a CSV; its view
    says whether the chart or the table is shown. `slide`: what a picture of it says, elsewhere."""
    if isinstance(plot, go.Figure):
        _check(plot)
    rows_table = tables.table(title, columns, rows, caption_hidden=True, stack=len(columns) <= 4)
    if around is not None and around.as_table:
        return figure(around, title, headline, rows_table, *notes, box=True)
    parts = (
        [plot]
        if isinstance(plot, Component)
        else _drawing(plot, id, f"{title}. {headline}", size, dates, opens)
    )
    if around is not None:
        return figure(around, title, headline, *parts, *notes, box=True)
    foot = [
        text.details("Show these figures as a table", rows_table, *below),
        *_downloads(title, csv_href, slide and _over(slide, dates)),
    ]
    return _with_foot(title, headline, parts, foot, notes)


def _with_foot(
    title: str,
    headline: str,
    parts: Sequence[Children],
    foot: Sequence[Children],
    notes: Sequence[Children],
) -> Component:
    """A chart with its words, and below it its table and its files."""
    caption = [
        html.P(title, className="chart-title"),
        html.P(headline, className="chart-finding"),
    ]
    return html.Figure(
        [
            html.Figcaption(caption),
            *parts,
            html.Div(list(foot), className="chart-foot"),
            *notes,
        ],
        className="chart",
    )


def _over(slide: Slide, dates: Dates | None) -> Slide:
    """A slide of what a chart shows through time. Its last date is not that of the axis, which goes
    on after the newest date so that what began there can be seen."""
    return slide if dates is None else replace(slide, first=dates.first)


def _downloads(title: str, csv_href: str | None, slide: Slide | None) -> list[Children]:
    """The file of the rows; with a picture of the chart, both in a menu."""
    files: list[Children] = []
    if csv_href is not None:
        files.append(text.download_link("Download these figures", csv_href))
    if slide is None:
        return files
    return [menu([*files, choices(slide, title, title), announcement()], about=title)]


def json_of(plot: go.Figure) -> str:
    """A plot as the answer of an address that a chart is drawn from."""
    _check(plot)
    return str(with_look(plot).to_json())


def _check(plot: go.Figure) -> None:
    """Raises ValueError for a kind of trace that we do not draw."""
    for trace in plot.data:
        if trace.type not in _TRACE_TYPES:
            raise ValueError(f"no chart of type {trace.type}: see {__name__}")


def _drawing(
    plot: go.Figure | str, id: str, label: str, size: Size, dates: Dates | None, opens: bool
) -> list[Children]:
    """The choice of dates, the drawing, and below it what is pointed at."""
    line = f"{id}-reading"
    ways = [_READ, *([_ZOOM] if dates else []), *([_OPEN] if opens else [])]
    drawing_part = Near(
        plot if isinstance(plot, str) else with_look(plot),
        html.P("Loading the chart", className="chart-wait"),
        id=id,
        label=label,
        line=line,
        axis=_DATES if dates else None,
        config=CONFIG,
    )
    hint = f"{'; '.join(ways)}."
    return [
        _choice(dates, label) if dates else None,
        html.Div(drawing_part, className=f"chart-plot chart-{size}"),
        html.P(hint, id=line, className="chart-line", **aria(live="polite")),
    ]


def _choice(dates: Dates, label: str) -> Component:
    """Buttons for the newest part of the dates, as far as there are more."""
    spans = [
        (words, dates.last - timedelta(days=days))
        for days, words in _RANGES
        if dates.first < dates.last - timedelta(days=days)
    ]
    buttons = [_button("All dates", {})]
    for words, start in spans:
        span = {"data-from": start.isoformat(), "data-to": dates.last.isoformat()}
        buttons.append(_button(words, span))
    marks: Any = {"data-axis": _DATES, **aria(label=f"Dates to show: {label}")}
    return html.Div(buttons, className="chart-range", role="group", **marks)


def _button(words: str, span: dict[str, str]) -> Component:
    marks: Any = {**span, **aria(pressed="false" if span else "true")}
    return html.Button(words, type="button", className="link-button", **marks)
