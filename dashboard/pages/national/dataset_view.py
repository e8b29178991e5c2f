"""One dataset across the country, for the filters in an address: the scope, and everything the
store knows about the dataset there. The page is `dataset.py`."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.components.national import dataset_authorities, trend
from dashboard.data.door import ask
from dashboard.pages.national import heading
from dashboard.pages.national.scope import Scope, ScopeFilters, notes_on, read_scope
from dashboard.urls import addresses, links
from performance_store.definitions.vocabulary import STATUSES
from performance_store.queries import (
    counts,
    datasets,
    freshness,
    matrix,
    movements,
    national,
    national_issues,
)
from performance_store.queries.filters import SETS, Narrow
from performance_store.rows import (
    Ages,
    Annotation,
    Cadence,
    Coverage,
    CoveragePoint,
    Dataset,
    DatasetAuthority,
    EventCount,
    FieldOfDataset,
    IssueBase,
    IssueSpread,
    Movement,
    RegisteredDataset,
)

PAGE_ROWS = 25


@dataclass(frozen=True, slots=True)
class Filters(ScopeFilters):
    """The filters of the page: the scope, and the status, order and page of the list of
    authorities."""

    state: str | None = links.one_of(STATUSES)
    sort: str = links.one_of(dataset_authorities.SORTS, default="name")
    order: str = links.one_of(("usual", "reversed"), default="usual")
    page: int = links.number(1, 1000, default=1)


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `about` is the register's own row; `sets` n of N in each set that asks
    for the dataset; `picture` is empty where no authority counts. `page_rows` is one page
    of the `match_count` authorities of `everyone`; `changes` what changed for each since the
    comparison."""

    filters: Filters
    scope: Scope
    dataset: Dataset
    about: RegisteredDataset
    sets: tuple[Coverage, ...]
    fields: tuple[FieldOfDataset, ...]
    picture: tuple[Coverage, ...] = ()
    moves: tuple[Movement, ...] = ()
    events: Mapping[str, EventCount] = dataclasses.field(default_factory=dict)
    points: tuple[CoveragePoint, ...] = ()
    lines: tuple[CoveragePoint, ...] = ()
    lines_kind: str = ""
    notes: tuple[Annotation, ...] = ()
    ages: tuple[Ages, ...] = ()
    cadence: tuple[Cadence, ...] = ()
    issues: tuple[IssueSpread, ...] = ()
    base: IssueBase | None = None
    everyone: tuple[DatasetAuthority, ...] = ()
    changes: Mapping[str, str] = dataclasses.field(default_factory=dict)
    page_rows: tuple[DatasetAuthority, ...] = ()
    match_count: int = 0

    @property
    def path(self) -> str:
        """Where the page is."""
        return addresses.national_dataset(self.dataset.dataset)

    @property
    def total(self) -> Coverage | None:
        """n of N of the dataset; None where no authority counts."""
        return next((row for row in self.picture if row.dimension == "all" and row.expected), None)


def read(dataset: str, params: Mapping[str, Any]) -> tuple[Filters, Scope]:
    """Filters and scope from the address. Without a set in it, the page opens on the first that
    asks for the dataset."""
    filters, scope = read_scope(Filters, params)
    if filters.set is None:
        sets = ask(datasets.sets, snapshot_id=scope.snapshot.snapshot_id, dataset=dataset)
        asking = [row.denominator for row in sets]
        first = next((name for name in (scope.set, *SETS) if name in asking), scope.set)
        if first != scope.set:
            filters, scope = read_scope(Filters, {**params, "set": first})
    choices = ask(
        counts.choices,
        snapshot_id=scope.snapshot.snapshot_id,
        denominator=scope.set,
        narrow=Narrow(dataset=(dataset,)),
    )
    return filters, dataclasses.replace(scope, choices=choices)


def build(dataset: Dataset, filters: Filters, scope: Scope) -> View:
    """Everything about one dataset in one snapshot, and the lines up to it."""
    now, slug = scope.snapshot, dataset.dataset
    narrow = dataclasses.replace(scope.narrow, dataset=(slug,))
    which: dict[str, Any] = {"denominator": scope.set, "narrow": narrow}
    at = which | {"snapshot_id": now.snapshot_id}
    (about,) = (
        row
        for row in ask(
            datasets.register,
            snapshot_id=now.snapshot_id,
            denominator=scope.set,
            narrow=dataclasses.replace(narrow, typology=()),
        )
    )
    view = View(
        filters=filters,
        scope=scope,
        dataset=dataset,
        about=about,
        sets=ask(datasets.sets, snapshot_id=now.snapshot_id, dataset=slug),
        fields=ask(datasets.fields, dataset=slug),
        picture=ask(national.picture, **at),
    )
    if view.total is None:
        return view
    view = _compared(view, which)
    view = _with_list(view, at)
    knows_logs, knows_issues = "logs" in scope.knows, "issues" in scope.knows
    points = _points(scope, slug, which)
    lines, lines_kind = heading.lines_to_draw(scope, points, narrow)
    bases = ask(national_issues.bases, **at) if knows_issues else ()
    return dataclasses.replace(
        view,
        points=points,
        lines=lines,
        lines_kind=lines_kind,
        notes=notes_on(lines_kind, scope.set),
        ages=ask(freshness.ages, **at) if knows_logs else (),
        cadence=ask(freshness.cadence, kind=now.kind, as_at=now.as_at, **at) if knows_logs else (),
        issues=ask(national_issues.by_type, **at) if knows_issues else (),
        base=next((base for base in bases if base.dataset), None),
    )


def _points(scope: Scope, slug: str, which: Mapping[str, Any]) -> tuple[CoveragePoint, ...]:
    """The dataset's line: from what is kept for everything, unless it is narrowed further."""
    now = scope.snapshot
    if scope.narrow:
        rows = ask(national.lines, kind=now.kind, until=now.as_at, **which)
        return trend.together(rows)
    rows = ask(national.lines, kind=now.kind, until=now.as_at, denominator=scope.set)
    return tuple(dataclasses.replace(row, key="", label="") for row in rows if row.key == slug)


def _compared(view: View, which: Mapping[str, Any]) -> View:
    now, before = view.scope.snapshot, view.scope.before
    if before is None:
        return view
    pair: dict[str, Any] = {"snapshot_id": now.snapshot_id, "compare_id": before.snapshot_id}
    counts = ask(national.event_counts, kind=now.kind, after=before.as_at, until=now.as_at, **which)
    changes = ask(matrix.changes, **pair, **which)
    return dataclasses.replace(
        view,
        moves=ask(movements.balance, **pair, **which),
        events={row.kind: row for row in counts},
        changes={row.organisation: row.change for row in changes},
    )


def _with_list(view: View, at: Mapping[str, Any]) -> View:
    filters, before = view.filters, view.scope.before
    everyone = ask(
        datasets.authorities,
        dataset=view.dataset.dataset,
        compare_id=before.snapshot_id if before else None,
        **at,
    )
    matches = dataset_authorities.in_order(
        everyone,
        view.changes,
        state=filters.state,
        sort=filters.sort,
        backwards=filters.order == "reversed",
    )
    page = min(filters.page, max(1, -(-len(matches) // PAGE_ROWS)))
    return dataclasses.replace(
        view,
        filters=dataclasses.replace(filters, page=page),
        everyone=everyone,
        page_rows=tuple(matches[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]),
        match_count=len(matches),
    )
