"""Asking a server for something until it is here whole: time limits, retries, patience."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import httpx

from performance_store.readers.stream import InputError

Result = TypeVar("Result")
Say = Callable[[str], None]

PAGE_BYTES = 256 << 20
# Answers of a server that is busy, starting or behind a proxy that lost it: worth asking again.
BUSY = frozenset({408, 425, 429})
# Datasette's words when a query ran into its own time limit; it calls that a bad request.
INTERRUPTED = (b"SQL Interrupted", b"SQL query took too long")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds, and how often to ask.

    ``attempts`` in a row may bring nothing. Between them ``first`` seconds, then twice as many, up
    to ``longest``, each shortened at random so that many clients do not come back at once. A server
    that asks for more than ``at_most`` is told of instead. A body must bring ``least`` bytes in
    every ``window``.
    """

    attempts: int = 7
    first: float = 1
    longest: float = 60
    at_most: float = 900
    connect: float = 10
    read: float = 30
    window: float = 30
    least: int = 16 << 10

    def wait(self, failures: int, delay: float | None) -> float:
        """Seconds until the next attempt. ``asked`` is what the server itself said."""
        backed_off = min(self.longest, self.first * 2 ** (failures - 1)) * random.uniform(0.5, 1)
        return backed_off if delay is None else delay + random.uniform(0, self.first)


class Trouble(Exception):
    """An attempt that failed and may be repeated, ``after`` seconds if the server said."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Refused(InputError):
    """An answer that asking again will not change."""


class Web:
    """One client, its connections kept. ``say`` hears of every wait."""

    def __init__(
        self,
        *,
        patience: Patience | None = None,
        say: Say = lambda _: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.patience = patience or Patience()
        self.say = say
        self._sleep = sleep
        self._client = httpx.Client(
            timeout=httpx.Timeout(self.patience.read, connect=self.patience.connect),
            follow_redirects=True,
            headers={"User-Agent": "planning-data-performance"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def json(self, url: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """The JSON that ``url`` answers with. Raises :class:`InputError`, one line."""
        return self.patiently(url, lambda: self._json(url, parameters))

    def patiently(
        self, url: str, work: Callable[[], Result], *, got: Callable[[], int] = lambda: 0
    ) -> Result:
        """What ``work`` returns, repeated while it raises :class:`Trouble`.

        ``got`` says how much has come so far: while it grows, attempts are counted afresh.
        """
        failures, before = 0, got()
        while True:
            try:
                return work()
            except Trouble as trouble:
                now = got()
                failures = 1 if now > before else failures + 1
                before = now
                if failures >= self.patience.attempts:
                    raise InputError(
                        f"{plain_address(url)}: {trouble}; gave up after {failures} attempts"
                    ) from trouble
                if trouble.after is not None and trouble.after > self.patience.at_most:
                    raise InputError(
                        f"{plain_address(url)}: {trouble}, and asks to wait "
                        f"{trouble.after:,.0f} seconds"
                    ) from trouble
                seconds = self.patience.wait(failures, trouble.after)
                self.say(f"{plain_address(url)}: {trouble}; again in {seconds:.0f} s")
                self._sleep(seconds)

    @contextmanager
    def answer(
        self,
        url: str,
        *,
        parameters: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        expected: tuple[int, ...] = (200,),
    ) -> Iterator[httpx.Response]:
        """The answer to one request, its body not yet read.

        Raises :class:`Trouble` for whatever may pass, inside the block too, and
        :class:`Refused` for what will not.
        """
        try:
            with self._client.stream("GET", url, params=parameters, headers=headers) as response:
                if response.status_code not in expected:
                    _refuse(response)
                yield response
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise Refused(f"{plain_address(url)}: not an address that can be fetched") from error
        except httpx.TooManyRedirects as error:
            raise Refused(f"{plain_address(url)}: sends us round in circles") from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise Trouble(_words(error)) from error

    def body(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """``blocks`` as they come. Raises :class:`Trouble` when they only drip."""
        began, came = time.monotonic(), 0
        for block in blocks:
            yield block
            came += len(block)
            if time.monotonic() - began > self.patience.window:
                if came < self.patience.least:
                    raise Trouble(f"only {came:,} bytes came in {self.patience.window:.0f} s")
                began, came = time.monotonic(), 0

    def _json(self, url: str, parameters: Mapping[str, Any] | None) -> Any:
        text = bytearray()
        with self.answer(url, parameters=parameters) as response:
            for block in self.body(response.iter_bytes()):
                text += block
                if len(text) > PAGE_BYTES:
                    raise InputError(
                        f"{plain_address(url)}: one page is larger than {PAGE_BYTES:,} bytes"
                    )
        try:
            return json.loads(text)
        except ValueError as error:
            raise Trouble("the answer is no JSON, or was cut short") from error


def plain_address(url: str) -> str:
    """An address as it may be shown: no password, no parameters."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return f"{host}:{parts.port}{parts.path}" if parts.port else f"{host}{parts.path}"


def _refuse(response: httpx.Response) -> None:
    """Raise what an unwelcome status means."""
    status = response.status_code
    sentence = f"the server answered {status}"
    if status in BUSY or status >= 500:
        raise Trouble(sentence, _after(response.headers.get("Retry-After")))
    if status == 400 and any(words in response.read() for words in INTERRUPTED):
        raise Trouble("the server ran out of its own time limit")
    raise Refused(f"{plain_address(str(response.url))}: {sentence}")


def _after(text: str | None) -> float | None:
    """Seconds that a ``Retry-After`` asks for, in either form; None where it says nothing."""
    if text is None:
        return None
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def _words(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    return " ".join(str(error).split()) or type(error).__name__
