"""Cells as the platform reads them: stripped, and blank where they say that nothing is there."""

from __future__ import annotations

import re

import numpy as np

from checking.model import Texts

_NOTHING = re.compile(r"null|<null>|n/a|na|#n/a|\?+|-+", re.IGNORECASE)
_WHITE = " \t\r\n"
_LONGEST_WORD = 6


def tidy(column: Texts) -> Texts:
    """A column with outer white space gone, and null words and dashes blank."""
    cells = np.empty(len(column), dtype=object)
    cells[:] = [_tidy(cell) for cell in column.tolist()]
    return cells


def _tidy(cell: str) -> str:
    text = cell.strip(_WHITE)
    if not text:
        return ""
    is_short = len(text) <= _LONGEST_WORD or text[0] in "?-"
    if is_short and _NOTHING.fullmatch(text):
        return ""
    return text.replace("\r", "") if "\r" in text else text
