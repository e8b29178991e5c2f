"""The places and the records of a dataset, from the platform's own programming interface.

Somebody else's server may be slow, gone, or send anything. So: three seconds in all, five
megabytes at most, two redirects within the same site, a few questions at a time, and one error for
whatever goes wrong. Only requests made for it ask here: a map, a list of records, one record. No
other page ever waits for it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, TypeVar
from urllib.parse import urlencode, urlsplit

from dashboard.maps.geometry import Shape, shape_of
from dashboard.maps.records import (
    OddAnswer,
    Record,
    RecordPage,
    number_of,
    page_of,
    whole_record_of,
)

if TYPE_CHECKING:
    import httpx

logger = logging.getLogger(__name__)
T = TypeVar("T")

SECONDS = 3.0
MAX_BYTES = 5_000_000
MAX_REDIRECTS = 2
AT_ONCE = 4
LIMIT = 500
"""The most that the interface gives in one answer."""
_NAME = 120
_HEADERS = {
    "Accept": "application/geo+json, application/json",
    "Accept-Encoding": "identity",
    "User-Agent": "planning-data-performance",
}


class EntitiesUnavailable(Exception):
    """What was asked for could not be had. In: why, in a line for the log, and the status that the
    other side answered with (0: it did not answer, or with something else than it should)."""

    def __init__(self, why: str, status: int = 0) -> None:
        super().__init__(why)
        self.status = status

    @property
    def is_gone(self) -> bool:
        """Whether the other side says that there is no such thing."""
        return self.status in (404, 410)


@dataclass(frozen=True, slots=True)
class Label:
    """Whose a shape is: the entity's number (None: not told), and what it is called."""

    number: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Places:
    """Shapes of a dataset's entities, each with its label. ``more``: there may be others beyond the
    limit."""

    shapes: tuple[Shape, ...]
    more: bool = False
    labels: tuple[Label, ...] = ()


class EntitySource:
    """Asks one server for places and records. In: its address, and the limits of one question."""

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
        return self._ask(self.address(entity, dataset), lambda body: read(body, self.limit))

    def records(self, entity: int, dataset: str, *, offset: int, limit: int) -> RecordPage:
        """Some records of an organisation and a dataset. Raises EntitiesUnavailable."""
        query = {"organisation_entity": entity, "dataset": dataset}
        page = {"limit": limit, "offset": offset}
        url = f"{self.url}/entity.json?{urlencode(query | page)}"
        return self._ask(url, lambda body: page_of(_json(body)))

    def record(self, number: int) -> Record:
        """The whole record of one entity, or of the one it was merged into. Raises
        EntitiesUnavailable."""
        url = f"{self.url}/entity/{number}.json"
        return self._ask(url, lambda body: whole_record_of(_json(body)))

    def _ask(self, url: str, reading: Callable[[bytes], T]) -> T:
        try:
            return reading(self._body(url))
        except OddAnswer as error:
            logger.warning("Nothing from %s: %s", url, error)
            raise EntitiesUnavailable(str(error)) from error
        except EntitiesUnavailable as error:
            logger.warning("Nothing from %s: %s", url, error)
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
                    status = answer.status_code
                    raise EntitiesUnavailable(f"it answered {status}", status)
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

    Features without a place are left out.
    """
    collection = _json(body)
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        raise EntitiesUnavailable("the answer has no features")
    pairs = [
        (shape, _label(feature.get("properties")))
        for feature in features
        if isinstance(feature, dict) and (shape := shape_of(feature.get("geometry"))) is not None
    ]
    return Places(
        tuple(shape for shape, _ in pairs),
        len(features) == limit,
        tuple(label for _, label in pairs),
    )


def _label(properties: object) -> Label:
    about = properties if isinstance(properties, dict) else {}
    name = next((str(about[key]) for key in ("name", "reference") if about.get(key)), "")
    return Label(number_of(about.get("entity")), name[:_NAME])


def _json(body: bytes) -> object:
    try:
        return json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise EntitiesUnavailable("the answer is not JSON") from error


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
