"""What an organisation's pages speak of: the body, the date of its figures, the date they are
compared with. Read from the address once, the same on the overview and on each dataset's page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dashboard.data.door import ask
from dashboard.data.errors import NotFound
from dashboard.pages.comparison import compare_with
from dashboard.urls import links
from performance_store.queries import organisations, snapshots
from performance_store.rows import Annotation, Organisation, Snapshot


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader asked for. `since` is the date to compare with."""

    since: date | None = links.day()


@dataclass(frozen=True, slots=True)
class Standing:
    """One body on one date. `older` is set when the newest figures do not speak of it."""

    organisation: Organisation
    snapshot: Snapshot
    before: Snapshot | None
    filters: Filters
    older: bool
    notices: tuple[str, ...]

    @property
    def ended(self) -> bool:
        """Whether the body had ended by the date of the figures."""
        end = self.organisation.end_date
        return end is not None and end <= self.snapshot.as_at

    @property
    def knows_fields(self) -> bool:
        """Whether the store's list of fields speaks of these figures: it is of the newest only."""
        return not self.older and "fields" in self.snapshot.knows


def standing(
    organisation: str, filters: Filters | None = None, notices: tuple[str, ...] = ()
) -> Standing:
    """Which body, and on which date. Raises NotFound."""
    filters = filters or Filters()
    (snapshot,) = ask(snapshots.current)
    body = _body(organisation, snapshot)
    newest = ask(snapshots.speaking_of, organisation=organisation)
    ended = body.end_date is not None and body.end_date <= snapshot.as_at
    older = bool(newest) and newest[0].snapshot_id != snapshot.snapshot_id and not ended
    if older:
        snapshot = newest[0]
        body = _body(organisation, snapshot)
    before, notice = compare_with(snapshot, filters.since)
    return Standing(body, snapshot, before, filters, older, (*notices, *notice))


def rule_changes(snapshot: Snapshot, first: date) -> tuple[Annotation, ...]:
    """Changed rules and denominators from a date up to the figures shown, newest first."""
    found = ask(snapshots.annotated, kind=snapshot.kind)
    return tuple(note for note in reversed(found) if first < note.on_date <= snapshot.as_at)


def _body(organisation: str, snapshot: Snapshot) -> Organisation:
    found = ask(organisations.one, organisation=organisation, snapshot_id=snapshot.snapshot_id)
    if not found:
        raise NotFound(f"We know no organisation called “{organisation[:80]}”.")
    return found[0]
