"""Text, yes and no, and values from a list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import process

from checking.rules.judging import Judge, Note, Verdict

LONGEST_TEXT = 32_767
"""Cells beyond this do not fit in a spreadsheet, and mostly hold a part of the file."""

_UNEVEN = re.compile(r"[\"”\r\n\t\v\f\u00a0]|\s\s|^\s|\s$")
_WHITE = re.compile(r"\s+")
_FLAGS = {"y": "yes", "n": "no", "yes": "yes", "no": "no"}


def judge_text(value: str) -> Verdict | None:
    """Runs of white space become one blank, and straight and closing double quotes go."""
    if value.isalnum() and len(value) < LONGEST_TEXT:
        return None
    if len(value) > LONGEST_TEXT:
        length = f"{len(value):,} characters"
        return Verdict(_tidy(value), (Note("long cell", value[:200], length),))
    if not _UNEVEN.search(value):
        return None
    text = _tidy(value)
    return Verdict(text, _respelt(value, text))


def judge_flag(value: str) -> Verdict | None:
    """Yes or no, in any case, also by one letter."""
    text = _FLAGS.get(value.lower())
    if text is None:
        return Verdict("", (Note("invalid flag", value.lower()),))
    return None if text == value else Verdict(text)


def judge_category(allowed: Sequence[str]) -> Judge:
    """A judge of values from this list, of which a cell may hold several between semicolons."""
    spellings = {value.lower(): value for value in allowed}

    def judge(value: str) -> Verdict | None:
        parts = [part.strip() for part in value.split(";")]
        result = []
        notes = []
        for part in filter(None, parts):
            spelling = spellings.get(part.replace(" ", "-").lower())
            result.append(part if spelling is None else spelling)
            if spelling is None:
                notes.append(Note("invalid category value", part, _nearest(part, spellings)))
        text = _tidy(";".join(result))
        if text == value and not notes:
            return None
        if text != value:
            notes.extend(_respelt(value, text))
        return Verdict(text, tuple(notes))

    return judge


def _nearest(part: str, spellings: dict[str, str]) -> str:
    """The allowed values nearest to a wrong one, as a sentence."""
    key = part.replace(" ", "-").lower()[:200]
    near = process.extract(key, list(spellings), limit=3, score_cutoff=60)
    names = [spellings[spelling] for spelling, *_ in near]
    if not names and len(spellings) <= 8:
        names = list(spellings.values())
    if not names:
        return ""
    return "Allowed: " + ", ".join(names) + ("" if len(names) == len(spellings) else ", …")


def _tidy(value: str) -> str:
    return _WHITE.sub(" ", value.replace('"', "").replace("”", "")).strip()


def _respelt(value: str, text: str) -> tuple[Note, ...]:
    has_lost_quotes = any(quote in value and quote not in text for quote in '"”')
    loss = "Without its quotation marks. " if has_lost_quotes else ""
    return (Note("changed text", value, f"{loss}Kept as: {text[:200]}"),)
