"""What a national page speaks of: which snapshot, against which set, compared with which earlier
snapshot. Read from the address once, the same on every national page and in its files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dashboard import formatting, links
from dashboard.data import ask
from performance_store.queries import national, snapshots
from performance_store.rows import Annotation, Coverage, Snapshot

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
COMPARE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader asked for. `set` is the denominator; None is the one we open on."""

    set: str | None = links.one_of(SETS)
    as_at: date | None = links.day()
    compare: date | None = links.day()
    kind: str | None = links.one_of(KINDS)


NAMES = ("set", "as_at", "compare", "kind")


@dataclass(frozen=True, slots=True)
class Frame:
    """The answer: `snapshot` and `before` (None: nothing earlier), the set, n of N in each set
    the snapshot has (`total` is that of the set, None if it has none), which of logs, issues and
    fields the figures can tell, and what to tell the reader."""

    every: tuple[Snapshot, ...]
    snapshot: Snapshot
    before: Snapshot | None
    set: str
    totals: tuple[Coverage, ...]
    total: Coverage | None
    known: tuple[str, ...]
    notices: tuple[str, ...]

    def of_kind(self) -> list[Snapshot]:
        """The snapshots of the same kind, newest first."""
        return [row for row in self.every if row.kind == self.snapshot.kind]


def choose(wanted: Wanted) -> Frame:
    """The frame for what was asked; where there is no such thing, the nearest, with a notice."""
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
        notices=(*told, *told_before, *told_set),
    )


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
