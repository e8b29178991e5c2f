"""Organisations: the code or the official address of one that the platform has."""

from __future__ import annotations

import re
from functools import cache

from checking.rules.judging import Judge, Note, Verdict
from checking.specification import organisations

_OFFICIAL = "opendatacommunities.org/id/"
_GENERIC = frozenset(
    [
        "and",
        "authority",
        "borough",
        "city",
        "council",
        "county",
        "district",
        "london",
        "metropolitan",
        "national",
        "of",
        "park",
        "royal",
        "the",
        "unitary",
        "upon",
    ]
)
_WORD = re.compile(r"[a-z]+")


def judge_organisation(dataset: str) -> Judge:
    """A judge of organisations' codes. What has no colon gets the dataset's name put before it, as
    the platform does, and is then no organisation."""

    def judge(value: str) -> Verdict | None:
        text = value if ":" in value else f"{dataset}:{value}"
        code = organisation_of(text)
        if code is None:
            return Verdict("", (Note("invalid organisation", text),))
        return None if code == value else Verdict(code)

    return judge


def judge_organisation_uri(value: str) -> Verdict | None:
    """Official addresses of organisations, which stay as they are."""
    if organisation_of(value) is None:
        return Verdict(value, (Note("invalid organisation", value),))
    return None


def organisation_of(text: str) -> str | None:
    """What an organisation's code or official address stands for: its code, or the address where
    the code cannot be told; None for what is no organisation. Kinds of organisations of which there
    is no list pass as they are."""
    lower = text.lower().replace("-eng:", ":", 1)
    code = _by_code().get(lower)
    if code is not None:
        return code
    if _OFFICIAL in lower:
        return _official(lower)
    kind = lower.partition(":")[0]
    return text if kind in ("government-organisation", "company", "local-planning-group") else None


def _official(uri: str) -> str | None:
    """The organisation of an official address, of which the last part is its name."""
    kind, _, name = uri.rstrip("/").rpartition("/")
    words = frozenset(_WORD.findall(name)) - _GENERIC
    if not words:
        return None
    matches = [code for code, own in _words().items() if own and (own <= words or words <= own)]
    if len(matches) == 1:
        return matches[0]
    return uri if matches or kind.endswith("/county-council") else None


@cache
def _by_code() -> dict[str, str]:
    return {code.lower(): code for code in organisations()}


@cache
def _words() -> dict[str, frozenset[str]]:
    return {
        code: frozenset(_WORD.findall(name.lower())) - _GENERIC
        for code, name in organisations().items()
    }
