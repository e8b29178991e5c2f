"""What may come in: the bounds of a request, and a request as it comes, held to them."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Any

from waitress.parser import HTTPRequestParser
from waitress.task import ErrorTask
from waitress.utilities import BadRequest, Error, RequestEntityTooLarge, RequestHeaderFieldsTooLarge

from serving.guards import body_bytes

HEADER_BYTES = 32 * 1024
# One line inside a body that comes in chunks.
CHUNK_LINE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Bounds:
    """How patient we are. Seconds in which a client may be as slow as it likes; bytes a second that
    it has to reach after them; how many connections one client may hold in this process (0: any
    number); how many proxies in front say who it is; seconds that a connection may lie idle after
    an answer; and the limits of a request's head: bytes of a line, bytes of a field, fields."""

    seconds: float = 10.0
    rate: int = 10_000
    client_connections: int = 100
    trusted_proxies: int = 0
    keepalive: float = 100.0
    line: int = 8190
    field: int = 8190
    fields: int = 100


class LineTooLong(Error):  # type: ignore[misc]
    """For an address that is no address of ours."""

    code = 414
    reason = "URI Too Long"


class Request(HTTPRequestParser):  # type: ignore[misc]
    """A request as it comes in, within the limits of its head and of what its path may be sent."""

    path = ""
    adj: Any
    error: Any
    completed: bool
    expect_continue: bool
    headers_finished: bool

    def received(self, data: bytes) -> int:
        """Take what came. Out: how much of it belongs to this request."""
        length: int = super().received(data)
        body = self.body_rcv
        if self.chunked and not self.completed and _line(body) > CHUNK_LINE_BYTES:
            self.error = BadRequest("")
        if isinstance(self.error, RequestEntityTooLarge):
            # The application says so in its own words: it looks at the length and reads nothing.
            self.error = None
            self.headers["CONTENT_LENGTH"] = str(self.content_length or self.body_bytes_received)
            self.headers["CONNECTION"] = "close"
            self.completed = True
            self.expect_continue = False
        if self.error:
            self.completed = True
            self.expect_continue = False
        return length

    def parse_header(self, header_plus: bytes) -> None:
        """Understand the head. Raises ParsingError."""
        super().parse_header(header_plus)
        bounds: Bounds = self.adj.bounds
        line, *fields = header_plus.rstrip().split(b"\r\n")
        if len(line) > bounds.line:
            self.error = LineTooLong("")
        elif (
            self.version not in ("1.0", "1.1")
            or "TRANSFER_ENCODING" in self.headers
            or (self.chunked and "CONTENT_LENGTH" in self.headers)
        ):
            # What two servers may read in two ways.
            self.error = BadRequest("")
        elif len(fields) > bounds.fields or any(len(text) > bounds.field for text in fields):
            self.error = RequestHeaderFieldsTooLarge("")
        self.adj = copy(self.adj)
        # It takes less than this, and not as much.
        self.adj.max_request_body_size = body_bytes(self.path) + 1


def _line(body: object) -> int:
    return max(len(getattr(body, "control_line", b"")), len(getattr(body, "trailer", b"")))


class Refusal(ErrorTask):  # type: ignore[misc]
    """What is said to what is no request: the status and no more, least of all what was sent."""

    def execute(self) -> None:
        """Answer, and close."""
        error = self.request.error
        text = f"{error.reason}\n".encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "text/plain; charset=utf-8"))
        self.set_close_on_finish()
        self.content_length = len(text)
        self.write(text)
