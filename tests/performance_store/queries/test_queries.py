"""Each question gets the right rows: two small snapshots a week apart, every answer known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Connection, Engine

from performance_store.queries import cell, histories, issues, national, organisations, snapshots
from performance_store.rows import (
    CellHistory,
    Dataset,
    FieldUse,
    IssueCount,
    LogDays,
    OrganisationHistory,
    RejectionCount,
)
from tests.support.build import AAA, BBB, PlatformFile, Store, days_ago

GROUP = "local-planning-group:PG"
WEEK_AGO = date(2025, 5, 14)
TODAY = date(2025, 5, 21)
TREE = {"organisation": AAA, "dataset": "tree"}
ZONE = {"organisation": AAA, "dataset": "zone"}


def registers(file: PlatformFile) -> PlatformFile:
    """Two authorities and a group of them; what AAA owes."""
    file.rows["organisation"].clear()
    file.rows["role_organisation"].clear()
    file.organisation(AAA, region="south-east", statistical_geography="E07000001", entity=1)
    file.organisation(BBB, region="london", name="Borough of B")
    file.organisation(GROUP, lpa=False, organisations=f"{AAA};{BBB}", name="The group")
    file.add("dataset", dataset="tree", name="Tree", collection="trees", typology="geography")
    file.add("cohort", cohort="c1", name="First cohort", project="open-digital-planning")
    odp = {"project": "open-digital-planning", "cohort": "c1"}
    file.provision("tree").provision("park")
    file.provision("zone", reason="expected", **odp)
    for field in ("name", "reference", "geometry", "entity"):
        file.add("dataset_field", dataset="tree", field=field)
    return file


@pytest.fixture(scope="module")
def store(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Store:
    loaded = Store(module_engine)

    before = registers(PlatformFile(tmp_path_factory.mktemp("before"), as_at=WEEK_AGO))
    before.endpoint("t1", "tree", licence="ogl3").answer("t1", resource="t-old")
    before.issues(5, resource="t-old")
    before.endpoint("z1", "zone").answer("z1", resource="z")
    loaded.load(before)

    file = registers(PlatformFile(tmp_path_factory.mktemp("today")))
    file.endpoint("t1", "tree", licence="ogl3", documentation_url="https://aaa.example/trees")
    for day in (11, 10, 8, 7, 6):
        file.answer("t1", days_ago(day), resource="t-old")
    file.failure("t1", days_ago(9), status="", exception="ConnectTimeout")
    file.resource("t-new", start_date=days_ago(1)).answer("t1", resource="t-new")
    file.issues(3, resource="t-new", value="?").issues(2, "OSGB", resource="t-new", field="")
    file.issues(1, "never heard of", resource="t-new").issues(4, "whitespace", resource="t-new")
    for column, field in (("name", "name"), ("WKT", "geometry"), ("ref", "reference")):
        if field != "reference":
            file.add("column_field", dataset="tree", resource="t-new", column=column, field=field)
    file.add("dataset_resource", dataset="tree", resource="t-new", entry_count="120")
    file.endpoint("z1", "zone").answer("z1", days_ago(7), resource="z")
    file.failure("z1", days_ago(6)).failure("z1")
    file.endpoint("z2", "zone", entry_date="2025-05-18").answer("z2", resource="z")
    file.endpoint("z2", "zone", BBB)
    file.endpoint("m1", "meadow").answer("m1", resource="m")
    file.add("provision", organisation=AAA, dataset="moor", end_date="never")
    loaded.load(file)
    return loaded


@pytest.fixture
def ask(store: Store) -> Iterator[Connection]:
    with store.engine.connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def now(store: Store) -> int:
    return store.now().snapshot_id


@pytest.fixture(scope="module")
def then(store: Store) -> int:
    return store.snapshot("2025-05-14").snapshot_id


class TestSnapshots:
    def test_the_present_one(self, ask: Connection) -> None:
        (row,) = snapshots.current(ask)
        assert (row.as_at, row.kind, row.scope) == (TODAY, "platform", "national")
        assert row.knows == ("logs", "issues", "fields")
        assert row.lpa_count == 2
        assert row.data_version == 2

    def test_every_one_newest_first(self, ask: Connection) -> None:
        assert [row.as_at for row in snapshots.every(ask)] == [TODAY, WEEK_AGO]

    def test_of_exactly_one_date(self, ask: Connection) -> None:
        assert [row.as_at for row in snapshots.on(ask, as_at=WEEK_AGO)] == [WEEK_AGO]
        assert snapshots.on(ask, as_at=date(2025, 5, 15)) == ()
        assert snapshots.on(ask, as_at=WEEK_AGO, kind="registers") == ()

    def test_nearest_to_a_date(self, ask: Connection) -> None:
        near = snapshots.near(ask, as_at=date(2025, 5, 15))
        assert [row.as_at for row in near] == [WEEK_AGO, TODAY]
        assert [row.as_at for row in snapshots.near(ask, as_at=date(2020, 1, 1))] == [WEEK_AGO]
        assert snapshots.near(ask, as_at=WEEK_AGO, kind="odp-reports") == ()

    def test_newest_until_a_date(self, ask: Connection) -> None:
        (row,) = snapshots.latest(ask, until=date(2025, 5, 20), kind="platform")
        assert row.as_at == WEEK_AGO
        assert snapshots.latest(ask, until=date(2025, 5, 13), kind="platform") == ()

    def test_earlier_to_compare_with(self, ask: Connection, now: int, then: int) -> None:
        assert [r.as_at for r in snapshots.earlier(ask, snapshot_id=now)] == [WEEK_AGO]
        assert snapshots.earlier(ask, snapshot_id=now, days=8) == ()
        assert snapshots.earlier(ask, snapshot_id=then, days=1) == ()

    def test_loads_newest_first(self, ask: Connection) -> None:
        newest, first = snapshots.loads(ask)
        assert (newest.state, newest.rejected, first.rejected) == ("published", 1, 0)
        assert "expectation" in newest.missing
        assert newest.finished_at is not None
        assert newest.finished_at >= newest.started_at

    def test_rejected_rows_by_reason(self, ask: Connection) -> None:
        (row,) = snapshots.rejections(ask)
        assert row == RejectionCount(
            row.load_id, "provision", "end_date is not a date", 1, row.first_row
        )
        assert row.first_row is not None

    def test_no_change_of_rules_is_no_annotation(self, ask: Connection) -> None:
        assert snapshots.notes(ask, kind="platform") == ()


class TestOrganisations:
    def test_all_with_their_counts_by_name(self, ask: Connection, now: int) -> None:
        rows = organisations.with_counts(ask, snapshot_id=now)
        assert [row.organisation for row in rows] == [AAA, BBB]
        a, b = rows
        assert (a.name, a.region, a.region_name) == ("Aaa", "E12000008", "South East")
        assert (a.expected, a.provided, a.also_supplied) == (3, 2, 1)
        assert (a.live, a.needs_improving, a.error, a.not_submitted) == (0, 2, 0, 1)
        assert (a.processing, a.unknown) == (0, 0)
        assert (a.problems_to_fix, a.last_changed_on) == (3, date(2025, 5, 20))
        assert (a.is_lpa, a.cohort, a.cohort_name) == (True, "c1", "First cohort")
        assert (b.expected, b.provided, b.also_supplied) == (0, 0, 1)
        assert b.region_name == "London"

    def test_an_authority_that_a_snapshot_is_silent_about_has_no_counts(
        self, ask: Connection, then: int
    ) -> None:
        rows = {row.organisation: row for row in organisations.with_counts(ask, snapshot_id=then)}
        assert set(rows) == {AAA}

    def test_everybody_whom_the_registers_have_on_request(self, ask: Connection, now: int) -> None:
        rows = organisations.with_counts(ask, snapshot_id=now, everybody=True)
        assert rows[:2] == organisations.with_counts(ask, snapshot_id=now)
        (group,) = rows[2:]
        assert (group.organisation, group.expected, group.is_lpa) == (GROUP, 0, False)

    def test_one_with_its_groups(self, ask: Connection, now: int) -> None:
        (row,) = organisations.one(ask, organisation=AAA, snapshot_id=now)
        assert (row.name, row.type, row.is_lpa) == ("Aaa", "local-authority", True)
        assert row.statistical_geography == "E07000001"
        assert row.groups == ((GROUP, "The group"),)
        assert row.members == ()
        assert (row.cohort, row.project) == ("c1", "open-digital-planning")
        assert (row.start_date, row.end_date, row.successor) == (None, None, None)

    def test_a_group_with_its_members(self, ask: Connection, now: int) -> None:
        (row,) = organisations.one(ask, organisation=GROUP, snapshot_id=now)
        assert row.members == ((AAA, "Aaa"), (BBB, "Borough of B"))
        assert not row.is_lpa

    def test_nobody_is_no_row(self, ask: Connection, now: int) -> None:
        nobody = {"organisation": "local-authority:NONE", "snapshot_id": now}
        assert organisations.one(ask, **nobody) == ()
        assert organisations.datasets(ask, **nobody) == ()

    def test_datasets_by_name_with_change_since_a_comparison(
        self, ask: Connection, now: int, then: int
    ) -> None:
        rows = organisations.datasets(ask, organisation=AAA, snapshot_id=now, compare_id=then)
        assert [row.dataset for row in rows] == ["meadow", "park", "tree", "zone"]
        meadow, park, tree, zone = rows
        assert (tree.status, tree.status_before) == ("needs_improving", "needs_improving")
        assert (tree.problems_to_fix, tree.problems_to_fix_before) == (3, 5)
        assert (zone.status, zone.status_before) == ("needs_improving", "live")
        assert (park.status, park.status_before) == ("not_submitted", "not_submitted")
        # It was not there a week ago: not "not submitted", but not known.
        assert (meadow.status, meadow.status_before) == ("live", None)
        assert not meadow.in_denominator

    def test_without_a_comparison_nothing_is_said_of_before(
        self, ask: Connection, now: int
    ) -> None:
        rows = organisations.datasets(ask, organisation=AAA, snapshot_id=now)
        assert {(row.status_before, row.problems_to_fix_before) for row in rows} == {(None, None)}

    def test_history(self, ask: Connection) -> None:
        rows = histories.organisation(ask, organisation=AAA, kind="platform")
        assert rows == (
            OrganisationHistory(WEEK_AGO, WEEK_AGO, 1, "platform", 3, 2, 1, 1, 0, 5, 5),
            OrganisationHistory(TODAY, TODAY, 1, "platform", 3, 2, 0, 2, 0, 3, 3),
        )
        assert histories.organisation(ask, organisation=AAA, kind="registers") == ()


class TestCell:
    def test_a_dataset(self, ask: Connection) -> None:
        (row,) = cell.dataset(ask, dataset="tree")
        assert row == Dataset("tree", "Tree", None, None, "trees", "geography")
        # One that no register names is called by its reference.
        assert cell.dataset(ask, dataset="zone")[0].name == "Zone"
        assert cell.dataset(ask, dataset="nothing") == ()

    def test_everything_about_one(self, ask: Connection, now: int) -> None:
        (row,) = cell.status(ask, **TREE, snapshot_id=now)
        assert (row.dataset_name, row.collection) == ("Tree", "trees")
        assert (row.provision_reason, row.in_denominator) == ("statutory", True)
        assert (row.status, row.reasons) == ("needs_improving", ("issues_to_fix",))
        assert (row.access_band, row.freshness_band, row.stage) == ("ok", "fresh", "collected")
        assert (row.endpoint_count, row.endpoint_failing_count) == (1, 0)
        assert (row.endpoint_url, row.licence) == ("https://data.example/t1", "ogl3")
        assert row.documentation_url == "https://aaa.example/trees"
        assert (row.http_status, row.exception) == ("200", None)
        assert (row.last_attempt_on, row.last_success_on) == (TODAY, TODAY)
        assert row.content_changed_on == date(2025, 5, 20)
        assert (row.problems_to_fix, row.warnings, row.problems) == (3, 2, 5)
        assert (row.error_type_count, row.issues_of_last_good) == (1, False)
        assert (row.fields_total, row.fields_supplied, row.fields_matched) == (3, 2, 2)
        assert row.record_count == 120
        assert row.failing_since is None

    def test_neither_owed_nor_supplied_is_no_row(self, ask: Connection, now: int) -> None:
        assert cell.status(ask, organisation=BBB, dataset="tree", snapshot_id=now) == ()

    def test_owed_and_not_supplied_knows_nothing_of_issues(self, ask: Connection, now: int) -> None:
        (row,) = cell.status(ask, organisation=AAA, dataset="park", snapshot_id=now)
        assert (row.endpoint_count, row.endpoint_url) == (0, None)
        assert (row.problems_to_fix, row.problems, row.record_count) == (None, None, None)
        assert (row.freshness_band, row.stage) == ("unknown", "expected")

    def test_endpoints_the_primary_first(self, ask: Connection, now: int) -> None:
        rows = cell.endpoints(ask, **ZONE, snapshot_id=now)
        assert [(row.endpoint, row.is_primary) for row in rows] == [("z2", True), ("z1", False)]
        works, fails = rows
        assert (works.success, works.access_band, works.shared_with) == (True, "ok", 1)
        assert (fails.success, fails.access_band, fails.http_status) == (False, "broken", "404")
        assert (fails.last_success_on, fails.failing_since) == (WEEK_AGO, date(2025, 5, 15))
        assert (fails.resource, fails.resource_current) == ("z", False)

    def test_the_first_day_of_the_failure_is_told(self, ask: Connection, now: int) -> None:
        (row,) = cell.status(ask, **ZONE, snapshot_id=now)
        assert row.failing_since == date(2025, 5, 15)

    def test_the_log_in_runs_of_like_days(self, ask: Connection, now: int) -> None:
        first, last = date(2025, 5, 1), TODAY
        rows = cell.log_days(ask, **TREE, snapshot_id=now, first=first, last=last)
        assert rows == (
            LogDays("t1", date(2025, 5, 10), date(2025, 5, 11), "ok", "200", None),
            LogDays("t1", date(2025, 5, 12), date(2025, 5, 12), "failed", None, "ConnectTimeout"),
            LogDays("t1", date(2025, 5, 13), date(2025, 5, 15), "ok", "200", None),
            # Five days without any attempt are no run.
            LogDays("t1", TODAY, TODAY, "ok", "200", None),
        )
        shorter = cell.log_days(ask, **TREE, snapshot_id=now, first=date(2025, 5, 14), last=TODAY)
        assert [row.first_day for row in shorter] == [WEEK_AGO, TODAY]

    def test_issues_gravest_first_with_the_count_before(
        self, ask: Connection, now: int, then: int
    ) -> None:
        rows = cell.issues(ask, **TREE, snapshot_id=now, compare_id=then)

        def count(issue_type: str, field: str | None, kind: str, *rows: int | None) -> IssueCount:
            severity, _, responsibility = kind.partition(", ")
            now_, before = rows
            assert now_ is not None
            return IssueCount(
                *(issue_type, None, None, field, severity, responsibility),
                *(now_, now_, False, before, before),
            )

        assert rows == (
            count("missing value", "name", "error, external", 3, 5),
            count("never heard of", "name", "unclassified, unclassified", 1, None),
            count("OSGB", None, "warning, external", 2, None),
            count("whitespace", "name", "info, external", 4, None),
        )

    def test_fields_missing_ones_first(self, ask: Connection) -> None:
        assert cell.fields(ask, **TREE) == (
            FieldUse("reference", False, False, None, True, "tree"),
            FieldUse("geometry", True, True, "WKT", True, "tree"),
            FieldUse("name", True, True, None, True, "tree"),
        )
        assert cell.fields(ask, **ZONE) == ()

    def test_history_oldest_first(self, ask: Connection) -> None:
        assert histories.cell(ask, **TREE, kind="platform") == (
            CellHistory(
                *(WEEK_AGO, WEEK_AGO, 1, "platform", "needs_improving", 1, 1, 0),
                *(5, 5, 5, date(2025, 1, 1)),
                *(None, None, 0, 0),
            ),
            CellHistory(
                *(TODAY, TODAY, 1, "platform", "needs_improving", 1, 1, 0),
                *(3, 3, 5, date(2025, 5, 20)),
                *(3, 2, 2, 0),
            ),
        )

    def test_individual_issues_page_by_page(self, ask: Connection) -> None:
        where = {**TREE, "issue_type": "missing value", "field": "name"}
        first = issues.rows(ask, **where, limit=2)
        rest = issues.rows(ask, **where, limit=2, after=first[-1].issue_id)
        assert [row.entry_number for row in (*first, *rest)] == [0, 1, 2]
        assert {(row.resource, row.value) for row in (*first, *rest)} == {("t-new", "?")}
        assert issues.rows(ask, **where, after=rest[-1].issue_id) == ()

    def test_individual_issues_without_a_field(self, ask: Connection) -> None:
        where = {**TREE, "issue_type": "OSGB"}
        assert len(issues.rows(ask, **where, field=None)) == 2
        assert issues.rows(ask, **where, field="name") == ()
        assert issues.rows(ask, **ZONE, issue_type="OSGB", field=None) == ()


class TestNational:
    def test_totals_of_each_set(self, ask: Connection, now: int) -> None:
        rows = {row.denominator: row for row in national.totals(ask, snapshot_id=now)}
        of = {name: (row.endpoint, row.expected) for name, row in rows.items()}
        assert of["programme"] == (1, 1)
        assert of["statutory"] == (1, 2)
        assert of["any"] == (2, 3)
        # Two authorities times the four datasets that any of them owes or supplies.
        assert of["all-lpas"] == (4, 8)

    def test_by_dataset(self, ask: Connection, now: int) -> None:
        rows = national.coverage(ask, snapshot_id=now, denominator="statutory", dimension="dataset")
        assert [(r.label, r.dataset, r.expected, r.endpoint, r.not_submitted) for r in rows] == [
            ("Park", "park", 1, 0, 1),
            ("Tree", "tree", 1, 1, 0),
        ]

    def test_by_region_and_by_cohort(self, ask: Connection, now: int) -> None:
        (region,) = national.coverage(
            ask, snapshot_id=now, denominator="statutory", dimension="region"
        )
        assert (region.value, region.label) == ("E12000008", "South East")
        assert (region.expected, region.endpoint, region.organisations) == (2, 1, 1)
        assert (region.organisations_some, region.organisations_all) == (1, 0)
        (cohort,) = national.coverage(
            ask, snapshot_id=now, denominator="programme", dimension="cohort"
        )
        assert (cohort.value, cohort.label, cohort.endpoint) == ("c1", "First cohort", 1)

    def test_every_region_has_every_dataset_of_all_authorities(
        self, ask: Connection, now: int
    ) -> None:
        rows = national.coverage(
            ask, snapshot_id=now, denominator="all-lpas", dimension="region+dataset"
        )
        assert {(r.label, r.dataset, r.endpoint, r.expected, r.not_submitted) for r in rows} == {
            *(("South East", d, 1, 1, 0) for d in ("meadow", "tree", "zone")),
            ("South East", "park", 0, 1, 1),
            ("London", "zone", 1, 1, 0),
            *(("London", d, 0, 1, 1) for d in ("meadow", "tree", "park")),
        }

    def test_over_time(self, ask: Connection) -> None:
        rows = national.coverage_over_time(ask, kind="platform", denominator="any")
        assert [(row.as_at, row.live, row.needs_improving) for row in rows] == [
            (WEEK_AGO, 1, 1),
            (TODAY, 0, 2),
        ]

    def test_events_and_their_order(self, ask: Connection, now: int, then: int) -> None:
        rows = national.events(ask, snapshot_id=now, organisation=AAA)
        events = {(row.kind, row.dataset, row.before, row.after) for row in rows}
        assert events == {
            ("content_updated", "tree", "t-old", "t-new"),
            ("endpoint_replaced", "zone", "z1", "z2"),
            ("issue_type_appeared", "tree", None, "OSGB"),
            ("issue_type_appeared", "tree", None, "never heard of"),
            ("newly_provided", "meadow", None, "m1"),
            ("status_changed", "meadow", "not_submitted", "live"),
            ("status_changed", "zone", "live", "needs_improving"),
        }
        assert [row.kind for row in rows] == sorted(row.kind for row in rows)
        assert {(row.as_at, row.previous_as_at) for row in rows} == {(TODAY, WEEK_AGO)}
        assert not any(row.by_rule for row in rows)
        of_zone = national.events(ask, snapshot_id=now, dataset="zone")
        assert {row.dataset for row in of_zone} == {"zone"}
        assert len(national.events(ask, snapshot_id=now, limit=2)) == 2
        assert national.events(ask, snapshot_id=then) == ()

    def test_who_is_new_to_a_snapshot_has_won_nothing(self, ask: Connection, now: int) -> None:
        """BBB was not in the week before: that it provides something now is not news."""
        kinds = {row.kind for row in national.events(ask, snapshot_id=now, organisation=BBB)}
        assert kinds <= {"joined_denominator"}
