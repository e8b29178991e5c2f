"""The scope of a national page: which snapshot, which set, compared with which earlier snapshot,
and which provisions of the set. Read from the address once, the same on every national page and in
its files.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from dashboard.components.common import narrowing
from dashboard.components.words import formatting
from dashboard.data.comparison import compare_with
from dashboard.data.door import ask
from dashboard.urls import links
from performance_store.definitions.vocabulary import RESPONSIBILITIES, SEVERITIES
from performance_store.queries import counts, national, snapshots
from performance_store.queries.filters import (
    EVERYTHING,
    SETS,
    Narrow,
    impossible,
    possible,
)
from performance_store.rows import Annotation, Choice, Coverage, Snapshot

KINDS = {
    "platform": "Platform data",
    "odp-reports": "Weekly programme reports",
    "registers": "Rebuilt from the registers",
    "sample": "Sample data",
}
_YEAR = timedelta(days=365)
# The filters of a set's provisions.
NARROW_TITLES = {
    "region": "Region",
    "cohort": "Programme cohort",
    "project": "Project",
    "dataset": "Dataset",
    "typology": "Kind of dataset",
    "reason": "Obligation",
    "type": "Kind of authority",
    "status": "Status",
    "severity": "Has issues of severity",
    "responsibility": "Has issues to be fixed by",
}
VIEWS = {"chart": "Chart", "table": "Table"}
SCALES = {"change": "Shows the change", "zero": "Starts at zero"}
# Links shared before the pages agreed on one name for the date of comparison.
_OLD_NAMES = {"compare": "since"}
DATES_OF = "dates_of"
"""What the form calls the kind of figures whose dates it offers."""


@dataclass(frozen=True, slots=True)
class ScopeFilters:
    """The filters that every national page has. `set` is the denominator; None is the one a page
    opens on. From `region` on: which provisions of the set, all where a filter is empty. `view`:
    whether charts appear as drawings or as tables of the same rows. `scale`: whether lines are
    drawn on one that shows their change or on one from zero."""

    set: str | None = links.one_of(SETS)
    as_at: date | None = links.day()
    since: date | None = links.day()
    kind: str | None = links.one_of(KINDS)
    region: tuple[str, ...] = links.any_of()
    cohort: tuple[str, ...] = links.any_of()
    project: tuple[str, ...] = links.any_of()
    dataset: tuple[str, ...] = links.any_of()
    typology: tuple[str, ...] = links.any_of()
    reason: tuple[str, ...] = links.any_of()
    type: tuple[str, ...] = links.any_of()
    status: tuple[str, ...] = links.any_of()
    severity: tuple[str, ...] = links.any_of(SEVERITIES)
    responsibility: tuple[str, ...] = links.any_of(RESPONSIBILITIES)
    view: str = links.one_of(VIEWS, default="chart")
    scale: str = links.one_of(SCALES, default="change")


F = TypeVar("F", bound=ScopeFilters)
SCOPE_FIELDS = tuple(field.name for field in dataclasses.fields(ScopeFilters))
NARROW_FIELDS = tuple(field.name for field in dataclasses.fields(Narrow))


@dataclass(frozen=True, slots=True)
class Scope:
    """What a page covers: `snapshot` and `before` (None: nothing earlier), the set, n of N in each
    set of the snapshot (`total` is that of this set, None if it has none), whether the figures
    know of logs, issues and fields, which provisions, the choices of each filter, notices for the
    reader, how the way of counting changed (`notes`, oldest first), and on how many dates of the
    last year the page's own choice of figures rests (`dates`; None: it made none), and with what it
    compares where the reader chose nothing (`usual`)."""

    snapshots: tuple[Snapshot, ...]
    snapshot: Snapshot
    before: Snapshot | None
    set: str
    totals: tuple[Coverage, ...]
    total: Coverage | None
    knows: tuple[str, ...]
    narrow: Narrow
    choices: tuple[Choice, ...]
    notices: tuple[str, ...]
    notes: tuple[Annotation, ...] = ()
    dates: int | None = None
    usual: str = "A week before"

    def notes_in_period(self) -> tuple[Annotation, ...]:
        """How the way of counting changed between the comparison and the snapshot."""
        if self.before is None:
            return ()
        return self.notes_between(self.before.as_at, self.snapshot.as_at)

    def notes_between(self, after: date, until: date) -> tuple[Annotation, ...]:
        """How the way of counting changed after one date and up to another."""
        return tuple(note for note in self.notes if after < note.on_date <= until)

    def in_words(self) -> str:
        """The set and its filters, in words."""
        parts = [SETS[self.set].title]
        for name, title in NARROW_TITLES.items():
            values = getattr(self.narrow, name)
            if values:
                words = [narrowing.label(name, value, self.choices) for value in values]
                parts.append(f"{title.lower()} {formatting.list_of(words, joiner='or')}")
        return "; ".join(parts)

    def filters(self) -> ScopeFilters:
        """The scope as an address has it: exactly this snapshot, set, comparison and filters."""
        return ScopeFilters(
            set=self.set,
            as_at=self.snapshot.as_at,
            since=self.before.as_at if self.before else None,
            kind=self.snapshot.kind,
            **dataclasses.asdict(self.narrow),
        )

    def of_kind(self) -> list[Snapshot]:
        """The snapshots of the same kind, newest first."""
        return [row for row in self.snapshots if row.kind == self.snapshot.kind]


def read_scope(
    filters_type: type[F], params: Mapping[str, Any], *, over_time: bool = False
) -> tuple[F, Scope]:
    """The filters of a page from its address, and their scope.

    In: the page's dataclass of filters, and the parameters of its address; old names of
    parameters work too; `over_time`: whether the page needs several dates, and so opens on the
    figures that have most. Whatever is not available is replaced by the nearest match, and the
    scope's notices say so. Dates that a form offered of another kind of figures than the reader
    takes are nobody's choice: they are left out.
    """
    params = {name: value for name, value in params.items() if name not in _OLD_NAMES} | {
        new: params[old] for old, new in _OLD_NAMES.items() if old in params and new not in params
    }
    dates_of = params.pop(DATES_OF, None)
    if dates_of is not None and dates_of != params.get("kind"):
        params = {name: params[name] for name in params if name not in ("as_at", "since")}
    scope = find_scope(links.parse(filters_type, params).filters, over_time=over_time)
    values: dict[str, Collection[str]] = {}
    for choice in scope.choices:
        values[choice.field] = {*values.get(choice.field, ()), choice.value}
    reading = links.parse(filters_type, params, allowed=values)
    narrow, notices = fit_narrow(
        Narrow(**{name: getattr(reading.filters, name) for name in NARROW_FIELDS}), scope.set
    )
    filters = dataclasses.replace(reading.filters, **dataclasses.asdict(narrow))
    notices = (*reading.notices, *scope.notices, *notices)
    return filters, dataclasses.replace(scope, narrow=narrow, notices=notices)


def find_scope(filters: ScopeFilters, *, over_time: bool = False) -> Scope:
    """The scope of some filters, with all provisions of its set. Whatever is not available is
    replaced by the nearest match, with a notice."""
    every = ask(snapshots.every)
    dates = None
    if over_time and filters.as_at is None and filters.kind is None:
        kind, dates = _most_dates(every)
        snapshot, date_notices = _snapshot(every, dataclasses.replace(filters, kind=kind))
    else:
        snapshot, date_notices = _snapshot(every, filters)
    before, comparison_notices = compare_with(snapshot, filters.since)
    totals = ask(national.totals, snapshot_id=snapshot.snapshot_id)
    denominator, set_notices = _set(totals, filters, snapshot)
    return Scope(
        snapshots=every,
        snapshot=snapshot,
        before=before,
        set=denominator,
        totals=totals,
        total=next((row for row in totals if row.denominator == denominator), None),
        knows=tuple(row.of for row in ask(national.knowledge, snapshot_id=snapshot.snapshot_id)),
        narrow=EVERYTHING,
        choices=ask(counts.choices, snapshot_id=snapshot.snapshot_id, denominator=denominator),
        notices=(*date_notices, *comparison_notices, *set_notices),
        notes=notes_on(snapshot.kind, denominator),
        dates=dates,
    )


def fit_narrow(narrow: Narrow, denominator: str) -> tuple[Narrow, tuple[str, ...]]:
    """The filters that work in a set, and a notice for each that does not."""
    notices = tuple(
        f"You cannot filter “{SETS[denominator].title}” by {NARROW_TITLES[name].lower()}. "
        "Choose another set."
        for name in impossible(narrow, denominator)
    )
    return possible(narrow, denominator), notices


def notes_on(kind: str, denominator: str) -> tuple[Annotation, ...]:
    """How the way of counting changed for a kind of figures and a set, oldest first."""
    return tuple(
        note
        for note in ask(snapshots.notes, kind=kind)
        if note.kind != "denominator" or note.subject in (None, denominator)
    )


def _snapshot(every: Sequence[Snapshot], filters: ScopeFilters) -> tuple[Snapshot, tuple[str, ...]]:
    (latest,) = ask(snapshots.current)
    if filters.as_at is None and filters.kind is None:
        return latest, ()
    matches = [row for row in every if filters.kind in (None, row.kind)]
    if not matches:
        return latest, ("There are no figures of that kind. These are the latest figures.",)
    if filters.as_at is None:
        return (latest if latest.kind == filters.kind else matches[0]), ()
    day = filters.as_at
    # For one date the richer kind comes first.
    nearest = min(matches, key=lambda row: abs((row.as_at - day).days))
    if nearest.as_at == day:
        return nearest, ()
    return nearest, (
        f"There are no figures for {formatting.day(day)}. "
        f"These figures are for the nearest date, {formatting.day(nearest.as_at)}.",
    )


def _most_dates(every: Sequence[Snapshot]) -> tuple[str | None, int | None]:
    """The kind of figures with most dates in the last year, and how many; None and None where no
    kind has two. Figures that know whether endpoints work go before those that do not."""
    (now,) = ask(snapshots.current)
    year = [row for row in every if row.as_at > now.as_at - _YEAR]
    dates = Counter(row.kind for row in year)
    kinds = [kind for kind in KINDS if dates[kind] > 1]
    if not kinds:
        return None, None
    know = {row.kind for row in year if "logs" in row.knows}
    kind = max(kinds, key=lambda kind: (kind in know, dates[kind]))
    return kind, dates[kind]


def _set(
    totals: Sequence[Coverage], filters: ScopeFilters, snapshot: Snapshot
) -> tuple[str, tuple[str, ...]]:
    """The denominator that the filters name if it has authorities, else the first that has."""
    available = {row.denominator for row in totals}
    # Figures rebuilt from the registers know who provides what, not who was expected to.
    opens_on = "all-lpas" if snapshot.kind == "registers" else "programme"
    name = filters.set or opens_on
    if name in available or not available:
        return name, ()
    other = next(item for item in (opens_on, *SETS) if item in available)
    return other, (
        f"These figures have no authorities under “{SETS[name].title}”. "
        f"We show “{SETS[other].title}” instead.",
    )
