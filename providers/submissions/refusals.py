"""What is refused, why, and the line of the trail that tells of it."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection

from providers import audit
from providers.submissions.rows import Draft

Why = Literal[
    "not-yours",
    "gone",
    "answer",
    "endpoint",
    "no-check",
    "check-old",
    "check-blocking",
    "collected",
    "failing",
    "registered",
]


class Refused(Exception):
    """A submission that is not sent. ``sentence`` says why and what to do; ``field`` is the answer
    that it is about, by its name in a draft, or blank."""

    def __init__(self, code: Why, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.field = field


def record(
    connection: Connection, *, code: Why, person_id: int, draft: Draft, field: str = ""
) -> None:
    """Add the line `submission-refused` to the trail, in a transaction of its own: what was
    refused is undone, that it was is not."""
    with connection.engine.begin() as own:
        audit.record(
            own,
            action="submission-refused",
            person_id=person_id,
            organisation=draft.organisation,
            subject=draft.dataset,
            details={"why": code, "kind": draft.kind} | ({"field": field} if field else {}),
        )
