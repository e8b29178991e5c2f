"""Which datasets are there, who is asked for each, and how does it come along?

Asked by whoever answers for one dataset, or has to choose which of them to push: the register of
the platform's datasets, which its own pages no longer show.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import explain
from dashboard.components.design.figure import tools
from dashboard.components.national import register as parts
from dashboard.components.national import trend
from dashboard.components.words import formatting
from dashboard.data.door import ask
from dashboard.pages.national import figure_links, heading
from dashboard.pages.national.scope import SCOPE_FIELDS, Scope, ScopeFilters, read_scope
from dashboard.urls import addresses, links
from performance_store.queries import datasets, freshness, national
from performance_store.queries.narrow import SETS
from performance_store.rows import Coverage, RegisteredDataset

PATH = addresses.DATASETS
TITLE = "Datasets"
NAV = "Datasets"
KEEP = True
PAGE_ROWS = 25


@dataclass(frozen=True, slots=True)
class Filters(ScopeFilters):
    """What the reader asked for: the frame, a search, how datasets are grouped and sorted, and
    which page of those that nobody is asked for."""

    q: str = links.words()
    group: str = links.one_of(parts.GROUPS, default="kind")
    sort: str = links.one_of(parts.SORTS, default="name")
    order: str = links.one_of(("usual", "reversed"), default="usual")
    page: int = links.number(1, 1000, default=1)


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: datasets that somebody is asked for in the order asked for, of how
    many; n of N of all of them; others, one page of `found`; and those that have ended."""

    filters: Filters
    scope: Scope
    total: Coverage | None
    entries: tuple[parts.Entry, ...]
    counted: int
    others: tuple[RegisteredDataset, ...]
    found: int
    ended: tuple[RegisteredDataset, ...]


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
    counted = {row.dataset: row for row in picture if row.dimension == "dataset" and row.expected}
    then: dict[str, Coverage] = {}
    if before is not None:
        earlier = ask(national.picture, snapshot_id=before.snapshot_id, **which)
        then = {row.dataset: row for row in earlier if row.dimension == "dataset"}
    lines = trend.each(ask(national.lines, kind=now.kind, until=now.as_at, **which))
    often = {}
    if "logs" in scope.knows:
        changes = ask(freshness.cadence, kind=now.kind, as_at=now.as_at, **at)
        often = {row.dataset: row for row in changes}
    entries = [
        parts.Entry(
            row=row,
            now=counted[row.dataset],
            then=then.get(row.dataset),
            line=tuple(lines.get(row.dataset, ())),
            cadence=often.get(row.dataset),
        )
        for row in rows
        if row.dataset in counted and parts.matches(row, filters.q)
    ]
    rest = [row for row in rows if row.dataset not in counted and parts.matches(row, filters.q)]
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
        counted=len(counted),
        others=tuple(others[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]),
        found=len(others),
        ended=tuple(row for row in rest if row.ended_on is not None),
    )


def render(view: View) -> Component:
    """The page."""
    scope, filters = view.scope, view.filters
    if view.entries or view.others or view.ended:
        body = [_form(filters), _counted(view), _others(view), _ended(view)]
    elif filters.q:
        body = [
            _form(filters),
            ui.empty_state(
                "No dataset found",
                f"No dataset shown here is called “{filters.q}”.",
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
    datasets = formatting.plural(view.counted, "dataset is", "datasets are")
    bodies = formatting.plural(total.organisations, "authority", "authorities")
    return (
        f"{datasets} asked for in this set. {formatting.n_of(total.endpoint, total.expected)} "
        f"expected provisions, of {bodies}, have an endpoint."
    )


def _form(filters: Filters) -> Component:
    return ui.inline_form(
        PATH,
        ui.text_input("q", "Name of a dataset or collection", filters.q),
        ui.select("group", "Grouped by", list(parts.GROUPS.items()), filters.group, any_label=None),
        keep=links.kept(filters, *SCOPE_FIELDS, "sort", "order"),
        apply_label="Show",
    )


def _counted(view: View) -> Component | None:
    filters, scope = view.filters, view.scope
    name = SETS[scope.set].title
    title = f"Expected: {name if scope.set == 'programme' else name.lower()}"
    if not view.counted:
        return heading.nothing(scope, PATH)
    if not view.entries:
        words = f"None of the {view.counted} datasets asked for is called “{filters.q}”."
        return ui.section(title, ui.paragraph(words), id="datasets")
    made = parts.Register(
        entries=view.entries,
        group=filters.group,
        sort=filters.sort,
        backwards=filters.order == "reversed",
        as_at=scope.snapshot.as_at,
        since=scope.before.as_at if scope.before else None,
        knows=scope.knows,
        href=heading.dataset_href(filters),
        sort_href=lambda key, turned: (
            links.address(PATH, filters, sort=key, order="reversed" if turned else "usual")
            + "#datasets"
        ),
    )
    return ui.section(
        title,
        ui.result_line(1, len(view.entries), len(view.entries), "dataset"),
        parts.table(made),
        tools(
            heading.around(
                *(scope, filters, PATH, "datasets", "the register of datasets"),
                files=figure_links.files(scope, "datasets"),
                alone=False,
            )
        ),
        ui.working(ui.bullets(_worked_out()), about="the register of datasets"),
        explain.explain("coverage", "expected"),
        id="datasets",
    )


def _worked_out() -> list[str]:
    return [
        "Endpoints: active ones, of all that were ever registered for the authorities counted "
        "here. One that several authorities share counts once.",
        "Started, and newest endpoint: when the first and the newest of these was registered.",
        "Content changed: when new content was last seen at any authority.",
        "How often: what the content of most authorities does, and how many those are of all that "
        "provide it. The page about freshness says how that is told.",
    ]


def _others(view: View) -> Component | None:
    if not view.found:
        return None
    filters = view.filters
    first = (filters.page - 1) * PAGE_ROWS + 1
    reports = view.scope.snapshot.kind == "odp-reports"
    sentence = "Nobody counted above is asked for these datasets."
    if any(row.asked_elsewhere for row in view.others):
        sentence += " Choose another set above to see who is."
    return ui.section(
        "Not counted here",
        ui.paragraph(sentence),
        ui.paragraph("The weekly reports do not tell who provides them.") if reports else None,
        ui.caption(_showing(first, len(view.others), view.found)),
        parts.others(view.others, heading.dataset_href(filters)),
        ui.pagination(
            filters.page,
            -(-view.found // PAGE_ROWS),
            lambda page: links.address(PATH, filters, page=page) + "#others",
        ),
        id="others",
    )


def _showing(first: int, view: int, total: int) -> str:
    if view == total:
        return f"All {formatting.plural(total, 'dataset')}"
    last = formatting.number(first + view - 1)
    return f"{formatting.number(first)} to {last} of {formatting.plural(total, 'dataset')}"


def _ended(view: View) -> Component | None:
    if not view.ended:
        return None
    return ui.section(
        "Ended",
        ui.paragraph("These are datasets no more: another took their place, or nothing did."),
        parts.former(view.ended, heading.dataset_href(view.filters)),
        id="ended",
    )
