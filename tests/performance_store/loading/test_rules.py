"""The rules of status, counting and obligation: one test a rule, on invented files."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from performance_store.database import make_engine
from performance_store.definitions.vocabulary import STAGES
from performance_store.queries import cell
from performance_store.readers.platform import Platform
from performance_store.readers.stream import Issue
from tests.support.build import AAA, BBB, TODAY, PlatformFile, Store, days_ago

TABLE = "organisation-dataset-summary"


@pytest.fixture
def file(tmp_path: Path) -> PlatformFile:
    return PlatformFile(tmp_path)


@pytest.fixture
def store(engine: Engine) -> Store:
    return Store(engine)


# --------------------------------------------------------------------------------------------------
# Status
# --------------------------------------------------------------------------------------------------


def test_each_status_has_its_rule_and_its_reasons(store: Store, file: PlatformFile) -> None:
    """A dataset for every rule, all owed by one authority."""
    expected: dict[str, tuple[str, set[str]]] = {}

    def case(dataset: str, status: str, *reasons: str) -> str:
        expected[dataset] = (status, set(reasons))
        file.provision(dataset)
        return dataset

    case("nothing", "not_submitted", "no_endpoint")

    name = case("only-ended", "not_submitted", "no_endpoint")
    file.endpoint(name, name, end_date=days_ago(10)).answer(name, days_ago(20), resource=name)

    name = case("registered", "processing", "not_attempted")
    file.endpoint(name, name, entry_date=days_ago(0))

    name = case("all-fail", "error", "all_endpoints_failing")
    file.endpoint(f"{name}-1", name).failure(f"{name}-1")
    file.endpoint(f"{name}-2", name).failure(f"{name}-2", status="", exception="ConnectTimeout")

    name = case("some-fail", "needs_improving", "some_endpoints_failing")
    file.endpoint(f"{name}-1", name).failure(f"{name}-1")
    file.endpoint(f"{name}-2", name).answer(f"{name}-2", resource=name)

    name = case("one-fails-one-is-new", "error", "all_endpoints_failing")
    file.endpoint(f"{name}-1", name).failure(f"{name}-1")
    file.endpoint(f"{name}-2", name, entry_date=days_ago(0))

    for issue_type in ("missing value", "bad file"):
        name = case(f"has-{issue_type[:3]}", "needs_improving", "issues_to_fix")
        file.endpoint(name, name).answer(name, resource=name)
        file.issues(2, issue_type, dataset=name, resource=name)

    for issue_type in ("broken by us", "OSGB", "default value", "whitespace", "not listed"):
        name = case(f"only-{issue_type[:3]}", "live")
        file.endpoint(name, name).answer(name, resource=name)
        file.issues(2, issue_type, dataset=name, resource=name)

    name = case("outside", "needs_improving", "outside_boundary")
    file.endpoint(name, name).answer(name, resource=name)
    outside = "Check no records are outside of the local planning authority boundary"
    file.add("expectation", dataset=name, organisation=AAA, name=outside, passed="False")

    name = case("inside", "live")
    file.endpoint(name, name).answer(name, resource=name)
    file.add("expectation", dataset=name, organisation=AAA, name=outside, passed="True")

    name = case("another-expectation-failed", "live")
    file.endpoint(name, name).answer(name, resource=name)
    file.add(
        "expectation", dataset=name, organisation=AAA, name="Check count of names", passed="False"
    )

    name = case("good", "live")
    file.endpoint(name, name).answer(name, resource=name)

    name = case("very-old", "live")
    file.resource(name, start_date="2019-01-01")
    file.endpoint(name, name, licence="", documentation_url="").answer(name, resource=name)

    store.load(file)
    statuses = {
        row["dataset_name"]: (row["status"], set(row["reasons"])) for row in store.table(TABLE)
    }
    assert statuses == expected


def test_unknown_without_issues_and_never_live(store: Store, file: PlatformFile) -> None:
    file.provision().endpoint().answer()
    file.provision("zone").endpoint("e2", "zone").failure("e2")
    file.provision("park")
    reader = Platform(file.write())
    reader.provides = tuple(record for record in reader.provides if record is not Issue)
    store.load(reader)
    assert (store.cell().status, store.cell().reasons) == ("unknown", ("issues_not_known",))
    assert store.cell().error_rows is None
    # What can be told without issues is told.
    assert store.cell("zone").status == "error"
    assert store.cell("park").status == "not_submitted"


def test_unknown_without_a_log_and_never_live(store: Store, file: PlatformFile) -> None:
    file.provision().endpoint()
    file.provision("park")
    path = file.write()
    reader = Platform(path, as_at=TODAY)
    reader.provides = tuple(r for r in reader.provides if r.__name__ != "LogEntry")
    store.load(reader)
    row = store.cell()
    assert (row.status, row.access_band) == ("unknown", "unknown")
    assert "logs_not_known" in row.reasons
    assert row.endpoint_failing_count is None
    assert store.cell("park").status == "not_submitted"


def test_a_blank_status_with_an_exception_is_a_failure_with_its_reason(
    store: Store, file: PlatformFile
) -> None:
    file.provision().endpoint()
    file.failure(status="", exception="ConnectTimeout")
    store.load(file)
    row = store.cell()
    assert (row.status, row.http_status, row.exception) == ("error", None, "ConnectTimeout")


@pytest.mark.parametrize(
    ("status", "resource", "ok"),
    [
        ("200", "r1", True),
        ("206", "r1", True),
        ("299", "r1", True),
        ("200", "", False),
        ("204", "", False),
        ("304", "r1", False),
        ("301", "", False),
        ("404", "", False),
        ("500", "", False),
        ("", "", False),
        ("", "r1", False),
        ("2000", "r1", False),
    ],
)
def test_success_is_a_2xx_answer_with_a_resource(
    store: Store, file: PlatformFile, status: str, resource: str, ok: bool
) -> None:
    file.provision().endpoint().answer(status=status, resource=resource)
    store.load(file)
    assert store.cell().status == ("live" if ok else "error")


def test_the_later_attempt_of_a_day_counts(store: Store, file: PlatformFile) -> None:
    file.provision().endpoint()
    file.failure(when="2025-05-21T14:00:00Z").answer(when="2025-05-21T02:00:00Z")
    store.load(file)
    assert store.cell().http_status == "404"
    # Of the daily log too, whatever the order of the rows.
    assert store.sql(
        "SELECT http_status, attempts, success FROM endpoint_log l "
        "JOIN endpoint e ON e.id = l.endpoint_id WHERE e.endpoint = 'e1'"
    ) == [("404", 2, False)]


def test_an_old_failure_is_over_when_the_newest_attempt_succeeds(
    store: Store, file: PlatformFile
) -> None:
    file.resource("r0", start_date="2024-01-01", end_date="2024-06-01")
    file.provision().endpoint().answer(when="2024-05-30", resource="r0")
    file.failure(when="2024-06-01").answer()
    store.load(file)
    row = store.cell()
    assert (row.status, row.access_band, row.endpoint_failing_count) == ("live", "ok", 0)


# --------------------------------------------------------------------------------------------------
# Counting
# --------------------------------------------------------------------------------------------------


def test_issues_of_the_last_good_data_stay_while_the_endpoint_fails(
    store: Store, file: PlatformFile
) -> None:
    file.provision().endpoint()
    for day in range(1, 11):
        file.answer(when=days_ago(day))
    file.resource("r1", end_date=days_ago(0))
    file.failure().issues(3)
    store.load(file)
    row = store.cell()
    assert (row.status, row.access_band) == ("error", "failing")
    assert (row.error_rows, row.issues_of_last_good) == (3, True)
    assert "issues_of_last_good" in row.reasons
    with store.engine.connect() as connection:
        (issue,) = cell.issues(
            connection, organisation=AAA, dataset="tree", snapshot_id=store.now().snapshot_id
        )
    assert (issue.rows, issue.of_last_good) == (3, True)


def test_only_the_newest_good_resource_counts(store: Store, file: PlatformFile) -> None:
    file.provision().endpoint()
    file.answer(when=days_ago(30), resource="old").answer(resource="new")
    file.issues(7, resource="old").issues(2, resource="new")
    store.load(file)
    assert store.cell().error_rows == 2


def test_issues_of_several_endpoints_add_up(store: Store, file: PlatformFile) -> None:
    file.provision()
    file.endpoint("e1").answer("e1", resource="r1").issues(3, resource="r1")
    file.endpoint("e2").answer("e2", resource="r2").issues(4, resource="r2")
    store.load(file)
    assert store.cell().error_rows == 7


def test_a_resource_counts_once_however_many_lead_to_it(store: Store, file: PlatformFile) -> None:
    file.provision()
    file.endpoint("e1").endpoint("e1", collection="other").endpoint("e2")
    file.answer("e1").answer("e2").issues(3)
    store.load(file)
    row = store.cell()
    assert (row.endpoint_count, row.error_rows) == (2, 3)


def test_a_shared_endpoint_is_seen_by_both_and_counted_once(
    store: Store, file: PlatformFile
) -> None:
    file.organisation(BBB)
    for organisation in (AAA, BBB):
        file.provision(organisation=organisation).endpoint(organisation=organisation)
    file.answer().issues(3)
    store.load(file)
    for organisation in (AAA, BBB):
        assert store.cell(organisation=organisation).error_rows == 3
        with store.engine.connect() as connection:
            (endpoint,) = cell.endpoints(
                connection,
                organisation=organisation,
                dataset="tree",
                snapshot_id=store.now().snapshot_id,
            )
        assert endpoint.shared_with == 1
    # Individual rows are kept once, so a national total of them is right.
    assert store.value("SELECT count(*) FROM issue") == 3


def test_the_eng_spelling_is_the_same_organisation(store: Store, file: PlatformFile) -> None:
    file.provision(organisation="local-authority-eng:AAA")
    file.endpoint(organisation="local-authority-eng:AAA").answer().issues(3)
    file.endpoint(organisation=AAA)
    store.load(file)
    row = store.cell()
    assert (row.in_denominator, row.endpoint_count, row.error_rows) == (True, 1, 3)
    assert store.sql("SELECT organisation FROM organisation") == [(AAA,)]


def test_an_issue_type_that_no_register_lists_is_unclassified(
    store: Store, file: PlatformFile
) -> None:
    file.provision().endpoint().answer().issues(5, "never heard of")
    store.load(file)
    assert store.cell().status == "live"
    assert store.value("SELECT unclassified_count FROM summary") == 5
    (row,) = store.table("issue-summary")
    assert (row["severity"], row["responsibility"]) == ("unclassified", "unclassified")


def test_counts_by_severity_and_responsibility(store: Store, file: PlatformFile) -> None:
    file.provision().endpoint().answer()
    file.issues(1, "missing value").issues(2, "bad file").issues(3, "broken by us")
    file.issues(4, "OSGB").issues(5, "default value").issues(6, "whitespace")
    store.load(file)
    (row,) = store.table(TABLE)
    # Information is no issue; severities from notice up are, both responsibilities.
    assert (row["issue_count"], row["error_count"]) == (1 + 2 + 3 + 4 + 5, 1 + 2 + 3)
    (row,) = store.table("provision-summary")
    assert {key: value for key, value in row.items() if key.startswith("count_")} == {
        "count_issue_error_internal": 3,
        "count_issue_error_external": 1,
        "count_issue_warning_internal": 0,
        "count_issue_warning_external": 4,
        "count_issue_notice_internal": 5,
        "count_issue_notice_external": 0,
    }


def test_issues_are_not_known_until_something_was_collected(
    store: Store, file: PlatformFile
) -> None:
    file.provision().endpoint().failure()
    store.load(file)
    row = store.cell()
    assert (row.error_rows, row.issue_rows, row.issues_of_last_good) == (None, None, False)


def test_a_last_good_resource_older_than_the_log_counts(store: Store, file: PlatformFile) -> None:
    file.provision().endpoint().failure()
    file.resource("older", start_date="2024-01-01").resource("old", start_date="2024-06-01")
    for resource in ("old", "older"):
        file.add("resource_endpoint", resource=resource, endpoint="e1")
    file.issues(2, resource="old").issues(9, resource="older")
    store.load(file)
    row = store.cell()
    assert (row.error_rows, row.issues_of_last_good) == (2, True)
    assert (row.content_changed_on, row.access_band) == (date(2024, 6, 1), "never")


def test_records_are_counted_when_given_and_unknown_otherwise(
    store: Store, file: PlatformFile
) -> None:
    for dataset, entries in (("tree", "120"), ("zone", "")):
        file.provision(dataset).endpoint(dataset, dataset).answer(dataset, resource=dataset)
        file.add("dataset_resource", dataset=dataset, resource=dataset, entry_count=entries)
    store.load(file)
    assert store.cell("tree").record_count == 120
    assert store.cell("zone").record_count is None


def test_fields_are_those_that_somebody_can_supply(store: Store, file: PlatformFile) -> None:
    """The pipeline adds entity, organisation, prefix and, but for trees, point itself."""
    for dataset in ("tree", "zone"):
        for field in ("entity", "organisation", "prefix", "point", "name", "reference"):
            file.add("dataset_field", dataset=dataset, field=field)
        file.provision(dataset).endpoint(dataset, dataset).answer(dataset, resource=dataset)
        for column, field in (("Name", "name"), ("id", "reference"), ("spare", "other")):
            file.add("column_field", dataset=dataset, resource=dataset, column=column, field=field)
    store.load(file)
    tree, zone = store.cell("tree"), store.cell("zone")
    assert (tree.fields_total, tree.fields_supplied, tree.fields_matched) == (3, 2, 1)
    assert (zone.fields_total, zone.fields_supplied, zone.fields_matched) == (2, 2, 1)


# --------------------------------------------------------------------------------------------------
# Obligations and denominators
# --------------------------------------------------------------------------------------------------


def test_what_is_valid_on_the_date_counts(store: Store, file: PlatformFile) -> None:
    """From its start, or else its entry, until before its end."""
    valid = {
        "always": {},
        "from-today": {"start_date": days_ago(0)},
        "until-tomorrow": {"end_date": days_ago(-1)},
        "entered-today": {"entry_date": days_ago(0)},
        "started-before-it-was-entered": {"start_date": "2020-01-01", "entry_date": "2030-01-01"},
    }
    not_valid = {
        "from-tomorrow": {"start_date": days_ago(-1)},
        "until-today": {"end_date": days_ago(0)},
        "until-yesterday": {"end_date": days_ago(1)},
        "entered-tomorrow": {"entry_date": days_ago(-1)},
    }
    for dataset, dates in (valid | not_valid).items():
        file.provision(dataset, **dates)
    store.load(file)
    assert store.datasets() == set(valid)
    assert store.counts().expected == len(valid)
    # The platform's table keeps every provision, with its end.
    assert {row["dataset"] for row in store.table("provision-summary")} == set(valid | not_valid)


def test_endpoints_are_active_from_their_entry_until_before_their_end(
    store: Store, file: PlatformFile
) -> None:
    active = {
        "always": {"entry_date": "", "end_date": ""},
        "entered-today": {"entry_date": days_ago(0)},
        "ends-tomorrow": {"end_date": days_ago(-1)},
    }
    inactive = {
        "entered-tomorrow": {"entry_date": days_ago(-1)},
        "ends-today": {"end_date": days_ago(0)},
        "ended-yesterday": {"end_date": days_ago(1)},
    }
    for name, dates in (active | inactive).items():
        file.provision(name).endpoint(name, name, **dates)
    store.load(file)
    rows = store.table(TABLE)
    assert {row["dataset_name"] for row in rows if row["endpoint_count"]} == set(active)


def test_a_provision_that_ended_leaves_the_denominator_and_its_data_stays(
    store: Store, file: PlatformFile
) -> None:
    file.provision(end_date=days_ago(1)).endpoint().answer()
    file.provision("zone", end_date=days_ago(1))
    store.load(file)
    assert store.datasets() == {"tree"}
    assert not store.cell().in_denominator
    counts = store.counts()
    assert (counts.expected, counts.provided, counts.also_supplied) == (0, 0, 1)
    assert store.coverage("statutory") is None


def test_companies_and_groups_are_found_and_in_no_denominator_of_authorities(
    store: Store, file: PlatformFile
) -> None:
    others = ("company:1", "local-planning-group:PG", "combined-authority:CA")
    for organisation in others:
        file.organisation(organisation, lpa=False)
        file.provision(organisation=organisation).endpoint(
            f"of-{organisation}", "tree", organisation
        )
        file.answer(f"of-{organisation}", resource=organisation)
    file.provision()
    store.load(file)
    for organisation in others:
        assert not store.counts(organisation).is_lpa
        assert store.counts(organisation).provided == 1
    for denominator in ("statutory", "any"):
        assert store.coverage(denominator) == (1, 0)
    assert store.value("SELECT lpa_count FROM snapshot") == 1
    assert store.sql(
        "SELECT expected, endpoint FROM coverage "
        "WHERE denominator = 'all-lpas' AND dimension = 'dataset' AND dataset = 'tree'"
    ) == [(1, 0)]


def test_a_body_is_an_authority_while_it_holds_the_role(store: Store, file: PlatformFile) -> None:
    today = {"present": {}, "until-tomorrow": {"end_date": days_ago(-1)}}
    not_today = {
        "ended": {"end_date": days_ago(0)},
        "not-yet": {"start_date": days_ago(-1)},
    }
    for name, dates in (today | not_today).items():
        organisation = f"local-authority:{name}"
        file.organisation(organisation, lpa=False).provision(organisation=organisation)
        file.add(
            "role_organisation",
            organisation=organisation,
            role="local-planning-authority",
            **dates,
        )
    store.load(file)
    names = {name for name in today | not_today if store.counts(f"local-authority:{name}").is_lpa}
    assert names == set(today)
    assert store.value("SELECT lpa_count FROM snapshot") == len(today) + 1


def test_sets_of_obligations(store: Store, file: PlatformFile) -> None:
    file.organisation(BBB)
    odp = {"project": "open-digital-planning"}
    file.provision("a", reason="statutory").provision("b", reason="expected", **odp)
    file.provision("c", reason="expected", project="another").provision("d", reason="encouraged")
    file.provision("e", reason="prospective").provision("f", reason="alternative")
    file.provision("g", reason="encouraged", **odp).provision("b", BBB, reason="expected", **odp)
    store.load(file)
    assert store.coverage("programme") == (2, 0)
    assert store.coverage("statutory") == (1, 0)
    assert store.coverage("any") == (7, 0)
    assert store.counts().expected == 6


def test_of_several_reasons_the_weightiest_is_shown_and_all_count(
    store: Store, file: PlatformFile
) -> None:
    file.provision(reason="expected", project="open-digital-planning", cohort="one")
    file.provision(reason="statutory")
    store.load(file)
    assert store.cell().provision_reason == "statutory"
    assert store.coverage("programme") == store.coverage("statutory") == (1, 0)
    assert store.value("SELECT cohort FROM summary") == "one"
    assert len(store.table("provision-summary")) == 2


def test_what_is_provided_never_exceeds_what_is_expected(store: Store, file: PlatformFile) -> None:
    """More is supplied than owed: the counters speak of the same set, the rest stands beside."""
    file.provision("a").endpoint("a", "a").answer("a", resource="a")
    for dataset in ("b", "c", "d"):
        file.endpoint(dataset, dataset).answer(dataset, resource=dataset)
    file.provision("e", reason="alternative").endpoint("e", "e").answer("e", resource="e")
    store.load(file)
    counts = store.counts()
    assert (counts.provided, counts.expected, counts.also_supplied) == (1, 1, 4)


# --------------------------------------------------------------------------------------------------
# Bands, primary endpoints, blanks
# --------------------------------------------------------------------------------------------------


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
    assert store.value("SELECT max(day) FROM endpoint_log") == TODAY - timedelta(days=12)


# --------------------------------------------------------------------------------------------------
# Any cell at all
# --------------------------------------------------------------------------------------------------

BANDS = ("ok", "failing", "broken", "long_broken", "never", "unknown")
ENDPOINTS = st.fixed_dictionaries(
    {
        "ended": st.booleans(),
        "days": st.sampled_from([None, 0, 1, 4, 5, 30, 31, 200]),
        "fails": st.booleans(),
        "closed": st.booleans(),
        "issues": st.sets(st.sampled_from(["missing value", "bad file", "OSGB", "broken by us"])),
    }
)
CELLS = st.fixed_dictionaries(
    {
        "owed": st.booleans(),
        "outside": st.booleans(),
        "fields": st.integers(0, 5),
        "endpoints": st.lists(ENDPOINTS, max_size=3),
    }
)


def write_cell(file: PlatformFile, dataset: str, facts: dict[str, Any]) -> None:
    """Rows of one invented cell. Each endpoint's newest success was ``days`` ago, or never."""
    if facts["owed"]:
        file.provision(dataset)
    if facts["outside"]:
        outside = "no records outside of the boundary"
        file.add("expectation", dataset=dataset, organisation=AAA, name=outside, passed="False")
    for number in range(5):
        file.add("dataset_field", dataset=dataset, field=f"f{number}")
    for number, endpoint in enumerate(facts["endpoints"]):
        # The newest of them is the primary: the first.
        key = f"{dataset}-{number}"
        entry_date = days_ago(400 + number)
        end_date = days_ago(0) if endpoint["ended"] else ""
        file.endpoint(key, dataset, entry_date=entry_date, end_date=end_date)
        if endpoint["days"] is not None:
            closed = days_ago(0) if endpoint["closed"] else ""
            file.resource(key, end_date=closed).answer(
                key, days_ago(endpoint["days"]), resource=key
            )
            for issue_type in endpoint["issues"]:
                file.issues(2, issue_type, dataset=dataset, resource=key)
            for field in range(facts["fields"]):
                file.add(
                    "column_field",
                    dataset=dataset,
                    resource=key,
                    column=f"f{field}",
                    field=f"f{field}",
                )
        if endpoint["fails"]:
            # Later on the day of the success, or today.
            file.failure(key, f"{TODAY}T23:00:00Z")


def outcome(facts: dict[str, Any]) -> tuple[str, str, str, int]:
    """Status, access band, stage and error rows by the rules, in plain Python."""
    active = [e for e in facts["endpoints"] if not e["ended"]]
    attempted = [e for e in active if e["days"] is not None or e["fails"]]
    failing = [e for e in attempted if e["fails"]]
    good = [e for e in active if e["days"] is not None]
    blocking = {"missing value", "bad file"}
    rows = sum(2 * len(e["issues"] & blocking) for e in good)

    def band(endpoint: dict[str, Any]) -> str:
        if endpoint not in attempted:
            return "unknown"
        if not endpoint["fails"]:
            return "ok"
        days = endpoint["days"]
        if days is None:
            return "never"
        return "failing" if days < 5 else "broken" if days <= 30 else "long_broken"

    if not active:
        status = "not_submitted"
    elif not attempted:
        status = "processing"
    elif len(failing) == len(attempted):
        status = "error"
    elif failing or rows or facts["outside"]:
        status = "needs_improving"
    else:
        status = "live"

    collected = any(not e["fails"] and not e["closed"] for e in good)
    if not active:
        stage = "expected" if facts["owed"] else "none"
    elif not any(e["days"] < 5 for e in good):
        stage = "endpoint"
    elif not collected:
        stage = "reachable"
    elif rows:
        stage = "collected"
    elif facts["fields"] >= 4 and active[0]["days"] is not None:
        stage = "conformant"
    else:
        stage = "error_free"
    access = min(map(band, active), key=BANDS.index, default="unknown")
    return status, access, stage, rows


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(cells=st.lists(CELLS, min_size=20, max_size=60))
def test_any_cell_has_the_status_band_and_stage_of_the_rules(
    fresh_database: Callable[[], AbstractContextManager[str]],
    tmp_path: Path,
    cells: list[dict[str, Any]],
) -> None:
    file = PlatformFile(tmp_path)
    expected = {}
    for number, facts in enumerate(cells):
        write_cell(file, f"d{number}", facts)
        if facts["owed"] or any(not e["ended"] for e in facts["endpoints"]):
            expected[f"d{number}"] = outcome(facts)
    with fresh_database() as url:
        store = Store(make_engine(url, application_name="tests", pool=None))
        store.load(file)
        rows = {
            row[0]: (*row[1:4], row[4] or 0)
            for row in store.sql(
                "SELECT d.dataset, s.status, s.access_band, s.stage, "
                "s.critical_external + s.error_external FROM summary s "
                "JOIN dataset d ON d.id = s.dataset_id"
            )
        }
        assert rows == expected
        # Stages are nested: who has got further has got through all before.
        steps = store.sql(
            "SELECT expected, endpoint, reachable, collected, error_free, conformant "
            "FROM coverage WHERE denominator <> 'all-lpas'"
        )
    assert all(list(row) == sorted(row, reverse=True) for row in steps)
    assert STAGES.index("conformant") == len(STAGES) - 1
