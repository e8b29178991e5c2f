"""What a load did, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a load did. ``state`` is 'published' or 'unchanged'."""

    load_id: int
    state: str
    snapshots: int
    counts: dict[str, int] = field(default_factory=dict)
    rejected: int = 0
    missing: tuple[str, ...] = ()
    timings: dict[str, float] = field(default_factory=dict)
    replaced_sample: bool = False
    outdated: tuple[date, ...] = ()


def describe(result: LoadResult) -> str:
    """One line for people: what the load did."""
    if result.state == "unchanged":
        return "Nothing new: this input is already loaded."
    summaries = result.counts.get("summary", 0)
    line = f"Loaded {result.snapshots} snapshot{'s' if result.snapshots != 1 else ''}"
    line += f", {summaries:,} summar{'ies' if summaries != 1 else 'y'}"
    if result.rejected:
        rows = f"{result.rejected:,} row{'s' if result.rejected != 1 else ''}"
        line += f"; {rows} could not be used (see: status)"
    if result.missing:
        line += f"; not in the input: {', '.join(result.missing)}"
    if result.outdated:
        nights = f"{len(result.outdated):,} outdated night{'s' if len(result.outdated) > 1 else ''}"
        line += f"; {nights} removed"
    if result.replaced_sample:
        line += "; the sample data is gone"
    return line + "."
