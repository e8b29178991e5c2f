"""What kind of file bytes are: by what is in them, never by a name."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Literal, TypeAlias

from checking.model import CannotRead
from checking.reading import encodings
from checking.reading.source import shorten

Kind: TypeAlias = Literal[
    "csv", "xlsx", "xls", "ods", "json", "geopackage", "shapefile", "gml", "kml", "zip"
]

_OTHERS = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\0", "a picture"),
    (b"MM\0*", "a picture"),
    (b"RIFF", "a picture or a sound"),
    (b"\x1f\x8b", "an archive that is not a zip"),
    (b"7z\xbc\xaf", "an archive that is not a zip"),
    (b"Rar!", "an archive that is not a zip"),
    (b"BZh", "an archive that is not a zip"),
    (b"\xfd7zXZ", "an archive that is not a zip"),
    (b"PAR1", "a Parquet file"),
    (b"fgb\x03", "a FlatGeobuf file"),
    (b"{\\rtf", "a text document"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROTECTED = "EncryptedPackage".encode("utf-16-le")
_ROOT = re.compile(rb"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_MESSAGE = re.compile(rb"<(?:\w+:)?ExceptionText[^>]*>([^<]{1,500})")
_SCALAR = re.compile(rb"\s*(null|true|false|-?\d+(\.\d+)?([eE][-+]?\d+)?)\s*")
INSTEAD = "Save your data as CSV, XLSX, GeoJSON or GeoPackage, and try again."


def recognise(path: Path) -> Kind:
    """The kind of a file. Raises CannotRead for those that are not data, with what was seen."""
    head = encodings.start_of(path)
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _zipped(path)
    if head.startswith(_OLE):
        return _compound(path)
    if head.startswith(b"SQLite format 3\0"):
        return "geopackage"
    if head.startswith(b"\0\0\x27\x0a"):
        raise CannotRead(
            "shapefile",
            "The file is the .shp part of a shapefile. Put all its files into one zip: .shp, "
            ".shx, .dbf and .prj.",
        )
    for start, what in _OTHERS:
        if head.startswith(start):
            raise CannotRead("format", f"The file is {what}. {INSTEAD}")
    return _text(head)


def _text(head: bytes) -> Kind:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in start[:64]:
        start = start.replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")
    if start.startswith((b"{", b"[")):
        return "json"
    if _SCALAR.fullmatch(start):
        raise CannotRead(
            "json", f"There is no table in the file, only “{shorten(start.decode())}”. {INSTEAD}"
        )
    if not start.startswith(b"<"):
        return "csv"
    if _HTML.search(start[:2000]):
        raise CannotRead(
            "html",
            "The file is a web page, not data: perhaps one that asks to sign in, or one that has "
            "a link to the data. Use the address of the data itself.",
        )
    root = _ROOT.search(start)
    name = root.group(1).decode() if root else ""
    if name == "kml":
        return "kml"
    if name in ("ExceptionReport", "ServiceExceptionReport"):
        message = _MESSAGE.search(start)
        text = shorten(message.group(1).decode("utf-8", "replace"), 200) if message else ""
        raise CannotRead(
            "xml", f"The file is a service's message of an error: {text or 'no text'}."
        )
    if b"opengis.net/gml" in start or b"opengis.net/wfs" in start:
        return "gml"
    if re.match(rb"<[?!\w]", start) and (start.startswith(b"<?xml") or root):
        raise CannotRead(
            "xml", f"The file is XML that is neither GML nor KML (“{shorten(name)}”). {INSTEAD}"
        )
    return "csv"


def _zipped(path: Path) -> Kind:
    """A workbook, or an archive."""
    from checking.reading import archives

    with archives.opened(path) as archive:
        names = {member.filename for member in archive.infolist()}
        if "xl/workbook.xml" in names:
            return "xlsx"
        if "xl/workbook.bin" in names:
            raise CannotRead("format", f"The file is a binary workbook (XLSB). {INSTEAD}")
        if "word/document.xml" in names or "ppt/presentation.xml" in names:
            raise CannotRead("format", f"The file is a document, not a table. {INSTEAD}")
        if "content.xml" in names and "mimetype" in names:
            return _open_document(archive)
    return "zip"


def _open_document(archive: zipfile.ZipFile) -> Kind:
    with archive.open("mimetype") as file:
        kind = file.read(200)
    if b"opendocument.spreadsheet" in kind:
        return "ods"
    raise CannotRead("format", f"The file is a document, not a table. {INSTEAD}")


def _compound(path: Path) -> Kind:
    """An old workbook, or one that is encrypted, or another program's document."""
    content = path.read_bytes()
    if _PROTECTED in content:
        raise CannotRead(
            "encrypted", "The workbook is protected by a password. Save it without, and try again."
        )
    if "Workbook".encode("utf-16-le") in content or "Book".encode("utf-16-le") in content:
        return "xls"
    raise CannotRead("format", f"The file is a document, not a table. {INSTEAD}")
