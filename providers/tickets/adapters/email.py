"""A mailbox: whatever reads it there. What it makes of our mails it never says."""

from __future__ import annotations

import re
from datetime import datetime
from email.message import EmailMessage
from hashlib import sha256
from uuid import uuid4

from performance_store.settings import Settings
from providers.messages.letter import LONGEST_SUBJECT, address_of, compose, one_line_of
from providers.messages.mailers import InDoubt as MayHaveLeft
from providers.messages.mailers import Postponed, Refusal
from providers.messages.mailers.smtp import SmtpMailer
from providers.tickets.adapters.web import fingerprint
from providers.tickets.port import (
    Attachment,
    DeskError,
    InDoubt,
    NewTicket,
    NotAllowed,
    Rejected,
    Said,
    Status,
    TicketId,
    Unreachable,
)

# Our own credentials are refused (RFC 4954).
_OF_US = re.compile(r"5(30|34|35)\b")


class EmailDesk:
    """Mails to one address, by the service's own mail server. Each has its reference in the
    subject, and the same Message-ID however often it is sent, by which a copy is known."""

    name = "email"
    tells_requester = False
    takes_all = True

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._mailer = SmtpMailer(settings.mail_url or "")
        self.fingerprint = fingerprint(settings.mail_url, settings.tickets_to)

    def create(self, ticket: NewTicket) -> None:
        """Mail all of it; answers go to whoever sent it."""
        words = f"{ticket.body}\n\n{ticket.note}" if ticket.note else ticket.body
        mail = self._mail(ticket.reference, "ticket", ticket.title, words)
        try:
            address = address_of(ticket.requester_address)
        except ValueError as error:
            raise Rejected(f"no address to answer to: {error}") from error
        del mail["Reply-To"]
        mail["Reply-To"] = address
        for file in ticket.attachments:
            mail.add_attachment(
                file.body, maintype="text", subtype="csv", filename=one_line_of(file.name)
            )
        self._send(mail)

    def find(self, reference: str) -> tuple[TicketId, ...]:
        """None: a mailbox answers nothing."""
        return ()

    def status(self, external_ids: tuple[str, ...]) -> tuple[Status, ...]:
        """None."""
        return ()

    def comments(self, external_id: str, since: datetime | None) -> tuple[Said, ...]:
        """None."""
        return ()

    def comment(self, external_id: str, words: str, *, public: bool) -> str:
        part = sha256(words.encode()).hexdigest()[:12]
        mail = self._mail(external_id, part, f"[{external_id}] The provider writes", words)
        self._send(mail)
        return str(mail["Message-ID"])

    def comment_with(self, external_id: str, words: str, *, public: bool) -> str | None:
        """None."""
        return None

    def attach(self, external_id: str, attachment: Attachment) -> str:
        mail = self._mail(external_id, "file", f"[{external_id}] A file", attachment.name)
        mail.add_attachment(
            attachment.body, maintype="text", subtype="csv", filename=one_line_of(attachment.name)
        )
        self._send(mail)
        return attachment.name

    def has_file(self, external_id: str, name: str) -> bool:
        """Nobody says."""
        return False

    def close(self, external_id: str, words: str) -> None:
        self._send(self._mail(external_id, "close", f"[{external_id}] Withdrawn", words))

    def ping(self) -> None:
        try:
            self._mailer.greet()
        except Postponed as error:
            raise _trouble(error) from error

    def _mail(self, reference: str, part: str, subject: str, words: str) -> EmailMessage:
        mail = compose(
            self._settings,
            to=self._settings.tickets_to or "",
            subject=one_line_of(subject)[:LONGEST_SUBJECT],
            text=words,
            reference=uuid4(),
            headers={},
        )
        domain = str(mail["Message-ID"]).strip("<>").rpartition("@")[2]
        del mail["Message-ID"]
        mail["Message-ID"] = f"<{reference}.{part}@{domain}>"
        if part != "ticket":
            mail["In-Reply-To"] = f"<{reference}.ticket@{domain}>"
        return mail

    def _send(self, mail: EmailMessage) -> None:
        try:
            self._mailer.send(mail)
        except Refusal as error:
            raise Rejected(str(error)) from error
        except Postponed as error:
            raise _trouble(error) from error
        except MayHaveLeft as error:
            raise InDoubt(str(error)) from error


def _trouble(error: Postponed) -> DeskError:
    kind = NotAllowed if _OF_US.match(str(error)) else Unreachable
    return kind(str(error))
