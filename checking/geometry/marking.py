"""Marks as they come up while a column is cleaned."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from checking.model import Mark, Texts


@dataclass
class Marks:
    """Marks of one column. Their field is set by whoever knows it."""

    marks: list[Mark] = field(default_factory=list)

    def add(
        self, rule: str, rows: Any, values: Texts | None = None, messages: Texts | None = None
    ) -> None:
        """Adds a mark, unless there are no rows. `rows` are a mask or indices."""
        rows = np.asarray(rows)
        if rows.dtype == bool:
            rows = np.flatnonzero(rows)
        if messages is not None and not (messages != "").any():
            messages = None
        if rows.size:
            self.marks.append(Mark(rule, "", rows.astype(np.int64), values, messages))
