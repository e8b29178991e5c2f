"""Finding an organisation or a dataset by what a person types: name, abbreviation, former name,
ONS code.

The lists are a few hundred rows and are kept in memory, so this does not query the database.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from dashboard.components.words import formatting, wording
from dashboard.components.words.bodies import ALSO
from performance_store.rows import Dataset, OrganisationCounts

# From this likeness on (of 100) words are taken for a misspelt name.
_ALIKE = 80.0
# This many characters are enough to recognise an ONS code, or a misspelt word.
_ENOUGH = 4
_NOISE = frozenset(["the", "of", "and", "council", "borough", "district", "city", "london"])
_SMALL = frozenset(["the", "of", "and", "upon", "on", "in", "with"])
_KINDS = frozenset(["council", "corporation", "authority"])
_INITIALS = 3
_DATASETS = 5

Members = Mapping[str, Sequence[str]]


def members_of(rows: Sequence[OrganisationCounts]) -> dict[str, tuple[str, ...]]:
    """Names of the members of each joint unit, by its reference, which is made of their codes."""
    names = {
        row.organisation.rsplit(":", 1)[-1]: wording.name_of(row.name, row.organisation)
        for row in rows
        if row.type != _GROUP
    }
    return {
        row.organisation: tuple(
            names.get(code, code) for code in row.organisation.rsplit(":", 1)[-1].split("-")
        )
        for row in rows
        if row.type == _GROUP
    }


_GROUP = "local-planning-group"


def because(row: OrganisationCounts, query: str, members: Members) -> str | None:
    """Why a row matches when its name does not: another name or a code. Otherwise None.

    Of a joint unit without a name always its members.
    """
    words = plain(query)
    (name, _), *others = _names(row, members)
    if row.name is None and row.organisation in members:
        return others[0][1]
    if not words or _in_name(plain(name), words):
        return None
    code = row.statistical_geography
    if code and len(words) >= _ENOUGH and code.lower().startswith(words):
        return f"ONS code {code}"
    return next((reason for other, reason in others if _in_name(plain(other), words)), None)


def find(
    rows: Sequence[OrganisationCounts], query: str, members: Members, *, alike: bool = True
) -> list[OrganisationCounts]:
    """Rows that match a search, best first; spelling mistakes are allowed when nothing matches, if
    what is only `alike` will do.

    Without a search, all rows as they are.
    """
    words = plain(query)
    if not words:
        return list(rows)
    scores = [(_score(row, words, query.strip(), members), row) for row in rows]
    matches = [(score, row) for score, row in scores if score]
    if alike and not matches:
        near = [
            (max(_likeness(plain(name), words) for name, _ in _names(row, members)), row)
            for row in rows
        ]
        matches = [(score, row) for score, row in near if score >= _ALIKE]
    return [row for _, row in sorted(matches, key=lambda item: -item[0])]


def the_dataset(rows: Sequence[Dataset], query: str) -> Dataset | None:
    """The dataset that a search can only mean: the one of that name, else the only one whose name
    holds it; None where it may mean others, or is spelt otherwise."""
    words = plain(query)
    if len(words) < _INITIALS:
        return None
    names = [({plain(row.name or ""), plain(row.dataset)}, row) for row in rows]
    for matches in (
        [row for both, row in names if words in both],
        [row for both, row in names if any(_in_name(name, words) for name in both)],
    ):
        if len(matches) == 1:
            return matches[0]
    return None


def find_datasets(rows: Sequence[Dataset], query: str) -> list[Dataset]:
    """The datasets whose name or reference matches a search, at most five, best first; spelling
    mistakes are allowed when none does."""
    words = plain(query)
    if len(words) < _INITIALS:
        return []
    for score, least in ((_in_name, 1.0), (_likeness, _ALIKE)):
        scores = [
            (max(score(plain(name), words) for name in (row.name or "", row.dataset)), row)
            for row in rows
        ]
        matches = [(number, row) for number, row in scores if number >= least]
        if matches:
            ranking = sorted(matches, key=lambda item: (-item[0], len(item[1].dataset)))
            return [row for _, row in ranking[:_DATASETS]]
    return []


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Lower case without accents, apostrophes and punctuation: "King’s Lynn" is "kings lynn"."""
    letters = unicodedata.normalize("NFKD", text.lower())
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w\s]", " ", re.sub(r"['‘’\u02bc`]", "", letters)).split())


def _names(row: OrganisationCounts, members: Members) -> list[tuple[str, str | None]]:
    """What a row is called, each with the words that say so; its name, without any, first."""
    unit = [
        (f"{words} {' '.join(members[row.organisation])}", _unit_words(members[row.organisation]))
        for words in ("Joint unit of", "Local planning group of")
        if row.organisation in members
    ]
    return [
        (wording.name_of(row.name, row.organisation), None),
        *unit,
        *((name, f"Formerly {name}") for name in row.former_names),
        *((name, f"Also called {name}") for name in ALSO.get(row.organisation, ())),
    ]


def _unit_words(names: Sequence[str]) -> str:
    return f"Joint unit of {formatting.list_of(list(names))}"


def _score(row: OrganisationCounts, words: str, query: str, members: Members) -> float:
    code = row.organisation.rsplit(":", 1)[-1]
    ons_code = (row.statistical_geography or "").lower()
    if query.lower() in {row.organisation.lower(), code.lower(), ons_code}:
        return 10.0
    names = [plain(name) for name, _ in _names(row, members)]
    best = max(
        _in_name(name, words) * (0.9 if number else 1.0) for number, name in enumerate(names)
    )
    if words in _initials(names[0]):
        best = max(best, 8.5)
    if not best and len(words) >= _ENOUGH and ons_code.startswith(words):
        return 1.0
    return best


@lru_cache(maxsize=4096)
def _initials(name: str) -> frozenset[str]:
    """Initials of a name, with and without its small words and what kind of body it is."""
    without = (frozenset[str](), _SMALL, _KINDS, _SMALL | _KINDS)
    letters = ("".join(word[0] for word in name.split() if word not in rest) for rest in without)
    return frozenset(item for item in letters if len(item) >= _INITIALS)


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


def _likeness(name: str, words: str) -> float:
    """How like a name words are, 0 to 100: as a whole in any order, or the least like of the
    words to the start of one of the name's, while they are still being typed."""
    key_words, key_name = _key_words(words), _key_words(name)
    openings = [
        max(
            (
                max(fuzz.ratio(word, part), fuzz.ratio(word, part[: len(word) + 1]))
                for part in key_name.split()
            ),
            default=0.0,
        )
        for word in key_words.split()
        if len(word) >= _ENOUGH
    ]
    return max(fuzz.token_sort_ratio(key_words, key_name), min(openings, default=0.0))


def _key_words(words: str) -> str:
    rest = [word for word in words.split() if word not in _NOISE]
    return " ".join(rest) or words
