"""Several requests to one server that spend one allowance of time and bytes together."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import BinaryIO
from urllib.parse import urlsplit

from providers.fetching.connection import size
from providers.fetching.errors import (
    BrokenAnswer,
    Busy,
    FetchError,
    ForbiddenAddress,
    NameNotResolved,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    Unreachable,
    UnsafeConnection,
    WrongAnswer,
)
from providers.fetching.fetch import Answer, get
from providers.fetching.rules import Rules

PAGE = 16 << 20
"""The most that is held in memory of one answer."""
UPLOAD = "or upload the file"
_ADVICE: tuple[tuple[type[FetchError], str], ...] = (
    (ForbiddenAddress, f"Publish the file where anyone can download it, {UPLOAD}."),
    (NameNotResolved, "Check the address for spelling mistakes."),
    (
        UnsafeConnection,
        "Ask whoever runs the server to renew the certificate and to send its whole chain, "
        f"{UPLOAD}.",
    ),
    (Unreachable, f"Try again later, {UPLOAD}."),
    (TooManyRedirects, "Give the address that the file has in the end."),
    (BrokenAnswer, f"Try again, {UPLOAD}."),
)


class PageTooLarge(TooLarge):
    """One answer is larger than is held in memory: fewer things at a time may fit."""


class Visit:
    """What one fetch may still spend, over all its requests. In: the limits of it all."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._end = time.monotonic() + rules.whole
        self._left = min(rules.wire, rules.body)

    def get(self, url: str, into: BinaryIO | None = None) -> Answer:
        """What an address answers, if it takes it well; into a file, or in memory and then PAGE
        bytes at most. Raises FetchError, whose sentence says what to do, and PageTooLarge."""
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise self._slow()
        room = self._left if into is not None else min(self._left, PAGE)
        limits = replace(self._rules, whole=seconds, wire=room, body=room)
        try:
            answer = get(url, rules=limits, into=into)
        except TooLarge as error:
            if room < self._left:
                raise PageTooLarge(f"One answer is larger than {size(room)}.") from error
            raise self.large() from error
        except TooSlow as error:
            # A pause says itself; the whole time is said as it was at the beginning.
            raise self._slow("" if time.monotonic() >= self._end else str(error)) from error
        except FetchError as error:
            raise _with_advice(error) from error
        self._left -= len(answer.body)
        _refuse(answer)
        return answer

    def large(self) -> TooLarge:
        """More came than is taken in."""
        limit = size(min(self._rules.wire, self._rules.body))
        return TooLarge(f"There is more than {limit}. Publish it in parts, and check each.")

    def _slow(self, reason: str = "") -> TooSlow:
        reason = reason or f"The server did not finish within {self._rules.whole:,.0f} seconds."
        return TooSlow(f"{reason} Try again later, {UPLOAD}.")


def _with_advice(error: FetchError) -> FetchError:
    for kind, advice in _ADVICE:
        if isinstance(error, kind):
            return type(error)(f"{error} {advice}")
    return error


def _refuse(answer: Answer) -> None:
    """Raises WrongAnswer for a status that means that there is no data."""
    host = urlsplit(answer.url).hostname
    status = answer.status
    if status == 200:
        return
    if status in (202, 429) or status >= 500:
        when = {202: "is still preparing the file", 429: "says that we ask too often"}
        reason = when.get(status, f"has an error of its own ({status})")
        raise Busy(f"{host} {reason}. Try again later, {UPLOAD}.")
    match status:
        case 401 | 407:
            reason = f"{host} asks for a user name and password. The platform has none: publish"
            raise WrongAnswer(f"{reason} the file where anyone can download it, {UPLOAD}.")
        case 403:
            raise WrongAnswer(
                f"{host} refuses to give it to us (403). The platform would be refused too: ask "
                f"whoever runs the server to let programs download it, {UPLOAD}."
            )
        case 404 | 410:
            raise WrongAnswer(
                f"There is nothing at this address ({status}). Open it in a browser, and check it "
                "for mistakes."
            )
    raise WrongAnswer(
        f"{host} did not give us the file (it answered {status}). Open the address in a browser "
        f"to see whether it still works, {UPLOAD}."
    )


def list_of(names: Iterable[str], most: int = 10) -> str:
    """Names as a sentence lists them, the first ones where there are many."""
    names = list(names)
    rest = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(name[:80] for name in names[:most]) + rest
