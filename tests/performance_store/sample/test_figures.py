"""The sample is shaped like the real thing, within the bounds that were measured there."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from performance_store.readers.stream import (
    Annotation,
    FieldCount,
    RoleOrganisation,
)
from performance_store.sample.issue_types import RULE_TYPE
from performance_store.sample.reader import Sample
from performance_store.sample.specification import PROGRAMME, SPEC
from tests.support.sample import LAST, TODAY, Facts, Pair


def test_there_are_as_many_authorities_as_in_england(facts: Facts, sample: Sample) -> None:
    bodies = [facts.organisations[key] for key in facts.lpas]
    kinds = Counter(body.organisation.partition(":")[0] for body in bodies)
    assert kinds == {
        "local-authority": 296,
        "national-park-authority": 10,
        "development-corporation": 5,
    }
    regions = Counter(body.region for body in bodies)
    assert set(regions) == {f"E1200000{number}" for number in range(1, 10)}
    assert regions.most_common(1)[0][0] == "E12000008"
    assert min(regions.values()) >= 10
    roles = {row[0]: row[3] for row in sample.rows(RoleOrganisation)}
    assert {key for key, end in roles.items() if end is None} == facts.lpas
    assert sum(end is not None for end in roles.values()) == 8


def test_regions_lie_like_englands(facts: Facts) -> None:
    middle: dict[str, tuple[float, float]] = {}
    for region in {facts.organisations[key].region or "" for key in facts.lpas}:
        here = [b for b in facts.organisations.values() if b.region == region and b.longitude]
        middle[region] = (
            sum(float(b.longitude or 0) for b in here) / len(here),
            sum(float(b.latitude or 0) for b in here) / len(here),
        )
    assert max(middle, key=lambda region: middle[region][1]) == "E12000001"
    assert min(middle, key=lambda region: middle[region][0]) == "E12000009"
    assert max(middle, key=lambda region: middle[region][0]) == "E12000006"
    assert abs(middle["E12000007"][0] + 0.1) < 0.15


def test_ended_authorities_name_their_successor(facts: Facts) -> None:
    former = [body for body in facts.organisations.values() if body.end_date]
    assert len(former) == 8
    for body in former:
        assert body.successor in facts.lpas
        assert facts.organisations[body.successor or ""].start_date == body.end_date
        assert any(
            row.organisation == body.organisation and row.end_date == body.end_date
            for row in facts.provisions
        )


def test_the_programme_has_as_many_members_as_measured(facts: Facts, sample: Sample) -> None:
    before = {pair[0] for pair in facts.expected(sample.as_at[0].isoformat())}
    after = {pair[0] for pair in facts.expected(LAST)}
    assert len(before) == 146
    assert len(after) == 213
    assert before < after
    sizes = [len(facts.expected(day.isoformat())) for day in sample.as_at]
    assert len(set(sizes)) == 2
    assert 0.55 < sizes.index(sizes[-1]) / len(sizes) < 0.65


def test_duties_are_as_many_as_in_the_register(facts: Facts) -> None:
    valid = Counter(
        (row.dataset, row.provision_reason)
        for row in facts.provisions
        if row.end_date is None and row.organisation in facts.lpas
    )
    assert valid["brownfield-land", "statutory"] == 311
    assert valid["developer-agreement", "encouraged"] == 311
    assert valid["local-plan", "statutory"] == 311
    assert valid["tree", "expected"] == 213
    assert valid["tree", "prospective"] == 98
    assert 120 < valid["minerals-plan", "statutory"] < 190


def test_coverage_grows_and_falls_when_the_denominator_does(facts: Facts, sample: Sample) -> None:
    days = [day.isoformat() for day in sample.as_at]
    growth = next(day for day in days if len(facts.expected(day)) > 1200)
    before = days[days.index(growth) - 1]
    assert 0.25 < facts.coverage(days[0]) < 0.40
    assert facts.coverage(before) > facts.coverage(days[0]) + 0.1
    assert facts.coverage(growth) < facts.coverage(before) - 0.1
    assert 0.38 < facts.coverage(LAST) < 0.47


def test_breadth_is_u_shaped(facts: Facts) -> None:
    provided = {(r.organisation, r.dataset) for r in facts.last if r.dataset in PROGRAMME}
    breadths = Counter(organisation for organisation, _ in provided)
    shape = Counter(breadths.get(key, 0) for key in facts.lpas)
    assert 140 < shape[0] < 185
    assert shape[8] + shape[7] > 40
    assert shape[8] > 2 * shape[4]
    assert shape[1] > shape[3]
    by_dataset = Counter(dataset for _, dataset in provided)
    assert by_dataset.most_common(1)[0][0] == "conservation-area"
    assert 0.35 < by_dataset["conservation-area"] / 311 < 0.55
    assert by_dataset["tree"] < by_dataset["article-4-direction"]


def test_tree_datasets_go_together(facts: Facts) -> None:
    having = defaultdict(set)
    for row in facts.last:
        having[row.dataset].add(row.organisation)
    trees, zones = having["tree"], having["tree-preservation-zone"]
    assert len(trees & zones) / len(trees | zones) > 0.6


def test_most_endpoints_answer(facts: Facts) -> None:
    rows = [row for row in facts.last if row.last_attempt is not None]
    answering = sum(row.resource_current == "1" for row in rows) / len(rows)
    assert 0.93 < answering < 0.99
    ever = [row for row in facts.observations if row.last_attempt is not None]
    assert 0.94 < sum(row.resource_current == "1" for row in ever) / len(ever) < 0.985


def test_failures_are_blips_or_last_for_months(facts: Facts) -> None:
    days = [
        (date.fromisoformat(row.as_at) - date.fromisoformat(row.last_success)).days
        for row in facts.observations
        if row.last_success and row.last_success != row.as_at
    ]
    short = sum(day < 5 for day in days)
    assert short > 200
    assert sum(day > 30 for day in days) > short
    assert max(days) > 200


def test_an_authoritys_datasets_fail_together(facts: Facts) -> None:
    failing = Counter(
        (row.as_at, row.organisation)
        for row in facts.observations
        if row.resource_current == "0" and row.exception == "EsriDownloadError"
    )
    assert max(failing.values()) >= 4


def test_one_endpoint_a_dataset_is_the_rule_and_brownfield_the_exception(facts: Facts) -> None:
    live = Counter((row.organisation, row.dataset) for row in facts.last)
    programme = [n for (_, dataset), n in live.items() if dataset in PROGRAMME]
    assert 0.95 < programme.count(1) / len(programme) < 0.995
    assert max(programme) == 7
    brownfield = [n for (_, dataset), n in live.items() if dataset == "brownfield-land"]
    assert 1.6 < sum(brownfield) / len(brownfield) < 2.2
    assert 1300 < len(facts.last) < 2200


def test_about_a_fifth_of_endpoints_is_replaced_each_year(facts: Facts) -> None:
    year_ago = (TODAY - timedelta(days=364)).isoformat()
    before: dict[Pair, set[str]] = defaultdict(set)
    for row in facts.observations:
        if row.as_at == year_ago and row.dataset in PROGRAMME:
            before[row.organisation, row.dataset].add(row.endpoint)
    now: dict[Pair, set[str]] = defaultdict(set)
    for row in facts.last:
        now[row.organisation, row.dataset].add(row.endpoint)
    still = [pair for pair in before if pair in now]
    replaced = sum(before[pair].isdisjoint(now[pair]) for pair in still) / len(still)
    assert 0.12 < replaced < 0.30
    assert len(still) / len(before) > 0.95


def test_content_mostly_rests_and_sometimes_churns(facts: Facts) -> None:
    days = sorted({row.as_at for row in facts.observations})[-18:]
    seen: dict[str, list[str | None]] = defaultdict(list)
    for row in facts.observations:
        if row.as_at >= days[0] and row.resource_current == "1":
            seen[row.endpoint].append(row.resource)
    whole = [dates for dates in seen.values() if len(dates) >= 18]
    changes = [len(set(dates)) - 1 for dates in whole]
    assert 0.45 < sum(change == 0 for change in changes) / len(changes) < 0.75
    assert 0.03 < sum(change >= 15 for change in changes) / len(changes) < 0.10


def test_six_in_ten_live_provisions_are_free_of_errors(facts: Facts) -> None:
    assert 0.55 < facts.error_free(LAST) < 0.70


def test_the_new_check_turns_many_to_error_until_it_changes(facts: Facts, sample: Sample) -> None:
    rule = [row for row in facts.issue_counts if row.issue_type == RULE_TYPE]
    first = min(row.as_at for row in rule)
    days = [day.isoformat() for day in sample.as_at]
    before = days[days.index(first) - 1]
    assert facts.error_free(first) < facts.error_free(before) - 0.1
    kinds: dict[Pair, list[str]] = defaultdict(list)
    for row in rule:
        kinds[row.severity or "", row.responsibility or ""].append(row.as_at)
    assert set(kinds) == {("error", "external"), ("warning", "internal")}
    change = min(kinds["warning", "internal"])
    assert max(kinds["error", "external"]) < change
    noted = {(row[0], row[1]) for row in sample.rows(Annotation)}
    growth = next(day for day in days if len(facts.expected(day)) > 1200)
    assert {(first, "rule"), (change, "rule"), (growth, "denominator")} <= noted


def test_issues_are_sticky(facts: Facts, sample: Sample) -> None:
    month = [day.isoformat() for day in sample.as_at[40:45]]
    was, now = facts.with_errors(month[0]), facts.with_errors(month[-1])
    there = {(r.organisation, r.dataset) for r in facts.observations if r.as_at == month[-1]}
    assert len(was & now) / len(was & there) > 0.9


def test_issue_rows_are_heavy_tailed(facts: Facts) -> None:
    rows = sorted((int(row.rows) for row in facts.last_counts), reverse=True)
    assert sum(rows[: len(rows) // 10]) > sum(rows) / 2
    assert rows[len(rows) // 2] < 40


def test_supplied_fields_follow_the_measured_quantiles(sample: Sample) -> None:
    shares: dict[str, list[float]] = defaultdict(list)
    for row in map(FieldCount._make, sample.rows(FieldCount)):
        if row.as_at == LAST:
            share = int(row.fields_supplied or 0) / int(row.fields_total or 1)
            shares[row.dataset].append(share)
    for dataset in PROGRAMME:
        values = sorted(shares[dataset])
        tenth, median, ninetieth = (values[len(values) * part // 100] for part in (10, 50, 90))
        measured = SPEC[dataset].supplied
        assert tenth == pytest.approx(measured[0], abs=0.2), dataset
        assert median == pytest.approx(measured[1], abs=0.2), dataset
        assert ninetieth == pytest.approx(measured[2], abs=0.1), dataset
