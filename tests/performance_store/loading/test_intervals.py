"""History as intervals: any date is what it would be if it were kept by itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from performance_store.database import make_engine
from performance_store.loading import load
from performance_store.readers.odp_reports import OdpReports
from performance_store.readers.stream import Reader
from performance_store.sample.reader import Sample
from tests.support.facts import VIEWS, facts
from tests.support.history import History, Step

KIND = "odp-reports"
# A row a date, joined with nothing: what the store would be without intervals.
ROW_A_DATE = """
CREATE OR REPLACE FUNCTION record_intervals(target regclass, source regclass, of_kind text,
    dates date[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE names text;
BEGIN
    SELECT string_agg(quote_ident(attname), ', ') INTO names FROM pg_attribute
    WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
        AND attname NOT IN ('snapshot_kind', 'from_on', 'to_on');
    EXECUTE format('DELETE FROM %%s WHERE snapshot_kind = $1 AND from_on = ANY ($2)', target)
    USING of_kind, dates;
    EXECUTE format('INSERT INTO %%1$s (snapshot_kind, %%2$s, from_on, to_on) '
        'SELECT $1, %%2$s, d, d FROM %%3$s CROSS JOIN unnest($2) d '
        'WHERE d BETWEEN from_on AND to_on', target, names, source)
    USING of_kind, dates;
END
$$
"""
FRESH = Callable[[], AbstractContextManager[str]]


def test_any_history_is_told_as_it_was(fresh_database: FRESH) -> None:
    """Dates in any order, again and again, taken away, by other rules: each is as it was given,
    nothing is told twice, and what one load of everything gives is the same."""
    with fresh_database() as url:
        history = History(make_engine(url, application_name="test", pool=None))

        @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
        @given(steps=st.lists(_steps(), min_size=1, max_size=8))
        def tell(steps: list[Step]) -> None:
            history.forget()
            for step in steps:
                history.take(step)
                assert history.rows() == history.truth()
                assert history.intervals() == history.shortest()

        tell()


def _steps() -> st.SearchStrategy[Step]:
    day = st.integers(0, 6).map(lambda n: date(2025, 1, 1) + timedelta(days=7 * n))
    rows = st.dictionaries(st.sampled_from("abc"), st.sampled_from([1, 2, None]), max_size=3)
    return st.builds(
        Step,
        days=st.dictionaries(day, st.none() | rows, min_size=1, max_size=3),
        rules=st.sampled_from(["1", "1", "1", "2"]),
    )


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4, 5), (3, 0, 5, 1, 4, 2), (5, 4, 3, 2, 1, 0)])
def test_the_weekly_reports_in_any_order_are_what_each_is_by_itself(
    fresh_database: FRESH, shared_data: Path, tmp_path: Path, order: tuple[int, ...]
) -> None:
    readers = [OdpReports(folder) for folder in _one_by_one(shared_data / "snapshots", tmp_path)]
    with fresh_database() as url:
        engine = make_engine(url, application_name="test", pool=None)
        for number in order:
            load(engine, readers[number])
        actual = facts(engine)
        assert _loaded(engine, KIND) == 6
    assert actual == _row_a_date(fresh_database, *readers)


def test_the_sample_is_what_each_of_its_dates_is_by_itself(fresh_database: FRESH) -> None:
    sample = Sample(date(2025, 5, 21), authorities=20, weeks=16)
    with fresh_database() as url:
        engine = make_engine(url, application_name="test", pool=None)
        load(engine, sample)
        actual = facts(engine)
        with engine.connect() as connection:
            rows = connection.scalar(text("SELECT count(*) FROM summary_interval"))
    assert rows < len(actual["summary"]) / 4
    assert actual == _row_a_date(fresh_database, sample)


def _row_a_date(fresh_database: FRESH, *readers: Reader) -> dict[str, list[str]]:
    """What the store says of every date where a row is kept for each."""
    with fresh_database() as url:
        engine = make_engine(url, application_name="test", pool=None)
        with engine.begin() as connection:
            connection.exec_driver_sql(ROW_A_DATE)
        for reader in readers:
            load(engine, reader)
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT bool_and(from_on = to_on) FROM summary_interval"))
        return facts(engine)


def _one_by_one(source: Path, target: Path) -> list[Path]:
    """A folder for each date of the weekly reports."""
    days = sorted({path.stem.rpartition("_")[2] for path in source.glob("odp-*.csv")})
    for day in days:
        (target / day).mkdir()
        for path in source.glob(f"odp-*_{day}.csv"):
            (target / day / path.name).symlink_to(path)
    return [target / day for day in days]


def _loaded(engine: Engine, kind: str) -> int:
    with engine.connect() as connection:
        sql = text("SELECT count(*) FROM snapshot WHERE kind = :kind")
        return int(connection.scalar(sql, {"kind": kind}) or 0)


def test_every_view_of_intervals_is_compared() -> None:
    assert set(VIEWS) == {
        *("summary", "endpoint_state", "issue_summary", "past_issue", "coverage", "provision")
    }
