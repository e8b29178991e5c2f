"""Files of every format that is read, made small; and whatever bytes there are, read."""

from __future__ import annotations

import json
import struct
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import shapely
import xlsxwriter

from checking.model import CannotRead, Choices
from checking.reading import RECOGNISE, open_file, sentence
from checking.reading.vector import _library

NAMES = frozenset({"reference", "name", "start-date", "geometry"})


CELL = '<table:table-cell {} office:value-type="string"><text:p>{}</text:p></table:table-cell>'


def workbook(path: Path, **sheets: list[list]) -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for line, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(line, column, cell)
                    else:
                        sheet.write(line, column, cell)
    return path


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def old_workbook(path: Path, rows: list[list[str | float]]) -> Path:
    """An XLS file: records of BIFF8 in the one stream of a compound file."""
    begin = struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0)
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0))
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            place = struct.pack("<HHH", line, column, 0)
            if isinstance(cell, str):
                text = struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le")
                sheet += _record(0x0204, place + text)
            else:
                sheet += _record(0x0203, place + struct.pack("<d", cell))
    sheet += _record(0x000A, b"")
    start = len(_record(0x0809, begin)) + 4 + 14 + 4
    bound = struct.pack("<IBBBB", start, 0, 0, 6, 0) + b"Sheet1"
    stream = _record(0x0809, begin) + _record(0x0085, bound) + _record(0x000A, b"") + sheet
    stream = stream.ljust(4096, b"\0")
    sectors = len(stream) // 512
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    table = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    none = 0xFFFFFFFE
    head += struct.pack("<5H6x9I", 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, none, 0, none, 0)
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    entries = _entry("Root Entry", 5, 0xFFFFFFFE, 0, 1) + _entry("Workbook", 2, 2, len(stream))
    path.write_bytes(head + table + entries.ljust(512, b"\0") + stream)
    return path


def _entry(name: str, kind: int, first: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    """An entry of the directory of a compound file."""
    text = (name + "\0").encode("utf-16-le")
    none = 0xFFFFFFFF
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, none, none, child)
    return head + bytes(36) + struct.pack("<IQ", first, size)


def open_document(path: Path, rows: str) -> Path:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content {spaces}><office:body>'
            f'<office:spreadsheet><table:table table:name="S">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def write(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def layer(path: Path, driver: str, crs: str | None = "EPSG:27700", **options) -> Path:
    shapes = shapely.from_wkt(["POLYGON ((10 20, 11 20, 11 21, 10 20))", None])
    _library().raw.write(
        path,
        shapely.to_wkb(shapes),
        [
            np.array(["A1", "Café"], dtype=object),
            np.array([1, 2], dtype=np.int64),
            np.array(["2001-02-03", "NaT"], dtype="datetime64[D]"),
        ],
        ["reference", "number", "start"],
        geometry_type="Polygon",
        driver=driver,
        crs=crs,
        **options,
    )
    return path


def zipped(path: Path, files: dict[str, Path | bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content.read_bytes() if isinstance(content, Path) else content)
    return path


def read_all(path: Path, choices: Choices = RECOGNISE) -> str:
    """Read a file to its end: the format that it was, or the code of its refusal. Anything else
    that is raised is a fault."""
    try:
        with open_file(path, choices=choices, names=NAMES) as source:
            rows = 0
            for chunk in source.chunks(7):
                assert tuple(chunk.columns) == source.recognition.columns
                for cells in chunk.columns.values():
                    assert len(cells) == len(chunk.lines)
                    assert all(type(cell) is str for cell in cells)
                assert len(set(chunk.lines.tolist())) == len(chunk.lines)
                rows += len(chunk.lines)
            assert sentence(source.recognition, rows)
            return source.recognition.format
    except CannotRead as error:
        return error.code if error.sentence else ""


def seeds(folder: Path) -> dict[str, bytes]:
    """A small file of each format, by its name."""
    point = {"type": "Point", "coordinates": [1.5, 52]}
    feature = {"type": "Feature", "properties": {"reference": "A", "n": 1.5}, "geometry": point}
    rows = [["reference", "name"], ["A1", 5], ["A2", date(2001, 2, 3)]]
    cell = "".join(CELL.format("", text) for text in ("reference", "A"))
    row = f"<table:table-row>{cell}</table:table-row>"
    rings = {"rings": [[[0, 0], [0, 9], [9, 9], [0, 0]], [[1, 1], [2, 1], [2, 2], [1, 1]]]}
    layer(folder / "s.shp", "ESRI Shapefile")
    parts = {part.name: part for part in folder.glob("s.*")}
    texts: dict[str, object] = {
        "json": [{"reference": "A", "name": None}, {"reference": "B", "x": {"y": [1]}}],
        "columns": {"columns": ["reference", "name"], "data": [["A", 1], ["B", None]]},
        "geojson": {"type": "FeatureCollection", "features": [feature] * 3},
        "arcgis": {
            "spatialReference": {"wkid": 27700},
            "fields": [{"name": "d", "type": "esriFieldTypeDate"}],
            "features": [{"attributes": {"d": 1, "reference": "A"}, "geometry": rings}],
        },
        "csv": 'reference,name\nA1,"Mill\nLane"\nA2,"say ""so"""\n',
        "semicolons": "Title\n\nreference;name\nA;b\nA;b;c\nA\n",
    }
    files = {name: write(folder / name, content) for name, content in texts.items()} | {
        "utf16": folder / "utf16",
        "xlsx": workbook(folder / "x", Sheet=rows, More=[["a"]]),
        "xls": old_workbook(folder / "old", [["reference", "name"], ["A", 1.0]]),
        "ods": open_document(folder / "o", row * 2),
        "gpkg": layer(folder / "a.gpkg", "GPKG"),
        "gml": layer(folder / "a.gml", "GML", "EPSG:4326"),
        "kml": layer(folder / "a.kml", "LIBKML", "EPSG:4326"),
        "shp": zipped(folder / "z1", dict(parts)),
        "zip": zipped(folder / "z2", {"a.csv": "reference\nA", "b.csv": "name\nB"}),
    }
    files["utf16"].write_bytes("reference\tname\nA\tCafé\n".encode("utf-16"))
    return {name: path.read_bytes() for name, path in files.items()}
