"""On a desk: mail is printed, and kept in a folder as files that mail programs open."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path


class FileMailer:
    """Keeps mail in a folder that only its owner can read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, mail: EmailMessage) -> str:
        """The name of the file. Raises OSError."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        reference = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        file = self._folder / f"{reference}.eml"
        file.touch(mode=0o600)
        file.write_bytes(mail.as_bytes())
        print(f"Mail to {mail['To']}: {mail['Subject']}\n\n{mail.get_content()}\n({file})")
        return file.name
