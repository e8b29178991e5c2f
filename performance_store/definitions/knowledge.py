"""Which counts a snapshot can tell, and which noughts of it mean "not known"."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

# What a snapshot must know for a count, besides the log; registers know neither.
NEEDS = {
    "reachable": "logs",
    "collected": "logs",
    "answering": "logs",
    "fresh": "logs",
    "ageing": "logs",
    "stale": "logs",
    "error_free": "issues",
    "conformant": "fields",
}


def honest(row: dict[str, Any], knows: Collection[str]) -> dict[str, Any]:
    """A row of counts with None where its snapshot, which knows what is given, cannot tell."""
    return {
        name: None if name in NEEDS and not {"logs", NEEDS[name]} <= set(knows) else value
        for name, value in row.items()
    }
