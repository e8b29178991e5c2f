"""Dates: every spelling that the platform takes, in its order, and its limits."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from checking.rules.judging import Judge, Note, Verdict

FAR_PAST = date(1799, 12, 31)
YEARS_AHEAD = 50
LONGEST = 40
"""Longer texts are no dates, and are not tried."""

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_SHORT = "|".join(month[:3] for month in _MONTHS)
_FULL = "|".join(_MONTHS)
_Y = r"(?P<Y>\d{4})"
_YY = r"(?P<y>\d\d)"
_M = r"(?P<m>1[0-2]|0?[1-9])"
_D = r"(?P<d>3[01]|[12]\d|0?[1-9]| [1-9])"
_B = rf"(?P<b>{_SHORT})"
_FULL_B = rf"(?P<b>{_FULL})"
_HM = r"(?:2[0-3]|[01]?\d):[0-5]?\d"
_HMS = _HM + r":(?:6[01]|[0-5]?\d)"
_ZONE = r"(?:Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)"
_DAY = "(?:mon|tue|wed|thu|fri|sat|sun)"

_PARTIAL = "partial"
_TWO_DIGITS = "two digits"
_DAY_FIRST = "day and month exchanged"
_MONTH_FIRST = "month first"

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), doubt)
    for pattern, doubt in (
        (rf"{_Y}-{_M}-{_D}", ""),
        (rf"{_Y}/{_M}/{_D}(?:\s+|T){_HMS}(?:\.\d+)?{_ZONE}?", ""),
        (rf"{_Y}/{_M}/{_D}\s+{_HM}", ""),
        (rf"{_Y}-{_M}-{_D}T{_HMS}(?:Z|\.\d+{_ZONE}?)?", ""),
        (rf"{_Y}-{_M}-{_D}\s+{_HMS}", ""),
        (rf"{_Y}/{_M}/{_D}", ""),
        (rf"{_Y}\s+{_M}\s+{_D}", ""),
        (rf"{_Y}\.{_M}\.{_D}", ""),
        (rf"{_Y}-{_D}-{_M}", _DAY_FIRST),
        (rf"{_Y}-{_M}", _PARTIAL),
        (rf"{_Y}\.{_M}", _PARTIAL),
        (rf"{_Y}/{_M}", _PARTIAL),
        (rf"{_Y}\s+{_M}", _PARTIAL),
        (rf"{_Y}(?:\.0)?", _PARTIAL),
        (rf"{_D}/{_M}/{_Y}\s+{_HM}(?::(?:6[01]|[0-5]?\d))?", ""),
        (rf"{_D}-{_M}-{_Y}", ""),
        (rf"{_D}-{_M}-{_YY}", _TWO_DIGITS),
        (rf"{_D}\.{_M}\.{_Y}", ""),
        (rf"{_D}\.{_M}\.{_YY}", _TWO_DIGITS),
        (rf"{_D}/{_M}/{_Y}", ""),
        (rf"{_D}/{_M}/{_YY}", _TWO_DIGITS),
        (rf"{_D}-{_B}-{_Y}", ""),
        (rf"{_D}-{_B}-{_YY}", _TWO_DIGITS),
        (rf"{_D}\s+{_FULL_B}\s+{_Y}", ""),
        (rf"{_DAY},\s+{_D}\s+{_B}\s+{_Y}\s+{_HMS}\s+(?:GMT|UTC|{_ZONE})", ""),
        (rf"{_B}\s+{_D},\s+{_Y}", ""),
        (rf"{_B}\s+{_D},\s+{_YY}", _TWO_DIGITS),
        (rf"{_B}-{_YY}", _PARTIAL),
        (rf"{_FULL_B}\s+{_Y}", _PARTIAL),
        (rf"{_M}/{_D}/{_Y}", _MONTH_FIRST),
        (r"(?P<Y>\d{4})(?P<m>1[0-2]|0[1-9])(?P<d>3[01]|[12]\d|0[1-9])(?:\d{6})?", ""),
    )
)
_COMMON = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<Y>[1-9]\d{3})-(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|1\d|2[0-8])",
        r"(?P<d>0?[1-9]|1\d|2[0-8])/(?P<m>0?[1-9]|1[0-2])/(?P<Y>[1-9]\d{3})",
    )
)
"""Spellings that most files have, of days that every month has: they need no trying."""
_SECONDS = re.compile(r"-?\d{9,13}(?:\.0+)?")
_DOUBTS = {
    _PARTIAL: "Only a part of the date is there: read as {date}",
    _TWO_DIGITS: "The year has two digits: read as {date}",
    _DAY_FIRST: "Read with the day before the month: {date}",
    _MONTH_FIRST: "Read with the month before the day: {date}",
}


def limit(day: date) -> date:
    """The last day that is not far ahead."""
    year = day.year + YEARS_AHEAD
    return day.replace(year=year, day=min(day.day, monthrange(year, day.month)[1]))


def judge_date(day: date, *, is_entry_date: bool = False) -> Judge:
    """A judge of dates on this day. In: whether dates later than the day are refused."""
    farthest = limit(day)

    def judge(value: str) -> Verdict | None:
        reading = read_date(value)
        if reading is None:
            return Verdict("", (Note("invalid date", value),))
        moment, doubt = reading
        if moment > farthest:
            message = f"After {farthest.isoformat()}"
            return Verdict("", (Note("far-future-date", value, message),))
        if moment < FAR_PAST:
            message = f"Before {FAR_PAST.isoformat()}"
            return Verdict("", (Note("far-past-date", value, message),))
        if is_entry_date and moment > day:
            return Verdict("", (Note("future entry-date", value),))
        text = moment.isoformat()
        if doubt:
            message = _DOUBTS[doubt].format(date=text)
            return Verdict(text, (Note("doubtful date", value, message),))
        return None if text == value else Verdict(text)

    return judge


@lru_cache(maxsize=65_536)
def read_date(value: str) -> tuple[date, str] | None:
    """The date that a text is read as and why that may be doubted ('': it is plain); None for what
    is no date."""
    text = value.strip().strip('",')
    if not 3 < len(text) <= LONGEST or not text.isascii():
        return None
    for pattern in _COMMON:
        match = pattern.fullmatch(text)
        if match:
            return date(int(match["Y"]), int(match["m"]), int(match["d"])), ""
    for pattern, doubt in _PATTERNS:
        match = pattern.fullmatch(text)
        moment = _date(match) if match else None
        if moment is not None:
            return moment, doubt
    if _SECONDS.fullmatch(text):
        return _from_seconds(float(text))
    return None


def _date(match: re.Match[str]) -> date | None:
    """The date in a match; parts that are not there are 1. None for a day that never was."""
    parts = match.groupdict()
    month = parts.get("m")
    name = parts.get("b")
    number = _number_of(name) if name else int(month) if month else 1
    try:
        return date(_year(parts), number, int(parts.get("d") or 1))
    except ValueError:
        return None


def _year(parts: dict[str, str]) -> int:
    if parts.get("Y"):
        return int(parts["Y"])
    short = int(parts["y"])
    return 1900 + short if short >= 69 else 2000 + short


def _number_of(name: str) -> int:
    return [month[:3] for month in _MONTHS].index(name[:3].lower()) + 1


def _from_seconds(number: float) -> tuple[date, str] | None:
    """The date of Unix seconds, or of milliseconds where there are more than ten digits."""
    seconds = number / 1000 if abs(number) >= 1e10 else number
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).date(), ""
    except OverflowError:
        return None
