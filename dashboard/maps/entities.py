"""The places of a dataset, from the platform's own programming interface.

Somebody else's server may be slow, gone, or send anything. So: three seconds in all, five
megabytes at most, two redirects within the same site, a few questions at a time, and one error for
whatever goes wrong. Only a map asks here, never a page.
"""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import threading
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlencode, urlsplit

from dashboard.maps.geometry import Shape, shape_of

if TYPE_CHECKING:
    import httpx

logger = logging.getLogger(__name__)

SECONDS = 3.0
MAX_BYTES = 5_000_000
MAX_REDIRECTS = 2
AT_ONCE = 4
LIMIT = 500
"""The most that the interface gives in one answer."""
_HEADERS = {
    "Accept": "application/geo+json, application/json",
    "Accept-Encoding": "identity",
    "User-Agent": "planning-data-performance",
}


class EntitiesUnavailable(Exception):
    """The places could not be had. In: why, in a line for the log."""


@dataclass(frozen=True, slots=True)
class Places:
    """Shapes of a dataset's entities. ``more``: there may be others beyond the limit."""

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
        query = {"organisation_entity": entity, "dataset": dataset, "limit": self.limit}
        return f"{self.url}/entity.geojson?{urlencode(query)}"

    def list_address(self, entity: int, dataset: str) -> str:
        """Where people can look through the same places."""
        query = {"organisation_entity": entity, "dataset": dataset}
        return f"{self.url}/entity/?{urlencode(query)}"

    def places(self, entity: int, dataset: str) -> Places:
        """The places of an organisation and a dataset. Raises EntitiesUnavailable."""
        url = self.address(entity, dataset)
        try:
            return read(self._body(url), self.limit)
        except EntitiesUnavailable as error:
            logger.warning("No places from %s: %s", url, error)
            raise

    def _body(self, url: str) -> bytes:
        """The body of an answer, within the time allowed, whatever the other side does."""
        # Loaded here: only a map needs it.
        import httpx

        if not self._free.acquire(blocking=False):
            raise EntitiesUnavailable("too many questions are under way")
        try:
            return _within(self._seconds, _answer(url, self._max_bytes))
        except TimeoutError as error:
            raise EntitiesUnavailable("it took too long") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise EntitiesUnavailable(type(error).__name__) from error
        finally:
            self._free.release()


def _within(seconds: float, work: Awaitable[bytes]) -> bytes:
    """What some work gives, in so many seconds for all of it. Raises TimeoutError.

    A time-out of each piece alone would wait for somebody who sends a letter a second. It has a
    thread of its own, since the caller's may run a loop already, and that loop is closed without
    waiting for the thread in which a name may still be looked up.
    """

    def run() -> bytes:
        loop = asyncio.new_event_loop()
        try:
            return loop.run_until_complete(asyncio.wait_for(work, seconds))
        finally:
            loop.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result()


async def _answer(url: str, max_bytes: int) -> bytes:
    """The body at an address, after redirects within the site.

    Raises EntitiesUnavailable, or what httpx raises.
    """
    import httpx

    async with httpx.AsyncClient(
        headers=_HEADERS,
        # For all of it together: see _within.
        timeout=None,
        # Neither proxies nor passwords come from the environment.
        trust_env=False,
        verify=ssl.create_default_context(),
    ) as client:
        request = client.build_request("GET", url)
        for _ in range(MAX_REDIRECTS + 1):
            answer = await client.send(request, stream=True)
            if answer.next_request is None:
                if answer.status_code != 200:
                    raise EntitiesUnavailable(f"it answered {answer.status_code}")
                return await _read(answer, max_bytes)
            await answer.aclose()
            _stay(str(request.url), str(answer.next_request.url))
            request = answer.next_request
    raise EntitiesUnavailable("too many redirects")


async def _read(answer: httpx.Response, max_bytes: int) -> bytes:
    """The body as it was sent: what is packed could unpack to any size."""
    import httpx

    body = bytearray()
    try:
        async for piece in answer.aiter_raw():
            body += piece
            if len(body) > max_bytes:
                raise EntitiesUnavailable("the answer is too large")
    except httpx.RemoteProtocolError as error:
        raise EntitiesUnavailable("the answer broke off") from error
    return bytes(body)


def _stay(before: str, after: str) -> None:
    """Raises EntitiesUnavailable if a redirect leaves the site, or TLS. In: addresses."""
    old, new = urlsplit(before), urlsplit(after)
    one, other = old.hostname or "", new.hostname or ""
    same = one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
    if not other or new.scheme not in ("http", "https") or not same:
        raise EntitiesUnavailable("a redirect to somewhere else")
    if old.scheme == "https" and new.scheme != "https":
        raise EntitiesUnavailable("a redirect away from TLS")


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
