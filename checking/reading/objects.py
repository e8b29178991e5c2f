"""JSON: a list of objects, columns with data, GeoJSON, and what ArcGIS gives.

The file is mapped into memory and only split into its rows; each is decoded when its chunk is.
Numbers of shapes are never numbers here: their text becomes WKT as it is.
"""

from __future__ import annotations

import json
import math
import mmap
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from checking.model import CannotRead, Choices, Chunk, Recognition
from checking.reading import encodings, limits, values
from checking.reading.source import Row, Source, chunks_of, shorten, unique_names
from checking.reading.wkt import from_arcgis, from_geojson

_NOT_NUMBERS = re.compile(rb"([:\[,]\s*)(-?)(NaN|Infinity)(?=\s*[,}\]])")
_EPSG = re.compile(r"(?:EPSG|epsg)[:/]+(?:[\d.]*[:/]+)?(\d{4,6})$")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Document(msgspec.Struct):
    """An object, of which we need these; what holds rows stays text."""

    type: Any = None
    features: list[msgspec.Raw] | None = None
    columns: Any = None
    data: list[msgspec.Raw] | None = None
    rows: list[msgspec.Raw] | None = None
    crs: Any = None
    fields: Any = None
    spatial_reference: Any = msgspec.field(name="spatialReference", default=None)
    geometry: msgspec.Raw = msgspec.Raw(b"null")
    error: Any = None


class Feature(msgspec.Struct):
    """A row of GeoJSON, or of ArcGIS."""

    properties: dict[str, Any] | None = None
    attributes: dict[str, Any] | None = None
    geometry: msgspec.Raw = msgspec.Raw(b"null")


class Names(msgspec.Struct):
    """The names of a row's columns."""

    properties: dict[str, msgspec.Raw] | None = None
    attributes: dict[str, msgspec.Raw] | None = None


_FEATURE = msgspec.json.Decoder(Feature)
_NAMES = msgspec.json.Decoder(Names)
_OBJECT = msgspec.json.Decoder(dict[str, Any])
_KEYS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST = msgspec.json.Decoder(list[Any])
_T = TypeVar("_T")
_DIGITS = 4_000
"""An integer of more is no number that Python reads."""


def _decode_row(decoder: msgspec.json.Decoder[_T], row: msgspec.Raw) -> _T:
    """A row; a number in it that is none a computer has is text, and costs no other cell."""
    try:
        return decoder.decode(row)
    except msgspec.ValidationError:
        loose = json.loads(bytes(row), parse_int=_number, parse_float=_number)
        return decoder.decode(msgspec.json.encode(loose))


def _number(text: str) -> msgspec.Raw | str:
    """A number as it stands in the file, or as text."""
    is_odd = len(text) > _DIGITS or not math.isfinite(float(text))
    return text if is_odd else msgspec.Raw(text.encode())


class ObjectSource(Source):
    """Rows of a JSON file. In: what it was recognised as, the text of each row, and how that
    becomes cells."""

    def __init__(
        self,
        recognition: Recognition,
        rows: Sequence[msgspec.Raw],
        cells: Callable[[msgspec.Raw], list[Any]],
        close: Callable[[], None],
    ) -> None:
        super().__init__(recognition)
        self._rows = rows
        self._cells = cells
        self._close = close

    def chunks(self, rows: int = 10_000) -> Iterator[Chunk]:
        """See Source. The first object has the line 2, as if there were a header."""
        broken: list[tuple[int, str]] = []
        return chunks_of(self.recognition.columns, self._read(broken), rows, broken)

    def _read(self, broken: list[tuple[int, str]]) -> Iterator[Row]:
        for line, row in enumerate(self._rows, 2):
            try:
                cells = [
                    cell if type(cell) is str else values.text(cell) for cell in self._cells(row)
                ]
            except (msgspec.MsgspecError, RecursionError, UnicodeError, ValueError) as error:
                broken.append((line, f"The row could not be read: {shorten(str(error), 100)}."))
                continue
            if any(cells):
                yield line, cells

    def close(self) -> None:
        """Let go of the file's text, and delete what was unpacked."""
        self._rows = []
        self._close()
        super().close()


def open_json(path: Path, choices: Choices, names: frozenset[str]) -> ObjectSource:
    """A JSON file. Raises CannotRead."""
    encoding = encodings.recognise(path, choices.encoding)
    text, close = _mapped(path, encoding)
    try:
        return _open(text, close, encoding, names)
    except BaseException:
        close()
        raise


def _mapped(
    path: Path, encoding: encodings.Encoding
) -> tuple[bytes | mmap.mmap, Callable[[], None]]:
    """The text in UTF-8: the file itself where it is that, and what lets go of it."""
    if encoding.codec == "utf-8" and encoding.errors == "strict":
        with path.open("rb") as file:
            text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return text, lambda: _let_go(text)
    content = path.read_bytes().decode(encoding.codec, encoding.errors).encode("utf-8")
    return content, lambda: None


def _let_go(text: mmap.mmap) -> None:
    try:
        text.close()
    except BufferError:  # rows that somebody holds still point into it
        return


def _open(
    text: bytes | mmap.mmap,
    close: Callable[[], None],
    encoding: encodings.Encoding,
    names: frozenset[str],
) -> ObjectSource:
    notes = [encoding.note] if encoding.note else []
    document = _decode(text, notes)
    if isinstance(document, list):
        return _objects("json", document, encoding, notes, close)
    if document.features is not None:
        return _features(document, document.features, encoding, notes, close)
    table = document.data if document.data is not None else document.rows
    if table is not None:
        return _table(document, table, encoding, notes, close)
    if document.type == "Feature":
        return _features(document, [msgspec.Raw(bytes(text))], encoding, notes, close)
    if document.type == "Topology":
        raise _not_a_table("The file is TopoJSON. Save your data as GeoJSON.")
    if document.error is not None:
        told = document.error.get("message") if isinstance(document.error, dict) else ""
        raise _not_a_table(f"The file is a service's message of an error: “{shorten(str(told))}”.")
    raise _not_a_table(
        "The file is JSON, but not a list of rows. Save your data as GeoJSON, or as a list of "
        "objects that each have the same names."
    )


def _not_a_table(sentence: str) -> CannotRead:
    return CannotRead("json", sentence)


def _decode(text: bytes | mmap.mmap, notes: list[str]) -> Document | list[msgspec.Raw]:
    """A file split into its rows. Lines of objects are a list too."""
    try:
        return _once(text)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        first = error
    content = bytes(text)
    if _NOT_NUMBERS.search(content):
        notes.append("NaN and Infinity are not numbers in JSON: they were read as text.")
        content = _NOT_NUMBERS.sub(rb'\1"\2\3"', content)
        try:
            return _once(content)
        except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
            first = error
    try:
        lines = msgspec.json.Decoder(msgspec.Raw).decode_lines(content)
        if len(lines) > 1:
            return lines
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        pass
    raise _not_a_table(f"The file begins like JSON, but is not: {_place(first, content)}")


def _once(text: bytes | mmap.mmap) -> Document | list[msgspec.Raw]:
    start = bytes(text[:4096]).removeprefix(b"\xef\xbb\xbf").lstrip()
    view = memoryview(text)[3:] if text[:3] == b"\xef\xbb\xbf" else text
    if start.startswith(b"["):
        return msgspec.json.decode(view, type=list[msgspec.Raw])
    return msgspec.json.decode(view, type=Document)


def _place(error: Exception, content: bytes) -> str:
    """Where the fault is, for people."""
    byte = re.search(r"\(byte (\d+)\)", str(error))
    if not byte:
        return "it is cut short, or not as JSON is. Save your data once more."
    place = int(byte.group(1))
    line = content.count(b"\n", 0, place) + 1
    near = shorten(content[max(0, place - 20) : place + 20].decode("utf-8", "replace"))
    return f"there is a fault in line {line:,}, near “{near}”. Save your data once more."


def _keys(
    rows: Sequence[msgspec.Raw], keys: Callable[[msgspec.Raw], dict[str, Any] | None]
) -> list[str]:
    """The names of all rows' columns, as they are first met. Raises CannotRead for too many."""
    union: dict[str, None] = {}
    for row in rows:
        try:
            union.update(dict.fromkeys(keys(row) or ()))
        except (msgspec.MsgspecError, RecursionError, UnicodeError):
            continue  # told when the row is read
        if len(union) > limits.COLUMNS:
            break
    limits.test_header(list(union))
    return list(union)


def _test_rows(rows: Sequence[msgspec.Raw]) -> None:
    if len(rows) > limits.ROWS:
        raise limits.too_many_rows()


def _objects(
    kind: str,
    rows: list[msgspec.Raw],
    encoding: encodings.Encoding,
    notes: list[str],
    close: Callable[[], None],
) -> ObjectSource:
    """A list of objects; or of features, where that is what they are."""
    _test_rows(rows)
    sample = _keys(list(islice(rows, 10)), _KEYS.decode)
    if "type" in sample and {"properties", "geometry"} <= set(sample):
        return _features(Document(), rows, encoding, notes, close)
    columns = _keys(rows, _KEYS.decode)
    if not columns:
        raise _not_a_table("The file is JSON, but a list without any objects that have names.")

    def cells(row: msgspec.Raw) -> list[Any]:
        return list(map(_decode_row(_OBJECT, row).get, columns))

    names, more = unique_names(columns)
    recognition = Recognition(kind, tuple(names), encoding=encoding.label, notes=(*notes, *more))
    return ObjectSource(recognition, rows, cells, close)


def _table(
    document: Document,
    rows: list[msgspec.Raw],
    encoding: encodings.Encoding,
    notes: list[str],
    close: Callable[[], None],
) -> ObjectSource:
    """Columns, and rows as arrays or as objects."""
    _test_rows(rows)
    if not isinstance(document.columns, list) or (rows and bytes(rows[0])[:1] == b"{"):
        return _objects("json", rows, encoding, notes, close)
    header = [
        values.text(name.get("name") if isinstance(name, dict) else name)
        for name in document.columns
    ]
    limits.test_header(header)
    columns, more = unique_names(header)

    def cells(row: msgspec.Raw) -> list[Any]:
        decoded = _decode_row(_LIST, row)
        if len(decoded) != len(columns):
            raise ValueError(f"it has {len(decoded)} values for {len(columns)} columns")
        return decoded

    recognition = Recognition(
        "json", tuple(columns), encoding=encoding.label, notes=(*notes, *more)
    )
    return ObjectSource(recognition, rows, cells, close)


def _features(
    document: Document,
    rows: list[msgspec.Raw],
    encoding: encodings.Encoding,
    notes: list[str],
    close: Callable[[], None],
) -> ObjectSource:
    """GeoJSON, or ArcGIS's JSON, whose rows have attributes."""
    _test_rows(rows)

    def keys(row: msgspec.Raw) -> dict[str, Any]:
        feature = _NAMES.decode(row)
        return {**(feature.properties or {}), **(feature.attributes or {})}

    columns = _keys(rows, keys)
    arcgis = document.spatial_reference is not None or document.fields is not None
    dates = _date_fields(document.fields)
    shape = from_arcgis if arcgis else from_geojson

    def cells(row: msgspec.Raw) -> list[Any]:
        feature = _decode_row(_FEATURE, row)
        properties = (feature.attributes if arcgis else feature.properties) or {}
        for name in dates & properties.keys():
            properties[name] = _moment(properties[name])
        return [shape(bytes(feature.geometry)), *map(properties.get, columns)]

    header = ["WKT", *(name if name != "WKT" else "WKT (property)" for name in columns)]
    names, more = unique_names(header)
    recognition = Recognition(
        "arcgis-json" if arcgis else "geojson",
        tuple(names),
        encoding=encoding.label,
        crs=_system(document),
        notes=(*notes, *more),
    )
    return ObjectSource(recognition, rows, cells, close)


def _date_fields(fields: Any) -> set[str]:
    if not isinstance(fields, list):
        return set()
    return {
        str(field.get("name"))
        for field in fields
        if isinstance(field, dict) and field.get("type") == "esriFieldTypeDate"
    }


def _moment(value: Any) -> Any:
    """ArcGIS writes dates as milliseconds since 1970."""
    if not isinstance(value, int | float):
        return value
    try:
        moment = _EPOCH + timedelta(milliseconds=value)
    except (OverflowError, ValueError):
        return value
    return moment.replace(tzinfo=None)


def _system(document: Document) -> int | None:
    """The EPSG number that a document declares."""
    if isinstance(reference := document.spatial_reference, dict):
        number = reference.get("latestWkid") or reference.get("wkid")
        number = 3857 if number in (102100, 102113, 900913) else number
        return number if isinstance(number, int) and 1000 < number < 100_000 else None
    if not isinstance(document.crs, dict):
        return None
    properties = document.crs.get("properties")
    name = str(properties.get("name") or "") if isinstance(properties, dict) else ""
    if name.endswith("CRS84"):
        return 4326
    match = _EPSG.search(name)
    return int(match.group(1)) if match else None
