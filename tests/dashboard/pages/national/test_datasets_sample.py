"""The pages of datasets on the sample: every set, searches, orders, what is withheld or ended."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from performance_store.sample.reader import Sample
from tests.support.national import rows_of, table_of, words
from tests.support.real_store import real_app
from tests.support.servers import Filled

pytestmark = pytest.mark.postgres
SETS = ("programme", "statutory", "any", "all-lpas")


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=40, weeks=12))


@pytest.fixture(scope="module")
def client(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    with module_engine.begin() as connection:
        connection.execute(
            text("INSERT INTO dataset (dataset, name, typology, end_date) VALUES "
                 "('old-plan', 'old plan', 'document', '2026-01-05')")
        )  # fmt: skip
    return real_app(tmp_path_factory.mktemp("pages"), module_engine).server.test_client()


@pytest.mark.parametrize("name", SETS)
def test_the_register_says_of_each_dataset_what_the_country_does(
    client: FlaskClient, name: str
) -> None:
    rows = rows_of(client, f"set={name}")
    lines = {
        row["dataset"]: row
        for row in table_of(client, f"/downloads/national/dataset.csv?set={name}")
    }
    assert set(rows) == set(lines)
    for dataset, words_ in rows.items():
        line = lines[dataset]
        assert f" {line['endpoint']} of {line['expected']} " in f"{words_} "
        page = words(client, f"/datasets/{dataset}?set={name}")
        expected = (
            "planning authorities" if name == "all-lpas" else "authorities expected to provide it"
        )
        assert f"{line['endpoint']} of {line['expected']} {expected}" in page


@pytest.mark.parametrize(
    "query", ["", "?set=any", "?set=all-lpas", "/tree", "/tree?set=any", "/plan-timetable"]
)
def test_no_percentage_is_bare(client: FlaskClient, query: str) -> None:
    page = words(client, f"/datasets{query}")
    percentages = re.findall(r"(\S+ \S+ \S+) \(?(?:under |over )?\d+%(?! of the fields)", page)
    assert percentages
    for before in percentages:
        assert re.fullmatch(r"[\d,]+ of [\d,]+", before), before


def test_shares_of_fewer_than_five_authorities_are_withheld(client: FlaskClient) -> None:
    page = words(client, "/datasets/tree?set=any")
    body = page.split("By region")[1].split("CSV of coverage by region")[0]
    totals = re.findall(r"(\d+) of (\d+)( \(\S*\d+%\))?", body)
    assert any(int(total) < 5 for _, total, _ in totals)
    assert any(share for *_, share in totals)
    assert all(int(total) >= 5 for _, total, share in totals if share)
    narrow = "&".join(f"status={name}" for name in ("error", "processing"))
    for row in rows_of(client, f"set=any&{narrow}").values():
        for total, share in re.findall(r"\d+ of (\d+)( \(\S*\d+%\))?", row):
            assert not share or int(total) >= 5


def test_a_dataset_opens_on_a_set_that_asks_for_it(client: FlaskClient) -> None:
    page = words(client, "/datasets/brownfield-land")
    assert "Statutory duties , sample data" in page
    assert "40 must provide it by law" in page
    # Whoever chose a set gets it, with the way to the others.
    page = words(client, "/datasets/brownfield-land?set=programme")
    assert "No authority here is expected to provide this dataset" in page
    assert "See other sets below." in page
    body = client.get("/datasets/brownfield-land?set=programme").get_data(as_text=True)
    assert 'href="/datasets/brownfield-land?set=statutory"' in body


def test_others_and_ended_ones_are_apart(client: FlaskClient) -> None:
    page = words(client, "/datasets?set=programme")
    others = page.split("Not counted here")[1].split("Ended")[0]
    assert "Brownfield land Geography 40 authorities" in others
    part = page.split("Not counted here")[1].split("Ended", 1)[1]
    assert "Old plan Document 5 Jan 2026 nobody" in part
    assert "old-plan" not in rows_of(client, "set=all-lpas")
    detail = words(client, "/datasets/old-plan")
    assert (
        "No authority is expected to provide it in any set of these figures. Nobody provides it."
        in detail
    )
    assert "Ended 5 January 2026" in detail
    # It had not ended yet.
    assert "Ended" not in words(client, "/datasets?as_at=2026-06-05").split("Not counted")[0]


def test_a_search_finds_names_and_collections(client: FlaskClient) -> None:
    assert set(rows_of(client, "q=tree")) == {
        "tree",
        "tree-preservation-order",
        "tree-preservation-zone",
    }
    assert set(rows_of(client, "q=ORDER+tree-pres")) >= {"tree-preservation-order"}
    page = words(client, "/datasets?q=zzz")
    assert "There is no dataset here called “zzz”." in page
    assert "Show all datasets" in page


@pytest.mark.parametrize("sort", ["provided", "endpoints", "first", "newest", "content", "change"])
def test_the_order_is_the_readers_and_turned_it_is_the_reverse(
    client: FlaskClient, sort: str
) -> None:
    lines = {
        row["dataset"]: row for row in table_of(client, "/downloads/national/datasets.csv?set=any")
    }

    def value(dataset: str) -> float | str | None:
        row = lines[dataset]
        if sort == "provided":
            return int(row["provided"]) / int(row["expected"])
        if sort == "endpoints":
            return int(row["endpoints"])
        if sort == "change":
            # By what the same authorities did: who joined or left has no part in it.
            return int(row["by_authorities"]) if row["provided_before"] else None
        column = {"first": "first_endpoint_on", "newest": "newest_endpoint_on"}
        return row[column.get(sort, "content_changed_on")] or None

    values = [value(name) for name in rows_of(client, f"set=any&group=none&sort={sort}")]
    present = [item for item in values if item is not None]
    assert present == sorted(present, reverse=sort != "first")
    turned = [
        value(name) for name in rows_of(client, f"set=any&group=none&sort={sort}&order=reversed")
    ]
    again = [item for item in turned if item is not None]
    assert again == present[::-1]
    assert turned[len(again) :] == [None] * (len(turned) - len(again)), "the unknown come last"


def test_groups_hold_their_datasets_and_add_up(client: FlaskClient) -> None:
    body = client.get("/datasets?set=any&group=collection").get_data(as_text=True)
    table = body.split('id="datasets"')[1].split("</table>")[0]
    for group in table.split("<tbody")[1:]:
        head = re.search(r": ([\d,]+) of ([\d,]+) provisions provided", group)
        assert head is not None
        cells = re.findall(r"<div>([\d,]+) of ([\d,]+)(?: \(.*?\))?</div>", group)
        assert sum(int(n.replace(",", "")) for n, _ in cells) == int(head[1].replace(",", ""))
        assert sum(int(n.replace(",", "")) for _, n in cells) == int(head[2].replace(",", ""))


def test_filters_narrow_the_page_of_a_dataset_too(client: FlaskClient) -> None:
    query = "set=any&region=E12000007&region=E12000001"
    (line,) = table_of(client, f"/downloads/national/all.csv?{query}&dataset=tree")
    page = words(client, f"/datasets/tree?{query}")
    assert f"{line['endpoint']} of {line['expected']} authorities" in page
    rows = table_of(client, f"/downloads/datasets/tree.csv?{query}")
    assert len(rows) == int(line["expected"])
    assert {row["region"] for row in rows} <= {"E12000007", "E12000001"}
    body = client.get(f"/datasets/tree?{query}").get_data(as_text=True)
    # What can be chosen is counted of this dataset alone.
    counts = re.findall(r'name="region" value="[^"]+".*?\((\d+)\)</label>', body)
    whole = table_of(client, "/downloads/datasets/tree.csv?set=any")
    assert sum(map(int, counts)) == len(whole)
    assert "/datasets?set=any&region=E12000001&region=E12000007" in html.unescape(body)


def test_a_slide_of_a_dataset_names_it(client: FlaskClient) -> None:
    page = client.get("/datasets/tree").get_data(as_text=True)
    titles = [html.unescape(one) for one in re.findall(r'data-title="([^"]*)"', page)]
    assert len(titles) > 2
    assert all("Tree" in one for one in titles), titles


def test_folded_regions_and_cohorts_say_who_is_last(client: FlaskClient) -> None:
    page = client.get("/national").get_data(as_text=True)
    folds = re.findall(r'<h2 id="(region|cohort)-heading"[^>]*>([^<]*)', page)
    assert {name for name, _ in folds} == {"region", "cohort"}
    for name, heading in folds:
        file = table_of(client, f"/downloads/national/{name}.csv")
        lines = [line for line in file if line["value"] != "none"]
        least = min(lines, key=lambda line: int(line["endpoint"]) / int(line["expected"]))
        assert html.unescape(heading).startswith(f"By {name}: lowest ")
        assert f"{least['endpoint']} of {least['expected']}" in heading


_LOST = """
SELECT d.dataset, o.organisation, max(n.as_at) FROM summary s
JOIN dataset d ON d.id = s.dataset_id
JOIN organisation o ON o.id = s.organisation_id
JOIN summary b ON b.organisation_id = s.organisation_id AND b.dataset_id = s.dataset_id
    AND b.endpoint_count > 0
JOIN snapshot n ON n.id = b.snapshot_id
WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.in_any AND s.endpoint_count = 0
GROUP BY 1, 2
"""


def test_who_lost_a_dataset_is_told_apart_from_who_never_had_it(
    client: FlaskClient, module_engine: Engine
) -> None:
    with module_engine.connect() as connection:
        rows = connection.execute(text(_LOST)).all()
    assert rows
    dataset = rows[0][0]
    days = {organisation: str(day) for of, organisation, day in rows if of == dataset}
    query = "set=any&state=not_submitted"
    lines = table_of(client, f"/downloads/datasets/{dataset}.csv?{query}")
    assert {row["organisation"]: row["last_provided_on"] for row in lines} == {
        row["organisation"]: days.get(row["organisation"], "") for row in lines
    }
    assert set(days) <= {row["organisation"] for row in lines}
    page = words(client, f"/datasets/{dataset}?{query}&sort=name")
    count = len(lines)
    assert f"{count} authorities do not provide it now; {len(days)} of them did before." in page
    assert page.count("last provided on") <= len(days)
    if count <= 25:
        assert page.count("last provided on") == len(days)
