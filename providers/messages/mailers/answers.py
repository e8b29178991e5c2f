"""What may become of a mail that is handed over."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol


class Mailer(Protocol):
    """Hands one mail over."""

    def send(self, mail: EmailMessage) -> str:
        """What the other side answered, in a line. Raises Refusal, Postponed, InDoubt."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that came back after it was taken, by its Message-ID."""

    message_id: str
    address: str


class Refusal(Exception):
    """It will never be taken. ``of_address``: because nobody reads mail there."""

    def __init__(self, answer: str, *, of_address: bool = False) -> None:
        super().__init__(answer)
        self.of_address = of_address


class Postponed(Exception):
    """It was not taken now, for certain, and may be later."""


class InDoubt(Exception):
    """The other side fell silent when it had all of it: it may have been taken."""
