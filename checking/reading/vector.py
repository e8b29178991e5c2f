"""Files of geographic systems: GeoPackage, shapefile, GML and KML, through GDAL.

GDAL gets a path of ours, never a name that a person gave, and has only the drivers that are needed:
it has more than a hundred, some of which open other files and addresses that a file names.
"""

from __future__ import annotations

import os
import re
import sqlite3
import sys
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from checking.model import CannotRead, Choices, Chunk, Recognition
from checking.reading import headers, limits, values
from checking.reading.source import Source, shorten, unique_names

DRIVERS = {"geopackage": "GPKG", "shapefile": "ESRI Shapefile", "gml": "GML", "kml": "LIBKML"}
ENDINGS = {"geopackage": "gpkg", "shapefile": "shp", "gml": "gml", "kml": "kml"}
LAYERS = 50
KML_BYTES = 20_000_000
"""A KML file is in memory as a whole, in many times its size."""

_SKIP = (
    "MEM,PCIDSK,PDS4,VICAR,MBTiles,EEDA,OGCAPI,GDALG,MapInfo File,LVBAG,S57,DGN,OGR_VRT,CSV,"
    "GPX,KML,GeoJSON,GeoJSONSeq,ESRIJSON,TopoJSON,OGR_GMT,SQLite,WAsP,OpenFileGDB,DXF,"
    "FlatGeobuf,GeoRSS,VFK,OSM,GPSBabel,OGR_PDS,WFS,OAPIF,EDIGEO,Idrisi,ODS,XLSX,"
    "Elasticsearch,Carto,AmigoCloud,SXF,Selafin,JML,PLSCENES,CSW,VDV,MVT,NGW,MapML,GTFS,"
    "PMTiles,JSONFG,MiraMonVector,ADBC,AVCBin,AVCE00,AIVector,HTTP"
)
_OPTIONS = {
    "GML_DOWNLOAD_SCHEMA": "NO",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "GML_SAVE_RESOLVED_TO": "SAME",
    "GDAL_HTTP_PROXY": "127.0.0.1:9",  # nothing listens: should anything ask, it is refused
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_HTTP_MAX_RETRY": "0",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_CACHEMAX": "64",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
    "SHAPE_RESTORE_SHX": "YES",
    "OGR_GEOMETRY_ACCEPT_UNCLOSED_RING": "YES",
}
_UNUSED = ("pandas", "pyarrow", "geopandas")
"""pyogrio imports these where they are installed, and can do without: they cost us a second and a
half, and 80 MB."""
_NOT_DATA = {
    "gml": frozenset({"lowerCorner", "upperCorner"}),
    "kml": frozenset(
        {"altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon", "snippet"}
    ),
}
"""What GDAL takes for columns, but says where and how a feature is drawn."""
_FORBIDDEN = re.compile(rb"<!DOCTYPE|<!ENTITY")


@cache
def _library() -> Any:
    """pyogrio, with nothing but what we need. GDAL reads which drivers to leave out once, when it
    is first imported."""
    os.environ["GDAL_SKIP"] = _SKIP
    absent: dict[str, Any] = {name: None for name in _UNUSED if name not in sys.modules}
    sys.modules.update(absent)
    try:
        import pyogrio
        import pyogrio.raw
    finally:
        for name in absent:
            del sys.modules[name]
    del os.environ["GDAL_SKIP"]  # else it warns of each one that is not there any more
    warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"pyogrio\.")
    pyogrio.set_gdal_config_options(_OPTIONS)
    return pyogrio


def test_xml(path: Path) -> None:
    """Refuse XML that declares entities or a type, by which a small file becomes a huge one, or
    reads others. Raises CannotRead."""
    with path.open("rb") as file:
        before = b""
        while block := file.read(1 << 20):
            if _FORBIDDEN.search(before + block) or b"\0" in block:
                raise CannotRead(
                    "xml",
                    "The file is XML with a document type, with entities, or not in UTF-8. Save it "
                    "once more without those, or as GeoPackage.",
                )
            before = block[-16:]


def test_geopackage(path: Path) -> None:
    """Refuse a database that is no GeoPackage, or one whose tables are made up by queries of its
    own, which may never end. Raises CannotRead."""
    try:
        database = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        try:
            kinds = dict(
                database.execute(
                    "select lower(m.name), m.type || coalesce(substr(m.sql, 1, 14), '')"
                    " from sqlite_master m where m.type in ('table', 'view') limit 10000"
                )
            )
            layers = database.execute(
                "select lower(table_name) from gpkg_contents limit 10000"
            ).fetchall()
        finally:
            database.close()
    except (sqlite3.Error, UnicodeError, ValueError) as error:
        raise CannotRead(
            "geopackage",
            "The file is a database, but not a GeoPackage that can be read. Save your data once "
            "more as GeoPackage.",
        ) from error
    metadata = [name for name in kinds if name.startswith(("gpkg_", "rtree_"))]
    for name in [*(layer for (layer,) in layers), *metadata]:
        if kinds.get(name, "table").startswith("view"):
            raise CannotRead(
                "geopackage",
                f"“{shorten(name)}” of the GeoPackage is a view. Save it as a table.",
            )


class VectorSource(Source):
    """One layer of a file."""

    def __init__(self, recognition: Recognition, path: Path, layer: int, info: Any) -> None:
        super().__init__(recognition)
        self._path = path
        self._layer = layer
        self._types = _types(info)
        self._shapes = info["geometry_type"] is not None
        self._encoding = _encoding(recognition)

    def chunks(self, rows: int = 10_000) -> Iterator[Chunk]:
        """See Source. The first feature has the line 2, as if there were a header."""
        size = max(rows, 25_000) if self.recognition.format == "gml" else rows
        first = 0
        while True:
            part = self._read(first, size)
            if part is None:
                return
            yield part
            first += len(part.lines)
            if len(part.lines) < size:
                return
            if first > limits.ROWS:
                raise limits.too_many_rows()

    def _read(self, first: int, size: int) -> Chunk | None:
        with _guard(self.recognition.format):
            _, _, shapes, fields = _library().raw.read(
                self._path,
                layer=self._layer,
                skip_features=first,
                max_features=size,
                columns=list(self._types),
                encoding=self._encoding,
            )
        count = len(fields[0]) if fields else len(shapes) if shapes is not None else 0
        if not count:
            return None
        columns = iter(self.recognition.columns)
        cells = {next(columns): _wkt(shapes)} if self._shapes else {}
        for kind, array in zip(self._types.values(), fields, strict=True):
            cells[next(columns)] = values.array_texts(array, kind)
        return Chunk(np.arange(first + 2, first + 2 + count, dtype=np.int64), cells)


def _types(info: Any) -> dict[str, str]:
    """GDAL's types of a layer's columns, without those that are none."""
    types = zip(map(str, info["fields"]), info["ogr_types"], strict=True)
    drawing = _NOT_DATA.get(info["driver"].lower().removeprefix("lib"), frozenset())
    return {name: kind for name, kind in types if name not in drawing}


def _encoding(recognition: Recognition) -> str | None:
    return recognition.encoding if recognition.format == "shapefile" else None


def _wkt(shapes: Any) -> Any:
    import shapely

    written = shapely.to_wkt(
        shapely.from_wkb(shapes, on_invalid="ignore"), rounding_precision=-1, trim=True
    )
    return values.texts(written.tolist(), len(written))


class _guard:
    """Whatever GDAL cannot read is a CannotRead."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, CannotRead):
            raise CannotRead(
                self._kind,
                f"The file looks like {_NAMES[self._kind]}, but could not be read: it may be "
                "damaged or cut short. Save your data once more, or as another format.",
            ) from error


_NAMES = {
    "geopackage": "a GeoPackage",
    "shapefile": "a shapefile",
    "gml": "GML",
    "kml": "KML",
}


def open_vector(path: Path, kind: str, choices: Choices, names: frozenset[str]) -> VectorSource:
    """A layer of a file: the one that a person asks for, else that with most names of fields. In:
    a path in a folder of ours that ends as `ENDINGS` says. Raises CannotRead."""
    if kind in ("gml", "kml"):
        test_xml(path)
    if kind == "geopackage":
        test_geopackage(path)
    if kind == "kml" and path.stat().st_size > KML_BYTES:
        raise CannotRead(
            "size",
            f"KML files are read up to {KML_BYTES / 1e6:.0f} MB. Save yours as GeoPackage.",
        )
    library = _library()
    with _guard(kind):
        layers = [str(name) for name, _ in library.list_layers(path)[:LAYERS]]
        infos = [library.read_info(path, layer=place) for place in range(len(layers))]
    if not layers:
        raise CannotRead(kind, f"The file is {_NAMES[kind]} without any layer in it.")
    if any(info["driver"] != DRIVERS[kind] for info in infos):
        raise CannotRead(kind, f"The file is not {_NAMES[kind]}, although it begins like one.")
    place = _choose(layers, infos, choices.sheet, names)
    info = infos[place]
    header = ["WKT"] if info["geometry_type"] is not None else []
    header += [field if field != "WKT" else "WKT (column)" for field in _types(info)]
    limits.test_header(header)
    columns, notes = unique_names(header)
    if len(layers) > 1:
        others = ", ".join(f"“{shorten(name)}”" for name in layers if name != layers[place])
        notes.insert(0, f"The layer “{shorten(layers[place])}” was read; left out: {others}.")
    recognition = Recognition(
        kind,
        tuple(columns),
        encoding=(choices.encoding or info["encoding"]) if kind == "shapefile" else None,
        sheet=layers[place] if kind != "shapefile" else None,
        sheets=tuple(layers) if kind != "shapefile" else (),
        crs=epsg(info["crs"]),
        notes=tuple(notes),
    )
    return VectorSource(recognition, path, place, info)


def _choose(layers: list[str], infos: list[Any], wish: str | None, names: frozenset[str]) -> int:
    if wish is not None:
        if wish not in layers:
            raise CannotRead("sheet", f"There is no layer named “{shorten(wish)}” in the file.")
        return layers.index(wish)

    def fit(place: int) -> tuple[int, bool, bool]:
        info = infos[place]
        fields = {headers.plain(str(field)) for field in info["fields"]}
        return len(fields & names), info["geometry_type"] is not None, info["features"] != 0

    return max(range(len(layers)), key=fit)


def epsg(system: str | None) -> int | None:
    """The number of a coordinate system that a file declares, where it has one."""
    if not system:
        return None
    import pyproj

    try:
        number = pyproj.CRS.from_user_input(system).to_epsg(min_confidence=20)
    except (pyproj.exceptions.CRSError, ValueError):
        return None
    return int(number) if number else None
