"""References: used more than once, not held by the platform, and beside what it holds.

Of a file's references only numbers are remembered (hashes of eight bytes), so that a million rows
take little memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from checking.model import Mark, Numbers, Texts
from checking.rules.judging import texts_of

OTHERS = 5
"""So many other rows are named in a message."""

NOT_UNIQUE = "reference values are not unique"
USED_AGAIN = "reference used again"


@dataclass(frozen=True, slots=True)
class Late:
    """What is only known of rows at the end: for each the entry, the rule, and a message. Entries
    go up; one may be there twice."""

    entries: Numbers
    rules: tuple[str, ...]
    codes: Numbers
    starts: Numbers
    ends: Numbers
    others: Numbers

    def findings(self, first: int, last: int, lines: Numbers) -> Iterator[tuple[int, str, str]]:
        """Entry, rule and message of what was found of the entries from `first` to `last`. In: the
        line of each entry of the file."""
        begin, end = np.searchsorted(self.entries, (first, last + 1))
        for index in range(begin, end):
            entry = int(self.entries[index])
            start, stop = int(self.starts[index]), int(self.ends[index])
            same = self.others[start : min(stop, start + OTHERS + 1)]
            others = [int(lines[other - 1]) for other in same if other != entry][:OTHERS]
            yield entry, self.rules[self.codes[index]], other_rows(others, stop - start - 1)


def other_rows(lines: list[int], count: int, begin: str = "Also in") -> str:
    """A sentence that names other rows, of which there are `count`. In: how it begins."""
    if not lines:
        return ""
    rows = "row" if count == 1 else "rows"
    numbers = ", ".join(str(line) for line in lines)
    more = f" and {count - len(lines):,} more" if count > len(lines) else ""
    return f"{begin} {rows} {numbers}{more}"


class References:
    """The references of a file, chunk by chunk."""

    def __init__(self) -> None:
        self._references: list[Numbers] = []
        self._versions: list[Numbers] = []
        self._entries: list[Numbers] = []

    def add(self, entries: Numbers, references: Texts, dates: Texts | None) -> None:
        """Take rows. In: entry numbers, cleaned references and dates of entry (None: no such
        column). Blank references are passed over."""
        texts = references.tolist()
        days = [""] * len(texts) if dates is None else dates.tolist()
        is_there = references != ""
        hashes = np.fromiter(map(hash, texts), np.int64, len(texts))
        versions = np.fromiter(map(hash, zip(texts, days, strict=True)), np.int64, len(texts))
        self._references.append(hashes[is_there])
        self._versions.append(versions[is_there])
        self._entries.append(entries[is_there].astype(np.int64))

    def late(self) -> Late | None:
        """Rows whose reference and date of entry are another row's too, and rows whose reference
        another row has with another date; None where there are none."""
        if not self._entries:
            return None
        entries = np.concatenate(self._entries)
        same = _runs(np.concatenate(self._references))
        twin = _runs(np.concatenate(self._versions))
        is_twin = twin.sizes > 1
        is_again = (same.sizes > twin.sizes) & ~is_twin
        rows = np.flatnonzero(is_twin | is_again)
        if not len(rows):
            return None
        twins = is_twin[rows]
        shift = len(entries)
        return Late(
            entries=entries[rows],
            rules=(NOT_UNIQUE, USED_AGAIN),
            codes=np.where(twins, 0, 1),
            starts=np.where(twins, twin.starts[rows], same.starts[rows] + shift),
            ends=np.where(twins, twin.ends[rows], same.ends[rows] + shift),
            others=np.concatenate((entries[twin.order], entries[same.order])),
        )


@dataclass(frozen=True, slots=True)
class _Runs:
    """Equal values as runs of an order: `order` sorts the rows, and each row's run begins and ends
    there."""

    order: Numbers
    starts: Numbers
    ends: Numbers

    @property
    def sizes(self) -> Numbers:
        return self.ends - self.starts


def _runs(values: Numbers) -> _Runs:
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    begins = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    stops = np.append(begins[1:], len(values))
    run = np.repeat(np.arange(len(begins)), stops - begins)
    starts, ends = np.empty_like(order), np.empty_like(order)
    starts[order], ends[order] = begins[run], stops[run]
    return _Runs(order, starts, ends)


def unknown_references(values: Texts, platform: frozenset[str], field: str) -> Mark | None:
    """Rows that name a reference which is not held; several are separated by semicolons."""
    strange = {value: _unknown(value, platform) for value in set(values.tolist()) if value}
    rows = [row for row, value in enumerate(values.tolist()) if strange.get(value)]
    if not rows:
        return None
    texts = texts_of([strange[values[row]] for row in rows])
    return Mark("unknown reference", field, np.array(rows, dtype=np.int64), texts)


def _unknown(value: str, platform: frozenset[str]) -> str:
    if value in platform:
        return ""
    parts = (part.strip() for part in value.split(";"))
    return "; ".join(part for part in parts if part and part not in platform)
