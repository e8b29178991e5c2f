"""The steps of an organisation's submissions, for feeds: nothing personal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from performance_store.queries.fetch import fetch
from providers.submissions.rows import Kind, Step

MOST = 200


@dataclass(frozen=True, slots=True)
class PublicStep:
    """A step of a submission, with what tells it from all others: ``reference``, ``step`` and
    ``subject`` (of what may come several times)."""

    reference: str
    kind: Kind
    dataset: str
    dataset_name: str
    step: Step
    subject: str
    on_day: date
    at: datetime
    evidence: dict[str, Any]


def of_organisation(
    connection: Connection, *, organisation: str, after: date, dataset: str | None = None
) -> tuple[PublicStep, ...]:
    """Its steps of evidence after a day, of one dataset or all, the newest first, 200 at most;
    those before anything was sent on are left out."""
    return fetch(
        connection,
        PublicStep,
        """
SELECT s.reference, s.kind, s.dataset, coalesce(d.name, s.dataset) AS dataset_name, e.step,
    e.subject, e.on_day, e.at, e.evidence
FROM providers.submission s
JOIN providers.submission_event e ON e.submission_id = s.id
LEFT JOIN dataset d ON d.dataset = s.dataset
WHERE s.organisation = :organisation AND (CAST(:dataset AS text) IS NULL OR s.dataset = :dataset)
    AND s.archived_at IS NULL AND e.step <> 'sending' AND e.on_day > :after
ORDER BY e.on_day DESC, e.id DESC LIMIT :most
""",
        organisation=organisation,
        dataset=dataset,
        after=after,
        most=MOST,
    )
