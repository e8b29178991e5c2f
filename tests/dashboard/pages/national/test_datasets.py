"""The register of datasets and the page of each: the reports' own figures, counted by pandas."""

from __future__ import annotations

import html
import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from flask.testing import FlaskClient

from tests.support.national import CHURN, GOLDEN, rows_of, table_of, words

pytestmark = [pytest.mark.data, pytest.mark.postgres]
DAYS = [str(row[0]) for row in GOLDEN]


@pytest.fixture(scope="module")
def reports(shared_data: Path) -> dict[str, pd.DataFrame]:
    """The status reports as they are, by date; without an endpoint it is blank."""
    tables = {}
    for day in DAYS:
        rows = pd.read_csv(shared_data / "snapshots" / f"odp-status_{day}.csv", dtype=str)
        rows["endpoint"] = rows.endpoint.where(rows.endpoint != "No endpoint added")
        tables[day] = rows
    return tables


def provided(rows: pd.DataFrame) -> pd.Series:
    """Authorities with an endpoint, by dataset."""
    rows_with = rows[rows.endpoint.notna()]
    return rows_with.groupby("pipeline").organisation.nunique()


@pytest.mark.parametrize("row", GOLDEN, ids=DAYS)
def test_each_dataset_shows_what_the_report_says(
    client: FlaskClient, reports: dict[str, pd.DataFrame], row: tuple[object, ...]
) -> None:
    day, bodies, expected, endpoint, *_ = row
    report = provided(reports[str(day)])
    lines = rows_of(client, f"as_at={day}")
    assert set(lines) == set(report.index)
    for dataset, count in report.items():
        assert f" {count} of {bodies} (" in lines[str(dataset)]
        page = words(client, f"/datasets/{dataset}?as_at={day}")
        assert f"{count} of {bodies} authorities expected to provide it do." in page
        assert f" authorities provide it {count} of {bodies} (" in page
    assert report.sum() == endpoint
    text = words(client, f"/datasets?as_at={day}")
    assert f"8 datasets are expected in this set. {endpoint} of {expected} expected" in text


def test_stages_of_each_dataset_add_up_to_the_golden_figures(client: FlaskClient) -> None:
    day, *_, reachable, collected, clean, conformant = GOLDEN[-1]
    sums = [0, 0, 0, 0]
    for dataset in rows_of(client, f"as_at={day}"):
        page = words(client, f"/datasets/{dataset}?as_at={day}")
        for number, stage in enumerate(("Reachable", "Collected", "Error-free", "Conformant")):
            match = re.search(rf" {stage} (\d+) \d+ of \d+ (\(.*?\) )?of the stage before", page)
            assert match is not None, (dataset, stage)
            sums[number] += int(match[1])
    assert sums == [reachable, collected, clean, conformant]


@pytest.mark.parametrize("day", [DAYS[0], DAYS[-1]])
def test_endpoints_and_dates_are_those_of_the_reports(
    client: FlaskClient, reports: dict[str, pd.DataFrame], day: str
) -> None:
    """Ever: those seen in any report, if they were entered by then."""
    now = reports[day][reports[day].endpoint.notna()]
    ever = pd.concat(reports.values())
    ever = ever[ever.endpoint.notna() & ever.organisation.isin(reports[day].organisation)]
    ever = ever[ever.endpoint_entry_date.isna() | (ever.endpoint_entry_date <= day)]
    lines = {
        row["dataset"]: row
        for row in table_of(client, f"/downloads/national/datasets.csv?as_at={day}")
    }
    for dataset, rows in now.groupby("pipeline"):
        line, mine = lines[str(dataset)], ever[ever.pipeline == dataset]
        assert int(line["endpoints"]) == rows.endpoint.nunique()
        assert int(line["endpoints_ever"]) == mine.endpoint.nunique() >= rows.endpoint.nunique()
        assert line["first_endpoint_on"] == mine.endpoint_entry_date.min()
        assert line["newest_endpoint_on"] == mine.endpoint_entry_date.max()
        assert line["content_changed_on"] == rows.resource_start_date.max()


@pytest.mark.parametrize("day", CHURN)
def test_what_changed_at_whom_adds_up_to_the_golden_churn(client: FlaskClient, day: str) -> None:
    new, lost, broken, back = CHURN[day]
    counts: dict[str, int] = {}
    for dataset in rows_of(client, f"as_at={day}"):
        for line in table_of(client, f"/downloads/datasets/{dataset}.csv?as_at={day}"):
            counts[line["change"]] = counts.get(line["change"], 0) + 1
    counts.pop("")
    names = ("newly_provided", "lost", "newly_broken", "recovered")
    assert counts == {
        name: count for name, count in zip(names, (new, lost, broken, back), strict=True) if count
    }


def test_the_list_is_every_authority_of_the_report_and_so_is_its_file(
    client: FlaskClient, reports: dict[str, pd.DataFrame]
) -> None:
    day = DAYS[-1]
    rows = reports[day]
    bodies = set(rows.organisation.str.replace("local-authority-eng:", "local-authority:"))
    lines = table_of(client, f"/downloads/datasets/tree.csv?as_at={day}")
    assert {line["organisation"] for line in lines} == bodies
    assert [line["name"] for line in lines] == sorted(line["name"] for line in lines)
    names: list[str] = []
    for page in range(1, 6):
        body = client.get(f"/datasets/tree?as_at={day}&page={page}").get_data(as_text=True)
        table = body.split('id="authorities"')[1].split("</section>")[0]
        names += re.findall(r'href="/organisations/([^"/]+)/tree\?as_at=[\d-]+"', table)
    assert [name.replace("%3A", ":") for name in names] == [row["organisation"] for row in lines]
    assert "Showing 101 to 119 of 119 authorities" in words(client, "/datasets/tree?page=99")


@pytest.mark.parametrize("state", ["live", "needs_improving", "error", "not_submitted"])
@pytest.mark.parametrize("order", ["usual", "reversed"])
def test_the_list_of_a_status_in_an_order_is_its_file(
    client: FlaskClient, state: str, order: str
) -> None:
    query = f"state={state}&sort=content&order={order}"
    lines = table_of(client, f"/downloads/datasets/conservation-area.csv?{query}")
    every = table_of(client, "/downloads/datasets/conservation-area.csv")
    assert {line["organisation"] for line in lines} == {
        line["organisation"] for line in every if line["status"] == state
    }
    days = [line["content_changed_on"] for line in lines if line["content_changed_on"]]
    assert days == sorted(days, reverse=order == "reversed")
    body = client.get(f"/datasets/conservation-area?{query}").get_data(as_text=True)
    table = body.split('id="authorities"')[1]
    links = re.findall(
        r'href="/organisations/([^"/]+)/conservation-area(?:\?as_at=[\d-]+)?"', table
    )
    assert [name.replace("%3A", ":") for name in links] == [
        line["organisation"] for line in lines[:25]
    ]
    assert html.unescape(
        re.findall(r'href="(/downloads/datasets/[^"]+\.csv[^"]*)"', body)[0]
    ).endswith(f"state={state}&sort=content" + ("&order=reversed" if order == "reversed" else ""))


def test_what_the_reports_do_not_tell_is_not_known(client: FlaskClient) -> None:
    """They speak of eight datasets, whatever else there is in the register."""
    lines = table_of(client, "/downloads/national/datasets.csv")
    assert {line["suppliers"] != "" for line in lines if int(line["expected"])} == {True}
    assert all(line["suppliers"] == "" for line in lines if not int(line["expected"]))


def test_a_dataset_that_is_none_is_not_found_and_says_what_to_do(client: FlaskClient) -> None:
    answer = client.get("/datasets/no-such-thing")
    assert answer.status_code == 404
    body = answer.get_data(as_text=True)
    assert "We do not know a dataset called “no-such-thing”." in body
    assert 'href="/datasets"' in body
    assert client.get("/downloads/datasets/no-such-thing.csv").status_code == 404
    assert client.get("/downloads/datasets/tree.csv?sort=nonsense").status_code == 404


@pytest.mark.parametrize("path", ["/datasets", "/datasets/tree"])
def test_what_cannot_be_used_of_an_address_is_told(client: FlaskClient, path: str) -> None:
    page = words(client, f"{path}?sort=nonsense&colour=red&region=nowhere&as_at=2020-01-01&page=0")
    assert "We could not use all of these choices" in page
    for word in ("nonsense", "colour", "nowhere", "1 January 2020"):
        assert word in page
    assert words(client, path).count("We ignored") == 0


def test_pages_that_name_a_dataset_lead_to_it(client: FlaskClient) -> None:
    for path in ("/national", "/national/coverage", "/national/freshness", "/national/issues"):
        body = client.get(f"{path}?as_at=2025-03-05").get_data(as_text=True)
        assert 'href="/datasets/tree-preservation-zone?as_at=2025-03-05"' in body, path
    there = words(client, "/datasets/tree-preservation-zone?as_at=2025-03-05")
    assert "on 5 March 2025 Tree preservation zone" in there


def test_issues_lead_to_who_has_them_in_this_dataset(client: FlaskClient) -> None:
    body = client.get("/datasets/conservation-area").get_data(as_text=True)
    part = body.split('id="issues"')[1].split("</table>")[0]
    matches = re.findall(r'href="(/national/issues[^"]+)"', part)
    shares = re.findall(r"(\d+) of (\d+)", part.split("<tbody")[1])
    assert matches
    for link, (count, of) in zip(matches, shares, strict=True):
        target = words(client, html.unescape(link).split("#")[0])
        results = "1 provision found" if count == "1" else f"Showing all {count} provisions"
        assert results in target, (link, re.findall(r"Showing[^.]{0,40}", target))
        assert int(count) <= int(of) <= 57


def test_the_line_is_the_dataset_alone(
    client: FlaskClient, reports: dict[str, pd.DataFrame]
) -> None:
    body = client.get("/datasets/tree").get_data(as_text=True)
    link = re.search(r'href="(/downloads/national/lines[^"]+)"', body)
    assert link is not None
    lines = [row for row in table_of(client, html.unescape(link[1])) if not row["key"]]
    assert {row["as_at"]: int(row["endpoint"]) for row in lines} == {
        day: int(provided(rows)["tree"]) for day, rows in reports.items()
    }
    body = client.get("/datasets/tree?view=table").get_data(as_text=True)
    for day, rows in reports.items():
        phrase = f"{date.fromisoformat(day).day} "
        assert f"{provided(rows)['tree']} of {rows.organisation.nunique()}" in body, phrase
