"""Coverage over time: are we getting there, where, and is it growth or only more being counted?

Asked by a programme manager who has to say why a line went up or down.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import explain
from dashboard.components.design.figure import Around, Files
from dashboard.components.national import cohorts, coverage, trend
from dashboard.components.words import formatting
from dashboard.data.door import ask
from dashboard.pages.national import figure_links, heading, scope
from dashboard.pages.national.scope import KINDS, Frame
from dashboard.urls import addresses, links
from performance_store.queries import trends
from performance_store.rows import Annotation, CohortStart, CoveragePoint

PATH = addresses.TRENDS
TITLE = "Coverage over time"
NAV = None
KEEP = True

BY = {
    "total": "All together",
    "dataset": "A line for each dataset",
    "region": "A line for each region",
    "cohort": "A line for each cohort",
}
BASES = {
    "expected": "As expected at the time",
    "basket": "The same provisions throughout",
    "all": "All planning authorities",
}
SHOWN = {"count": "Counts", "share": "Shares"}


@dataclass(frozen=True, slots=True)
class Filters(scope.Wanted):
    """What the reader asked for: the frame, what the lines are of, and how they are drawn."""

    by: str = links.one_of(BY, default="total")
    basis: str = links.one_of(BASES, default="expected")
    show: str = links.one_of(SHOWN, default="count")


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: the lines of the snapshot's own kind; those rebuilt from the registers,
    where there are any; those by cohort, with when cohorts began."""

    filters: Filters
    frame: Frame
    points: tuple[CoveragePoint, ...]
    rebuilt: tuple[CoveragePoint, ...]
    by_cohort: tuple[CoveragePoint, ...]
    starts: tuple[CohortStart, ...]
    notes: tuple[Annotation, ...]
    told: tuple[str, ...]


def layout(**params: Any) -> Component:
    """The page for the filters in the address."""
    return render(view(*scope.read(Filters, params)))


def view(filters: Filters, found: Frame) -> View:
    """Lines up to the snapshot shown; rebuilt ones as far as they go."""
    denominator = "all-lpas" if filters.basis == "all" else found.set
    narrow, told = scope.narrowed(found.narrow, denominator)
    by = filters.by
    if denominator == "all-lpas" and by == "cohort":
        by = "total"
        told += ("Not every planning authority is in a cohort, so all are drawn together.",)
    elif denominator == "all-lpas" and by == "region" and narrow:
        by = "total"
        told += ("With filters all planning authorities are drawn together, not by region.",)
    if denominator == "all-lpas" and filters.basis == "basket":
        told += (
            "All planning authorities are counted as they were at the time: some merged and some "
            "datasets were added. Choose another set to follow the same provisions.",
        )
    asked: dict[str, Any] = {
        "denominator": denominator,
        "narrow": narrow,
        "by": "dataset" if by == "total" else by,
    }
    basket = filters.basis == "basket"
    until, kind = found.snapshot.as_at, found.snapshot.kind
    points = ask(trends.lines, kind=kind, until=until, basket=basket, **asked)
    few = max((point.organisations for point in points), default=0) < coverage.WITHHELD
    if filters.show == "share" and few:
        told += ("No shares are shown of fewer than five authorities. These are counts.",)
        filters = dataclasses.replace(filters, show="count")
    others = [row for row in found.every if row.kind == "registers"]
    rebuilt: tuple[CoveragePoint, ...] = ()
    if others and kind != "registers":
        where = asked | {
            "denominator": "all-lpas",
            "narrow": scope.narrowed(found.narrow, "all-lpas")[0],
        }
        rebuilt = ask(trends.lines, kind="registers", until=date.max, **where)
    in_cohorts: tuple[CoveragePoint, ...] = ()
    if denominator != "all-lpas":
        in_cohorts = ask(trends.lines, kind=kind, until=until, **(asked | {"by": "cohort"}))
    return View(
        filters=filters,
        frame=found,
        points=points,
        rebuilt=rebuilt,
        by_cohort=in_cohorts,
        starts=ask(trends.cohort_starts),
        notes=scope.notes_on(kind, denominator),
        told=told,
    )


def render(shown: View) -> Component:
    """The page."""
    found, filters = shown.frame, shown.filters
    head = heading.head(found, filters, PATH, TITLE)
    together = trend.together(shown.points)
    if not together and not shown.rebuilt:
        return html.Div([*head, heading.nothing(found, PATH)])
    return html.Div(
        [
            *head,
            ui.notices(shown.told),
            _line_form(filters),
            _observed(shown),
            _rebuilt(shown),
            _cohorts(shown),
        ]
    )


def _line_form(filters: Filters) -> Component:
    return ui.inline_form(
        PATH,
        ui.select("by", "Lines", list(BY.items()), filters.by, any_label=None),
        ui.select("basis", "Counted", list(BASES.items()), filters.basis, any_label=None),
        ui.select("show", "Shown as", list(SHOWN.items()), filters.show, any_label=None),
        keep=links.kept(filters, *scope.NAMES),
        apply_label="Draw",
    )


def _observed(shown: View) -> Component:
    kind = shown.frame.snapshot.kind
    title = "Rebuilt from the registers" if kind == "registers" else "As observed"
    points = trend.together(shown.points)
    if len(points) < 2:
        words = "There is only one date so far. A line appears with the second one."
        return ui.section(title, ui.paragraph(words), id="observed")
    return ui.section(
        title,
        _basis(shown, points[0], points[-1]),
        trend.draw(_trend(shown, shown.points, "national-line", rebuilt=kind == "registers")),
        explain.explain("coverage", "expected"),
        id="observed",
    )


def _basis(shown: View, first: CoveragePoint, last: CoveragePoint) -> Component:
    """What is counted, in words."""
    provisions = formatting.plural(last.expected, "provision")
    bodies = formatting.plural(last.organisations, "authority", "authorities")
    if shown.filters.basis == "basket":
        said = (
            f"Only provisions that were expected on {formatting.day(first.as_at)} and on "
            f"{formatting.day(last.as_at)} are counted: {provisions} of {bodies}. What the line "
            "gains or loses was gained or lost, and not only counted anew."
        )
    elif shown.filters.basis == "all" or shown.frame.set == "all-lpas":
        said = (
            f"Every planning authority and every dataset that any of them provides, expected or "
            f"not: {provisions} of {bodies} on {formatting.day(last.as_at)}."
        )
    else:
        said = (
            f"What was expected on each date: {formatting.plural(first.expected, 'provision')} "
            f"on {formatting.day(first.as_at)}, {provisions} of {bodies} on "
            f"{formatting.day(last.as_at)}."
        )
    return ui.paragraph(said)


def _rebuilt(shown: View) -> Component | None:
    points = trend.together(shown.rebuilt)
    if len(points) < 2:
        return None
    _, without = scope.narrowed(shown.frame.narrow, "all-lpas")
    return ui.section(
        "Rebuilt from the registers",
        ui.notices(without),
        ui.paragraph(
            "Nobody looked at the time: this line is made from the days on which endpoints were "
            "entered and ended. It counts all planning authorities, and tells who had an endpoint, "
            "not whether it worked."
        ),
        trend.draw(_trend(shown, shown.rebuilt, "rebuilt-line", rebuilt=True)),
        explain.explain("coverage"),
        id="rebuilt",
    )


def _trend(
    shown: View, points: tuple[CoveragePoint, ...], id: str, *, rebuilt: bool
) -> trend.Trend:
    filters = shown.filters
    dates = trend.together(points)
    kind = "registers" if rebuilt else shown.frame.snapshot.kind
    divided = filters.by != "total" and any(point.key for point in points)
    of_all = rebuilt or filters.basis == "all" or shown.frame.set == "all-lpas"
    denominator = "all-lpas" if of_all else shown.frame.set
    by = filters.by if divided else "total"
    basis = "expected" if of_all else filters.basis
    files = _files(shown, kind, denominator, by, dates[-1].as_at, basis)
    return trend.Trend(
        points=points,
        by_dataset=divided,
        datasets=filters.dataset if filters.by == "dataset" else (),
        share=filters.show == "share",
        rebuilt=rebuilt,
        notes=tuple(
            note
            for note in (scope.notes_on(kind, denominator) if rebuilt else shown.notes)
            if dates[0].as_at < note.on_date <= dates[-1].as_at
        ),
        of=filters.by if divided else "dataset",
        id=id,
        around=_around(
            shown, id, "these lines", files, at="rebuilt" if id == "rebuilt-line" else "observed"
        ),
    )


def _files(shown: View, kind: str, denominator: str, by: str, until: date, basis: str) -> Files:
    """The files of some lines. Those rebuilt and those of all authorities have no basket."""
    asked = {"by": "" if by == "total" else by, "basis": basis}
    wanted: dict[str, Any] = {"set": denominator, "kind": kind, "as_at": until}
    return figure_links.files(shown.frame, "trend", asked=asked, **wanted)


def _around(shown: View, id: str, about: str, files: Files, *, at: str) -> Around:
    return heading.around(
        shown.frame, shown.filters, PATH, id, about, files=files, at=at, views=True, height=640
    )


def _cohorts(shown: View) -> Component | None:
    found = shown.frame
    now, basis = found.snapshot, "basket" if shown.filters.basis == "basket" else "expected"
    files = _files(shown, now.kind, found.set, "cohort", now.as_at, basis)
    around = _around(shown, "cohort-line", "cohorts side by side", files, at="cohorts")
    drawn = cohorts.aligned(shown.by_cohort, shown.starts, around=around)
    if drawn is None:
        return None
    dates = trend.together(shown.by_cohort)
    notes = found.within(dates[0].as_at, dates[-1].as_at)
    return ui.section(
        "Cohorts side by side",
        ui.paragraph(
            "Each cohort is counted from the month it began, so that young and old ones compare: "
            f"{KINDS[found.snapshot.kind].lower()}. Cohorts of fewer than five authorities are "
            "left out."
        ),
        drawn,
        trend.told_beside(notes),
        explain.explain("coverage"),
        id="cohorts",
    )
