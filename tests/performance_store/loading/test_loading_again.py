"""Loads one after the other: the same input, another, in another order, by other rules."""

from __future__ import annotations

import shutil
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from performance_store.loading import load
from performance_store.operations import exports
from performance_store.queries import organisations, snapshots
from performance_store.readers import stream
from performance_store.readers.odp_reports import OdpReports
from performance_store.readers.platform import Platform
from performance_store.readers.stream import InputError
from performance_store.sample.reader import Sample
from tests.support.build import AAA, PlatformFile, Store, days_ago
from tests.support.loads import a_file, checksum


def test_loading_twice_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    folder = a_file(tmp_path / "in")
    assert load(engine, Platform(folder)).state == "published"
    before = checksum(engine)
    assert load(engine, Platform(folder)).state == "unchanged"
    assert checksum(engine) == before


def test_new_data_of_a_known_date_replace_it(engine: Engine, tmp_path: Path) -> None:
    load(engine, Platform(a_file(tmp_path / "a")))
    load(engine, Platform(a_file(tmp_path / "b", issues=5)))
    with engine.connect() as connection:
        assert len(snapshots.every(connection)) == 1
        row = organisations.datasets(
            connection,
            organisation=AAA,
            snapshot_id=snapshots.current(connection)[0].snapshot_id,
        )[0]
    assert row.problems_to_fix == 5


def test_an_older_date_does_not_take_the_individual_issues(engine: Engine, tmp_path: Path) -> None:
    load(engine, Platform(a_file(tmp_path / "new", issues=5)))
    load(engine, Platform(a_file(tmp_path / "old", day="2025-05-01", issues=0)))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM issue")).scalar() == 5
        assert snapshots.current(connection)[0].as_at == date(2025, 5, 21)
        assert connection.execute(
            text("SELECT count(*) FROM event e JOIN snapshot s ON s.id = e.snapshot_id "
                 "WHERE s.as_at = '2025-05-21'")
        ).scalar()  # fmt: skip


def test_real_data_replace_the_sample_and_the_sample_never_real_data(
    engine: Engine, tmp_path: Path
) -> None:
    sample = Sample(date(2025, 5, 21), authorities=20, weeks=3)
    load(engine, sample)
    result = load(engine, Platform(a_file(tmp_path / "in")))
    assert result.replaced_sample
    with engine.connect() as connection:
        assert {row.kind for row in snapshots.every(connection)} == {"platform"}
        names = connection.execute(text("SELECT count(*) FROM organisation")).scalar()
    assert names == 1
    before = checksum(engine)
    with pytest.raises(InputError, match="holds real data"):
        load(engine, sample)
    assert checksum(engine) == before


def test_another_sample_leaves_nothing_of_the_first(engine: Engine) -> None:
    today = date(2025, 5, 21)
    small = Sample(today, authorities=20, weeks=2, seed=7)
    invented = {row[0] for row in small.rows(stream.Organisation)}
    load(engine, Sample(today, authorities=40, weeks=3))
    assert not load(engine, small).replaced_sample
    assert {
        row[0] for row in Store(engine).sql("SELECT organisation FROM organisation")
    } == invented
    assert Store(engine).sql("SELECT count(*) FROM snapshot") == [(2,)]


OF_ITS_OWN = ("id", "snapshot_id", "last_modified")


def answers(store: Store) -> dict[str, list[dict[str, Any]]]:
    """What the store exports now, without its own numbers and times."""
    return {
        table: [
            {name: value for name, value in row.items() if name not in OF_ITS_OWN}
            for row in store.table(table)
        ]
        for table in exports.TABLES
    }


def test_changed_rules_derive_a_known_input_again_to_the_same_rows(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(engine)
    store.load(a_file(tmp_path / "old", day="2025-05-01", issues=0))
    file = PlatformFile(tmp_path / "new")
    file.provision().endpoint().answer().issues(3)
    file.endpoint("old", entry_date="2018-06-01").answer("old", days_ago(90), resource="r-old")
    file.failure("old", days_ago(80)).failure("old").issues(2, resource="r-old")
    folder = file.write()
    store.load(folder)
    before = answers(store)
    assert all(before.values())
    rules = sys.modules["performance_store.loading.load"]
    monkeypatch.setattr(rules, "RULESET_VERSION", "of another day")
    assert store.load(folder).state == "published"
    assert answers(store) == before


@pytest.mark.parametrize("order", ["012", "021", "102", "120", "201", "210"])
def test_the_order_of_loads_changes_nothing(engine: Engine, tmp_path: Path, order: str) -> None:
    """Three dates, the middle one broken: events speak of neighbours, whoever came last."""
    days = ("2025-05-01", "2025-05-11", "2025-05-21")
    folders = []
    for number, day in enumerate(days):
        file = PlatformFile(tmp_path / day, as_at=date.fromisoformat(day))
        file.provision().endpoint(entry_date="2025-01-01").answer(when="2025-05-01")
        if number == 1:
            file.failure()
        if number == 2:
            file.endpoint("e2", entry_date="2025-05-15").answer("e2", resource="r2")
            file.failure(when="2025-05-11").answer().issues(resource="r2")
        file.write()
        folders.append(tmp_path / day)
    store = Store(engine)
    for number in order:
        store.load(folders[int(number)])
    changes = {
        day: {
            (row["kind"], row["before"], row["after"])
            for row in store.table("events", snapshot_id=store.snapshot(day).snapshot_id)
        }
        for day in days
    }
    assert changes == {
        "2025-05-01": set(),
        "2025-05-11": {
            ("newly_broken", None, None),
            ("status_changed", "live", "error"),
        },
        "2025-05-21": {
            ("recovered", None, None),
            ("status_changed", "error", "needs_improving"),
            ("endpoint_replaced", "e1", "e2"),
            ("content_updated", "r1", "r2"),
            ("issue_type_appeared", None, "missing value"),
        },
    }
    assert store.sql("SELECT count(*) FROM issue") == [(1,)]
    assert store.now().as_at == date(2025, 5, 21)


def test_a_day_seen_in_part_by_an_older_file_keeps_its_later_attempt(
    engine: Engine, tmp_path: Path
) -> None:
    store = Store(engine)
    whole = PlatformFile(tmp_path / "whole")
    whole.provision().endpoint().answer(when="2025-05-20T02:00:00Z")
    whole.failure(when="2025-05-20T14:00:00Z").answer()
    store.load(whole)
    part = PlatformFile(tmp_path / "part", as_at=date(2025, 5, 20))
    part.provision().endpoint().answer(when="2025-05-20T02:00:00Z")
    store.load(part)
    assert store.sql(
        "SELECT http_status, last_attempt_at = '2025-05-20T14:00Z' FROM endpoint_run "
        "WHERE '2025-05-20' BETWEEN from_day AND to_day"
    ) == [("404", True)]
    # What each of them knew on its date is another matter.
    assert store.cell(as_at="2025-05-20").status == "live"


@pytest.mark.data
def test_a_folder_that_grew_gives_what_it_gives_at_once(
    engine: Engine, shared_data: Path, tmp_path: Path
) -> None:
    store = Store(engine)
    for day in ("2025-01-22", "2025-03-05", "2025-01-30"):
        for path in (shared_data / "snapshots").glob(f"odp-*_{day}.csv"):
            shutil.copy(path, tmp_path)
        store.load(OdpReports(tmp_path))
    grown = answers(store)
    counts = "SELECT kind, before, after, count(*) FROM event GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    events = store.sql(counts)
    assert store.sql("SELECT count(*) FROM snapshot") == [(3,)]
    with engine.begin() as connection:
        connection.execute(text("UPDATE snapshot SET fingerprint = 'of another input'"))
    assert store.load(OdpReports(tmp_path)).state == "published"
    assert answers(store) == grown
    assert store.sql(counts) == events


def test_content_of_any_endpoint_is_an_update(engine: Engine, tmp_path: Path) -> None:
    """As its age is that of the newest of any; one event, the primary's where that has one."""
    store = Store(engine)
    for day, old, new in (("01", "o1", "n1"), ("08", "o2", "n1"), ("15", "o3", "n2")):
        file = PlatformFile(tmp_path / day, as_at=date.fromisoformat(f"2025-05-{day}"))
        file.provision().endpoint("old", entry_date="2024-01-01")
        file.endpoint("new", entry_date="2025-01-01")
        file.answer("old", resource=old).answer("new", resource=new)
        store.load(file)
    rows = store.sql("SELECT kind, before, after FROM event ORDER BY snapshot_id")
    assert rows == [("content_updated", "o1", "o2"), ("content_updated", "n1", "n2")]
