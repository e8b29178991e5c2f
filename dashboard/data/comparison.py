"""Which earlier figures a page compares its own with: one rule for every page.

A page's address names a date (`since`). We compare with the latest figures of the same kind on or
before that date. The nearest figures would not do: where they are newer than the date, whatever
happened between the two would be missing from what changed since then.
"""

from __future__ import annotations

from datetime import date

from dashboard.components.words import formatting
from dashboard.data.door import ask
from performance_store.queries import snapshots
from performance_store.rows import Snapshot


def compare_with(snapshot: Snapshot, since: date | None) -> tuple[Snapshot | None, tuple[str, ...]]:
    """The snapshot to compare with (None: there is nothing earlier), and notices for the reader.

    Without a date it is the latest at least a week older. For a date older than all figures it is
    the oldest.
    """
    if since is None:
        rows = ask(snapshots.earlier, snapshot_id=snapshot.snapshot_id)
        return (rows[0] if rows else None), ()
    older = [
        row
        for row in ask(snapshots.every)
        if row.kind == snapshot.kind and row.as_at < snapshot.as_at
    ]
    if since >= snapshot.as_at:
        as_at = formatting.day(snapshot.as_at)
        usual, _ = compare_with(snapshot, None)
        return usual, (f"These figures are as at {as_at}. Choose an earlier date.",)
    if not older:
        return None, ("There are no earlier figures to compare these with.",)
    match = next((row for row in older if row.as_at <= since), older[-1])
    if match.as_at == since:
        return match, ()
    day, other = formatting.day(since), formatting.day(match.as_at)
    if match.as_at > since:
        return match, (f"We do not have figures as old as {day}. We compare with {other}.",)
    return match, (f"There are no figures for {day}. We compare with {other}, the latest before.",)
