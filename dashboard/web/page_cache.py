"""Pages kept whole, in the memory of each process: drawing one costs far more than its figures.

A page is a function of its address and the data, so it is kept by both. It is kept only if it is
whole, and given out only while the database answers: in an outage pages are drawn from kept
figures and marked (see `router.py`). What is kept is bounded in bytes; the oldest goes first.
"""

from __future__ import annotations

import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from flask import Flask, Response, g, request

from dashboard.data.door import is_stale, now, whole_page_of
from dashboard.data.errors import StoreUnavailable
from dashboard.web.page import PageModule
from serving.requests import name_route, route_name

BYTES = 12_000_000
CALLBACK = "/_dash-update-component"
_LONGEST_KEY = 2_000
_KINDS = ("text/html", "application/json")

Key = tuple[str, str, str, str, bytes]


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer: its body compressed, its type, and which rule of the address map it is of."""

    body: bytes
    content_type: str
    route: str


class Pages:
    """The answers lately given, within a number of bytes."""

    def __init__(self, limit: int = BYTES) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Kept | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: Key, kept: Kept) -> None:
        with self._lock:
            before = self._kept.pop(key, None)
            self._size += len(kept.body) - (len(before.body) if before else 0)
            self._kept[key] = kept
            while self._size > self._limit:
                _, gone = self._kept.popitem(last=False)
                self._size -= len(gone.body)


def keep_pages(server: Flask, modules: Sequence[PageModule], note: Callable[[str], None]) -> None:
    """Answer with what is kept, and keep what is whole. Last of all that is added to a server, so
    that it sees answers before they are compressed. In: also who is told of hits."""
    pages = Pages()
    rules = frozenset(module.PATH for module in modules)

    @server.before_request
    def kept() -> Response | None:
        key = _key(rules)
        found = pages.get(key) if key else None
        if found is None:
            g.page_key = key
            return None
        note("page")
        name_route(found.route)
        return Response(zlib.decompress(found.body), content_type=found.content_type)

    @server.after_request
    def keep(response: Response) -> Response:
        key = g.pop("page_key", None)
        # Of a request that a load overtook the page is of another version.
        whole = key is not None and whole_page_of() == key[0]
        if whole and response.status_code == 200 and response.mimetype in _KINDS:
            # The lightest compression: it takes a tenth of the time and half as much room again.
            body = zlib.compress(response.get_data(), 1)
            pages.put(key, Kept(body, response.content_type, route_name()))
        return response


def _key(rules: Collection[str]) -> Key | None:
    """What the answer depends on; None if it may not be kept, or there is no page here."""
    is_callback = request.method == "POST" and request.endpoint == CALLBACK
    if not is_callback and (request.method != "GET" or request.endpoint not in rules):
        return None
    # Not read before it is known to be short: how much may be sent is seen to elsewhere.
    length = (request.content_length or 0) if is_callback else len(request.query_string)
    if not 0 <= length <= _LONGEST_KEY or (is_callback and not length):
        return None
    try:
        version = now().version
    except StoreUnavailable:
        return None
    if is_stale():
        return None
    body = request.get_data() if is_callback else b""
    # What pages call this site: nobody may give others a page that names another one.
    site = request.url_root
    return version, site, request.path, request.query_string.decode("latin-1"), body
