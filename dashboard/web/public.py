"""What browsers and shared caches, such as a CDN, may hold: a page for readers of whom nothing is
known, for a minute, and for another one while they ask for it anew (RFC 9111, RFC 5861).

- Public is a whole page of present data, of an answering database. Whoever sends a password, or a
  cookie that is not known to mean nothing, gets an answer that no shared cache holds; so does
  everybody of a page with a form, of an empty store, in an outage and for an error.
- The tag is of the very bytes, once the places in a kept page are filled (`slots.py`): with the
  data, the release, a setting, the day or what people said, it changes when and only when the
  page does. It is weak, since the page is sent compressed or not under the same tag.
- `Vary: Cookie` stays. Who reads without signing in is sent no cookie and so sends none: all of
  them share one answer, and a cache that knows nothing of us cannot mix them up with the others.
  A CDN that does not heed it is told of our cookies by its operator (README).
"""

from __future__ import annotations

from hashlib import blake2b

from flask import Flask, Response, request

from dashboard.data.door import has_gaps, now, whole_page_of
from dashboard.web.cookies import FORM_COOKIES, is_private

SECONDS = 60
CACHING = f"public, max-age={SECONDS}, stale-while-revalidate={SECONDS}"
FOR_ONE = "private, no-cache"
READING = ("GET", "HEAD")
# Set by what stands before us, to send a reader to the same machine or to tell people from robots.
# We never read them.
_OF_ROUTERS = frozenset({"heroku-session-affinity", "AWSALB", "AWSALBCORS", "__cf_bm"})
# What forms are bound to: no page that is kept has one.
_HARMLESS_COOKIES = _OF_ROUTERS | FORM_COOKIES


def is_anybody() -> bool:
    """Whether nothing is known of who asks."""
    return "Authorization" not in request.headers and _HARMLESS_COOKIES.issuperset(request.cookies)


def tag_of(body: bytes) -> str:
    """The tag of an answer."""
    return blake2b(body, digest_size=12).hexdigest()


def has_it(tag: str) -> bool:
    """Whether who asks has the answer of this tag already."""
    return request.if_none_match.contains_weak(tag)


def not_changed(tag: str, content_type: str) -> Response:
    """The answer to who has the answer of this tag. Its type is not sent: headers hang on it, and
    are to be those of the answer itself."""
    answer = Response(status=304, content_type=content_type)
    answer.set_etag(tag, weak=True)
    return answer


def publish_pages(server: Flask) -> None:
    """Say of each page whether it may be held, by which tag it is asked for again, and nothing
    else of one that who asks has. Added before `fill_slots`, whose work then comes first."""

    @server.after_request
    def publish(response: Response) -> Response:
        if request.method not in READING or response.mimetype != "text/html":
            return response
        if not is_anybody():
            response.headers.setdefault("Cache-Control", FOR_ONE)
        elif _is_public(response):
            if response.status_code == 200:
                response.set_etag(tag_of(response.get_data()), weak=True)
                if has_it(response.get_etag()[0] or ""):
                    response.status_code = 304
                    response.set_data(b"")
            response.headers["Cache-Control"] = CACHING
        elif response.status_code >= 500 or has_gaps():
            response.headers["Cache-Control"] = "no-store"
        return response


def _is_public(response: Response) -> bool:
    if "Cache-Control" in response.headers or "Set-Cookie" in response.headers or is_private():
        return False
    return whole_page_of() is not None and not has_gaps() and not now().empty
