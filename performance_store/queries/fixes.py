"""Which few types of error to fix, so that the most provisions have none left."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

MOST_TYPES = 3


def best_three(provisions: Mapping[frozenset[str], int]) -> tuple[str, ...]:
    """At most three types such that the most provisions have no others, looked for among all.

    In: how many provisions have exactly these types. Of equal choices the one of fewest types, then
    the first in the alphabet; () where no choice frees any.
    """
    # Types that only ever come in greater company free nobody.
    useful = sorted({name for types in provisions if len(types) <= MOST_TYPES for name in types})
    best: tuple[str, ...] = ()
    most = 0
    for size in range(1, MOST_TYPES + 1):
        for types in combinations(useful, size):
            count = error_free(types, provisions)
            if count > most:
                best, most = types, count
    return best


def error_free(types: tuple[str, ...], provisions: Mapping[frozenset[str], int]) -> int:
    """How many provisions have no types but these."""
    return sum(
        provisions.get(frozenset(some), 0)
        for size in range(1, len(types) + 1)
        for some in combinations(types, size)
    )


def in_order(
    types: tuple[str, ...], provisions: Mapping[frozenset[str], int]
) -> list[tuple[str, ...]]:
    """The choice one type longer at each step, each time by the one that frees the most."""
    steps: list[tuple[str, ...]] = []
    before: tuple[str, ...] = ()
    left = list(types)
    while left:
        best = max(
            left, key=lambda name: (error_free((*before, name), provisions), -left.index(name))
        )
        left.remove(best)
        before = (*before, best)
        steps.append(before)
    return steps
