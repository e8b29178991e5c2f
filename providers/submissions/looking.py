"""Looking at one submission: which steps snapshots and its ticket show, with what says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, text

from performance_store.queries.fetch import fetch
from providers.submissions import linking, links, steps, working_days
from providers.submissions.linking import Match, Row
from providers.submissions.rows import Kind, Step

NIGHTS_WITHOUT_RECORDS = 3
"""After so many snapshots that have no records of what was collected, that is a step."""


@dataclass(frozen=True, slots=True)
class Open:
    """An open submission, the newest snapshot that was looked at for it, and its ticket."""

    id: int
    kind: Kind
    organisation: str
    dataset: str
    url: str | None
    endpoint: str | None
    documentation_url: str | None
    licence: str | None
    sent_at: datetime
    snapshot_id: int | None
    category: str | None
    native: str | None
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Snapshot:
    id: int
    as_at: date
    kind: str
    knows_logs: bool

    @property
    def evidence(self) -> dict[str, Any]:
        return {"snapshot": self.as_at.isoformat(), "kind": self.kind}


@dataclass(frozen=True, slots=True)
class _Attempt:
    day: date
    success: bool
    http_status: str | None
    exception: str | None


@dataclass(frozen=True, slots=True)
class _Cell:
    status: str
    record_count: int | None
    resource_current: bool


# What a snapshot of the platform shows was collected in the night before; registers are as at the
# end of their day.
SINCE = """
(n.kind IN ('platform', 'sample') AND n.as_at > (s.sent_at AT TIME ZONE 'UTC')::date
    OR n.kind = 'registers' AND n.as_at >= (s.sent_at AT TIME ZONE 'UTC')::date)
"""
OPEN = """
SELECT s.id, s.kind, s.organisation, s.dataset, s.url, s.endpoint, s.documentation_url, s.licence,
    s.sent_at, s.snapshot_id, t.category, t.native, t.changed_at
FROM providers.submission s
LEFT JOIN providers.ticket t ON t.submission_id = s.id
WHERE s.ended_at IS NULL AND s.archived_at IS NULL
"""
_SNAPSHOTS = f"""
SELECT n.id, n.as_at, n.kind, 'logs' = ANY (n.knows) AS knows_logs
FROM providers.submission s
JOIN snapshot n ON n.id > coalesce(s.snapshot_id, 0) AND {SINCE}
WHERE s.id = :id
ORDER BY n.as_at, n.kind = 'registers' DESC, n.id
"""
_LOOKED = "UPDATE providers.submission SET snapshot_id = :snapshot_id WHERE id = :id"
_CELL = """
SELECT m.status, m.record_count, s.resource_current
FROM endpoint_state s
JOIN endpoint e ON e.id = s.endpoint_id
JOIN dataset d ON d.id = s.dataset_id
JOIN organisation o ON o.id = s.organisation_id
JOIN summary m ON m.snapshot_id = s.snapshot_id AND m.organisation_id = s.organisation_id
    AND m.dataset_id = s.dataset_id
WHERE s.snapshot_id = :snapshot_id AND e.endpoint = :endpoint AND d.dataset = :dataset
    AND o.organisation IN (SELECT unnest(ARRAY[x.organisation, x.successor]) FROM organisation x
        WHERE x.organisation = :organisation)
ORDER BY s.resource_current DESC LIMIT 1
"""
_ATTEMPTS = """
SELECT day, success, http_status, exception FROM (
    SELECT l.*, row_number() OVER (ORDER BY day) = 1
        OR success AND row_number() OVER (PARTITION BY success ORDER BY day) = 1 AS is_first
    FROM (
        -- The first day of a run with an attempt after it was sent. Within a run no time is kept:
        -- of the day of sending itself nothing is certain there.
        SELECT r.success, r.http_status, r.exception, CASE
            WHEN r.first_attempt_at > :sent_at THEN r.from_day
            WHEN r.to_day > sent.day THEN greatest(r.from_day, sent.day + 1)
            WHEN r.last_attempt_at > :sent_at THEN r.to_day END AS day
        FROM endpoint_run r
        JOIN endpoint e ON e.id = r.endpoint_id
        CROSS JOIN (SELECT (CAST(:sent_at AS timestamptz) AT TIME ZONE 'UTC')::date AS day) sent
        WHERE e.endpoint = :endpoint
    ) l
    WHERE day <= :as_at
) l
WHERE is_first ORDER BY day
"""
_ENDED_ON = """
SELECT least(e.end_date, (SELECT max(c.end_date) FROM source c
    JOIN organisation o ON o.id = c.organisation_id
    WHERE c.endpoint_id = e.id AND o.organisation = :organisation AND c.end_date <= :as_at))
FROM endpoint e WHERE e.endpoint = :endpoint
"""
_BEFORE = """
SELECT evidence -> 'before' FROM providers.submission_event
WHERE submission_id = :id AND step = 'sending' LIMIT 1
"""
_RECORDS = """
SELECT m.record_count FROM summary m
JOIN snapshot n ON n.id = m.snapshot_id
JOIN organisation o ON o.id = m.organisation_id
JOIN dataset d ON d.id = m.dataset_id
WHERE o.organisation = :organisation AND d.dataset = :dataset AND n.kind = :kind
    AND n.as_at <= :as_at AND n.as_at >= (SELECT min(on_day) FROM providers.submission_event
        WHERE submission_id = :id AND step = 'collected')
ORDER BY n.as_at DESC LIMIT :nights
"""
_NEWEST = """
SELECT n.id, n.as_at, n.kind, 'logs' = ANY (n.knows) AS knows_logs FROM snapshot n
WHERE n.kind IN ('platform', 'sample', 'registers') ORDER BY n.as_at DESC, n.id DESC LIMIT 1
"""


def look(connection: Connection, row: Open, today: date) -> int:
    """Look at every snapshot that was not looked at for a submission, then at its ticket."""
    count = 0
    snapshots = fetch(connection, _Snapshot, _SNAPSHOTS, id=row.id) if row.kind != "help" else ()
    for snapshot in snapshots:
        noted = _noted_by(connection, row, snapshot)
        count += len(noted)
        if {"live", "done"} & set(noted):
            return count
    if snapshots:
        newest = max(snapshot.id for snapshot in snapshots)
        connection.execute(text(_LOOKED), {"id": row.id, "snapshot_id": newest})
    return count + _by_ticket(connection, row, today)


def _noted_by(connection: Connection, row: Open, snapshot: _Snapshot) -> list[Step]:
    """The steps that a snapshot shows anew."""
    members = linking.rows(connection, submission=row, snapshot_id=snapshot.id)
    if row.kind == "retire":
        return _retired(connection, row, snapshot, members)
    if row.kind == "correct":
        return _corrected(connection, row, snapshot, members)
    match = links.settle(connection, submission_id=row.id, submission=row, members=members)
    if match is None:
        return []
    noted = _note(connection, row, "registered", snapshot, match)
    if snapshot.knows_logs:
        attempts = _attempts(connection, row, snapshot, match)
        for attempt in attempts:
            noted += _collected(connection, row, snapshot, match, attempt)
        # An address that comes back may be live by what it once answered.
        if any(attempt.success for attempt in attempts):
            noted += _live(connection, row, snapshot, match)
    return noted


def _attempts(
    connection: Connection, row: Open, snapshot: _Snapshot, match: Match
) -> tuple[_Attempt, ...]:
    """The first attempt to collect an address since it was sent, and the first that succeeded."""
    return fetch(
        connection,
        _Attempt,
        _ATTEMPTS,
        endpoint=match.endpoint,
        sent_at=row.sent_at,
        as_at=snapshot.as_at,
    )


def _collected(
    connection: Connection, row: Open, snapshot: _Snapshot, match: Match, attempt: _Attempt
) -> list[Step]:
    return _note(
        connection,
        row,
        "collected" if attempt.success else "collection_failed",
        snapshot,
        match,
        log_day=attempt.day.isoformat(),
        http_status=attempt.http_status,
        exception=attempt.exception,
    )


def _live(connection: Connection, row: Open, snapshot: _Snapshot, match: Match) -> list[Step]:
    """Whether the dataset is live with this address, or has had no records for some nights. What
    has no records is not live, however well its address answers."""
    cells = fetch(
        connection,
        _Cell,
        _CELL,
        snapshot_id=snapshot.id,
        endpoint=match.endpoint,
        organisation=row.organisation,
        dataset=row.dataset,
    )
    cell = cells[0] if cells else None
    if cell is None or not cell.resource_current:
        return []
    if cell.record_count == 0:
        counts = connection.execute(
            text(_RECORDS),
            {
                "id": row.id,
                "organisation": row.organisation,
                "dataset": row.dataset,
                "kind": snapshot.kind,
                "as_at": snapshot.as_at,
                "nights": NIGHTS_WITHOUT_RECORDS,
            },
        ).scalars()
        if list(counts) == [0] * NIGHTS_WITHOUT_RECORDS:
            return _note(connection, row, "no_records", snapshot, match)
        return []
    if cell.status not in ("live", "needs_improving"):
        return []
    return _note(connection, row, "live", snapshot, match, ends=True, status=cell.status)


def _retired(
    connection: Connection, row: Open, snapshot: _Snapshot, members: tuple[Row, ...]
) -> list[Step]:
    """Whether the address that was to go has an end in the register. That a snapshot does not have
    it says nothing by itself: not every snapshot is of the whole country."""
    if any(one.endpoint == row.endpoint for one in members):
        return []
    values = {"endpoint": row.endpoint, "organisation": row.organisation, "as_at": snapshot.as_at}
    ended_on = connection.execute(text(_ENDED_ON), values).scalar()
    if ended_on is None or ended_on > snapshot.as_at:
        return []
    return _done(connection, row, snapshot, ended_on=ended_on.isoformat())


def _corrected(
    connection: Connection, row: Open, snapshot: _Snapshot, members: tuple[Row, ...]
) -> list[Step]:
    """Whether the register says otherwise than when it was asked to be put right."""
    source = next((one for one in members if one.endpoint == row.endpoint), None)
    before = connection.execute(text(_BEFORE), {"id": row.id}).scalar()
    if source is None or before is None:
        return []
    field = "documentation_url" if row.documentation_url else "licence"
    value = source.documentation_url if row.documentation_url else source.licence
    if value == before.get(field):
        return []
    return _done(connection, row, snapshot, field=field, value=value)


def _done(
    connection: Connection, row: Open, snapshot: _Snapshot, **evidence: str | None
) -> list[Step]:
    is_new = steps.note(
        connection,
        submission_id=row.id,
        step="done",
        on_day=snapshot.as_at,
        evidence={**snapshot.evidence, "endpoint": row.endpoint, **evidence},
        ends=True,
    )
    return ["done"] if is_new else []


def _note(
    connection: Connection,
    row: Open,
    step: Step,
    snapshot: _Snapshot,
    match: Match,
    *,
    ends: bool = False,
    **evidence: str | None,
) -> list[Step]:
    """Note a step of an address. Out: it, or nothing where it was noted before. What a person
    linked has its steps anew: it may have been taken back before."""
    subject = f"{match.endpoint} by hand" if match.rule == "L6" else match.endpoint
    is_new = steps.note(
        connection,
        submission_id=row.id,
        step=step,
        on_day=snapshot.as_at,
        subject=subject,
        evidence={
            **snapshot.evidence,
            "endpoint": match.endpoint,
            "address": match.address,
            "rule": match.rule,
            "existed": match.existed,
            **evidence,
        },
        ends=ends,
    )
    return [step] if is_new else []


def _by_ticket(connection: Connection, row: Open, today: date) -> int:
    """End what its ticket ended, where the data say nothing else."""
    if row.category not in ("done", "cancelled") or row.changed_at is None:
        return 0
    newest = next(iter(fetch(connection, _Snapshot, _NEWEST)), None)
    if newest and _is_registered(connection, row, newest):
        return 0
    done_on = row.changed_at.astimezone(UTC).date()
    evidence: dict[str, Any] = {"ticket": row.native}
    if row.kind == "help":
        reason = "answered"
    elif "duplicate" in (row.native or "").lower():
        reason = "duplicate"
    elif row.category == "cancelled":
        reason = "refused"
    else:
        # It may still come in by the night after the last of these days.
        due = working_days.after(done_on, working_days.PROMISE)
        if newest is None or newest.as_at <= due or today <= due:
            return 0
        reason, evidence = "absent", evidence | newest.evidence
    return steps.note(
        connection,
        submission_id=row.id,
        step="ended",
        on_day=done_on if reason != "absent" else today,
        evidence=evidence | {"reason": reason},
        ends=True,
    )


def _is_registered(connection: Connection, row: Open, snapshot: _Snapshot) -> bool:
    """Whether the address that a submission is linked to is active in a snapshot."""
    rows = links.of_submission(connection, submission_id=row.id)
    own = {link.endpoint for link in rows if not link.is_refused}
    members = linking.rows(connection, submission=row, snapshot_id=snapshot.id) if own else ()
    return any(one.endpoint in own for one in members)
