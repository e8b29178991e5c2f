"""What becomes of a value that cannot be stored as it is: mended and told, or its row left out.

A text is mended and its row stays: a row that is left out would make a count look better than it
is. A key is never guessed at. What was wrong is always told, by table, row and column.
"""

from __future__ import annotations

import re

from performance_store.readers.stream import LONGEST_KEY, LONGEST_TEXT, TEXTS

READ = ": read "
"""What the words have where the value was mended and the row can be used: ": read as blank"."""

_NOT_TEXT = re.compile("[\0\ud800-\udfff]")
_LISTS = frozenset({"pipelines"})
"""Columns of several keys at once."""


def longest(name: str) -> int | None:
    """The most letters that a field may have; None for a boundary, which its file bounds."""
    if name == "geojson":
        return None
    return LONGEST_TEXT if name in TEXTS or name in _LISTS else LONGEST_KEY


def mended(name: str, text: str) -> tuple[str, str]:
    """A text as it can be stored, and what was wrong with it: '' for nothing.

    In: the field's name, and its text, in which a byte that is not UTF-8 is a lone surrogate.
    """
    bound = longest(name)
    if _NOT_TEXT.search(text):
        words = "holds a NUL or a byte that is not UTF-8"
        remark = f"{words}: read with a mark in its place" if name in TEXTS else words
        return _NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)[:bound], remark
    if bound is not None and len(text) > bound:
        words = f"is longer than {bound:,} letters"
        return text[:bound], f"{words}: read without the rest" if name in TEXTS else words
    return text, ""


def reason(faults: dict[str, str]) -> str:
    """What was wrong with a row, by column: only what it is left out for, if it is."""
    refusals = {name: fault for name, fault in faults.items() if READ not in fault}
    return "; ".join(f"{name} {fault}" for name, fault in (refusals or faults).items())
