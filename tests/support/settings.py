"""Settings of an application under test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from performance_store.settings import Settings

# Read from the settings themselves, so that a limit that is new cannot end a scan half way.
UNLIMITED = {name: 0 for name in Settings.model_fields if name.endswith("_per_minute")}


def settings_at(folder: Path, **more: Any) -> Settings:
    """Settings with their folder there, and without limits, so that a test may ask on and on."""
    return Settings(home=folder, **(UNLIMITED | more))
