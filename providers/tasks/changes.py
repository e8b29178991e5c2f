"""Saying how far a task is. Decided in the database: of two who saw the same, one is too late."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, text

from providers.tasks.progress import newest
from providers.tasks.rows import State

# The event that whoever writes saw is followed by one other only, so that it was the newest.
_RECORD = """
INSERT INTO providers.task_event (task, organisation, dataset, person_id, state, reason, note,
    until, problems, previous_event_id)
SELECT :task, :organisation, :dataset, :person_id, :state, :reason, :note, :until, :problems,
    :previous_event_id
WHERE CAST(:previous_event_id AS bigint) IS NULL OR EXISTS (
    SELECT FROM providers.task_event
    WHERE id = :previous_event_id AND task = :task AND archived_at IS NULL)
ON CONFLICT DO NOTHING
RETURNING id
"""
_SETTLE = f"""
INSERT INTO providers.task_event (task, organisation, dataset, state, reason, problems,
    previous_event_id)
SELECT n.task, n.organisation, n.dataset, 'to_do', n.outcome, n.problems_now, n.event_id
FROM ({newest("true")}) n
WHERE n.outcome IN ('unchanged', 'changed', 'failing', 'absent', 'grew', 'expired', 'over')
ON CONFLICT DO NOTHING
RETURNING id
"""


def record(
    connection: Connection,
    *,
    task: str,
    organisation: str,
    dataset: str,
    person_id: int | None,
    state: State,
    previous_event_id: int | None,
    reason: str | None = None,
    note: str | None = None,
    until: date | None = None,
    problems: int | None = None,
) -> int | None:
    """Add an event to a task. Out: its id, or None if somebody said something meanwhile.

    In: the task's public id, whose it is, who says it, and the id of the newest event that they
    saw (None: there was none).
    """
    row = connection.execute(
        text(_RECORD),
        {
            "task": task,
            "organisation": organisation,
            "dataset": dataset,
            "person_id": person_id,
            "state": state,
            "reason": reason,
            "note": note,
            "until": until,
            "problems": problems,
            "previous_event_id": previous_event_id,
        },
    ).first()
    return row[0] if row else None


def settle(connection: Connection, *, today: date) -> int:
    """Put back to "to do" what the data or the calendar have overtaken, as events of their own.

    Pages say it without them: they are for the history. Out: how many.
    """
    rows = connection.execute(text(_SETTLE), {"today": today}).all()
    return len(rows)
