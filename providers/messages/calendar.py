"""When a digest is due: Monday at seven in London, once the data are new, Tuesday at the latest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
HOUR = time(7)
NEW_ENOUGH = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Turn:
    """The digests of one ISO week, such as `2026-W48`, and whether they tell of old data."""

    week: str
    is_old: bool


def turn(now: datetime, published_at: datetime) -> Turn | None:
    """The digests that are due at a moment, given when the data were published; None: none are.

    Workers that were down on Tuesday catch up until Thursday begins.
    """
    local = now.astimezone(LONDON)
    # The clock on the wall: an hour more or less in the night before makes no difference.
    hours_in = (local.weekday(), local.time())
    if not (0, HOUR) <= hours_in < (3, time(0)):
        return None
    year, week, _ = local.isocalendar()
    is_old = now - published_at >= NEW_ENOUGH
    if is_old and hours_in < (1, HOUR):
        return None
    return Turn(f"{year}-W{week:02d}", is_old)
