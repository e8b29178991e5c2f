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
    ``nights`` how many nights the store of five years has."""

    data: Path
    national: Path | None
    nights: int


def load_settings() -> Settings:
    """The settings of the environment, with their defaults."""
    data = os.environ.get("PERFORMANCE_TEST_DATA", "").strip()
    national = os.environ.get("PERFORMANCE_NATIONAL_FILE", "").strip()
    return Settings(
        Path(data) if data else CHECKOUT.parent / "shared" / "data",
        Path(national) if national else None,
        int(os.environ.get("PERFORMANCE_BENCH_NIGHTS", "1826")),
    )
