"""Which address a submission is linked to: kept, replaced by a stronger rule or a person's word."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from performance_store.queries.fetch import fetch
from providers.submissions import linking
from providers.submissions.linking import Match, Row, Rule, Sent


@dataclass(frozen=True, slots=True)
class Link:
    """An address that a submission is linked to, or (``is_refused``) that a person took back."""

    endpoint: str
    rule: Rule
    is_refused: bool


_LINKS = """
SELECT endpoint, rule, ended_at IS NOT NULL AS is_refused FROM providers.submission_link
WHERE submission_id = :id AND (ended_at IS NULL OR ended_by IS NOT NULL)
"""
_UNLINK = """
UPDATE providers.submission_link SET ended_at = now(), ended_by = :person_id
WHERE submission_id = :id AND ended_at IS NULL
"""
# Who links it by hand says otherwise than who took it back.
_ALLOW = """
UPDATE providers.submission_link SET ended_by = NULL
WHERE submission_id = :id AND endpoint = :endpoint
"""


def of_submission(connection: Connection, *, submission_id: int) -> tuple[Link, ...]:
    """What a submission is linked to, at most one, and what a person took back."""
    return fetch(connection, Link, _LINKS, id=submission_id)


def settle(
    connection: Connection, *, submission_id: int, submission: Sent, members: tuple[Row, ...]
) -> Match | None:
    """Where a submission led, if that is active in a snapshot. What a person linked stays, what a
    person took back does not come again, and a stronger rule goes before a weaker one."""
    links = of_submission(connection, submission_id=submission_id)
    current = next((link for link in links if not link.is_refused), None)
    if current is None or current.rule != "L6":
        refused = {link.endpoint for link in links if link.is_refused}
        match = linking.match(submission, [one for one in members if one.endpoint not in refused])
        if match and (current is None or match.rule < current.rule):
            relink(
                connection, submission_id=submission_id, endpoint=match.endpoint, rule=match.rule
            )
            return match
    if current is None:
        return None
    for one in members:
        if one.endpoint == current.endpoint:
            return linking.as_match(submission, one, current.rule)
    return None


def relink(
    connection: Connection,
    *,
    submission_id: int,
    endpoint: str,
    rule: Rule,
    person_id: int | None = None,
) -> None:
    """Link a submission to an address, in place of what it was linked to."""
    values = {"id": submission_id, "endpoint": endpoint, "rule": rule, "person_id": person_id}
    for statement in (_UNLINK, _ALLOW):
        connection.execute(text(statement), values)
    connection.execute(
        text(
            "INSERT INTO providers.submission_link (submission_id, endpoint, rule, person_id) "
            "VALUES (:id, :endpoint, :rule, :person_id)"
        ),
        values,
    )
