"""The rules of bands, of the primary endpoint, and of blanks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from performance_store.database import make_engine
from tests.support.build import AAA, TODAY, PlatformFile, Store, days_ago

TABLE = "organisation-dataset-summary"


def test_access_bands_on_both_sides_of_their_limits(store: Store, file: PlatformFile) -> None:
    expected = {1: "failing", 4: "failing", 5: "broken", 30: "broken", 31: "long_broken"}
    for days in expected:
        name = f"d{days}"
        file.endpoint(name, name).answer(name, days_ago(days), resource=name).failure(name)
    file.endpoint("ok", "ok").failure("ok", days_ago(1)).answer("ok", resource="ok")
    file.endpoint("never", "never").failure("never")
    file.endpoint("new", "new")
    store.load(file)
    bands = {row["dataset_name"]: row["access_band"] for row in store.table(TABLE)}
    assert bands == {f"d{days}": band for days, band in expected.items()} | {
        "ok": "ok",
        "never": "never",
        "new": "unknown",
    }


def test_the_access_band_is_that_of_the_best_endpoint(store: Store, file: PlatformFile) -> None:
    file.endpoint("old", entry_date="2023-01-01").answer("old")
    file.endpoint("new", entry_date="2025-01-01").answer("new", days_ago(60)).failure("new")
    store.load(file)
    row = store.cell()
    # The single columns are the primary's; the band says whether the data can be had at all.
    assert (row.endpoint_url, row.http_status) == ("https://data.example/new", "404")
    assert (row.access_band, row.endpoint_failing_count) == ("ok", 1)


def test_freshness_bands_on_both_sides_of_their_limits(store: Store, file: PlatformFile) -> None:
    expected = {0: "fresh", 182: "fresh", 183: "ageing", 365: "ageing", 366: "stale"}
    for days in expected:
        name = f"d{days}"
        file.resource(name, start_date=days_ago(days))
        file.endpoint(name, name).answer(name, resource=name)
    file.resource("undated", start_date="").endpoint("undated", "undated")
    file.answer("undated", resource="undated").endpoint("never", "never").failure("never")
    store.load(file)
    bands = {row["dataset_name"]: row["freshness_band"] for row in store.table(TABLE)}
    assert bands == {f"d{days}": band for days, band in expected.items()} | {
        "undated": "unknown",
        "never": "unknown",
    }


def test_freshness_limits_are_configuration_of_the_dataset(
    store: Store, file: PlatformFile
) -> None:
    file.resource("r1", start_date=days_ago(40)).endpoint().answer()
    store.load(file)
    assert store.cell().freshness_band == "fresh"
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE dataset SET fresh_days = 30, ageing_days = 39")
    store.load(file.endpoint("e2").answer("e2"))
    assert store.cell().freshness_band == "stale"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"entry_date": "2024-01-02"}, {"entry_date": "2024-01-01"}),
        ({"entry_date": "2024-01-01"}, {"entry_date": ""}),
        ({"entry_date": "2024-01-02", "success": 9}, {"entry_date": "2024-01-01", "success": 0}),
        ({"success": 0}, {"success": 1}),
        ({"success": 40}, {"success": None}),
        ({"key": "a"}, {"key": "b"}),
    ],
    ids=["newest entry", "dated", "entry before success", "newest success", "a success", "key"],
)
@pytest.mark.parametrize("order", [1, -1])
def test_the_primary_endpoint(
    store: Store, file: PlatformFile, first: dict[str, Any], second: dict[str, Any], order: int
) -> None:
    """Newest entry date, ties by newest success, then by key; the order of rows is nothing."""
    keys = [first.get("key", "y"), second.get("key", "x")]
    for key, facts in list(zip(keys, (first, second), strict=True))[::order]:
        file.endpoint(key, entry_date=facts.get("entry_date", "2024-01-01"), licence=f"of-{key}")
        success = facts.get("success", 0)
        if success != 0:
            file.failure(key)
        if success is not None:
            file.answer(key, days_ago(success), resource=key)
    store.load(file)
    row = store.cell()
    assert row.endpoint_url == f"https://data.example/{keys[0]}"
    assert row.licence == f"of-{keys[0]}"
    assert row.endpoint_count == 2


def test_null_and_blank_mean_the_same(
    fresh_database: Callable[[], AbstractContextManager[str]], tmp_path: Path
) -> None:
    answers = []
    for blank in ("", None, "  "):
        file = PlatformFile(tmp_path)
        file.provision(entry_date=blank, start_date=blank, end_date=blank, cohort=blank)
        file.provision("zone", reason=blank)
        file.endpoint(end_date=blank, licence=blank, documentation_url=blank)
        # A time-out yesterday: no status, no resource.
        file.answer(when=days_ago(1), status=blank, resource=blank, exception="Timeout").answer()
        file.resource("r1", end_date=blank).issues(2, field=blank or "")
        file.endpoint("e2", "zone").failure("e2", exception=blank)
        file.add("role_organisation", organisation=AAA, role=blank)
        with fresh_database() as url:
            store = Store(make_engine(url, application_name="tests", pool=None))
            store.load(file)
            rows = store.table(TABLE)
            for row in rows:
                row.pop("last_modified")
            answers.append((rows, store.table("provision-summary"), store.counts()))
    assert answers[0] == answers[1] == answers[2]


def test_as_at_an_earlier_date_everything_later_is_left_out(
    store: Store, file: PlatformFile
) -> None:
    then = days_ago(10)
    file.provision().provision("zone", start_date=days_ago(5)).provision("park", end_date=then)
    file.endpoint("e1").answer("e1", days_ago(12)).failure("e1")
    file.endpoint("e2", entry_date=days_ago(5)).answer("e2")
    file.resource("r1", end_date=days_ago(2)).issues(2)
    store.load(file.write(), as_at=TODAY - timedelta(days=10))
    row = store.cell()
    assert store.datasets() == {"tree"}
    assert (row.endpoint_count, row.status) == (1, "needs_improving")
    assert (row.last_attempt_on, row.issues_of_last_good) == (TODAY - timedelta(days=12), False)
    assert store.value("SELECT max(to_day) FROM endpoint_run") == TODAY - timedelta(days=12)
