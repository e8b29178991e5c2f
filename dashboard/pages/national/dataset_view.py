"""One dataset across the country, as an address asks for it: the frame, and everything that is
known of it there. The page shows it (`pages/national_dataset.py`)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.components.national import dataset_authorities, trend
from dashboard.data.door import ask
from dashboard.pages.national import heading, scope
from dashboard.pages.national.scope import SETS, Frame
from dashboard.urls import addresses, links
from performance_store.queries import (
    datasets,
    freshness,
    matrix,
    national,
    national_issues,
    snapshots,
)
from performance_store.queries import narrowed as counted
from performance_store.queries.narrow import Narrow
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
    RegisteredDataset,
    Snapshot,
)
from performance_store.schema import STATUSES

PAGE_ROWS = 25


@dataclass(frozen=True, slots=True)
class Filters(scope.Wanted):
    """What the reader asked for: the frame, and of the list of authorities the status, the order
    and the page."""

    state: str | None = links.one_of(STATUSES)
    sort: str = links.one_of(dataset_authorities.SORTS, default="name")
    order: str = links.one_of(("usual", "reversed"), default="usual")
    page: int = links.number(1, 1000, default=1)


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `about` is the register's own row; `sets` n of N in each set that asks
    for the dataset; `picture` empty where nobody is counted. `listed` is one page of the `found`
    authorities of `everyone`; `changes` what happened at whom since the comparison."""

    filters: Filters
    frame: Frame
    dataset: Dataset
    about: RegisteredDataset
    sets: tuple[Coverage, ...]
    fields: tuple[FieldOfDataset, ...]
    current: Snapshot
    picture: tuple[Coverage, ...] = ()
    then: Mapping[str, Coverage] = dataclasses.field(default_factory=dict)
    events: Mapping[str, EventCount] = dataclasses.field(default_factory=dict)
    points: tuple[CoveragePoint, ...] = ()
    drawn: tuple[CoveragePoint, ...] = ()
    drawn_kind: str = ""
    notes: tuple[Annotation, ...] = ()
    ages: tuple[Ages, ...] = ()
    cadence: tuple[Cadence, ...] = ()
    issues: tuple[IssueSpread, ...] = ()
    base: IssueBase | None = None
    everyone: tuple[DatasetAuthority, ...] = ()
    changes: Mapping[str, str] = dataclasses.field(default_factory=dict)
    listed: tuple[DatasetAuthority, ...] = ()
    found: int = 0

    @property
    def path(self) -> str:
        """Where the page is."""
        return addresses.national_dataset(self.dataset.dataset)

    @property
    def total(self) -> Coverage | None:
        """n of N of the dataset; None where nobody is counted."""
        return next((row for row in self.picture if row.dimension == "all" and row.expected), None)


def read(dataset: str, params: Mapping[str, Any]) -> tuple[Filters, Frame]:
    """Filters and frame from the address. Without a set in it, the page opens on the first that
    asks for the dataset."""
    filters, found = scope.read(Filters, params)
    if filters.set is None:
        sets = ask(datasets.sets, snapshot_id=found.snapshot.snapshot_id, dataset=dataset)
        asking = [row.denominator for row in sets]
        first = next((name for name in (found.set, *SETS) if name in asking), found.set)
        if first != found.set:
            filters, found = scope.read(Filters, {**params, "set": first})
    choices = ask(
        counted.choices,
        snapshot_id=found.snapshot.snapshot_id,
        denominator=found.set,
        narrow=Narrow(dataset=(dataset,)),
    )
    return filters, dataclasses.replace(found, choices=choices)


def view(dataset: Dataset, filters: Filters, found: Frame) -> View:
    """Everything about one dataset in one snapshot, and the lines up to it."""
    now, slug = found.snapshot, dataset.dataset
    narrow = dataclasses.replace(found.narrow, dataset=(slug,))
    which: dict[str, Any] = {"denominator": found.set, "narrow": narrow}
    at = which | {"snapshot_id": now.snapshot_id}
    (about,) = (
        row
        for row in ask(
            datasets.register,
            snapshot_id=now.snapshot_id,
            denominator=found.set,
            narrow=dataclasses.replace(narrow, typology=()),
        )
    )
    (current,) = ask(snapshots.current)
    shown = View(
        filters=filters,
        frame=found,
        dataset=dataset,
        about=about,
        sets=ask(datasets.sets, snapshot_id=now.snapshot_id, dataset=slug),
        fields=ask(datasets.fields, dataset=slug),
        current=current,
        picture=ask(national.picture, **at),
    )
    if shown.total is None:
        return shown
    shown = _compared(shown, which)
    shown = _with_list(shown, at)
    knows_logs, knows_issues = "logs" in found.known, "issues" in found.known
    points = _points(found, slug, which)
    drawn, drawn_kind = heading.drawn(found, points, narrow)
    bases = ask(national_issues.looked_at, **at) if knows_issues else ()
    return dataclasses.replace(
        shown,
        points=points,
        drawn=drawn,
        drawn_kind=drawn_kind,
        notes=scope.notes_on(drawn_kind, found.set),
        ages=ask(freshness.ages, **at) if knows_logs else (),
        cadence=ask(freshness.cadence, kind=now.kind, as_at=now.as_at, **at) if knows_logs else (),
        issues=ask(national_issues.by_type, **at) if knows_issues else (),
        base=next((base for base in bases if base.dataset), None),
    )


def _points(found: Frame, slug: str, which: Mapping[str, Any]) -> tuple[CoveragePoint, ...]:
    """The dataset's line: from what is kept for everything, unless it is narrowed further."""
    now = found.snapshot
    if found.narrow:
        rows = ask(national.lines, kind=now.kind, until=now.as_at, **which)
        return trend.together(rows)
    rows = ask(national.lines, kind=now.kind, until=now.as_at, denominator=found.set)
    return tuple(dataclasses.replace(row, key="", label="") for row in rows if row.key == slug)


def _compared(shown: View, which: Mapping[str, Any]) -> View:
    now, before = shown.frame.snapshot, shown.frame.before
    if before is None:
        return shown
    earlier = ask(national.picture, snapshot_id=before.snapshot_id, **which)
    counts = ask(national.event_counts, kind=now.kind, after=before.as_at, until=now.as_at, **which)
    moved = ask(matrix.changes, snapshot_id=now.snapshot_id, compare_id=before.snapshot_id, **which)
    return dataclasses.replace(
        shown,
        then={row.value: row for row in earlier if row.dimension in ("all", "region")},
        events={row.kind: row for row in counts},
        changes={row.organisation: row.change for row in moved},
    )


def _with_list(shown: View, at: Mapping[str, Any]) -> View:
    filters, before = shown.filters, shown.frame.before
    everyone = ask(
        datasets.authorities,
        dataset=shown.dataset.dataset,
        compare_id=before.snapshot_id if before else None,
        **at,
    )
    found = dataset_authorities.listed(
        everyone,
        shown.changes,
        state=filters.state,
        sort=filters.sort,
        backwards=filters.order == "reversed",
    )
    page = min(filters.page, max(1, -(-len(found) // PAGE_ROWS)))
    return dataclasses.replace(
        shown,
        filters=dataclasses.replace(filters, page=page),
        everyone=everyone,
        listed=tuple(found[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]),
        found=len(found),
    )
