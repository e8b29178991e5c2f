"""Which few types of error to mend, so that the most provisions have none left."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

MOST_FIXED = 3


def best_three(counted: Mapping[frozenset[str], int]) -> tuple[str, ...]:
    """At most three types such that the most provisions have no others, looked for among all.

    In: how many provisions have exactly these types. Of equal choices the one of fewest types, then
    the first in the alphabet; () where no choice frees any.
    """
    # Types that only ever come in greater company free nobody.
    useful = sorted({name for types in counted if len(types) <= MOST_FIXED for name in types})
    best: tuple[str, ...] = ()
    most = 0
    for size in range(1, MOST_FIXED + 1):
        for chosen in combinations(useful, size):
            count = freed(chosen, counted)
            if count > most:
                best, most = chosen, count
    return best


def freed(chosen: tuple[str, ...], counted: Mapping[frozenset[str], int]) -> int:
    """How many provisions have no types but these."""
    return sum(
        counted.get(frozenset(some), 0)
        for size in range(1, len(chosen) + 1)
        for some in combinations(chosen, size)
    )


def in_order(
    chosen: tuple[str, ...], counted: Mapping[frozenset[str], int]
) -> list[tuple[str, ...]]:
    """The choice grown by one type at a time, each time the one that frees the most."""
    grown: list[tuple[str, ...]] = []
    done: tuple[str, ...] = ()
    left = list(chosen)
    while left:
        best = max(left, key=lambda name: (freed((*done, name), counted), -left.index(name)))
        left.remove(best)
        done = (*done, best)
        grown.append(done)
    return grown
