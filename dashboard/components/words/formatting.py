"""Numbers, dates and counts in words. `None` is always "not known", never zero."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

UNKNOWN = "not known"
MINUS = "\u2212"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_MOST_NAMES = 3
_TYPED = re.compile(r"(\d{1,2})[ /.-](\d{1,2})[ /.-](\d{4})", re.ASCII)
_SMALL = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def day(value: date | None) -> str:
    """4 March 2025."""
    return UNKNOWN if value is None else f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def read_day(words: str) -> date | None:
    """The day that somebody typed, as 27 3 2027, 27/3/2027 or 2027-03-27; None for anything
    else."""
    match = _TYPED.fullmatch(words.strip())
    try:
        if match:
            return date(int(match[3]), int(match[2]), int(match[1]))
        return date.fromisoformat(words.strip())
    except ValueError:
        return None


def short_day(value: date | None) -> str:
    """4 Mar 2025, for tables and axes."""
    if value is None:
        return UNKNOWN
    return f"{value.day} {_MONTHS[value.month - 1][:3]} {value.year}"


def month(value: date | None) -> str:
    """March 2025."""
    return UNKNOWN if value is None else f"{_MONTHS[value.month - 1]} {value.year}"


def short_month(value: date | None) -> str:
    """Mar 2025, for tables."""
    return UNKNOWN if value is None else short_day(value).split(" ", 1)[1]


def number(value: float | None, *, decimals: int = 0) -> str:
    """1,234 or 1,234.5."""
    return UNKNOWN if value is None else f"{value:,.{decimals}f}"


def n_of(count: int | None, total: int | None) -> str:
    """6 of 8."""
    if count is None or total is None:
        return UNKNOWN
    return f"{number(count)} of {number(total)}"


def share(count: int | None, total: int | None) -> str:
    """6 of 8 (75%): never a percentage without its count, and none of a total of 0.

    Rounded, but 0% and 100% only when it is exactly that.
    """
    if count is None or total is None or total == 0:
        return n_of(count, total)
    return f"{n_of(count, total)} ({percent(count / total)})"


def percent(fraction: float | None) -> str:
    """75%; "under 1%" and "over 99%" instead of a false 0% or 100%."""
    if fraction is None:
        return UNKNOWN
    if 0 < fraction < 0.01:
        return "under 1%"
    if 0.99 < fraction < 1:
        return "over 99%"
    return f"{round(fraction * 100)}%"


def change(value: float | None, *, decimals: int = 0) -> str:
    """+12, −3 or "no change"."""
    if value is None:
        return UNKNOWN
    if round(value, decimals) == 0:
        return "no change"
    sign = "+" if value > 0 else MINUS
    return f"{sign}{number(abs(value), decimals=decimals)}"


def plural(count: int | None, one: str, many: str | None = None) -> str:
    """1 dataset, 2 datasets, 1,000 authorities: the number with its noun."""
    many = many or f"{one}s"
    if count is None:
        return f"{many}: {UNKNOWN}"
    return f"{number(count)} {one if count == 1 else many}"


def in_words(count: int) -> str:
    """no, one … nine; 10 and above in figures."""
    return _SMALL[count] if 0 <= count < len(_SMALL) else number(count)


def ordinal(place: int) -> str:
    """1st, 2nd, 3rd, 4th … 27th."""
    ending = (
        "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    )
    return f"{number(place)}{ending}"


def list_of(words: Sequence[str], *, joiner: str = "and") -> str:
    """a; a and b; a, b and c."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joiner} {words[-1]}"


def some(words: Sequence[str]) -> str:
    """a, b and c; of more than three the first three and 4 more."""
    more = len(words) - _MOST_NAMES
    return list_of([*words[:_MOST_NAMES], *([f"{number(more)} more"] if more > 0 else ())])


def alike(items: Sequence[tuple[str, str]]) -> str:
    """London: 3 of 8; of several that are equal East and West: 3 of 8 each. In: the name and the
    figure of each."""
    figures = {figure for _, figure in items}
    one = figures.pop() if len(figures) == 1 else None
    if one is None:
        return some([f"{name}: {figure}" for name, figure in items])
    return f"{some([name for name, _ in items])}: {one}{' each' if len(items) > 1 else ''}"


def span(days: int | None) -> str:
    """How long a number of days is: 5 days, 3 weeks, 4 months, 2 years."""
    if days is None:
        return UNKNOWN
    if days < 14:
        return plural(days, "day")
    if days < 61:
        return plural(days // 7, "week")
    if days < 730:
        return plural(int(days / 30.44), "month")
    return plural(int(days / 365.25), "year")


def age(then: date | datetime | None, as_at: date) -> str:
    """How long before the data's date something was: today, yesterday, 3 months ago.

    Counted to `as_at`, the date of the data, not to the reader's clock.
    """
    if then is None:
        return UNKNOWN
    then_day = then.date() if isinstance(then, datetime) else then
    days = (as_at - then_day).days
    if days < 0:
        return f"in {span(-days)}"
    if days < 2:
        return ("today", "yesterday")[days]
    return f"{span(days)} ago"


def size(count: int | None) -> str:
    """512 bytes, 1.5 kB, 20 MB: in thousands, as the reader's file manager counts."""
    if count is None:
        return UNKNOWN
    if count < 1000:
        return plural(count, "byte")
    amount = float(count)
    for unit in ("kB", "MB", "GB", "TB"):
        amount /= 1000
        if amount < 999.5 or unit == "TB":
            break
    return f"{amount:,.1f} {unit}" if amount < 10 else f"{amount:,.0f} {unit}"


def sentence(text: str) -> str:
    """The text with a capital first letter and a full stop at its end."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?…" else ".")
