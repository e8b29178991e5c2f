"""Working days, in which a promise is counted: weekends and England's bank holidays left out."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

PROMISE = 5
"""In so many working days what was sent is to be in the register."""


def between(start: date, end: date) -> int:
    """How many working days come after ``start`` and up to ``end``, that day included."""
    days = (end - start).days
    return sum(_is_working(start + timedelta(days=n)) for n in range(1, days + 1))


def after(day: date, count: int) -> date:
    """The day that comes ``count`` working days after a day; what was begun late on a Friday has
    its first on Monday, or on Tuesday where that is a bank holiday."""
    while count:
        day += timedelta(days=1)
        count -= _is_working(day)
    return day


def _is_working(day: date) -> bool:
    return day.weekday() < 5 and day not in _bank_holidays(day.year)


@lru_cache(maxsize=20)
def _bank_holidays(year: int) -> frozenset[date]:
    import holidays  # large, and most processes never count days

    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))
