"""All features of a Web Feature Service, page by page where it can, as GeoJSON or GML.

What comes is XML of strangers: it is looked at as text, never parsed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from providers.fetching.errors import WrongAnswer
from providers.fetching.pages import AT_ONCE, Repetition, Writer, progress
from providers.fetching.visit import UPLOAD, PageTooLarge, Visit, list_of

CAPABILITIES = re.compile(rb"<(?:[\w.-]+:)?WFS_Capabilities\b")
_EXCEPTION = re.compile(rb"<(?:[\w.-]+:)?(?:ServiceExceptionReport|ExceptionReport)\b")
_EXCEPTION_TEXT = re.compile(
    rb"<(?:[\w.-]+:)?(?:ExceptionText|ServiceException)\b[^>]*>(.*?)</", re.DOTALL
)
_TYPE = re.compile(
    rb"<(?:[\w.-]+:)?FeatureType\b[^>]*>\s*(?:<!--.*?-->\s*)?<(?:[\w.-]+:)?Name\b[^>]*>([^<]+)<",
    re.DOTALL,
)
_VERSION = re.compile(rb"WFS_Capabilities\b[^>]*?\sversion\s*=\s*[\"']([\d.]+)[\"']", re.DOTALL)
_FORMAT = re.compile(
    rb">\s*((?:application/json|json|geojson|application/geo\+json)[^<]*?)\s*<", re.I
)
_OWN = frozenset(
    {"service", "request", "version", "typename", "typenames", "count", "maxfeatures",
     "startindex", "outputformat", "resulttype", "srsname", "acceptversions"}
)  # fmt: skip
_FIRST = re.compile(rb"<(?:[\w.-]+:)?(?:member|featureMembers?)\b")
_LAST = re.compile(rb"</(?:[\w.-]+:)?(?:member|featureMembers?)\s*>")
_NUMBER = re.compile(rb"\bnumber(Matched|Returned)\s*=\s*[\"'](\d+)[\"']")
_HEAD = 4096


class _Page(msgspec.Struct, rename="camel"):
    features: list[msgspec.Raw]
    crs: msgspec.Raw | None = None
    number_matched: int | str | None = None
    total_features: int | str | None = None

    @property
    def count(self) -> int | None:
        """How many features there are in all, where the server says it."""
        for value in (self.number_matched, self.total_features):
            if isinstance(value, int):
                return value
        return None


def is_service(url: str) -> bool:
    """Whether an address is of a Web Feature Service, by its form."""
    parts = urlsplit(url)
    query = _lower(parts.query)
    if query.get("service", "").lower() == "wfs":
        return not _is_file(query)
    if "service" in query:
        return False
    return parts.path.lower().rstrip("/").endswith(("/wfs", "/wfsserver"))


def download(url: str, path: Path, visit: Visit, say: Callable[[str], None]) -> tuple[str, str]:
    """Write a feature type to a file. Returns its name and a sentence. Raises FetchError."""
    query = _lower(urlsplit(url).query)
    say("Asking the map server what it has")
    body = visit.get(_address(url, {"request": "GetCapabilities"})).body
    _refuse(body)
    if not CAPABILITIES.search(body[:_HEAD]):
        raise WrongAnswer(
            "The address looks like one of a WFS, but what is there does not answer as one. Open "
            f"it in a browser to see whether it is right, {UPLOAD}."
        )
    name = _type(query, body)
    version = _VERSION.search(body)
    is_new = version is None or version[1].startswith(b"2")
    form = _FORMAT.search(body)
    more = {
        "request": "GetFeature",
        "version": (version[1] if version else b"2.0.0").decode(),
        "typeNames" if is_new else "typeName": name,
    }
    if form:
        more |= {"outputFormat": html.unescape(form[1].decode()), "srsName": "EPSG:4326"}
    with path.open("w+b") as file:
        reader = _Reader(url, more, visit, Writer(file), say)
        try:
            if form:
                reader.json(is_new)
            elif is_new:
                reader.gml()
            else:
                reader.whole()
        except Repetition:
            reader.whole()
    count = reader.writer.count
    words = f"{count:,} feature{'' if count == 1 else 's'} of " if count else ""
    return name, f"{words}{name}, from the WFS of {urlsplit(url).hostname}."


class _Reader:
    """Reads the pages of a feature type into a file."""

    def __init__(
        self, url: str, more: Mapping[str, str], visit: Visit, writer: Writer,
        say: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._url = url
        self._more = more
        self._visit = visit
        self._say = say
        self.writer = writer
        self._size = AT_ONCE

    def json(self, is_new: bool) -> None:
        """Pages of GeoJSON. In: whether the service is of version 2, which calls things anew."""
        limit = "count" if is_new else "maxFeatures"
        while True:
            body = self._page(limit)
            if body is None:
                continue
            page = _decode(body)
            if not self.writer.count:
                crs = b'"crs":%b,' % bytes(page.crs) if page.crs else b""
                self.writer.begin(b'{"type":"FeatureCollection",%b"features":[\n' % crs)
            if not self._add(map(bytes, page.features), len(page.features), page.count, b",\n"):
                break
        self.writer.end(b"\n]}\n")

    def gml(self) -> None:
        """Pages of GML, whose members become those of the first page's collection."""
        tail = b""
        while True:
            body = self._page("count")
            if body is None:
                continue
            first = _FIRST.search(body)
            lasts = [match.end() for match in _LAST.finditer(body)]
            numbers = dict(_NUMBER.findall(body[:_HEAD]))
            if first is None or not lasts:
                if not self.writer.count:
                    self.writer.begin(body)
                break
            if not self.writer.count:
                self.writer.begin(body[: first.start()])
                tail = body[lasts[-1] :]
            count = int(numbers.get(b"Returned", len(lasts)))
            matched = int(numbers[b"Matched"]) if b"Matched" in numbers else None
            members = body[first.start() : lasts[-1]]
            if not self._add([members], count, matched, b"\n"):
                break
        self.writer.end(tail)

    def whole(self) -> None:
        """All at once, from services that cannot page."""
        self._say("Downloading the features")
        self.writer.begin(b"")
        self._visit.get(_address(self._url, self._more), into=self.writer.file)
        self.writer.file.seek(0)
        _refuse(self.writer.file.read(65536))

    def _page(self, limit: str) -> bytes | None:
        """The next page; None where it is to be asked for again, smaller."""
        more = {limit: str(self._size), "startIndex": str(self.writer.count)}
        try:
            body = self._visit.get(_address(self._url, {**self._more, **more})).body
        except PageTooLarge:
            if self._size == 1:
                raise
            self._size = max(1, self._size // 4)
            return None
        _refuse(body)
        return body

    def _add(self, members: Iterable[bytes], count: int, of: int | None, between: bytes) -> bool:
        """Write a page. Returns whether there is another. Raises Repetition."""
        self.writer.add(members, count=count, between=between)
        self._say(progress(self.writer.count, of))
        # More than was asked for: it does not page, and this is all.
        if not count or count > self._size:
            return False
        return self.writer.count < of if of is not None else count == self._size


def _decode(body: bytes) -> _Page:
    try:
        return msgspec.json.decode(body, type=_Page)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WrongAnswer(
            f"What the WFS gave is not the GeoJSON that it offers. Try again, {UPLOAD}."
        ) from error


def _type(query: Mapping[str, str], capabilities: bytes) -> str:
    """The feature type to read: that of the address, or the only one. Raises WrongAnswer."""
    names = [html.unescape(name.decode("utf-8", "replace")).strip()
             for name in _TYPE.findall(capabilities)]  # fmt: skip
    name = query.get("typenames") or query.get("typename")
    if name:
        # A name without its prefix is good enough where it is the only such.
        fits = [one for one in names if name in (one, one.rpartition(":")[2])]
        if names and len(fits) != 1 and name not in names:
            raise WrongAnswer(f"The WFS has no {name[:80]}. It has {list_of(names)}.")
        return fits[0] if len(fits) == 1 else name
    if not names:
        raise WrongAnswer(f"The WFS offers no data. Ask whoever runs it, {UPLOAD}.")
    if len(names) > 1:
        raise WrongAnswer(
            "This is the service, not the data: say which of its sets you mean by adding "
            f"typeNames=… to the address. It has {list_of(names)}."
        )
    return names[0]


def _refuse(body: bytes) -> None:
    """Raises WrongAnswer for the report of an error."""
    if _EXCEPTION.search(body[:_HEAD]):
        match = _EXCEPTION_TEXT.search(body[:65536])
        words = html.unescape(match[1].decode("utf-8", "replace")) if match else ""
        words = " ".join(re.sub(r"<!\[CDATA\[|\]\]>", "", words).split())[:200].rstrip(".")
        words = f" It says: {words}." if words else ""
        raise WrongAnswer(f"The WFS could not give the data.{words} Check the address, {UPLOAD}.")


def _address(url: str, more: Mapping[str, str]) -> str:
    """The service's address with other words for the service, and the rest as it was."""
    parts = urlsplit(url)
    rest = [(name, text) for name, text in parse_qsl(parts.query) if name.lower() not in _OWN]
    return parts._replace(
        query=urlencode([*rest, ("service", "WFS"), *more.items()]), fragment=""
    ).geturl()


def _lower(query: str) -> dict[str, str]:
    return {name.lower(): text for name, text in parse_qsl(query)}


def _is_file(query: Mapping[str, str]) -> bool:
    """Whether a request names a form of file that is not put together from pages."""
    form = query.get("outputformat", "").lower()
    return (
        query.get("request", "").lower() == "getfeature"
        and bool(form)
        and not any(word in form for word in ("json", "gml", "xml"))
    )
