"""Days of the sample as small integers, so that two years of history stay cheap to make.

Day ``TODAY`` is the newest snapshot's; a day is the index of its ISO text in ``iso``.
"""

from __future__ import annotations

from datetime import date, timedelta

TODAY = 6000
OPEN = 1 << 30
"""The end of what has not ended."""
LOG_DAYS = 365


class Calendar:
    """The dates of a sample that ends on ``today`` with ``weeks`` weekly snapshots."""

    def __init__(self, today: date, weeks: int) -> None:
        epoch = today - timedelta(days=TODAY)
        self.iso: list[str] = [
            (epoch + timedelta(days=day)).isoformat() for day in range(TODAY + 1)
        ]
        self.weeks: list[int] = [TODAY - 7 * (weeks - 1 - week) for week in range(weeks)]
        self.first: int = self.weeks[0]
        self.as_at: tuple[date, ...] = tuple(epoch + timedelta(days=day) for day in self.weeks)
        self.merger: int = self._week(0.35)
        """Three authorities become one."""
        self.cohort: int = self._week(0.6)
        """A new cohort joins the programme."""
        self.rule: int = self._week(0.75)
        """A new check begins."""
        self.rule_change: int = self._week(0.86)
        """The new check's issues become the platform's to mend."""

    def _week(self, share: float) -> int:
        return self.weeks[round(share * (len(self.weeks) - 1))]

    def date(self, day: int) -> str | None:
        """ISO date of a day; ``None`` for what has not ended."""
        return None if day > TODAY else self.iso[day]

    def age(self, day: int) -> float:
        """How far a day is into the series: 0 at the first snapshot, 1 today."""
        return (day - self.first) / max(1, TODAY - self.first)
