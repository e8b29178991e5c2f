"""The register of the platform's datasets: which there are, who is expected to provide each, and
how complete each is.

For the owner of a dataset, and for anyone who has to choose which datasets to work on first.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import explain
from dashboard.components.design import html
from dashboard.components.design.figure import tools
from dashboard.components.national import register as parts
from dashboard.components.national import trend
from dashboard.components.words import formatting
from dashboard.data.door import ask
from dashboard.pages.national import figure_links, heading
from dashboard.pages.national.scope import SCOPE_FIELDS, Scope, ScopeFilters, read_scope
from dashboard.urls import addresses, links
from performance_store.queries import datasets, freshness, movements, national
from performance_store.queries.filters import SETS
from performance_store.rows import Coverage, Movement, RegisteredDataset

PATH = addresses.DATASETS
TITLE = "Datasets"
NAV = "Datasets"
KEEP = True
PAGE_ROWS = 25


@dataclass(frozen=True, slots=True)
class Filters(ScopeFilters):
    """The filters of the page: the scope, a search, the groups and order of datasets, and
    the page of those that no authority here is expected to provide."""

    q: str = links.words()
    group: str = links.one_of(parts.GROUPS, default="kind")
    sort: str = links.one_of(parts.SORTS, default="name")
    order: str = links.one_of(("usual", "reversed"), default="usual")
    page: int = links.number(1, 1000, default=1)


@dataclass(frozen=True, slots=True)
class View:
    """The rows of the page: `entries` are the datasets that match the search, in order, of
    `expected_count` that the set expects; `total` is n of N of all of them; `others` one page of
    `other_count` that it does not expect; `closed` those that have ended."""

    filters: Filters
    scope: Scope
    total: Coverage | None
    entries: tuple[parts.Entry, ...]
    expected_count: int
    others: tuple[RegisteredDataset, ...]
    other_count: int
    closed: tuple[RegisteredDataset, ...]


def layout(**params: Any) -> Component:
    """The page for the filters in the address."""
    return render(build(*read_scope(Filters, params)))


def build(filters: Filters, scope: Scope) -> View:
    """The register, with the figures of one snapshot and its set."""
    now, before = scope.snapshot, scope.before
    which: dict[str, Any] = {"denominator": scope.set, "narrow": scope.narrow}
    at = which | {"snapshot_id": now.snapshot_id}
    rows = ask(datasets.register, **at)
    picture = ask(national.picture, **at)
    expected = {row.dataset: row for row in picture if row.dimension == "dataset" and row.expected}
    moves: dict[str, dict[str, Movement]] = defaultdict(dict)
    if before is not None:
        for move in ask(movements.balance, compare_id=before.snapshot_id, **at):
            if move.dimension == "dataset":
                moves[move.dataset][move.measure] = move
    lines = trend.each(ask(national.lines, kind=now.kind, until=now.as_at, **which))
    often = {}
    if "logs" in scope.knows:
        changes = ask(freshness.cadence, kind=now.kind, as_at=now.as_at, **at)
        often = {row.dataset: row for row in changes}
    entries = [
        parts.Entry(
            row=row,
            now=expected[row.dataset],
            moves=moves.get(row.dataset, {}),
            line=tuple(lines.get(row.dataset, ())),
            cadence=often.get(row.dataset),
        )
        for row in rows
        if row.dataset in expected and parts.matches(row, filters.q)
    ]
    rest = [row for row in rows if row.dataset not in expected and parts.matches(row, filters.q)]
    others = [row for row in rest if row.ended_on is None]
    others.sort(key=lambda row: (-row.asked_elsewhere, -(row.suppliers or 0)))
    page = min(filters.page, max(1, -(-len(others) // PAGE_ROWS)))
    return View(
        filters=dataclasses.replace(filters, page=page),
        scope=scope,
        total=next((row for row in picture if row.dimension == "all" and row.expected), None),
        entries=tuple(
            parts.in_order(
                entries,
                sort=filters.sort,
                backwards=filters.order == "reversed",
                group=filters.group,
            )
        ),
        expected_count=len(expected),
        others=tuple(others[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]),
        other_count=len(others),
        closed=tuple(row for row in rest if row.ended_on is not None),
    )


def render(view: View) -> Component:
    """The page."""
    scope, filters = view.scope, view.filters
    if view.entries or view.others or view.closed:
        body = [_form(filters), _expected(view), _others(view), _closed(view)]
    elif filters.q:
        body = [
            _form(filters),
            ui.empty_state(
                "No dataset found",
                f"There is no dataset here called “{filters.q}”.",
                "Try a shorter part of its name.",
                clear=("Show all datasets", links.address(PATH, filters, q="")),
            ),
        ]
    else:
        body = [heading.nothing(scope, PATH)]
    head = heading.head(scope, filters, PATH, TITLE, sentence=_sentence(view), trail=())
    return html.Div([*head, *body])


def _sentence(view: View) -> str | None:
    total = view.total
    if total is None:
        return None
    datasets = formatting.plural(view.expected_count, "dataset is", "datasets are")
    bodies = formatting.plural(total.organisations, "authority", "authorities")
    return (
        f"{datasets} expected in this set. {formatting.n_of(total.endpoint, total.expected)} "
        f"expected provisions, of {bodies}, have an endpoint."
    )


def _form(filters: Filters) -> Component:
    return ui.inline_form(
        PATH,
        ui.text_input("q", "Name of a dataset or collection", filters.q),
        ui.select("group", "Grouped by", list(parts.GROUPS.items()), filters.group, any_label=None),
        keep=links.form_values(filters, *SCOPE_FIELDS, "sort", "order"),
        apply_label="Show",
    )


def _expected(view: View) -> Component | None:
    filters, scope = view.filters, view.scope
    name = SETS[scope.set].title
    title = f"Expected: {name if scope.set == 'programme' else name.lower()}"
    if not view.expected_count:
        return heading.nothing(scope, PATH)
    if not view.entries:
        words = f"None of the {view.expected_count} expected datasets is called “{filters.q}”."
        return ui.section(title, ui.paragraph(words), id="datasets")
    register = parts.Register(
        entries=view.entries,
        group=filters.group,
        sort=filters.sort,
        backwards=filters.order == "reversed",
        as_at=scope.snapshot.as_at,
        since=scope.before.as_at if scope.before else None,
        knows=scope.knows,
        href=heading.dataset_href(filters),
        sort_href=lambda key, backwards: (
            links.address(PATH, filters, sort=key, order="reversed" if backwards else "usual")
            + "#datasets"
        ),
    )
    return ui.section(
        title,
        ui.result_line(1, len(view.entries), len(view.entries), "dataset"),
        parts.table(register),
        tools(
            heading.around(
                *(scope, filters, PATH, "datasets", "the register of datasets"),
                files=figure_links.files(scope, "datasets"),
                alone=False,
            ),
            "Register of datasets",
        ),
        ui.working(ui.bullets(_worked_out()), about="the register of datasets"),
        explain.explain("coverage", "expected"),
        id="datasets",
    )


def _worked_out() -> list[str]:
    return [
        "Endpoints: how many are active, out of all that were ever registered for the authorities "
        "counted here. An endpoint that several authorities share counts once.",
        "Started, and newest endpoint: when the first and the newest of these were registered.",
        "Content changed: when we last saw new content from any authority.",
        "Change: what authorities did that are counted on both dates. Below it stands what came or "
        "went with those who joined or left, and how many provided it of how many then.",
        "How often: how often the content of most authorities changes, and how many of those that "
        "provide it they are. The freshness page explains how we work this out.",
    ]


def _others(view: View) -> Component | None:
    if not view.other_count:
        return None
    filters = view.filters
    first = (filters.page - 1) * PAGE_ROWS + 1
    reports = view.scope.snapshot.kind == "odp-reports"
    sentence = "No authority counted above is expected to provide these datasets."
    if any(row.asked_elsewhere for row in view.others):
        sentence += " Choose another set above to see who is."
    return ui.section(
        "Not counted here",
        ui.paragraph(sentence),
        ui.paragraph("The weekly reports do not show who provides them.") if reports else None,
        ui.caption(_showing(first, len(view.others), view.other_count)),
        parts.others(view.others, heading.dataset_href(filters)),
        ui.pagination(
            filters.page,
            -(-view.other_count // PAGE_ROWS),
            lambda page: links.address(PATH, filters, page=page) + "#others",
        ),
        id="others",
    )


def _showing(first: int, view: int, total: int) -> str:
    if view == total:
        return f"All {formatting.plural(total, 'dataset')}"
    last = formatting.number(first + view - 1)
    return f"{formatting.number(first)} to {last} of {formatting.plural(total, 'dataset')}"


def _closed(view: View) -> Component | None:
    if not view.closed:
        return None
    return ui.section(
        "Ended",
        ui.paragraph("These datasets have ended. Another dataset replaced some of them."),
        parts.former(view.closed, heading.dataset_href(view.filters)),
        id="ended",
    )
