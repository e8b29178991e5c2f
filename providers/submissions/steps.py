"""Steps of submissions: written here alone, each once, and never backwards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from providers.submissions import telling
from providers.submissions.rows import STEPS, Step

MONTHS_AFTER_END = 24
"""How long personal data of a submission are kept after its end."""
_TALK: tuple[Step, ...] = ("waiting", "answered")
_OPEN = """
SELECT step FROM providers.submission
WHERE id = :id AND ended_at IS NULL AND archived_at IS NULL
FOR UPDATE
"""
_NOTE = """
INSERT INTO providers.submission_event (submission_id, at, on_day, step, subject, person_id,
    evidence)
VALUES (:id, clock_timestamp(), :on_day, :step, :subject, :person_id, CAST(:evidence AS jsonb))
ON CONFLICT (submission_id, step, subject) DO NOTHING
RETURNING id
"""
STANDS = """
NOT EXISTS (SELECT FROM providers.submission_link l
    WHERE l.submission_id = e.submission_id AND l.endpoint = split_part(e.subject, ' ', 1)
        AND l.ended_by IS NOT NULL)
"""
"""That an event (e) is not of an address that a person took back."""
_STEPS = f"""
SELECT DISTINCT step FROM providers.submission_event e WHERE submission_id = :id AND {STANDS}
"""
_STAND = """
UPDATE providers.submission
SET step = :step, step_at = clock_timestamp(),
    ended_at = CASE WHEN :ends THEN clock_timestamp() END
WHERE id = :id
"""
_KEEP_UNTIL = f"""
UPDATE providers.submission_contact
SET purge_on = (now() AT TIME ZONE 'UTC')::date + interval '{MONTHS_AFTER_END} months'
WHERE submission_id = :id
"""


def note(
    connection: Connection,
    *,
    submission_id: int,
    step: Step,
    on_day: date,
    subject: str = "",
    person_id: int | None = None,
    evidence: Mapping[str, Any] | None = None,
    ends: bool = False,
) -> bool:
    """Note that a submission came to a step. Out: False where that was noted before, or the
    submission has ended.

    In: the day of what says so; ``subject`` tells apart what may come several times; ``evidence``
    as `rows.Event` has it, nothing personal. ``ends``: nothing comes after it; the day on which
    personal data go is set, and whoever sent it is told.

    What comes late (a step lower on the ladder than one that was noted) is an event and leaves the
    submission where it stands. `waiting` always counts, whatever the data say by then; `answered`
    brings back what the data say, and is one only of what was waited for.
    """
    values: dict[str, Any] = {
        "id": submission_id,
        "step": step,
        "subject": subject,
        "person_id": person_id,
    }
    current = connection.execute(text(_OPEN), values).scalar()
    if current is None or (step == "answered" and current != "waiting" and not ends):
        return False
    values |= {"on_day": on_day, "person_id": person_id, "ends": ends}
    values["evidence"] = json.dumps(dict(evidence or {}))
    if connection.execute(text(_NOTE), values).scalar() is None:
        return False
    now = _stand(connection, submission_id, current, step)
    if ends or now != current or step == now:
        connection.execute(text(_STAND), values | {"step": step if ends else now})
    if ends:
        connection.execute(text(_KEEP_UNTIL), values)
        reason = str((evidence or {}).get("reason", ""))
        telling.ended(connection, submission_id=submission_id, step=step, reason=reason)
    return True


def go_on(
    connection: Connection,
    *,
    submission_id: int,
    on_day: date,
    subject: str,
    evidence: Mapping[str, Any],
) -> bool:
    """Note that nobody waits for the authority any more, whether it answered or not: the submission
    stands where it stood before. In: as `note`. Out: False where nobody did."""
    current = connection.execute(text(_OPEN), {"id": submission_id}).scalar()
    if current not in _TALK:
        return False
    is_new = note(
        connection,
        submission_id=submission_id,
        step="acknowledged",
        on_day=on_day,
        subject=f"goes on {subject}",
        evidence={**evidence, "goes_on": True},
    )
    if is_new:
        names = connection.execute(text(_STEPS), {"id": submission_id}).scalars()
        now = max((name for name in names if name not in _TALK), key=STEPS.index)
        connection.execute(text(_STAND), {"id": submission_id, "step": now, "ends": False})
    return is_new


def _stand(connection: Connection, submission_id: int, current: Step, step: Step) -> Step:
    """Where a submission stands once a step was noted."""
    names = connection.execute(text(_STEPS), {"id": submission_id}).scalars()
    furthest: Step = max(names, key=STEPS.index)
    if step == "waiting" or step == furthest:
        return step
    return furthest if step == "answered" else current
