"""Working days: weekends and the bank holidays of England do not count."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from providers.submissions import working_days

FRIDAY = date(2026, 5, 22)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 3, 2), 1, date(2026, 3, 3)),
        (date(2026, 3, 6), 1, date(2026, 3, 9)),
        (date(2026, 3, 7), 5, date(2026, 3, 13)),
        # The Monday after this Friday is the spring bank holiday.
        (FRIDAY, 1, date(2026, 5, 26)),
        (FRIDAY, 5, date(2026, 6, 1)),
        # Good Friday, the weekend, Easter Monday.
        (date(2026, 4, 2), 1, date(2026, 4, 7)),
        # In 2026 Boxing Day is a Saturday, so that the Monday after it is one too.
        (date(2026, 12, 24), 1, date(2026, 12, 29)),
        # St Andrew’s Day is a holiday in Scotland alone.
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
    ],
)
def test_a_day_so_many_working_days_later(start: date, count: int, end: date) -> None:
    assert working_days.after(start, count) == end
    assert working_days.between(start, end) == count


def test_a_friday_evening_before_a_bank_holiday_has_its_first_working_day_on_tuesday() -> None:
    days = [working_days.between(FRIDAY, FRIDAY + timedelta(days=n)) for n in range(6)]
    assert days == [0, 0, 0, 0, 1, 2]


def test_days_before_the_start_are_none() -> None:
    assert working_days.between(FRIDAY, FRIDAY - timedelta(days=30)) == 0
