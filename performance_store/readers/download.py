"""Fetch a published file before it is read: SQLite needs the whole of it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from performance_store.readers.stream import InputError

TIMEOUT_SECONDS = 60
_BLOCK = 1 << 20


def is_url(text: str) -> bool:
    """Whether this is a web address, not a path."""
    return text.lower().startswith(("http://", "https://"))


@contextmanager
def downloaded(url: str, file_name: str) -> Iterator[Path]:
    """A local copy of ``url``, or of ``file_name`` below it, for as long as the block runs.

    Raises :class:`InputError`, one line, when it cannot be had whole.
    """
    parts = urlsplit(url)
    if not parts.path.endswith(file_name):
        url = parts._replace(path=f"{parts.path.rstrip('/')}/{file_name}").geturl()
    with tempfile.TemporaryDirectory(prefix="planning-data-") as folder:
        path = Path(folder) / file_name
        try:
            _fetch(url, path)
        except HTTPError as error:
            error.close()
            raise InputError(f"{file_name}: the server answered {error.code} for {url}") from error
        except (URLError, HTTPException, TimeoutError, ConnectionError) as error:
            reason = getattr(error, "reason", None) or error
            raise InputError(f"{file_name}: cannot be fetched from {url}: {reason}") from error
        yield path


def _fetch(url: str, path: Path) -> None:
    request = Request(url, headers={"User-Agent": "planning-data-performance"})
    with urlopen(request, timeout=TIMEOUT_SECONDS) as answer, path.open("wb") as file:
        length = answer.headers.get("Content-Length")
        shutil.copyfileobj(answer, file, _BLOCK)
        size = file.tell()
    if length is not None and size != int(length):
        raise InputError(f"{path.name}: only {size:,} of {int(length):,} bytes came; try again")
