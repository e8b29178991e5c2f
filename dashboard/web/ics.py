"""Calendars (RFC 5545) of days on which something is due: writing them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MIMETYPE = "text/calendar"
_OCTETS = 75
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Occasion:
    """A whole day. ``key``: what tells it from all others and never changes. ``said_on``: the day
    since when this is so; the same words give the same bytes. ``url`` can be blank."""

    key: tuple[str, ...]
    day: date
    summary: str
    description: str
    url: str
    said_on: date
    sequence: int = 0
    is_over: bool = False


def write(name: str, occasions: Sequence[Occasion]) -> bytes:
    """The calendar, its name first. Without any occasion it is empty, which clients accept."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Planning Data Performance//Due dates//EN",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
        "X-PUBLISHED-TTL:P1D",
        *(line for occasion in occasions for line in _event(occasion)),
        "END:VCALENDAR",
    ]
    return b"".join(_fold(line) for line in lines)


def _event(occasion: Occasion) -> Iterator[str]:
    digest = hashlib.sha256(repr(occasion.key).encode()).hexdigest()[:32]
    stamp = datetime(*occasion.said_on.timetuple()[:3], tzinfo=UTC)
    yield "BEGIN:VEVENT"
    yield f"UID:{digest}@planning-data-performance"
    yield f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{occasion.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{occasion.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(occasion.summary)}"
    yield f"DESCRIPTION:{_text(occasion.description)}"
    if occasion.url:
        yield f"URL:{occasion.url}"
    yield f"SEQUENCE:{occasion.sequence}"
    yield "TRANSP:TRANSPARENT"
    if occasion.is_over:
        yield "STATUS:CANCELLED"
    yield "END:VEVENT"


def _text(words: str) -> str:
    """Words as a value: what has a meaning in calendars is escaped."""
    escapes = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}
    plain = _CONTROL.sub("", words.replace("\r\n", "\n"))
    return "".join(escapes.get(letter, letter) for letter in plain)


def _fold(line: str) -> bytes:
    """A line in pieces of at most 75 bytes, no letter torn apart."""
    pieces: list[bytes] = []
    piece = b""
    for letter in line:
        more = letter.encode("utf-8", "replace")
        if len(piece) + len(more) > _OCTETS - bool(pieces):
            pieces.append(piece)
            piece = b""
        piece += more
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"
