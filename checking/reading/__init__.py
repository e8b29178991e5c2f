"""Files as tables: whatever people upload, recognised by what is in it, never by its name."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from checking.model import CannotRead, Choices, Recognition
from checking.reading import limits
from checking.reading.headers import plain
from checking.reading.source import Source, private_folder, shorten

RECOGNISE = Choices()
"""Nothing is said of a file: everything is recognised."""

__all__ = ["RECOGNISE", "Source", "open_file", "sentence"]

_DELIMITERS = {
    ",": "comma-separated",
    ";": "semicolon-separated",
    "\t": "tab-separated",
    "|": "separated by vertical bars",
}
_FORMATS = {
    "xlsx": "XLSX workbook",
    "xls": "XLS workbook",
    "ods": "ODS workbook",
    "json": "JSON",
    "geojson": "GeoJSON",
    "arcgis-json": "ArcGIS JSON",
    "geopackage": "GeoPackage",
    "shapefile": "shapefile",
    "gml": "GML",
    "kml": "KML",
}


def open_file(
    path: Path,
    *,
    name: str | None = None,
    choices: Choices = RECOGNISE,
    names: frozenset[str] = frozenset(),
) -> Source:
    """A file as a table. In: the file; the name that people gave it, which decides nothing; what a
    person says of it; and names of fields and their aliases, by which a header is told from other
    rows. Raises CannotRead, here or while the rows are read."""
    from checking.reading.recognising import recognise

    size = path.stat().st_size
    if size > limits.FILE_BYTES:
        raise CannotRead(
            "size",
            f"The file has {size / 1e6:,.0f} MB; at most {limits.FILE_BYTES / 1e6:,.0f} MB are "
            "read. Split it, and check each part by itself.",
        )
    if not size:
        raise CannotRead("empty", "The file is empty. Save your data once more, and try again.")
    wanted = frozenset(map(plain, names)) - {""}
    kind = recognise(path)
    if kind in ("csv", "json"):
        return _open(path, kind, choices, wanted)
    folder = private_folder()
    try:
        if kind == "zip":
            source = _open_archive(path, folder, choices, wanted)
        else:
            place = folder / f"data.{_ENDINGS.get(kind, kind)}"
            place.symlink_to(path.resolve())
            source = _open(place, kind, choices, wanted)
    except BaseException:
        remove(folder)
        raise
    source.folder = folder
    return source


_ENDINGS = {"geopackage": "gpkg", "shapefile": "shp"}


def remove(folder: Path) -> None:
    """Delete a folder of ours with all that is in it."""
    from checking.reading import archives

    archives.remove(folder)


def _open(path: Path, kind: str, choices: Choices, names: frozenset[str]) -> Source:
    """A file of a kind, by the module that reads it: each brings libraries that others need not."""
    if kind == "csv":
        from checking.reading.delimited import open_delimited

        return open_delimited(path, choices, names)
    if kind == "json":
        from checking.reading.objects import open_json

        return open_json(path, choices, names)
    if kind in ("xlsx", "xls", "ods"):
        from checking.reading.workbooks import open_workbook

        return open_workbook(path, kind, choices, names)
    from checking.reading.vector import open_vector

    return open_vector(path, kind, choices, names)


def _open_archive(path: Path, folder: Path, choices: Choices, names: frozenset[str]) -> Source:
    """The data in a zip. Where there are several files of the likeliest kind, a person may choose
    by the name of the file as by that of a sheet."""
    from checking.reading import archives
    from checking.reading.recognising import recognise

    budget = archives.Budget()
    with archives.opened(path) as archive:
        group = {member.filename: member for member in archives.candidates(archive)}
        inner = choices.sheet if choices.sheet in group else min(group)
        member = group[inner]
        place: Path
        if archives.ending(inner) == "shp":
            place, kind = archives.extract_shapefile(archive, member, folder, budget), "shapefile"
        else:
            place = folder / "inner"
            archives.extract(archive, member, place, budget)
            kind = recognise(place) if place.stat().st_size else "csv"
    if place.stat().st_size > limits.FILE_BYTES:
        raise CannotRead(
            "size",
            f"“{shorten(inner)}” in the archive has more than {limits.FILE_BYTES / 1e6:,.0f} MB. "
            "Split it, and check each part by itself.",
        )
    if kind in ("zip", "xlsx", "ods", "xls"):
        raise CannotRead(
            "archive",
            f"“{shorten(inner)}” in the archive is an archive or a workbook itself. Upload it "
            "without the archive around it.",
        )
    if kind not in ("csv", "json", "shapefile"):
        place = place.rename(folder / f"data.{_ENDINGS.get(kind, kind)}")
    if choices.sheet in group:
        choices = dataclasses.replace(choices, sheet=None)
    source = _open(place, kind, choices, names)
    notes = list(source.recognition.notes)
    if len(group) > 1:
        others = ", ".join(f"“{shorten(other)}”" for other in sorted(group)[:10] if other != inner)
        notes.insert(0, f"“{shorten(inner)}” in the archive was read; left out: {others}.")
    source.recognition = dataclasses.replace(
        source.recognition,
        inner=inner,
        sheets=tuple(sorted(group)) if len(group) > 1 else source.recognition.sheets,
        sheet=inner if len(group) > 1 else source.recognition.sheet,
        notes=tuple(notes),
    )
    return source


def sentence(recognition: Recognition, rows: int) -> str:
    """What a file was recognised as, as one says it: “semicolon-separated, Windows-1252, header
    in row 3, 1,204 rows”."""
    parts = [f"“{shorten(recognition.inner)}” in a zip"] if recognition.inner else []
    if recognition.format == "csv":
        delimiter = recognition.delimiter or ","
        parts.append(_DELIMITERS.get(delimiter, f"separated by “{delimiter}”"))
    else:
        parts.append(_FORMATS[recognition.format])
    if recognition.sheet and recognition.sheet != recognition.inner:
        kind = "sheet" if recognition.format in ("xlsx", "xls", "ods") else "layer"
        parts.append(f"{kind} “{shorten(recognition.sheet)}”")
    if recognition.encoding:
        parts.append(recognition.encoding)
    if recognition.crs:
        parts.append(f"EPSG:{recognition.crs}")
    if recognition.header_row:
        parts.append(f"header in row {recognition.header_row:,}")
    parts.append(f"{rows:,} row{'' if rows == 1 else 's'}")
    return ", ".join(parts)
