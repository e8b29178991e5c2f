"""A published SQLite file, downloaded: gone on with after an interruption, and checked."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from performance_store.readers.platform import FILE_NAME
from performance_store.readers.stream import InputError
from performance_store.sync.copies import check, finished, publish
from performance_store.sync.web import Say, Trouble, Web, plain_address

SUFFIXES = (".sqlite3", ".sqlite", ".db")
PART = f"{FILE_NAME}.part"
_BLOCK = 1 << 20
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


def is_file(url: str) -> bool:
    """Whether the address is that of a file, not of a Datasette."""
    return urlsplit(url).path.lower().endswith(SUFFIXES)


class Download:
    """The file at ``url`` and what is here of it. ``sha256`` is the digest it must have, in hex;
    without it, that of the answer's own headers counts, if there is one."""

    def __init__(self, web: Web, url: str, folder: Path, *, sha256: str | None, say: Say) -> None:
        self._web, self._url, self._folder, self._say = web, url, folder, say
        self._sha256 = sha256
        self._part = folder / PART
        self._about_part = folder / f"{PART}.json"

    def fetch(self) -> Path:
        """The whole file, as the server has it now. Raises :class:`InputError`, one line; the last
        one then stays as it was."""
        last = finished(self._folder)
        if last and self._sha256 and last[1].get("sha256") == self._sha256:
            self._say(f"{plain_address(self._url)} is here already")
            return last[0]
        about = self._web.patiently(self._url, self._attempt, got=self._size)
        if about is None:
            assert last is not None
            self._say(f"{plain_address(self._url)} has not changed since the last copy")
            return last[0]
        return self._checked(about)

    def _attempt(self) -> dict[str, Any] | None:
        """Bring what is missing. Returns what the server says of the whole, None when the last copy
        is it."""
        earlier, size = self._describe_part(), self._size()
        headers = {"Accept-Encoding": "identity", **self._condition(earlier, size)}
        expected = (200, 206, 304, 416)
        with self._web.answer(self._url, headers=headers, expected=expected) as response:
            if response.status_code == 304:
                if "If-None-Match" not in headers and "If-Modified-Since" not in headers:
                    raise Trouble("the server answered 304, though nothing was here yet")
                return None
            if response.status_code == 416:
                self._forget()
                raise Trouble("the server has no more of it than is here; beginning again")
            about = _about(response, self._url)
            start = self._start(response, about, earlier, size)
            self._about_part.write_text(json.dumps(about), encoding="utf-8")
            with self._part.open("r+b" if start else "wb") as file:
                file.seek(start)
                file.truncate()
                for block in self._web.body(response.iter_raw()):
                    file.write(block)
        came = self._size()
        length = about["length"]
        if length is not None and came < length:
            raise Trouble(f"only {came:,} of {length:,} bytes came")
        if length is not None and came > length:
            self._forget()
            raise Trouble(f"{came:,} bytes came where {length:,} were announced")
        return about

    def _start(
        self, response: httpx.Response, about: dict[str, Any], earlier: Mapping[str, Any], size: int
    ) -> int:
        """Where in the file this answer's body belongs."""
        if response.status_code == 200:
            return 0
        match = _RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
        if match is None or int(match[1]) != size - 1 or _version(about) != _version(earlier):
            self._forget()
            raise Trouble("the server sent a part that does not fit; beginning again")
        about["length"] = int(match[3])
        self._say(f"{plain_address(self._url)}: going on after {size:,} of {int(match[3]):,} bytes")
        return size - 1

    def _condition(self, earlier: Mapping[str, Any], size: int) -> dict[str, str]:
        """Ask for the rest of what is here in part, else for the whole if it is new."""
        if earlier:
            # The last byte once more: a server has nothing to send beyond the end.
            return {"Range": f"bytes={size - 1}-", "If-Range": _version(earlier)}
        last = finished(self._folder)
        if last is None or last[1].get("from") != plain_address(self._url) or self._sha256:
            return {}
        if last[1].get("etag"):
            return {"If-None-Match": str(last[1]["etag"])}
        if last[1].get("modified"):
            return {"If-Modified-Since": str(last[1]["modified"])}
        return {}

    def _describe_part(self) -> dict[str, Any]:
        """What was said of the part that is here; nothing where it cannot be gone on with."""
        try:
            about = json.loads(self._about_part.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        usable = isinstance(about, dict) and about.get("url") == self._url and _version(about)
        return about if usable and self._size() else {}

    def _checked(self, about: dict[str, Any]) -> Path:
        """Compare digests, look for damage, and put the file in its place."""
        digest = _digest(self._part)
        expected = self._sha256 or about["digest"]
        if expected and digest != expected:
            self._forget()
            raise InputError(
                f"{plain_address(self._url)}: the file's SHA-256 is {digest[:12]}..., "
                f"and {expected[:12]}... was expected; nothing was changed"
            )
        try:
            if self._part.stat().st_size < 512 or not _is_sqlite(self._part):
                raise InputError(f"{plain_address(self._url)}: this is not a SQLite file")
            check(self._part)
        except InputError:
            self._forget()
            raise
        target = self._folder / FILE_NAME
        origin = {
            "from": plain_address(self._url),
            "etag": about["etag"],
            "modified": about["modified"],
        }
        publish(self._part, target, {**origin, "sha256": digest})
        self._forget()
        return target

    def _size(self) -> int:
        try:
            return self._part.stat().st_size
        except FileNotFoundError:
            return 0

    def _forget(self) -> None:
        self._about_part.unlink(missing_ok=True)
        self._part.unlink(missing_ok=True)


def _about(response: httpx.Response, url: str) -> dict[str, Any]:
    """What the headers say of the whole file."""
    headers = response.headers
    length = headers.get("Content-Length", "")
    whole = response.status_code == 200 and length.isdecimal()
    return {
        "url": url,
        "etag": headers.get("ETag"),
        "modified": headers.get("Last-Modified"),
        "digest": server_digest(headers),
        "length": int(length) if whole else None,
    }


def _version(about: Mapping[str, Any]) -> str:
    """What tells this version of the file from any other; '' where nothing does for certain."""
    etag = str(about.get("etag") or "")
    return etag if etag.startswith('"') else str(about.get("modified") or "")


def server_digest(headers: Mapping[str, str]) -> str | None:
    """The SHA-256 of the whole file in hex, from ``Repr-Digest``, ``Digest`` or S3's own header."""
    match = re.search(r"\bsha-256=:([A-Za-z0-9+/=]+):", headers.get("Repr-Digest", ""))
    match = match or re.search(r"(?i)\bsha-256=([A-Za-z0-9+/=]+)", headers.get("Digest", ""))
    text = match[1] if match else headers.get("x-amz-checksum-sha256", "")
    try:
        digest = base64.b64decode(text, validate=True)
    except binascii.Error:
        return None
    return digest.hex() if len(digest) == 32 else None


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"
