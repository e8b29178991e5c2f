"""Cells as the platform reads them: stripped, and blank where they say that nothing is there."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from checking.model import Texts

_NOTHING = re.compile(r"null|<null>|n/a|na|#n/a|\?+|-+", re.IGNORECASE)
_WHITE = " \t\r\n\f"
_LONGEST_WORD = 6


def safe(column: Texts) -> Texts:
    """A column without NUL characters, which the platform removes, and without halves of
    characters, which nothing can store."""
    text = "\n".join(column)
    try:
        text.encode()
    except UnicodeEncodeError:
        column = _each(column, lambda cell: cell.encode(errors="replace").decode())
    return _each(column, lambda cell: cell.replace("\0", "")) if "\0" in text else column


def tidy(column: Texts) -> Texts:
    """A column with outer white space gone, and null words and dashes blank."""
    cells = np.empty(len(column), dtype=object)
    # Most cells are long enough to say something and have nothing odd at their ends; the test for
    # that stands here because a call for each of a million cells takes a second.
    cells[:] = [
        cell
        if len(cell) > _LONGEST_WORD
        and " " < cell[0] not in "?-"
        and cell[-1] > " "
        and "\r" not in cell
        else _tidy(cell)
        for cell in column.tolist()
    ]
    return cells


def _each(column: Texts, change: Callable[[str], str]) -> Texts:
    cells = np.empty(len(column), dtype=object)
    cells[:] = [change(cell) for cell in column.tolist()]
    return cells


def _tidy(cell: str) -> str:
    text = cell.strip(_WHITE)
    if not text:
        return ""
    is_short = len(text) <= _LONGEST_WORD or text[0] in "?-"
    if is_short and _NOTHING.fullmatch(text):
        return ""
    return text.replace("\r", "") if "\r" in text else text
