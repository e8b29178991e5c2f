"""The national page on a small sample: two kinds of figures, sets, bare percentages, unknowns."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from performance_store.sample.reader import Sample
from tests.support.national import table_of, words
from tests.support.servers import Filled

pytestmark = [pytest.mark.postgres]

SETS = ("programme", "statutory", "any", "all-lpas")


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=40, weeks=12))


@pytest.mark.parametrize("name", SETS)
def test_the_figures_are_those_of_a_count_by_hand(
    client: FlaskClient, module_engine: Engine, name: str
) -> None:
    flag = {"programme": "in_programme", "statutory": "in_statutory", "any": "in_any"}.get(
        name, "is_lpa"
    )
    with module_engine.connect() as connection:
        endpoint, reachable, bodies = connection.execute(
            text(
                "SELECT count(*) FILTER (WHERE endpoint_count > 0), count(*) FILTER (WHERE "
                "best_success_on > (SELECT as_at FROM current_snapshot) - 5), "
                "count(DISTINCT organisation_id) FILTER (WHERE endpoint_count > 0) FROM summary "
                f"WHERE snapshot_id = (SELECT id FROM current_snapshot) AND {flag}"
            )
        ).one()
    page = words(client, f"/national?set={name}")
    assert re.search(rf"\b{endpoint:,} of [\d,]+ expected provisions have an endpoint", page)
    assert f"provided are reachable {reachable:,} of {endpoint:,} " in page
    assert f"authorities provide something {bodies} of " in page


@pytest.mark.parametrize("query", ["", "?set=any&lines=dataset&show=share", "?set=all-lpas"])
def test_no_percentage_is_bare(client: FlaskClient, query: str) -> None:
    page = words(client, f"/national{query}")
    # "At least 80% of the fields" is a rule, not a figure.
    percentages = re.findall(r"(\S+ \S+ \S+) \(?(?:under |over )?\d+%(?! of the fields)", page)
    assert percentages
    for before in percentages:
        assert re.fullmatch(r"[\d,]+ of [\d,]+", before), before


def test_a_wide_set_draws_eight_lines_or_those_of_the_datasets_chosen(
    client: FlaskClient,
) -> None:
    body = client.get("/national?set=any&lines=dataset").get_data(as_text=True)
    assert body.count('class="multiple"') == 8
    few = client.get("/national?set=any&lines=dataset&dataset=tree&dataset=local-plan")
    assert 'class="multiple"' not in few.get_data(as_text=True)


def test_files_of_every_set_say_which_they_are(client: FlaskClient) -> None:
    for name in SETS:
        lines = table_of(client, f"/downloads/national/dataset.csv?set={name}")
        assert {line["denominator"] for line in lines} == {name}


def test_what_a_snapshot_does_not_know_is_blank_and_said(
    client: FlaskClient, module_engine: Engine
) -> None:
    """A snapshot without logs, as one rebuilt from the registers is."""
    with module_engine.begin() as connection:
        first = connection.execute(text("SELECT min(as_at) FROM snapshot")).scalar_one()
        connection.execute(
            text("UPDATE snapshot SET knows = '{}' WHERE as_at = :first"), {"first": first}
        )
    address = f"as_at={first}&set=any"
    page = words(client, f"/national?{address}")
    assert "error-free or conformant: these figures do not include that information" in page
    assert "provided are reachable" not in page
    lines = table_of(client, f"/downloads/national/all.csv?{address}")
    assert [line["reachable"] for line in lines] == [""]
    assert int(lines[0]["endpoint"]) > 0
