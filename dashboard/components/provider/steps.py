"""Steps that a provider can take, with the places that they lead to."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.components.design import text
from dashboard.components.design.element import Children
from dashboard.urls import addresses

ASK_US = "ask us"
CHECK = "Check and provide planning data"


def linked(sentences: Sequence[str], contact: str | None) -> list[Children]:
    """Steps with links to whom they name; without a contact those that say "ask us" go."""
    return [
        with_links(sentence, contact)
        for sentence in sentences
        if contact or ASK_US not in sentence.lower()
    ]


def with_links(sentence: str, contact: str | None = None) -> Children:
    """A step with a link to what it names."""
    before, check, after = sentence.partition(CHECK)
    if check:
        return [before, text.external_link(CHECK, addresses.CHECK), after]
    place = sentence.lower().find(ASK_US)
    if contact is None or place < 0:
        return sentence
    end = place + len(ASK_US)
    return [f"{sentence[:end]} (", _way(contact), f"){sentence[end:]}"]


def _way(contact: str) -> Children:
    if "://" in contact:
        return text.external_link(contact.partition("://")[2], contact)
    return text.link(contact, f"mailto:{contact}")
