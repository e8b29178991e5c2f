"""The sample holds what pages must survive."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

from performance_store.readers.stream import (
    Expectation,
    Issue,
    IssueType,
)
from performance_store.sample.issue_types import UNREGISTERED_TYPE
from performance_store.sample.reader import Sample
from tests.support.sample import LAST, TODAY, Facts


def test_one_authority_provides_nothing_at_all(facts: Facts) -> None:
    members = {pair[0] for pair in facts.expected(LAST)}
    assert members - {source.organisation for source in facts.sources.values()}


def test_one_endpoint_has_failed_for_247_days(facts: Facts) -> None:
    success = (TODAY - timedelta(days=247)).isoformat()
    (row,) = [row for row in facts.last if row.last_success == success]
    assert (row.dataset, row.http_status, row.resource_current) == (
        "conservation-area",
        "404",
        "0",
    )
    assert row.resource is not None


def test_one_file_is_long_dead_beside_one_that_works(facts: Facts) -> None:
    success = (TODAY - timedelta(days=401)).isoformat()
    (row,) = [row for row in facts.last if row.last_success == success]
    same = [r for r in facts.last if (r.organisation, r.dataset) == (row.organisation, row.dataset)]
    assert any(other.resource_current == "1" for other in same)


def test_one_host_has_failed_for_three_days(facts: Facts) -> None:
    success = (TODAY - timedelta(days=3)).isoformat()
    assert [row for row in facts.last if row.last_success == success]


def test_endpoints_added_today_have_not_been_tried(facts: Facts) -> None:
    fresh = [row for row in facts.last if row.last_attempt is None]
    assert fresh
    assert all(facts.endpoints[row.endpoint].entry_date == LAST for row in fresh)
    assert {row.http_status for row in fresh} == {None}


def test_an_answer_without_content_is_there(facts: Facts) -> None:
    assert [row for row in facts.last if row.http_status == "200" and row.resource is None]


def test_a_plan_is_shared_by_two_authorities(facts: Facts) -> None:
    owners = defaultdict(set)
    for row in facts.last:
        owners[row.endpoint].add(row.organisation)
    assert max(len(group) for group in owners.values()) == 2


def test_some_endpoints_feed_two_datasets(facts: Facts) -> None:
    datasets = defaultdict(set)
    for row in facts.last:
        datasets[row.endpoint].add(row.dataset)
    assert max(len(group) for group in datasets.values()) == 2


def test_an_issue_type_is_in_no_register(facts: Facts, sample: Sample) -> None:
    registered = {row[0] for row in sample.rows(IssueType)}
    assert len(registered) == 41
    used = {row.issue_type for row in facts.last_counts}
    assert used - registered == {UNREGISTERED_TYPE}


def test_values_hold_markup_and_formulas(sample: Sample) -> None:
    values = {row[7] for row in sample.rows(Issue) if row[7]}
    assert any("<b>x</b><script>" in value for value in values)
    assert any(value.startswith("=") for value in values)


def test_names_hold_apostrophes_and_welsh_letters(facts: Facts) -> None:
    names = [body.name or "" for body in facts.organisations.values()]
    assert any("ŷ" in name for name in names)
    assert sum("'" in name for name in names) >= 3


def test_companies_and_groups_are_no_authorities(facts: Facts) -> None:
    kinds = defaultdict(list)
    for body in facts.organisations.values():
        kinds[body.organisation.partition(":")[0]].append(body)
    assert len(kinds["company"]) == 2
    assert len(kinds["local-planning-group"]) == 3
    assert all(group.members for group in kinds["local-planning-group"])
    assert not any(body.lpa for body in kinds["company"] + kinds["local-planning-group"])
    companies = {body.organisation for body in kinds["company"]}
    assert {row.organisation for row in facts.provisions} > companies


def test_an_expectation_fails(sample: Sample) -> None:
    results = Counter(row[4] for row in sample.rows(Expectation))
    assert results["True"] > results["False"] > 0
