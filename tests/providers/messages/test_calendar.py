"""When digests are due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from providers.messages.calendar import Turn, turn

FRESH, OLD = timedelta(hours=3), timedelta(hours=40)


@pytest.mark.parametrize(
    ("now", "age", "due"),
    [
        # Winter: London is UTC.
        ("2026-11-23T06:59", FRESH, None),
        ("2026-11-23T07:00", FRESH, Turn("2026-W48", is_old=False)),
        ("2026-11-23T07:00", OLD, None),
        ("2026-11-24T06:59", OLD, None),
        ("2026-11-24T06:59", FRESH, Turn("2026-W48", is_old=False)),
        ("2026-11-24T07:00", OLD, Turn("2026-W48", is_old=True)),
        ("2026-11-25T23:59", FRESH, Turn("2026-W48", is_old=False)),
        ("2026-11-26T00:00", FRESH, None),
        ("2026-11-29T12:00", FRESH, None),
        # Summer: seven in London is six in UTC.
        ("2026-07-06T05:59", FRESH, None),
        ("2026-07-06T06:00", FRESH, Turn("2026-W28", is_old=False)),
        # The Monday after the clocks went forward, and after they went back.
        ("2026-03-30T05:59", FRESH, None),
        ("2026-03-30T06:00", FRESH, Turn("2026-W14", is_old=False)),
        ("2026-10-26T06:59", FRESH, None),
        ("2026-10-26T07:00", FRESH, Turn("2026-W44", is_old=False)),
        # Sunday night in UTC is Monday in London, and not yet seven.
        ("2026-07-05T23:30", FRESH, None),
        # An ISO year that is not the calendar's.
        ("2024-12-30T08:00", FRESH, Turn("2025-W01", is_old=False)),
    ],
)
def test_turn(now: str, age: timedelta, due: Turn | None) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert turn(moment, moment - age) == due
