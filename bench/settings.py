"""Where the inputs are: the only module of the benchmarks that reads the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
RESULTS = CHECKOUT / "bench" / "results.md"


@dataclass(frozen=True, slots=True)
class Settings:
    """``data`` is the folder of public data; ``national`` an unpacked national platform file;
    ``nights`` how many nights the store of five years has; ``before`` a checkout of the former
    release, set up, to measure beside ours; ``cache`` where programs that only benchmarks need are
    put."""

    data: Path
    national: Path | None
    nights: int
    before: Path | None
    cache: Path


def load_settings() -> Settings:
    """The settings of the environment, with their defaults."""
    data = os.environ.get("PERFORMANCE_TEST_DATA", "").strip()
    national = os.environ.get("PERFORMANCE_NATIONAL_FILE", "").strip()
    before = os.environ.get("PERFORMANCE_BENCH_BEFORE", "").strip()
    cache = os.environ.get("XDG_CACHE_HOME", "").strip()
    return Settings(
        Path(data) if data else CHECKOUT.parent / "shared" / "data",
        Path(national) if national else None,
        int(os.environ.get("PERFORMANCE_BENCH_NIGHTS", "1826")),
        Path(before).resolve() if before else None,
        (Path(cache) if cache else Path.home() / ".cache") / "planning-data-performance",
    )
