"""A chunk's fields as the platform would keep them, and what the rules say of their cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import shapely

from checking import geometry
from checking.geometry import Boundary, Budget
from checking.model import Cleaned, Mark, Texts
from checking.rules.dates import judge_date
from checking.rules.judging import Judge, judge_column, texts_of
from checking.rules.numbers import judge_decimal, judge_degrees, judge_integer
from checking.rules.organisations import judge_organisation, judge_organisation_uri
from checking.rules.rows import missing_values
from checking.rules.text import judge_category, judge_flag, judge_text
from checking.rules.urls import judge_url
from checking.specification import Dataset, FieldSpec, allowed_values

X, Y, PAIR = "GeoX", "GeoY", "GeoX,GeoY"
ENTRY_DATES = ("entry-date", "LastUpdatedDate")

_JUDGES: dict[str, Judge] = {
    "string": judge_text,
    "text": judge_text,
    "url": judge_url,
    "flag": judge_flag,
    "integer": judge_integer,
    "decimal": judge_decimal,
    "latitude": judge_degrees,
    "longitude": judge_degrees,
}


@dataclass(slots=True)
class Fields:
    """The fields of a chunk: values as they would be kept, marks on them, and for fields that are
    drawn the shapes (None where there is none)."""

    values: dict[str, Texts]
    marks: list[Mark] = field(default_factory=list)
    shapes: dict[str, Any] = field(default_factory=dict)


class Cleaner:
    """What cleans a dataset's fields on a day. In: the coordinate system that the file declares,
    and the authority's boundary."""

    def __init__(
        self, dataset: Dataset, day: date, *, crs: int | None, boundary: Boundary | None
    ) -> None:
        self._dataset = dataset
        place: dict[str, Any] = {"crs": crs, "boundary": boundary}
        self._readers: dict[str, Callable[..., Cleaned]] = {
            "multipolygon": partial(geometry.polygons, budget=Budget(), **place),
            "point": partial(geometry.points, **place),
        }
        self._pairs = partial(geometry.pairs, **place)
        self._judges = {
            spec.field: judge
            for spec in dataset.fields.values()
            if (judge := _judge(spec, dataset, day)) is not None
        }

    def clean(self, raw: Mapping[str, Texts]) -> Fields:
        """All fields of a chunk. In: tidy cells by field."""
        fields = Fields({})
        for name, values in raw.items():
            self._field(name, values, fields)
        if X in raw and Y in raw:
            self._pair(fields)
        if "OrganisationURI" in raw:
            uris = fields.values["OrganisationURI"]
            judged = judge_column(uris, judge_organisation_uri, "organisation")
            fields.marks.extend(judged.marks)
        fields.marks.extend(missing_values(raw, self._dataset))
        return fields

    def _field(self, name: str, values: Texts, fields: Fields) -> None:
        spec = self._dataset.fields.get(name)
        datatype = spec.datatype if spec else ""
        if datatype in self._readers:
            cleaned = guarded(self._readers[datatype], (values,), name)
            fields.shapes[name] = cleaned.shapes
        elif name in self._judges:
            cleaned = judge_column(values, self._judges[name], name)
        else:
            cleaned = Cleaned(values)
        fields.values[name] = cleaned.texts
        fields.marks.extend(cleaned.marks)

    def _pair(self, fields: Fields) -> None:
        """Brownfield land's coordinates: longitude and latitude, or neither."""
        columns = (fields.values[X], fields.values[Y])
        cleaned = guarded(self._pairs, columns, PAIR)
        fields.marks.extend(cleaned.marks)
        fields.shapes[PAIR] = cleaned.shapes
        for name, numbers in (
            (X, shapely.get_x(cleaned.shapes)),
            (Y, shapely.get_y(cleaned.shapes)),
        ):
            fields.values[name] = texts_of([_degrees(number) for number in numbers.tolist()])


def guarded(clean: Callable[..., Cleaned], columns: tuple[Texts, ...], name: str) -> Cleaned:
    """What a rule for whole columns makes of these; where it fails, of each half, so that in the
    end only the cells at which it fails are lost, and are marked as odd."""
    size = len(columns[0])
    try:
        cleaned = clean(*columns)
    except MemoryError:
        raise
    except Exception:  # whatever a cell does to a rule must not cost the other findings
        if size == 1:
            shapes = np.array([None], dtype=object)
            value = texts_of([" ".join(column[0] for column in columns)[:200]])
            mark = Mark("odd cell", name, np.array([0], dtype=np.int64), value)
            return Cleaned(texts_of([""]), (mark,), shapes)
        half = size // 2
        first = guarded(clean, tuple(column[:half] for column in columns), name)
        second = guarded(clean, tuple(column[half:] for column in columns), name)
        return _join(first, second, half)
    return replace(cleaned, marks=tuple(replace(mark, field=name) for mark in cleaned.marks))


def _join(first: Cleaned, second: Cleaned, shift: int) -> Cleaned:
    return Cleaned(
        np.concatenate((first.texts, second.texts)),
        (*first.marks, *(replace(mark, rows=mark.rows + shift) for mark in second.marks)),
        np.concatenate((first.shapes, second.shapes)),
    )


def _judge(spec: FieldSpec, dataset: Dataset, day: date) -> Judge | None:
    """What judges a field's values; None for what stays as it is."""
    if spec.datatype == "datetime":
        return judge_date(day, is_entry_date=spec.field in ENTRY_DATES)
    if spec.field == "organisation":
        return judge_organisation(dataset.dataset)
    allowed = _allowed(spec, dataset)
    return judge_category(allowed) if allowed else _JUDGES.get(spec.datatype)


def _allowed(spec: FieldSpec, dataset: Dataset) -> tuple[str, ...]:
    """The values on the list of a field, or of the field that the platform makes of it."""
    later = (dataset.fields[name] for name in spec.later_names if name in dataset.fields)
    for candidate in (spec, *later):
        if candidate.category and candidate.datatype != "flag":
            values = allowed_values(candidate.category)
            if values:
                return values
    return ()


def _degrees(number: float) -> str:
    if np.isnan(number):
        return ""
    text = f"{number:.6f}".rstrip("0")
    return text + "0" if text.endswith(".") else text
