"""Submissions as pages show them: one, an organisation's, a task's, all, and in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text

from performance_store.queries.fetch import fetch
from providers.submissions import working_days
from providers.submissions.rows import (
    STEPS,
    Comment,
    Contact,
    Event,
    Figures,
    MonthFigures,
    Step,
    Submission,
    TicketRow,
    WaitingStep,
)
from providers.submissions.steps import STANDS

_IS_LATE = f"""
(s.ended_at IS NULL AND s.sent_at < CAST(:late_before AS timestamp) AT TIME ZONE 'UTC'
    AND NOT EXISTS (SELECT FROM providers.submission_event e
        WHERE e.submission_id = s.id AND e.step = 'registered' AND {STANDS}))
"""
_ROWS = f"""
SELECT * FROM (
    SELECT s.id, s.reference, s.kind, s.organisation, s.acting_for, s.dataset, s.url, s.endpoint,
        s.documentation_url, s.licence, s.task, s.sent_at, s.step, s.step_at, s.ended_at,
        (SELECT e.evidence ->> 'reason' FROM providers.submission_event e
            WHERE e.submission_id = s.id AND e.step = 'ended' LIMIT 1) AS reason,
        (SELECT l.endpoint FROM providers.submission_link l
            WHERE l.submission_id = s.id AND l.ended_at IS NULL) AS linked,
        {_IS_LATE} AS is_late
    FROM providers.submission s
    WHERE s.archived_at IS NULL
) s
"""


def late_before(today: date) -> date:
    """The day before which something was sent whose promise is over on a day."""
    day = today
    while working_days.after(day, working_days.PROMISE) >= today:
        day -= timedelta(days=1)
    return day + timedelta(days=1)


def by_id(connection: Connection, *, submission_id: int, today: date) -> Submission:
    """A submission that is there."""
    return _rows(connection, "id = :id", today, id=submission_id)[0]


def by_reference(connection: Connection, *, reference: str, today: date) -> Submission | None:
    """The submission of a reference, however it is typed; None for what is none."""
    name = reference.replace("\0", "").strip().upper()
    rows = _rows(connection, "reference = :name", today, name=name)
    return rows[0] if rows else None


def of_organisation(
    connection: Connection, *, organisation: str, today: date, dataset: str | None = None
) -> tuple[Submission, ...]:
    """What was sent for an organisation, of one dataset or all, the newest first."""
    return _rows(
        connection,
        "organisation = :organisation AND (CAST(:dataset AS text) IS NULL OR dataset = :dataset)",
        today,
        organisation=organisation,
        dataset=dataset,
    )


def of_task(connection: Connection, *, task: str, today: date) -> tuple[Submission, ...]:
    """What was sent to close a task, the newest first."""
    return _rows(connection, "task = :task", today, task=task)


def of_tasks(
    connection: Connection, *, tasks: Sequence[str], today: date | None = None
) -> dict[str, Submission]:
    """The newest submission of each of some tasks; tasks without one are left out."""
    rows = _rows(connection, "task = ANY (:tasks)", today or date.today(), tasks=list(tasks))
    return {str(row.task): row for row in reversed(rows)}


def all(
    connection: Connection,
    *,
    today: date,
    open: bool | None = None,
    late: bool | None = None,
    step: Step | None = None,
    organisation: str | None = None,
    dataset: str | None = None,
) -> tuple[Submission, ...]:
    """All submissions, or those that are open (or not), late (or not), at a step, of an
    organisation, of a dataset; the newest first."""
    return _rows(
        connection,
        "(CAST(:open AS boolean) IS NULL OR (ended_at IS NULL) = :open) "
        "AND (CAST(:late AS boolean) IS NULL OR is_late = :late) "
        "AND (CAST(:step AS text) IS NULL OR step = :step) "
        "AND (CAST(:organisation AS text) IS NULL OR organisation = :organisation) "
        "AND (CAST(:dataset AS text) IS NULL OR dataset = :dataset)",
        today,
        open=open,
        late=late,
        step=step,
        organisation=organisation,
        dataset=dataset,
    )


def figures(connection: Connection, *, today: date) -> Figures:
    """All submissions in numbers."""
    values = {"late_before": late_before(today)}
    total = connection.execute(text(_TOTALS), values).one()
    steps = {row.step: row.sent for row in connection.execute(text(_BY_STEP))}
    return Figures(
        open=total.open,
        late=total.late,
        live=total.live,
        done=total.done,
        by_step=tuple((step, steps[step]) for step in STEPS if step in steps),
        by_reason=tuple((row.reason, row.sent) for row in connection.execute(text(_BY_REASON))),
        median_days=total.median_days,
        months=fetch(connection, MonthFigures, _BY_MONTH),
    )


def events(connection: Connection, *, submission_id: int) -> tuple[Event, ...]:
    """What a submission came to, the oldest first."""
    return fetch(
        connection,
        Event,
        "SELECT id, at, on_day, step, person_id IS NOT NULL AS by_person, evidence "
        "FROM providers.submission_event WHERE submission_id = :id ORDER BY id",
        id=submission_id,
    )


def contact(connection: Connection, *, submission_id: int) -> Contact | None:
    """Who sent a submission; None once that was removed. For their organisation and the programme
    only."""
    rows = fetch(
        connection,
        Contact,
        "SELECT person_id, name, address, note FROM providers.submission_contact "
        "WHERE submission_id = :id",
        id=submission_id,
    )
    return rows[0] if rows else None


def comments(connection: Connection, *, submission_id: int) -> tuple[Comment, ...]:
    """The conversation about a submission, the oldest first. For signed-in people of its
    organisation and the programme only."""
    return fetch(
        connection,
        Comment,
        "SELECT id, at, by_agent, text, external_id IS NOT NULL AS is_sent "
        "FROM providers.ticket_comment WHERE submission_id = :id ORDER BY at, id",
        id=submission_id,
    )


def ticket(connection: Connection, *, submission_id: int) -> TicketRow | None:
    """The ticket of a submission, and what is on its way to it; None where there is neither."""
    waiting = fetch(
        connection,
        WaitingStep,
        "SELECT kind, created_at AS since, attempts, answer, state = 'failed' AS is_failed "
        "FROM providers.ticket_step WHERE submission_id = :id AND ended_at IS NULL ORDER BY id",
        id=submission_id,
    )
    row = connection.execute(
        text(
            "SELECT adapter, external_id, external_url, category, native, changed_at "
            "FROM providers.ticket WHERE submission_id = :id"
        ),
        {"id": submission_id},
    ).one_or_none()
    if row is None and not waiting:
        return None
    values: dict[str, Any] = dict(row._mapping) if row else dict.fromkeys(_OF_TICKET)
    return TicketRow(**values | {"native": values["native"] or "", "waiting_for": waiting})


# By the day of the data that show it, not by the hour at which they were loaded; what the register
# had before it was sent came of nothing that was sent.
_LIVE_ON = f"""
(SELECT min(e.on_day) FROM providers.submission_event e
    WHERE e.submission_id = s.id AND e.step = 'live' AND s.step = 'live' AND {STANDS}
        AND coalesce(e.evidence ->> 'existed', 'false') <> 'true')
"""
_MEDIAN = f"""
percentile_cont(0.5) WITHIN GROUP (ORDER BY
    CAST({_LIVE_ON} - (s.sent_at AT TIME ZONE 'UTC')::date AS double precision))
"""
_TOTALS = f"""
SELECT count(*) FILTER (WHERE s.ended_at IS NULL) AS open,
    count(*) FILTER (WHERE {_IS_LATE}) AS late,
    count(*) FILTER (WHERE s.step = 'live') AS live,
    count(*) FILTER (WHERE s.step = 'done') AS done,
    {_MEDIAN} AS median_days
FROM providers.submission s WHERE s.archived_at IS NULL
"""
_BY_STEP = """
SELECT step, count(*) AS sent FROM providers.submission
WHERE ended_at IS NULL AND archived_at IS NULL GROUP BY step
"""
_BY_REASON = """
SELECT e.evidence ->> 'reason' AS reason, count(*) AS sent
FROM providers.submission s
JOIN providers.submission_event e ON e.submission_id = s.id AND e.step = 'ended'
WHERE s.archived_at IS NULL AND e.evidence ->> 'reason' IS NOT NULL
GROUP BY 1 ORDER BY 2 DESC, 1
"""
_BY_MONTH = f"""
SELECT date_trunc('month', s.sent_at AT TIME ZONE 'UTC')::date AS month, count(*) AS sent,
    count(*) FILTER (WHERE s.step = 'live') AS live, {_MEDIAN} AS median_days
FROM providers.submission s WHERE s.archived_at IS NULL
GROUP BY 1 ORDER BY 1 DESC LIMIT 12
"""
_OF_TICKET = ("adapter", "external_id", "external_url", "category", "native", "changed_at")


def _rows(connection: Connection, which: str, today: date, **values: Any) -> tuple[Submission, ...]:
    return fetch(
        connection,
        Submission,
        f"{_ROWS} WHERE {which} ORDER BY sent_at DESC, id DESC",
        late_before=late_before(today),
        **values,
    )
