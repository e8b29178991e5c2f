"""What the parts of the engine hand to each other: whole columns, never single cells.

A column is a numpy array of texts; '' is a blank cell. Rows of a chunk are numbered from 0 within
it; `lines` says where they stand in the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeAlias

import numpy as np

Texts: TypeAlias = "np.ndarray[Any, np.dtype[np.object_]]"
Numbers: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"

IGNORE = "IGNORE"
"""The field of a column that is to be dropped."""


class CannotRead(Exception):
    """A file that cannot be read at all. In: a short code that tests and programs can tell apart,
    and the sentence that says what was seen and what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person says of a file where we recognise it wrongly; None: recognise it. Rows are
    counted from 1; `crs` is an EPSG number."""

    delimiter: str | None = None
    encoding: str | None = None
    header_row: int | None = None
    sheet: str | None = None
    crs: int | None = None


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a file was recognised as. `format` is csv, xlsx, xls, ods, json, geojson, arcgis-json,
    geopackage, shapefile, gml or kml; `sheet` is that of a workbook, or the layer of a file with
    layers, and `sheets` all of them; `inner` is the file within an archive; `crs` the EPSG number
    that the file declares; `notes` are sentences of what was assumed or left out."""

    format: str
    columns: tuple[str, ...]
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    inner: str | None = None
    crs: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows as they stand in the file: one array for each of the file's columns, in their
    order. `lines` are record numbers, where the header of a CSV file in its first row is 1.
    `broken` are rows that could not be read, each as its line and a sentence."""

    lines: Numbers
    columns: dict[str, Texts]
    broken: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """Cells of one field that one rule has something to say of. `rows` are indices into the
    chunk; `values` what the platform would log, and `messages` what only this cell can be told,
    each as long as `rows` or None. `rule` is a key of `checking.rules.RULES`."""

    rule: str
    field: str
    rows: Numbers
    values: Texts | None = None
    messages: Texts | None = None


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A column as the platform would keep it ('' where nothing is left), what was said of it, and
    for geometry the shapes (None where there is none), in WGS84."""

    texts: Texts
    marks: tuple[Mark, ...] = ()
    shapes: Any = None


@dataclass(frozen=True, slots=True)
class Entity:
    """What the platform holds under a reference: its date of entry as YYYY-MM-DD, and its shape or
    point as WKT; '' for what it has not."""

    reference: str
    entry_date: str = ""
    geometry: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What the platform holds for an authority, where it could be asked: `entities` of the dataset
    (None: not known), `references` of datasets that its fields name, by dataset, and the
    authority's boundary as WKT."""

    entities: tuple[Entity, ...] | None = None
    references: dict[str, frozenset[str]] = field(default_factory=dict)
    boundary: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """How to check a file. `mapping` says which column is which field (`IGNORE` drops it), as a
    person chose it; `kind` whether a tree's WKT holds points or polygons; `day` is today."""

    dataset: str
    day: date
    choices: Choices = Choices()
    mapping: dict[str, str] | None = None
    kind: Literal["point", "polygon"] | None = None
    organisation: str | None = None
    held: Held = Held()
