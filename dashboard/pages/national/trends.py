"""Coverage over time: whether it grows, where, and whether that is growth or a change in what we
count.

For a programme manager who has to explain why a line went up or down.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import explain
from dashboard.components.design import html
from dashboard.components.design.figure import Around, Files
from dashboard.components.national import cohorts, coverage, movement, trend
from dashboard.components.national import lines as line_charts
from dashboard.components.words import formatting
from dashboard.data.door import ask
from dashboard.pages.national import answers, figure_links, heading
from dashboard.pages.national.scope import (
    KINDS,
    SCOPE_FIELDS,
    Scope,
    ScopeFilters,
    fit_narrow,
    notes_on,
    read_scope,
)
from dashboard.urls import addresses, links
from performance_store.queries import movements, trends
from performance_store.queries.filters import Narrow
from performance_store.rows import Annotation, CohortStart, CoveragePoint, Movement

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
FIGURES = {"count": "Counts", "share": "Shares"}


@dataclass(frozen=True, slots=True)
class Filters(ScopeFilters):
    """The filters of the page: the scope, what the lines are of, and whether they
    are counts or shares."""

    by: str = links.one_of(BY, default="total")
    basis: str = links.one_of(BASES, default="expected")
    show: str = links.one_of(FIGURES, default="count")


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: the lines of the snapshot's own kind; those rebuilt from the registers,
    where there are any; what the change from the first date of the former to the last is made of;
    those by cohort, of the same provisions throughout, with when cohorts began; and what the rows
    of the answers above them are (`brief`)."""

    filters: Filters
    scope: Scope
    points: tuple[CoveragePoint, ...]
    rebuilt: tuple[CoveragePoint, ...]
    by_cohort: tuple[CoveragePoint, ...]
    brief: answers.Brief
    growth: Movement | None
    starts: tuple[CohortStart, ...]
    notes: tuple[Annotation, ...]
    notices: tuple[str, ...]


def layout(**params: Any) -> Component:
    """The page for the filters in the address."""
    filters, scope = read_scope(Filters, params, over_time=True)
    return render(build(filters, answers.over_a_year(filters, scope)))


def build(filters: Filters, scope: Scope) -> View:
    """The lines up to the snapshot. Those rebuilt from the registers go as far as they can."""
    denominator = "all-lpas" if filters.basis == "all" else scope.set
    narrow, notices = fit_narrow(scope.narrow, denominator)
    filters, ways = _possible(filters, denominator, bool(narrow))
    notices, by = notices + ways, filters.by
    which: dict[str, Any] = {
        "denominator": denominator,
        "narrow": narrow,
        "by": "dataset" if by == "total" else by,
    }
    basket = filters.basis == "basket"
    until, kind = scope.snapshot.as_at, scope.snapshot.kind
    points = ask(trends.lines, kind=kind, until=until, basket=basket, **which)
    few = max((point.organisations for point in points), default=0) < coverage.MIN_AUTHORITIES
    if filters.show == "share" and few:
        notices += ("We do not show shares of fewer than five authorities. These are counts.",)
        filters = dataclasses.replace(filters, show="count")
    others = [row for row in scope.snapshots if row.kind == "registers"]
    rebuilt: tuple[CoveragePoint, ...] = ()
    if others and kind != "registers":
        where = which | {
            "denominator": "all-lpas",
            "narrow": fit_narrow(scope.narrow, "all-lpas")[0],
        }
        rebuilt = ask(trends.lines, kind="registers", until=date.max, **where)
    of_cohorts = which | {"by": "cohort", "basket": True, "kind": kind, "until": until}
    return View(
        filters=filters,
        scope=scope,
        points=points,
        rebuilt=rebuilt,
        by_cohort=() if denominator == "all-lpas" else ask(trends.lines, **of_cohorts),
        brief=answers.build(scope),
        growth=None if basket else _growth(scope, points, denominator, narrow),
        starts=ask(trends.cohort_starts),
        notes=notes_on(kind, denominator),
        notices=notices,
    )


def _possible(filters: Filters, denominator: str, narrow: bool) -> tuple[Filters, tuple[str, ...]]:
    """The filters with the lines that there are of the set, so that the form, the figure and its
    files say what is drawn, and a notice where that is not what was chosen."""
    notices: tuple[str, ...] = ()
    if denominator != "all-lpas":
        return filters, notices
    by = filters.by
    if by == "cohort":
        by = "total"
        notices += ("Some planning authorities are not in a cohort, so they share one line.",)
    elif by == "region" and narrow:
        by = "total"
        notices += ("With filters, all planning authorities share one line, not one by region.",)
    if filters.basis == "basket":
        notices += (
            "We count all planning authorities as they were at the time, because some merged and "
            "some datasets were added. To follow the same provisions, choose another set.",
        )
    return dataclasses.replace(filters, by=by), notices


def _growth(
    scope: Scope, points: tuple[CoveragePoint, ...], denominator: str, narrow: Narrow
) -> Movement | None:
    """What the change of what is provided is made of, from the first date to the last."""
    ids = {row.as_at: row.snapshot_id for row in scope.of_kind()}
    dates = trend.together(points)
    if len(dates) < 2:
        return None
    rows = ask(
        movements.balance,
        snapshot_id=ids[dates[-1].as_at],
        compare_id=ids[dates[0].as_at],
        denominator=denominator,
        narrow=narrow,
    )
    return movement.totals(rows).get("endpoint")


def render(view: View) -> Component:
    """The page."""
    scope, filters = view.scope, view.filters
    head = heading.head(scope, filters, PATH, TITLE)
    together = trend.together(view.points)
    if not together and not view.rebuilt:
        return html.Div([*head, heading.nothing(scope, PATH)])
    return html.Div(
        [
            *head,
            ui.notices(view.notices),
            answers.render(view.brief, filters, PATH),
            _line_form(filters),
            _observed(view),
            _rebuilt(view),
            _cohorts(view),
        ]
    )


def _line_form(filters: Filters) -> Component:
    return ui.inline_form(
        PATH,
        ui.select("by", "Lines", list(BY.items()), filters.by, any_label=None),
        ui.select("basis", "Counted", list(BASES.items()), filters.basis, any_label=None),
        ui.select("show", "Shown as", list(FIGURES.items()), filters.show, any_label=None),
        keep=links.form_values(filters, *SCOPE_FIELDS),
        apply_label="Draw",
    )


def _observed(view: View) -> Component:
    kind = view.scope.snapshot.kind
    title = "Rebuilt from the registers" if kind == "registers" else "As observed"
    points = trend.together(view.points)
    if len(points) < 2:
        words = "There is only one date so far. The chart appears when there are two."
        return ui.section(title, ui.paragraph(words), id="observed")
    return ui.section(
        title,
        _basis(view, points[0], points[-1]),
        trend.draw(_trend(view, view.points, "national-line", rebuilt=kind == "registers")),
        explain.explain("coverage", "expected"),
        id="observed",
    )


def _basis(view: View, first: CoveragePoint, last: CoveragePoint) -> Component:
    """What is counted, in words."""
    provisions = formatting.plural(last.expected, "provision")
    bodies = formatting.plural(last.organisations, "authority", "authorities")
    if view.filters.basis == "basket":
        sentence = (
            f"We count only provisions that were expected on both {formatting.day(first.as_at)} "
            f"and {formatting.day(last.as_at)}: {provisions} of {bodies}. Each rise or fall is a "
            "real change, not a change in what we count."
        )
        if view.filters.by == "cohort":
            sentence += (
                " The line of a cohort that is newer than that begins on the first date on which "
                "at least half of its provisions were counted."
            )
    elif view.filters.basis == "all" or view.scope.set == "all-lpas":
        sentence = (
            "We count every planning authority and every dataset that any of them provides, "
            f"expected or not: {provisions} of {bodies} on {formatting.day(last.as_at)}."
        )
    else:
        sentence = (
            "We count what was expected on each date: "
            f"{formatting.plural(first.expected, 'provision')} "
            f"on {formatting.day(first.as_at)}, {provisions} of {bodies} on "
            f"{formatting.day(last.as_at)}."
        )
    return ui.paragraph(sentence)


def _rebuilt(view: View) -> Component | None:
    points = trend.together(view.rebuilt)
    if len(points) < 2:
        return None
    _, without = fit_narrow(view.scope.narrow, "all-lpas")
    return ui.section(
        "Rebuilt from the registers",
        ui.notices(without),
        ui.paragraph(
            "This line is worked out from the dates when endpoints were added and ended. It "
            "counts all planning authorities. It shows who had an endpoint, but not whether it "
            "worked."
        ),
        trend.draw(_trend(view, view.rebuilt, "rebuilt-line", rebuilt=True)),
        explain.explain("coverage"),
        id="rebuilt",
    )


def _trend(view: View, points: tuple[CoveragePoint, ...], id: str, *, rebuilt: bool) -> trend.Trend:
    filters = view.filters
    dates = trend.together(points)
    kind = "registers" if rebuilt else view.scope.snapshot.kind
    by_group = filters.by != "total" and any(point.key for point in points)
    of_all = rebuilt or filters.basis == "all" or view.scope.set == "all-lpas"
    denominator = "all-lpas" if of_all else view.scope.set
    by = filters.by if by_group else "total"
    basis = "expected" if of_all else filters.basis
    files = _files(view, kind, denominator, by, dates[-1].as_at, basis)
    return trend.Trend(
        points=points,
        by_dataset=by_group,
        datasets=filters.dataset if filters.by == "dataset" else (),
        share=filters.show == "share",
        growth=view.growth if id == "national-line" else None,
        rebuilt=rebuilt,
        notes=tuple(
            note
            for note in (notes_on(kind, denominator) if rebuilt else view.notes)
            if dates[0].as_at < note.on_date <= dates[-1].as_at
        ),
        of=filters.by if by_group else "dataset",
        href=lambda key: heading.line_of(filters, filters.by, key),
        id=id,
        around=_around(
            *(view, id, "these lines", files),
            at="rebuilt" if id == "rebuilt-line" else "observed",
            lines=heading.Lines(
                *(kind, dates[0].as_at, dates[-1].as_at, denominator),
                id="national-line",
                at="observed",
            ),
        ),
    )


def _files(view: View, kind: str, denominator: str, by: str, until: date, basis: str) -> Files:
    """The files of some lines. Those rebuilt and those of all authorities have no basket."""
    params = {"by": "" if by == "total" else by, "basis": basis}
    changes: dict[str, Any] = {"set": denominator, "kind": kind, "as_at": until}
    return figure_links.files(view.scope, "trend", params=params, **changes)


def _around(
    view: View, id: str, about: str, files: Files, *, at: str, lines: heading.Lines
) -> Around:
    return heading.around(
        *(view.scope, view.filters, PATH, id, about),
        files=files,
        at=at,
        views=True,
        height=640,
        lines=lines,
    )


def _cohorts(view: View) -> Component | None:
    scope = view.scope
    if not trend.together(view.by_cohort):
        return None
    now = scope.snapshot
    files = _files(view, now.kind, scope.set, "cohort", now.as_at, "basket")
    dates = trend.together(view.by_cohort)
    lines = heading.Lines(now.kind, dates[0].as_at, dates[-1].as_at)
    around = _around(view, "cohort-line", "cohorts side by side", files, at="cohorts", lines=lines)
    figure = cohorts.draw(view.by_cohort, view.starts, around=around)
    if figure is None:
        return None
    title, chart = figure
    notes = scope.notes_between(dates[0].as_at, dates[-1].as_at)
    return ui.fold(
        title,
        ui.paragraph(
            "Each cohort is counted from the month it began, so that you can compare newer and "
            "older ones: "
            f"{KINDS[scope.snapshot.kind].lower()}. A cohort’s line counts the same provisions "
            "throughout: those it has now and had when its line begins. We do not show cohorts of "
            "fewer than five authorities."
        ),
        chart,
        line_charts.notes_beside(notes),
        explain.explain("coverage"),
        id="cohorts",
    )
