"""A mail as it leaves: what the outbox holds, made into one by the standard library."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.utils import format_datetime
from uuid import UUID

from email_validator import validate_email

from performance_store.settings import Settings

SERVICE = "Planning Data Performance"
# Of a mail's own making: nobody sets them from outside.
ALLOWED = frozenset({"list-unsubscribe", "list-unsubscribe-post", "list-id", "reply-to"})
ON_A_DESK = "performance@localhost.example"
LONGEST_SUBJECT = 200


def address_of(text: str) -> str:
    """An address as it is sent to: its domain in small letters and ASCII. Raises ValueError for
    what is none, or holds more than one."""
    answer = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    return answer.ascii_email or answer.normalized


def one_line(text: str) -> str:
    """The text, fit for a header. Raises ValueError where it would end the line: what comes after
    would be a header of somebody else's making."""
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in text) or not text.isprintable():
        raise ValueError("a header must be one line of text")
    return text


def one_line_of(text: str) -> str:
    """Stored text on one line: a name in the data cannot begin a line of its own in a mail."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def headers_of(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers that a message may bring. Raises ValueError for any other."""
    for name in headers:
        if name.lower() not in ALLOWED:
            raise ValueError(f"{name!r} is not a header that a message brings")
    return {name: one_line(text) for name, text in headers.items()}


def compose(
    settings: Settings,
    *,
    to: str,
    subject: str,
    text: str,
    reference: UUID,
    headers: Mapping[str, str],
) -> EmailMessage:
    """The mail, from us, with a Message-ID of ours. Raises ValueError."""
    sender = settings.mail_from or ON_A_DESK
    mail = EmailMessage(policy=POLICY.clone(cte_type="7bit"))
    mail["From"] = Address(SERVICE, addr_spec=sender)
    mail["To"] = Address(addr_spec=address_of(to))
    mail["Subject"] = one_line(subject)
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = f"<{reference}@{sender.partition('@')[2]}>"
    # No answering machine answers it (RFC 3834).
    mail["Auto-Submitted"] = "auto-generated"
    if settings.contact and "@" in settings.contact and "/" not in settings.contact:
        mail["Reply-To"] = settings.contact
    for name, value in headers_of(headers).items():
        mail[name] = value
    mail.set_content(text)
    return mail
