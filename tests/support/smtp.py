"""A mail server in the test's own process, real sockets and all, that does what a test says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller


class MailServer:
    """What came, and how the server behaves: ``refusals`` by address, such as `550 5.1.1 no`;
    ``answer`` to whole mails; ``drop``: hang up on the next mail, when it is all there."""

    def __init__(self) -> None:
        self.inbox: list[EmailMessage] = []
        self.receivers: list[str] = []
        self.refusals: dict[str, str] = {}
        self.answer = "250 taken"
        self.drop = False
        self.url = ""

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 good"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        if self.drop:
            self.drop = False
            server.transport.abort()
            await asyncio.sleep(0)
            return "421 gone"
        if self.answer.startswith("250"):
            mail = message_from_bytes(envelope.content, policy=default)
            self.inbox.append(cast(EmailMessage, mail))
            self.receivers.extend(envelope.rcpt_tos)
        return self.answer


class _Controller(Controller):
    def _trigger_server(self) -> None:
        # The system chose the port; the controller calls itself there.
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A server that listens on a port of its own."""
    server = MailServer()
    controller = _Controller(server, hostname="127.0.0.1", port=0)
    controller.start()
    server.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield server
    finally:
        controller.stop()
