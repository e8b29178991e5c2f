"""References of submissions: short enough to be read out, and nothing to be guessed from."""

from __future__ import annotations

import secrets

# No 0 and O, 1 and I and L, 5 and S, 8 and B, 2 and Z, U and V; no vowel but A: no words.
SIGNS = "34679ACDFGHJKMNPQRTWXY"
LENGTH = 8


def reference() -> str:
    """A new reference: `PD` and eight signs of which none looks like another. Whoever stores it
    tries again where it is there already."""
    return "PD" + "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
