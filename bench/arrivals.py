"""Requests that arrive at a rate, whether or not those before are answered, from a process of their
own: ``python -m bench.arrivals < PLAN``.

The plan is one JSON object on standard input, what became of it another on standard output. How
long a request took counts from when it was due, so that a slow server cannot slow down who asks.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from bench.table import percentile

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
# How long those that are on their way at the end are waited for; later is never.
PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to ask for, as bytes of HTTP in latin-1, and how often beside the others."""

    request: str
    weight: float = 1.0


@dataclass(slots=True)
class Plan:
    """What arrives: so many requests a second, at random moments, for so many seconds."""

    port: int
    rate: float
    seconds: float
    asks: list[Ask]


@dataclass(slots=True)
class Outcome:
    """What became of a plan: requests, statuses (0: no answer), seconds that most took, and how
    late the 99th of a hundred was sent: if that is much, the one who asks was too slow."""

    requests: int
    statuses: dict[str, int]
    p50: float
    p95: float
    p99: float
    late: float


@dataclass(slots=True)
class _Tally:
    times: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)


class Connection(asyncio.Protocol):
    """One connection that is kept open, for one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[int] | None = None
        self._bytes = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def ask(self, request: bytes) -> asyncio.Future[int]:
        """Send a request. Out: its status, once the answer is whole; 0 if the server hung up."""
        assert self._transport is not None
        self._bytes = b""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._bytes += data
        status = whole(self._bytes)
        if status and self._answer is not None and not self._answer.done():
            self._answer.set_result(status)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(0)

    @property
    def is_open(self) -> bool:
        """Whether the server has not hung up."""
        return self._transport is not None and not self._transport.is_closing()


def whole(answer: bytes) -> int:
    """The status of an answer that has all come; 0 before."""
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return 0
    head, status = answer[:end], int(answer[9:12])
    if _CHUNKED.search(head):
        return status if answer.endswith(b"0\r\n\r\n") else 0
    match = _LENGTH.search(head)
    length = int(match[1]) if match and status not in (204, 304) else 0
    return status if len(answer) >= end + 4 + length else 0


async def arrive(plan: Plan) -> Outcome:
    """Let a plan happen."""
    loop = asyncio.get_running_loop()
    chance = random.Random(0)
    requests = [one.request.encode("latin-1") for one in plan.asks]
    weights = [one.weight for one in plan.asks]
    idle: list[Connection] = []
    tally = _Tally()
    waiting: set[asyncio.Task[None]] = set()
    start = due = loop.time()
    number = 0
    while (due := due + chance.expovariate(plan.rate)) < start + plan.seconds:
        if (pause := due - loop.time()) > 0:
            await asyncio.sleep(pause)
        (request,) = chance.choices(requests, weights)
        task = loop.create_task(_one(plan.port, request, due, idle, tally))
        waiting.add(task)
        task.add_done_callback(waiting.discard)
        number += 1
        if number % 16 == 0:
            await asyncio.sleep(0)  # however far behind, answers are read
    if waiting:
        _, never = await asyncio.wait(waiting, timeout=PATIENCE)
        tally.statuses["0"] += len(never)
        tally.times += [PATIENCE] * len(never)
        for task in never:
            task.cancel()
    shares = [percentile(tally.times, share) for share in (0.5, 0.95, 0.99)]
    return Outcome(number, dict(tally.statuses), *shares, percentile(tally.late, 0.99))


async def _one(
    port: int, request: bytes, due: float, idle: list[Connection], tally: _Tally
) -> None:
    loop = asyncio.get_running_loop()
    tally.late.append(loop.time() - due)
    connection = None
    while idle and (connection is None or not connection.is_open):
        connection = idle.pop()
    try:
        if connection is None or not connection.is_open:
            _, connection = await loop.create_connection(Connection, "127.0.0.1", port)
        status = await connection.ask(request)
    except OSError:
        status = 0
    tally.times.append(loop.time() - due)
    tally.statuses[str(status)] += 1
    if status and connection is not None:
        idle.append(connection)


def main() -> None:
    """Follow the plan on standard input and print what became of it."""
    values: dict[str, Any] = json.load(sys.stdin)
    asks = [Ask(**one) for one in values.pop("asks")]
    outcome = asyncio.run(arrive(Plan(asks=asks, **values)))
    json.dump(asdict(outcome), sys.stdout)


if __name__ == "__main__":
    main()
