"""What was collected for one dataset: versions of its file, and endpoints it has no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, Engine, text

from performance_store.queries import areas, cell
from performance_store.rows import Area, EndedEndpoint, FileSeen, Outline
from tests.support.build import AAA, BBB, TODAY, PlatformFile, Store, days_ago

WEEK_AGO = TODAY - timedelta(days=7)
TREE = {"organisation": AAA, "dataset": "tree"}
YEAR = {"first": TODAY - timedelta(days=364), "last": TODAY}


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def ended_source(file: PlatformFile, name: str, dataset: str, collection: str, end: str) -> None:
    """An endpoint that has ended with its source."""
    file.endpoint(name, dataset, collection=collection, end_date=end)
    file.rows["source"][-1]["end_date"] = end


@pytest.fixture(scope="module")
def store(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Store:
    loaded = Store(module_engine)
    before = PlatformFile(tmp_path_factory.mktemp("before"), as_at=WEEK_AGO)
    before.provision("tree")
    for name in ("t1", "gone", "ending"):
        before.endpoint(name, "tree").answer(name, resource=f"r-{name}")
    loaded.load(before)

    file = PlatformFile(tmp_path_factory.mktemp("today"))
    file.provision("tree").provision("park").provision("hedge").organisation(BBB)
    for dataset, collection in (("park", "parks"), ("wood", "woods"), ("hedge", "woods")):
        file.add("dataset", dataset=dataset, name=dataset, collection=collection)
    file.endpoint("t1", "tree").endpoint("t2", "tree", entry_date="2024-02-02")
    file.resource("old", start_date="2023-06-01").answer("t1", days_ago(400), resource="old")
    for number in range(25):
        file.resource(f"n{number:02}", start_date="")
        file.answer("t1", days_ago(40 - number), resource=f"n{number:02}")
    file.answer("t1", days_ago(3), resource="old").failure("t1", days_ago(2))
    file.answer("t1", resource="old").failure("t2")
    file.endpoint("ending", "tree", end_date=days_ago(3))
    file.answer("ending", days_ago(4), resource="e")
    # One source ended in a collection of one dataset, one in a collection of two, one ends later.
    ended_source(file, "p1", "park", "parks", days_ago(90))
    ended_source(file, "h1", "hedge", "woods", days_ago(90))
    ended_source(file, "p2", "park", "parks", "2031-01-01")
    loaded.load(file)
    with module_engine.begin() as connection:
        connection.execute(text("UPDATE resource SET bytes = 1500 WHERE resource = 'old'"))
    return loaded


@pytest.fixture
def ask(store: Store) -> Iterator[Connection]:
    with store.engine.connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def now(store: Store) -> int:
    return store.now().snapshot_id


def test_versions_of_the_file_the_newest_first_and_not_too_many(ask: Connection, now: int) -> None:
    rows = cell.files(ask, **TREE, snapshot_id=now, **YEAR)
    assert len(rows) == 20
    # Seen first before the year, and again now; it was served in the year 27 times with others.
    assert rows[0] == FileSeen("t1", "old", date(2023, 6, 1), TODAY, 1500, 27)
    assert [row.resource for row in rows[1:4]] == ["r-t1", "n24", "n23"]
    assert rows[2] == FileSeen("t1", "n24", ago(16), ago(16), None, 27)
    assert len(cell.files(ask, **TREE, snapshot_id=now, **YEAR, limit=50)) == 27


def test_versions_are_of_the_days_asked_for_and_of_successes(ask: Connection, now: int) -> None:
    few = cell.files(ask, **TREE, snapshot_id=now, first=ago(4), last=ago(1))
    assert few == (FileSeen("t1", "old", date(2023, 6, 1), ago(3), 1500, 1),)
    assert cell.files(ask, **TREE, snapshot_id=now, first=ago(2), last=ago(1)) == ()
    nobody = {"organisation": BBB, "dataset": "tree"}
    assert cell.files(ask, **nobody, snapshot_id=now, **YEAR) == ()


def test_endpoints_of_earlier_snapshots_that_are_no_more(ask: Connection, now: int) -> None:
    rows = cell.former_endpoints(ask, **TREE, snapshot_id=now)
    url = "https://data.example/"
    began = date(2024, 1, 1)
    assert rows == (
        EndedEndpoint("ending", f"{url}ending", began, ago(3), WEEK_AGO, ago(4)),
        # In no register any more, and nobody said when it ended.
        EndedEndpoint("gone", f"{url}gone", began, None, WEEK_AGO, WEEK_AGO),
    )
    assert cell.former_endpoints(ask, **TREE, snapshot_id=now, limit=1) == rows[:1]


def test_nothing_has_ended_before_it_ended(ask: Connection, store: Store) -> None:
    then = store.snapshot(WEEK_AGO.isoformat()).snapshot_id
    assert cell.former_endpoints(ask, **TREE, snapshot_id=then) == ()


def test_ended_sources_count_where_the_dataset_is_alone_in_its_collection(
    ask: Connection, now: int
) -> None:
    (row,) = cell.former_endpoints(ask, organisation=AAA, dataset="park", snapshot_id=now)
    assert (row.endpoint, row.ended_on, row.last_listed_on) == ("p1", ago(90), None)
    assert cell.former_endpoints(ask, organisation=AAA, dataset="hedge", snapshot_id=now) == ()
    assert cell.former_endpoints(ask, organisation=BBB, dataset="park", snapshot_id=now) == ()


def test_where_an_organisation_is(ask: Connection, store: Store) -> None:
    assert areas.area(ask, organisation=AAA) == (Area(AAA, "Aaa", None, False),)
    assert areas.area(ask, organisation="local-authority:NOBODY") == ()
    assert areas.outline(ask, organisation=AAA) == ()
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE organisation SET entity = 9 WHERE organisation = :o"),
            {"o": BBB})  # fmt: skip
        connection.execute(
            text("WITH b AS (INSERT INTO organisation_boundary SELECT id, '{}' FROM organisation "
                 "WHERE organisation = :o RETURNING organisation_id) "
                 "INSERT INTO outline SELECT organisation_id, 800, 2, 3, 4, 5, 'M0 0l1 1', NULL "
                 "FROM b"), {"o": BBB},
        )  # fmt: skip
    assert areas.area(ask, organisation=BBB)[0].has_boundary
    assert areas.area(ask, organisation=BBB)[0].entity == 9
    assert areas.outline(ask, organisation=BBB) == (Outline(800, 2, 3, 4, 5, "M0 0l1 1"),)
