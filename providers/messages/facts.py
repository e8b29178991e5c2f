"""The facts that digests and alerts tell, of all organisations that somebody follows at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from performance_store.queries.fetch import fetch
from providers.messages.digest import Change, Facts, OpenTask
from providers.tasks import CONFIRMABLE, confirmations

# An alert tells of this morning: of data that were published since yesterday evening.
ALERT_AGE = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Now:
    """The snapshot that is now: its day and kind, when it was published, and the day of the one
    before it of its kind."""

    snapshot_id: int
    as_at: date
    kind: str
    published_at: datetime
    previous_as_at: date | None


@dataclass(frozen=True, slots=True)
class _Name:
    code: str
    name: str


def now(connection: Connection) -> Now | None:
    """The snapshot that is now; None in an empty store."""
    rows = fetch(
        connection,
        Now,
        """
SELECT s.id AS snapshot_id, s.as_at, s.kind, s.published_at,
    (SELECT max(p.as_at) FROM snapshot p WHERE p.kind = s.kind AND p.as_at < s.as_at)
        AS previous_as_at
FROM current_snapshot s
""",
    )
    return rows[0] if rows else None


class Book:
    """What there is to tell, by organisation. Read once for many subscribers."""

    def __init__(
        self,
        names: dict[str, str],
        datasets: dict[str, str],
        changes: Sequence[Change],
        tasks: Sequence[OpenTask],
    ) -> None:
        self._names, self._datasets = names, datasets
        self._changes: dict[str, list[Change]] = defaultdict(list)
        self._tasks: dict[str, list[OpenTask]] = defaultdict(list)
        for change in changes:
            self._changes[change.organisation].append(change)
        for task in tasks:
            self._tasks[task.organisation].append(task)

    def of(self, organisation: str, dataset: str, since: date) -> Facts:
        """What there is to tell of an organisation, or of one of its datasets, since a day."""
        mine = {"", dataset}
        return Facts(
            organisation=organisation,
            name=self._names.get(organisation, organisation),
            dataset=dataset,
            dataset_name=self._datasets.get(dataset, dataset),
            since=since,
            changes=tuple(
                each
                for each in self._changes[organisation]
                if each.on > since and (not dataset or each.dataset in mine)
            ),
            tasks=tuple(
                each for each in self._tasks[organisation] if not dataset or each.dataset in mine
            ),
        )


def read(
    connection: Connection, snapshot: Now, *, organisations: Collection[str], since: date
) -> Book:
    """What there is to tell of these organisations: events after a day, and open tasks, less those
    that people confirmed."""
    codes = list(organisations)
    names = fetch(
        connection,
        _Name,
        "SELECT organisation AS code, name FROM organisation WHERE organisation = ANY(:codes)",
        codes=codes,
    )
    datasets = fetch(connection, _Name, f"SELECT dataset AS code, {_NAME} AS name FROM dataset d")
    changes = fetch(connection, Change, _CHANGES, codes=codes, kind=snapshot.kind, since=since)
    tasks = fetch(
        connection,
        OpenTask,
        _TASKS,
        codes=codes,
        kind=snapshot.kind,
        as_at=snapshot.as_at,
        previous=snapshot.previous_as_at,
    )
    return Book(
        {each.code: each.name for each in names},
        {each.code: each.name for each in datasets},
        changes,
        _without_met(connection, tasks),
    )


def _without_met(connection: Connection, tasks: Sequence[OpenTask]) -> list[OpenTask]:
    """The tasks without those that people confirmed, which pages leave out too: one count."""
    ids = [task.public_id for task in tasks if task.kind in CONFIRMABLE]
    rows = confirmations(connection, tasks=ids, today=datetime.now(UTC).date())
    met = {row.task for row in rows}
    return [task for task in tasks if task.public_id not in met]


_NAME = "upper(left(d.name, 1)) || substr(d.name, 2)"
# Of each dataset; content is updated so often that it would hide all else, and what a rule of ours
# changed is no news of theirs.
_CHANGES = f"""
SELECT o.organisation, d.dataset, {_NAME} AS dataset_name, n.as_at AS on, e.kind, e.before, e.after
FROM event e
JOIN snapshot n ON n.id = e.snapshot_id AND n.kind = :kind AND n.as_at > :since
JOIN organisation o ON o.id = e.organisation_id
JOIN dataset d ON d.id = e.dataset_id
WHERE o.organisation = ANY(:codes) AND NOT e.by_rule AND e.kind <> 'content_updated'
ORDER BY n.as_at DESC, d.name, e.kind, e.before, e.after
"""
# An alert tells of a task when its endpoint failed for the second day, when it was no must in the
# snapshot before, or when its review was first asked for; where there was no snapshot before, of
# none.
_TASKS = f"""
SELECT o.organisation, d.dataset, {_NAME} AS dataset_name, t.public_id, t.kind, t.code, t.field,
    t.urgency, t.problems,
    CASE WHEN t.kind = 'review' AND t.detail ~ '^\\d{{4}}-\\d\\d-\\d\\d$'
        THEN CAST(t.detail AS date) END AS due,
    CASE WHEN t.last_seen_on < :as_at OR CAST(:previous AS date) IS NULL THEN NULL
        WHEN t.kind = 'access' AND t.since > :previous - 1 AND t.since <= :as_at - 1
            AND t.since <= :previous THEN 'broken'
        WHEN t.kind = 'review' AND t.first_seen_on = :as_at THEN 'notice'
        WHEN t.urgency = 'must' AND NOT EXISTS (
            SELECT FROM task_observation v
            WHERE v.snapshot_kind = :kind AND v.organisation_id = t.organisation_id
                AND v.dataset_id = t.dataset_id AND v.kind = t.kind AND v.code = t.code
                AND v.field = t.field AND v.subject = t.subject
                AND v.from_on <= :previous AND v.to_on >= :previous AND v.urgency = 'must'
        ) THEN 'must' END AS alert
FROM task t
JOIN organisation o ON o.id = t.organisation_id
JOIN dataset d ON d.id = t.dataset_id
WHERE o.organisation = ANY(:codes) AND t.closed_on IS NULL
ORDER BY array_position(ARRAY['must', 'should', 'improve'], t.urgency), t.first_seen_on,
    t.public_id
"""
