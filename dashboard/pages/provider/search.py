"""Finding an organisation by what a person types: name, abbreviation, former name, ONS code.

The list is a few hundred rows and is kept in memory, so this does not query the database.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from performance_store.rows import OrganisationCounts

_ALIKE = 0.42
# This many characters are enough to recognise an ONS code, or a misspelt word.
_ENOUGH = 4
_NOISE = frozenset(["the", "of", "and", "council", "borough", "district", "city", "london"])


def because(row: OrganisationCounts, query: str) -> str | None:
    """Why a row matches when its name does not: a former name or a code. Otherwise None."""
    words = plain(query)
    if not words or _in_name(plain(row.name or row.organisation), words):
        return None
    code = row.statistical_geography
    if code and len(words) >= _ENOUGH and code.lower().startswith(words):
        return f"ONS code {code}"
    for name in row.former_names:
        if _in_name(plain(name), words):
            return f"Formerly {name}"
    return None


def find(rows: Sequence[OrganisationCounts], query: str) -> list[OrganisationCounts]:
    """Rows that match a search, best first; spelling mistakes are allowed when nothing matches.

    Without a search, all rows as they are.
    """
    words = plain(query)
    if not words:
        return list(rows)
    scores = [(_score(row, words, query.strip()), row) for row in rows]
    matches = [(score, row) for score, row in scores if score]
    if not matches:
        near = [(_likeness(row, words), row) for row in rows]
        matches = [(score, row) for score, row in near if score >= _ALIKE]
    return [row for _, row in sorted(matches, key=lambda item: -item[0])]


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Lower case without accents, apostrophes and punctuation: "King’s Lynn" is "kings lynn"."""
    letters = unicodedata.normalize("NFKD", text.lower())
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w\s]", " ", re.sub(r"['‘’\u02bc`]", "", letters)).split())


def _score(row: OrganisationCounts, words: str, query: str) -> float:
    code = row.organisation.rsplit(":", 1)[-1]
    if query.lower() in {row.organisation.lower(), code.lower()}:
        return 10.0
    if row.statistical_geography and query.lower() == row.statistical_geography.lower():
        return 10.0
    best = 0.0
    for number, name in enumerate((row.name or row.organisation, *row.former_names)):
        score = _in_name(plain(name), words) * (0.9 if number else 1.0)
        best = max(best, score)
    if (
        not best
        and len(words) >= _ENOUGH
        and (row.statistical_geography or "").lower().startswith(words)
    ):
        return 1.0
    return best


def _in_name(name: str, words: str) -> float:
    if name == words:
        return 9.0
    if name.startswith(words):
        return 8.0
    if f" {words}" in name:
        return 7.0
    parts = name.split()
    if all(any(part.startswith(word) for part in parts) for word in words.split()):
        return 6.0
    return 3.0 if words in name else 0.0


def _likeness(row: OrganisationCounts, words: str) -> float:
    key_words = _key_words(words)
    names = [_key_words(plain(name)) for name in (row.name or "", *row.former_names)]
    return max(
        max(_overlap(_trigrams(key_words), _trigrams(name)), _prefix_likeness(key_words, name))
        for name in names
    )


def _prefix_likeness(words: str, name: str) -> float:
    """How similar words are to the start of a name's words, while they are still being typed."""
    likeness = [
        max(
            (_overlap(_opening(word), _opening(part[: len(word) + 1])) for part in name.split()),
            default=0.0,
        )
        for word in words.split()
        if len(word) >= _ENOUGH
    ]
    return min(likeness, default=0.0)


def _key_words(words: str) -> str:
    rest = [word for word in words.split() if word not in _NOISE]
    return " ".join(rest) or words


@lru_cache(maxsize=4096)
def _trigrams(words: str) -> frozenset[str]:
    return frozenset(
        padded[at : at + 3]
        for word in words.split()
        for padded in (f"  {word} ",)
        for at in range(len(padded) - 2)
    )


@lru_cache(maxsize=8192)
def _opening(letters: str) -> frozenset[str]:
    """Trigrams of the start of a word."""
    padded = f"  {letters}"
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    together = len(one | other)
    return len(one & other) / together if together else 0.0
