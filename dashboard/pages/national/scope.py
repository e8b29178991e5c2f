"""What a national page speaks of: which snapshot, against which set, compared with which earlier
snapshot, and which provisions of the set. Read from the address once, the same on every national
page and in its files.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from dashboard.components.common import narrowing
from dashboard.components.words import formatting
from dashboard.data.door import ask
from dashboard.urls import links
from performance_store.queries import narrowed as counted
from performance_store.queries import national, snapshots
from performance_store.queries.narrow import (
    EVERYTHING,
    RESPONSIBILITIES,
    SEVERITIES,
    Narrow,
    allowed,
    refused,
)
from performance_store.rows import Annotation, Choice, Coverage, Snapshot

SETS = {
    "programme": "Open Digital Planning programme",
    "statutory": "Statutory duties",
    "any": "All obligations",
    "all-lpas": "All planning authorities",
}
KINDS = {
    "platform": "Platform data",
    "odp-reports": "Weekly programme reports",
    "registers": "Rebuilt from the registers",
    "sample": "Sample data",
}
# What the provisions of a set are narrowed by.
WORDS = {
    "region": "Region",
    "cohort": "Programme cohort",
    "project": "Project",
    "dataset": "Dataset",
    "typology": "Kind of dataset",
    "reason": "Obligation",
    "type": "Kind of authority",
    "status": "Status",
    "severity": "Has issues of severity",
    "responsibility": "Has issues to be mended by",
}
COMPARE_DAYS = 7
VIEWS = {"chart": "Chart", "table": "Table"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader asked for. `set` is the denominator; None is the one we open on. From
    `region` on: which provisions of the set, all where nothing is chosen. `view`: whether charts
    are drawn or shown as tables of the same rows."""

    set: str | None = links.one_of(SETS)
    as_at: date | None = links.day()
    compare: date | None = links.day()
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


W = TypeVar("W", bound=Wanted)
NAMES = tuple(field.name for field in dataclasses.fields(Wanted))
NARROWING = tuple(field.name for field in dataclasses.fields(Narrow))


@dataclass(frozen=True, slots=True)
class Frame:
    """The answer: `snapshot` and `before` (None: nothing earlier), the set, n of N in each set
    the snapshot has (`total` is that of the set, None if it has none), which of logs, issues and
    fields the figures can tell, which provisions, what there is to choose, what to tell the
    reader, and how the counting of such figures changed, oldest first."""

    every: tuple[Snapshot, ...]
    snapshot: Snapshot
    before: Snapshot | None
    set: str
    totals: tuple[Coverage, ...]
    total: Coverage | None
    known: tuple[str, ...]
    narrow: Narrow
    choices: tuple[Choice, ...]
    notices: tuple[str, ...]
    notes: tuple[Annotation, ...] = ()

    def meanwhile(self) -> tuple[Annotation, ...]:
        """How the counting changed between the comparison and the snapshot."""
        if self.before is None:
            return ()
        return self.within(self.before.as_at, self.snapshot.as_at)

    def within(self, after: date, until: date) -> tuple[Annotation, ...]:
        """How the counting changed after one date and up to another."""
        return tuple(note for note in self.notes if after < note.on_date <= until)

    def counted(self) -> str:
        """Who is counted, in words: the set, and what it is narrowed by."""
        said = [SETS[self.set]]
        for name, title in WORDS.items():
            values = getattr(self.narrow, name)
            if values:
                words = [narrowing.label(name, value, self.choices) for value in values]
                said.append(f"{title.lower()} {formatting.listed(words, joiner='or')}")
        return "; ".join(said)

    def asked(self) -> Wanted:
        """The frame as an address has it: exactly this snapshot, set, comparison and narrowing."""
        return Wanted(
            set=self.set,
            as_at=self.snapshot.as_at,
            compare=self.before.as_at if self.before else None,
            kind=self.snapshot.kind,
            **dataclasses.asdict(self.narrow),
        )

    def of_kind(self) -> list[Snapshot]:
        """The snapshots of the same kind, newest first."""
        return [row for row in self.every if row.kind == self.snapshot.kind]


def read(kind: type[W], params: Mapping[str, Any]) -> tuple[W, Frame]:
    """Filters of a page from its address, and the frame that they ask for.

    What cannot be had is replaced by the nearest that can, and told in the frame's notices.
    """
    first = links.parse(kind, params)
    frame = choose(first.filters)
    there: dict[str, Collection[str]] = {}
    for choice in frame.choices:
        there[choice.field] = {*there.get(choice.field, ()), choice.value}
    parsed = links.parse(kind, params, allowed=there)
    narrow, told = narrowed(_narrow(parsed.filters), frame.set)
    chosen = dataclasses.replace(parsed.filters, **dataclasses.asdict(narrow))
    notices = (*parsed.notices, *frame.notices, *told)
    return chosen, dataclasses.replace(frame, narrow=narrow, notices=notices)


def choose(wanted: Wanted) -> Frame:
    """The frame for what was asked, not narrowed; where there is no such thing, the nearest, with
    a notice."""
    every = ask(snapshots.every)
    snapshot, told = _snapshot(every, wanted)
    before, told_before = _before(every, wanted, snapshot)
    totals = ask(national.totals, snapshot_id=snapshot.snapshot_id)
    chosen, told_set = _set(totals, wanted, snapshot)
    return Frame(
        every=every,
        snapshot=snapshot,
        before=before,
        set=chosen,
        totals=totals,
        total=next((row for row in totals if row.denominator == chosen), None),
        known=tuple(row.of for row in ask(national.knowledge, snapshot_id=snapshot.snapshot_id)),
        narrow=EVERYTHING,
        choices=ask(counted.choices, snapshot_id=snapshot.snapshot_id, denominator=chosen),
        notices=(*told, *told_before, *told_set),
        notes=notes_on(snapshot.kind, chosen),
    )


def _narrow(wanted: Wanted) -> Narrow:
    return Narrow(**{name: getattr(wanted, name) for name in NARROWING})


def narrowed(narrow: Narrow, denominator: str) -> tuple[Narrow, tuple[str, ...]]:
    """What of the narrowing the set can be narrowed by, and what to tell of the rest."""
    told = tuple(
        f"“{SETS[denominator]}” cannot be narrowed by {WORDS[name].lower()}: choose another set."
        for name in refused(narrow, denominator)
    )
    return allowed(narrow, denominator), told


def notes_on(kind: str, denominator: str) -> tuple[Annotation, ...]:
    """What has to be told beside a line of this kind and set, oldest first."""
    return tuple(
        note
        for note in ask(snapshots.annotated, kind=kind)
        if note.kind != "denominator" or note.subject in (None, denominator)
    )


def _snapshot(every: Sequence[Snapshot], wanted: Wanted) -> tuple[Snapshot, tuple[str, ...]]:
    (present,) = ask(snapshots.current)
    if wanted.as_at is None and wanted.kind is None:
        return present, ()
    fitting = [row for row in every if wanted.kind in (None, row.kind)]
    if not fitting:
        return present, ("There are no figures of that kind. These are the present ones.",)
    if wanted.as_at is None:
        return (present if present.kind == wanted.kind else fitting[0]), ()
    asked = wanted.as_at
    # For one date the richer kind comes first.
    near = min(fitting, key=lambda row: abs((row.as_at - asked).days))
    if near.as_at == asked:
        return near, ()
    return near, (
        f"There are no figures of {formatting.day(asked)}. "
        f"These are of the nearest date, {formatting.day(near.as_at)}.",
    )


def _before(
    every: Sequence[Snapshot], wanted: Wanted, snapshot: Snapshot
) -> tuple[Snapshot | None, tuple[str, ...]]:
    """What to compare with: as asked, else the newest at least a week older. Of one kind only."""
    older = [row for row in every if row.kind == snapshot.kind and row.as_at < snapshot.as_at]
    usual = next(
        (r for r in older if r.as_at <= snapshot.as_at - timedelta(days=COMPARE_DAYS)), None
    )
    if wanted.compare is None:
        return usual, ()
    asked = wanted.compare
    if not older:
        return None, ("There are no earlier figures to compare these with.",)
    if asked >= snapshot.as_at:
        return usual, (f"{formatting.day(asked)} is not before the date shown.",)
    near = min(older, key=lambda row: abs((row.as_at - asked).days))
    if near.as_at == asked:
        return near, ()
    return near, (
        f"There are no figures of {formatting.day(asked)} to compare with. "
        f"We compare with {formatting.day(near.as_at)}.",
    )


def _set(
    totals: Sequence[Coverage], wanted: Wanted, snapshot: Snapshot
) -> tuple[str, tuple[str, ...]]:
    """The denominator: as asked if anybody is in it, else the first that somebody is in."""
    known = {row.denominator for row in totals}
    # Rebuilt figures are right about who provides what, not about who was asked to.
    opens_on = "all-lpas" if snapshot.kind == "registers" else "programme"
    asked = wanted.set or opens_on
    if asked in known or not known:
        return asked, ()
    found = next(name for name in (opens_on, *SETS) if name in known)
    return found, (
        f"Nobody is counted under “{SETS[asked]}” in these figures. "
        f"They are counted under “{SETS[found]}” instead.",
    )
