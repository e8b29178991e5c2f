"""No second truth: a JSON, a CSV and the page give the same figures."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from performance_api.problems import BASE
from tests.support.real_store import real_app
from tests.support.servers import Filled
from tools.api_examples import sample

pytestmark = pytest.mark.postgres
CURIE, DATASET = "local-authority:XROW", "tree-preservation-zone"
ONE = f"{BASE}/organisations/{CURIE}"


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(sample())


@pytest.fixture(scope="module")
def client(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return real_app(tmp_path_factory.mktemp("same"), module_engine).server.test_client()


def rows_of(client: FlaskClient, address: str) -> list[dict[str, Any]]:
    """The rows of a list, of which JSON and CSV say the same."""
    more = f"{address}{'&' if '?' in address else '?'}"
    body = client.get(f"{more}limit=1000").get_json()
    assert body["next"] is None
    rows: list[dict[str, Any]] = body["data"]
    lines = list(csv.DictReader(io.StringIO(client.get(f"{more}format=csv").text)))
    assert len(lines) == len(rows) > 0
    for row, line in zip(rows, lines, strict=True):
        for name, value in row.items():
            if value is None or isinstance(value, int):
                written = "" if value is None else str(value).lower()
                assert line[name] == written, name
    return rows


def csv_rows(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address, buffered=True)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def words(client: FlaskClient, address: str) -> str:
    """What stands on a page, as text."""
    answer = client.get(address)
    assert answer.status_code == 200
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def number(value: int) -> str:
    return f"{value:,}"


def test_an_authoritys_datasets(client: FlaskClient) -> None:
    rows = rows_of(client, f"{ONE}/summary")
    file = {
        row["dataset"]: row for row in csv_rows(client, f"/downloads/organisations/{CURIE}.csv")
    }
    page = words(client, f"/organisations/{CURIE}")
    assert {row["dataset_name"] for row in rows} >= set(file)
    for dataset, line in file.items():
        (row,) = [row for row in rows if row["dataset_name"] == dataset]
        assert line["status"] == row["status"]
        assert line["endpoint_url"].lstrip("'") == (row["endpoint_url"] or "")
    for reasons, what in (
        (("statutory", "expected"), "{} of {} statutory and expected datasets"),
        (("encouraged", "prospective"), "{} of {} provided. Optional."),
    ):
        counts = [row for row in rows if row["provision_reason"] in reasons]
        provided = sum(row["endpoint_count"] > 0 for row in counts)
        assert what.format(provided, len(counts)) in page


def test_coverage(client: FlaskClient) -> None:
    for name in ("any", "statutory"):
        rows = rows_of(client, f"{BASE}/coverage?denominator={name}")
        (total,) = [row for row in rows if row["dimension"] == "all"]
        page = words(client, f"/national?set={name}")
        assert f"{number(total['endpoint'])} of {number(total['expected'])}" in page
        cells = csv_rows(client, f"/downloads/national/cells.csv?set={name}")
        there = [row for row in cells if row["status"]]
        assert len(there) == total["expected"]
        assert sum(row["provided"] == "true" for row in there) == total["endpoint"]


def test_one_dataset_and_its_issues(client: FlaskClient) -> None:
    issues = rows_of(client, f"{ONE}/{DATASET}/issues")
    page = words(client, f"/organisations/{CURIE}/{DATASET}")
    errors = [row for row in issues if row["severity"] == "error"]
    assert errors
    for row in errors:
        assert number(row["rows"]) in page
    (now,) = [row for row in rows_of(client, f"{ONE}/{DATASET}/history")][-1:]
    (cell,) = [r for r in rows_of(client, f"{ONE}/summary") if r["dataset_name"] == DATASET]
    assert (now["last_as_at"], now["status"], now["problems"], now["fields_supplied"]) == (
        *(cell["as_at"], cell["status"], cell["issue_count"], cell["fields_supplied_count"]),
    )
    assert now["problems"] == sum(
        row["problems"] for row in issues if row["severity"] not in ("info", "debug")
    )


def test_rows_of_an_issue(client: FlaskClient) -> None:
    query = "issue_type=missing%20value&field=tree-preservation-order"
    at, whole, cursor = f"{ONE}/{DATASET}/issue-rows?{query}&limit=1000", [], ""
    while True:
        body = client.get(at + cursor).get_json()
        whole += body["data"]
        if body["next"] is None:
            break
        cursor = f"&cursor={body['next']}"
    (kind,) = [
        row
        for row in rows_of(client, f"{ONE}/{DATASET}/issues")
        if (row["issue_type"], row["field"]) == ("missing value", "tree-preservation-order")
    ]
    assert len(whole) == kind["rows"]
    file = csv_rows(
        client,
        f"/downloads/issues.csv?organisation={CURIE}&dataset={DATASET}&issue_type=missing%20value"
        "&field=tree-preservation-order",
    )
    assert [row["line_number"] for row in file] == [str(r["line_number"] or "") for r in whole]
    address = f"/organisations/{CURIE}/{DATASET}/issues/missing-value/tree-preservation-order"
    assert number(kind["rows"]) in words(client, address)


def test_what_changed(client: FlaskClient) -> None:
    period = "since=2026-08-14&as_at=2026-08-21"
    rows = rows_of(client, f"{BASE}/events?denominator=any&{period}")
    file = [
        row
        for event in ("everything", "by-rule")
        for row in csv_rows(
            client, f"/downloads/national/events.csv?set=any&{period}&event={event}"
        )
    ]

    def key(row: dict[str, Any]) -> tuple[str, ...]:
        names = ("kind", "organisation", "dataset", "before", "after")
        return tuple(row[name] or "" for name in names)

    assert sorted(map(key, rows)) == sorted(map(key, file))
    page = words(client, f"/national/changes?set=any&{period}")
    new = sum(row["kind"] == "newly_provided" and not row["by_rule"] for row in rows)
    assert new
    assert f"Newly provided {new} " in page


def test_tasks_of_an_authority(client: FlaskClient) -> None:
    page = client.get(f"/organisations/{CURIE}/tasks").text
    (address,) = re.findall(rf'href="({BASE}/tasks[^"]*)"', page)
    rows = rows_of(client, unescape(address).replace("limit=1000&", "").replace("&limit=1000", ""))
    file = csv_rows(client, f"/downloads/organisations/{CURIE}/tasks.csv")
    names = set(file[0]) & set(rows[0]) - {"dataset_name"}
    assert {"task", "urgency", "kind", "issue_type", "field", "rows", "first_seen_on"} <= names

    def key(row: dict[str, Any]) -> tuple[str, ...]:
        plain = ("" if row[name] is None else str(row[name]) for name in sorted(names))
        return tuple(value.lower() for value in plain)

    assert sorted(map(key, rows)) == sorted(map(key, file))
    assert {row["closed_on"] for row in rows} == {None}


@pytest.mark.parametrize("scope", ["set=any", "set=statutory&region=E12000001"])
def test_tasks_of_the_country(client: FlaskClient, scope: str) -> None:
    """The figures of the page count the tasks that its links to the API list."""
    page = client.get(f"/national/tasks?{scope}").text
    links = [unescape(link) for link in re.findall(rf'href="({BASE}/tasks[^"]*)"', page)]
    lists: dict[str, list[dict[str, Any]]] = {"closed": [], "reminders": []}
    for link in links:
        name = "reminders" if "task_kind" in link else "closed" if "closed" in link else "open"
        lists[name] = rows_of(client, re.sub(r"&limit=\d+", "", link))
    assert lists["open"]
    assert lists["closed"] or "region" in scope
    (whole,) = [
        row
        for row in csv_rows(client, f"/downloads/national/open-tasks.csv?{scope}")
        if not row["kind"] and not row["dataset"]
    ]
    for urgency in ("must", "should", "improve"):
        assert int(whole[urgency]) == sum(row["urgency"] == urgency for row in lists["open"])
    closed_tasks = csv_rows(client, f"/downloads/national/closed-tasks.csv?{scope}")
    fixed = sum(row["close_reason"] == "fixed" for row in lists["closed"])
    assert fixed == sum(int(row["fixed"]) for row in closed_tasks)
    reminders = csv_rows(client, f"/downloads/national/reminders.csv?{scope}")
    assert {row["public_id"] for row in reminders} == {row["task"] for row in lists["reminders"]}
