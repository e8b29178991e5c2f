"""Atom feeds (RFC 4287) in pages (RFC 5005): writing them, without knowing where from or for whom.

Ids last for ever: readers' programs take an entry with another id for a new one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from xml.etree import ElementTree

NAMESPACE = "http://www.w3.org/2005/Atom"
MIMETYPE = "application/atom+xml"
AUTHOR = "Planning Data Performance"
_TAG = "tag:planning.data.gov.uk,2026:planning-data-performance"
ElementTree.register_namespace("", NAMESPACE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. ``key``: what tells it from all others and never changes."""

    key: tuple[str, ...]
    title: str
    summary: str
    day: date
    link: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A page of a feed. ``key`` is the same for all its pages; ``pages`` are the addresses of
    others by their relation (`next`, `previous`, `first`); ``link`` is the page for people."""

    key: tuple[str, ...]
    title: str
    subtitle: str
    day: date
    address: str
    link: str
    pages: dict[str, str]
    entries: Sequence[Entry]


def write(feed: Feed) -> bytes:
    """The feed as XML."""
    root = ElementTree.Element(f"{{{NAMESPACE}}}feed")
    _add(root, "id", _id("feed", feed.key))
    _add(root, "title", feed.title)
    _add(root, "subtitle", feed.subtitle)
    _add(root, "updated", _moment(feed.day))
    author = ElementTree.SubElement(root, f"{{{NAMESPACE}}}author")
    _add(author, "name", AUTHOR)
    _link(root, feed.address, "self")
    _link(root, feed.link, "alternate")
    for relation, address in feed.pages.items():
        _link(root, address, relation)
    for row in feed.entries:
        entry = ElementTree.SubElement(root, f"{{{NAMESPACE}}}entry")
        _add(entry, "id", _id("event", row.key))
        _add(entry, "title", row.title)
        _add(entry, "updated", _moment(row.day))
        _link(entry, row.link, "alternate")
        _add(entry, "summary", row.summary)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = "".join(
        letter for letter in text if _is_xml(letter)
    )


def _is_xml(letter: str) -> bool:
    """Whether XML 1.0 has a way to write a character: most control characters it cannot."""
    return (
        letter in "\t\n\r"
        or " " <= letter <= "\ud7ff"
        or "\ue000" <= letter <= "\ufffd"
        or letter >= "\U00010000"
    )


def _link(parent: ElementTree.Element, href: str, relation: str) -> None:
    ElementTree.SubElement(parent, f"{{{NAMESPACE}}}link", {"href": href, "rel": relation})


def _id(what: str, key: tuple[str, ...]) -> str:
    return f"{_TAG}/{what}/{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}"


def _moment(day: date) -> str:
    return datetime.combine(day, time(), UTC).isoformat()
