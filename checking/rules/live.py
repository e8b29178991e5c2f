"""The file beside what the platform holds for the authority."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from checking.model import Entity, Texts
from checking.result import Comparison

MOST_GONE = 100
_BOUNDS = 0.000_02
_AREA = 0.001


class Live:
    """What the platform holds, and what of it was met in the file."""

    def __init__(self, entities: tuple[Entity, ...]) -> None:
        self._entities = {entity.reference: entity for entity in entities}
        self._met: dict[str, bool] = {}
        self._new = 0

    def add(self, references: Texts, dates: Texts | None, shapes: Any) -> None:
        """Take cleaned rows. In: references, dates of entry and shapes (None: no such column)."""
        days = [""] * len(references) if dates is None else dates.tolist()
        rows = []
        for row, reference in enumerate(references.tolist()):
            if not reference:
                continue
            entity = self._entities.get(reference)
            if entity is None:
                self._new += 1
                continue
            rows.append(row)
            is_later = bool(days[row] and entity.entry_date and days[row] != entity.entry_date)
            self._met[reference] = self._met.get(reference, False) or is_later
        if shapes is not None and rows:
            self._compare(references, shapes, np.array(rows))

    def _compare(self, references: Texts, shapes: Any, rows: Any) -> None:
        """Note those whose place is not the one that is held."""
        ours = shapes[rows]
        wkt = [self._entities[references[row]].geometry or None for row in rows]
        theirs = shapely.from_wkt(np.array(wkt, dtype=object), on_invalid="ignore")
        comparable = ~shapely.is_missing(ours) & ~shapely.is_missing(theirs)
        with np.errstate(invalid="ignore"):
            bounds = np.abs(shapely.bounds(ours) - shapely.bounds(theirs)).max(axis=1) > _BOUNDS
            area = np.abs(shapely.area(ours) - shapely.area(theirs)) > _AREA * shapely.area(theirs)
        is_moved = comparable & (bounds | (area & (shapely.area(theirs) > 0)))
        for row in rows[is_moved]:
            self._met[references[row]] = True

    def comparison(self) -> Comparison:
        """How many are new, changed, the same, and gone from the file."""
        differing = sum(self._met.values())
        gone = sorted(set(self._entities) - set(self._met))
        return Comparison(
            new=self._new,
            changed=differing,
            same=len(self._met) - differing,
            gone=len(gone),
            gone_references=tuple(gone[:MOST_GONE]),
        )
