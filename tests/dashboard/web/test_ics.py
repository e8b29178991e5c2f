"""Calendars as programs read them, whatever the words in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from dashboard.web import ics

REVIEW = ics.Occasion(
    key=("review", "a:B", "brownfield-land", "2026"),
    day=date(2026, 12, 31),
    summary="Review due: Brownfield land",
    description="Reg. 17; each entry, once\nin a year \\ at least",
    url="https://site.example/organisations/a:B/brownfield-land",
    said_on=date(2026, 1, 1),
)


def test_a_reader_finds_the_day_and_the_words() -> None:
    calendar = Calendar.from_ical(ics.write("Due, at “B”; soon", [REVIEW]))
    # Of a newer standard than the reader: it leaves the value as it is written.
    assert str(calendar["NAME"]) == "Due\\, at “B”\\; soon"
    assert "METHOD" not in calendar
    [event] = calendar.events
    assert event.start == date(2026, 12, 31)
    assert event.end == date(2027, 1, 1)
    assert event["SUMMARY"] == REVIEW.summary
    assert event["DESCRIPTION"] == REVIEW.description
    assert event["URL"] == REVIEW.url
    assert event["DTSTAMP"].dt == datetime(2026, 1, 1, tzinfo=UTC)
    assert event["TRANSP"] == "TRANSPARENT"
    assert "STATUS" not in event


def test_a_uid_is_of_the_key_alone_and_the_same_words_give_the_same_bytes() -> None:
    def uid(occasion: ics.Occasion) -> str:
        return str(Calendar.from_ical(ics.write("a", [occasion])).events[0]["UID"])

    moved = replace(REVIEW, day=date(2026, 10, 1), summary="x", sequence=1, is_over=True)
    assert uid(moved) == uid(REVIEW)
    assert uid(replace(REVIEW, key=("review", "a:B", "brownfield-land", "2027"))) != uid(REVIEW)
    assert ics.write("a", [REVIEW]) == ics.write("a", [REVIEW])
    [event] = Calendar.from_ical(ics.write("a", [moved])).events
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)


def test_nothing_due_is_a_calendar_all_the_same() -> None:
    assert Calendar.from_ical(ics.write("a", [])).events == []


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_lines_are_short_and_whole_letters_and_nothing_is_put_in_between(words: str) -> None:
    text = ics.write(words, [replace(REVIEW, summary=words)])
    lines = text.split(b"\r\n")
    assert lines.pop() == b""
    for line in lines:
        assert len(line) <= 75
        line.decode()
        assert b"\n" not in line
    assert sum(line.startswith(b"BEGIN:VEVENT") for line in lines) == 1
    [event] = Calendar.from_ical(text).events
    assert event["DTSTAMP"].dt == datetime(2026, 1, 1, tzinfo=UTC)
