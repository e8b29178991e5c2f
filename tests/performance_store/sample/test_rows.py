"""The sample's rows are whole: they refer to what exists and agree with each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from performance_store.definitions.specifications import requirements
from performance_store.readers.stream import (
    Cohort,
    ColumnField,
    Dataset,
    DatasetField,
    DatasetResource,
    Endpoint,
    FieldCount,
    Issue,
    IssueCount,
    IssueType,
    LogEntry,
    Observation,
    Organisation,
    Reader,
    Resource,
    RoleOrganisation,
    Source,
    SourcePipeline,
)
from performance_store.sample.reader import Sample
from performance_store.sample.specification import SPEC
from tests.support.sample import LAST, TODAY, Facts, Pair


def test_it_is_a_reader_of_weekly_snapshots_ending_today(sample: Sample) -> None:
    reader: Reader = sample
    assert (reader.kind, reader.scope) == ("sample", "sample")
    assert len(reader.as_at) == 104
    assert reader.as_at[-1] == TODAY
    assert {(after - before).days for before, after in pairwise(reader.as_at)} == {7}


def test_rows_have_the_columns_of_their_type(sample: Sample) -> None:
    for record in sample.provides:
        widths = {len(row) for row in sample.rows(record)}
        assert widths == {len(record._fields)}, record  # type: ignore[attr-defined]


def test_a_type_that_is_not_provided_has_no_rows(sample: Sample) -> None:
    assert list(sample.rows(str)) == []


@pytest.mark.parametrize(
    ("record", "key"),
    [
        (Organisation, 1),
        (Dataset, 1),
        (DatasetField, 2),
        (IssueType, 1),
        (Cohort, 1),
        (Endpoint, 1),
        (Source, 1),
        (SourcePipeline, 2),
        (Resource, 1),
        (DatasetResource, 2),
        (LogEntry, 2),
        (Observation, 4),
        (IssueCount, 6),
        (FieldCount, 3),
        (RoleOrganisation, 2),
    ],
)
def test_keys_do_not_repeat(sample: Sample, record: type, key: int) -> None:
    keys = [row[:key] for row in sample.rows(record)]
    assert len(keys) == len(set(keys))


def test_observations_refer_to_what_exists(facts: Facts, sample: Sample) -> None:
    pipelines = set(sample.rows(SourcePipeline))
    for row in facts.observations:
        source = facts.sources[row.source or ""]
        assert (source.organisation, source.endpoint) == (row.organisation, row.endpoint)
        assert (source.source, row.dataset) in pipelines
        endpoint = facts.endpoints[row.endpoint]
        assert (endpoint.entry_date or "") <= row.as_at
        assert endpoint.end_date is None or endpoint.end_date > row.as_at
        if row.resource is not None:
            assert facts.resources[row.resource].start_date == row.resource_start_date
            assert (row.resource_start_date or "") <= row.as_at


def test_observations_make_sense(facts: Facts) -> None:
    for row in facts.observations:
        if row.resource_current == "1":
            assert row.http_status == "200"
            assert row.last_success == row.last_attempt == row.as_at
            assert row.resource is not None
            assert int(row.record_count or 0) > 0
        elif row.last_attempt is not None:
            assert (row.http_status is None) != (row.exception is None)
            assert row.last_success is None or row.last_success < row.as_at
            assert (row.last_success is None) == (row.resource is None)


def test_registers_refer_to_what_exists(facts: Facts, sample: Sample) -> None:
    datasets = {row[0] for row in sample.rows(Dataset)}
    cohorts = {row[0] for row in sample.rows(Cohort)}
    assert len(datasets) == 20
    for row in facts.provisions:
        assert row.organisation in facts.organisations
        assert row.dataset in datasets
        assert row.cohort is None or row.cohort in cohorts
        assert row.end_date is None or (row.start_date or "") <= row.end_date
    for source in facts.sources.values():
        assert source.endpoint in facts.endpoints
        assert source.organisation in facts.organisations
    for body in facts.organisations.values():
        assert body.successor is None or body.successor in facts.organisations
        assert all(key in facts.organisations for key in (body.members or "").split(";") if key)


def test_issue_counts_are_of_observed_resources(facts: Facts) -> None:
    observed = {(r.as_at, r.organisation, r.dataset, r.resource) for r in facts.observations}
    for row in facts.issue_counts:
        assert (row.as_at, row.organisation, row.dataset, row.resource) in observed


def test_individual_issues_agree_with_the_last_counts(facts: Facts, sample: Sample) -> None:
    rows: Counter[tuple[Any, ...]] = Counter(row[:4] for row in sample.rows(Issue))
    counts = {
        (row.dataset, row.resource, row.issue_type, row.field): int(row.rows)
        for row in facts.last_counts
    }
    assert rows == Counter(counts)
    assert sum(rows.values()) <= 150_000
    assert 6000 < max(rows.values()) <= 7000


def test_individual_issues_lie_within_their_resource(sample: Sample) -> None:
    records = {(row[0], row[1]): int(row[2]) for row in sample.rows(DatasetResource)}
    seen = set()
    for row in sample.rows(Issue):
        issue = Issue(*row)
        assert issue.entry_number is not None
        assert issue.line_number == issue.entry_number + 1
        assert 1 <= issue.entry_number <= records[issue.dataset, issue.resource]
        seen.add((*row[:4], issue.entry_number))
    assert len(seen) == sum(1 for _ in sample.rows(Issue))


def test_fields_of_issues_belong_to_their_dataset(facts: Facts) -> None:
    for row in facts.issue_counts:
        assert row.field is None or row.field in SPEC[row.dataset].all_fields


def test_counted_records_are_those_of_the_last_observations(facts: Facts, sample: Sample) -> None:
    records = {(row[0], row[1]): row[2] for row in sample.rows(DatasetResource)}
    for row in facts.last:
        if row.resource is not None:
            assert records[row.dataset, row.resource] == row.record_count


def test_counted_fields_are_those_of_the_primary_columns(facts: Facts, sample: Sample) -> None:
    columns: dict[Pair, list[Pair]] = defaultdict(list)
    for dataset, resource, column, field in sample.rows(ColumnField):
        columns[dataset, resource].append((column, field))
    primary: dict[Pair, Observation] = {}
    for row in facts.last:
        pair = (row.organisation, row.dataset)
        entry = facts.endpoints[row.endpoint].entry_date or ""
        if pair not in primary or entry > (
            facts.endpoints[primary[pair].endpoint].entry_date or ""
        ):
            primary[pair] = row
    counts = {row[1:3]: row[3:] for row in sample.rows(FieldCount) if row[0] == LAST}
    assert set(counts) == {pair for pair, row in primary.items() if row.resource}
    for pair, (total, supplied, matched) in counts.items():
        fields = {item.field for item in requirements(pair[1])} or SPEC[pair[1]].supply_fields
        names = [n for n in columns[pair[1], primary[pair].resource or ""] if n[1] in fields]
        assert int(total) == len(fields)
        assert int(supplied) == len(names) <= int(total)
        shapes = ("geometry", "point")
        assert int(matched) == sum(c == f or f in shapes for c, f in names)


def test_the_log_is_of_the_last_year_and_agrees_with_the_observations(
    facts: Facts, sample: Sample
) -> None:
    newest: dict[str, LogEntry] = {}
    outcome: dict[Pair, tuple[Any, ...]] = {}
    first = (TODAY - timedelta(days=364)).isoformat()
    for row in map(LogEntry._make, sample.rows(LogEntry)):
        day = row.entry_date[:10]
        assert first <= day <= LAST
        assert row.resource is None or row.status == "200"
        if row.endpoint not in newest or row.entry_date > newest[row.endpoint].entry_date:
            newest[row.endpoint] = row
        since = date.fromisoformat(row.since or day)
        for back in range((date.fromisoformat(day) - since).days + 1):
            outcome[row.endpoint, (since + timedelta(days=back)).isoformat()] = row[2:5]
    for seen in facts.observations:
        if seen.as_at < first or seen.last_attempt is None:
            continue
        status, exception, resource = outcome[seen.endpoint, seen.as_at]
        assert (status, exception) == (seen.http_status, seen.exception)
        assert resource == (seen.resource if seen.resource_current == "1" else None)
    for seen in facts.last:
        if seen.last_attempt is not None:
            assert newest[seen.endpoint].entry_date[:10] == LAST


def test_wanted_limits_details_to_the_resources_named(sample: Sample) -> None:
    every = {row[1] for row in sample.rows(Issue)}
    some = set(sorted(every)[:3])
    for record in (Issue, ColumnField):
        assert {row[1] for row in sample.rows(record, only=some)} == some
        assert list(sample.rows(record, only=())) == []


@pytest.mark.parametrize(
    ("authorities", "weeks", "seed"), [(20, 2, 2), (20, 12, 43), (60, 5, 7), (500, 3, 50)]
)
def test_other_sizes_are_whole_too(authorities: int, weeks: int, seed: int) -> None:
    sample = Sample(TODAY, seed, authorities, weeks)
    rows = Counter(row[:4] for row in sample.rows(Issue))
    counts = map(IssueCount._make, sample.rows(IssueCount))
    last = {(*row[2:6],): int(row.rows) for row in counts if row.as_at == LAST}
    assert rows == Counter(last)
    assert sum(row[13] == "1" and not row[7] for row in sample.rows(Organisation)) == authorities
    assert len({row[0] for row in sample.rows(Observation)}) == weeks
