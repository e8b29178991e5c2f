"""The rules of counting: which issues, records and fields are a provision's."""

from __future__ import annotations

from datetime import date

from performance_store.queries import cell
from tests.support.build import AAA, BBB, PlatformFile, Store, days_ago


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
    assert (row.problems_to_fix, row.issues_of_last_good) == (3, True)
    assert "issues_of_last_good" in row.reasons
    with store.engine.connect() as connection:
        (issue,) = cell.issues(
            connection, organisation=AAA, dataset="tree", snapshot_id=store.now().snapshot_id
        )
    assert (issue.problems, issue.of_last_good) == (3, True)


def test_only_the_newest_good_resource_counts(store: Store, file: PlatformFile) -> None:
    file.provision().endpoint()
    file.answer(when=days_ago(30), resource="old").answer(resource="new")
    file.issues(7, resource="old").issues(2, resource="new")
    store.load(file)
    assert store.cell().problems_to_fix == 2


def test_issues_of_several_endpoints_add_up(store: Store, file: PlatformFile) -> None:
    file.provision()
    file.endpoint("e1").answer("e1", resource="r1").issues(3, resource="r1")
    file.endpoint("e2").answer("e2", resource="r2").issues(4, resource="r2")
    store.load(file)
    assert store.cell().problems_to_fix == 7


def test_a_resource_counts_once_however_many_lead_to_it(store: Store, file: PlatformFile) -> None:
    file.provision()
    file.endpoint("e1").endpoint("e1", collection="other").endpoint("e2")
    file.answer("e1").answer("e2").issues(3)
    store.load(file)
    row = store.cell()
    assert (row.endpoint_count, row.problems_to_fix) == (2, 3)


def test_a_shared_endpoint_is_seen_by_both_and_counted_once(
    store: Store, file: PlatformFile
) -> None:
    file.organisation(BBB)
    for organisation in (AAA, BBB):
        file.provision(organisation=organisation).endpoint(organisation=organisation)
    file.answer().issues(3)
    store.load(file)
    for organisation in (AAA, BBB):
        assert store.cell(organisation=organisation).problems_to_fix == 3
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
    assert (row.in_denominator, row.endpoint_count, row.problems_to_fix) == (True, 1, 3)
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
    (row,) = store.table("organisation-dataset-summary")
    # Information is no issue; severities from notice up are, both responsibilities.
    assert (row["issue_count"], row["error_count"]) == (1 + 2 + 3 + 4 + 5, 1 + 2 + 3)
    # Of the errors, those to fix and those that the platform's team deals with.
    assert (row["problems_to_fix_count"], row["platform_problem_count"]) == (1 + 2, 3)
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
    assert (row.problems_to_fix, row.problems, row.issues_of_last_good) == (None, None, False)


def test_a_last_good_resource_older_than_the_log_counts(store: Store, file: PlatformFile) -> None:
    file.provision().endpoint().failure()
    file.resource("older", start_date="2024-01-01").resource("old", start_date="2024-06-01")
    for resource in ("old", "older"):
        file.add("resource_endpoint", resource=resource, endpoint="e1")
    file.issues(2, resource="old").issues(9, resource="older")
    store.load(file)
    row = store.cell()
    assert (row.problems_to_fix, row.issues_of_last_good) == (2, True)
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
