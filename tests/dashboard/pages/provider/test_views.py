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
from dashboard.components.words.issue_words import issue_words
from dashboard.pages.provider import dataset, organisation, organisations
from dashboard.pages.provider.subject import DateFilter
from dashboard.web.prerender import text_of, to_html, walk
from performance_store.loading import load
from performance_store.rows import (
    FieldUse,
    InheritedDataset,
    IssueCount,
    LogDays,
)
from performance_store.sample.reader import Sample
from tests.support.provider_rows import BROKEN, FLAWED, LIVE, MISSING
from tests.support.provider_views import ENDPOINT, HOSTILE, SNAPSHOT, SUBJECT, TODAY, TREE
from tests.support.real_store import real_app
from tests.support.servers import Filled
from tests.support.task_rows import FIX


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
    listing = organisations.view(organisations.Filters(who="all"))
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
        ({"since": "last week"}, "“last week” is not a date we know."),
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
        filters = organisations.Filters(sort=sort, order=order)
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
@pytest.mark.parametrize("state", list(organisations.STATES))
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
        }[state]

    everybody = organisations.view(organisations.Filters())
    assert everybody.pages == 1
    matches = organisations.view(organisations.Filters(state=state))
    assert matches.rows == tuple(row for row in everybody.rows if stands(row))


@pytest.mark.postgres
def test_a_search_finds_ended_bodies_too_and_is_shown_as_text(asking: None) -> None:
    closed_one = organisations.view(organisations.Filters(who="ended")).rows[0]
    matches = organisations.view(organisations.Filters(q=closed_one.name or ""))
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


# On rows made up here


def detail(**parts: Any) -> str:
    return to_html(dataset.render(dataset.View(SUBJECT, TREE, **parts)))


def test_a_body_without_a_name_is_called_by_its_reference() -> None:
    page = organisation.render(organisation.View(SUBJECT, (LIVE,), ()))
    assert "<h1" in to_html(page)
    assert "local-authority:XAB" in text_of(page)
    assert "None" not in text_of(page)


def test_nothing_known_reads_not_known_and_never_nought() -> None:
    row = replace(
        LIVE,
        status="unknown",
        reasons=("logs_not_known", "issues_not_known"),
        problems_to_fix=None,
        rows_to_fix=None,
        problems=None,
        platform_problems=None,
        warnings=None,
        warning_rows=None,
        record_count=None,
        fields_total=None,
        fields_supplied=None,
        fields_matched=None,
        content_changed_on=None,
        freshness_band="unknown",
        licence=None,
        last_success_on=None,
    )
    page = detail(row=row)
    assert "At a glance" not in page
    assert "These figures do not show whether you need to do anything." in page
    assert page.lower().count("not known") >= 4
    assert "These figures do not show whether it works." in page
    assert "https://maps.example/tree.csv" in page
    assert ">0<" not in page
    assert "None" not in page


def test_what_is_known_of_part_is_shown_beside_what_is_not() -> None:
    row = replace(LIVE, record_count=None, fields_total=None, fields_supplied=None)
    use = FieldUse("reference", True, False, "UID", None)
    view = dataset.View(SUBJECT, TREE, row, endpoints=(ENDPOINT,), fields=(use,))
    page = text_of(dataset.render(view))
    assert "records Not known" in page
    assert "fields supplied Not known" in page
    assert "1 field is supplied. 2 required fields are missing" in page


def test_days_are_not_called_today_since_the_figures_have_a_date_of_their_own() -> None:
    row = replace(LIVE, content_changed_on=TODAY)
    page = text_of(dataset.render(dataset.View(SUBJECT, TREE, row, endpoints=(ENDPOINT,))))
    assert "today" not in page.lower()
    assert (
        "today" not in text_of(organisation.render(organisation.View(SUBJECT, (row,), ()))).lower()
    )


def test_values_of_the_data_are_never_markup_or_unsafe_links() -> None:
    page = detail(
        row=replace(BROKEN, dataset_name=HOSTILE, exception=HOSTILE, licence=HOSTILE),
        endpoints=(
            replace(
                ENDPOINT,
                endpoint_url="javascript:alert(1)",
                documentation_url="data:text/html,x",
                licence=HOSTILE,
                exception=HOSTILE,
                success=False,
            ),
        ),
        issues=(IssueCount(*[HOSTILE] * 4, "error", "external", 3, 3, False, None, None),),
        fields=(FieldUse(HOSTILE, True, False, HOSTILE, True),),
    )
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert 'href="data:' not in page
    assert "&lt;img" in page


def test_many_endpoints_are_folded_and_advice_is_given_once() -> None:
    failing = replace(
        ENDPOINT, success=False, http_status="404", failing_since=date(2026, 2, 3),
        access_band="long_broken",
    )  # fmt: skip
    rows = tuple(replace(failing, endpoint=f"e{number}") for number in range(7))
    row = replace(BROKEN, endpoint_count=7, endpoint_failing_count=7)
    page = detail(row=row, endpoints=rows)
    assert "7 endpoints" in page
    assert page.count("<article") == 1
    assert page.count("Endpoint 7 of 7: long broken") == 1
    assert page.count("put it back where it was") == 1
    assert page.count("Failing since 3 February 2026 or earlier") == 7


def test_a_failing_endpoint_beside_a_good_one_brings_its_own_advice() -> None:
    second = replace(
        ENDPOINT, endpoint="e2", is_primary=False, success=False, http_status="403",
        access_band="broken",
    )  # fmt: skip
    row = replace(
        FLAWED, reasons=("some_endpoints_failing",), endpoint_count=2, endpoint_failing_count=1
    )
    page = detail(row=row, endpoints=(ENDPOINT, second))
    assert "1 of 2 endpoints fails" in page
    assert "Make the address public" in page


def test_the_year_of_attempts_is_counted_in_days_tried() -> None:
    days = (
        LogDays("e1", TODAY - timedelta(days=400), TODAY - timedelta(days=300), "ok", "200", None),
        LogDays("e1", TODAY - timedelta(days=9), TODAY - timedelta(days=5), "ok", "200", None),
        LogDays("e1", TODAY - timedelta(days=4), TODAY, "failed", "404", None),
    )
    page = detail(row=LIVE, endpoints=(ENDPOINT,), days=days)
    assert "Collection worked on 70 of 75 days when we tried" in page


def test_issues_to_fix_come_first_with_who_acts() -> None:
    issues = (
        IssueCount("patch", None, None, "name", "info", "internal", 5, 5, False, None, None),
        IssueCount("far-past-date", None, None, "x", "error", "internal", 2, 2, False, None, None),
        IssueCount("OSGB", None, None, "geometry", "warning", "external", 9, 9, False, 9, 9),
        IssueCount("missing value", None, None, "name", "error", "external", 4, 3, False, 2, 1),
    )
    before = replace(SNAPSHOT, snapshot_id=0, as_at=TODAY - timedelta(days=7))
    place = replace(SUBJECT, before=before)
    row = replace(FLAWED, rows_to_fix=3, problems_to_fix=4, platform_problems=2)
    view = dataset.View(place, TREE, row, endpoints=(ENDPOINT,), issues=issues)
    page = text_of(dataset.render(view))
    assert "3 rows to fix, with 1 kind of issue: 4 problems in all." in page
    assert "2 problems are being dealt with by the platform’s team." in page
    assert page.index("A value is missing") < page.index("A date is too far in the past")
    assert "You 3 +2" in page
    assert "Being dealt with by the platform’s team 2 new" in page
    # Nobody is told how to mend what is not theirs.
    assert issue_words("far-past-date").remedy not in page
    weekly = [replace(issue, rows=None, rows_before=None) for issue in issues]
    row = replace(row, rows_to_fix=None)
    page = text_of(dataset.render(replace(view, row=row, issues=tuple(weekly))))
    assert "4 problems to fix, with 1 kind of issue." in page
    assert "You 4 +2" in page
    assert "corrected by a rule" not in page


def test_a_dataset_not_provided_says_how_to_begin_and_shows_no_figures() -> None:
    page = detail(row=MISSING)
    assert "How" not in page.split("What to do next")[0]
    assert "Check and provide planning data" in page
    assert "At a glance" not in page
    assert "Endpoint" not in page


def test_an_organisation_that_owes_nothing_is_told_so() -> None:
    page = text_of(organisation.render(organisation.View(SUBJECT, (), ())))
    assert "No dataset is expected of this organisation, and it supplies none." in page
    field_rows = replace(LIVE, provision_reason="experimental")
    page = text_of(organisation.render(organisation.View(SUBJECT, (field_rows,), ())))
    assert "Also supplied" in page


def test_all_well_means_nothing_to_do() -> None:
    page = text_of(organisation.render(organisation.View(SUBJECT, (LIVE,), ())))
    assert "You do not need to do anything now." in page


def test_live_is_not_yet_nothing_to_do() -> None:
    """Fields that are missing, old content, warnings, an endpoint that fails, a body's legacy."""
    old = replace(FIX, dataset="old", dataset_name="Old", gains=False)
    rows = (
        replace(FIX, kind="field", field="reference", gains=False),
        replace(old, kind="confirm", urgency="improve", since=date(2020, 1, 1)),
        replace(old, urgency="improve", problems=3, rows=3),
        replace(old, kind="access", detail="404", dataset_name="Failing", urgency="should"),
        replace(old, kind="provide", detail="not_processed", dataset_name="Waiting"),
    )
    legacy = InheritedDataset("local-authority:OLD", "Old Body", date(2023, 4, 1), "tree", "Tree")
    page = text_of(
        organisation.render(
            organisation.View(SUBJECT, (LIVE, MISSING), (), tasks=rows, inherited=(legacy,))
        )
    )
    for words in (
        "Tree : the required field “reference” is missing.",
        "Old : the content has not changed since 1 January 2020.",
        "Old : 3 rows have a date that cannot be read (field start-date).",
        "Failing : the endpoint does not work: there is nothing at the address.",
        "Waiting : an address is registered, but the platform does not process it.",
        "Take over what we still collect from Old Body , which closed on 1 April 2023: Tree .",
    ):
        assert words in page
    assert "do not need to do anything" not in page
    assert "you are expected to provide" not in page.split("What to do next")[1].split("About")[0]
