"""Settings of an application under test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from performance_store.settings import Settings

UNLIMITED = {"api_per_minute": 0, "downloads_per_minute": 0, "forms_per_minute": 0}


def settings_at(folder: Path, **more: Any) -> Settings:
    """Settings with their folder there, and without limits, so that a test may ask on and on."""
    return Settings(home=folder, **(UNLIMITED | more))
