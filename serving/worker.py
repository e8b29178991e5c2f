"""A worker of gunicorn that serves through waitress: gunicorn starts, stops and replaces processes,
which share what they import; waitress has whole requests before a thread does."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any, ClassVar

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.task import ThreadedTaskDispatcher

from serving.connections import Server
from serving.intake import Bounds

# For a request that a client may be sending on a connection that it was told it may keep.
LINGER_SECONDS = 2.0


class BufferWorker(Worker):  # type: ignore[misc]
    """One process: an event loop that has the connections, and threads that have the requests."""

    alive: bool
    bounds: ClassVar[Bounds] = Bounds()

    def run(self) -> None:
        """Serve until told to stop, or for `max_requests`; then finish what is under way."""
        self.event_map: dict[int, Any] = {}
        threads = ThreadedTaskDispatcher()
        threads.set_thread_count(self.cfg.threads)
        self.servers = [
            Server(self._answer, listener.sock, self.event_map, threads, self.bounds)
            for listener in self.sockets
        ]
        while self.alive and self.ppid == os.getppid():
            self._turn(1.0)
        self._finish()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Hear that it is time to stop, also while nothing happens."""
        super().handle_exit(sig, frame)
        for server in getattr(self, "servers", ()):
            server.pull_trigger()

    def _answer(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        self.nr += 1
        if self.nr >= self.max_requests and self.alive:
            self.log.info("Starting anew after %d requests.", self.nr)
            self.alive = False
        answer: Iterable[bytes] = self.wsgi(environ, start_response)
        return answer

    def _turn(self, seconds: float) -> None:
        """Wait for something to happen, and see to it."""
        self.notify()
        wasyncore.poll2(seconds, self.event_map)

    def _finish(self) -> None:
        """Take no more connections; wait for requests, answers and uploads that have begun, as long
        as there is time. A connection that lies idle gets a little, lest its client be asking."""
        for server in self.servers:
            server.stopping = True
            wasyncore.dispatcher.close(server)
        began = time.monotonic()
        while (now := time.monotonic()) < began + self.cfg.graceful_timeout:
            for server in self.servers:
                server.maintenance()
                for connection in list(server.active_channels.values()):
                    if now > began + LINGER_SECONDS and not connection.deserves_the_end(
                        now, lag=LINGER_SECONDS
                    ):
                        connection.drop()
            if not any(server.active_channels for server in self.servers):
                break
            self._turn(0.1)
