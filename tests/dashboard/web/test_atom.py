"""Feeds as programs read them, whatever the words in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.web import atom

ENTRY = atom.Entry(
    ("lost", "a:B", "tree"), "A & B <lost>", "Since “Monday”", date(2026, 8, 21), "/a"
)
FEED = atom.Feed(
    key=("/feed",),
    title="What changed",
    subtitle="",
    day=date(2026, 8, 21),
    address="/feed",
    link="/page",
    pages={"first": "/feed", "next": "/feed?page=2"},
    entries=[ENTRY],
)


def test_a_reader_finds_all_that_atom_asks_for() -> None:
    reading = feedparser.parse(atom.write(FEED))
    assert not reading.bozo
    assert reading.version == "atom10"
    assert reading.encoding == "utf-8"
    feed = reading.feed
    assert (feed.title, feed.author) == ("What changed", "Planning Data Performance")
    assert feed.updated == "2026-08-21T00:00:00+00:00"
    assert {link.rel: link.href for link in feed.links} == {
        "self": "/feed", "alternate": "/page", "first": "/feed", "next": "/feed?page=2"
    }  # fmt: skip
    [entry] = reading.entries
    assert (entry.link, entry.summary) == ("/a", "Since “Monday”")
    assert entry.title == "A & B <lost>"
    assert entry.id.startswith("tag:")


@pytest.mark.parametrize("part", ["title", "summary", "day", "link"])
def test_an_id_is_of_the_key_alone(part: str) -> None:
    other = replace(ENTRY, **{part: date(2020, 1, 1) if part == "day" else "other"})
    both = feedparser.parse(atom.write(replace(FEED, entries=[ENTRY, other])))
    ids = [entry.id for entry in both.entries]
    assert ids[0] == ids[1]
    others = atom.write(replace(FEED, entries=[replace(ENTRY, key=("lost", "a:B", "trees"))]))
    assert feedparser.parse(others).entries[0].id != ids[0]


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_any_words_are_well_formed(words: str) -> None:
    feed = replace(FEED, title=words, entries=[replace(ENTRY, title=words, summary=words)])
    ElementTree.fromstring(atom.write(feed))


def test_what_xml_forbids_is_left_out() -> None:
    title = "a\x00b\x0b\x1fc\ufffe\ud800d\U0001f333"
    root = ElementTree.fromstring(atom.write(replace(FEED, title=title)))
    assert root.findtext(f"{{{atom.NAMESPACE}}}title") == "abcd\U0001f333"
