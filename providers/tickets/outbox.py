"""The outbox of tickets: what is to be sent is stored in the transaction of the submission, and a
job sends it, step by step.

A step is taken by one statement and leased, so that of two workers one sends it. What may have been
done already (no answer came, or the worker died) is looked for three times before it is done again.
Nothing is given up: what the desk refuses for good waits for a person, all else is tried again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, text

from providers.submissions import steps
from providers.submissions.rows import Contact, Submission
from providers.tickets import composing
from providers.tickets.port import Attachment
from providers.tickets.sending import send
from providers.tickets.waking import bring_forward, defer, lock, retry, wake

__all__ = ["bring_forward", "close", "open_ticket", "retry", "say", "send", "wake"]

CSV_LETTERS = 2_000_000


def open_ticket(
    connection: Connection,
    *,
    submission: Submission,
    contact: Contact,
    site: str,
    check_secret: str | None = None,
    findings_csv: bytes | None = None,
) -> None:
    """Have a ticket made for a submission, with its note and files, once the caller's transaction
    is committed.

    In: this site, for links; the secret of its check's link; what the check found, for help.
    """
    words = composing.texts(
        connection, submission=submission, contact=contact, site=site, check_secret=check_secret
    )
    body = {
        "title": words.title,
        "body": words.body,
        "public_body": words.public_body,
        "name": contact.name,
        "address": contact.address,
        "site": site,
    }
    create = _store(connection, submission.id, "create", "", body)
    if words.note:
        _store(connection, submission.id, "note", "", {"words": words.note})
    if composing.has_row(submission):
        file = composing.attachment(submission)
        _store_file(connection, submission.id, "row", file)
    if findings_csv is not None:
        file = Attachment(f"{submission.reference}-findings.csv", "text/csv", findings_csv)
        _store_file(connection, submission.id, "findings", file)
    defer(connection, create)


def say(
    connection: Connection, *, submission: Submission, words: str, person_id: int | None = None
) -> None:
    """Add a public comment of the provider's. The same words within a minute are one."""
    lock(connection, submission.id)
    values = {"id": submission.id, "words": words}
    comment = connection.execute(text(_SAY), values).scalar()
    if comment is None:
        return
    body = {"words": words, "comment": comment}
    step = _store(connection, submission.id, "comment", str(comment), body)
    steps.note(
        connection,
        submission_id=submission.id,
        step="answered",
        on_day=_today(),
        subject=f"comment {comment}",
        person_id=person_id,
    )
    defer(connection, step)


def close(
    connection: Connection,
    *,
    submission: Submission,
    words: str = "The provider has withdrawn this.",
) -> None:
    """Have the ticket of a submission closed; one that nobody began to send is not made at all."""
    lock(connection, submission.id)
    if connection.execute(text(_NOT_BEGUN), {"id": submission.id}).scalar():
        connection.execute(text(_CALL_OFF), {"id": submission.id})
        return
    step = _store(connection, submission.id, "close", "", {"words": words})
    if step is not None:
        defer(connection, step)


# Rows


def _store(
    connection: Connection, submission_id: int, kind: str, subject: str, body: Mapping[str, Any]
) -> int | None:
    """The id of a step; None: it is there already."""
    # PostgreSQL holds no NUL.
    plain = {k: v.replace("\0", "") if isinstance(v, str) else v for k, v in body.items()}
    values = {"id": submission_id, "kind": kind, "subject": subject, "body": json.dumps(plain)}
    number: int | None = connection.execute(text(_STORE), values).scalar()
    return number


def _store_file(connection: Connection, submission_id: int, subject: str, file: Attachment) -> None:
    words = file.body.decode("utf-8", "replace")[:CSV_LETTERS]
    body = {"name": file.name, "text": words, "is_public": file.is_public}
    _store(connection, submission_id, "attach", subject, body)


def _today() -> date:
    return datetime.now(UTC).date()


_STORE = """
INSERT INTO providers.ticket_step (submission_id, kind, subject, body)
VALUES (:id, :kind, :subject, CAST(:body AS jsonb))
ON CONFLICT (submission_id, kind, subject) DO NOTHING RETURNING id
"""
_SAY = """
INSERT INTO providers.ticket_comment (submission_id, by_agent, text)
SELECT :id, false, :words WHERE NOT EXISTS (
    SELECT FROM providers.ticket_comment
    WHERE submission_id = :id AND NOT by_agent AND text = :words
        AND at > now() - interval '1 minute')
RETURNING id
"""
_NOT_BEGUN = """
SELECT state = 'failed' OR state = 'pending' AND attempts = 0
FROM providers.ticket_step WHERE submission_id = :id AND kind = 'create' FOR UPDATE
"""
_CALL_OFF = """
UPDATE providers.ticket_step
SET state = 'failed', ended_at = now(), body = '{}', answer = 'withdrawn before it was sent'
WHERE submission_id = :id AND ended_at IS NULL
"""
