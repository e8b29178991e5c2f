"""Small invented weekly reports, with one trap each."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from performance_store.readers.odp_reports import OdpReports
from performance_store.readers.programme import COHORT_ALIASES
from performance_store.readers.stream import (
    Cohort,
    Endpoint,
    FieldCount,
    InputError,
    IssueCount,
    IssueType,
    Observation,
    Organisation,
    Provision,
    Resource,
    Source,
)

Cells = dict[str, str]

STATUS: Cells = {
    "organisation": "local-authority:AAA",
    "cohort": "round-1",
    "name": "Alder",
    "collection": "tree-preservation-order",
    "pipeline": "tree",
    "endpoint": "e1",
    "endpoint_url": "https://alder.example/tree.csv",
    "licence": "ogl3",
    "status": "200",
    "days_since_200": "0.0",
    "exception": "",
    "resource": "r1",
    "latest_log_entry_date": "2025-05-01",
    "endpoint_entry_date": "2025-01-01",
    "endpoint_end_date": "",
    "resource_start_date": "2025-02-03",
    "resource_end_date": "",
    "cohort_start_date": "2024-01-01",
}
GAP: Cells = dict.fromkeys(STATUS, "") | {
    "organisation": "local-authority:BBB",
    "cohort": "round-2",
    "name": "Birch",
    "pipeline": "tree",
    "endpoint": "No endpoint added",
}
ISSUE: Cells = {
    "organisation": "local-authority:AAA",
    "cohort": "round-1",
    "organisation_name": "Alder Council",
    "pipeline": "tree",
    "issue_type": "missing value",
    "severity": "error",
    "responsibility": "external",
    "count_issues": "75.0",
    "endpoint": "e1",
    "resource": "r1",
    "endpoint_end_date": "",
}
FIELDS: Cells = {
    "organisation": "local-authority:AAA",
    "dataset": "tree",
    "endpoint": "e1",
    "resource": "r1",
    "field": "12",
    "field_supplied": "9.0",
    "field_matched": "7",
    "field_error_free": "-3",
}

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write the report files of one date; each call adds a date to the same folder."""

    def write(
        status: list[Cells] | None = None,
        issue: list[Cells] | None = None,
        conformance: list[Cells] | None = None,
        day: str = "2025-05-01",
    ) -> Path:
        reports = {"status": status, "issue": issue, "conformance": conformance}
        for report, rows in reports.items():
            if rows is not None:
                example = {"status": STATUS, "issue": ISSUE, "conformance": FIELDS}[report]
                with (tmp_path / f"odp-{report}_{day}.csv").open("w", newline="") as stream:
                    writer = csv.DictWriter(stream, rows[0] if rows else example)
                    writer.writeheader()
                    writer.writerows(rows)
        return tmp_path

    return write


def observations(path: Path) -> list[Observation]:
    return [Observation(*row) for row in OdpReports(path).rows(Observation)]


def issue_counts(path: Path) -> list[IssueCount]:
    return [IssueCount(*row) for row in OdpReports(path).rows(IssueCount)]


@pytest.mark.parametrize("gaps", [[], [GAP], [GAP | {"pipeline": "conservation-area"}, GAP]])
def test_everyone_owes_all_eight_whatever_rows_there_are(make: Make, gaps: list[Cells]) -> None:
    path = make([STATUS, GAP | {"pipeline": "tree-preservation-zone"}, *gaps])
    owed = {(row[1], row[2]) for row in OdpReports(path).rows(Provision)}
    assert len(owed) == 16
    assert [o.organisation for o in observations(path)] == ["local-authority:AAA"]


def test_a_gap_is_a_gap_in_the_dense_shape_too(make: Make) -> None:
    gap = GAP | {"organisation": "local-authority:AAA", "pipeline": "conservation-area"}
    path = make([STATUS, gap, GAP | {"endpoint": ""}])
    assert [o.dataset for o in observations(path)] == ["tree"]
    assert [row[0] for row in OdpReports(path).rows(Endpoint)] == ["e1"]


def test_an_obligation_is_of_the_cohort_of_its_date(make: Make) -> None:
    make([STATUS], day="2025-04-01")
    path = make([STATUS | {"cohort": "round-2", "cohort_start_date": ""}])
    provisions = [Provision(*row) for row in OdpReports(path).rows(Provision)]
    assert {(p.as_at, p.cohort) for p in provisions} == {
        ("2025-04-01", "round-1"),
        ("2025-05-01", "round-2"),
    }
    assert {(p.provision_reason, p.project) for p in provisions} == {
        ("expected", "open-digital-planning")
    }


def test_an_organisation_in_two_cohorts_is_counted_once(make: Make) -> None:
    other = {"cohort": "round-2", "cohort_start_date": "2025-02-01"}
    path = make([STATUS, STATUS | other], [ISSUE, ISSUE | {"cohort": "round-2"}])
    assert len(observations(path)) == 1
    assert [c.rows for c in issue_counts(path)] == ["75"]
    assert len(list(OdpReports(path).rows(Provision))) == 16


def test_names_licences_and_cohorts_are_as_last_seen(make: Make) -> None:
    make([STATUS], day="2025-04-01")
    path = make([STATUS | {"name": "Alder City", "licence": "odc-by", "cohort_start_date": ""}])
    reader = OdpReports(path)
    assert [row[:2] for row in reader.rows(Organisation)] == [("local-authority:AAA", "Alder City")]
    assert [Cohort(*row).start_date for row in reader.rows(Cohort)] == ["2024-01-01"]
    licences = {row[0]: Source(*row).licence for row in reader.rows(Source)}
    assert [licences[o.source] for o in observations(path) if o.source] == ["ogl3", "odc-by"]


def test_a_success_is_dated_by_the_days_since(make: Make) -> None:
    failed = {"status": "404", "days_since_200": "7.0", "resource": "", "resource_start_date": ""}
    never = {"status": "", "exception": "ConnectTimeout", "days_since_200": "", "resource": ""}
    path = make(
        [
            STATUS | {"latest_log_entry_date": "2025-04-30"},
            STATUS | failed | {"pipeline": "conservation-area", "endpoint": "e2"},
            STATUS | never | {"pipeline": "tree-preservation-zone", "endpoint": "e3"},
        ]
    )
    assert [(o.last_attempt, o.last_success, o.resource_current) for o in observations(path)] == [
        ("2025-04-30", "2025-04-30", "1"),
        ("2025-05-01", "2025-04-24", "0"),
        ("2025-05-01", None, "0"),
    ]
    assert observations(path)[2].exception == "ConnectTimeout"


def test_an_answer_without_a_resource_is_not_collected(make: Make) -> None:
    [observation] = observations(make([STATUS | {"resource": ""}]))
    assert observation.http_status == "200"
    assert observation.resource_current == "0"


def test_only_issues_of_the_current_resource_count(make: Make) -> None:
    path = make(
        [STATUS],
        [
            ISSUE,
            ISSUE | {"endpoint": ""},
            ISSUE | {"issue_type": "ended", "endpoint_end_date": "2025-01-01"},
            ISSUE | {"issue_type": "second endpoint", "endpoint": "e2"},
            ISSUE | {"issue_type": "older resource", "resource": "r0"},
            ISSUE | {"issue_type": "other dataset", "pipeline": "conservation-area"},
            ISSUE | {"issue_type": "stranger", "organisation": "local-authority:CCC"},
            ISSUE | dict.fromkeys(("issue_type", "severity", "responsibility", "count_issues"), ""),
        ],
    )
    assert [(c.issue_type, c.rows) for c in issue_counts(path)] == [("missing value", "75")]


def test_repeated_issue_rows_count_once_and_differing_ones_add_up(make: Make) -> None:
    path = make([STATUS], [ISSUE, ISSUE, ISSUE | {"count_issues": "5"}])
    [count] = issue_counts(path)
    assert (count.rows, count.field) == ("80", None)


def test_both_spellings_of_an_organisation_are_one(make: Make) -> None:
    old = {"organisation": "local-authority-eng:AAA"}
    make([STATUS | old], day="2025-04-01")
    path = make([STATUS | old], [ISSUE], [FIELDS])
    reader = OdpReports(path)
    assert [c.organisation for c in issue_counts(path)] == ["local-authority-eng:AAA"]
    assert len(list(reader.rows(FieldCount))) == 1
    assert len(list(reader.rows(Organisation))) == 1


def test_fields_are_those_of_the_status_row_else_the_last(make: Make) -> None:
    other = FIELDS | {"endpoint": "e0", "field_supplied": "1"}
    path = make([STATUS], conformance=[FIELDS, other, FIELDS | {"resource": "r0", "field": "3"}])
    assert [row[3:] for row in OdpReports(path).rows(FieldCount)] == [("12", "9", "7")]
    path = make([STATUS], conformance=[other | {"field_supplied": "4"}, other])
    assert [row[3:] for row in OdpReports(path).rows(FieldCount)] == [("12", "1", "7")]


def test_several_endpoints_of_one_dataset_are_all_observed(make: Make) -> None:
    newer = STATUS | {"endpoint": "e2", "resource": "r2", "endpoint_entry_date": "2025-03-01"}
    path = make(
        [newer, STATUS],
        [ISSUE, ISSUE | {"endpoint": "e2", "resource": "r2"}],
        [FIELDS, FIELDS | {"endpoint": "e2", "resource": "r2", "field_supplied": "3"}],
    )
    assert [o.endpoint for o in observations(path)] == ["e2", "e1"]
    assert {(c.resource, c.rows) for c in issue_counts(path)} == {("r1", "75"), ("r2", "75")}
    assert [row[4] for row in OdpReports(path).rows(FieldCount)] == ["3"]


def test_a_missing_report_is_unknown_and_not_nought(make: Make) -> None:
    make([STATUS], [ISSUE], day="2025-03-01")
    make([STATUS], conformance=[FIELDS], day="2025-04-01")
    reader = OdpReports(make([STATUS]))
    assert reader.unknown == {
        date(2025, 3, 1): frozenset({"fields"}),
        date(2025, 4, 1): frozenset({"issues"}),
        date(2025, 5, 1): frozenset({"issues", "fields"}),
    }
    assert reader.missing == (
        "odp-conformance_2025-03-01.csv",
        "odp-issue_2025-04-01.csv",
        "odp-issue_2025-05-01.csv",
        "odp-conformance_2025-05-01.csv",
    )
    assert {IssueCount, IssueType, FieldCount} <= set(reader.provides)


def test_a_kind_of_report_that_is_nowhere_is_not_provided(make: Make) -> None:
    reader = OdpReports(make([STATUS]))
    assert not {IssueCount, IssueType, FieldCount} & set(reader.provides)
    assert list(reader.rows(IssueCount)) == []


def test_a_resource_dates_from_when_it_was_first_seen(make: Make) -> None:
    path = make(
        [STATUS, STATUS | {"pipeline": "conservation-area", "resource_start_date": "2025-01-09"}]
    )
    [resource] = OdpReports(path).rows(Resource)
    assert resource[:2] == ("r1", "2025-01-09")


def test_unreadable_dates_are_left_to_the_loader(make: Make) -> None:
    [observation] = observations(make([STATUS | {"latest_log_entry_date": "1 May"}]))
    assert (observation.last_attempt, observation.last_success) == ("1 May", None)


def test_what_spreadsheets_do_to_a_file_is_undone(make: Make) -> None:
    path = make([STATUS | {"note": "extra column"}], [ISSUE])
    file = path / "odp-status_2025-05-01.csv"
    text = file.read_text().replace("days_since_200", " Days-since-200 ").replace("e1,", " e1 ,")
    file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode() + b"\r\n,,\r\n")
    (path / "README.md").write_text("not a report")
    (path / "quality_2025-05-01.csv").write_text("not a report")
    assert [o.endpoint for o in observations(path)] == ["e1"]
    assert [c.rows for c in issue_counts(path)] == ["75"]


def test_cohort_aliases_lead_to_one_cohort_each() -> None:
    aliases = [alias.alias for alias in COHORT_ALIASES]
    assert len(set(aliases)) == len(aliases)
    assert not set(aliases) & {alias.cohort for alias in COHORT_ALIASES}


def test_the_fingerprint_follows_names_and_bytes(make: Make) -> None:
    path = make([STATUS], [ISSUE])
    first = OdpReports(path).fingerprint
    assert OdpReports(path).fingerprint == first
    (path / "notes.txt").write_text("not read")
    assert OdpReports(path).fingerprint == first
    make([STATUS], [ISSUE | {"count_issues": "76.0"}])
    assert OdpReports(path).fingerprint != first
    make([STATUS], [ISSUE])
    (path / "odp-status_2025-05-01.csv").rename(path / "odp-status_2025-05-02.csv")
    (path / "odp-issue_2025-05-01.csv").rename(path / "odp-issue_2025-05-02.csv")
    assert OdpReports(path).fingerprint != first


def read_all(path: Path) -> None:
    reader = OdpReports(path)
    for record in reader.provides:
        for _ in reader.rows(record):
            pass


@pytest.mark.parametrize(
    ("status", "issue", "fields", "says"),
    [
        ({"days_since_200": "many"}, {}, {}, "status days_since_200 is 'many', {}100,000: {}"),
        ({"days_since_200": "-1.0"}, {}, {}, "status days_since_200 is '-1.0', {}100,000: {}"),
        ({"days_since_200": "5e5"}, {}, {}, "status days_since_200 is '5e5', {}100,000: {}"),
        ({}, {"count_issues": "7.5"}, {}, "issue count_issues is '7.5', {}100,000,000"),
        ({}, {"count_issues": "nan"}, {}, "issue count_issues is 'nan', {}100,000,000"),
        ({}, {"count_issues": ""}, {}, "issue count_issues is blank, {}100,000,000"),
        ({}, {}, {"field_matched": "1e999"}, "conformance field_matched is '1e999', {}32,767: {}"),
    ],
)
def test_an_unreadable_number_is_told_and_not_known(
    make: Make, status: Cells, issue: Cells, fields: Cells, says: str
) -> None:
    """The whole folder was refused for it: now only what it would have said is missing."""
    reader = OdpReports(make([STATUS | status], [ISSUE | issue], [FIELDS | fields]))
    [(file, line, words, row)] = reader.refusals()
    report = file.split("-")[1].split("_")[0]
    assert f"{report} {words}" == says.format("not a whole number up to ", "read as blank")
    assert (line, row["organisation"]) == (2, "local-authority:AAA")
    [seen] = map(Observation._make, reader.rows(Observation))
    assert (seen.http_status, seen.last_success) == ("200", None if status else "2025-05-01")
    [count] = map(IssueCount._make, reader.rows(IssueCount))
    assert (count.resource, count.rows) == ("r1", None if issue else "75")
    [field] = map(FieldCount._make, reader.rows(FieldCount))
    assert (field.fields_total, field.fields_matched) == ("12", None if fields else "7")


def test_an_odd_row_of_a_body_in_two_cohorts_contradicts_nothing(make: Make) -> None:
    twice = STATUS | {"cohort": "round-2"}
    reader = OdpReports(make([STATUS | {"days_since_200": "?"}, twice]))
    assert len(list(reader.rows(Observation))) == 1
    assert [refusal[1] for refusal in reader.refusals()] == [2]


def test_two_rows_that_contradict_each_other_are_refused(make: Make) -> None:
    path = make([STATUS, STATUS | {"status": "404", "days_since_200": "9.0"}])
    with pytest.raises(InputError, match="line 3: contradicts an earlier row"):
        read_all(path)


def test_a_missing_column_is_named(make: Make) -> None:
    without = {column: value for column, value in STATUS.items() if column != "days_since_200"}
    path = make([without])
    with pytest.raises(
        InputError, match=r"odp-status_2025-05-01\.csv: column 'days_since_200' is missing"
    ):
        OdpReports(path)


def test_a_missing_status_file_is_named(make: Make) -> None:
    make([STATUS])
    path = make(issue=[ISSUE], day="2025-05-08")
    with pytest.raises(InputError, match=r"odp-status_2025-05-08\.csv: is missing"):
        OdpReports(path)


def test_a_status_file_without_rows_is_refused(make: Make) -> None:
    with pytest.raises(InputError, match=r"odp-status_2025-05-01\.csv: has no rows"):
        OdpReports(make([]))


@pytest.mark.parametrize("day", ["2025-02-30", "20250130", "latest", "2025-W01-1", "2025-01-30b"])
def test_a_bad_date_in_a_file_name_is_named(make: Make, day: str) -> None:
    with pytest.raises(InputError, match=f"odp-status_{day}.csv: '{day}' in the file's name"):
        OdpReports(make([STATUS], day=day))


def test_a_date_that_has_not_come_yet_is_refused(make: Make) -> None:
    tomorrow = (date.today() + timedelta(days=1)).isoformat()
    with pytest.raises(InputError, match="later than today"):
        OdpReports(make([STATUS], day=tomorrow))


def test_a_folder_without_reports_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no odp-status_DATE"):
        OdpReports(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        OdpReports(tmp_path / "absent")
