"""What only this service can sign, and what stands in the database in place of secrets."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from pathlib import Path

BYTES = 32


class Keys:
    """Keys of the server: what the first signs all of them accept, so that they can be changed
    one after the other. In: one or two secrets."""

    def __init__(self, texts: Sequence[str]) -> None:
        if not texts:
            raise ValueError("there is no key")
        self._keys = [text.encode() for text in texts]

    def sign(self, purpose: str, text: str) -> bytes:
        """A signature of a text for one purpose, 32 bytes."""
        return _sign(self._keys[0], purpose, text)

    def matches(self, signature: bytes, purpose: str, text: str) -> bool:
        """Whether a signature is of this text and purpose, by any key; in constant time."""
        return any(
            [hmac.compare_digest(signature, _sign(key, purpose, text)) for key in self._keys]
        )

    def token(self, purpose: str, text: str) -> str:
        """A signature as text that forms and headers can carry."""
        return self.sign(purpose, text).hex()

    def token_matches(self, token: str, purpose: str, text: str) -> bool:
        """Whether text that came back is such a signature."""
        try:
            signature = bytes.fromhex(token)
        except ValueError:
            return False
        return self.matches(signature, purpose, text)


def _sign(key: bytes, purpose: str, text: str) -> bytes:
    return hmac.digest(key, f"{purpose}\n{text}".encode(), "sha256")


def keys_of(texts: Sequence[str], home: Path) -> Keys:
    """The keys of the settings; on a desk, where none are set, one that is made once and stays in
    the data folder."""
    if texts:
        return Keys(texts)
    file = home / "secret-key"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        draft = home / f"secret-key.{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_text(random_text(), encoding="ascii")
        try:
            # Of several processes one makes it: a link is there whole or not at all.
            file.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return Keys([file.read_text(encoding="ascii")])


def random_text() -> str:
    """32 random bytes as text that addresses and cookies can carry."""
    return secrets.token_urlsafe(BYTES)


def fingerprint(secret: str) -> bytes:
    """What is stored of a secret that is random enough not to be guessed: its SHA-256."""
    return hashlib.sha256(secret.encode()).digest()
