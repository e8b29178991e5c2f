"""The datasets of one organisation: which are shown, in which order, and how they stood before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from dash import Dash
from sqlalchemy import Engine, text

from dashboard.components.design.tables import Column
from dashboard.components.provider import holdings
from dashboard.pages.provider import dataset_list, organisation
from dashboard.pages.provider.dataset_list import Filters
from dashboard.web.prerender import text_of, to_html
from performance_store.rows import StatusRun
from performance_store.sample.reader import Sample
from tests.support.provider_rows import BROKEN, FLAWED, LIVE, MISSING
from tests.support.real_store import real_app
from tests.support.servers import Filled

TODAY = date(2026, 8, 21)
WEEKS = 12


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(TODAY, authorities=40, weeks=WEEKS))


@pytest.fixture(scope="module")
def app(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Dash:
    return real_app(tmp_path_factory.mktemp("overview"), module_engine)


@pytest.fixture
def asking(app: Dash) -> Iterator[None]:
    with app.server.test_request_context("/"):
        yield


def rows_of(engine: Engine, sql: str, **values: object) -> list[tuple]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql), values)]


@pytest.fixture(scope="module")
def busy(module_engine: Engine, app: Dash) -> str:
    """The authority with most different statuses."""
    sql = """
SELECT o.organisation FROM summary s JOIN organisation o ON o.id = s.organisation_id
WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.is_lpa
GROUP BY 1 ORDER BY count(DISTINCT s.status) DESC, count(*) DESC, 1 LIMIT 1"""
    return rows_of(module_engine, sql)[0][0]


OF_ONE = """
SELECT d.name, s.status, s.provision_reason FROM summary s
JOIN organisation o ON o.id = s.organisation_id JOIN dataset d ON d.id = s.dataset_id
WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND o.organisation = :organisation
AND (s.endpoint_count > 0
    OR s.provision_reason IN ('statutory', 'expected', 'encouraged', 'prospective'))
"""


@pytest.mark.postgres
@pytest.mark.parametrize("view", dataset_list.VIEWS)
def test_each_view_shows_every_dataset_of_the_database_once(
    asking: None, module_engine: Engine, busy: str, view: str
) -> None:
    names = sorted(row[0].lower() for row in rows_of(module_engine, OF_ONE, organisation=busy))
    page = to_html(organisation.layout(busy, view=view))
    part = page[page.index('id="datasets"') : page.index('id="history"')]
    names_on_page = re.findall(rf'href="/organisations/{busy}/[^"]+">([^<]+)</a>', part)
    assert sorted(name.lower() for name in names_on_page) == names
    assert f"Showing all {len(names)} datasets" in part
    assert ("<table" in part) == (view == "table")


@pytest.mark.postgres
@pytest.mark.parametrize("status", ["live", "error", "needs_improving", "not_submitted"])
def test_a_status_is_chosen_in_the_address(
    asking: None, module_engine: Engine, busy: str, status: str
) -> None:
    every = rows_of(module_engine, OF_ONE, organisation=busy)
    query = sorted(row[0].lower() for row in every if row[1] == status)
    overview = organisation.view(busy, Filters(status=status))
    rows = dataset_list.matching(overview.rows, overview.filters)
    assert sorted(row.dataset_name.lower() for row in rows) == query
    page = text_of(organisation.layout(busy, status=status))
    sentence = f"Showing {len(query)} of {len(every)} datasets" if query else "No dataset matches"
    assert sentence in page


@pytest.mark.postgres
def test_an_obligation_is_chosen_and_its_count_stays_that_of_the_whole(
    asking: None, module_engine: Engine, busy: str
) -> None:
    every = rows_of(module_engine, OF_ONE, organisation=busy)
    must = [row for row in every if row[2] == "statutory"]
    provided = sum(1 for row in must if row[1] != "not_submitted")
    page = text_of(organisation.layout(busy, obligation="must", status="not_submitted"))
    missing = len(must) - provided
    assert f"Showing {missing} of {len(every)} datasets" in page
    assert f"{provided} of {len(must)} provided." in page
    assert "Expected to provide" not in page.split("Showing")[1].split("What changed")[0]


@pytest.mark.postgres
def test_runs_are_the_statuses_of_every_snapshot(
    asking: None, module_engine: Engine, busy: str
) -> None:
    every = rows_of(
        module_engine,
        """
SELECT d.dataset, n.as_at, s.status FROM summary s
JOIN snapshot n ON n.id = s.snapshot_id JOIN dataset d ON d.id = s.dataset_id
JOIN organisation o ON o.id = s.organisation_id
WHERE o.organisation = :organisation AND n.kind = 'sample' ORDER BY 1, 2""",
        organisation=busy,
    )
    overview = organisation.view(busy)
    days = overview.dates
    assert len(days) == sum(row.snapshots for row in overview.history) == WEEKS
    unfolded = [
        (run.dataset, day, run.status)
        for run in overview.runs
        for day in days
        if run.first_as_at <= day <= run.last_as_at
    ]
    assert sorted(unfolded) == every
    assert sum(run.snapshots for run in overview.runs) == len(every)


@pytest.mark.postgres
def test_a_page_of_every_view_and_filter_keeps_the_date_to_compare_with(
    asking: None, busy: str
) -> None:
    page = to_html(organisation.layout(busy, view="table", since="2026-07-24", sort="rows"))
    assert f'href="/organisations/{busy}?since=2026-07-24&amp;sort=rows#results"' in page
    assert '<input type="hidden" name="since" value="2026-07-24">' in page
    assert '<input type="hidden" name="view" value="table">' in page
    # A dataset's own page knows only the date.
    assert re.search(rf'href="/organisations/{busy}/[a-z-]+\?since=2026-07-24"', page)


@pytest.mark.postgres
def test_what_cannot_be_used_is_told(asking: None, busy: str) -> None:
    page = text_of(organisation.layout(busy, view="map", status="asleep", obligation="x"))
    for sentence in ("“map” is not a view", "“asleep” is not a status", "“x” is not an obligation"):
        assert sentence in page


A = replace(
    LIVE,
    dataset="a",
    dataset_name="Alpha",
    problems_to_fix=5,
    rows_to_fix=5,
    content_changed_on=None,
)
B = replace(FLAWED, dataset="b", dataset_name="Beta", problems_to_fix=7, rows_to_fix=7)
C = replace(BROKEN, dataset="c", dataset_name="Ceta", problems_to_fix=None, rows_to_fix=None)
D = replace(MISSING, dataset="d", dataset_name="Delta")


@pytest.mark.parametrize(
    ("sort", "order", "names"),
    [
        ("urgency", "usual", "cbad"),
        ("urgency", "reversed", "dabc"),
        ("name", "usual", "abcd"),
        ("name", "reversed", "dcba"),
        ("rows", "usual", "bacd"),
        ("rows", "reversed", "abcd"),
        ("changed", "usual", "bcad"),
        ("changed", "reversed", "cbad"),
    ],
)
def test_what_is_not_known_stands_last_in_either_order(sort: str, order: str, names: str) -> None:
    newer = replace(B, content_changed_on=date(2026, 2, 2))
    rows = dataset_list.matching([A, newer, C, D], Filters(sort=sort, order=order))
    assert "".join(row.dataset for row in rows) == names


def test_what_nobody_asks_for_and_nobody_supplies_is_not_listed() -> None:
    nobody = replace(MISSING, provision_reason=None, in_denominator=False)
    assert dataset_list.relevant([nobody, LIVE]) == (LIVE,)


# States


@pytest.mark.postgres
def test_an_ended_body_has_its_past_and_its_successor_and_nothing_to_do(
    asking: None, module_engine: Engine
) -> None:
    sql = "SELECT organisation FROM organisation WHERE end_date < '2026-08-21' LIMIT 1"
    page = to_html(organisation.layout(rows_of(module_engine, sql)[0][0]))
    assert "This organisation has closed" in page
    for part in ("next", "datasets", "similar", "share", "changes"):
        assert f'id="{part}"' not in page
    assert 'class="columns"' not in page
    assert "badge.svg" not in page


@pytest.mark.postgres
def test_a_body_that_owes_nothing_shows_what_it_supplies(
    asking: None, module_engine: Engine
) -> None:
    sql = """
SELECT o.organisation, count(*) FILTER (WHERE s.endpoint_count > 0) FROM summary s
JOIN organisation o ON o.id = s.organisation_id
WHERE s.snapshot_id = (SELECT id FROM current_snapshot)
GROUP BY 1 HAVING NOT bool_or(s.in_any) AND bool_or(s.endpoint_count > 0) ORDER BY 2, 1 LIMIT 1"""
    body, count = rows_of(module_engine, sql)[0]
    page = text_of(organisation.layout(body))
    assert "No dataset is expected of this organisation." in page
    assert "Also supplied" in page
    assert ("Showing 1 dataset" if count == 1 else f"Showing all {count}") in page
    assert "Must provide" not in page.split("Showing")[1]


def test_strips_are_explained_only_where_there_is_one() -> None:
    past = holdings.Past(DAYS, {"tree": [run("live", 0, 9)]})
    assert "10 dates, from 1 January 2026 on the left" in text_of(past.caption([LIVE, MISSING]))
    assert past.caption([replace(LIVE, dataset="other")]) is None


# The strip

DAYS = tuple(date(2026, 1, day) for day in range(1, 11))


def run(status: str, first: int, last: int) -> StatusRun:
    return StatusRun("tree", "Tree", status, DAYS[first], DAYS[last], last - first + 1)


@pytest.mark.parametrize(
    ("runs", "sentence", "strips"),
    [
        ([run("live", 0, 9)], "Live on all 10 dates", 1),
        ([run("error", 0, 3), run("live", 4, 9)], "Live since 5 January 2026, after 1 change", 2),
        # A gap: nobody asked for it then.
        ([run("live", 0, 3), run("live", 7, 9)], "Live since 8 January 2026, after 1 change", 2),
        ([run("live", 5, 9)], "Live since 6 January 2026", 1),
    ],
)
def test_a_strip_says_what_it_shows(runs: list[StatusRun], sentence: str, strips: int) -> None:
    markup = to_html(holdings.Past(DAYS, {"tree": runs}).strip(LIVE))
    assert f'aria-label="{sentence}"' in markup
    assert markup.count("<rect") == strips


def test_a_gap_is_as_wide_as_its_dates() -> None:
    markup = to_html(holdings.Past(DAYS, {"tree": [run("live", 7, 9)]}).strip(LIVE))
    assert re.search(r'x="70"[^>]* width="30"', markup) or re.search(
        r'width="30"[^>]* x="70"', markup
    )


def test_there_is_no_strip_of_one_date_or_of_nothing() -> None:
    assert holdings.Past(DAYS[:1], {"tree": [run("live", 0, 0)]}).strip(LIVE) is None
    assert holdings.Past(DAYS, {"tree": [run("not_submitted", 0, 9)]}).strip(MISSING) is None
    assert holdings.Past(DAYS, {}).strip(LIVE) is None


def test_a_strip_of_two_years_stays_small() -> None:
    days = tuple(date.fromordinal(740_000 + 7 * week) for week in range(104))
    runs = [
        StatusRun(
            "tree", "Tree", ("live", "error")[part % 2], days[part * 26], days[part * 26 + 25], 26
        )
        for part in range(4)
    ]
    assert len(to_html(holdings.Past(days, {"tree": runs}).strip(LIVE))) < 700


def test_a_dataset_that_was_provided_once_says_until_when() -> None:
    weeks = [TODAY - timedelta(weeks=number) for number in (3, 2, 1, 0)]
    lost = [
        StatusRun("tree", "Tree", "live", weeks[0], weeks[1], 2),
        StatusRun("tree", "Tree", "not_submitted", weeks[2], weeks[3], 2),
    ]
    never = StatusRun("local-plan", "Local plan", "not_submitted", weeks[0], weeks[3], 4)
    rows = [
        replace(MISSING, dataset="tree", dataset_name="Tree"),
        replace(MISSING, dataset="local-plan", dataset_name="Local plan"),
    ]
    past = holdings.Past(tuple(weeks), {"tree": lost, "local-plan": [never]})
    words = f"last provided on {weeks[1].day} {weeks[1]:%b %Y}"
    (lines,) = holdings.cards(rows, TODAY, past, lambda row: "/")
    columns = [Column(label) for _, label, _ in holdings.columns(rows)]
    table = holdings.table("Datasets", columns, rows, TODAY, past, lambda row: "/")
    for page in (text_of(lines), text_of(table)):
        assert words in page.split("Local plan")[0]
        assert "provided on" not in page.split("Local plan")[1]
    # On the page of a date before it was lost nothing of what came after is known.
    assert past.last_provided(rows[0], weeks[0]) is None
