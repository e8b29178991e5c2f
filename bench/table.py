"""Tables of results: printed as the run goes, and kept in ``bench/results.md`` by part."""

from __future__ import annotations

import os
import platform
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import psutil

ROUNDS = 60
_HEAD = """# Benchmarks

What `make bench` measured, and on what. Each part holds the baselines of the same run; a ratio says
how much more (or less) than that baseline. Seconds are wall time.
"""


@dataclass(slots=True)
class Section:
    """One part's results: lines of text and tables, in order."""

    title: str
    lines: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Add a paragraph."""
        print(text, flush=True)
        self.lines += [text, ""]

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Add a table. Columns after the first are right-aligned."""
        widths = [max(len(row[at]) for row in [heads, *rows]) for at in range(len(heads))]
        rule = [("-" * w) if not at else ("-" * (w - 1) + ":") for at, w in enumerate(widths)]
        grid = [
            "| "
            + " | ".join(_pad(c, w, at) for at, (c, w) in enumerate(zip(row, widths, strict=True)))
            + " |"
            for row in [heads, rule, *rows]
        ]
        print("\n".join(grid), flush=True)
        self.lines += [*grid, ""]

    def write(self, path: Path) -> None:
        """Put this section into the file in place of its last edition."""
        text = path.read_text(encoding="utf-8") if path.exists() else _HEAD
        head, *parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)
        mine = f"## {self.title}\n\n" + "\n".join(self.lines).rstrip() + "\n\n"
        sections = {part.splitlines()[0]: part for part in parts}
        sections[f"## {self.title}"] = mine
        path.write_text((head.rstrip() + "\n\n" + "".join(sections.values())).rstrip() + "\n")


def _pad(text: str, width: int, at: int) -> str:
    return text.rjust(width) if at else text.ljust(width)


def ratio(ours: float, baseline: float) -> str:
    """How many times the baseline: ``x 0.4`` is less, ``x 12`` more."""
    return f"x {ours / baseline:.2g}" if baseline else "-"


def verdict(value: float, limit: float) -> str:
    """ "met" or "MISSED"."""
    return "met" if value <= limit else "MISSED"


def conditions(load_before: float) -> str:
    """The class of machine, the date and how busy it was."""
    memory = round(psutil.virtual_memory().total / 1e9)
    return (
        f"{date.today().isoformat()}, {os.cpu_count()} cores ({platform.machine()}), {memory} GB, "
        f"{platform.system()}, Python {platform.python_version()}; load average "
        f"{load_before:.1f} before, {os.getloadavg()[0]:.1f} after (other work on the machine "
        "counts against us)."
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ranking = sorted(values)
    return ranking[min(len(ranking) - 1, int(len(ranking) * share))]


def milliseconds(work: Callable[[], Any], rounds: int = ROUNDS) -> list[float]:
    """What each round of a piece of work takes, after five that do not count."""
    for _ in range(5):
        work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return times


class Watch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Wall time so far."""
        return time.perf_counter() - self._start
