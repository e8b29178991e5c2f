"""How a rule for values is run over a column: once for each distinct value.

Dates, categories and numbers repeat; what is judged once is known for all rows that have it. A
value at which a rule stumbles is an odd cell, and takes no other finding with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from checking.model import Cleaned, Mark, Texts


@dataclass(frozen=True, slots=True)
class Note:
    """What a rule says of a value: the value as the platform would log it, and a message where
    there is more to say."""

    rule: str
    value: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is kept of a value, and what was said of it."""

    text: str
    notes: tuple[Note, ...] = ()


Judge = Callable[[str], Verdict | None]
"""What to keep of a value; None: as it is, and nothing to say."""


def judge_column(values: Texts, judge: Judge, field: str) -> Cleaned:
    """A column as it would be kept, and what was said of its cells. Blank cells are left alone."""
    distinct = set(values.tolist())
    distinct.discard("")
    verdicts = _verdicts(distinct, judge)
    if not verdicts:
        return Cleaned(values)
    texts = values.copy()
    notes: list[tuple[int, Note]] = []
    for row, value in enumerate(values.tolist()):
        verdict = verdicts.get(value)
        if verdict is not None:
            texts[row] = verdict.text
            notes.extend((row, note) for note in verdict.notes)
    return Cleaned(texts, tuple(marks(notes, field)))


def marks(notes: list[tuple[int, Note]], field: str) -> Iterator[Mark]:
    """Notes on rows as one mark for each rule."""
    by_rule: dict[str, list[tuple[int, Note]]] = {}
    for row, note in notes:
        by_rule.setdefault(note.rule, []).append((row, note))
    for rule, pairs in by_rule.items():
        has_messages = any(note.message for _, note in pairs)
        yield Mark(
            rule,
            field,
            np.array([row for row, _ in pairs], dtype=np.int64),
            texts_of([note.value for _, note in pairs]),
            texts_of([note.message for _, note in pairs]) if has_messages else None,
        )


def texts_of(values: list[str]) -> Texts:
    """A column of these texts."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def _verdicts(distinct: set[str], judge: Judge) -> dict[str, Verdict]:
    """The verdicts on values that have one; an odd value does not cost the other verdicts."""
    try:
        judged = [(value, judge(value)) for value in distinct]
    except MemoryError:
        raise
    except Exception:  # which of them it was shows one by one
        judged = [(value, _safely(judge, value)) for value in distinct]
    return {value: verdict for value, verdict in judged if verdict is not None}


def _safely(judge: Judge, value: str) -> Verdict | None:
    try:
        return judge(value)
    except MemoryError:
        raise
    except Exception:  # whatever a value does to a rule must not cost the other findings
        return Verdict("", (Note("odd cell", value[:200]),))
