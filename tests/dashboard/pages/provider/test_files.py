"""Files of an organisation's datasets hold what the database holds, in the page's own choice."""

from __future__ import annotations

import codecs
import csv
import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from dashboard.pages.provider.dataset_list import COLUMNS
from dashboard.web import file_writers
from performance_store.sample.reader import Sample
from tests.support.real_store import real_app
from tests.support.servers import Filled
from tests.support.workbooks import sheets

TODAY = date(2026, 8, 21)
HOSTILE = '=HYPERLINK("https://evil.example","x")'


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(TODAY, authorities=40, weeks=12))


@pytest.fixture(scope="module")
def client(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return real_app(tmp_path_factory.mktemp("files"), module_engine).server.test_client()


@pytest.fixture(scope="module")
def body(module_engine: Engine, client: FlaskClient) -> str:
    """An authority with datasets of several statuses, among them flawed ones."""
    with module_engine.connect() as connection:
        return connection.execute(
            text(
                "SELECT o.organisation FROM summary s "
                "JOIN organisation o ON o.id = s.organisation_id "
                "WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.is_lpa GROUP BY 1 "
                "ORDER BY count(DISTINCT s.status) DESC, count(s.error_external) DESC, 1 LIMIT 1"
            )
        ).scalar_one()


def stored(engine: Engine, body: str, as_at: date = TODAY) -> list[dict[str, Any]]:
    """What the tables say, read another way than the pages do."""
    sql = """
SELECT d.dataset, s.status, s.endpoint_count, s.record_count, s.content_changed_on,
    s.critical_external + s.error_external AS problems_to_fix, s.rows_to_fix,
    s.critical_internal + s.error_internal AS platform_problems, s.provision_reason
FROM summary s JOIN snapshot n ON n.id = s.snapshot_id
JOIN organisation o ON o.id = s.organisation_id JOIN dataset d ON d.id = s.dataset_id
WHERE n.as_at = :as_at AND o.organisation = :body ORDER BY d.dataset"""
    with engine.connect() as connection:
        lines_of_file = connection.execute(text(sql), {"as_at": as_at, "body": body}).mappings()
        return [dict(row) for row in lines_of_file]


def lines(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.mimetype == "text/csv"
    # Spreadsheets take it for UTF-8 by the mark at its beginning.
    assert answer.get_data().startswith(codecs.BOM_UTF8)
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def sentence(value: Any) -> str:
    return "" if value is None else str(value)


@pytest.mark.postgres
def test_the_file_holds_what_the_database_holds(
    client: FlaskClient, module_engine: Engine, body: str
) -> None:
    lines_of_file = lines(client, f"/downloads/organisations/{body}.csv?sort=name")
    rows = stored(module_engine, body)
    query = {"statutory", "expected", "encouraged", "prospective"}
    rows = [row for row in rows if row["endpoint_count"] or row["provision_reason"] in query]
    assert list(lines_of_file[0]) == list(COLUMNS)
    by_name = {line["dataset"]: line for line in lines_of_file}
    assert len(by_name) == len(lines_of_file) == len(rows)
    for row in rows:
        line = by_name[row["dataset"]]
        for name in (
            *("status", "endpoint_count", "record_count", "content_changed_on"),
            *("problems_to_fix", "rows_to_fix", "platform_problems"),
        ):
            assert line[name] == sentence(row[name]), (row["dataset"], name)
    assert [line["dataset_name"].casefold() for line in lines_of_file] == sorted(
        line["dataset_name"].casefold() for line in lines_of_file
    )


@pytest.mark.postgres
def test_filters_and_the_date_to_compare_with_hold_for_the_file(
    client: FlaskClient, module_engine: Engine, body: str
) -> None:
    since = TODAY - timedelta(days=28)
    before = {row["dataset"]: row["status"] for row in stored(module_engine, body, since)}
    assert before
    address = f"/downloads/organisations/{body}.csv?status=live&since={since}&colour=red"
    lines_of_file = lines(client, address)
    live = [row["dataset"] for row in stored(module_engine, body) if row["status"] == "live"]
    assert sorted(line["dataset"] for line in lines_of_file) == live
    for line in lines_of_file:
        assert line["compared_with"] == since.isoformat()
        assert line["status_before"] == before.get(line["dataset"], "")


@pytest.mark.postgres
def test_the_workbook_says_the_same_as_the_csv(
    client: FlaskClient, module_engine: Engine, body: str
) -> None:
    expected = lines(client, f"/downloads/organisations/{body}.csv?sort=rows")
    answer = client.get(f"/downloads/organisations/{body}.xlsx?sort=rows")
    assert answer.mimetype == file_writers.XLSX
    assert re.search(r"filename=\S+-2026-08-21\.xlsx", answer.headers["Content-Disposition"])
    datasets, about = sheets(answer.data)
    answer.close()
    names = list(datasets[0].values())
    letters = list(datasets[0])
    assert names == list(COLUMNS)
    epoch = date(1899, 12, 30)
    for row, line in zip(datasets[1:], expected, strict=True):
        for letter, name in zip(letters, names, strict=True):
            value = row.get(letter)
            if isinstance(value, float) and (name.endswith(("_on", "as_at", "since", "_with"))):
                value = epoch + timedelta(days=value)
            elif name in ("issues_of_last_good", "status_by_rule"):
                value = "true" if value else "false"
            elif isinstance(value, float):
                value = int(value)
            assert sentence(value) == line[name].removeprefix("'"), name
    facts = {row["A"]: row["B"] for row in about}
    assert facts["Figures of"] == "21 August 2026"
    assert {f"Column {name}" for name in COLUMNS} <= set(facts)


@pytest.mark.parametrize(
    "address",
    [
        "/downloads/organisations/local-authority:NOBODY.csv",
        "/downloads/organisations/local-authority:NOBODY.xlsx",
        "/downloads/organisations/a%00b.csv",
        "/downloads/organisations/%2500.csv",
        "/downloads/organisations/a%252Fb.csv",
        "/downloads/organisations/local-authority:NOBODY.pdf",
    ],
)
@pytest.mark.postgres
def test_what_is_not_there_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("as_at", "status", "words"),
    [
        ("1900-01-01", 404, "We do not have figures as old as 1 January 1900. We show those for "),
        # The latest before a date are what is known of it.
        ("2099-01-01", 200, "There are no figures for 1 January 2099. We show those for "),
        ("xx", 404, "xx"),
    ],
)
def test_a_date_without_figures_is_said_and_no_file_is_linked_that_is_not_there(
    client: FlaskClient, body: str, as_at: str, status: int, words: str
) -> None:
    with client.get(f"/downloads/organisations/{body}.csv?as_at={as_at}") as answer:
        assert answer.status_code == status
    page = client.get(f"/organisations/{body}?as_at={as_at}").get_data(as_text=True)
    assert words in page
    files = re.findall(r'href="(/downloads/organisations/[^"]+)"', page)
    assert any(".csv" in file for file in files)
    for file in files:
        with client.get(file.replace("&amp;", "&")) as answer:
            assert answer.status_code == 200, file


def test_the_page_links_to_the_files_of_what_it_shows(client: FlaskClient, body: str) -> None:
    page = client.get(f"/organisations/{body}?view=table&status=live").get_data(as_text=True)
    for form in ("csv", "xlsx"):
        address = f"/downloads/organisations/{body}.{form}?status=live"
        assert f'href="{address}"' in page
        with client.get(address) as answer:
            assert answer.status_code == 200


# How a workbook is written


def round_trip(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    with Flask("x").test_request_context("/"):
        answer = file_writers.as_xlsx([file_writers.Sheet("One", ["value"], rows)], "x.xlsx")
        answer.direct_passthrough = False
        data = answer.get_data()
        answer.close()
    return sheets(data)[0][1:]


@pytest.mark.parametrize(
    "value", [HOSTILE, "+1", "-1", "@SUM(A1)", "https://example.com/", "0012", "12345678901234567"]
)
def test_text_stays_text(value: str) -> None:
    assert round_trip([{"value": value}]) == [{"A": value}]


def test_values_keep_their_kind() -> None:
    values = [12, 1.5, True, date(2026, 8, 21), None, ("a", "b"), date(1066, 10, 14), 10**18]
    lines_of_file = [row.get("A") for row in round_trip([{"value": value} for value in values])]
    assert lines_of_file[:4] == [12.0, 1.5, 1.0, 46255.0]
    assert [item for item in lines_of_file[4:] if item is not None] == [
        "a;b",
        "1066-10-14",
        str(10**18),
    ]


def test_what_no_cell_can_hold_is_cut() -> None:
    ((cell,),) = [list(row.values()) for row in round_trip([{"value": "x" * 40_000}])]
    assert len(cell) == 32_767


def test_more_rows_than_a_sheet_can_hold_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_writers, "XLSX_ROWS", 3)
    assert len(round_trip([{"value": 1}] * 3)) == 3
    with pytest.raises(ValueError, match="more rows"):
        round_trip([{"value": 1}] * 4)
