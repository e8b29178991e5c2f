"""The way out: fetching addresses that strangers typed, without reaching what is ours.

Whoever names an address names what this server connects to. So a name is looked up once and the
connection goes to the very address that was tested; addresses that are not of the public internet
are refused, again after each redirect; time, bytes and what they unpack to have limits.
"""

from __future__ import annotations

from providers.fetching.errors import (
    BadAddress,
    BrokenAnswer,
    FetchError,
    ForbiddenAddress,
    NameNotResolved,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    Unreachable,
)
from providers.fetching.fetch import Answer, check, get, post
from providers.fetching.rules import RULES, Rules

__all__ = [
    "RULES",
    "Answer",
    "BadAddress",
    "BrokenAnswer",
    "FetchError",
    "ForbiddenAddress",
    "NameNotResolved",
    "Rules",
    "TooLarge",
    "TooManyRedirects",
    "TooSlow",
    "Unreachable",
    "check",
    "get",
    "post",
]
