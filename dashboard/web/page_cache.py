"""Whole pages in the memory of each process: drawing one costs far more than its figures.

Only a page that says `KEEP = True` is kept, and only while it is the same for everyone: a request
that may be somebody's in particular is neither answered from here nor leaves its answer here. The
key holds all that an answer depends on, who may see it first of all.

It is kept before places in it are filled (`slots.py`), so what is sent can be another each time.
Compressing that well takes half of what a kept page costs: the result is kept too, by the tag of
the very bytes.

A page is kept if it is whole, and sent only while the database answers: in an outage pages are
drawn from older figures and marked (see `router.py`). The room for them is bounded in bytes; the
oldest goes first.
"""

from __future__ import annotations

import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import brotli
from flask import Flask, Response, g, request

from dashboard.data.door import days_if_old, now
from dashboard.data.errors import StoreUnavailable
from dashboard.data.notes import has_gaps, is_stale, note_whole_page, page_to_keep
from dashboard.web.page import PageModule
from dashboard.web.public import READING, has_it, is_anybody, same_as_before, tag_of
from dashboard.web.slots import has_places
from serving.requests import name_route, route_name

BYTES, PACKED_BYTES = 12_000_000, 6_000_000
CALLBACK = "/_dash-update-component"
EVERYONE = "everyone"
_LONGEST_KEY = 2_000
_KINDS = ("text/html", "application/json")
_NOT_FOR_EVERYONE = frozenset({"private", "no-store"})


@dataclass(frozen=True, slots=True)
class Key:
    """What an answer depends on: who may see it, the version of the data, what the reader calls
    this site (nobody may give others a page that names another one), path, query string, what was
    sent, and the age of the data where it is told."""

    audience: str
    version: str
    site: str = ""
    path: str = ""
    query: str = ""
    body: bytes = b""
    days_old: int | None = None


@dataclass(frozen=True, slots=True)
class CachedPage:
    """One answer: its body compressed, its type, which rule of the address map it is of, and its
    tag; None where places in it are to be filled first."""

    body: bytes
    content_type: str
    route: str
    tag: str | None = None


class PageCache:
    """The answers lately given, within a number of bytes. A key is a `Key`, or a tag."""

    def __init__(self, limit: int = BYTES) -> None:
        self._limit = limit
        self._size = 0
        self._pages: OrderedDict[Key | str, CachedPage] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key | str) -> CachedPage | None:
        """The answer for a key, or None."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: Key | str, page: CachedPage) -> None:
        """Keep an answer; the oldest go when there is no room."""
        with self._lock:
            before = self._pages.pop(key, None)
            self._size += len(page.body) - (len(before.body) if before else 0)
            self._pages[key] = page
            while self._size > self._limit:
                _, oldest = self._pages.popitem(last=False)
                self._size -= len(oldest.body)


def cache_pages(server: Flask, modules: Sequence[PageModule], note: Callable[[str], None]) -> None:
    """Answer with cached pages, and cache what may be. Last of all that is added to a server, so
    that it sees answers before they are compressed. In: the pages, and who is told of hits."""
    cache = PageCache()
    rules = frozenset(page.PATH for page in modules if getattr(page, "KEEP", False))

    @server.before_request
    def from_cache() -> Response | None:
        key = _key(rules)
        page = cache.get(key) if key else None
        if page is None:
            g.page_key = key
            return None
        note("page")
        name_route(page.route)
        note_whole_page(keep=False)
        g.page_from_cache = page
        if page.tag and request.method in READING and has_it(page.tag):
            return same_as_before(page.tag, page.content_type)
        return Response(zlib.decompress(page.body), content_type=page.content_type)

    @server.after_request
    def copy(response: Response) -> Response:
        key: Key | None = g.get("page_key")
        # Of a request that a load overtook the page is of another version.
        whole = key is not None and page_to_keep() == key.version
        if whole and response.status_code == 200 and response.mimetype in _KINDS:
            body = response.get_data()
            tag = None if has_places(body) else tag_of(body)
            # The lightest compression: it takes a tenth of the time and half as much room again.
            packed = zlib.compress(body, 1)
            g.page_copy = response, CachedPage(packed, response.content_type, route_name(), tag)
        return response

    @server.teardown_request
    def into_cache(_error: BaseException | None) -> None:
        # Only now are all headers there: a session's cookie is the last of them.
        response, page = g.pop("page_copy", (None, None))
        if page is not None and _is_for_everyone(response) and not has_gaps():
            cache.put(g.page_key, page)


def pack_pages(server: Flask, quality: int) -> None:
    """Compress kept pages once, for whoever takes brotli. Added before what fills places and says
    the tag, whose work then comes first. In: how well they are compressed."""
    cache = PageCache(PACKED_BYTES)

    @server.after_request
    def pack(response: Response) -> Response:
        page: CachedPage | None = g.get("page_from_cache")
        if page is None or response.status_code != 200 or not _takes_brotli():
            return response
        tag = response.get_etag()[0] or tag_of(response.get_data())
        packed = cache.get(tag)
        if packed is None:
            body = brotli.compress(response.get_data(), quality=quality)
            packed = replace(page, body=body)
            cache.put(tag, packed)
        response.set_data(packed.body)
        response.headers["Content-Encoding"] = "br"
        return response


def _takes_brotli() -> bool:
    return request.accept_encodings.best_match(("br", "gzip")) == "br"


def _key(rules: Collection[str]) -> Key | None:
    """The key of the request under way; None if its answer is not to be cached, or no page. In:
    the rules of the pages that are."""
    is_callback = request.method == "POST" and request.endpoint == CALLBACK
    if not is_callback and (request.method not in READING or request.endpoint not in rules):
        return None
    # Not read before it is known to be short: how much may be sent is seen to elsewhere.
    length = (request.content_length or 0) if is_callback else len(request.query_string)
    if not is_anybody() or not 0 <= length <= _LONGEST_KEY or (is_callback and not length):
        return None
    try:
        version = now().version
    except StoreUnavailable:
        return None
    if is_stale():
        return None
    body = request.get_data() if is_callback else b""
    query = request.query_string.decode("latin-1")
    return Key(EVERYONE, version, request.url_root, request.path, query, body, days_if_old())


def _is_for_everyone(response: Response) -> bool:
    return "Set-Cookie" not in response.headers and _NOT_FOR_EVERYONE.isdisjoint(
        response.cache_control
    )
