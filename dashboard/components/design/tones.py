"""How a state is said and shown, for tags and for plots alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["good", "warn", "bad", "busy", "none", "unknown"]


@dataclass(frozen=True, slots=True)
class Word:
    """How a state is said and shown: its label, tone (which gives symbol and colour), meaning."""

    label: str
    tone: Tone
    meaning: str
