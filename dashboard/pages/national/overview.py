"""The national picture: how complete the data is, what changed, and what to look at first.

For a programme manager before a meeting, and for anyone who has to answer a minister.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import explain, follow
from dashboard.components.design import html
from dashboard.components.design.element import Children
from dashboard.components.design.figure import Around, figure, tools
from dashboard.components.national import coverage, movement, stats, trend
from dashboard.components.words import formatting
from dashboard.data.door import ask
from dashboard.pages.national import figure_links, heading
from dashboard.pages.national.scope import Scope, ScopeFilters, notes_on, read_scope
from dashboard.urls import addresses, links
from performance_store.queries import movements, national
from performance_store.rows import Annotation, Coverage, CoveragePoint, EventCount, Movement

PATH = addresses.NATIONAL
TITLE = "National picture"
NAV = "National picture"
KEEP = True

LINES = {"total": "All datasets together", "dataset": "A line for each dataset"}
FIGURES = {"count": "Counts", "share": "Shares"}


@dataclass(frozen=True, slots=True)
class Filters(ScopeFilters):
    """The filters of the page: the scope, and the lines of coverage over time."""

    lines: str = links.one_of(LINES, default="total")
    show: str = links.one_of(FIGURES, default="count")


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `points` are the lines of the snapshot's own kind, up to its date;
    `lines` those of the chart, of the kind `lines_kind`; `moves` how the figures came from the
    comparison; `notes` how the way of counting changed along the line."""

    filters: Filters
    scope: Scope
    picture: tuple[Coverage, ...]
    moves: tuple[Movement, ...]
    points: tuple[CoveragePoint, ...]
    lines: tuple[CoveragePoint, ...]
    lines_kind: str
    notes: tuple[Annotation, ...]
    events: Mapping[str, EventCount]

    def by(self, dimension: str) -> tuple[Coverage, ...]:
        """The rows of one dimension."""
        return tuple(row for row in self.picture if row.dimension == dimension)


def layout(**params: Any) -> Component:
    """The page for the filters in the address."""
    return render(build(*read_scope(Filters, params)))


def build(filters: Filters, scope: Scope) -> View:
    """The figures of one snapshot, of the one it is compared with, and the lines up to it."""
    now, before = scope.snapshot, scope.before
    which: dict[str, Any] = {"denominator": scope.set, "narrow": scope.narrow}
    moves: tuple[Movement, ...] = ()
    events: dict[str, EventCount] = {}
    if before is not None:
        moves = ask(
            movements.balance,
            snapshot_id=now.snapshot_id,
            compare_id=before.snapshot_id,
            **which,
        )
        event_rows = ask(
            national.event_counts,
            kind=now.kind,
            **which,
            after=before.as_at,
            until=now.as_at,
        )
        events = {row.kind: row for row in event_rows}
    points = ask(national.lines, kind=now.kind, **which, until=now.as_at)
    lines, lines_kind = heading.lines_to_draw(scope, points, scope.narrow)
    return View(
        filters=filters,
        scope=scope,
        picture=ask(national.picture, snapshot_id=now.snapshot_id, **which),
        moves=moves,
        points=points,
        lines=lines,
        lines_kind=lines_kind,
        notes=notes_on(lines_kind, scope.set),
        events=events,
    )


def render(view: View) -> Component:
    """The page."""
    scope = view.scope
    totals = view.by("all")
    if not totals or not totals[0].expected:
        return html.Div(
            [*heading.head(scope, view.filters, PATH, TITLE), heading.nothing(scope, PATH)]
        )
    total = totals[0]
    return html.Div(
        [
            *heading.head(scope, view.filters, PATH, TITLE, sentence=_sentence(view, total)),
            _figures(view, total),
            _first(view, total),
            _movements(view),
            coverage.funnel(
                total, scope.knows, lambda id, about: _around(view, "all", id, about, height=640)
            ),
            _over_time(view),
            *(_table(view, what) for what in ("Dataset", "Region", "Cohort")),
            follow.follow("across the country", addresses.NATIONAL_FEED),
        ]
    )


def _sentence(view: View, total: Coverage) -> str:
    datasets = formatting.plural(len(view.by("dataset")), "dataset")
    bodies = formatting.plural(total.organisations, "authority", "authorities")
    return (
        f"{formatting.n_of(total.endpoint, total.expected)} expected provisions have an "
        f"endpoint: {datasets}, {bodies}."
    )


def _figures(view: View, total: Coverage) -> Component:
    scope = view.scope
    now = stats.Now(
        total=total,
        moves=movement.totals(view.moves),
        since=scope.before.as_at if scope.before else None,
        line=trend.together(view.points),
        events=view.events,
        knows=scope.knows,
        leads=_leads(scope),
    )
    return ui.section(
        "Where we stand",
        figure(
            _around(
                view,
                "all",
                "figures",
                "the figures that matter",
                working=explain.explain(*stats.MEASURES),
            ),
            "Where we stand",
            _sentence(view, total),
            stats.of_all(now),
            caption=False,
        ),
        id="figures",
    )


def _around(view: View, table: str, id: str, about: str, **more: Any) -> Around:
    """What stands around a figure whose rows are a table of this page's."""
    file = figure_links.files(view.scope, table)
    return heading.around(view.scope, view.filters, PATH, id, about, files=file, **more)


def _movements(view: View) -> Component | None:
    """What changed at the authorities since the comparison date."""
    scope = view.scope
    if scope.before is None:
        return None
    since = scope.before.as_at
    biggest = stats.movements(
        view.events,
        [row for row in view.moves if row.dimension == "dataset"],
        movement.totals(view.moves).get("error_free") if "issues" in scope.knows else None,
    )
    logs = "logs" in scope.knows
    about = "what the changes are made of"
    made_of = figure(
        _around(
            view,
            "movements",
            "movements",
            about,
            at="changes",
            between=True,
            working=ui.working(ui.bullets(movement.explanation()), about=about),
        ),
        f"What the changes since {formatting.day(since)} are made of",
        stats.summary(view.events, since, logs=logs),
        movement.table(movement.totals(view.moves), since),
        caption=False,
    )
    working = explain.explain("newly_provided", *(["newly_broken"] if logs else []))
    return ui.section(
        f"What changed since {formatting.day(since)}",
        stats.happenings(view.events, since, logs=logs, leads=_leads(scope)),
        ui.bullets(biggest) if biggest else None,
        tools(_around(view, "changes", "changes", "what changed", alone=False, working=working)),
        ui.details("What the changes are made of", made_of),
        id="changes",
    )


def _first(view: View, total: Coverage) -> Component | None:
    losses = stats.look_first(total, view.by("dataset"), view.scope.knows)
    if not losses:
        return None
    return ui.section(
        "What to look at first",
        ui.steps([_look(view, loss) for loss in losses]),
        ui.working(
            ui.bullets(
                [
                    "A provision drops out at the first stage it does not pass (see below). We "
                    "list the three stages where most provisions drop out, and the dataset with "
                    "the most of them.",
                ]
            ),
            about="what to look at first",
        ),
        id="first",
    )


def _look(view: View, loss: stats.Loss) -> Children:
    """One thing to look at, with a link to the list of authorities if a page has one."""
    filters, only = view.scope.filters(), loss.datasets
    if loss.stage == "endpoint":
        # The set of all authorities has no filter by status: those with nothing come first instead.
        status = {} if view.scope.set == "all-lpas" else {"status": ("not_submitted",)}
        there = links.address(addresses.COVERAGE, filters, dataset=only, **status)
        href = links.more(there, {"sort": "fewest"}) + "#matrix"
        return [loss.words, ", ", ui.link(loss.worst, href), "."]
    if loss.stage == "error_free":
        href = links.address(addresses.ISSUES, filters, dataset=only)
        return [loss.words, ", ", ui.link(loss.worst, href), "."]
    return f"{loss.words}, {loss.worst}."


def _leads(scope: Scope) -> dict[str, str]:
    """Links from each figure to its details, for the same scope."""
    filters = scope.filters()

    def changes(event: str) -> str:
        more = links.more(links.address(addresses.CHANGES, filters), {"event": event})
        return f"{more}#events"

    whole = f"{links.address(addresses.COVERAGE, filters)}#matrix"
    fresh = links.address(addresses.FRESHNESS, filters)
    return {
        "endpoint": whole,
        "organisations_some": whole,
        "organisations_all": whole,
        "reachable": f"{fresh}#availability",
        "error_free": links.address(addresses.ISSUES, filters),
        "fresh": f"{fresh}#ages",
        "newly_provided": changes("newly_provided"),
        "newly_broken": changes("newly_broken"),
    }


def _over_time(view: View) -> Component:
    filters = view.filters
    points = trend.together(view.lines)
    if len(points) < 2:
        words = "There is only one date so far. The chart appears when there are two."
        return ui.section("Over time", ui.paragraph(words), id="over-time")
    of: dict[str, Any] = {"kind": view.lines_kind, "as_at": points[-1].as_at}
    lines = trend.Trend(
        points=view.lines,
        by_dataset=filters.lines == "dataset",
        datasets=filters.dataset,
        share=filters.show == "share",
        rebuilt=view.lines_kind == "registers",
        href=lambda key: heading.line_of(view.scope.filters(), "dataset", key),
        notes=tuple(
            note for note in view.notes if points[0].as_at < note.on_date <= points[-1].as_at
        ),
        around=heading.around(
            view.scope,
            filters,
            PATH,
            "national-line",
            "coverage over time",
            files=figure_links.files(view.scope, "lines", **of),
            at="over-time",
            views=True,
            height=640,
            lines=heading.Lines(view.lines_kind, points[0].as_at, points[-1].as_at),
            working=explain.explain("coverage", "expected"),
        ),
    )
    return ui.section(
        "Over time",
        heading.elsewhere(view.scope, view.lines_kind, len(points)),
        _line_views(view),
        trend.draw(lines),
        id="over-time",
    )


def _line_views(view: View) -> Component:
    """Which lines there are, and what they count."""
    filters = view.filters

    def choices(field: str, words: Mapping[str, str]) -> dict[str, tuple[str, str]]:
        return {
            key: (label, f"{links.address(PATH, filters, **{field: key})}#over-time")
            for key, label in words.items()
        }

    return ui.controls(
        ui.switch(choices("lines", LINES), filters.lines, "Lines"),
        ui.switch(choices("show", FIGURES), filters.show, "Shown as"),
    )


def _table(view: View, what: str) -> Component | None:
    scope, name = view.scope, what.lower()
    return coverage.by(
        what,
        view.by(name),
        moves=movement.of(view.moves, name),
        since=scope.before.as_at if scope.before else None,
        knows=scope.knows,
        history=trend.each(view.points) if name == "dataset" else None,
        href=heading.dataset_href(view.filters) if name == "dataset" else None,
        around=lambda id, about: _around(view, name, id, about, height=640),
    )
