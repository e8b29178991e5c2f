"""What every desk can do, whatever its product: the adapters fulfil it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Category = Literal["new", "in_progress", "waiting", "done", "cancelled", "unknown"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a ticket. ``is_public``: it names nobody, and holds nothing of what a file of
    theirs held."""

    name: str
    media_type: str
    body: bytes
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What a ticket is made of. ``title`` holds the reference; ``public_body`` is ``body`` without
    name, address and note, for a desk that anybody can read. ``note`` is for the data team alone.
    Note and files are for desks that are told all at once; others are sent them afterwards."""

    reference: str
    title: str
    body: str
    public_body: str
    requester_name: str
    requester_address: str
    note: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class TicketId:
    """A ticket that is there: its id at the desk, and its page, if the desk has one."""

    external_id: str
    external_url: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """How a ticket stands. ``subject``: the id that it was looked up by; ``external_id``: what it
    is called now, which differs for one that was moved. ``native``: in the desk's own word.
    ``changed_at``: also moves with each comment."""

    subject: str
    external_id: str
    category: Category
    native: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """A public comment of a ticket."""

    external_id: str
    by_agent: bool
    at: datetime
    text: str


class DeskError(Exception):
    """The desk did not do what it was asked. The words hold no secret. ``wait``: seconds that it
    wants to be left alone."""

    def __init__(self, words: str, wait: float | None = None) -> None:
        super().__init__(words)
        self.wait = wait


class Unreachable(DeskError):
    """It did nothing, for now: asked again later."""


class InDoubt(DeskError):
    """It may have done it: find out before it is asked again."""


class Rejected(DeskError):
    """It will never do it as it was asked: a person has to look."""


class NotAllowed(DeskError):
    """It does not accept our credentials: nothing more is sent until they are new."""


class Forbidden(NotAllowed):
    """It knows who we are, and this is not ours to do."""


class Desk(Protocol):
    """A desk. Each call raises `DeskError`s and nothing else; each request takes 20 seconds at
    most. A desk that never says what it calls a ticket knows it by our reference."""

    name: str
    tells_requester: bool
    """Whether it mails the requester itself when a ticket is there: then we do not."""
    takes_all: bool
    """Whether note and files are part of the ticket from the start."""
    fingerprint: str
    """Of its address and credentials: others have another."""

    def create(self, ticket: NewTicket) -> TicketId | None:
        """Make a ticket; None where the desk never says what it calls it (mail)."""

    def find(self, reference: str) -> tuple[TicketId, ...]:
        """The tickets with a reference in their title, the oldest first."""

    def status(self, external_ids: tuple[str, ...]) -> tuple[Status, ...]:
        """How tickets stand, in as few calls as it can; those it does not know are left out."""

    def comments(self, external_id: str, since: datetime | None) -> tuple[Said, ...]:
        """Public comments, the oldest first."""

    def comment(self, external_id: str, words: str, *, public: bool) -> str:
        """Add a comment; its id."""

    def comment_with(self, external_id: str, words: str, *, public: bool) -> str | None:
        """The id of a comment with these very words, if there is one."""

    def attach(self, external_id: str, attachment: Attachment) -> str:
        """Add a file, not shown to the requester; its id."""

    def has_file(self, external_id: str, name: str) -> bool:
        """Whether a file of this name is there."""

    def close(self, external_id: str, words: str) -> None:
        """Say that it is withdrawn, and close it where the desk lets us."""

    def ping(self) -> None:
        """Whether it is well: raises DeskError if it is not."""
