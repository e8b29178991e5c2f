"""Pages of one type of issue: what they say is what the store holds, whatever it holds."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from dashboard.urls import addresses
from dashboard.urls.links import slug
from performance_store.definitions.vocabulary import SEVERITIES
from performance_store.loading import load
from performance_store.readers.odp_reports import OdpReports
from performance_store.readers.platform import Platform
from performance_store.sample.reader import Sample
from tests.support.changes import change, current
from tests.support.national import words
from tests.support.real_store import real_app
from tests.support.servers import Filled

pytestmark = pytest.mark.postgres
TODAY = date(2026, 8, 21)
_OPEN = """
SELECT o.organisation, d.dataset, t.issue_type, nullif(s.field, ''), s.problems, s.rows
FROM issue_summary s JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id JOIN issue_type t ON t.id = s.issue_type_id
WHERE s.snapshot_id = (SELECT id FROM current_snapshot)
ORDER BY t.issue_type, s.problems DESC, 1, 2
"""
_ROWS = """
SELECT r.resource, i.line_number, i.entry_number, i.entity, i.value, i.message
FROM issue i JOIN resource_use u USING (dataset_id, resource_id)
JOIN resource r ON r.id = i.resource_id JOIN organisation o ON o.id = u.organisation_id
JOIN dataset d ON d.id = i.dataset_id JOIN issue_type t ON t.id = i.issue_type_id
WHERE o.organisation = :organisation AND d.dataset = :dataset AND t.issue_type = :issue_type
    AND i.field = :field ORDER BY i.id
"""
Place = tuple[str, str, str, str | None, int, int | None]


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(TODAY, authorities=40, weeks=12))


@pytest.fixture(scope="module")
def client(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return real_app(tmp_path_factory.mktemp("pages"), module_engine).server.test_client()


@pytest.fixture(scope="module")
def open_now(module_engine: Engine, client: FlaskClient) -> list[Place]:
    """Organisation, dataset, type, field, problems and rows of every issue that is open now."""
    with module_engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(_OPEN))]  # type: ignore[misc]


def in_store(engine: Engine, place: Place) -> list[tuple[Any, ...]]:
    where = dict(zip(("organisation", "dataset", "issue_type", "field"), place[:4], strict=True))
    with engine.connect() as connection:
        rows = connection.execute(text(_ROWS), where | {"field": place[3] or ""})
        return [tuple(row) for row in rows]


def file_of(client: FlaskClient, place: Place, **more: str) -> list[dict[str, str]]:
    names = ("organisation", "dataset", "issue_type", "field")
    query = dict(zip(names, (*place[:3], place[3] or ""), strict=True)) | more
    answer = client.get("/downloads/issues.csv", query_string=query)
    assert answer.status_code == 200
    lines = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    answer.close()
    return lines


def one_of_each(open_now: list[Place]) -> list[Place]:
    return list({place[2]: place for place in open_now}.values())


def test_each_type_of_issue_has_a_page_that_counts_and_lists_its_rows(
    client: FlaskClient, module_engine: Engine, open_now: list[Place]
) -> None:
    places = one_of_each(open_now)
    assert len(places) > 15
    for place in places:
        stored = in_store(module_engine, place)
        assert len(stored) == place[4], place
        page = words(client, addresses.issue(*place[:4]))
        assert f"{place[5]:,} row" in page, place
        if place[4] > 50:
            assert f"Showing 1 to 50 of {place[4]:,} problems" in page


def test_the_file_has_exactly_the_rows_of_the_database(
    client: FlaskClient, module_engine: Engine, open_now: list[Place]
) -> None:
    for place in one_of_each(open_now)[:12]:
        stored = in_store(module_engine, place)
        lines = file_of(client, place)
        counts = [
            (line["resource"], line["line_number"], line["value"].removeprefix("'"))
            for line in lines
        ]
        plain = [
            (row[0], "" if row[1] is None else str(row[1]), (row[4] or "").removeprefix("'"))
            for row in stored
        ]
        assert counts == plain
        # Each file by its address, not by its hash alone.
        assert all(line["endpoint_url"].startswith("http") for line in lines)
        page = words(client, addresses.issue(*place[:4]))
        assert all(address in page for address in {line["endpoint_url"] for line in lines})
        assert not [line for line in lines if line["value"].startswith(("=", "+", "@", "\t"))]


def test_pages_sort_and_search_are_the_database_s(
    client: FlaskClient, module_engine: Engine, open_now: list[Place]
) -> None:
    place = max(
        (row for row in open_now if row[2] == "invalid date"),
        key=lambda row: row[4],
    )
    stored = in_store(module_engine, place)
    address = addresses.issue(*place[:4])
    pages = -(-len(stored) // 50)
    last = words(client, f"{address}?page={pages}")
    assert f"to {len(stored)} of {len(stored)} problems" in last
    beyond = words(client, f"{address}?page=99999")
    assert f"to {len(stored)} of {len(stored)} problems" in beyond
    part_of_value = stored[3][4]
    expected_rows = [row for row in stored if part_of_value.lower() in (row[4] or "").lower()]
    matches = words(client, f"{address}?q={part_of_value}")
    if len(expected_rows) > 50:
        assert f"of {len(expected_rows)} problems" in matches
    else:
        assert f"all {len(expected_rows)} problems" in matches or "only problem" in matches
    assert len(file_of(client, place, q=part_of_value)) == len(expected_rows)
    assert "No matches" in words(client, f"{address}?q=%25zzz")
    backwards = client.get(f"{address}?sort=file-reversed").get_data(as_text=True)
    assert 'aria-sort="descending"' in backwards
    assert f">{stored[-1][1]:,}<" in backwards
    assert "is not a sort that can be chosen here" in words(client, f"{address}?sort=id;drop")


def test_the_dataset_s_page_leads_to_each_of_its_issues(
    client: FlaskClient, module_engine: Engine, open_now: list[Place]
) -> None:
    place = next(row for row in open_now if row[2] == "invalid date")
    page = client.get(addresses.dataset(*place[:2])).get_data(as_text=True)
    with module_engine.connect() as connection:
        counts = connection.execute(
            text(
                "SELECT t.issue_type, nullif(s.field, '') FROM issue_summary s "
                "JOIN organisation o ON o.id = s.organisation_id "
                "JOIN dataset d ON d.id = s.dataset_id "
                "JOIN issue_type t ON t.id = s.issue_type_id "
                "WHERE s.snapshot_id = (SELECT id FROM current_snapshot) "
                "AND o.organisation = :o AND d.dataset = :d AND s.severity <> 'info'"
            ),
            {"o": place[0], "d": place[1]},
        ).all()
    assert counts
    for issue_type, field in counts:
        assert f'href="{addresses.issue(*place[:2], issue_type, field)}"' in page


_THEN = """
SELECT n.as_at, o.organisation, d.dataset, t.issue_type, nullif(s.field, ''), s.problems
FROM issue_summary s JOIN snapshot n ON n.id = s.snapshot_id
JOIN organisation o ON o.id = s.organisation_id JOIN dataset d ON d.id = s.dataset_id
JOIN issue_type t ON t.id = s.issue_type_id
WHERE s.severity = 'error' AND s.responsibility = 'external' AND NOT EXISTS (
    SELECT FROM issue_summary x WHERE x.snapshot_id = (SELECT id FROM current_snapshot)
        AND (x.organisation_id, x.dataset_id, x.issue_type_id, x.field)
        = (s.organisation_id, s.dataset_id, s.issue_type_id, s.field))
ORDER BY n.as_at, 2, 3, 4, 5 LIMIT 1
"""


def test_an_issue_of_a_past_date_stays_there_and_says_what_is_not_kept(
    client: FlaskClient, module_engine: Engine
) -> None:
    with module_engine.connect() as connection:
        day, *place, problems = connection.execute(text(_THEN)).one()
    address = addresses.issue(*place)
    href = f"{address}?as_at={day}"
    dataset_then = f"{addresses.dataset(*place[:2])}?as_at={day}"
    body = client.get(dataset_then).get_data(as_text=True)
    assert f'href="{href}"' in body
    assert f'href="{address}"' not in body
    answer = client.get(href)
    page = words(client, href)
    assert f"These figures are as at {day.day} {day:%B %Y}" in page
    assert f"{problems:,} problem" in page
    assert "No row has this issue in the figures of 21 August" in words(client, address)
    assert "which rows they were of the latest only" in page
    assert f'href="{address}#rows"' in answer.text
    assert f'href="{dataset_then}"' in answer.text
    for advice in ("How to fix it", "See this as a task", "You could ask them", "problem contains"):
        assert advice not in page
    assert f"in the year to {day.day} {day:%B %Y}:" in page or "fixed the issue" not in page
    # Those who fixed it are shown as they were, too.
    there = [link for link in re.findall(r'href="(/organisations/[^"]+)"', answer.text)]
    assert [link for link in there if "as_at" not in link] == [f"{address}#rows"]


def test_the_country_s_issues_of_a_past_date_lead_to_that_date(
    client: FlaskClient, module_engine: Engine
) -> None:
    with module_engine.connect() as connection:
        day, *place, _ = connection.execute(text(_THEN)).one()
    query = {"set": "any", "as_at": day, "issue": slug(place[2]), "within": place[1]}
    page = client.get(addresses.ISSUES, query_string=query).get_data(as_text=True)
    assert f'href="{addresses.issue(*place)}?as_at={day}"' in page


def test_what_to_do_next_leads_straight_to_the_rows(
    client: FlaskClient, module_engine: Engine
) -> None:
    with module_engine.connect() as connection:
        place = connection.execute(
            text(
                "SELECT o.organisation, d.dataset, t.issue_type, nullif(s.field, ''), s.rows "
                "FROM issue_summary s JOIN organisation o ON o.id = s.organisation_id "
                "JOIN dataset d ON d.id = s.dataset_id JOIN issue_type t ON t.id = s.issue_type_id "
                "JOIN summary c ON c.snapshot_id = s.snapshot_id AND c.status = 'needs_improving' "
                "AND c.organisation_id = s.organisation_id AND c.dataset_id = s.dataset_id "
                "WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.severity = 'error' "
                "AND s.responsibility = 'external' ORDER BY s.rows DESC, 1, 2, 3, 4 LIMIT 1"
            )
        ).one()
    body = client.get(addresses.dataset(*place[:2])).get_data(as_text=True)
    first = body[body.index('id="next"') : body.index('id="issues"')]
    assert f'href="{addresses.issue(*place[:4])}"' in first
    assert f"{place[4]:,} row" in first


def test_what_the_platform_s_team_deals_with_comes_without_advice(
    client: FlaskClient, module_engine: Engine, open_now: list[Place]
) -> None:
    with module_engine.connect() as connection:
        responsible = dict(
            connection.execute(text("SELECT issue_type, responsibility FROM issue_type")).all()
        )
    theirs = [place for place in one_of_each(open_now) if responsible[place[2]] == "internal"]
    assert theirs
    for place in theirs:
        page = words(client, addresses.issue(*place[:4]))
        assert "Being dealt with by the platform’s team. You do not need to do anything." in page
        assert "How to fix it" not in page


def test_what_is_said_of_others_is_counted_from_the_store(
    client: FlaskClient, module_engine: Engine, open_now: list[Place]
) -> None:
    place = next(row for row in open_now if row[2] == "reference values are not unique")
    others = {row[0] for row in open_now if row[1:3] == place[1:3] and row[0] != place[0]}
    anywhere = {row[0] for row in open_now if row[2] == place[2] and row[0] != place[0]}
    page = words(client, addresses.issue(*place[:4]))
    assert f"{len(others)} of " in page[page.index("Elsewhere") :]
    assert "How is this worked out? rows with this issue, here and elsewhere" in page
    if len(anywhere) > len(others):
        assert f"Across all datasets, {len(anywhere)} organisation" in page


def test_an_issue_that_is_gone_says_so_and_an_unknown_one_is_not_found(
    client: FlaskClient, open_now: list[Place]
) -> None:
    organisation, dataset = open_now[0][:2]
    fixed_page = words(
        client, addresses.issue(organisation, dataset, "far-future-date", "start-date")
    )
    assert "No row has this issue in the figures of 21 August 2026." in fixed_page
    assert "How to fix it" not in fixed_page
    for path in (
        f"/organisations/{organisation}/{dataset}/issues/nonsense/-",
        f"/organisations/{organisation}/nonsense/issues/invalid-date/-",
        f"/organisations/local-authority:NOPE/{dataset}/issues/invalid-date/-",
    ):
        assert client.get(path).status_code == 404, path
    whole = "?organisation=x&dataset=y&issue_type=z"
    for query in (
        "",
        "?organisation=x",
        "?organisation=x&dataset=y",
        "?organisation=x&dataset=%00",
        f"?organisation={organisation}&dataset={dataset}&q=x",
        f"?organisation={organisation}&dataset={dataset}&field=x",
        whole,
        f"{whole}%00",
        f"{whole}&field=%00",
        f"{whole}&q=%00",
    ):
        assert client.get(f"/downloads/issues.csv{query}").status_code == 404, query


def test_all_problems_of_a_dataset_are_one_file(client: FlaskClient, open_now: list[Place]) -> None:
    """Each with its kind; of all kinds as many as their own files have."""
    organisation, dataset = Counter(place[:2] for place in open_now).most_common(1)[0][0]
    mine = [place for place in open_now if place[:2] == (organisation, dataset)]
    assert len(mine) > 1
    query = {"organisation": organisation, "dataset": dataset}
    answer = client.get("/downloads/issues.csv", query_string=query)
    lines = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    answer.close()
    kinds = {(line["issue_type"], line["field"]) for line in lines}
    for place in mine:
        what = (place[2], place[3] or "")
        if what not in kinds:
            continue
        there = [line for line in lines if (line["issue_type"], line["field"]) == what]
        of_kind = ("issue_type", "field", "severity", "responsibility")
        assert [{k: v for k, v in line.items() if k not in of_kind} for line in there] == file_of(
            client, place
        )
    # What is only information is neither in the file nor on the page.
    assert {line["severity"] for line in lines} <= {*SEVERITIES, "unclassified"}
    html = client.get(addresses.dataset(organisation, dataset)).get_data(as_text=True)
    table = html.split('id="issues"')[1].split("</table>")[0]
    assert len(re.findall(r"<tr\b", table)) - 1 == len(kinds) > 1
    page = words(client, addresses.dataset(organisation, dataset))
    assert "Download all these problems (CSV)" in page


@pytest.fixture
def spoilt(module_engine: Engine, open_now: list[Place]) -> Iterator[Place]:
    """A type of issue that no register lists, with values that nobody should trust."""
    place = open_now[0]
    values = ["<img src=x onerror=alert(1)>", '=HYPERLINK("x")', "-1+1", " \x01 ", None, "ŵ" * 900]
    with module_engine.begin() as connection:
        connection.execute(text("INSERT INTO issue_type (issue_type) VALUES ('never <seen>')"))
        change(
            connection,
            "issue_interval",
            current(connection),
            "INSERT INTO {rows} (organisation_id, dataset_id, issue_type_id, field, severity, "
            "responsibility, problems, of_last_good, rows) SELECT organisation_id, dataset_id, "
            "(SELECT id FROM issue_type WHERE issue_type = 'never <seen>'), 'Odd field', "
            "'unclassified', 'unclassified', :rows, false, :rows FROM {rows} s "
            "JOIN organisation o ON o.id = s.organisation_id JOIN dataset d ON d.id = "
            "s.dataset_id WHERE organisation = :o AND dataset = :d LIMIT 1",
            o=place[0],
            d=place[1],
            rows=len(values),
        )
        for value in values:
            connection.execute(
                text(
                    "INSERT INTO issue (dataset_id, resource_id, issue_type_id, field, value) "
                    "SELECT u.dataset_id, u.resource_id, t.id, 'Odd field', :value "
                    "FROM resource_use u JOIN organisation o ON o.id = u.organisation_id "
                    "JOIN dataset d ON d.id = u.dataset_id, issue_type t "
                    "WHERE o.organisation = :o AND d.dataset = :d "
                    "AND t.issue_type = 'never <seen>' LIMIT 1"
                ),
                {"o": place[0], "d": place[1], "value": value},
            )
    yield (*place[:2], "never <seen>", "Odd field", len(values), len(values))
    with module_engine.begin() as connection:
        odd = "WHERE issue_type_id = (SELECT id FROM issue_type WHERE issue_type = 'never <seen>')"
        connection.execute(text(f"DELETE FROM issue {odd}"))
        change(connection, "issue_interval", current(connection), f"DELETE FROM {{rows}} {odd}")
        connection.execute(text("DELETE FROM issue_type WHERE issue_type = 'never <seen>'"))


def test_a_type_never_seen_and_values_of_any_kind_are_shown_as_text(
    tmp_path: Path, module_engine: Engine, spoilt: Place
) -> None:
    client = real_app(tmp_path, module_engine).server.test_client()
    address = addresses.issue(*spoilt[:4])
    assert address.endswith("/issues/never-seen/odd-field")
    body = client.get(address).get_data(as_text=True)
    assert "<img src=x" not in body
    assert "&lt;img src=x" in body
    assert "never <seen>" not in body
    page = words(client, address)
    assert "6 rows have the issue" in page
    assert "We do not have a description of this kind of issue yet." in page
    assert "of 900 letters, the first 160" in page
    assert "blank" in page
    lines = file_of(client, spoilt)
    assert [line["value"][:3] for line in lines[:3]] == ["<im", "'=H", "'-1"]
    assert lines[-1]["value"] == "ŵ" * 900
    assert [line["value"] for line in file_of(client, spoilt, q="%img")] == []
    assert len(file_of(client, spoilt, q="IMG")) == 1


def test_an_issue_that_is_counted_and_not_listed_says_so(
    module_engine: Engine, spoilt: Place, tmp_path: Path
) -> None:
    with module_engine.begin() as connection:
        connection.execute(text("DELETE FROM issue WHERE field = 'Odd field'"))
    client = real_app(tmp_path, module_engine).server.test_client()
    page = words(client, addresses.issue(*spoilt[:4]))
    assert "6 rows have the issue" in page
    assert "These figures count the problems, but do not list them." in page
    assert "No matches" not in page


def test_a_hundred_thousand_rows_are_paged_and_sent_whole(
    engine: Engine, tmp_path: Path, shared_data: Path
) -> None:
    load(engine, Platform(shared_data / "platform-small"))
    with engine.begin() as connection:
        place = tuple(connection.execute(text(_OPEN + " LIMIT 1")).one())
        connection.execute(
            text(
                "INSERT INTO issue (dataset_id, resource_id, issue_type_id, field, line_number, "
                "value) SELECT i.dataset_id, i.resource_id, i.issue_type_id, i.field, n, 'v' || n "
                "FROM (SELECT DISTINCT i.dataset_id, i.resource_id, i.issue_type_id, i.field "
                "FROM issue i JOIN resource_use u USING (dataset_id, resource_id) "
                "JOIN organisation o ON o.id = u.organisation_id "
                "JOIN dataset d ON d.id = i.dataset_id "
                "JOIN issue_type t ON t.id = i.issue_type_id WHERE o.organisation = :o "
                "AND d.dataset = :d AND t.issue_type = :t AND i.field = :f LIMIT 1) i, "
                "generate_series(1000001, 1100000) n"
            ),
            {"o": place[0], "d": place[1], "t": place[2], "f": place[3] or ""},
        )
        change(
            connection,
            "issue_interval",
            current(connection),
            "UPDATE {rows} s SET problems = problems + 100000 FROM organisation o, "
            "dataset d, issue_type t WHERE o.id = organisation_id AND d.id = dataset_id AND "
            "t.id = issue_type_id AND o.organisation = :o AND d.dataset = :d "
            "AND t.issue_type = :t AND s.field = :f",
            **dict(zip("odtf", (*place[:3], place[3] or ""), strict=True)),
        )
    client = real_app(tmp_path, engine).server.test_client()
    total = place[4] + 100_000
    page = words(client, addresses.issue(*place[:4]))
    assert f"Showing 1 to 50 of {total:,} problems" in page
    assert "This page shows the first 10,000 problems only. The file below has them all." in page
    last = words(client, f"{addresses.issue(*place[:4])}?page=200")
    assert "Showing 9,951 to 10,000 of" in last
    matches = words(client, f"{addresses.issue(*place[:4])}?q=1100000")
    assert "1 problem found" in matches
    lines = file_of(client, place)
    assert len(lines) == total
    assert len({line["line_number"] for line in lines[-100_000:]}) == 100_000


def test_the_platform_file_s_issues_open(engine: Engine, tmp_path: Path, shared_data: Path) -> None:
    load(engine, Platform(shared_data / "platform-small"))
    client = real_app(tmp_path, engine).server.test_client()
    with engine.connect() as connection:
        places = [tuple(row) for row in connection.execute(text(_OPEN))]
    assert len(places) > 10
    for place in places:
        stored = in_store(engine, place)
        page = words(client, addresses.issue(*place[:4]))
        assert f"{place[5]:,} row" in page, place
        assert len(stored) == place[4], place


def test_figures_without_individual_issues_say_so(
    engine: Engine, tmp_path: Path, shared_data: Path
) -> None:
    load(engine, OdpReports(shared_data / "snapshots"))
    client = real_app(tmp_path, engine).server.test_client()
    with engine.connect() as connection:
        place = tuple(connection.execute(text(_OPEN + " LIMIT 1")).one())
    page = words(client, addresses.issue(*place[:4]))
    # Weekly reports do not say which row has which problem.
    assert place[5] is None
    assert f"{place[4]:,} problem" in page
    assert "These figures count the problems, but do not list them." in page
    assert "Over time" in page
