"""The rules of status: one test a rule, then any cell at all, on invented files."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from performance_store.database import make_engine
from performance_store.definitions.vocabulary import STAGES
from performance_store.readers.platform import Platform
from performance_store.readers.stream import Issue
from tests.support.build import AAA, TODAY, PlatformFile, Store, days_ago


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
        row["dataset_name"]: (row["status"], set(row["reasons"]))
        for row in store.table("organisation-dataset-summary")
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
    assert store.cell().problems_to_fix is None
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
        "SELECT http_status, success, last_attempt_at = '2025-05-21T14:00Z' FROM endpoint_run l "
        "JOIN endpoint e ON e.id = l.endpoint_id WHERE e.endpoint = 'e1'"
    ) == [("404", False, True)]


def test_an_old_failure_is_over_when_the_newest_attempt_succeeds(
    store: Store, file: PlatformFile
) -> None:
    file.resource("r0", start_date="2024-01-01", end_date="2024-06-01")
    file.provision().endpoint().answer(when="2024-05-30", resource="r0")
    file.failure(when="2024-06-01").answer()
    store.load(file)
    row = store.cell()
    assert (row.status, row.access_band, row.endpoint_failing_count) == ("live", "ok", 0)


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
    """Status, access band, stage and problems to fix by the rules, in plain Python."""
    active = [e for e in facts["endpoints"] if not e["ended"]]
    attempted = [e for e in active if e["days"] is not None or e["fails"]]
    failing = [e for e in attempted if e["fails"]]
    good = [e for e in active if e["days"] is not None]
    blocking = {"missing value", "bad file"}

    def past(endpoint: dict[str, Any]) -> bool:
        others = [e for e in good if e is not endpoint and not e["fails"]]
        current = not endpoint["fails"] and not endpoint["closed"]
        return not current and endpoint["days"] > 30 and bool(others)

    rows = sum(2 * len(e["issues"] & blocking) for e in good if not past(e))
    # What is past counts no more, but the status stays the platform's.
    ever = any(e["issues"] & blocking for e in good)

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
    elif failing or ever or facts["outside"]:
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
