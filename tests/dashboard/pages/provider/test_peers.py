"""One authority among those like it: the figures are the database's, and few are never told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from dash import Dash
from sqlalchemy import Engine, text

from dashboard.components.provider import similar
from dashboard.pages.provider import organisation
from dashboard.web.prerender import text_of, to_html
from performance_store.sample.reader import Sample
from tests.support.provider_rows import body
from tests.support.real_store import real_app
from tests.support.servers import Filled

TODAY = date(2026, 8, 21)
COUNTS = """
SELECT o.organisation, o.name, r.name AS region, max(s.cohort) AS cohort,
    o.type, o.local_authority_type,
    count(*) FILTER (WHERE s.in_to_provide) AS expected,
    count(*) FILTER (WHERE s.in_to_provide AND s.endpoint_count > 0) AS provided
FROM summary s JOIN organisation o ON o.id = s.organisation_id JOIN region r USING (region)
WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.is_lpa
    AND (o.end_date IS NULL OR o.end_date > '2026-08-21')
GROUP BY o.id, r.name HAVING count(*) FILTER (WHERE s.in_to_provide) > 0
"""


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(TODAY, authorities=60, weeks=2))


@pytest.fixture(scope="module")
def app(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Dash:
    return real_app(tmp_path_factory.mktemp("peers"), module_engine)


@pytest.fixture
def asking(app: Dash) -> Iterator[None]:
    with app.server.test_request_context("/"):
        yield


@pytest.mark.postgres
def test_groups_are_those_of_the_database(asking: None, module_engine: Engine) -> None:
    with module_engine.connect() as connection:
        every = [dict(row) for row in connection.execute(text(COUNTS)).mappings()]
    words, few = 0, 0
    for own in every[:25]:
        groups = organisation.view(own["organisation"]).peers
        criteria: list[list[str]] = [
            [],
            ["region"],
            *([["cohort"]] if own["cohort"] else []),
            ["type", "local_authority_type"],
        ]
        assert len(groups) == len(criteria)
        for group, names in zip(groups, criteria, strict=True):
            like = [row for row in every if all(row[name] == own[name] for name in names)]
            assert group.authorities == len(like)
            assert group.own == (own["provided"], own["expected"])
            parts = sorted(Fraction(row["provided"], row["expected"]) for row in like)
            if len(like) < 5:
                few += 1
                assert (group.lowest, group.middle, group.highest) == (None, None, None)
            else:
                words += 1
                assert Fraction(*group.lowest) == parts[0]  # type: ignore[misc]
                assert Fraction(*group.middle) == parts[(len(parts) - 1) // 2]  # type: ignore[misc]
                assert Fraction(*group.highest) == parts[-1]  # type: ignore[misc]
                here = Fraction(own["provided"], own["expected"])
                assert group.behind == sum(part < here for part in parts)
    assert words > 5
    assert few > 0, "the sample shows no small group"


@pytest.mark.postgres
def test_nobody_else_is_named_and_nobody_ranked(asking: None, module_engine: Engine) -> None:
    with module_engine.connect() as connection:
        every = [dict(row) for row in connection.execute(text(COUNTS)).mappings()]
    page = to_html(organisation.layout(every[0]["organisation"]))
    part = page[page.index('id="similar"') :]
    assert [row["name"] for row in every[1:] if row["name"] in part] == []
    assert not re.search(r"\d%|\brank|\d(st|nd|rd|th)\b", part)


@pytest.mark.postgres
def test_bodies_that_owe_nothing_are_not_compared(asking: None, module_engine: Engine) -> None:
    sql = """
SELECT organisation FROM organisation o WHERE end_date < '2026-08-21' OR EXISTS (
    SELECT FROM summary s WHERE s.organisation_id = o.id AND NOT s.is_lpa
    AND s.snapshot_id = (SELECT id FROM current_snapshot))"""
    with module_engine.connect() as connection:
        others = connection.execute(text(sql)).scalars().all()
    assert others
    for other in others[:10]:
        assert organisation.view(other).peers == ()
        assert "Compared with" not in text_of(organisation.layout(other))


def members(*provided: int) -> list:
    return [body(f"X{number}", None, provided=count) for number, count in enumerate(provided)]


def test_of_four_authorities_nothing_is_told_but_their_number() -> None:
    four = members(1, 2, 3, 8)
    section = similar.section([similar.group("Same region", "North West", four[3], four)], "/there")
    page = to_html(section)
    assert "North West, 4 authorities. This is too few to compare." in page
    assert "<svg" not in page
    assert "Lowest" not in page
    assert "8 of 8 statutory and expected datasets" in page


def test_of_five_the_lowest_middle_and_highest() -> None:
    five = members(5, 1, 8, 2, 6)
    page = to_html(
        similar.section([similar.group("Same region", "North West", five[0], five)], "/there")
    )
    assert "Lowest 1 of 8, middle 5 of 8, highest 8 of 8." in page
    assert 'aria-label="North West, 5 authorities. Lowest 1 of 8, middle 5 of 8' in page


def test_shares_are_compared_where_lists_differ() -> None:
    rows = members(4, 4, 4, 4, 4)
    rows[2] = replace(rows[2], provided=3, expected=3)
    group = similar.group("Same region", "North West", rows[0], rows)
    assert (group.lowest, group.highest) == ((4, 8), (3, 3))


def test_all_alike_still_draw_a_band() -> None:
    rows = members(0, 0, 0, 0, 0)
    page = to_html(
        similar.section([similar.group("Same region", "North West", rows[0], rows)], "/there")
    )
    assert "nan" not in page
    assert page.count("<rect") == 4
