"""Connections for the fetcher: each goes to an address that was tested, and ends in time."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import httpcore

from providers.fetching.errors import ForbiddenAddress, NameNotResolved, TooLarge, TooSlow
from providers.fetching.rules import Address, Rules, parse_address

# Headers, and the frame around chunks, come on top of the bytes of a body.
OVERHEAD = 1 << 20
ATTEMPTS = 3


class Budget:
    """What one fetch, with all its redirects, may still spend."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._end = time.monotonic() + rules.whole
        self._bytes = rules.wire + OVERHEAD

    def seconds(self, limit: float | None = None) -> float:
        """How long the next step may take. Raises TooSlow where nothing is left."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TooSlow(f"The server did not finish within {self.rules.whole:,.0f} seconds.")
        return left if limit is None else min(left, limit)

    def take(self, count: int) -> None:
        """Spend bytes that came over the wire. Raises TooLarge."""
        self._bytes -= count
        if self._bytes < 0:
            raise TooLarge(f"The answer is larger than {size(self.rules.wire)}.")


class Backend(httpcore.NetworkBackend):
    """Looks names up, tests what they lead to, and connects there and nowhere else."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = look_up(host, port, self._budget.seconds(timeout))
        if not all(map(self._budget.rules.reaches, addresses)):
            # One such address among public ones is refused too: the next try would take it.
            raise ForbiddenAddress(f"{host} is not a server on the public internet.")
        candidates = addresses[:ATTEMPTS]
        for address in candidates[:-1]:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return self._connect(address, port, timeout)
        return self._connect(candidates[-1], port, timeout)

    def _connect(self, address: Address, port: int, timeout: float | None) -> _Stream:
        stream = self._plain.connect_tcp(str(address), port, self._budget.seconds(timeout))
        return _Stream(stream, self._budget)


class _Stream(httpcore.NetworkStream):
    """Bytes to and from a server, as long as the budget lasts."""

    def __init__(self, stream: httpcore.NetworkStream, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        block = self._stream.read(max_bytes, self._budget.seconds(timeout))
        self._budget.take(len(block))
        return block

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._budget.seconds(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        seconds = self._budget.seconds(timeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, seconds), self._budget)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def look_up(host: str, port: int, seconds: float) -> list[Address]:
    """The addresses of a host, in the system's order, at least one.

    The system's own look-up knows no time limit, so a thread that nobody waits for does it.
    Raises NameNotResolved, TooSlow.
    """
    addresses: list[Address] = []

    def ask() -> None:
        try:
            for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                addresses.append(parse_address(str(entry[4][0])))
        except (OSError, UnicodeError, ValueError):
            addresses.clear()

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TooSlow(f"Looking up {host} took longer than {seconds:,.0f} seconds.")
    if not addresses:
        raise NameNotResolved(f"There is no server with the name {host}.")
    return list(dict.fromkeys(addresses))


def size(count: int) -> str:
    """A number of bytes as people say it: `100 MB`, or `512 bytes`."""
    return f"{count >> 20:,} MB" if count >= 1 << 20 else f"{count:,} bytes"
