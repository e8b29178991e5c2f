"""Where each authority stands, and how authorities, regions, cohorts and datasets compare.

For an officer who asks “where are we?”, and for a programme manager who sets some side by side.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import explain, narrowing
from dashboard.components.common.narrowing import Group
from dashboard.components.design import html
from dashboard.components.national import comparison, standing
from dashboard.components.words import formatting
from dashboard.data.door import ask
from dashboard.pages.national import figure_links, heading
from dashboard.pages.national.scope import (
    SCOPE_FIELDS,
    Scope,
    ScopeFilters,
    notes_on,
    read_scope,
)
from dashboard.urls import addresses, links
from performance_store.queries import comparison as questions
from performance_store.queries import organisations
from performance_store.rows import Annotation, ComparedPoint, Standing

PATH = addresses.COMPARE
TITLE = "Compare"
NAV = None
KEEP = True

MEASURES = {
    "provided": "What is provided",
    "error_free": "What is error-free",
    "rows": "Rows to fix",
    "age": "Age of content",
}
# What is explained of the dots and of the lines.
_EXPLAINED = {
    "provided": ("coverage", "expected"),
    "error_free": ("error_free", "collected"),
    "rows": ("to_fix",),
    "age": ("fresh",),
}
_LINES_EXPLAINED = _EXPLAINED | {"rows": _EXPLAINED["error_free"]}
_TITLES = {
    "region": "Regions",
    "cohort": "Programme cohorts",
    "dataset": "Datasets",
    "organisation": "Authorities",
}
_ONE = {"region": "Region", "cohort": "Cohort", "dataset": "Dataset", "organisation": "Authority"}


@dataclass(frozen=True, slots=True)
class Filters(ScopeFilters):
    """The filters of the page: the scope, what is compared (``region:E12000007``), by what."""

    pick: tuple[str, ...] = links.any_of(in_order=True)
    measure: str = links.one_of(MEASURES, default="provided")


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: where all authorities stand, and the lines of what is compared, up to
    the snapshot. `options`: what can be compared, by part, as (pick, words)."""

    filters: Filters
    scope: Scope
    standings: tuple[Standing, ...]
    points: tuple[ComparedPoint, ...]
    notes: tuple[Annotation, ...]
    options: dict[str, tuple[tuple[str, str], ...]]
    notices: tuple[str, ...]


def layout(**params: Any) -> Component:
    """The page for the filters in the address."""
    return render(build(*read_scope(Filters, params, over_time=True)))


def build(filters: Filters, scope: Scope) -> View:
    """Every authority in one snapshot, and the lines of what is picked, up to it."""
    now = scope.snapshot
    which: dict[str, Any] = {"denominator": scope.set, "narrow": scope.narrow}
    standings = ask(questions.standings, snapshot_id=now.snapshot_id, **which)
    options = _options(scope, standings)
    picks, notices = _picks(filters.pick, options, _names(filters.pick, options))
    if scope.set == "all-lpas" and any(
        pick.startswith(("organisation:", "cohort:")) for pick in picks
    ):
        notices += (
            "“All planning authorities” has lines of regions and datasets only. To follow "
            "authorities and cohorts through time, choose another set.",
        )
    points = ask(questions.lines, kind=now.kind, until=now.as_at, picks=picks, **which)
    return View(
        filters=dataclasses.replace(filters, pick=picks),
        scope=scope,
        standings=standings,
        points=points,
        notes=notes_on(now.kind, scope.set),
        options=options,
        notices=notices,
    )


Options = dict[str, tuple[tuple[str, str], ...]]


def _options(scope: Scope, standings: tuple[Standing, ...]) -> Options:
    options = {
        part: tuple(
            (f"{part}:{choice.value}", choice.label)
            for choice in scope.choices
            if choice.field == part and choice.value != "none"
        )
        for part in ("region", "cohort", "dataset")
    }
    names = tuple((f"organisation:{row.organisation}", row.name) for row in standings)
    return options | {"organisation": names}


def _names(values: tuple[str, ...], options: Options) -> dict[str, str]:
    """What organisations are called that are not among what can be compared."""
    possible = {value for value, _ in options["organisation"]}
    codes = tuple(
        value.partition(":")[2]
        for value in values
        if value.startswith("organisation:") and value not in possible
    )
    rows = ask(organisations.names, organisations=codes) if codes else ()
    return {f"organisation:{row.organisation}": row.name for row in rows}


def _picks(
    values: tuple[str, ...], options: Options, names: dict[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What of the address can be compared, at most six, with a notice of the rest. In: also what
    some of the rest are called."""
    possible = {value for part in options.values() for value, _ in part}
    notices = tuple(
        f"“{names.get(value, value[:40])}” is not something we can compare in these figures."
        for value in values
        if value not in possible
    )
    picks = tuple(value for value in values if value in possible)
    if len(picks) > questions.MOST_PICKS:
        most = formatting.in_words(questions.MOST_PICKS)
        notices += (f"We compare at most {most} at once. These are the first {most}.",)
    return picks[: questions.MOST_PICKS], notices


def render(view: View) -> Component:
    """The page."""
    scope, filters = view.scope, view.filters
    head = heading.head(scope, filters, PATH, TITLE)
    if not view.standings:
        return html.Div([*head, heading.nothing(scope, PATH)])
    return html.Div(
        [
            *head,
            ui.notices(view.notices),
            _form(view),
            _picks_in_words(view),
            _standing(view),
            _side_by_side(view),
        ]
    )


def _form(view: View) -> Component:
    filters = view.filters
    groups = [
        (title, [option for option in view.options[part] if option[0] not in filters.pick])
        for part, title in _TITLES.items()
    ]
    return comparison.picker(
        PATH,
        groups,
        list(MEASURES.items()),
        filters.measure,
        links.form_values(filters, *SCOPE_FIELDS, "pick"),
        is_full=len(filters.pick) >= questions.MOST_PICKS,
    )


def _picks_in_words(view: View) -> Component | None:
    """What is compared, each with a link that takes it away."""
    filters = view.filters
    groups = [
        Group(
            "pick",
            title,
            view.options[part],
            tuple(pick for pick in filters.pick if pick.startswith(f"{part}:")),
        )
        for part, title in _ONE.items()
    ]

    def without(_: str, value: str) -> str:
        rest = tuple(pick for pick in filters.pick if pick != value)
        return links.address(PATH, filters, pick=rest)

    return narrowing.filter_list(groups, without, lead="Compared:")


def _standing(view: View) -> Component:
    title = "Where each authority stands"
    filters, measure = view.filters, standing.MEASURES[view.filters.measure]
    marks = [pick.partition(":")[2] for pick in filters.pick if pick.startswith("organisation:")]
    around = heading.around(
        *(view.scope, filters, PATH, "standing-dots", "where each authority stands"),
        files=figure_links.files(view.scope, "standings"),
        at="standing",
        views=True,
        height=640,
    )
    drawing = standing.draw(
        *(view.standings, measure, marks, around), at=heading.of_date(view.scope, filters)
    )
    if drawing is None:
        words = f"These figures do not say this of any authority: {measure.title.lower()}."
        return ui.section(title, ui.paragraph(words), id="standing")
    lead = None
    if not marks:
        lead = ui.paragraph("To see where an authority stands, add it above.")
    return ui.section(
        title,
        heading.elsewhen(view.scope, filters),
        lead,
        drawing,
        explain.explain(*_EXPLAINED[filters.measure]),
        id="standing",
    )


def _side_by_side(view: View) -> Component:
    scope, filters = view.scope, view.filters
    title = "Side by side through time"
    days = sorted({point.as_at for point in view.points})
    if len(days) < 2:
        words = "There is only one date so far. The chart appears when there are two."
        return ui.section(title, ui.paragraph(words), id="side-by-side")
    around = heading.around(
        *(scope, filters, PATH, "compared-lines", "these lines"),
        files=figure_links.files(scope, "comparison", params={"pick": filters.pick}),
        at="side-by-side",
        views=True,
        height=640,
        lines=heading.Lines(scope.snapshot.kind, days[0], days[-1]),
    )
    drawing = comparison.draw(
        comparison.Comparison(
            points=view.points,
            measure=filters.measure,
            notes=tuple(note for note in view.notes if days[0] < note.on_date <= days[-1]),
            href=lambda part, key: _href(view, part, key),
            around=around,
        )
    )
    if drawing is None:
        words = "These figures do not say this through time."
        return ui.section(title, ui.paragraph(words), id="side-by-side")
    return ui.section(
        title, drawing, explain.explain(*_LINES_EXPLAINED[filters.measure]), id="side-by-side"
    )


def _href(view: View, part: str, key: str) -> str:
    if part == "organisation":
        return heading.of_date(view.scope, view.filters)(addresses.organisation(key))
    return heading.line_of(view.filters, part, key)
