"""A process that asks the cache one slow question: `python -m tests.support.cache_worker …`."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from flask import Flask

from dashboard.data.cache import Cache
from dashboard.data.cache_store import make_store


def main(folder: str, redis_url: str, key: str, start_at: str) -> None:
    """Wait for the moment, ask, and note in the folder each time that we had to compute."""
    store = make_store(
        Flask("worker"),
        redis_url=redis_url or None,
        folder=Path(folder) / "cache",
        prefix=f"test:{key}:",
    )

    def compute() -> str:
        (Path(folder) / f"computed-{os.getpid()}").touch()
        time.sleep(0.5)
        return "answer"

    time.sleep(max(0.0, float(start_at) - time.time()))
    print(Cache(store).cached(key, compute))


if __name__ == "__main__":
    main(*sys.argv[1:])
