"""Every two filters that a national page offers together, on the real registers: it answers, and
counts the same in its sentence as in its rows."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations, product
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from dashboard.urls import addresses
from performance_store.database import connect
from performance_store.queries import matrix, national, snapshots
from performance_store.queries.filters import Narrow
from performance_store.readers.registers import Registers
from tests.support.real_store import real_app
from tests.support.servers import Filled
from tests.support.surface import Page

pytestmark = [pytest.mark.data, pytest.mark.postgres]
PAGES = (
    *(addresses.NATIONAL, addresses.COVERAGE, addresses.TRENDS, addresses.FRESHNESS),
    *(addresses.ISSUES, addresses.CHANGES, addresses.DATASETS, "/datasets/article-4-direction"),
    *("/downloads/national/cells.csv", "/downloads/national/all.csv"),
    *(f"{addresses.COVERAGE}?shapes=boundaries", addresses.COMPARE),
)
Pair = tuple[tuple[str, str], tuple[str, str]]


@pytest.fixture(scope="module")
def module_engine(filled: Filled, registers: Registers) -> Engine:
    return filled(registers)


@pytest.fixture(scope="module")
def client(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return real_app(tmp_path_factory.mktemp("pages"), module_engine).server.test_client()


@pytest.fixture(scope="module")
def pairs(client: FlaskClient) -> list[Pair]:
    """Each value of each filter of the form with each of every other."""
    offered: dict[str, list[str]] = defaultdict(list)
    for tag, attributes in Page(client.get(addresses.COVERAGE).text).tags:
        if tag == "input" and attributes.get("type") == "checkbox":
            offered[attributes["name"] or ""].append(attributes["value"] or "")
    return [
        ((one, value), (other, second))
        for one, other in combinations(offered, 2)
        for value, second in product(offered[one], offered[other])
    ]


@pytest.fixture(scope="module")
def bodies(module_engine: Engine, pairs: list[Pair]) -> dict[Pair, int]:
    """How many authorities each pair leaves, by the rows of the matrix."""
    with connect(module_engine) as connection:
        (now,) = snapshots.current(connection)
        counts = {}
        for pair in pairs:
            which = {
                "snapshot_id": now.snapshot_id,
                "denominator": "all-lpas",
                "narrow": Narrow(**{name: (value,) for name, value in pair}),
            }
            rows = matrix.authorities(connection, **which)
            picture = national.picture(connection, **which)
            whole = [(row.organisations, row.expected) for row in picture if row.dimension == "all"]
            expected = sum(row.expected for row in rows)
            assert (whole or [(0, 0)]) == [(len(rows), expected)], pair
            counts[pair] = len(rows)
    return counts


def test_the_sentence_counts_the_rows_of_every_pair(bodies: dict[Pair, int]) -> None:
    assert len(bodies) > 100
    assert 0 in bodies.values()


def test_every_page_and_file_answers_every_pair_of_filters(
    client: FlaskClient, bodies: dict[Pair, int]
) -> None:
    """Of each two filters one pair of values that somebody has, and one that nobody has."""
    cases = {(one[0], other[0], count > 0): (one, other) for (one, other), count in bodies.items()}
    assert len(cases) > 3
    for path in PAGES:
        for pair in cases.values():
            answer = client.get(f"{path}{'&' if '?' in path else '?'}{urlencode(pair)}")
            assert answer.status_code == 200, (path, pair)
            assert "Something went wrong" not in answer.text, (path, pair)


def test_a_dataset_that_is_not_of_the_kind_leaves_nobody(client: FlaskClient) -> None:
    answer = client.get(f"{addresses.COVERAGE}?dataset=article-4-direction&typology=geography")
    assert "No authorities match all of these filters" in answer.text
