"""Mail through an SMTP server."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from providers.messages.mailers.answers import InDoubt, Postponed, Refusal

SECONDS = 20
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
# Of refusals these say something of us or of the mail, not of the address (RFC 3463).
_OF_POLICY = re.compile(r"5\.[3-7]\.\d+")


class SmtpMailer:
    """A server by its address: `smtp://user:password@host:port`, or `smtps://`.

    Encryption is required unless the server is on this machine.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._is_tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._is_tls else 587)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")

    def send(self, mail: EmailMessage) -> str:
        """What the server answered when it took the mail. Raises Refusal, Postponed, InDoubt."""
        with self._session() as session:
            try:
                _check(session.mail(str(mail["From"].addresses[0].addr_spec)), 250)
                _check(
                    session.rcpt(str(mail["To"].addresses[0].addr_spec)), 250, 251, receiver=True
                )
                _check(session.docmd("DATA"), 354)
            except (OSError, smtplib.SMTPException) as error:
                raise Postponed(_words(error)) from error
            try:
                body = re.sub(rb"(?m)^\.", b"..", mail.as_bytes())
                session.send(body.rstrip(b"\r\n") + b"\r\n.\r\n")
                answer = session.getreply()
            except (OSError, smtplib.SMTPException) as error:
                raise InDoubt(_words(error)) from error
            _check(answer, 250)
            return _line(answer)

    def greet(self) -> None:
        """Whether the server lets us in. Raises Postponed."""
        with self._session():
            pass

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        try:
            session = self._open()
        except (OSError, smtplib.SMTPException) as error:
            raise Postponed(_words(error)) from error
        try:
            yield session
        finally:
            try:
                session.quit()
            except (OSError, smtplib.SMTPException):
                session.close()

    def _open(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._is_tls:
            session: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=SECONDS, context=context
            )
        else:
            session = smtplib.SMTP(self._host, self._port, timeout=SECONDS)
        try:
            session.ehlo()
            if not self._is_tls and self._host not in LOCAL:
                session.starttls(context=context)
                session.ehlo()
            if self._user:
                session.login(self._user, self._password)
        except BaseException:
            session.close()
            raise
        return session


def _check(answer: tuple[int, bytes], *good: int, receiver: bool = False) -> None:
    """Raises Refusal or Postponed unless the answer is one of the good ones."""
    code, _ = answer
    line = _line(answer)
    if code in good:
        return
    if 500 <= code < 600:
        of_address = receiver and not _OF_POLICY.search(line)
        raise Refusal(line, of_address=of_address)
    raise Postponed(line)


def _line(answer: tuple[int, bytes]) -> str:
    code, words = answer
    return f"{code} {words.decode('utf-8', 'replace')}"


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        detail = error.smtp_error
        words = detail.decode("utf-8", "replace") if isinstance(detail, bytes) else str(detail)
        return f"{error.smtp_code} {words}"
    return f"{type(error).__name__}: {error}"
