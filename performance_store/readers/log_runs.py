"""A log without what repeats itself: of an endpoint that answers the same for a month, the first
and the last attempt. That is a ninth of the platform's log, and says the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from performance_store.readers.stream import Row

_PLAIN_TIME = re.compile(r"T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ")


class _Days(dict[str, int | None]):
    """The number of a day by its text: a log has a thousand of them, and a million rows."""

    def __missing__(self, text: str) -> int | None:
        try:
            self[text] = date.fromisoformat(text).toordinal() if len(text) == 10 else None
        except ValueError:
            self[text] = None
        return self[text]


class _Times(dict[str, bool]):
    """Whether what follows a day is a time in UTC, written as the platform does."""

    def __missing__(self, text: str) -> bool:
        self[text] = _PLAIN_TIME.fullmatch(text) is not None
        return self[text]


def without_repeats(rows: Iterable[Row], last: date) -> Iterator[Row]:
    """Leave out each attempt whose answer is that of its endpoint's attempts on the day before and
    the day after, and all that is later than ``last``.

    In: endpoint, entry_date, status, exception, resource and the row's number, in the order of the
    first two and the number. Out: fields of ``LogEntry``. What is written in another way than the
    platform's (another zone, no such day) is never left out, nor what stands beside it or beside a
    day with several attempts; nor the last two days, of which a file may have seen only a part:
    more of them may be known already.
    """
    since = ""
    for row, day, repeats, repeated in _in_their_place(rows, last.toordinal()):
        if repeats and repeated and day is not None and day < last.toordinal() - 1:
            since = since or row[1][:10]
        else:
            yield (*row[:5], since, row[5])
            since = ""


def _in_their_place(rows: Iterable[Row], last: int) -> Iterator[tuple[Row, int | None, bool, bool]]:
    """Each row up to a day: its day, whether its answer is that of the day before, and whether it
    is that of the only attempt on the day after."""
    days, times = _Days(), _Times()
    waiting: list[tuple[Row, int | None, bool]] = []
    for row in rows:
        at = row[1]
        day = days[at[:10]] if isinstance(at, str) and times[at[10:]] else None
        if day is not None and day > last:
            continue
        repeats, alone = False, True
        if waiting:
            before, day_before, as_before = waiting[-1]
            if row[0] == before[0]:
                alone = day is not None and day != day_before
                if day is not None and day_before is not None:
                    repeats = day_before == day - 1 and row[2:5] == before[2:5]
            if len(waiting) == 2:
                # Now it is known whether the newer of the two was the only attempt of its day.
                yield (*waiting.pop(0), as_before and alone)
        waiting.append((row, day, repeats))
    for place, entry in enumerate(waiting):
        yield (*entry, place + 1 < len(waiting) and waiting[place + 1][2])
