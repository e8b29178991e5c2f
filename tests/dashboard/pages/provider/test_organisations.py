"""The list of authorities: what its filters and its order give, and what it says of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from dash import Dash
from sqlalchemy import Engine, text

from dashboard.pages.provider import organisations
from dashboard.pages.provider.organisation_list import Filters
from dashboard.web.prerender import text_of, to_html, walk
from performance_store.sample.reader import Sample
from tests.support.real_store import real_app
from tests.support.servers import Filled

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=40, weeks=4))


@pytest.fixture(scope="module")
def app(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Dash:
    with module_engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE organisation SET former_names = ARRAY['Quillbury <i>Rural</i> District',"
                " 'Rush, Reed and Sedge']"
                " WHERE organisation = (SELECT min(o.organisation) FROM organisation o"
                " JOIN summary s ON s.organisation_id = o.id WHERE s.is_lpa)"
            )
        )
    return real_app(tmp_path_factory.mktemp("find"), module_engine)


@pytest.fixture(autouse=True)
def asking(app: Dash) -> Iterator[None]:
    with app.server.test_request_context("/"):
        yield


def test_members_of_a_programme_are_those_of_the_store(module_engine: Engine) -> None:
    with module_engine.connect() as connection:
        members = set(
            connection.execute(
                text(
                    "SELECT DISTINCT o.organisation FROM summary s "
                    "JOIN organisation o ON o.id = s.organisation_id WHERE s.is_lpa "
                    "AND s.project = 'open-digital-planning' "
                    "AND s.snapshot_id = (SELECT id FROM current_snapshot)"
                )
            ).scalars()
        )
    view = organisations.view(Filters(project="open-digital-planning"))
    assert {row.organisation for row in view.rows} == members
    assert 0 < len(members) < 40
    page = text_of(organisations.layout(project="open-digital-planning"))
    assert "Filters (1 applied)" in page
    assert "Programme: Open Digital Planning remove" in page
    assert "is not a project that can be chosen here" in text_of(
        organisations.layout(project="no-such")
    )


def test_what_was_lost_is_told_apart_from_what_was_never_provided(module_engine: Engine) -> None:
    with module_engine.connect() as connection:
        sql = """
SELECT o.organisation, count(*) FROM summary s JOIN organisation o ON o.id = s.organisation_id
WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.in_to_provide AND s.endpoint_count = 0
    AND EXISTS (SELECT FROM summary b WHERE b.organisation_id = s.organisation_id
        AND b.dataset_id = s.dataset_id AND b.endpoint_count > 0)
GROUP BY 1"""
        lost = {code: count for code, count in connection.execute(text(sql)).all()}
    assert lost
    filters = Filters(state="lost")
    view = organisations.view(filters)
    assert {row.organisation: row.provided_before for row in view.rows} == lost
    assert all(row.provided_before <= row.not_submitted for row in view.rows)
    (first, *_) = view.rows
    page = text_of(organisations.render(view))
    assert f"{first.provided} of {first.expected} " in page
    assert page.count(f" ({first.provided_before} no longer) and ") == len(lost)
    missing = organisations.view(Filters(state="missing"))
    assert missing.total > view.total
    assert text_of(organisations.render(missing)).count(" no longer) ") == sum(
        row.organisation in lost for row in missing.rows
    )


def test_what_is_found_comes_best_first_or_in_the_order_asked_for() -> None:
    best = organisations.view(Filters(q="council"))
    by_name = organisations.view(replace(best.filters, sort="name"))
    reversed_rows = organisations.view(replace(by_name.filters, order="reversed"))
    names = [row.name or "" for row in by_name.rows]
    assert names == sorted(names, key=str.casefold)
    assert [row.name for row in reversed_rows.rows] == names[::-1]
    assert {row.name for row in best.rows} == set(names)
    for view, order in ((best, None), (by_name, "ascending"), (reversed_rows, "descending")):
        heads = [
            item
            for item in walk(organisations.render(view))
            if getattr(item, "_type", "") == "Th" and getattr(item, "scope", "") == "col"
        ]
        assert [getattr(item, "aria-sort", None) for item in heads] == [order, *[None] * 6]


def test_a_link_turns_each_order_round() -> None:
    for sort in ("name", "provided", "failing", "fixes", "rows", "changed"):
        first = to_html(organisations.layout(q="council", sort=sort))
        assert f'href="/organisations?q=council&amp;sort={sort}&amp;order=reversed"' in first
        second = to_html(organisations.layout(q="council", sort=sort, order="reversed"))
        assert f'href="/organisations?q=council&amp;sort={sort}"' in second


def test_it_is_said_under_which_former_name_a_body_is_found() -> None:
    page = organisations.layout(q="quillbury")
    assert "Formerly Quillbury <i>Rural</i> District." in text_of(page)
    assert "<i>" not in to_html(page)
    assert "Formerly" not in text_of(organisations.layout(q="council"))


@pytest.mark.parametrize(
    ("params", "sentence", "way_out"),
    [
        ({"q": "zzzzqq"}, "No organisation has a name like “zzzzqq”.", "/organisations"),
        (
            {"q": "zzzzqq", "state": "fixes"},
            "No organisation matches all of these filters and is called “zzzzqq”.",
            "/organisations?q=zzzzqq",
        ),
        (
            {"who": "ended", "state": "all-provided"},
            "No organisation matches all of these filters.",
            "/organisations",
        ),
    ],
)
def test_nobody_found_says_why_and_offers_a_way_out(
    params: dict[str, str], sentence: str, way_out: str
) -> None:
    page = organisations.layout(**params)
    assert sentence in text_of(page)
    (empty,) = (item for item in walk(page) if getattr(item, "className", "") == "empty")
    assert f'href="{way_out}"' in to_html(empty)


def test_the_part_renewed_while_typing_holds_all_that_depends_on_the_search() -> None:
    page = organisations.layout(q="zzzzqq", state="fixes")
    (part,) = (item for item in walk(page) if getattr(item, "id", "") == organisations.RESULTS_ID)
    (form,) = (item for item in walk(page) if getattr(item, "data-live", None))
    assert getattr(form, "data-live") == part.id
    assert to_html(page).count("zzzzqq") == to_html(part).count("zzzzqq") + 1
    assert 'id="results"' in to_html(part)
    # Choices that are the usual ones are left out of the address.
    assert 'name="who"' in to_html(form)
    assert 'value="authorities"' not in to_html(form)


@pytest.mark.parametrize(
    ("typed", "leads"),
    [
        ("quillbury rural", "/organisations/"),
        ("council", "/organisations?q=council"),
        ("nobody at all", "/organisations?q=nobody+at+all"),
        ("brownfield", "/datasets/brownfield-land"),
        ("brownfield, ", "/datasets/brownfield-land"),
        ("Tree", "/datasets/tree"),
        ("tree pres", "/organisations?q=tree+pres"),
        ("brownfeild", "/organisations?q=brownfeild"),
        ("quilbury rurall", "/organisations?q=quilbury+rurall"),
        ("", "/organisations"),
    ],
)
def test_a_name_that_only_one_has_leads_to_it_and_any_other_to_the_list(
    app: Dash, module_engine: Engine, typed: str, leads: str
) -> None:
    answer = app.server.test_client().get("/find", query_string={"q": typed})
    assert answer.status_code == 302
    if typed == "quillbury rural":
        with module_engine.connect() as connection:
            former = "SELECT organisation FROM organisation WHERE former_names::text ~ 'Quillbury'"
            leads += str(connection.execute(text(former)).scalar())
    assert answer.location == leads


def test_several_names_lead_to_their_comparison(app: Dash, module_engine: Engine) -> None:
    client = app.server.test_client()
    with module_engine.connect() as connection:
        sql = """
SELECT o.organisation, o.name FROM organisation o JOIN summary s ON s.organisation_id = o.id
WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.in_to_provide
GROUP BY 1, 2 ORDER BY 1 LIMIT 3"""
        rows = connection.execute(text(sql)).all()
    typed = f"{rows[0].name}, {rows[1].name}; {rows[2].organisation}"
    there = client.get("/find", query_string={"q": typed}).location
    assert there.startswith("/national/compare?set=any&")
    for row in rows:
        assert f"pick=organisation:{row.organisation}" in there
    page = client.get(there).get_data(as_text=True)
    assert rows[0].name.replace("'", "&#x27;") in page
    # The six that can be compared, by long names, in the order in which they were typed.
    six = [row for row in reversed(rows * 2)]
    there = client.get("/find", query_string={"q": ", ".join(row.name for row in six)}).location
    picks = parse_qs(urlsplit(there).query)["pick"]
    assert picks == [f"organisation:{row.organisation}" for row in six]


def test_which_of_several_names_failed_is_said_by_name(app: Dash) -> None:
    client = app.server.test_client()
    everybody = organisations.view(Filters(sort="name")).rows
    one, other = everybody[0].name, everybody[1].name
    typed = f"{one}, <i>nobody</i> at all; quilbury rurall, council, {other}"
    there = client.get("/find", query_string={"q": typed}).location
    assert there.startswith("/organisations?q=")
    page = client.get(there).get_data(as_text=True)
    assert "<i>nobody" not in page
    view = organisations.view(Filters(q=typed))
    words = text_of(organisations.render(view))
    assert "Not found: “<i>nobody</i> at all” and “quilbury rurall”" in words
    count = organisations.view(Filters(q="council")).total
    assert f"The name of more than one: “council” ({count} have it)" in words
    assert f"Found: {one} and {other}" in words
    assert "2 of 5 names found" in words
    assert "match" not in words
    html = to_html(organisations.render(view))
    # A name that failed is searched for alone, where spelling is forgiven.
    assert 'href="/organisations?q=quilbury+rurall"' in html
    assert everybody[0].organisation in html
    picks = "&amp;".join(f"pick=organisation:{row.organisation}" for row in everybody[:2])
    assert f'href="/national/compare?set=any&amp;{picks}"' in html
    assert "Compare those that were found" in words


def test_a_name_with_a_comma_of_its_own_is_one_name() -> None:
    for typed in ("rush, reed and sedge", "council, ", "zzzzqq", ""):
        assert organisations.view(Filters(q=typed)).names == ()
    (first, second) = organisations.view(Filters(q="zzzzqq, qqqq")).names
    assert (first.typed, first.rows, second.rows) == ("zzzzqq", (), ())
    words = text_of(organisations.layout(q="zzzzqq, qqqq"))
    assert "0 of 2 names found" in words
    assert "Not found: “zzzzqq” and “qqqq”" in words
    assert "Compare" not in words
