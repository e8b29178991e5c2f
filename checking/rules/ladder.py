"""How bad a finding is."""

from __future__ import annotations

from typing import Literal

Ladder = Literal["must", "should", "changed"]
"""It must be put right; it should be; or the platform changes it by itself."""

Origin = Literal["platform", "ours"]
