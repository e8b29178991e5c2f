"""What becomes of submissions: personal data go when their days are over."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, text

from providers.submissions.steps import MONTHS_AFTER_END

# The facts stay: what was sent, and what came of it.
# What was put aside with the sample never ends by itself.
_OVER = f"""
SELECT c.submission_id FROM providers.submission_contact c
JOIN providers.submission s ON s.id = c.submission_id
WHERE c.purge_on <= :today OR c.purge_on IS NULL
    AND s.archived_at < CAST(:today AS timestamp) - interval '{MONTHS_AFTER_END} months'
"""
_PURGE = (
    f"DELETE FROM providers.ticket_comment WHERE submission_id IN ({_OVER})",
    # What never reached the desk cannot be sent without its body.
    f"""
UPDATE providers.ticket_step
SET body = '{{}}', answer = '', ended_at = coalesce(ended_at, now()),
    state = CASE WHEN ended_at IS NULL THEN 'failed' ELSE state END
WHERE submission_id IN ({_OVER})
""",
    f"DELETE FROM providers.submission_contact WHERE submission_id IN ({_OVER})",
    """
DELETE FROM providers.submission_draft
WHERE expires_at < CAST(:today AS timestamp) AT TIME ZONE 'UTC'
""",
)


def purge(connection: Connection, *, today: date) -> None:
    """Remove what is not to be kept any more: names, addresses, notes and conversations 24 months
    after the end of a submission, drafts 30 days after they were typed in."""
    for statement in _PURGE:
        connection.execute(text(statement), {"today": today})
