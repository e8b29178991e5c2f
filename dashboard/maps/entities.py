"""The places of a dataset, from the platform's own programming interface.

Somebody else's server may be slow, gone, or send anything. So: three seconds in all, five
megabytes at most, two redirects within the same site, a few questions at a time, and one error for
whatever goes wrong. Only a map asks here, never a page.
"""

from __future__ import annotations

import http.client
import json
import logging
import socket
import threading
import time
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import urlencode, urljoin, urlsplit

from dashboard.maps.geometry import Shape, shape_of

logger = logging.getLogger(__name__)

SECONDS = 3.0
MAX_BYTES = 5_000_000
MAX_REDIRECTS = 2
AT_ONCE = 4
LIMIT = 500
"""The most that the interface gives in one answer."""
_CHUNK = 65_536
_HEADERS = {
    "Accept": "application/geo+json, application/json",
    # What is packed could unpack to any size.
    "Accept-Encoding": "identity",
    "User-Agent": "planning-data-performance",
}


class EntitiesUnavailable(Exception):
    """The places could not be had. In: why, for the log."""


@dataclass(frozen=True, slots=True)
class Places:
    """Shapes of a dataset's entities. ``more``: there are others that were not given."""

    shapes: tuple[Shape, ...]
    more: bool = False


class EntitySource:
    """Asks one server for places. In: its address, and the limits of one question."""

    def __init__(
        self, url: str, *, seconds: float = SECONDS, max_bytes: int = MAX_BYTES, limit: int = LIMIT
    ) -> None:
        self.url = url.rstrip("/")
        self.limit = limit
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._free = threading.Semaphore(AT_ONCE)

    def address(self, entity: int, dataset: str) -> str:
        """Where the places of an organisation (by its number) and a dataset are asked for."""
        asked = {"organisation_entity": entity, "dataset": dataset, "limit": self.limit}
        return f"{self.url}/entity.geojson?{urlencode(asked)}"

    def list_address(self, entity: int, dataset: str) -> str:
        """Where people can look through the same places."""
        asked = {"organisation_entity": entity, "dataset": dataset}
        return f"{self.url}/entity/?{urlencode(asked)}"

    def places(self, entity: int, dataset: str) -> Places:
        """The places of an organisation and a dataset. Raises EntitiesUnavailable."""
        url = self.address(entity, dataset)
        try:
            return read(self._fetched(url), self.limit)
        except EntitiesUnavailable as error:
            logger.warning("No places from %s: %s", url, error)
            raise

    def _fetched(self, url: str) -> bytes:
        """The body of an answer, within the time allowed, whatever the other side does."""
        if not self._free.acquire(blocking=False):
            raise EntitiesUnavailable("too many questions are under way")
        question = _Question(url, self._seconds, self._max_bytes)

        def work() -> None:
            try:
                question.run()
            finally:
                self._free.release()

        # A time-out of the socket alone is one for each piece: somebody who sends a letter a
        # second would be waited for, and so would a name that cannot be looked up.
        thread = threading.Thread(target=work, daemon=True, name="entities")
        thread.start()
        thread.join(self._seconds)
        if thread.is_alive():
            question.stop()
            raise EntitiesUnavailable("it took too long")
        if question.body is None:
            raise EntitiesUnavailable(question.reason)
        return question.body


class _Question:
    """One request with its redirects. `body` is the answer, `reason` why there is none."""

    def __init__(self, url: str, seconds: float, max_bytes: int) -> None:
        self.body: bytes | None = None
        self.reason = "no answer"
        self._url = url
        self._deadline = time.monotonic() + seconds
        self._max_bytes = max_bytes
        self._connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        """Ask, and follow redirects within the site."""
        try:
            for _ in range(MAX_REDIRECTS + 1):
                further = self._ask(self._url)
                if further is None:
                    return
                self._url = _allowed(self._url, urljoin(self._url, further))
            raise EntitiesUnavailable("too many redirects")
        except EntitiesUnavailable as error:
            self.reason = str(error)
        except TimeoutError:
            # The socket's own, when it is a hair's breadth before the one for all of it.
            self.reason = "it took too long"
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.reason = type(error).__name__
        finally:
            if self._connection is not None:
                self._connection.close()

    def stop(self) -> None:
        """End the request from another thread."""
        used = self._connection.sock if self._connection is not None else None
        if used is not None:
            try:
                used.shutdown(socket.SHUT_RDWR)
            except OSError:
                logger.debug("The connection had ended already")

    def _ask(self, url: str) -> str | None:
        """Ask once: keeps the body, or gives the address to ask instead."""
        parts = urlsplit(url)
        kind: Any = http.client.HTTPSConnection
        if parts.scheme == "http":
            kind = http.client.HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=self._left())
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        self._connection.request("GET", target, headers=_HEADERS)
        answer = self._connection.getresponse()
        if answer.status in (301, 302, 303, 307, 308):
            place = answer.getheader("Location")
            self._connection.close()
            if not place:
                raise EntitiesUnavailable("a redirect to nowhere")
            return place
        if answer.status != 200:
            raise EntitiesUnavailable(f"it answered {answer.status}")
        self.body = self._read(answer)
        return None

    def _read(self, answer: http.client.HTTPResponse) -> bytes:
        pieces, size = [], 0
        while piece := answer.read1(_CHUNK):
            size += len(piece)
            if size > self._max_bytes:
                raise EntitiesUnavailable("the answer is too large")
            self._left()
            pieces.append(piece)
        if answer.length:
            raise EntitiesUnavailable("the answer broke off")
        return b"".join(pieces)

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise EntitiesUnavailable("it took too long")
        return left


def _allowed(before: str, after: str) -> str:
    """The address of a redirect, if it stays with the site and does not leave TLS."""
    old, new = urlsplit(before), urlsplit(after)
    one, other = old.hostname or "", new.hostname or ""
    same = one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
    if not other or new.scheme not in ("http", "https") or not same:
        raise EntitiesUnavailable("a redirect to somewhere else")
    if old.scheme == "https" and new.scheme != "https":
        raise EntitiesUnavailable("a redirect away from TLS")
    return after


def read(body: bytes, limit: int = LIMIT) -> Places:
    """The shapes of a GeoJSON feature collection. Raises EntitiesUnavailable.

    Features without a place are left out; their other properties are not looked at.
    """
    try:
        collection = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise EntitiesUnavailable("the answer is not JSON") from error
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        raise EntitiesUnavailable("the answer has no features")
    shapes = (
        shape_of(feature.get("geometry")) for feature in features if isinstance(feature, dict)
    )
    return Places(tuple(shape for shape in shapes if shape is not None), len(features) == limit)


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
