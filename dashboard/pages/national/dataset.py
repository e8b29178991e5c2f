"""One dataset across the country: what it is for, who is expected to provide it, who does, and how
good it is.

For the owner of a dataset, before they write to the authorities that do not provide it.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import explain, follow
from dashboard.components.design import html
from dashboard.components.design.figure import Around, Files, tools
from dashboard.components.national import (
    coverage,
    dataset_about,
    dataset_authorities,
    movement,
    stats,
    trend,
)
from dashboard.components.national import freshness as freshness_parts
from dashboard.components.words import formatting
from dashboard.data.door import ask
from dashboard.data.errors import NotFound
from dashboard.pages.national import figure_links, heading
from dashboard.pages.national.dataset_view import PAGE_ROWS, View, build, read
from dashboard.pages.national.scope import SCOPE_FIELDS
from dashboard.urls import addresses, links
from performance_store.definitions.specifications import requirements
from performance_store.queries import cell
from performance_store.queries.filters import SETS
from performance_store.rows import Coverage

PATH = addresses.NATIONAL_DATASET
TITLE = "Dataset across the country"
NAV = None
KEEP = True


def layout(dataset: str = "", **params: Any) -> Component:
    """The page of the dataset in the address."""
    rows = ask(cell.dataset, dataset=dataset)
    if not rows:
        raise NotFound(f"We do not know a dataset called “{dataset[:80]}”.")
    return render(build(rows[0], *read(dataset, params)))


def render(view: View) -> Component:
    """The page."""
    scope, total = view.scope, view.total
    head = heading.head(
        scope,
        view.filters,
        view.path,
        view.dataset.name,
        sentence=_sentence(view),
        trail=[("Datasets", heading.register(view.filters))],
    )
    about = dataset_about.about(
        view.dataset,
        view.about,
        [(SETS[row.denominator].title, row, _in_set(view, row.denominator)) for row in view.sets],
        Counter(row.reason for row in view.everyone),
        outside=addresses.on_planning_data(view.dataset.dataset),
        needs=dataset_about.fields(requirements(view.dataset.dataset), view.fields),
        guidance=addresses.guidance(view.dataset.dataset),
        open=total is None,
    )
    if total is None:
        return html.Div([*head, _nobody(view), about])
    return html.Div(
        [
            *head,
            _figures(view, total),
            _over_time(view),
            coverage.funnel(
                total,
                scope.knows,
                lambda id, about: _around(view, "all", id, about, height=640),
                is_folded=True,
            ),
            _freshness(view),
            _issues(view),
            _authorities(view),
            _regions(view),
            about,
            follow.follow("in this dataset", addresses.dataset_feed(view.dataset.dataset)),
        ]
    )


def _in_set(view: View, name: str) -> str:
    return links.address(view.path, view.filters, set=name)


def _sentence(view: View) -> str | None:
    total = view.total
    if total is None:
        return None
    count, one = formatting.n_of(total.endpoint, total.expected), total.endpoint == 1
    if view.scope.set == "all-lpas":
        return f"{count} planning authorities {'provides' if one else 'provide'} it."
    return f"{count} authorities expected to provide it {'does' if one else 'do'}."


def _nobody(view: View) -> Component:
    """What the page shows when no authority here is expected to provide the dataset."""
    scope = view.scope
    if scope.narrow or any(row.denominator == scope.set for row in view.sets):
        return heading.nothing(scope, view.path)
    sentence = "No authority is expected to provide it in any set of these figures."
    if view.sets:
        sentence = "No authority in this set is expected to provide it. See other sets below."
    return ui.empty_state(
        "No authority here is expected to provide this dataset",
        sentence,
        dataset_about.suppliers(view.about),
        clear=("See all datasets", heading.register(view.filters)),
    )


def _figures(view: View, total: Coverage) -> Component:
    scope, before = view.scope, view.scope.before
    now = stats.Now(
        total=total,
        moves=movement.totals(view.moves),
        since=before.as_at if before else None,
        line=view.points,
        events=view.events,
        knows=scope.knows,
        leads=_leads(view),
    )
    happenings = None
    if before is not None:
        logs = "logs" in scope.knows
        happenings = stats.happenings(view.events, before.as_at, logs=logs, leads=now.leads)
    return ui.section(
        "Where it stands",
        stats.of_dataset(now),
        happenings,
        ui.controls(explain.explain("coverage", "reachable", "error_free", "fresh")),
        id="figures",
    )


def _leads(view: View) -> dict[str, str]:
    """Links from each figure to its details: on this page, or on the page for the whole country."""
    whole = _elsewhere(view, addresses.FRESHNESS)
    return {
        "endpoint": "#authorities",
        "reachable": f"{whole}#availability",
        "error_free": "#issues",
        "fresh": "#freshness",
        **{
            event: _elsewhere(view, addresses.CHANGES, event=event) + "#events"
            for event in ("newly_provided", "newly_broken")
        },
    }


def _authorities(view: View) -> Component:
    filters, scope = view.filters, view.scope

    def at(**changes: Any) -> str:
        return links.address(view.path, filters, **changes) + "#authorities"

    first = (filters.page - 1) * PAGE_ROWS + 1
    line = ui.result_line(
        first, first + len(view.page_rows) - 1, view.match_count, "authority", "authorities"
    )
    clear = ("Show all authorities", at(state=None))
    body: Component = ui.empty_state("No authority has this status", clear=clear, level=3)
    if view.page_rows:
        body = dataset_authorities.table(
            view.page_rows,
            view.changes,
            as_at=scope.snapshot.as_at,
            since=scope.before.as_at if scope.before else None,
            knows=scope.knows,
            sort=filters.sort,
            backwards=filters.order == "reversed",
            sort_href=lambda key, backwards: at(
                sort=key, order="reversed" if backwards else "usual"
            ),
            href=lambda curie: _of_date(view, curie),
        )
    return ui.section(
        "Authorities",
        heading.elsewhen(scope, filters),
        ui.inline_form(
            f"{view.path}#authorities",
            ui.select("state", "Status", dataset_authorities.states(view.everyone), filters.state),
            keep=links.form_values(filters, *SCOPE_FIELDS, "sort", "order"),
            apply_label="Show",
        ),
        dataset_authorities.before_and_never(view.everyone),
        *(line, body),
        ui.pagination(filters.page, -(-view.match_count // PAGE_ROWS), lambda page: at(page=page)),
        tools(
            heading.around(
                *(view.scope, filters, view.path, "authorities", "these authorities"),
                files=_list_files(view),
                alone=False,
            ),
            f"{view.dataset.name}: authorities",
            *(view.match_count, first),
        ),
        id="authorities",
    )


def _of_date(view: View, curie: str) -> str:
    """The page of an authority's dataset, of the date that the reader chose."""
    at = heading.of_date(view.scope, view.filters)
    return at(addresses.dataset(curie, view.dataset.dataset))


def _list_files(view: View) -> Files:
    """The files of the list: the scope, and what the list shows. The API's is in order of names."""
    filters, state = view.scope.filters(), view.filters.state
    # Of a dataset's own list the scope's dataset is this one alone.
    of = {"dataset": (view.dataset.dataset,), "typology": ()}
    if state and view.scope.set != "all-lpas":
        of["status"] = (state,) if state in (filters.status or (state,)) else filters.status
    api = figure_links.of_api(
        view.scope, "dataset-authorities", {"within": view.dataset.dataset}, **of
    )
    return Files(_list_file(view, "csv"), _list_file(view, "xlsx"), api)


def _list_file(view: View, form: str) -> str:
    """The address of the list's file: the scope, and what the list shows in which order."""
    filters = view.filters
    address = links.address(
        addresses.dataset_authorities_file(view.dataset.dataset, form), view.scope.filters()
    )
    return links.more(
        address,
        {
            "state": filters.state,
            "sort": filters.sort if filters.sort != "name" else None,
            "order": filters.order if filters.order != "usual" else None,
        },
    )


def _over_time(view: View) -> Component:
    points = view.lines
    if len(trend.together(points)) < 2:
        words = "There is only one date so far. The chart appears when there are two."
        return ui.section("Over time", ui.paragraph(words), id="over-time")
    points = trend.together(points)
    around = _around(
        view,
        "lines",
        "dataset-line",
        "its coverage over time",
        of={"kind": view.lines_kind, "as_at": points[-1].as_at},
        at="over-time",
        views=True,
        height=640,
        lines=heading.Lines(view.lines_kind, points[0].as_at, points[-1].as_at),
        working=explain.explain("coverage", "expected"),
    )
    lines = trend.Trend(
        points=points,
        by_dataset=False,
        datasets=(),
        share=False,
        rebuilt=view.lines_kind == "registers",
        notes=tuple(
            note for note in view.notes if points[0].as_at < note.on_date <= points[-1].as_at
        ),
        id="dataset-line",
        around=around,
    )
    return ui.section(
        "Over time",
        heading.elsewhere(view.scope, view.lines_kind, len(points)),
        trend.draw(lines),
        id="over-time",
    )


def _around(
    view: View,
    table: str,
    id: str,
    about: str,
    *,
    of: Mapping[str, Any] | None = None,
    **more: Any,
) -> Around:
    """What stands around a figure. In: also the fields of the scope in which its rows differ."""
    file = figure_links.files(view.scope, table, dataset=(view.dataset.dataset,), **(of or {}))
    name = view.dataset.name
    return heading.around(
        view.scope, view.filters, view.path, id, about, files=file, source=name, **more
    )


def _elsewhere(view: View, path: str, **more: str | None) -> str:
    """Another national page, in this scope, for this dataset."""
    filters = dataclasses.replace(
        view.scope.filters(), dataset=(view.dataset.dataset,), typology=()
    )
    return links.more(links.address(path, filters), more)


def _freshness(view: View) -> Component | None:
    if not view.ages:
        return None
    return ui.section(
        "How fresh it is",
        freshness_parts.ages(view.ages[-1:], None),
        ui.details(
            freshness_parts.cadence_headline(view.cadence[-1]),
            freshness_parts.cadence(view.cadence[-1:], None),
        )
        if view.cadence
        else None,
        ui.paragraph(
            ui.link("See the oldest, and our method", _elsewhere(view, addresses.FRESHNESS))
        ),
        id="freshness",
    )


def _issues(view: View) -> Component | None:
    if view.base is None or not view.base.provisions:
        return None
    return dataset_about.issues(
        [row for row in view.issues if row.dataset],
        view.base,
        href=lambda name: _elsewhere(view, addresses.ISSUES, issue=links.slug(name)) + "#who",
        every=_elsewhere(view, addresses.ISSUES),
    )


def _regions(view: View) -> Component | None:
    scope = view.scope
    return coverage.by(
        "Region",
        [row for row in view.picture if row.dimension == "region"],
        moves=movement.of(view.moves, "region"),
        since=scope.before.as_at if scope.before else None,
        knows=scope.knows,
        around=lambda id, about: _around(view, "region", id, about, height=640),
        authorities=False,
    )
