"""What only loads and maps need is not in a web process that has just started."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[3]


@pytest.mark.parametrize("library", ["shapely", "pandas", "httpx"])
def test_a_web_process_starts_without(library: str) -> None:
    words = f"import app, performance_api, sys; print({library!r} in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", words],
        cwd=CHECKOUT,
        env={"DATABASE_URL": "postgresql://127.0.0.1:1/none"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"
