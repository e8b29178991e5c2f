"""All features of an ArcGIS layer, page by page, in WGS84.

By offset where the server can, else by ranges of object ids; as GeoJSON where the server writes
it, else as Esri's own JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from providers.fetching.errors import WrongAnswer
from providers.fetching.pages import AT_ONCE, Repetition, Writer, progress
from providers.fetching.visit import UPLOAD, PageTooLarge, Visit, list_of

_SERVICE = re.compile(
    r"(?P<service>.*/(?:Map|Feature|Image)Server)(?:/(?P<layer>\d+))?(?P<query>/query)?/*", re.I
)
T = TypeVar("T")
_ALL = "1=1"
_FEWEST = 10


class _Failure(msgspec.Struct):
    code: int | None = None
    message: str = ""
    details: list[str] | None = None


class _Label(msgspec.Struct):
    id: int
    name: str = ""


class _Layer(msgspec.Struct, rename="camel"):
    """What a server says of a layer, or of the service as a whole."""

    error: _Failure | None = None
    name: str = ""
    type: str = ""
    capabilities: str | None = None
    max_record_count: int | None = None
    supported_query_formats: str = ""
    supports_pagination: bool = False
    advanced_query_capabilities: dict[str, Any] | None = None
    object_id_field: str | None = None
    fields: list[dict[str, Any]] | None = None
    layers: list[_Label] | None = None
    tables: list[_Label] | None = None
    sub_layers: list[_Label] | None = None

    @property
    def pages_by_offset(self) -> bool:
        """Whether the server says that it can begin at any feature."""
        more = self.advanced_query_capabilities or {}
        return self.supports_pagination or more.get("supportsPagination") is True

    @property
    def id_field(self) -> str | None:
        """The name of the field that numbers the features."""
        of_type = (
            str(field.get("name"))
            for field in self.fields or ()
            if field.get("type") == "esriFieldTypeOID"
        )
        return self.object_id_field or next(of_type, None)


class _Page(msgspec.Struct, rename="camel"):
    error: _Failure | None = None
    features: list[msgspec.Raw] | None = None
    geometry_type: str | None = None
    fields: msgspec.Raw = msgspec.Raw(b"[]")


class _Count(msgspec.Struct):
    error: _Failure | None = None
    count: int | None = None


class _Ids(msgspec.Struct, rename="camel"):
    error: _Failure | None = None
    object_id_field_name: str | None = None
    object_ids: list[int] | None = None


def is_service(url: str) -> bool:
    """Whether an address is of a map server of ArcGIS, by its form."""
    return _SERVICE.fullmatch(urlsplit(url).path) is not None


def download(url: str, path: Path, visit: Visit, say: Callable[[str], None]) -> tuple[str, str]:
    """Write a layer to a file. Returns its name and a sentence. Raises FetchError."""
    parts = urlsplit(url)
    match = _SERVICE.fullmatch(parts.path)
    if match is None:
        raise ValueError(url)
    service = parts._replace(path=match["service"], query="", fragment="").geturl()
    query = {name.lower(): text for name, text in parse_qsl(parts.query)}
    say("Asking the map server about the layer")
    if match["layer"] is None:
        raise _is_service(service, _ask(visit, f"{service}?f=json", _Layer))
    address = f"{service}/{match['layer']}"
    layer = _ask(visit, f"{address}?f=json", _Layer)
    _check(layer, service, match["layer"], visit)
    where = query.get("where") or _ALL
    total = _ask(visit, f"{address}/query?{_query(where, returnCountOnly='true')}", _Count)
    with path.open("wb") as file:
        reader = _Reader(address, where, layer, visit, Writer(file), say)
        reader.read(None if total.error else total.count)
    name = layer.name or f"Layer {match['layer']}"
    count = reader.writer.count
    part = "" if where == _ALL else f", those where {where[:100]}"
    return name, (
        f"{count:,} feature{'' if count == 1 else 's'} of the ArcGIS layer {name}, from "
        f"{parts.hostname}{part}."
    )


class _Reader:
    """Reads a layer's pages into a file."""

    def __init__(
        self, address: str, where: str, layer: _Layer, visit: Visit, writer: Writer,
        say: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._address = address
        self._where = where
        self._layer = layer
        self._visit = visit
        self._say = say
        self._size = max(1, min(AT_ONCE, layer.max_record_count or AT_ONCE))
        self._geojson = "geojson" in layer.supported_query_formats.lower()
        self.writer = writer

    def read(self, count: int | None) -> None:
        """All pages. In: how many features there are, None where the server does not say."""
        if self._layer.pages_by_offset:
            try:
                self._by_offset(count)
            except Repetition:
                self._by_ids()
        else:
            self._by_ids()
        if not self.writer.count:
            self.writer.begin(b'{"type":"FeatureCollection","features":[')
        self.writer.end(b"\n]}\n")
        if count is not None and self.writer.count < count:
            raise WrongAnswer(
                f"The map server gave {self.writer.count:,} of {count:,} features. Try again, "
                f"{UPLOAD}."
            )

    def _by_offset(self, count: int | None) -> None:
        order = self._layer.id_field
        while count is None or self.writer.count < count:
            more = {"resultOffset": str(self.writer.count), "resultRecordCount": str(self._size)}
            if order:
                more["orderByFields"] = order
            length = self._page(self._where, more, count)
            if length == 0:
                return

    def _by_ids(self) -> None:
        """Pages as ranges of object ids, which every server can."""
        url = f"{self._address}/query?{_query(self._where, returnIdsOnly='true')}"
        listing = _ask(self._visit, url, _Ids)
        field = listing.object_id_field_name or self._layer.id_field
        if listing.error or listing.object_ids is None or not field:
            raise _failure(listing.error)
        ids = sorted(listing.object_ids)
        at, self.writer.count = 0, 0
        while at < len(ids):
            some = ids[at : at + self._size]
            where = f"({self._where}) AND {field} >= {some[0]} AND {field} <= {some[-1]}"
            length = self._page(where, {}, len(ids))
            if length is not None:
                at += len(some)

    def _page(self, where: str, more: dict[str, str], count: int | None) -> int | None:
        """Write one page. Returns how many features it had; None where it is to be asked for again
        in smaller ones."""
        form = "geojson" if self._geojson else "json"
        query = _query(where, f=form, outFields="*", **_SHAPE, **more)
        url = f"{self._address}/query?{query}"
        try:
            page = _ask(self._visit, url, _Page)
        except PageTooLarge:
            if self._size == 1:
                raise
            self._size = max(1, self._size // 4)
            return None
        if page.error or page.features is None:
            # Servers give up on pages of many large shapes.
            if self._size <= _FEWEST:
                raise _failure(page.error)
            self._size = max(_FEWEST, self._size // 4)
            return None
        if not self.writer.count:
            self.writer.begin(self._head(page))
        self.writer.add(map(bytes, page.features), count=len(page.features))
        self._say(progress(self.writer.count, count))
        return len(page.features)

    def _head(self, page: _Page) -> bytes:
        if self._geojson:
            return b'{"type":"FeatureCollection","features":[\n'
        kind = msgspec.json.encode(page.geometry_type)
        return b'{"geometryType":%b,"spatialReference":{"wkid":4326},"fields":%b,"features":[\n' % (
            kind,
            bytes(page.fields),
        )


_SHAPE = {"outSR": "4326", "returnGeometry": "true", "geometryPrecision": "7"}


def _query(where: str, **more: str) -> str:
    return urlencode({"f": "json", "where": where} | more)


def _ask(visit: Visit, url: str, kind: type[T]) -> T:
    """What a map server answers. Raises FetchError."""
    body = visit.get(url).body
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WrongAnswer(
            "The address looks like one of an ArcGIS layer, but what is there does not answer as "
            f"one. Open it in a browser to see whether it is right, {UPLOAD}."
        ) from error


def _is_service(service: str, answer: _Layer) -> WrongAnswer:
    if answer.error:
        return _failure(answer.error)
    layers = [*(answer.layers or ()), *(answer.tables or ())]
    if not layers:
        return WrongAnswer(
            "This is the service, not the data layer, and it has no layers of data. Ask whoever "
            f"runs the server for the layer's address, {UPLOAD}."
        )
    names = list_of(f"{layer.id} ({layer.name})" for layer in layers)
    return WrongAnswer(
        f"This is the service, not the data layer: add the layer's number, for example "
        f"{service}/{layers[0].id}. It has {names}."
    )


def _check(layer: _Layer, service: str, number: str, visit: Visit) -> None:
    """Raises WrongAnswer for a layer that no data can be had from."""
    if layer.error:
        if layer.error.code in (498, 499, 401, 403):
            raise _failure(layer.error)
        root = _ask(visit, f"{service}?f=json", _Layer)
        if root.error:
            raise _failure(root.error)
        names = list_of(f"{one.id} ({one.name})" for one in root.layers or ())
        raise WrongAnswer(f"There is no layer {number} in this service. It has {names or 'none'}.")
    if layer.type == "Group Layer":
        names = list_of(f"{one.id} ({one.name})" for one in layer.sub_layers or ())
        raise WrongAnswer(
            f"This is a group of layers, not one: give the address of one of them, {names}."
        )
    if layer.type == "Raster Layer" or service.lower().endswith("imageserver"):
        raise WrongAnswer("This layer is a picture, not data. Give the address of a data layer.")
    if layer.capabilities is not None and "query" not in layer.capabilities.lower():
        raise WrongAnswer(
            "The map server does not let anyone ask for this layer's data. Ask whoever runs it to "
            f"allow queries, {UPLOAD}."
        )


def _failure(error: _Failure | None) -> WrongAnswer:
    if error and error.code in (498, 499, 401, 403):
        return WrongAnswer(
            "The map server asks for a sign-in. The platform has none: share the layer with "
            f"everyone, {UPLOAD}."
        )
    words = " ".join([error.message, *(error.details or ())])[:200].strip() if error else ""
    words = f" It says: {words.rstrip('.')}." if words else ""
    return WrongAnswer(
        f"The map server could not give the layer's data.{words} Try again later, {UPLOAD}."
    )
