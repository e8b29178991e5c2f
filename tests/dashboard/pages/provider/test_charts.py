"""Figures at addresses of their own: they say what the API says, hang on the data alone, and what
there is not has none. A page of a date says how things stood then."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from dashboard.components.design.status import STATUSES
from dashboard.pages.provider import charts
from dashboard.urls import addresses
from performance_store.sample.reader import Sample
from tests.support.real_store import real_app
from tests.support.servers import Filled

pytestmark = pytest.mark.postgres

WEEKS = 30
WEEK_MS = 7 * 86_400_000


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=40, weeks=WEEKS))


@pytest.fixture(scope="module")
def client(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return real_app(tmp_path_factory.mktemp("site"), module_engine).server.test_client()


@pytest.fixture(scope="module")
def busy(module_engine: Engine) -> tuple[str, str]:
    """The organisation and dataset with most intervals of issues."""
    sql = (
        "SELECT o.organisation, d.dataset FROM issue_interval i "
        "JOIN organisation o ON o.id = i.organisation_id JOIN dataset d ON d.id = i.dataset_id "
        "GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2 LIMIT 1"
    )
    with module_engine.connect() as connection:
        organisation, dataset = connection.execute(text(sql)).one()
    return organisation, dataset


def rows_of(client: FlaskClient, path: str) -> list[dict[str, Any]]:
    """The rows of the read API at an address."""
    answer = client.get(f"/api/v1{path}").json
    return next(value for value in answer.values() if isinstance(value, list))


def traces(client: FlaskClient, path: str) -> dict[str, dict[str, Any]]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    return {trace["name"]: trace for trace in answer.json["data"] if "name" in trace}


def test_every_status_is_that_of_the_api(client: FlaskClient, busy: tuple[str, str]) -> None:
    curie, _ = busy
    runs = rows_of(client, f"/organisations/{curie}/statuses")
    ever = {run["dataset"] for run in runs if run["status"] != "not_submitted"}
    truth = {(run["dataset_name"], run["first_as_at"]) for run in runs if run["dataset"] in ever}
    plot = traces(client, addresses.organisation_chart(curie, charts.STATUSES))
    bars = [pair for trace in plot.values() for pair in zip(trace["y"], trace["base"], strict=True)]
    assert len(bars) == len(truth)
    assert set(bars) == truth
    # A bar is as many weeks long as there are snapshots in its run.
    for state, word in STATUSES.items():
        lengths = plot[word.label]["x"] if word.label in plot else []
        assert sum(round(length / WEEK_MS) for length in lengths) == sum(
            run["snapshots"] for run in runs if run["status"] == state and run["dataset"] in ever
        )


def test_every_count_is_that_of_the_api(client: FlaskClient, busy: tuple[str, str]) -> None:
    curie, _ = busy
    rows = rows_of(client, f"/organisations/{curie}/severities")
    plot = traces(client, addresses.organisation_chart(curie, charts.SEVERITIES))
    titles = {
        "critical": "Critical problems to fix",
        "error": "Errors to fix",
        "warnings": "Warnings",
        "notices": "Notices",
    }
    titles = {name: title for name, title in titles.items() if any(row[name] for row in rows)}
    assert set(plot) == set(titles.values())
    for name, title in titles.items():
        points = dict(zip(plot[title]["x"], plot[title]["y"], strict=True))
        assert {row["as_at"]: row[name] for row in rows}.items() <= points.items()
    # And the API's own numbers are those of the datasets one by one.
    newest = rows[-1]
    cells = rows_of(client, f"/organisations/{curie}/summary")
    history = [rows_of(client, f"/organisations/{curie}/{row['dataset_name']}/history")
               for row in cells]  # fmt: skip
    last = [runs[-1] for runs in history if runs and runs[-1]["last_as_at"] == "2026-08-21"]
    assert newest["critical"] + newest["error"] == sum(row["problems_to_fix"] or 0 for row in last)
    assert newest["warnings"] == sum(row["warnings"] or 0 for row in last)


def test_every_row_with_an_issue_is_that_of_the_api(
    client: FlaskClient, busy: tuple[str, str]
) -> None:
    rows = rows_of(client, "/organisations/{}/{}/issue-history".format(*busy))
    plot = traces(client, addresses.chart(*busy, charts.ISSUES))
    points = {
        (day, value)
        for trace in plot.values()
        for day, value in zip(trace["x"], trace["y"], strict=True)
    }
    kinds = {(row["issue_type"], row["field"]) for row in rows}
    # Of many the first four are drawn, each with every one of its numbers.
    whole = {
        kind
        for kind in kinds
        if all(
            (row["as_at"], row["rows"] or row["problems"]) in points
            for row in rows
            if (row["issue_type"], row["field"]) == kind
        )
    }
    assert len(plot) == min(len(kinds), 4)
    assert len(whole) >= len(plot)


def test_ages_are_those_of_the_api(client: FlaskClient, busy: tuple[str, str]) -> None:
    rows = rows_of(client, "/organisations/{}/{}/history".format(*busy))
    trace = traces(client, addresses.chart(*busy, charts.STATE))["Age of the content"]
    points = dict(zip(trace["x"], trace["y"], strict=True))
    for row in rows:
        age = date.fromisoformat(row["as_at"]) - date.fromisoformat(row["content_changed_on"])
        assert points[row["as_at"]] == age.days


def test_a_figure_is_sent_once_for_each_version_of_the_data(
    client: FlaskClient, busy: tuple[str, str]
) -> None:
    path = addresses.organisation_chart(busy[0], charts.STATUSES)
    first = client.get(path)
    assert first.headers["Cache-Control"].startswith("public")
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get(addresses.organisation_chart(busy[0], charts.SEVERITIES))
    assert other.headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize(
    "path",
    [
        "/organisations/local-authority:NONE/charts/statuses.json",
        "/organisations/{organisation}/charts/nonsense.json",
        "/organisations/{organisation}/{dataset}/charts/nonsense.json",
        "/organisations/{organisation}/no-such-dataset/charts/issues.json",
        "/organisations/{organisation}/no-such-dataset/charts/state.json",
        "/organisations/%00%0a/charts/statuses.json",
    ],
)
def test_what_there_is_not_has_no_figure(
    client: FlaskClient, busy: tuple[str, str], path: str
) -> None:
    organisation, dataset = busy
    answer = client.get(path.format(organisation=organisation, dataset=dataset))
    assert answer.status_code == 404
    assert answer.mimetype == "text/plain"
    assert organisation not in answer.text


def test_the_file_of_a_chart_is_that_of_the_api(client: FlaskClient, busy: tuple[str, str]) -> None:
    page = client.get(f"/organisations/{busy[0]}").text
    path = addresses.past(busy[0], "statuses", "sample")
    assert path.replace("&", "&amp;") in page
    lines = client.get(path).text.splitlines()
    assert len(lines) == 1 + len(rows_of(client, f"/organisations/{busy[0]}/statuses"))


def test_where_a_status_leads_is_the_page_of_that_date(
    client: FlaskClient, busy: tuple[str, str]
) -> None:
    curie, _ = busy
    plot = traces(client, addresses.organisation_chart(curie, charts.STATUSES))
    newest = rows_of(client, "/snapshots")[0]["as_at"]
    past = [
        (base, href)
        for trace in plot.values()
        for base, href in zip(trace["base"], trace["customdata"], strict=True)
        if base < newest
    ]
    assert past
    day, address = past[0]
    assert "?" not in address
    # As the browser does for the day that is pointed at.
    href = f"{address}?as_at={day}"
    page = client.get(href)
    assert page.status_code == 200
    dates_there = date.fromisoformat(day)
    assert f"These figures are as at {dates_there.day} {dates_there:%B %Y}" in page.text
    assert "See the latest figures" in page.text
    # What is to be done is known of now alone; other choices keep the date.
    for path in (href, f"{href.split('?')[0].rsplit('/', 1)[0]}?as_at={day}"):
        text_of_page = client.get(path).text
        assert "What to do next" not in text_of_page
        assert "See all tasks" not in text_of_page
        # What goes on after the date of the page says so.
        assert text_of_page.count("This is of all dates up to") == 1
        assert "applied)" not in text_of_page
    assert f'<input type="hidden" name="as_at" value="{day}"' in text_of_page
    # The date that is now, a later one, and one before all others show what there is.
    for other in (newest, "2030-01-01", "1999-01-01"):
        text_of_page = client.get(f"{href.split('?')[0]}?as_at={other}").text
        assert "See the latest figures" not in text_of_page
        assert "This is of all dates up to" not in text_of_page
