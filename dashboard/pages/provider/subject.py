"""What an organisation's pages are about: the organisation, the date of its figures and the date
they are compared with. Read from the address once, the same on the overview and on each dataset's
page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from dashboard.components.design.slide import Slide
from dashboard.components.words import formatting, wording
from dashboard.data.comparison import compare_with
from dashboard.data.door import ask, now
from dashboard.data.errors import NotFound
from dashboard.data.reading import Soon, soon
from dashboard.urls import addresses, links
from performance_store.queries import organisations, snapshots
from performance_store.rows import Annotation, DatasetStatus, Organisation, Snapshot


@dataclass(frozen=True, slots=True)
class DateFilter:
    """The date to compare with, and that of the figures (None: the latest), from the address."""

    since: date | None = links.day()
    as_at: date | None = links.day()


@dataclass(frozen=True, slots=True)
class Subject:
    """One organisation on one date. `older`: the figures are not the latest, since these do not
    cover it, or since the reader asked for a date (`filters.as_at`, None where there are none of
    it). `latest_on`: the date of the latest that do."""

    organisation: Organisation
    snapshot: Snapshot
    before: Snapshot | None
    filters: DateFilter
    older: bool
    notices: tuple[str, ...]
    latest_on: date

    @property
    def is_past(self) -> bool:
        """Whether the reader asked how it was on a date: what is to be done is known of now."""
        return self.snapshot.as_at < self.latest_on

    @property
    def all_dates(self) -> str:
        """What is said above what has all dates on a page of one of them; nothing on others."""
        if not self.is_past:
            return ""
        return (
            f"This is of all dates up to {formatting.day(self.latest_on)}, and not only up to that "
            "of this page."
        )

    @property
    def curie(self) -> str:
        """The organisation's reference."""
        return self.organisation.organisation

    @property
    def name(self) -> str:
        """The organisation's name, or its reference when the name is not known."""
        return wording.name_of(self.organisation.name, self.curie)

    def slide(self, name: str, of: str = "", on: date | None = None) -> Slide:
        """What a picture of a figure of its past says. In: what its file is called, of which of its
        datasets the figure is, and of when, if not of its past."""
        last = on or self.latest_on
        return Slide(
            name=f"{name}-{self.curie.partition(':')[2]}-{last}",
            of=f"{self.name}, {of}" if of else self.name,
            last=last,
            source=wording.source_of(self.snapshot.kind),
            page=addresses.organisation(self.curie),
        )

    @property
    def has_closed(self) -> bool:
        """Whether the organisation had closed by the date of the figures."""
        end = self.organisation.end_date
        return end is not None and end <= self.snapshot.as_at

    @property
    def takes_advice(self) -> bool:
        """Whether there is anything to do: that is known of now alone, and who has closed does
        nothing more."""
        return not (self.has_closed or self.is_past)

    def address(self, path: str) -> str:
        """A page about the same date, compared with the same."""
        return links.address(path, DateFilter(self.filters.since, self.filters.as_at))

    @property
    def owner(self) -> str:
        """Whose issues the organisation's are: the reader's, or of who came after it."""
        if not self.has_closed:
            return wording.YOU
        successor = self.organisation.successor
        if successor is None:
            return "Not decided yet"
        return wording.name_of(self.organisation.successor_name, successor)

    def owed(self, rows: Sequence[DatasetStatus]) -> tuple[DatasetStatus, ...]:
        """Its datasets: of a body that has closed those still collected, which it owes no more."""
        if not self.has_closed:
            return tuple(rows)
        return tuple(
            replace(row, provision_reason=None, in_denominator=False)
            for row in rows
            if row.endpoint_count
        )

    @property
    def knows_fields(self) -> bool:
        """Whether the store's list of fields covers these figures: it holds the latest only."""
        return not self.older and "fields" in self.snapshot.knows


def subject_of(
    curie: str, filters: DateFilter | None = None, notices: tuple[str, ...] = ()
) -> Subject:
    """An organisation and the date of its figures. Raises NotFound.

    In: the organisation's reference, the date to compare with, and notices for the reader.
    """
    filters = filters or DateFilter()
    current = soon(snapshots.current)
    latest_of = soon(snapshots.speaking_of, organisation=curie)
    if (snapshot_id := now().snapshot_id) is not None:
        soon(organisations.one, organisation=curie, snapshot_id=snapshot_id)
        soon(snapshots.earlier, snapshot_id=snapshot_id)
    (snapshot,) = current.value
    organisation = _organisation(curie, snapshot)
    latest = latest_of.value
    end = organisation.end_date
    has_closed = end is not None and end <= snapshot.as_at
    older = bool(latest) and latest[0].snapshot_id != snapshot.snapshot_id and not has_closed
    if older:
        snapshot = latest[0]
        organisation = _organisation(curie, snapshot)
    latest_on = snapshot.as_at
    past = _past(snapshot, filters.as_at)
    if past is not None:
        snapshot, older = past, True
        organisation = _organisation(curie, snapshot)
    before, notice = compare_with(snapshot, filters.since)
    notices = (*notices, *notice, *_other_date(filters.as_at, snapshot, latest_on))
    if past is None:
        # Nothing of the page is of a date, its links neither.
        filters = replace(filters, as_at=None)
    return Subject(organisation, snapshot, before, filters, older, notices, latest_on)


def _past(snapshot: Snapshot, as_at: date | None) -> Snapshot | None:
    """The figures of a date, or the latest before it; None: there are none but those of now."""
    if as_at is None or as_at >= snapshot.as_at:
        return None
    rows = ask(snapshots.latest, until=as_at, kind=snapshot.kind)
    return rows[0] if rows else None


def _other_date(as_at: date | None, snapshot: Snapshot, latest_on: date) -> tuple[str, ...]:
    """What is said where the figures are not of the date that was asked for."""
    if as_at is None or as_at == snapshot.as_at:
        return ()
    day, there = formatting.day(as_at), formatting.day(snapshot.as_at)
    if as_at < snapshot.as_at:
        return (f"We do not have figures as old as {day}. We show those for {there}, the latest.",)
    which = "the latest" if snapshot.as_at == latest_on else "the latest before"
    return (f"There are no figures for {day}. We show those for {there}, {which}.",)


def rule_changes(subject: Subject) -> Soon[tuple[Annotation, ...]]:
    """Changes of rules and denominators up to the latest figures, as histories go, newest first."""
    return soon(snapshots.notes, kind=subject.snapshot.kind).then(
        lambda notes: tuple(note for note in reversed(notes) if note.on_date <= subject.latest_on)
    )


def dates(snapshot: Snapshot) -> Soon[tuple[date, ...]]:
    """The dates of all snapshots of the kind of one, oldest first."""
    return soon(snapshots.days, kind=snapshot.kind).then(lambda rows: rows[0].days)


def _organisation(curie: str, snapshot: Snapshot) -> Organisation:
    rows = ask(organisations.one, organisation=curie, snapshot_id=snapshot.snapshot_id)
    if not rows:
        raise NotFound(f"We cannot find an organisation called “{curie[:80]}”.")
    return rows[0]
