"""Nights that are kept no longer: which they are, and that nothing of them is left."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from performance_store.database import make_engine
from performance_store.loading import describe, load
from performance_store.loading.room import INTERVALS
from performance_store.readers.platform import Platform
from performance_store.retention import Retention
from tests.support.build import PlatformFile
from tests.support.facts import facts

FRESH = Callable[[], AbstractContextManager[str]]
LAST = date(2025, 5, 21)
BY_CODE = (
    "SELECT e.kind, n.as_at, p.as_at, o.organisation, e.dataset_id, e.before, e.after, e.by_rule "
    "FROM event e JOIN snapshot n ON n.id = e.snapshot_id "
    "JOIN snapshot p ON p.id = e.previous_snapshot_id "
    "JOIN organisation o ON o.id = e.organisation_id ORDER BY e::text",
    "SELECT public_id, urgency, problems, first_seen_on, last_seen_on, closed_on, close_reason, "
    "reopened FROM task ORDER BY 1",
)


@given(
    ages=st.sets(st.integers(0, 900), max_size=60),
    nightly=st.integers(1, 40),
    weekly=st.sampled_from([0, 60, 200]),
)
def test_which_nights_go(ages: set[int], nightly: int, weekly: int) -> None:
    nights = sorted(LAST - timedelta(days=age) for age in {*ages, 0})
    retention = Retention(nightly, weekly)
    going = retention.outdated(nights, LAST)
    stay = [night for night in nights if night not in going]
    assert retention.outdated(stay, LAST) == ()
    for night in nights:
        age = (LAST - night).days
        last_of = [n for n in nights if (n.year, n.month) == (night.year, night.month)][-1]
        week = [n for n in nights if n.isocalendar()[:2] == night.isocalendar()[:2]]
        if age <= nightly or night == last_of:
            assert night in stay
        elif night != week[-1] or (weekly and age > weekly):
            assert night in going
        else:
            assert night in stay


def test_by_itself_everything_is_kept() -> None:
    assert Retention().outdated([LAST - timedelta(days=n) for n in range(4000)], LAST) == ()


@pytest.mark.parametrize(
    ("retention", "sentence"),
    [
        (Retention(), "every snapshot is kept"),
        (
            Retention(90),
            "every night is kept for 90 days, then the last of each week and month",
        ),
        (
            Retention(90, 730),
            "every night is kept for 90 days, the last of each week for 730 days, "
            "then the last of each month",
        ),
    ],
)
def test_it_is_said_in_words(retention: Retention, sentence: str) -> None:
    assert retention.sentence() == sentence


def test_the_store_is_as_if_they_had_never_been_loaded(
    fresh_database: FRESH, tmp_path: Path
) -> None:
    retention = Retention(nightly_days=3)
    nights = [LAST - timedelta(days=days) for days in range(12, -1, -1)]
    lines: list[str] = []
    with fresh_database() as url:
        thinned = make_engine(url, application_name="test", pool=None)
        for night in nights:
            result = load(
                thinned, _file(tmp_path, night), retention=retention, progress=lines.append
            )
        days = _days(thinned)
        # 9 to 21 May 2025: the last of each week, and the last four nights.
        assert [day.day for day in days] == [11, 18, 19, 20, 21]
        assert result.outdated == (date(2025, 5, 17),)
        assert describe(result).endswith("; 1 outdated night removed.")
        assert (
            "removing outdated nights (1 of 2025-05-17 to 2025-05-17): every night is kept for 3 "
            "days, then the last of each week and month"
        ) in lines
        with fresh_database() as other:
            alone = make_engine(other, application_name="test", pool=None)
            for day in days:
                load(alone, _file(tmp_path, day))
            assert facts(thinned) == facts(alone)
            for sql in BY_CODE:
                assert _rows(thinned, sql) == _rows(alone, sql)
            for table in INTERVALS:
                sql = f"SELECT count(*), min(from_on), max(from_on) FROM {table}"
                assert _rows(thinned, sql) == _rows(alone, sql), table


def _file(folder: Path, night: date) -> Platform:
    """A night of two endpoints: one fails every third night, the other's problems change."""
    target = folder / night.isoformat()
    if not target.exists():
        target.mkdir()
        file = PlatformFile(target, as_at=night).provision().endpoint("a").endpoint("b")
        file.answer("a", night.isoformat())
        if night.day % 3:
            file.answer("b", night.isoformat(), resource="r2")
        else:
            file.answer("b", "2025-05-01", resource="r2").failure("b", night.isoformat())
        file.issues(1 + night.day // 4).issues(night.day % 2, resource="r2", field="geometry")
        file.write()
    return Platform(target)


def _days(engine: Engine) -> list[date]:
    return [row[0] for row in _rows(engine, "SELECT as_at FROM snapshot ORDER BY 1")]


def _rows(engine: Engine, sql: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]
