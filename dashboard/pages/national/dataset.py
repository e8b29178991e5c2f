"""One dataset across the country: what is it for, who is asked for it, who has it, how good is it?

Asked by whoever answers for a dataset, before they write to the authorities that lack it.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import explain
from dashboard.components.design.figure import Around, Files, tools
from dashboard.components.national import (
    coverage,
    dataset_about,
    dataset_authorities,
    headline,
    trend,
)
from dashboard.components.national import freshness as freshness_parts
from dashboard.components.words import formatting
from dashboard.data.door import ask
from dashboard.data.errors import NotFound
from dashboard.pages.national import figure_links, heading, scope
from dashboard.pages.national.dataset_view import PAGE_ROWS, View, read, view
from dashboard.pages.national.scope import SETS
from dashboard.urls import addresses, links
from performance_store.definitions.specifications import requirements
from performance_store.queries import cell
from performance_store.rows import Coverage

PATH = addresses.NATIONAL_DATASET
TITLE = "Dataset across the country"
NAV = None
KEEP = True


def layout(dataset: str = "", **params: Any) -> Component:
    """The page of the dataset in the address."""
    known = ask(cell.dataset, dataset=dataset)
    if not known:
        raise NotFound(f"We know no dataset called “{dataset[:80]}”.")
    return render(view(known[0], *read(dataset, params)))


def render(shown: View) -> Component:
    """The page."""
    found, total = shown.frame, shown.total
    head = heading.head(
        found,
        shown.filters,
        shown.path,
        shown.dataset.name,
        sentence=_sentence(shown),
        trail=[("Datasets", heading.register(shown.filters))],
    )
    about = dataset_about.about(
        shown.dataset,
        shown.about,
        [(SETS[row.denominator], row, _in_set(shown, row.denominator)) for row in shown.sets],
        Counter(row.reason for row in shown.everyone),
        outside=addresses.on_planning_data(shown.dataset.dataset),
    )
    fields = dataset_about.fields(requirements(shown.dataset.dataset), shown.fields)
    if total is None:
        return html.Div([*head, _nobody(shown), about, fields])
    return html.Div(
        [
            *head,
            about,
            fields,
            _figures(shown, total),
            _over_time(shown),
            coverage.funnel(
                total, found.known, lambda id, about: _around(shown, "all", id, about, height=640)
            ),
            _freshness(shown),
            _issues(shown),
            _regions(shown),
            _authorities(shown),
        ]
    )


def _in_set(shown: View, name: str) -> str:
    return links.address(shown.path, shown.filters, set=name)


def _sentence(shown: View) -> str | None:
    total = shown.total
    if total is None:
        return None
    asked = "authorities that are asked for it"
    if shown.frame.set == "all-lpas":
        asked = "planning authorities"
    verb = "provides" if total.endpoint == 1 else "provide"
    return f"{formatting.n_of(total.endpoint, total.expected)} {asked} {verb} it."


def _nobody(shown: View) -> Component:
    """What stands there where nobody is counted for the dataset."""
    found = shown.frame
    if found.narrow or any(row.denominator == found.set for row in shown.sets):
        return heading.nothing(found, shown.path)
    said = "Nobody is asked for it in any set of these figures."
    if shown.sets:
        said = "Nobody is asked for it in this set. Others are: see below."
    return ui.empty_state(
        "Nobody counted here is asked for this dataset",
        said,
        dataset_about.suppliers(shown.about),
        clear=("See all datasets", heading.register(shown.filters)),
    )


def _figures(shown: View, total: Coverage) -> Component:
    found, before = shown.frame, shown.frame.before
    now = headline.Now(
        total=total,
        then=shown.then.get(""),
        since=before.as_at if before else None,
        rules_changed=any(
            before is not None and before.as_at < note.on_date <= found.snapshot.as_at
            for note in scope.notes_on(found.snapshot.kind, found.set)
            if note.kind == "rule"
        ),
        line=shown.points,
        events=shown.events,
        knows=found.known,
        leads=_leads(shown),
    )
    return ui.section("Where it stands", headline.of_dataset(now), id="figures")


def _leads(shown: View) -> dict[str, str]:
    """Where each figure is shown in full: further down, or where the whole country is."""
    whole = _elsewhere(shown, addresses.FRESHNESS)
    return {
        "endpoint": "#authorities",
        "reachable": f"{whole}#availability",
        "error_free": "#issues",
        "fresh": "#freshness",
        **{
            event: _elsewhere(shown, addresses.CHANGES, event=event) + "#events"
            for event in ("newly_provided", "newly_broken")
        },
    }


def _authorities(shown: View) -> Component:
    filters, found = shown.filters, shown.frame

    def at(**changes: Any) -> str:
        return links.address(shown.path, filters, **changes) + "#authorities"

    first = (filters.page - 1) * PAGE_ROWS + 1
    line = ui.result_line(
        first, first + len(shown.listed) - 1, shown.found, "authority", "authorities"
    )
    body: Component = ui.empty_state(
        "No authority has this status",
        clear=("Show all authorities", at(state=None)),
        level=3,
    )
    if shown.listed:
        body = dataset_authorities.table(
            shown.listed,
            shown.changes,
            as_at=found.snapshot.as_at,
            since=found.before.as_at if found.before else None,
            knows=found.known,
            sort=filters.sort,
            backwards=filters.order == "reversed",
            sorted_by=lambda key, turned: at(sort=key, order="reversed" if turned else "usual"),
            href=lambda curie: addresses.dataset(curie, shown.dataset.dataset),
        )
    return ui.section(
        "Authorities",
        _elsewhen(shown),
        ui.inline_form(
            f"{shown.path}#authorities",
            ui.select("state", "Status", dataset_authorities.states(shown.everyone), filters.state),
            keep=links.kept(filters, *scope.NAMES, "sort", "order"),
            apply_label="Show",
        ),
        line,
        body,
        ui.pagination(filters.page, -(-shown.found // PAGE_ROWS), lambda page: at(page=page)),
        tools(
            heading.around(
                *(shown.frame, filters, shown.path, "authorities", "these authorities"),
                files=_list_files(shown),
                alone=False,
            )
        ),
        id="authorities",
    )


def _list_files(shown: View) -> Files:
    """The files of the list: the frame, and what is listed; of the API in the order of names."""
    asked, state = shown.frame.asked(), shown.filters.state
    # Of a dataset's own list the frame's dataset is this one alone.
    of = {"dataset": (shown.dataset.dataset,), "typology": ()}
    if state and shown.frame.set != "all-lpas":
        of["status"] = (state,) if state in (asked.status or (state,)) else asked.status
    told = figure_links.of_api(
        shown.frame, "dataset-authorities", {"within": shown.dataset.dataset}, **of
    )
    return Files(_list_file(shown, "csv"), _list_file(shown, "xlsx"), told)


def _list_file(shown: View, form: str) -> str:
    """The address of the list's file: the frame, and what is listed in which order."""
    filters = shown.filters
    address = links.address(
        addresses.dataset_authorities_file(shown.dataset.dataset, form), shown.frame.asked()
    )
    return links.more(
        address,
        {
            "state": filters.state,
            "sort": filters.sort if filters.sort != "name" else None,
            "order": filters.order if filters.order != "usual" else None,
        },
    )


def _elsewhen(shown: View) -> Component | None:
    """Said where the authorities' pages speak of another date than this one."""
    if shown.current.snapshot_id == shown.frame.snapshot.snapshot_id:
        return None
    return ui.inset(
        f"This list is of {formatting.day(shown.frame.snapshot.as_at)}. The links lead to how "
        "authorities stand in our newest figures."
    )


def _over_time(shown: View) -> Component:
    points = shown.drawn
    if len(trend.together(points)) < 2:
        words = "There is only one date so far. A line appears with the second one."
        return ui.section("Over time", ui.paragraph(words), id="over-time")
    points = trend.together(points)
    around = _around(
        shown,
        "lines",
        "dataset-line",
        "its coverage over time",
        of={"kind": shown.drawn_kind, "as_at": points[-1].as_at},
        at="over-time",
        views=True,
        height=640,
    )
    wanted = trend.Trend(
        points=points,
        by_dataset=False,
        datasets=(),
        share=False,
        rebuilt=shown.drawn_kind == "registers",
        notes=tuple(
            note for note in shown.notes if points[0].as_at < note.on_date <= points[-1].as_at
        ),
        id="dataset-line",
        around=around,
    )
    return ui.section(
        "Over time",
        heading.elsewhere(shown.frame, shown.drawn_kind, len(points)),
        trend.draw(wanted),
        explain.explain("coverage", "expected"),
        id="over-time",
    )


def _around(
    shown: View,
    table: str,
    id: str,
    about: str,
    *,
    of: Mapping[str, Any] | None = None,
    **more: Any,
) -> Around:
    """What stands around a figure. In: also what of the frame its rows have otherwise."""
    file = figure_links.files(shown.frame, table, dataset=(shown.dataset.dataset,), **(of or {}))
    name = shown.dataset.name
    return heading.around(
        shown.frame, shown.filters, shown.path, id, about, files=file, source=name, **more
    )


def _elsewhere(shown: View, path: str, **more: str | None) -> str:
    """Another national page, in this frame, of this dataset."""
    kept = dataclasses.replace(shown.frame.asked(), dataset=(shown.dataset.dataset,), typology=())
    return links.more(links.address(path, kept), more)


def _freshness(shown: View) -> Component | None:
    if not shown.ages:
        return None
    return ui.section(
        "How fresh it is",
        ui.paragraph("Provisions by days since their content changed, and by how often it does."),
        freshness_parts.ages(shown.ages[-1:], None),
        freshness_parts.cadence(shown.cadence[-1:], None) if shown.cadence else None,
        ui.paragraph(
            ui.link("See the oldest, and how this is told", _elsewhere(shown, addresses.FRESHNESS))
        ),
        id="freshness",
    )


def _issues(shown: View) -> Component | None:
    if shown.base is None or not shown.base.known:
        return None
    return dataset_about.issues(
        [row for row in shown.issues if row.dataset],
        shown.base,
        href=lambda name: _elsewhere(shown, addresses.ISSUES, issue=links.slug(name)) + "#who",
        every=_elsewhere(shown, addresses.ISSUES),
    )


def _regions(shown: View) -> Component | None:
    found = shown.frame
    return coverage.by(
        "Region",
        [row for row in shown.picture if row.dimension == "region"],
        then={(value, ""): row for value, row in shown.then.items()},
        since=found.before.as_at if found.before else None,
        knows=found.known,
        around=lambda id, about: _around(shown, "region", id, about, height=640),
        bodies=False,
    )
