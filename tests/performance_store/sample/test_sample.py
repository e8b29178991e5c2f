"""The sample is whole, the same every time, shaped like the real thing, and names nobody real."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest

from performance_store.readers.stream import (
    Annotation,
    Cohort,
    ColumnField,
    Dataset,
    DatasetField,
    DatasetResource,
    Endpoint,
    Expectation,
    FieldCount,
    Issue,
    IssueCount,
    IssueType,
    LogEntry,
    Observation,
    Organisation,
    Provision,
    Reader,
    Resource,
    RoleOrganisation,
    Source,
    SourcePipeline,
)
from performance_store.sample.issue_types import RULE_TYPE, UNREGISTERED_TYPE
from performance_store.sample.names import AWKWARD_NAMES, Places
from performance_store.sample.reader import Sample
from performance_store.sample.specification import PROGRAMME, SPEC

TODAY = date(2026, 8, 21)
LAST = TODAY.isoformat()
Pair = tuple[str, str]

REAL_NAMES = """
Adur, Allerdale, Amber Valley, Arun, Ashfield, Ashford, Aylesbury, Babergh, Barking, Barnet,
Barnsley, Barrow-in-Furness, Basildon, Basingstoke, Bassetlaw, Bath, Bedford, Berkshire, Bexley,
Birmingham, Blaby, Blackburn, Blackpool, Bolsover, Bolton, Boston, Bournemouth, Bracknell, Bradford,
Braintree, Breckland, Brent, Brentwood, Brighton, Bristol, Broadland, Bromley, Bromsgrove,
Broxbourne, Broxtowe, Buckingham, Burnley, Bury, Calderdale, Cambridge, Camden, Cannock, Canterbury,
Carlisle, Castle Point, Charnwood, Chelmsford, Chelsea, Cheltenham, Cherwell, Cheshire, Chester,
Chesterfield,
Chichester, Chiltern, Chorley, Christchurch, Colchester, Copeland, Corby, Cornwall, Cotswold,
Coventry, Craven, Crawley, Croydon, Cumberland, Cumbria, Dacorum, Dagenham, Darlington, Dartford,
Dartmoor, Daventry, Derby, Devon, Doncaster, Dorset, Dover, Dudley, Durham, Ealing, Eastbourne,
Eastleigh, Ebbsfleet, Eden, Elmbridge, Enfield, Epping, Epsom, Erewash, Essex, Exeter, Exmoor,
Fareham, Fenland, Folkestone, Forest of Dean, Fylde, Gateshead, Gedling, Gloucester, Gosport,
Gravesham, Great Yarmouth, Greenwich, Guildford, Hackney, Halton, Hambleton, Hammersmith, Hampshire,
Harborough, Haringey, Harlow, Harrogate, Harrow, Hart, Hartlepool, Hastings, Havant, Havering,
Hereford, Hertford, Hertsmere, High Peak, Hillingdon, Hinckley, Horsham, Hounslow, Hull, Huntingdon,
Hyndburn, Ipswich, Isle of Wight, Islington, Kensington, Kent, Kesteven, Kettering, King's Lynn,
Kingston, Kirklees, Knowsley, Lakeland, Lambeth, Lancashire, Lancaster, Leeds, Leicester, Lewes,
Lewisham, Lichfield, Lincoln, Lindsey, Liverpool, London, Luton, Maidstone, Maldon, Malvern,
Manchester, Mansfield, Medway, Melton, Mendip, Merton, Middlesbrough, Milton Keynes, Mole Valley,
New Forest, Newark, Newcastle, Newham, Norfolk, Northampton, Northumberland, Norwich, Nottingham,
Nuneaton, Oadby, Oldham, Oxford, Peak District, Pendle, Peterborough, Plymouth, Poole, Portsmouth,
Preston, Purbeck, Reading, Redbridge, Redcar, Redditch, Reigate, Ribble, Richmond, Rochdale,
Rochford, Rossendale, Rother, Rugby, Runnymede, Rushcliffe, Rushmoor, Rutland, Ryedale, Salford,
Sandwell, Scarborough, Scilly, Sedgemoor, Sefton, Selby, Sevenoaks, Sheffield, Shepway, Shropshire,
Slough, Solihull, Somerset, South Downs, South Hams, South Holland, South Tees, Southampton,
Southend, Southwark, Spelthorne, St Albans, St Edmundsbury, St Helens, Stafford, Stevenage,
Stockport, Stockton, Stoke-on-Trent, Stratford, Stroud, Suffolk, Sunderland, Surrey, Sussex, Sutton,
Swale, Swindon, Tameside, Tamworth, Tandridge, Taunton, Teignbridge, Telford, Tendring, Test Valley,
Tewkesbury, Thanet, Three Rivers, Thurrock, Tonbridge, Torbay, Torridge, Tower Hamlets, Trafford,
Tunbridge, Tyneside, Uttlesford, Wakefield, Walsall, Waltham, Wandsworth, Warrington, Warwick,
Watford, Waveney, Waverley, Wealden, Wellingborough, Welwyn, Westminster, Westmorland, Weymouth,
White Horse, Wigan, Wiltshire, Winchester, Windsor, Wirral, Woking, Wokingham, Wolverhampton,
Worcester, Worthing, Wychavon, Wycombe, Wyre, York
"""


def real_names() -> list[str]:
    return [name.strip().lower() for name in REAL_NAMES.replace("\n", " ").split(",")]


@pytest.fixture(scope="module")
def sample() -> Sample:
    return Sample(TODAY)


class Facts:
    """What the full sample says, read once."""

    def __init__(self, sample: Sample) -> None:
        self.organisations = {row[0]: Organisation(*row) for row in sample.rows(Organisation)}
        self.lpas = {
            key
            for key, body in self.organisations.items()
            if body.lpa == "1" and body.end_date is None
        }
        self.provisions = [Provision(*row) for row in sample.rows(Provision)]
        self.endpoints = {row[0]: Endpoint(*row) for row in sample.rows(Endpoint)}
        self.sources = {row[0]: Source(*row) for row in sample.rows(Source)}
        self.resources = {row[0]: Resource(*row) for row in sample.rows(Resource)}
        self.observations = [Observation(*row) for row in sample.rows(Observation)]
        self.issue_counts = [IssueCount(*row) for row in sample.rows(IssueCount)]
        self.last = [row for row in self.observations if row.as_at == LAST]
        self.last_counts = [row for row in self.issue_counts if row.as_at == LAST]

    def expected(self, day: str) -> set[Pair]:
        """What the programme expects of authorities on a day."""
        return {
            (row.organisation, row.dataset)
            for row in self.provisions
            if row.provision_reason == "expected"
            and self.organisations[row.organisation].lpa == "1"
            and (row.start_date or "") <= day
            and (row.end_date is None or row.end_date > day)
        }

    def on(self, day: str) -> dict[Pair, list[Observation]]:
        """Observations of the programme's expected pairs on a day."""
        expected = self.expected(day)
        observations: dict[Pair, list[Observation]] = defaultdict(list)
        for row in self.observations:
            if row.as_at == day and (row.organisation, row.dataset) in expected:
                observations[row.organisation, row.dataset].append(row)
        return observations

    def coverage(self, day: str) -> float:
        return len(self.on(day)) / len(self.expected(day))

    def with_errors(self, day: str) -> set[Pair]:
        return {
            (row.organisation, row.dataset)
            for row in self.issue_counts
            if row.as_at == day and row.severity == "error" and row.responsibility == "external"
        }

    def error_free(self, day: str) -> float:
        """Share of the answering pairs without an error for the authority to mend."""
        answering = {
            pair
            for pair, rows in self.on(day).items()
            if any(r.resource_current == "1" for r in rows)
        }
        return len(answering - self.with_errors(day)) / len(answering)


@pytest.fixture(scope="module")
def facts(sample: Sample) -> Facts:
    return Facts(sample)


def digest(sample: Sample) -> str:
    """One hash over every row of every type, in order."""
    whole = sha256()
    for record in sample.provides:
        for row in sample.rows(record):
            whole.update(repr(row).encode())
    return whole.hexdigest()


SMALL = {"authorities": 40, "weeks": 12}
SCRIPT = (
    "from datetime import date\n"
    "from hashlib import sha256\n"
    "from performance_store.sample.reader import Sample\n"
    "sample = Sample(date(2026, 8, 21), seed=7, authorities=40, weeks=12)\n"
    "whole = sha256()\n"
    "for record in sample.provides:\n"
    "    for row in sample.rows(record):\n"
    "        whole.update(repr(row).encode())\n"
    "print(whole.hexdigest())\n"
)


# --------------------------------------------------------------------------------------------------
# The same every time
# --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_rows_and_their_order_do_not_depend_on_the_process(hash_seed: str) -> None:
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=environment,
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == digest(Sample(TODAY, seed=7, **SMALL))


def test_rows_can_be_read_again() -> None:
    sample = Sample(TODAY, **SMALL)
    assert digest(sample) == digest(sample)


def test_fingerprint_names_every_argument() -> None:
    fingerprints = {
        Sample(TODAY, **SMALL).fingerprint,
        Sample(TODAY, seed=1, **SMALL).fingerprint,
        Sample(TODAY, authorities=41, weeks=12).fingerprint,
        Sample(TODAY, authorities=40, weeks=13).fingerprint,
        Sample(TODAY - timedelta(days=1), **SMALL).fingerprint,
    }
    assert len(fingerprints) == 5
    assert Sample(TODAY, **SMALL).fingerprint in fingerprints


def test_another_seed_gives_other_rows() -> None:
    assert digest(Sample(TODAY, seed=1, **SMALL)) != digest(Sample(TODAY, seed=2, **SMALL))


@pytest.mark.parametrize(
    ("arguments", "word"),
    [({"authorities": 3}, "authorities"), ({"weeks": 1}, "weeks"), ({"weeks": 900}, "weeks")],
)
def test_sizes_out_of_range_are_refused(arguments: dict[str, int], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        Sample(TODAY, **arguments)


# --------------------------------------------------------------------------------------------------
# Whole
# --------------------------------------------------------------------------------------------------


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
        names = columns[pair[1], primary[pair].resource or ""]
        assert int(total) == len(SPEC[pair[1]].supply_fields)
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
        outcome[row.endpoint, day] = row[2:]
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


# --------------------------------------------------------------------------------------------------
# Nobody real
# --------------------------------------------------------------------------------------------------


def towns() -> Iterable[str]:
    """Every place that any seed can bring forth."""
    places = Places(Random("every"))
    yield from (place for _, place in AWKWARD_NAMES)
    for form in ("CC", "NMD"):
        for _ in range(50 if form == "CC" else 1000):
            yield places.take(form)


def test_no_place_has_the_name_of_a_real_authority() -> None:
    names = real_names()
    assert len(names) > 300
    clashes = [(place, real) for place in towns() for real in names if real in place.lower()]
    assert clashes == []


def test_no_body_has_the_name_of_a_real_authority(facts: Facts) -> None:
    names = [name for name in real_names() if name != "london"]
    for body in facts.organisations.values():
        texts = [body.name or "", *(body.former_names or "").split(";")]
        for text in texts:
            assert not [name for name in names if name in text.lower()]


@pytest.mark.data
def test_no_body_has_the_name_or_code_of_a_listed_authority(
    facts: Facts, shared_data: Path
) -> None:
    with (shared_data / "lpa" / "local-planning-authority.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for body in facts.organisations.values():
        for row in rows:
            assert body.organisation != row["organisation"]
            assert (body.name or "").lower() != row["name"].lower()
            assert (
                body.statistical_geography is None
                or body.statistical_geography != row["statistical_geography"]
            )


def test_references_cannot_be_taken_for_real_ones(facts: Facts) -> None:
    for body in facts.organisations.values():
        assert body.organisation.partition(":")[2].startswith("X")
        assert body.statistical_geography is None or re.fullmatch(
            r"E\d\d99\d{4}", body.statistical_geography
        )


def test_addresses_are_on_reserved_hosts(facts: Facts) -> None:
    urls = [endpoint.endpoint_url or "" for endpoint in facts.endpoints.values()]
    urls += [source.documentation_url or "" for source in facts.sources.values()]
    for url in filter(None, urls):
        assert (urlsplit(url).hostname or "").endswith(".example")
    for endpoint in facts.endpoints.values():
        assert endpoint.endpoint == sha256((endpoint.endpoint_url or "").encode()).hexdigest()


# --------------------------------------------------------------------------------------------------
# Shaped like the real thing
# --------------------------------------------------------------------------------------------------


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


# --------------------------------------------------------------------------------------------------
# What pages must survive
# --------------------------------------------------------------------------------------------------


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
