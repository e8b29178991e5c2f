"""What is said of a dataset with several endpoints, with a failure older than the log, or with an
address that is not processed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard.components.provider import cards
from dashboard.components.words import outages, wording
from dashboard.urls import addresses
from dashboard.web.prerender import text_of
from performance_store.queries import cell, freshness, issues, organisations
from tests.support.build import AAA, BBB, TODAY, PlatformFile, Store, days_ago
from tests.support.national import words
from tests.support.real_store import real_app

TABLE = "organisation-dataset-summary"


@pytest.fixture
def file(tmp_path: Path) -> PlatformFile:
    return PlatformFile(tmp_path)


@pytest.fixture
def store(engine: Engine) -> Store:
    return Store(engine)


def test_content_is_as_old_as_the_newest_of_any_active_endpoint(
    store: Store, file: PlatformFile
) -> None:
    """The single columns are those of the primary endpoint all the same."""
    register = "brownfield-land"
    file.organisation(BBB).provision(register).provision(register, BBB)
    file.resource("old", start_date="2019-01-01").resource("new", start_date=days_ago(9))
    file.endpoint("primary", register, entry_date="2024-06-01").answer("primary", resource="old")
    file.endpoint("earlier", register, entry_date="2020-01-01").answer("earlier", resource="new")
    file.resource("newest", start_date=days_ago(2))
    file.endpoint("ended", register, end_date=days_ago(1)).answer("ended", resource="newest")
    file.endpoint("alone", register, BBB).answer("alone", resource="old")
    store.load(file)

    row = store.cell(register)
    assert (row.endpoint_url, row.endpoint_count) == ("https://data.example/primary", 2)
    assert (row.freshness_band, row.content_changed_on) == ("fresh", date(2025, 5, 12))
    (line, other) = store.table(TABLE)
    assert (line["endpoint_last_updated"], line["content_changed_on"]) == (
        "2019-01-01",
        "2025-05-12",
    )
    assert (other["freshness_band"], other["content_changed_on"]) == ("stale", "2019-01-01")
    with store.engine.connect() as connection:
        at = {"snapshot_id": store.now().snapshot_id, "denominator": "statutory"}
        states = {row.organisation: row.state for row in freshness.registers(connection, **at)}
        ages = freshness.oldest(connection, **at)
    assert states == {AAA: "reviewed", BBB: "overdue"}
    assert {row.organisation: row.days for row in ages}[AAA] == 9
    # What is counted is what is listed.
    assert (
        store.value(
            "SELECT fresh FROM coverage WHERE denominator = 'statutory' AND dimension = 'all'"
        )
        == 1
    )


def test_a_failure_began_when_the_log_says_or_earlier(store: Store, file: PlatformFile) -> None:
    """The log begins with a failure: only a success, or the day it was added, dates it."""
    begins = "2024-04-17"
    file.provision("tree").provision("zone").provision("park")
    file.endpoint("worked", "tree", entry_date="2020-01-01").answer("worked", "2022-06-25")
    file.endpoint("never", "zone", entry_date="2020-01-01")
    file.endpoint("young", "park", entry_date=begins)
    for endpoint in ("worked", "never", "young"):
        file.failure(endpoint, begins).failure(endpoint)
    store.load(file)
    phrases = {name: outages.of_dataset(store.cell(name)) for name in ("tree", "zone", "park")}
    assert phrases == {
        "tree": " (last worked 25 June 2022)",
        "zone": " since 17 April 2024 or earlier",
        "park": " since it was added on 17 April 2024",
    }
    assert "failing since 17 April 2024 or earlier: " in wording.reason(store.cell("zone"))
    with store.engine.connect() as connection:
        at = {"organisation": AAA, "snapshot_id": store.now().snapshot_id}
        for name, phrase in phrases.items():
            (endpoint,) = cell.endpoints(connection, **at, dataset=name)
            assert outages.of_endpoint(endpoint) == phrase


def test_of_several_that_fail_the_last_to_work_dates_it(store: Store, file: PlatformFile) -> None:
    file.provision().endpoint("a", entry_date="2024-05-01").failure("a", "2024-05-02").failure("a")
    file.endpoint("b", entry_date="2020-01-01").answer("b", "2024-09-01").failure("b")
    store.load(file)
    row = store.cell()
    assert (row.status, row.last_success_on, row.best_success_on) == (
        "error",
        None,
        date(2024, 9, 1),
    )
    assert wording.reason(row).startswith("All 2 endpoints have been failing (last worked 1 Sep")


def test_an_address_without_a_pipeline_is_registered_and_not_processed(
    store: Store, file: PlatformFile
) -> None:
    funds = "infrastructure-funding-statement"
    for dataset in (funds, "tree", "tree-preservation-order", "park"):
        file.provision(dataset).add("dataset", dataset=dataset, collection=dataset)
    file.rows["dataset"][1]["collection"] = "tree-preservation-order"
    for endpoint, collection in (("f", funds), ("t", "tree-preservation-order"), ("gone", "park")):
        file.endpoint(endpoint, "", collection=collection).answer(endpoint, resource=endpoint)
    file.rows["source"][-1]["end_date"] = days_ago(1)
    file.rows["source_pipeline"].clear()
    store.load(file)

    reasons = {name: store.cell(name).reasons for name in (funds, "tree", "park")}
    assert reasons == {
        funds: ("no_endpoint", "endpoint_not_processed"),
        # Of a collection with several datasets the address says nothing of this one.
        "tree": ("no_endpoint",),
        "park": ("no_endpoint",),
    }
    row = store.cell(funds)
    assert (row.status, row.endpoint_count, row.stage) == ("not_submitted", 0, "expected")
    assert wording.reason(row) == (
        "Not provided: an address is registered, but the platform does not process it."
    )
    assert "endpoint_not_processed" in store.cell("tree-preservation-order").reasons
    with store.engine.connect() as connection:
        at = {"organisation": AAA, "snapshot_id": store.now().snapshot_id}
        (address,) = cell.unprocessed(connection, **at, dataset=funds)
        assert cell.unprocessed(connection, **at, dataset="park") == ()
    assert (address.endpoint_url, address.http_status) == ("https://data.example/f", "200")
    assert address.last_attempt_on == TODAY


def test_a_row_with_an_issue_names_the_file_it_is_in(store: Store, file: PlatformFile) -> None:
    file.endpoint("a", entry_date="2024-01-01").endpoint("b", entry_date="2024-02-01")
    file.endpoint("same", entry_date="2024-03-01").answer("same", resource="ra")
    for name in ("a", "b"):
        file.answer(name, resource=f"r{name}").issues(2, resource=f"r{name}", line_number=7)
    file.issues(1, "OSGB", resource="rb")
    store.load(file)
    which = {"organisation": AAA, "dataset": "tree", "field": "name"}
    with store.engine.connect() as connection:
        rows = issues.rows(connection, **which, issue_type="missing value")
        files = issues.files(connection, **which, issue_type="missing value")
        (other,) = issues.files(connection, **which, issue_type="OSGB")
    # Of the two addresses of one file the primary endpoint's.
    places = {"ra": "https://data.example/same", "rb": "https://data.example/b"}
    assert {row.resource: row.endpoint_url for row in rows} == places
    assert [(row.resource, row.endpoint_url) for row in files] == list(places.items())
    assert [row.resource for row in rows] == ["ra", "ra", "rb", "rb"]
    assert other.resource == "rb"


def test_what_is_collected_from_a_closed_body_is_its_successors(
    store: Store, file: PlatformFile, tmp_path: Path
) -> None:
    file.organisation(BBB, end_date="2023-04-01").endpoint(organisation=BBB).answer().issues(2)
    file.provision().provision(organisation=BBB, end_date="2023-04-01")
    store.load(file)
    with store.engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE organisation SET successor = '{AAA}' WHERE organisation = '{BBB}'"
        )
    snapshot = store.now().snapshot_id
    with store.engine.connect() as connection:
        (row,) = organisations.inherited(connection, organisation=AAA, snapshot_id=snapshot)
        assert organisations.inherited(connection, organisation=BBB, snapshot_id=snapshot) == ()
    assert (row.organisation, row.dataset, row.ended_on) == (BBB, "tree", date(2023, 4, 1))
    step = "Take over what we still collect from Bbb , which closed on 1 April 2023: Tree ."
    assert text_of(cards.inherited([row])[0]) == step

    client = real_app(tmp_path / "cache", store.engine).server.test_client()
    page = words(client, addresses.organisation(AAA))
    assert "Take over what we still collect from Bbb" in page
    for address in (
        addresses.organisation(BBB),
        addresses.dataset(BBB, "tree"),
        addresses.issue(BBB, "tree", "missing value", "name"),
    ):
        page = words(client, address)
        assert "It closed on 1 April 2023. Its work moved to Aaa" in page
        for step in ("What to do next", "How to fix it", "You need to fix this", "Take over"):
            assert step not in page, address
