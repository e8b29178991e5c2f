"""Ways to write a key that all mean the same key."""

from __future__ import annotations

NO_BREAK, ZERO_WIDTH = "\N{NO-BREAK SPACE}", "\N{ZERO WIDTH SPACE}"


def padded(value: str) -> str:
    """With a blank before and a tab behind."""
    return f" {value}\t"


def unseen(value: str) -> str:
    """Between marks that nobody sees."""
    return f"{ZERO_WIDTH}{value}{NO_BREAK}"


def other_case(value: str) -> str:
    """With its prefix in capitals, and blanks around the colon."""
    prefix, _, reference = value.partition(":")
    return f"{prefix.upper()} : {reference}"


def old_prefix(value: str) -> str:
    """With the prefix of former years."""
    return value.replace("local-authority:", "Local-Authority-eng:")
