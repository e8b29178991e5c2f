"""An officer's pages in their many states: what is compared, what is not known, what is hostile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from sqlalchemy import Engine, text

from dashboard.components.provider import cards
from dashboard.pages.provider import dataset, organisation, organisation_list, organisations
from dashboard.pages.provider.subject import DateFilter
from dashboard.web.prerender import text_of, to_html, walk
from performance_store.loading import load
from performance_store.rows import (
    InheritedDataset,
)
from performance_store.sample.reader import Sample
from tests.support.provider_rows import FLAWED, LIVE, MISSING
from tests.support.provider_views import HOSTILE, SUBJECT, TODAY, TREE
from tests.support.real_store import real_app
from tests.support.servers import Filled


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(TODAY, authorities=40, weeks=12))


@pytest.fixture(scope="module")
def app(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Dash:
    return real_app(tmp_path_factory.mktemp("views"), module_engine)


@pytest.fixture
def asking(app: Dash) -> Iterator[None]:
    with app.server.test_request_context("/"):
        yield


@pytest.fixture(scope="module")
def authority(module_engine: Engine, app: Dash) -> str:
    """The authority with most datasets that cannot be collected."""
    with module_engine.connect() as connection:
        return connection.execute(
            text(
                "SELECT o.organisation FROM summary s "
                "JOIN organisation o ON o.id = s.organisation_id "
                "WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.in_to_provide "
                "GROUP BY 1 ORDER BY count(*) FILTER (WHERE s.status = 'error') DESC, 1 LIMIT 1"
            )
        ).scalar_one()


# On real rows


@pytest.mark.postgres
def test_counts_on_the_overview_are_those_of_the_list(asking: None) -> None:
    listing = organisations.view(organisation_list.Filters(who="all"))
    for row in listing.rows[:20]:
        view = organisation.view(row.organisation)
        assert len(view.expected) == row.expected
        assert sum(1 for item in view.expected if item.endpoint_count) == row.provided
        assert len(view.optional) == row.optional
        assert sum(1 for item in view.optional if item.endpoint_count) == row.optional_provided
        assert sum(1 for item in view.expected if item.status == "error") == row.error


@pytest.mark.postgres
def test_the_date_to_compare_with_is_chosen_in_the_address(asking: None, authority: str) -> None:
    usual = organisation.view(authority).subject.before
    assert usual is not None
    assert usual.as_at == TODAY - timedelta(days=7)
    since = TODAY - timedelta(days=30)
    choice = organisation.view(authority, DateFilter(since=since)).subject
    assert choice.before is not None
    assert TODAY - timedelta(days=37) < choice.before.as_at <= since
    assert choice.notices == (
        "There are no figures for 22 July 2026. We compare with 17 July 2026, the latest before.",
    )
    page = to_html(organisation.layout(authority, since=since.isoformat()))
    assert f"/organisations/{authority}/brownfield-land?since={since.isoformat()}" in page


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"since": "2001-01-01"}, "We do not have figures as old as 1 January 2001."),
        ({"since": "2026-08-21"}, "Choose an earlier date."),
        ({"since": "last week"}, "“last week” is not a date that can be chosen here."),
        ({"colour": "red"}, "We do not know the filter “colour”."),
    ],
)
def test_what_cannot_be_used_is_said_and_left_out(
    asking: None, authority: str, params: dict[str, Any], sentence: str
) -> None:
    assert sentence in text_of(organisation.layout(authority, **params))
    assert sentence in text_of(dataset.layout(authority, "brownfield-land", **params))


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("before", "now", "by_rule", "words"),
    [
        (0, 25, 25, "25 more problems to fix, only because a check changed"),
        (30, 5, -25, "25 fewer problems to fix, only because a check changed"),
        (4, 30, 25, "26 more problems to fix: 25 more because a check changed, 1 more otherwise"),
        (25, 25, 25, "as many problems to fix as then: 25 more because a check changed, 25 fewer "
         "otherwise"),
        (25, 24, 0, "1 fewer row to fix"),
    ],
)  # fmt: skip
def test_what_a_rule_changed_is_apart_on_a_card(
    before: int, now: int, by_rule: int, words: str
) -> None:
    counts = {"problems_to_fix": now, "rows_to_fix": now, "problems_to_fix_by_rule": by_rule}
    counts |= {"problems_to_fix_before": before, "rows_to_fix_before": before}
    assert cards.changes([replace(FLAWED, status_before=FLAWED.status, **counts)])[0][1] == words


def test_a_successor_is_told_to_take_over_a_dataset() -> None:
    legacy = InheritedDataset("local-authority:OLD", "Old Body", date(2023, 4, 1), "tree", "Tree")
    for row in (None, MISSING, LIVE):
        page = dataset.render(dataset.View(SUBJECT, TREE, row, inherited=(legacy,)))
        assert "Take over what we still collect from Old Body" in text_of(page)
        assert "do not need to do anything" not in text_of(page)


def test_an_ended_body_leads_to_its_successor(asking: None, module_engine: Engine) -> None:
    with module_engine.connect() as connection:
        closed_one, successor = connection.execute(
            text(
                "SELECT o.organisation, x.name FROM organisation o "
                "JOIN organisation x ON x.organisation = o.successor "
                "WHERE o.end_date < :today ORDER BY 1 LIMIT 1"
            ),
            {"today": TODAY},
        ).one()
    page = organisation.layout(closed_one)
    assert "This organisation has closed" in text_of(page)
    assert f"Its work moved to {successor}" in text_of(page)
    assert "What to do next" not in text_of(page)
    closed_list = text_of(organisations.layout(who="ended"))
    assert f"Now {successor}" in closed_list


@pytest.mark.postgres
def test_whoever_neither_owes_nor_supplies_a_dataset_is_offered_help(
    asking: None, module_engine: Engine
) -> None:
    with module_engine.connect() as connection:
        who, what = connection.execute(
            text(
                "SELECT o.organisation, d.dataset FROM organisation o CROSS JOIN dataset d "
                "WHERE NOT EXISTS (SELECT FROM summary s WHERE s.organisation_id = o.id "
                "AND s.dataset_id = d.id) ORDER BY 1, 2 LIMIT 1"
            )
        ).one()
    page = text_of(dataset.layout(who, what))
    assert "does not provide this dataset, and is not expected to" in page
    assert "Do you want to provide it?" in page


@pytest.mark.postgres
@pytest.mark.parametrize("sort", ["name", "provided", "failing", "fixes", "rows", "changed"])
def test_every_column_can_be_sorted_both_ways(asking: None, sort: str) -> None:
    def key(row: Any) -> Any:
        return {
            "name": (row.name or row.organisation).casefold(),
            "provided": row.provided,
            "failing": row.error,
            "fixes": row.needs_improving,
            "rows": row.rows_to_fix or 0,
            "changed": row.last_changed_on or date.min,
        }[sort]

    for order in ("usual", "reversed"):
        filters = organisation_list.Filters(sort=sort, order=order)
        keys = [key(row) for row in organisations.view(filters).rows]
        falling = (sort != "name") == (order == "usual")
        assert keys == sorted(keys, reverse=falling)
        page = organisations.render(organisations.view(filters))
        sorted_by = [
            getattr(item, "aria-sort", None)
            for item in walk(page)
            if getattr(item, "_type", "") == "Th" and getattr(item, "aria-sort", None)
        ]
        assert sorted_by == ["descending" if falling else "ascending"]


@pytest.mark.postgres
@pytest.mark.parametrize("state", list(organisation_list.STATES))
def test_filters_say_how_many_match(asking: None, state: str) -> None:
    def stands(row: Any) -> bool:
        return {
            "nothing": row.expected > 0 and row.provided == 0,
            "all-provided": 0 < row.expected == row.provided,
            "live": row.live > 0,
            "fixes": row.needs_improving > 0,
            "failing": row.error > 0,
            "processing": row.processing > 0,
            "missing": row.not_submitted > 0,
            "unknown": row.unknown > 0,
            "lost": row.provided_before > 0,
        }[state]

    everybody = organisations.view(organisation_list.Filters())
    assert everybody.pages == 1
    matches = organisations.view(organisation_list.Filters(state=state))
    assert matches.rows == tuple(row for row in everybody.rows if stands(row))


@pytest.mark.postgres
def test_a_search_finds_ended_bodies_too_and_is_shown_as_text(asking: None) -> None:
    closed_one = organisations.view(organisation_list.Filters(who="ended")).rows[0]
    matches = organisations.view(organisation_list.Filters(q=closed_one.name or ""))
    assert closed_one in matches.rows
    page = to_html(organisations.layout(q=HOSTILE))
    assert "<img" not in page
    assert "No matches" in page


def test_figures_of_another_kind_are_shown_where_the_newest_are_silent(
    engine: Engine, shared_data: Path, tmp_path: Path
) -> None:
    from performance_store.readers.odp_reports import OdpReports
    from performance_store.readers.platform import Platform

    load(engine, OdpReports(shared_data / "snapshots"))
    load(engine, Platform(shared_data / "platform-small"))
    with real_app(tmp_path, engine).server.test_request_context("/"):
        page = text_of(organisation.layout("local-authority:LBH"))
        assert "These figures are as at 2 April 2025" in page
        assert "weekly reports of the Open Digital Planning programme" in page
        assert "1 of 8 statutory and expected datasets is live" in page
        detail = text_of(dataset.layout("local-authority:LBH", "conservation-area"))
        assert "These figures are as at 2 April 2025" in detail
        assert "Collection worked on" not in detail
        newest = text_of(organisation.layout("local-authority:BUC"))
        assert "These figures are as at" not in newest
