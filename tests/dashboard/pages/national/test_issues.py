"""The issues page: the figures of the weekly reports, counted again from their files by pandas."""

from __future__ import annotations

import html
import re
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from flask.testing import FlaskClient

from performance_store.readers.registers import Registers
from tests.support.national import GOLDEN, table_of, words
from tests.support.real_store import real_app
from tests.support.servers import Filled

pytestmark = [pytest.mark.data, pytest.mark.postgres]
PATH = "/national/issues"
DAYS = [(row[0], row[7], row[8]) for row in GOLDEN]
NEW_CHECK = "no-associated-documents-found-for-this-area"


def reported(shared_data: Path, day: object) -> pd.DataFrame:
    """Issues of the provisions whose last attempt worked, straight from the files of a date."""
    folder = shared_data / "snapshots"
    status = pd.read_csv(folder / f"odp-status_{day}.csv", dtype=str).fillna("")
    issues = pd.read_csv(folder / f"odp-issue_{day}.csv", dtype=str).fillna("")
    key = ["organisation", "pipeline", "endpoint", "resource"]
    issues = issues[(issues.endpoint != "") & (issues.issue_type != "")].drop_duplicates()
    merged = issues.merge(status[status.status == "200"][key], on=key)
    return merged.assign(rows=merged.count_issues.astype(float).astype(int))


def errors_of_cells(rows: pd.DataFrame) -> pd.Series[set[str]]:
    """The types of error that the authority has to mend, of each provision that has any."""
    mine = rows[rows.severity.isin(["error", "critical"]) & (rows.responsibility == "external")]
    return mine.groupby(["organisation", "pipeline"]).issue_type.agg(set)


@pytest.mark.parametrize(("day", "collected", "clean"), DAYS)
def test_the_three_to_mend_are_the_best_of_all_threes(
    client: FlaskClient, shared_data: Path, day: str, collected: int, clean: int
) -> None:
    cells = errors_of_cells(reported(shared_data, day))
    assert len(cells) == collected - clean
    types = sorted(set().union(*cells))
    assert len(types) > 3
    best = max(sum(errors <= set(three) for errors in cells) for three in combinations(types, 3))
    text = words(client, f"{PATH}?as_at={day}")
    assert f"{collected - clean} of {collected} collected provisions have errors" in text
    match = re.search(
        r"Fix these three kinds of issue, and (\d+) of (\d+) provisions with errors", text
    )
    assert match is not None
    assert (int(match[1]), int(match[2])) == (best, len(cells))


def test_the_check_that_turned_49_provisions_is_the_first_to_mend(
    client: FlaskClient, shared_data: Path
) -> None:
    cells = errors_of_cells(reported(shared_data, "2025-03-19"))
    alone = sum(errors == {NEW_CHECK.replace("-", " ")} for errors in cells)
    assert alone >= 49
    first = words(client, f"{PATH}?as_at=2025-03-19").split("Become error-free Together")[1]
    having = sum(NEW_CHECK.replace("-", " ") in errors for errors in cells)
    assert first.strip().startswith(
        f"An area has no documents {having} {alone} +{alone} {alone} of {len(cells)}"
    )


@pytest.mark.parametrize(("day", "collected", "clean"), DAYS)
def test_the_file_is_what_the_reports_hold(
    client: FlaskClient, shared_data: Path, day: str, collected: int, clean: int
) -> None:
    report = reported(shared_data, day)
    lines = table_of(client, f"/downloads/national/issues.csv?as_at={day}")
    counts = {}
    for dataset, rows in [("", report), *report.groupby("pipeline")]:
        for kind, mine in rows.groupby("issue_type"):
            provisions = len(mine.drop_duplicates(["organisation", "pipeline"]))
            bodies = mine.organisation.nunique()
            counts[kind, dataset] = (provisions, bodies, int(mine.rows.sum()))
    figures = {
        (line["issue_type"], line["dataset"]): (
            int(line["provisions"]),
            int(line["organisations"]),
            int(line["problems"]),
        )
        for line in lines
    }
    assert figures == counts


def cells_of(client: FlaskClient, query: str, title: str) -> list[str]:
    """The cells of one row of the page's table."""
    body = client.get(f"{PATH}?{query}").get_data(as_text=True)
    table = body.split('class="heat"')[1].split("</table>")[0]
    for row in re.findall(r"<tr.*?</tr>", table, flags=re.S):
        if title in row:
            cells = re.findall(r"<td.*?</td>", row, flags=re.S)
            plain = [re.sub(r'<span class="hidden">.*?</span>|<[^>]+>', "", cell) for cell in cells]
            return [html.unescape(cell).strip() for cell in plain]
    raise AssertionError(f"no row {title}")


@pytest.mark.parametrize("measure", ["provisions", "problems"])
def test_the_table_shows_the_measure_that_the_address_asks_for(
    client: FlaskClient, shared_data: Path, measure: str
) -> None:
    report = reported(shared_data, "2025-04-02")
    mine = report[report.issue_type == "missing value"]
    each = mine.groupby("pipeline").rows.sum()
    if measure == "provisions":
        each = mine.groupby("pipeline").organisation.nunique()
    cells = cells_of(client, f"as_at=2025-04-02&measure={measure}", "A value is missing")
    names = sorted(set(reported(shared_data, "2025-04-02").pipeline))
    assert cells[0] == f"{each.sum():,}"
    assert cells[1] == str(mine.organisation.nunique())
    assert sorted(cells[2:]) == sorted(f"{each.get(name, 0):,}" for name in names)
    assert cells_of(client, f"as_at=2025-04-02&measure={measure}", "Provisions checked")[0] == "267"


def test_who_has_an_issue_is_listed_with_the_way_to_its_page(
    client: FlaskClient, shared_data: Path
) -> None:
    report = reported(shared_data, "2025-04-02")
    mine = report[(report.issue_type == "missing value") & (report.pipeline == "tree")]
    address = f"{PATH}?as_at=2025-04-02&issue=missing-value&within=tree"
    body = client.get(address).get_data(as_text=True)
    linked = set(re.findall(r'href="(/organisations/[^"]+/issues/[^"]+)"', body))
    assert linked == {
        f"/organisations/{name}/tree/issues/missing-value/-?as_at=2025-04-02"
        for name in mine.organisation
    }
    for href in linked:
        assert re.search(r"A value is missing: [\d,]+ problems?", words(client, href))
    file = re.search(r'href="(/downloads/national/issue-authorities[^"]+)"', body)
    assert file is not None
    lines = table_of(client, html.unescape(file[1]))
    assert {line["organisation"] for line in lines} == set(mine.organisation)
    assert sum(int(line["problems"]) for line in lines) == mine.rows.sum()


def test_every_number_of_the_table_leads_to_as_many_provisions(client: FlaskClient) -> None:
    body = client.get(f"{PATH}?as_at=2025-04-02").get_data(as_text=True)
    table = body.split('class="heat"')[1].split("</table>")[0]
    matches = re.findall(r'href="([^"]+within=[^"]+)"[^>]*>(\d+)<', table)
    assert len(matches) > 30
    for href, count in matches[::7]:
        text = words(client, html.unescape(href).split("#")[0])
        one = "1 provision found" if count == "1" else f"Showing all {count} provisions"
        assert one in text


def test_a_change_of_the_rules_is_told_beside_the_line(client: FlaskClient) -> None:
    text = words(client, f"{PATH}?issue={NEW_CHECK}&view=table")
    line = text.split("Provisions checked 2 Apr 2025")[1]
    # Nobody looked for it before it was a check: that is not nought.
    assert re.match(r" \d+ 267 19 Mar 2025 \d+ 248 12 Mar 2025 not known 244 ", line)
    assert "not checked on 22 January 2025" in text
    assert "19 March 2025: New check: no associated documents found for this area." in text
    assert "2 April 2025:" in text


def test_filters_narrow_what_is_counted(client: FlaskClient, shared_data: Path) -> None:
    report = reported(shared_data, "2025-04-02")
    cells = errors_of_cells(report[report.pipeline == "tree"])
    text = words(client, f"{PATH}?as_at=2025-04-02&dataset=tree")
    assert f" of {len(cells)} provisions with errors" in text
    lines = table_of(
        client, "/downloads/national/issues.csv?as_at=2025-04-02&severity=error&dataset=tree"
    )
    errors = report[(report.severity == "error") & (report.pipeline == "tree")]
    assert {line["issue_type"] for line in lines} == set(errors.issue_type)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("issue=nonsense", "No authority here has an issue called “nonsense”."),
        ("issue=missing-value&within=nowhere", "No authority here has this issue in “nowhere”."),
        ("measure=tears", "“tears” is not a measure that can be chosen here."),
        ("sort=-1", "We could not use all of these choices"),
        ("page=0", "We could not use all of these choices"),
    ],
)
def test_what_is_not_there_is_told(client: FlaskClient, query: str, sentence: str) -> None:
    text = words(client, f"{PATH}?{query}")
    assert sentence in text
    assert "52 of 267 collected provisions have errors" in text


def test_a_page_after_the_last_is_the_last(client: FlaskClient) -> None:
    assert "Showing all 5 provisions" in words(client, f"{PATH}?issue=invalid-date&page=9")


def test_files_of_what_is_not_there_are_not_found(client: FlaskClient) -> None:
    assert client.get("/downloads/national/issue-authorities.csv?issue=x").status_code == 404
    lines = table_of(client, "/downloads/national/issue-trend.csv")
    looked = [int(line["provisions"]) for line in lines if not line["issue_type"]]
    assert looked == [row[7] for row in GOLDEN]


def test_no_percentage_is_said(client: FlaskClient) -> None:
    text = words(client, PATH).replace('width="100%"', "")
    assert not re.search(r"\d%", text)


def test_figures_without_issues_say_so(
    filled: Filled, registers: Registers, tmp_path: Path
) -> None:
    client = real_app(tmp_path, filled(registers)).server.test_client()
    text = words(client, PATH)
    assert "These figures do not include issues" in text
    assert " 0 " not in text.split("These figures do not include issues")[1].split("Data as at")[0]
