"""Connections that no client can hold a thread with: a worker's thread sees a request only when all
of it is here (what is long lies on disk), and leaves its answer behind without waiting for whoever
reads it. waitress does that; here it learns to be impatient.

A client has some seconds, and after them has to send and to read at a rate. Sums are from the first
byte: who was fast may rest. One client holds so many connections at most: one more, and the one of
its own that is slowest goes, so that others behind the same address are not shut out.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import Task, WSGITask

from serving.intake import HEADER_BYTES, Bounds, Refusal, Request
from serving.limits import client_of

# What of a body or an answer stays in memory; the rest of it goes to a file that has no name.
MEMORY_BYTES = 128 * 1024
# What the system may hold that a reader has not taken: what it holds counts as read.
UNSENT_BYTES = 64 * 1024
# In one process. Each may have two files besides; 1,024 files is what systems allow by default.
CONNECTIONS = 300
# An answer longer than this waits in its thread until enough of it is read.
ANSWER_BYTES = 256 * 1024 * 1024
# For a client that still sends what we do not want, to find out that it is answered.
FAREWELL_SECONDS = 2.0


class Turn(Enum):
    """What a connection waits for."""

    IDLE = "its first byte of a request"
    REQUEST = "the rest of a request"
    WORK = "us"
    ANSWER = "its client to read"
    FAREWELL = "its client to close"


@dataclass(slots=True)
class Pace:
    """How one turn goes: since when, and how many bytes were sent or read in it."""

    turn: Turn = Turn.IDLE
    since: float = field(default_factory=time.monotonic)
    bytes: int = 0


class Answer(WSGITask):  # type: ignore[misc]
    """What the application says."""

    def execute(self) -> None:
        """Ask the application. A server that stops says that it closes."""
        if self.channel.server.stopping:
            self.request.headers["CONNECTION"] = "close"
        super().execute()

    def set_close_on_finish(self) -> None:
        """Close after the answer; not for want of a length where there is no body."""
        by_name = self.request.headers.get("CONNECTION", "").lower() == "close"
        if by_name or self.has_body or self.version == "1.0":
            super().set_close_on_finish()


class Connection(HTTPChannel):  # type: ignore[misc]
    """A connection that knows whose turn it is, and how the client does in its own."""

    parser_class = Request
    task_class: type[Task] = Answer
    error_task_class: type[Task] = Refusal
    server: Server
    request: Request | None
    close_when_flushed: bool
    farewell = False
    answers = 0

    def __init__(self, server: Server, sock: socket.socket, addr: tuple[str, int], *rest: object,
                 **more: object) -> None:  # fmt: skip
        self.pace = Pace()
        self._by_proxy = server.bounds.trusted_proxies > 0
        self._client = None if self._by_proxy else client_of(addr[0])
        super().__init__(server, sock, addr, *rest, **more)
        self.sendbuf_len = UNSENT_BYTES

    # What happens to it

    def received(self, data: bytes) -> bool:
        """Take what the client sent."""
        begins = self.turn is Turn.IDLE
        whole: bool = super().received(data)
        self._settle().bytes += len(data)
        if self._by_proxy:
            self._meet(begins)
        return whole

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Hand to the system what the client is to read."""
        count: int = super().send(data, do_close=do_close)
        self._settle().bytes += count
        return count

    def service(self) -> None:
        """Answer one request, in a thread."""
        self.pace = Pace(Turn.WORK)
        self.answers += 1
        super().service()

    def readable(self) -> bool:
        """Whether it wants to hear from the client."""
        return self.farewell or bool(super().readable())

    def handle_read(self) -> None:
        """Read; what is sent after our farewell is thrown away."""
        if self.farewell:
            self.recv(UNSENT_BYTES)
        else:
            super().handle_read()

    def handle_write(self) -> None:
        """Send; and when the last word is sent, say so and let the client close: if we did while
        it still sends, it would lose our answer."""
        if self.requests or not self.close_when_flushed or self.will_close:
            super().handle_write()
            return
        self._flush_exception(self._flush_some)
        if self.will_close or not self.connected:
            self.handle_close()
        elif not self.total_outbufs_len:
            self.close_when_flushed = False
            self.farewell = True
            try:
                self.socket.shutdown(socket.SHUT_WR)
            except OSError:
                self.handle_close()

    def handle_expt(self) -> None:
        """Part with who sends what no HTTP client does: it would wake us for ever."""
        self.drop()

    # What is thought of it

    @property
    def client(self) -> str | None:
        """Whose it is; None while it is a proxy's, between two requests."""
        return None if self._by_proxy and self.turn is Turn.IDLE else self._client

    @property
    def turn(self) -> Turn:
        """What it waits for."""
        if self.farewell:
            return Turn.FAREWELL
        if self.total_outbufs_len:
            return Turn.ANSWER
        if self.requests or self.close_when_flushed:
            return Turn.WORK
        return Turn.IDLE if self.request is None else Turn.REQUEST

    def deserves_the_end(self, now: float, lag: float) -> bool:
        """Whether a server that stops lets it finish: there is at least the head of a request, and
        its client is not more than `lag` seconds behind the rate."""
        left = self.seconds_left(now)
        match self.pace.turn:
            case Turn.IDLE:
                return False
            case Turn.REQUEST if self.request is None or not self.request.headers_finished:
                return False
            case Turn.REQUEST | Turn.ANSWER:
                return left is None or left > self.server.bounds.seconds - lag
        return True

    def seconds_left(self, now: float) -> float | None:
        """Until the client has used up our patience; None while it is our turn."""
        pace, bounds = self._settle(), self.server.bounds
        waited = now - pace.since
        match pace.turn:
            case Turn.WORK:
                return None
            case Turn.FAREWELL:
                return FAREWELL_SECONDS - waited
            case Turn.IDLE:
                return (bounds.keepalive if self.answers else bounds.seconds) - waited
        return float(bounds.seconds + pace.bytes / bounds.rate - waited)

    def worth(self, now: float) -> float:
        """The less, the sooner it goes when there are too many."""
        left = self.seconds_left(now)
        if left is None:
            return float("inf")
        if self.pace.turn is Turn.IDLE:
            # Nobody misses one that lies idle; who has just come is about to ask.
            left = self.server.bounds.seconds - (now - self.pace.since)
        return left

    def drop(self) -> None:
        """Close now; what is not read is thrown away. In the thread of the event loop."""
        if self.socket is not None and self.turn is Turn.ANSWER:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.handle_close()

    def _settle(self) -> Pace:
        if self.pace.turn is not (turn := self.turn):
            self.pace = Pace(turn)
        return self.pace

    def _meet(self, begins: bool) -> None:
        """Learn from what the proxies say who sends the request that is under way."""
        if begins:
            self._client = None
        request = self.request or (self.requests[-1] if self.requests else None)
        if self._client is None and request is not None and request.headers_finished:
            hops = request.headers.get("X_FORWARDED_FOR", "").split(",")
            trust = self.server.bounds.trusted_proxies
            if len(hops) >= trust and hops[-trust].strip():
                self._client = client_of(hops[-trust].strip())
                self.server.make_room(self._client)


class Server(TcpWSGIServer):  # type: ignore[misc]
    """A listening socket and its connections. In: the application; the socket; what is shared with
    others of the process (the event loop's map, the threads); and the bounds."""

    channel_class = Connection
    stopping = False

    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        listener: socket.socket,
        event_map: dict[int, object],
        threads: object,
        bounds: Bounds,
    ) -> None:
        self.bounds = bounds
        kind = (listener.family, listener.type, listener.proto, listener.getsockname())
        super().__init__(
            application, event_map, _sock=listener, dispatcher=threads, adj=_adjustments(bounds),
            sockinfo=kind, bind_socket=False,
        )  # fmt: skip

    def maintenance(self, _now: float = 0.0) -> None:
        """Part with those who have used up our patience. Every second."""
        now = time.monotonic()
        for connection in list(self.active_channels.values()):
            left = connection.seconds_left(now)
            if left is not None and left < 0:
                connection.drop()

    def handle_accept(self) -> None:
        """Let one more in; if that is one too many, another goes."""
        super().handle_accept()
        self.make_room(None)
        if not self.bounds.trusted_proxies and self.active_channels:
            self.make_room(next(reversed(self.active_channels.values())).client)

    def make_room(self, client: str | None) -> None:
        """Drop the slowest connection where a client, or with None where all, have too many."""
        rivals, most = list(self.active_channels.values()), CONNECTIONS
        if client is not None:
            rivals = [rival for rival in rivals if rival.client == client]
            most = self.bounds.client_connections or CONNECTIONS
        if len(rivals) > most:
            now = time.monotonic()
            slowest = min(rivals, key=lambda rival: rival.worth(now))
            if slowest.seconds_left(now) is not None:
                slowest.drop()


def _adjustments(bounds: Bounds) -> Adjustments:
    adjustments = Adjustments(
        backlog=2048,
        recv_bytes=MEMORY_BYTES,
        inbuf_overflow=MEMORY_BYTES,
        outbuf_overflow=MEMORY_BYTES,
        outbuf_high_watermark=ANSWER_BYTES,
        # Where all wait for us nobody can go: then no more are let in.
        connection_limit=CONNECTIONS + 50,
        cleanup_interval=1,
        max_request_header_size=HEADER_BYTES,
        asyncore_use_poll=True,
        # Who asks is read by serving/proxies.py, from what it trusts.
        clear_untrusted_proxy_headers=False,
        # What answers is nobody's business.
        ident="web",
        server_name="localhost",
    )
    adjustments.bounds = bounds
    adjustments.socket_options = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
    # Without it a system holds megabytes that nobody reads, and we cannot tell.
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        adjustments.socket_options.append(
            (socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        )
    return adjustments
