"""What a file was recognised as, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from checking.model import Recognition
from checking.result import Recognised

_FORMATS = {
    "csv": "CSV",
    "xlsx": "Excel workbook",
    "xls": "Excel workbook (xls)",
    "ods": "OpenDocument spreadsheet",
    "json": "JSON",
    "geojson": "GeoJSON",
    "arcgis-json": "ArcGIS JSON",
    "geopackage": "GeoPackage",
    "shapefile": "Shapefile",
    "gml": "GML",
    "kml": "KML",
}
_DELIMITERS = {
    ",": "comma-separated",
    ";": "semicolon-separated",
    "\t": "tab-separated",
    "|": "separated by vertical bars",
}
_ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "cp1252": "Windows-1252", "ascii": "UTF-8"}


def recognised(recognition: Recognition, rows: int, lost: Sequence[str]) -> Recognised:
    """A recognition with its sentence. In: how many rows were read, and sentences on some that
    were not."""
    parts = [_FORMATS.get(recognition.format, recognition.format)]
    if recognition.inner:
        parts[0] += f" ({recognition.inner} in a zip file)"
    if recognition.delimiter:
        parts.append(_DELIMITERS.get(recognition.delimiter, f"split at {recognition.delimiter!r}"))
    if recognition.encoding:
        encoding = recognition.encoding
        parts.append(_ENCODINGS.get(encoding.lower(), encoding.upper()))
    if recognition.sheet:
        is_book = recognition.format in ("xlsx", "xls", "ods")
        parts.append(f"{'sheet' if is_book else 'layer'} “{recognition.sheet}”")
    if recognition.header_row:
        parts.append(f"header in row {recognition.header_row}")
    if recognition.crs:
        parts.append(f"coordinate system EPSG:{recognition.crs}")
    parts.append("1 row" if rows == 1 else f"{rows:,} rows")
    return Recognised(
        sentence=", ".join(parts),
        format=recognition.format,
        encoding=recognition.encoding,
        delimiter=recognition.delimiter,
        header_row=recognition.header_row,
        sheet=recognition.sheet,
        sheets=recognition.sheets,
        crs=recognition.crs,
        notes=(*recognition.notes, *lost),
    )
