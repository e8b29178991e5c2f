"""Which nights are kept: all, or of older ones the last of each week, then of each month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days before the newest night every night is kept, and for how many the last of
    each week; the last of each month stays. 0 nights: everything is kept; 0 weekly: weeks are."""

    nightly_days: int = 0
    weekly_days: int = 0

    def outdated(self, nights: Iterable[date], newest: date) -> tuple[date, ...]:
        """Of these nights those that go, oldest first. A week or month keeps its last night, which
        may be younger than the limit that it is beyond."""
        if not self.nightly_days:
            return ()
        nights = sorted(nights)
        last_of_week = {night.isocalendar()[:2]: night for night in nights}
        last_of_month = {(night.year, night.month): night for night in nights}
        return tuple(
            night
            for night in nights
            if self._goes(
                (newest - night).days,
                is_last_of_week=last_of_week[night.isocalendar()[:2]] == night,
                is_last_of_month=last_of_month[night.year, night.month] == night,
            )
        )

    def _goes(self, age: int, *, is_last_of_week: bool, is_last_of_month: bool) -> bool:
        if age <= self.nightly_days or is_last_of_month:
            return False
        return not is_last_of_week or 0 < self.weekly_days < age

    def sentence(self) -> str:
        """What is kept, in words."""
        if not self.nightly_days:
            return "every snapshot is kept"
        later = "then the last of each month"
        if not self.weekly_days:
            later = "then the last of each week and month"
        elif self.weekly_days > self.nightly_days:
            later = f"the last of each week for {self.weekly_days} days, {later}"
        return f"every night is kept for {self.nightly_days} days, {later}"


KEEP_ALL = Retention()
