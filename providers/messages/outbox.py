"""Messages on their way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection

from performance_store.settings import load_settings


def enqueue(
    connection: Connection,
    *,
    to_person: int | None = None,
    address: str | None = None,
    kind: str,
    subject: str,
    text: str,
    headers: Mapping[str, str] | None = None,
    unsubscribe: str | None = None,
) -> None:
    """Send a message once the caller's transaction is over. For now: keep it in the data folder."""
    folder = load_settings().home / "mail"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{kind}.txt"
    mail = f"To: {address}\nSubject: {subject}\n\n{text}"
    (folder / name).write_text(mail, encoding="utf-8")
    print(mail, flush=True)
