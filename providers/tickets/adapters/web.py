"""Asking a desk over HTTP: whole answers of JSON in good time, and what else comes as one of the
port's errors."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

import httpx

from providers.tickets.port import (
    DeskError,
    Forbidden,
    InDoubt,
    NotAllowed,
    Rejected,
    Unreachable,
)

TIMEOUTS = httpx.Timeout(10, connect=3)
SECONDS = 20
LONGEST_ANSWER = 5_000_000
WORDS = 300
# It has not begun: nothing was sent.
_BEFORE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


def fingerprint(*parts: str | None) -> str:
    """Of an address and credentials: enough to tell that they are others, and no more."""
    return sha256("\0".join(part or "" for part in parts).encode()).hexdigest()[:16]


class Missing(Rejected):
    """There is nothing of that name."""


class Web:
    """A desk's API. In: its address, the headers of every request, what begins each path."""

    def __init__(self, base: str, headers: Mapping[str, str]) -> None:
        self._base = base
        self._headers = {"User-Agent": "planning-data-performance", **headers}

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        file: tuple[str, bytes, str] | None = None,
        headers: Mapping[str, str] | None = None,
        follow: bool = False,
    ) -> Any:
        """What it answers, from JSON; None for nothing. Raises DeskError: of what changes something
        and got no plain answer InDoubt, for it may be done."""
        changes = method != "GET"
        content = {"json": body} if body is not None else {}
        files = {"file": file} if file else None
        try:
            with (
                httpx.Client(verify=_tls(), timeout=TIMEOUTS, follow_redirects=follow) as client,
                client.stream(
                    method,
                    self._base + path,
                    params=query,
                    files=files,
                    headers={**self._headers, **(headers or {})},
                    **content,
                ) as answer,
            ):
                text = _read(answer)
        except _BEFORE as error:
            raise Unreachable(_no_answer(error)) from error
        except (httpx.HTTPError, _TooLong) as error:
            raise (InDoubt if changes else Unreachable)(_no_answer(error)) from error
        return self._judge(answer, text, changes)

    def _judge(self, answer: httpx.Response, text: bytes, changes: bool) -> Any:
        status = answer.status_code
        # An answer may repeat what it was asked with.
        secret = self._headers.get("Authorization", "").rpartition(" ")[2]
        words = _words(text).replace(secret or "\0", "(token)")
        if 200 <= status < 300:
            if not text:
                return None
            try:
                return json.loads(text)
            except ValueError as error:
                kind = InDoubt if changes else Unreachable
                raise kind(f"{status} with an answer that is no JSON") from error
        wait = _wait(answer)
        raise _error(status, wait, changes)(f"{status} {words}".strip(), wait)


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    # To read all certificates takes longer than the rest of a request.
    return httpx.create_ssl_context()


class _TooLong(Exception):
    """It goes on and on."""


def _read(answer: httpx.Response) -> bytes:
    deadline = time.monotonic() + SECONDS
    parts, size = [], 0
    for part in answer.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > LONGEST_ANSWER or time.monotonic() > deadline:
            raise _TooLong("no end of the answer")
    return b"".join(parts)


def _error(status: int, wait: float | None, changes: bool) -> type[DeskError]:
    if status == 401:
        return NotAllowed
    if status == 403 and wait is None:
        return Forbidden
    if status in (403, 408, 425, 429):
        return Unreachable
    if status in (404, 410):
        return Missing
    if 400 <= status < 500:
        return Rejected
    if status >= 500:
        return InDoubt if changes else Unreachable
    # Moved elsewhere: somebody has to set another address, and nothing is lost until then.
    return Unreachable


def _wait(answer: httpx.Response) -> float | None:
    """Seconds that it wants to be left alone."""
    asked_for = answer.headers.get("Retry-After", "")
    if asked_for.isdecimal():
        return float(asked_for)
    if asked_for:
        try:
            moment = parsedate_to_datetime(asked_for)
        except ValueError:
            return None
        return max(0.0, (moment - datetime.now(UTC)).total_seconds())
    reset = answer.headers.get("X-RateLimit-Reset", "")
    if answer.headers.get("X-RateLimit-Remaining") == "0" and answer.status_code in (403, 429):
        if reset.isdecimal():
            return max(0.0, float(reset) - time.time())
        try:
            moment = datetime.fromisoformat(reset)
        except ValueError:
            return None
        if moment.tzinfo:
            return max(0.0, (moment - datetime.now(UTC)).total_seconds())
    return None


def _words(text: bytes) -> str:
    """What it says of an error, on one line; nothing of a page of HTML."""
    try:
        answer = json.loads(text)
    except ValueError:
        return "(no JSON)" if text else ""
    if not isinstance(answer, dict):
        return ""
    parts = [answer.get("errorMessage"), answer.get("message"), *_list(answer.get("errorMessages"))]
    errors = answer.get("errors")
    if isinstance(errors, dict):
        parts += [f"{name}: {words}" for name, words in errors.items()]
    return " ".join(" ".join(str(part).split()) for part in parts if part)[:WORDS]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _no_answer(error: Exception) -> str:
    return f"no answer ({type(error).__name__})"
