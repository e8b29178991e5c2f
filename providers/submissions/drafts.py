"""What people are typing: kept while they type and after their session, for 30 days."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping

from sqlalchemy import Connection, text

from performance_store.queries.fetch import fetch
from providers.submissions import refusals
from providers.submissions.rows import Draft, Kind

DAYS = 30
LONGEST = 5_000
"""Signs of an answer that are kept."""
_COLUMNS = """
SELECT d.token, d.person_id, d.organisation, d.acting_for, d.dataset, d.kind, d.task, d.answers,
    d.changed_at, d.expires_at, s.reference AS sent_as
FROM providers.submission_draft d
LEFT JOIN providers.submission s ON s.id = d.submission_id
"""
_OPEN = f"""
{_COLUMNS}
WHERE d.person_id = :person_id AND d.expires_at > now() AND d.submission_id IS NULL
"""
_NEW = f"""
INSERT INTO providers.submission_draft (token, person_id, organisation, acting_for, dataset, kind,
    task, answers, expires_at)
VALUES (:token, :person_id, :organisation, :acting_for, :dataset, :kind, :task,
    CAST(:answers AS jsonb), now() + interval '{DAYS} days')
"""
_CHANGE = f"""
UPDATE providers.submission_draft
SET answers = answers || CAST(:answers AS jsonb), changed_at = clock_timestamp(),
    acting_for = coalesce(:acting_for, acting_for), task = coalesce(:task, task),
    expires_at = now() + interval '{DAYS} days'
WHERE token = :token AND submission_id IS NULL
"""


def start(
    connection: Connection,
    *,
    person_id: int,
    organisation: str,
    acting_for: str,
    dataset: str,
    kind: Kind,
    task: str | None = None,
    answers: Mapping[str, str] | None = None,
) -> Draft:
    """A draft to type into: the one that this person has open for the same organisation, dataset
    and kind, with these answers laid over its own, or else a new one."""
    values = {
        "person_id": person_id,
        "organisation": organisation,
        "acting_for": acting_for,
        "dataset": dataset,
        "kind": kind,
        "task": task or None,
        "answers": _plain(answers or {}),
    }
    # Two tabs that begin at once go on with one draft.
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('draft ' || :person_id, 0))"),
        {"person_id": str(person_id)},
    )
    mine = fetch(
        connection,
        Draft,
        f"{_OPEN} AND d.organisation = :organisation AND d.dataset = :dataset AND d.kind = :kind "
        "ORDER BY d.changed_at DESC LIMIT 1",
        person_id=person_id,
        organisation=organisation,
        dataset=dataset,
        kind=kind,
    )
    token = mine[0].token if mine else secrets.token_urlsafe(16)
    connection.execute(text(_CHANGE if mine else _NEW), values | {"token": token})
    return read(connection, token)


def get(connection: Connection, *, token: str, person_id: int) -> Draft | None:
    """A person's draft by its token, sent or not; None for one that is no more, and for somebody
    else's, which the trail tells of."""
    rows = fetch(
        connection,
        Draft,
        f"{_COLUMNS} WHERE d.token = :token AND d.expires_at > now()",
        token=token.replace("\0", ""),
    )
    if not rows:
        return None
    if rows[0].person_id != person_id:
        refusals.record(connection, code="not-yours", person_id=person_id, draft=rows[0])
        return None
    return rows[0]


def save(connection: Connection, *, draft: Draft, answers: Mapping[str, str]) -> Draft:
    """Lay answers over those of a draft, whose 30 days begin anew; nothing for one that was
    sent. Out: the draft as it is then. Raises LookupError where it is no more."""
    connection.execute(
        text(_CHANGE),
        {"token": draft.token, "answers": _plain(answers), "acting_for": None, "task": None},
    )
    return read(connection, draft.token)


def of_person(
    connection: Connection, *, person_id: int, organisation: str | None = None
) -> tuple[Draft, ...]:
    """What a person has begun and not sent, for an organisation or for all, the newest first."""
    return fetch(
        connection,
        Draft,
        f"{_OPEN} AND (CAST(:organisation AS text) IS NULL OR d.organisation = :organisation) "
        "ORDER BY d.changed_at DESC",
        person_id=person_id,
        organisation=organisation,
    )


def remove(connection: Connection, *, draft: Draft) -> None:
    """Forget a draft with all that was typed; nothing for one that was sent."""
    connection.execute(
        text(
            "DELETE FROM providers.submission_draft WHERE token = :token AND submission_id IS NULL"
        ),
        {"token": draft.token},
    )


def read(connection: Connection, token: str) -> Draft:
    """A draft, whoever it is of. Raises LookupError where it is no more."""
    rows = fetch(connection, Draft, f"{_COLUMNS} WHERE d.token = :token", token=token)
    if not rows:
        raise LookupError("the draft is no more")
    return rows[0]


def _plain(answers: Mapping[str, str]) -> str:
    """Answers as JSON. The database takes no NUL in a text."""
    return json.dumps({name: value.replace("\0", "")[:LONGEST] for name, value in answers.items()})
