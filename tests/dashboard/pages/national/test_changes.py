"""What changed: the golden churn read off the page, its files and its feed."""

from __future__ import annotations

import csv
import io
import re
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.support.golden import CHURN
from tests.support.national import words

pytestmark = pytest.mark.postgres
PATH = "/national/changes"
FILES = "/downloads/national"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
SENTENCES = (
    *("Newly provided", "Newly broken", "Working again", "No longer provided"),
    *("Endpoint replaced", "Content updated", "Now counted"),
)


def file_of(client: FlaskClient, name: str, query: str) -> list[dict[str, str]]:
    answer = client.get(f"{FILES}/{name}?{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def before(day: str) -> str:
    days = ["2025-01-22", *CHURN]
    return days[days.index(day) - 1]


@pytest.mark.parametrize("day", CHURN)
def test_the_page_counts_the_golden_churn(client: FlaskClient, day: str) -> None:
    page = words(client, f"{PATH}?as_at={day}&compare={before(day)}")
    short = page[page.index("In short") : page.index("From status to status")]
    for label, number in zip(SENTENCES, CHURN[day], strict=True):
        match = re.search(rf"{label} ([\d,]+) ([\d,]+)", short)
        assert match is not None, label
        assert int(match[1]) == number, label


@pytest.mark.parametrize("day", CHURN)
def test_the_file_lists_what_the_page_counts(client: FlaskClient, day: str) -> None:
    rows = file_of(client, "events.csv", f"as_at={day}&compare={before(day)}&event=everything")
    kinds = [row["kind"] for row in rows]
    names = (
        *("newly_provided", "newly_broken", "recovered", "lost", "endpoint_replaced"),
        *("content_updated", "joined_denominator"),
    )
    assert tuple(kinds.count(name) for name in names) == CHURN[day]
    assert {row["by_rule"] for row in rows} == {"false"}
    page = words(client, f"{PATH}?as_at={day}&compare={before(day)}&event=everything")
    assert re.search(rf"of {len(rows)} changes|all {len(rows)} changes", page)


def test_what_a_rule_caused_stands_apart_and_is_nobodys_fault(client: FlaskClient) -> None:
    query = "as_at=2025-03-19&compare=2025-03-12"
    page = words(client, f"{PATH}?{query}")
    assert "Caused by changed rules, not by authorities" in page
    assert "19 March 2025: New check: no associated documents found for this area" in page
    caused = file_of(client, "events.csv", f"{query}&event=by-rule")
    moved = [row for row in caused if row["kind"] == "status_changed"]
    assert len(moved) >= 40
    assert f"{len(moved)} provisions of" in page
    assert "went from “Live” to “Needs improving”" in page
    others = file_of(client, "events.csv", f"{query}&event=everything")
    assert not [
        row for row in others if row["after"] == "no associated documents found for this area"
    ]
    assert f"{len(moved)} changes of status among these were caused by a rule." in page


def test_the_new_denominator_is_told(client: FlaskClient) -> None:
    page = words(client, f"{PATH}?as_at=2025-04-02&compare=2025-03-19")
    assert "952 provisions of 119 authorities are expected; before, 584 of 73." in page
    assert "Not counted then" in page


@pytest.mark.parametrize("query", ["", "dataset=tree", "status=live", "cohort=ANY&dataset=tree"])
def test_the_flow_is_that_of_the_cells(
    client: FlaskClient, module_engine: Engine, query: str
) -> None:
    # Closed again: the application answers from the same few connections.
    with module_engine.connect() as connection:
        cells = pd.read_sql(
            "SELECT n.as_at::text, s.organisation_id, d.dataset, s.status, "
            "coalesce(s.cohort, 'none') AS cohort FROM summary s JOIN snapshot n "
            "ON n.id = s.snapshot_id JOIN dataset d ON d.id = s.dataset_id WHERE s.in_programme",
            connection,
        )
    query = query.replace("ANY", str(cells.cohort[cells.cohort != "none"].mode()[0]))
    choices = dict(item.split("=") for item in query.split("&") if item)
    for name in ("dataset", "cohort"):
        if name in choices:
            cells = cells[cells[name] == choices[name]]
    key = ["organisation_id", "dataset"]
    both = pd.merge(
        *(cells[cells.as_at == day].set_index(key).status for day in ("2025-01-22", "2025-04-02")),
        left_index=True,
        right_index=True,
        how="outer",
    ).fillna("")
    if "status" in choices:
        both = both[(both == choices["status"]).any(axis=1)]
    rows = file_of(client, "flow.csv", f"as_at=2025-04-02&compare=2025-01-22&{query}")
    counts = {(row["before"], row["after"]): int(row["provisions"]) for row in rows}
    assert counts == both.value_counts().to_dict()
    assert counts
    page = words(client, f"{PATH}?as_at=2025-04-02&compare=2025-01-22&{query}")
    for number in counts.values():
        assert f" {number:,} " in page


def test_the_feed_is_atom_and_holds_the_same_events(client: FlaskClient) -> None:
    query = "as_at=2025-03-05&event=newly_provided"
    body = client.get(PATH + "?as_at=2025-03-05&event=newly_provided").get_data(as_text=True)
    assert re.search(r'href="/downloads/national/changes.atom[^"]*event=newly_provided', body)
    answer = client.get(f"{FILES}/changes.atom?{query}")
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.data)
    assert feed.tag == f"{{{ATOM['a']}}}feed"

    def all_of(path: str, of: Any = feed) -> list[str]:
        return [item.text or "" for item in of.findall(path, ATOM)]

    for name in ("a:id", "a:title", "a:updated", "a:author/a:name"):
        assert len(all_of(name)) == 1, name
    entries = feed.findall("a:entry", ATOM)
    # 27 and 1 of the weeks before, which are less than three months old.
    assert len(entries) == 28
    assert len({all_of("a:id", entry)[0] for entry in entries}) == 28
    for entry in entries:
        assert "Newly provided" in all_of("a:title", entry)[0]
        link = entry.find("a:link", ATOM)
        assert link is not None
        assert client.get(link.attrib["href"].removeprefix("http://localhost")).status_code == 200
    again = client.get(f"{FILES}/changes.atom?{query}").data
    assert again == answer.data, "entries keep their ids"


def test_a_page_of_the_list_and_the_first_date(client: FlaskClient) -> None:
    page = words(client, f"{PATH}?as_at=2025-04-02&compare=2025-01-22&event=everything&page=2")
    assert re.search(r"Showing 51 to 100 of \d+ changes", page)
    assert "There is nothing earlier to compare with" in words(client, f"{PATH}?as_at=2025-01-22")
    assert client.get(f"{FILES}/flow.csv?as_at=2025-01-22").status_code == 404
    assert file_of(client, "events.csv", "as_at=2025-01-22") == []
    notice_page = words(client, f"{PATH}?event=nonsense")
    assert "“nonsense” is not" in notice_page
