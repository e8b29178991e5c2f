"""Addresses in mail that prove who they were sent to: nobody else can make one up."""

from __future__ import annotations

from dataclasses import dataclass

from providers.accounts.keys import Keys

CONFIRM, PREFERENCES, UNSUBSCRIBE = "confirm", "preferences", "unsubscribe"
PATH = "/follow"


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads them. In: this site as mail names it, and the keys of the server.

    A token is a number (of a topic or a subscription) and a signature over it, what it is for, and
    the salt of the subscription.
    """

    site: str
    keys: Keys

    def address(self, purpose: str, number: int, salt: str) -> str:
        """Where a mail sends its reader."""
        return f"{self.site}{PATH}/{purpose}?token={self.token(purpose, number, salt)}"

    def token(self, purpose: str, number: int, salt: str) -> str:
        """What such an address proves itself by. It is no part of the path, which logs have."""
        return f"{number}-{self.keys.token(f'follow {purpose}', f'{number} {salt}')}"

    def is_true(self, token: str, purpose: str, salt: str) -> bool:
        """Whether a token is for this purpose, of the number in it and this salt."""
        number = number_in(token)
        signature = token.partition("-")[2]
        return number is not None and self.keys.token_matches(
            signature, f"follow {purpose}", f"{number} {salt}"
        )


def number_in(token: str) -> int | None:
    """The number that a token says it is of."""
    digits = token.partition("-")[0]
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 9 else None
