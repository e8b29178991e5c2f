"""Linking, on the real registers: what was sent finds its row, and never another organisation's."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from hashlib import sha256

import pytest
from sqlalchemy import Connection, Engine, text

from performance_store.database import connect
from performance_store.queries.fetch import fetch
from performance_store.readers.registers import Registers
from providers.submissions import linking
from providers.submissions.rows import Kind
from providers.submissions.standing import url_key
from tests.support.servers import Filled

SEED = 20260821
SOURCES = 200


@dataclass(frozen=True, slots=True)
class Source:
    """A row of the register: of it, a submission is made that would have led to it."""

    endpoint: str
    url: str
    organisation: str
    dataset: str
    documentation_url: str | None
    entry_date: date


@dataclass(frozen=True, slots=True)
class Sending:
    """A submission, as far as linking looks at it."""

    organisation: str
    dataset: str
    url: str | None
    documentation_url: str | None
    sent_at: datetime
    kind: Kind = "provide"
    endpoint: str | None = None


# All that any dataset of any organisation ever had.
_USES = """
SELECT e.endpoint, e.endpoint_url AS url, o.organisation, d.dataset, NULL AS documentation_url,
    e.entry_date
FROM endpoint_use u
JOIN endpoint e ON e.id = u.endpoint_id
JOIN organisation o ON o.id = u.organisation_id
JOIN dataset d ON d.id = u.dataset_id
WHERE e.endpoint_url IS NOT NULL AND e.entry_date IS NOT NULL
ORDER BY o.organisation, d.dataset, e.endpoint
"""
# Redacted tokens stand in their addresses; of editions there is one in a store that is new.
_SOURCES = """
SELECT DISTINCT ON (o.organisation, d.dataset, e.endpoint) e.endpoint, e.endpoint_url AS url,
    o.organisation, d.dataset, c.documentation_url, c.entry_date
FROM endpoint_use u
JOIN endpoint e ON e.id = u.endpoint_id
JOIN organisation o ON o.id = u.organisation_id
JOIN dataset d ON d.id = u.dataset_id
JOIN source c ON c.endpoint_id = e.id AND c.organisation_id = o.id AND c.collection = d.collection
WHERE e.end_date IS NULL AND c.end_date IS NULL AND c.entry_date IS NOT NULL
    AND e.endpoint_url IS NOT NULL AND e.endpoint_url NOT LIKE '%REDACTED%'
ORDER BY o.organisation, d.dataset, e.endpoint, c.entry_date DESC
"""


@pytest.fixture(scope="module")
def engine_of_registers(filled: Filled, registers: Registers) -> Engine:
    return filled(registers)


@pytest.fixture(scope="module")
def store(engine_of_registers: Engine) -> Iterator[Connection]:
    with connect(engine_of_registers) as connection:
        yield connection


@pytest.fixture(scope="module")
def sources(store: Connection) -> tuple[Source, ...]:
    return fetch(store, Source, _SOURCES)


@pytest.fixture(scope="module")
def uses(store: Connection) -> tuple[Source, ...]:
    return fetch(store, Source, _USES)


@pytest.fixture(scope="module")
def own(uses: tuple[Source, ...]) -> set[tuple[str, str, str]]:
    return {(use.organisation, use.dataset, use.endpoint) for use in uses}


@pytest.fixture(scope="module")
def sample(sources: tuple[Source, ...]) -> list[Source]:
    return random.Random(SEED).sample(sources, SOURCES)


def sending(source: Source, **differs: str | None) -> Sending:
    """The submission that would have led to a row, on the morning of the day it was entered."""
    sent_at = datetime.combine(source.entry_date, time(9), UTC)
    submission = Sending(
        source.organisation, source.dataset, source.url, source.documentation_url, sent_at
    )
    return replace(submission, **differs)  # type: ignore[arg-type]


def members(store: Connection, submission: Sending) -> tuple[linking.Row, ...]:
    snapshot_id = store.execute(text("SELECT id FROM current_snapshot")).scalar_one()
    return linking.rows(store, submission=submission, snapshot_id=snapshot_id)


def shifted(url: str) -> str:
    """An address written otherwise: the other scheme, a slash at the end of its path."""
    scheme, _, rest = url.partition("://")
    page, mark, query = rest.partition("?")
    return f"{'https' if scheme == 'http' else 'http'}://{page.rstrip('/')}/{mark}{query}"


def test_each_finds_exactly_its_row(store: Connection, sample: list[Source]) -> None:
    rules: Counter[str] = Counter()
    for source in sample:
        match = linking.find(store, submission=sending(source))
        assert match is not None, source
        assert (match.endpoint, match.existed) == (source.endpoint, False), source
        rules[match.rule] += 1
    assert rules == {"L1": 200}


def test_altered_by_the_data_team_each_finds_its_row_or_none(
    store: Connection, sample: list[Source]
) -> None:
    rules: dict[str, Counter[str | None]] = defaultdict(Counter)
    for source in sample:
        page = source.url.partition("?")[0]
        rows = members(store, sending(source))
        for case, submission in {
            "near": sending(source, url=shifted(source.url)),
            "query": sending(source, url=f"{page}?draft=1", documentation_url=None),
            "other": sending(source, url="https://elsewhere.example/data.csv"),
        }.items():
            match = linking.match(submission, rows)
            assert match is None or match.endpoint == source.endpoint, (case, source)
            rules[case][match and match.rule] += 1
    # The rest has two rows that fit, or no documentation page.
    assert rules == {
        "near": {"L3": 200},
        "query": {"L4": 189, None: 11},
        "other": {"L5": 137, None: 63},
    }


def test_rows_whose_hash_is_of_another_text_are_found_by_their_text(
    store: Connection, sources: tuple[Source, ...]
) -> None:
    odd = [row for row in sources if sha256(row.url.encode()).hexdigest() != row.endpoint]
    assert len(odd) == 3
    for source in odd:
        match = linking.find(store, submission=sending(source))
        assert match is not None
        assert (match.endpoint, match.rule) == (source.endpoint, "L2")


def test_an_address_of_several_organisations_is_each_sender_s_own(
    store: Connection, uses: tuple[Source, ...], own: set[tuple[str, str, str]]
) -> None:
    users: dict[str, set[str]] = defaultdict(set)
    organisations: dict[str, set[str]] = defaultdict(set)
    for use in uses:
        users[use.endpoint].add(use.organisation)
        organisations[use.dataset].add(use.organisation)
    shared = [use for use in uses if len(users[use.endpoint]) > 1]
    assert len({use.endpoint for use in shared}) == 35
    for use in shared:
        strangers = sorted(organisations[use.dataset] - users[use.endpoint])
        for organisation in (use.organisation, *strangers[:1]):
            match = linking.find(store, submission=sending(use, organisation=organisation))
            assert match is None or (organisation, use.dataset, match.endpoint) in own, use
            if match is not None and organisation != use.organisation:
                assert match.endpoint != use.endpoint


def test_addresses_that_are_nearly_equal_lead_to_no_other_organisation(
    store: Connection, uses: tuple[Source, ...], own: set[tuple[str, str, str]]
) -> None:
    groups: dict[str, list[Source]] = defaultdict(list)
    for use in uses:
        groups[url_key(use.url)].append(use)
    near = [rows for rows in groups.values() if len({row.endpoint for row in rows}) > 1]
    assert (len(near), len({row.endpoint for rows in near for row in rows})) == (32, 72)
    for rows in near:
        for use in rows:
            for url in sorted({row.url for row in rows}):
                match = linking.find(store, submission=sending(use, url=url))
                assert match is None or (use.organisation, use.dataset, match.endpoint) in own, use
