"""One step of the outbox, done at the desk, or looked for there."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from providers.tickets.port import Attachment, Desk, DeskError, NewTicket, TicketId


@dataclass(frozen=True, slots=True)
class Step:
    """A step that this worker alone is doing. ``looks``: how often it was looked for since it may
    be there, None: it is not in doubt. ``adapter`` and ``external_id`` are of its ticket, None
    where there is none that the desk told of; ``parts`` of a `create` are its note and files."""

    id: int
    submission_id: int
    reference: str
    kind: str
    body: dict[str, Any]
    attempts: int
    looks: int | None
    adapter: str | None
    external_id: str | None
    parts: list[dict[str, Any]]

    @property
    def ticket(self) -> str:
        """What the desk knows its ticket by."""
        return self.external_id or self.reference


@dataclass(frozen=True, slots=True)
class Deed:
    """A step that is done: the ticket that came of a `create`, or the id of what was added.
    ``is_anew``: it was done now, and not seen to be there."""

    ticket: TicketId | None = None
    external_id: str = ""
    is_anew: bool = False


def act(desk: Desk, step: Step) -> Deed:
    """Do a step. Raises DeskError."""
    body = step.body
    match step.kind:
        case "create":
            return Deed(ticket=desk.create(_ticket(step)))
        case "note" if body.get("is_twice"):
            _mark_twice(desk, step)
            return Deed()
        case "attach":
            return Deed(external_id=desk.attach(step.ticket, _attachment(body)))
        case "close":
            desk.close(step.ticket, body["words"])
            return Deed()
        case _:
            public = step.kind == "comment"
            return Deed(external_id=desk.comment(step.ticket, body["words"], public=public))


def look(desk: Desk, step: Step) -> Deed | None:
    """What came of a step that may have been done; None: nothing to be seen. Raises DeskError."""
    match step.kind:
        case "create":
            tickets = desk.find(step.reference)
            for younger in tickets[1:]:
                with suppress(DeskError):
                    _mark(desk, younger, tickets[0].external_id)
            return Deed(ticket=tickets[0]) if tickets else None
        case "attach":
            return Deed() if desk.has_file(step.ticket, step.body["name"]) else None
        case "close":
            return None
        case "note" if step.body.get("is_twice"):
            return None
        case _:
            public = step.kind == "comment"
            there = desk.comment_with(step.ticket, step.body["words"], public=public)
            return Deed(external_id=there) if there else None


def _mark_twice(desk: Desk, step: Step) -> None:
    """Say of other tickets of the reference that they are copies: the desk had not shown the first
    when the second was made."""
    for other in desk.find(step.reference):
        if other.external_id != step.ticket:
            _mark(desk, other, step.ticket)


def _mark(desk: Desk, copy: TicketId, original: str) -> None:
    words = f"Duplicate of {original}: it was sent twice."
    if desk.comment_with(copy.external_id, words, public=False) is None:
        desk.comment(copy.external_id, words, public=False)


def _ticket(step: Step) -> NewTicket:
    body = step.body
    return NewTicket(
        reference=step.reference,
        title=body["title"],
        body=body["body"],
        public_body=body["public_body"],
        requester_name=body["name"],
        requester_address=body["address"],
        note="\n\n".join(part["words"] for part in step.parts if "words" in part),
        attachments=tuple(_attachment(part) for part in step.parts if "text" in part),
    )


def _attachment(body: Mapping[str, Any]) -> Attachment:
    text, is_public = str(body["text"]), bool(body.get("is_public"))
    return Attachment(body["name"], "text/csv", text.encode(), is_public)
