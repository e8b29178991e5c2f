"""Simulated users over HTTP, in a process of their own: ``python -m bench.visitors < PLAN``.

The plan is one JSON object on standard input; what became of each request is one on standard
output. Each user keeps a connection, as a browser does, and like a browser asks once more where
the server closed it while it lay idle.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import re
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from typing import Any

STALE = "These figures may be out of date"
_MAIN = re.compile(rb"<main .*?</main>", re.DOTALL)
_NUMBER = re.compile(rb"\d[\d,.]*")
_LETTER = re.compile(rb"\\u[0-9a-f]{4}")  # as JSON writes "<" of the HTML in it
_DISCONNECTS = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to ask for. ``kind`` names it in the results; a ``body`` makes it a POST."""

    kind: str
    path: str
    body: str = ""
    weight: float = 1.0


@dataclass(slots=True)
class Plan:
    """Who asks what for how long. ``think`` is the mean of a user's pause, in seconds, spread from
    half to half as much again. ``expected`` holds the digest of each answer's figures."""

    port: int
    users: int
    seconds: float
    think: float
    asks: list[Ask]
    expected: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one request: which of the asks, when by the machine's clock, the status (0:
    no answer), whether the page was marked as old, and whether a figure was another."""

    ask: int
    start: float
    end: float
    status: int
    stale: bool
    wrong: bool
    second_connection: bool


def digest(body: bytes) -> str:
    """A digest of every number in an answer, in order; of a document only of its content."""
    main = _MAIN.search(body)
    numbers = _NUMBER.findall(main[0] if main else _LETTER.sub(b" ", body))
    return hashlib.sha256(b" ".join(numbers)).hexdigest()


class Visitor:
    """One user, on a connection of his own."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, one: Ask) -> tuple[int, bytes, bool]:
        """Status and body, and whether it took a second connection. Status 0: no answer."""
        is_reuse = self._connection is not None
        try:
            return *self._once(one), False
        except _DISCONNECTS:
            self._close()
            if not is_reuse:
                return 0, b"", False
        except (OSError, http.client.HTTPException):
            self._close()
            return 0, b"", False
        try:
            return *self._once(one), True
        except (OSError, http.client.HTTPException):
            self._close()
            return 0, b"", True

    def _once(self, one: Ask) -> tuple[int, bytes]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        headers = {"Content-Type": "application/json"} if one.body else {}
        method = "POST" if one.body else "GET"
        self._connection.request(method, one.path, body=one.body or None, headers=headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def page_status(one: Ask, status: int, body: bytes) -> int:
    """The status of the page itself: a callback that brings the page for an error is a 200."""
    if status != 200 or not one.body:
        return status
    return int(json.loads(body)["response"]["page-state"]["data"]["status"])


def reference(port: int, asks: list[Ask]) -> list[str]:
    """The digest of each answer, asked twice: what differs by itself could not be compared."""
    visitor, digests = Visitor(port), []
    for one in asks:
        twice = [visitor.ask(one) for _ in range(2)]
        for status, body, _ in twice:
            if status != 200:
                raise RuntimeError(f"{one.path}: {status} {body[:300]!r}")
        first, second = (digest(body) for _, body, _ in twice)
        if first != second:
            raise RuntimeError(f"{one.path}: two answers differ")
        digests.append(first)
    return digests


def browse(plan: Plan) -> list[Outcome]:
    """Let all users browse; they arrive over one think time."""
    outcomes: list[Outcome] = []
    end = time.monotonic() + plan.seconds
    weights = [one.weight for one in plan.asks]

    def user(number: int) -> None:
        chance = random.Random(number)
        visitor = Visitor(plan.port)
        time.sleep(chance.uniform(0, plan.think))
        while time.monotonic() < end:
            (at,) = chance.choices(range(len(plan.asks)), weights)
            start = time.monotonic()
            status, body, second_connection = visitor.ask(plan.asks[at])
            end_of_request = time.monotonic()
            status = page_status(plan.asks[at], status, body)
            wrong = status == 200 and digest(body) != plan.expected[at]
            stale = STALE.encode() in body
            outcomes.append(
                Outcome(at, start, end_of_request, status, stale, wrong, second_connection)
            )
            time.sleep(plan.think * chance.uniform(0.5, 1.5))

    threads = [threading.Thread(target=user, args=(number,)) for number in range(plan.users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def main() -> None:
    """Follow the plan on standard input and print what became of it."""
    plan_values: dict[str, Any] = json.load(sys.stdin)
    asks = [Ask(**one) for one in plan_values.pop("asks")]
    plan = Plan(asks=asks, **plan_values)
    if not plan.expected:
        json.dump(reference(plan.port, asks), sys.stdout)
    else:
        json.dump([asdict(one) for one in browse(plan)], sys.stdout)


if __name__ == "__main__":
    main()
