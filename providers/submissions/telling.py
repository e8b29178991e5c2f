"""Mails about submissions: to whoever sent one; to the programme where a desk needs a person."""

from __future__ import annotations

from sqlalchemy import Connection, text

from providers.messages import outbox
from providers.submissions.rows import Step

KIND = "submission"


def sent(connection: Connection, *, submission_id: int) -> None:
    """Tell whoever sent a submission that the data team has it, where no desk does."""
    _tell(
        connection,
        submission_id,
        "We have your submission {reference}",
        "The data team has what you sent for the dataset {dataset}. Your reference is {reference}.",
    )


def question(connection: Connection, *, submission_id: int) -> None:
    """Tell whoever sent a submission that the data team waits for them, where no desk does."""
    _tell(
        connection,
        submission_id,
        "The data team waits for you: {reference}",
        "The data team has a question about what you sent for the dataset {dataset}. Read it, and "
        "answer it, on its page.",
    )


def ended(connection: Connection, *, submission_id: int, step: Step, reason: str = "") -> None:
    """Tell whoever sent a submission how it ended. In: its last step (`live`, `done` or `ended`),
    and of the last the reason. Who withdrew it knows."""
    if reason == "withdrawn":
        return
    subject, words = _ENDS.get(reason if step == "ended" else step, _ENDS["absent"])
    _tell(connection, submission_id, subject, words)


def desk_refuses(connection: Connection) -> None:
    """Tell the programme that the ticket system does not accept our credentials."""
    for person_id in connection.execute(text(_PROGRAMME)).scalars():
        outbox.enqueue(
            connection,
            kind=KIND,
            subject="Submissions are waiting: the ticket system refuses us",
            text="The ticket system does not accept our credentials any more. Nothing is lost: "
            "submissions are kept here, and are sent when there are new credentials, or when "
            "somebody who looks after this service runs: python -m providers tickets resume\n",
            to_person=person_id,
        )


def _tell(connection: Connection, submission_id: int, subject: str, words: str) -> None:
    row = connection.execute(text(_WHOM), {"id": submission_id}).mappings().first()
    if row is None:
        return
    link = f"\n\nSee how it stands: {row['site']}/submissions/{row['reference']}"
    outbox.enqueue(
        connection,
        kind=KIND,
        subject=subject.format_map(row),
        text=f"{words.format_map(row)}{link if row['site'] else ''}\n",
        to_person=row["person_id"],
    )


_ENDS = {
    "live": (
        "Your data are live: {reference}",
        "What you sent for the dataset {dataset} is collected and live. Thank you.",
    ),
    "done": (
        "It is done: {reference}",
        "What you asked for, about the dataset {dataset}, is done.",
    ),
    "answered": (
        "Your question is answered: {reference}",
        "The data team has answered what you asked about the dataset {dataset}.",
    ),
    "refused": (
        "Your submission was not accepted: {reference}",
        "The data team could not accept what you sent for the dataset {dataset}. Its page says "
        "why, and how to send it again.",
    ),
    "duplicate": (
        "Your submission was sent twice: {reference}",
        "What you sent for the dataset {dataset} was there already, so this one has ended.",
    ),
    "absent": (
        "Your submission ended without data: {reference}",
        "The ticket of what you sent for the dataset {dataset} was closed, and the register does "
        "not have its address. Its page says why, and how to send it again.",
    ),
}
_WHOM = """
SELECT c.person_id, s.reference, coalesce(d.name, s.dataset) AS dataset,
    coalesce(t.body ->> 'site', '') AS site
FROM providers.submission s
JOIN providers.submission_contact c ON c.submission_id = s.id
JOIN providers.person_contact p ON p.person_id = c.person_id
LEFT JOIN dataset d ON d.dataset = s.dataset
LEFT JOIN providers.ticket_step t ON t.submission_id = s.id AND t.kind = 'create'
WHERE s.id = :id
"""
_PROGRAMME = """
SELECT DISTINCT r.person_id FROM providers.person_role r
JOIN providers.person_contact c ON c.person_id = r.person_id
WHERE r.role = 'programme' AND r.ended_at IS NULL
"""
