"""What checks came to, all together."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DatasetCount:
    """How many checks of a dataset ended with a result, and with nothing that must be fixed."""

    dataset: str
    checks: int
    clean: int


@dataclass(frozen=True, slots=True)
class FindingCount:
    """In how many checks of a dataset a rule found something in a field, and in how many rows."""

    dataset: str
    rule: str
    field: str
    checks: int
    rows: int


@dataclass(frozen=True, slots=True)
class NationalCounts:
    """What checks came to, with nothing about whose: most often first."""

    datasets: tuple[DatasetCount, ...]
    findings: tuple[FindingCount, ...]
