"""Rules for whole rows: values that must be there, and columns that hide others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from checking.model import Mark, Texts
from checking.rules.judging import texts_of
from checking.specification import Dataset

_SHAPES = ("geometry", "point")


def missing_values(raw: Mapping[str, Texts], dataset: Dataset) -> Iterator[Mark]:
    """Blank cells of columns that are there. A row needs a geometry or a point; if it has neither,
    each of these columns is named."""
    shapes = [raw[field] for field in _SHAPES if field in raw]
    for field, values in raw.items():
        if field in _SHAPES:
            is_blank = np.logical_and.reduce([cells == "" for cells in shapes])
        elif field in dataset.fields and dataset.fields[field].value_required:
            is_blank = values == ""
        else:
            continue
        rows = np.flatnonzero(is_blank)
        if len(rows):
            yield Mark("missing value", field, rows)


def overruled(
    cells: Mapping[str, Texts], columns: Mapping[str, tuple[str, ...]], rule: str
) -> Iterator[Mark]:
    """Rows in which a cell is lost because another column is taken for its field. In: cells by
    column, and for each field its columns, of which the last one wins."""
    for field, names in columns.items():
        winner = cells[names[-1]]
        is_lost = np.zeros(len(winner), dtype=bool)
        for name in names[:-1]:
            is_lost |= (cells[name] != "") & (cells[name] != winner)
        rows = np.flatnonzero(is_lost)
        if len(rows):
            lost = [next(cells[n][row] for n in names if cells[n][row]) for row in rows]
            yield Mark(rule, field, rows, texts_of(lost))
