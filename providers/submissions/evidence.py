"""What the data and the ticket say of submissions, and what people of the programme say.

Each snapshot since a submission was sent is looked at once, the earliest first; one that knows
nothing of a question leaves the submission where it is. The data go before the ticket: that it is
done says nothing, until the register lacks the address five working days later.
"""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DataError, IntegrityError

from performance_store.queries.fetch import fetch
from providers import audit
from providers.submissions import links, looking, steps
from providers.submissions.rows import CHECKED, REASONS, Submission

logger = logging.getLogger(__name__)

_ODD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
# Two that look at the same time take different ones.
_TO_LOOK_AT = f"""
{looking.OPEN} AND s.sent_at <= :now AND (t.category IN ('done', 'cancelled')
    OR s.kind <> 'help' AND EXISTS (
        SELECT FROM snapshot n WHERE n.id > coalesce(s.snapshot_id, 0) AND {looking.SINCE}))
ORDER BY s.id
FOR UPDATE OF s SKIP LOCKED
"""
_THIS = f"{looking.OPEN} AND s.id = :id FOR UPDATE OF s"
_IS_OF_CELL = """
SELECT EXISTS (SELECT FROM endpoint_use u
    JOIN endpoint e ON e.id = u.endpoint_id
    JOIN organisation o ON o.id = u.organisation_id
    JOIN dataset d ON d.id = u.dataset_id
    WHERE e.endpoint = :endpoint AND d.dataset = :dataset
        AND o.organisation IN (SELECT unnest(ARRAY[x.organisation, x.successor])
            FROM organisation x WHERE x.organisation = :organisation))
"""
_UNLINK = """
UPDATE providers.submission_link SET ended_at = now(), ended_by = :person_id
WHERE submission_id = :id AND ended_at IS NULL
RETURNING endpoint
"""
_AGAIN = "UPDATE providers.submission SET snapshot_id = NULL WHERE id = :id"
# Where it stood by what people and the desk said. That it was taken back is an event of its own.
_BACK = """
UPDATE providers.submission s SET step = 'acknowledged', step_at = clock_timestamp()
WHERE s.id = :id
"""
# One that ended as live with an address that it did not lead to is open again, unless the same was
# sent since.
_REOPEN = """
UPDATE providers.submission s SET ended_at = NULL
WHERE s.id = :id AND s.step = 'live' AND s.archived_at IS NULL AND NOT EXISTS (
    SELECT FROM providers.submission o
    WHERE o.organisation = s.organisation AND o.dataset = s.dataset AND o.subject = s.subject
        AND o.ended_at IS NULL AND o.archived_at IS NULL)
RETURNING id
"""
_KEEP = "UPDATE providers.submission_contact SET purge_on = NULL WHERE submission_id = :id"


def advance(connection: Connection, *, today: date, now: datetime) -> int:
    """Note what snapshots and tickets say of all that was sent by now and is open. Out: how many
    steps were noted. One statement where there is nothing new; done again, it notes nothing."""
    rows = fetch(connection, looking.Open, _TO_LOOK_AT, now=now)
    return sum(_look(connection, row, today) for row in rows)


def _look(connection: Connection, row: looking.Open, today: date) -> int:
    """Look at one: what is odd about it is logged, stops no other, and is tried again."""
    try:
        with connection.begin_nested():
            return looking.look(connection, row, today)
    except (*_ODD, DataError, IntegrityError):
        logger.exception("Submission %s cannot be looked at", row.id)
        return 0


def link_by_hand(
    connection: Connection, *, submission: Submission, endpoint: str, person_id: int
) -> bool:
    """Say which registered address a submission led to, and look at what the data say of it. Out:
    False where the submission has ended, or is not of an address that was to be collected. Raises
    LookupError for an address that the dataset of the organisation never had."""
    values = {
        "endpoint": endpoint,
        "dataset": submission.dataset,
        "organisation": submission.organisation,
    }
    if not connection.execute(text(_IS_OF_CELL), values).scalar():
        raise LookupError("the register has no such address for this dataset")
    if submission.kind not in CHECKED or not _this(connection, submission):
        return False
    links.relink(
        connection,
        submission_id=submission.id,
        endpoint=endpoint,
        rule="L6",
        person_id=person_id,
    )
    _record(connection, "submission-linked", submission, person_id, endpoint=endpoint)
    _look_again(connection, submission)
    return True


def unlink(connection: Connection, *, submission: Submission, person_id: int) -> bool:
    """Say that a submission did not lead to the address that it is linked to, which is then never
    taken for it by rule; another may be. One that is live by it is open again. Out: False where
    there is nothing to take back, or the same was sent again since."""
    values = {"id": submission.id, "person_id": person_id}
    if not _this(connection, submission):
        if connection.execute(text(_REOPEN), values).scalar() is None:
            return False
        connection.execute(text(_KEEP), values)
    endpoint = connection.execute(text(_UNLINK), values).scalar()
    if endpoint is None:
        return False
    steps.note(
        connection,
        submission_id=submission.id,
        step="acknowledged",
        on_day=datetime.now(UTC).date(),
        subject=f"not {endpoint}",
        person_id=person_id,
        evidence={"unlinked": endpoint},
    )
    connection.execute(text(_BACK), values)
    _record(connection, "submission-unlinked", submission, person_id, endpoint=endpoint)
    _look_again(connection, submission)
    return True


def acknowledge(connection: Connection, *, submission: Submission, person_id: int) -> bool:
    """Say that somebody looks at a submission, where no ticket says it. Out: False where that was
    said before, or it has ended."""
    is_new = steps.note(
        connection,
        submission_id=submission.id,
        step="acknowledged",
        on_day=datetime.now(UTC).date(),
        person_id=person_id,
    )
    if is_new:
        _record(connection, "submission-acknowledged", submission, person_id)
    return is_new


def end_by_hand(
    connection: Connection, *, submission: Submission, reason: str, person_id: int
) -> bool:
    """End a submission that comes to nothing, for one of `rows.REASONS`. Out: False where it has
    ended. Raises ValueError for any other reason."""
    if reason not in REASONS:
        raise ValueError("no such reason")
    is_new = steps.note(
        connection,
        submission_id=submission.id,
        step="ended",
        on_day=datetime.now(UTC).date(),
        person_id=person_id,
        evidence={"reason": reason},
        ends=True,
    )
    if is_new:
        _record(connection, "submission-ended", submission, person_id, reason=reason)
    return is_new


def _this(connection: Connection, submission: Submission) -> looking.Open | None:
    """A submission, held so that nobody else changes it meanwhile; None: it has ended."""
    rows = fetch(connection, looking.Open, _THIS, id=submission.id)
    return rows[0] if rows else None


def _look_again(connection: Connection, submission: Submission) -> None:
    """Look at every snapshot since it was sent, whether that was done before or not."""
    connection.execute(text(_AGAIN), {"id": submission.id})
    row = _this(connection, submission)
    if row:
        looking.look(connection, row, datetime.now(UTC).date())


def _record(
    connection: Connection, action: str, submission: Submission, person_id: int, **details: Any
) -> None:
    audit.record(
        connection,
        action=action,
        person_id=person_id,
        organisation=submission.organisation,
        subject=submission.reference,
        details=details,
    )
