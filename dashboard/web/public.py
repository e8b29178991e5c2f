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

from dashboard.data.cache import code_version
from dashboard.data.door import now
from dashboard.data.notes import has_gaps, is_by_version, is_stale, whole_page_of
from dashboard.web.cookies import FORM_COOKIES, is_private
from serving.holding import PUBLIC

FOR_ONE = "private, no-cache"
READING = ("GET", "HEAD")
# What Dash's script asks for before it draws its first page: of the release alone.
_OF_DASH = ("/_dash-layout", "/_dash-dependencies")
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


def same_as_before(tag: str, content_type: str) -> Response:
    """The answer to who has the answer of this tag. Its type is not sent: headers hang on it, and
    are to be those of the answer itself."""
    answer = Response(status=304, content_type=content_type)
    answer.headers["Cache-Control"] = PUBLIC
    answer.set_etag(tag, weak=True)
    return answer


def version_tag(beside: str = "") -> str:
    """The tag of what hangs on its address, the release and the data alone, and on what is beside
    them. Raises StoreUnavailable."""
    subject = (code_version(), now().version, request.url_root, request.full_path, beside)
    return tag_of("\n".join(subject).encode(errors="replace"))


def unless_new(beside: str = "") -> Response | None:
    """The answer to who has what `hold` made of this address, before it is made again: whoever
    shows its tag has had a good answer here. None for all others. In: as for `version_tag`. Raises
    StoreUnavailable."""
    tags = request.if_none_match
    if request.method not in READING or not tags or tags.star_tag or not is_anybody():
        return None
    tag = version_tag(beside)
    return same_as_before(tag, "text/plain") if has_it(tag) and not is_stale() else None


def hold(response: Response, beside: str = "") -> Response:
    """An answer that is no page, which may be held where it is whole, and says nothing of that
    itself; by a tag if the data alone are in it. In: as for `version_tag`."""
    if request.method in READING and response.status_code == 200 and _has_no_secret(response):
        response.headers["Cache-Control"] = PUBLIC
        if is_by_version():
            response.set_etag(version_tag(beside), weak=True)
    return response


def publish_pages(server: Flask) -> None:
    """Say of each page whether it may be held, by which tag it is asked for again, and nothing
    else of one that who asks has. Added before `fill_slots`, whose work then comes first."""

    @server.after_request
    def publish(response: Response) -> Response:
        if request.method not in READING:
            return response
        if has_gaps() or response.status_code >= 500:
            response.headers["Cache-Control"] = "no-store"
            response.headers.pop("ETag", None)
        elif response.status_code == 200 and _is_for_all() and _has_no_secret(response):
            response.headers["Cache-Control"] = PUBLIC
            response.set_etag(tag_of(response.get_data()), weak=True)
            if has_it(response.get_etag()[0] or ""):
                response.status_code = 304
                response.set_data(b"")
        elif not is_anybody() and response.mimetype == "text/html":
            response.headers.setdefault("Cache-Control", FOR_ONE)
        return response


def _is_for_all() -> bool:
    """Whether the answer under way is a whole page, or Dash's own."""
    if request.path in _OF_DASH:
        return True
    return whole_page_of() is not None and not now().empty


def _has_no_secret(response: Response) -> bool:
    # Flask says `no-cache` of files.
    if response.headers.get("Cache-Control", "no-cache") != "no-cache":
        return False
    if "Set-Cookie" in response.headers:
        return False
    return is_anybody() and not is_private() and not has_gaps()
