"""Where each authority stands, and what is compared: plot, words, file and API say the same."""

from __future__ import annotations

import html
import json
import re
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from performance_api import create_app as create_api
from performance_store.database import connect
from performance_store.sample.reader import Sample
from tests.support.dash_calls import call
from tests.support.national import table_of, words
from tests.support.servers import Filled

pytestmark = pytest.mark.postgres
PATH = "/national/compare"


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=70, weeks=14))


@pytest.fixture(scope="module")
def api(module_engine: Engine) -> FlaskClient:
    return create_api(lambda: connect(module_engine)).test_client()


def plots(client: FlaskClient, query: str) -> list[dict[str, Any]]:
    """The plots of the page, as the browser gets them."""
    search = f"?{query}" if query else ""
    answer = client.post("/_dash-update-component", json=call(PATH, search))
    matches = re.finditer(r'"figure":\s*(?=\{)', answer.get_data(as_text=True))
    decoder = json.JSONDecoder()
    body = answer.get_data(as_text=True)
    return [decoder.raw_decode(body[match.end() :])[0] for match in matches]


def of_api(api: FlaskClient, body: str, table: str) -> list[dict[str, Any]]:
    """The rows that the read API has for a figure of the page."""
    (address,) = set(re.findall(rf'href="(/api/v1/national/{table}\?[^"]+)"', body))
    answer = api.get(html.unescape(address))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    page = answer.get_json()
    assert page["next"] is None
    return list(page["data"])


def values(rows: list[dict[str, Any]], measure: str) -> dict[str, float]:
    """The value of each authority whose value is known, worked out from the API's rows."""
    amounts: dict[str, float] = {}
    for row in rows:
        count = {"rows": row["rows_to_fix"], "age": row["median_age"]}.get(measure)
        if measure == "provided":
            count = row["provided"] / row["expected"]
        if measure == "error_free" and row["error_free"] is not None and row["collected"]:
            count = row["error_free"] / row["collected"]
        if count is not None:
            amounts[row["organisation"]] = count
    return amounts


@pytest.mark.parametrize("measure", ["provided", "error_free", "rows", "age"])
@pytest.mark.parametrize("denominator", ["programme", "any", "all-lpas"])
def test_every_authority_that_is_known_of_is_a_dot_in_its_place(
    client: FlaskClient, api: FlaskClient, measure: str, denominator: str
) -> None:
    query = urlencode({"set": denominator, "measure": measure})
    body = client.get(f"{PATH}?{query}").get_data(as_text=True)
    rows = of_api(api, body, "standings")
    there = values(rows, measure)
    plain, marks = plots(client, query)[0]["data"]
    assert marks["x"] == []
    links = dict(zip(plain["customdata"], plain["text"], strict=True))
    assert set(links) == {f"/organisations/{organisation}" for organisation in there}
    names = {row["organisation"]: row["name"] for row in rows}
    sign = 1 if measure in ("rows", "age") else -1
    for organisation, value in there.items():
        place = 1 + sum(sign * other < sign * value for other in there.values())
        sentence_of_dot = links[f"/organisations/{organisation}"]
        assert sentence_of_dot.startswith(f"{names[organisation]}: ")
        assert re.search(rf", {place}(st|nd|rd|th) of {len(there)}$", sentence_of_dot), (
            sentence_of_dot
        )


def test_the_places_are_those_of_the_store(client: FlaskClient, module_engine: Engine) -> None:
    with module_engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT o.organisation, count(*), count(*) FILTER (WHERE endpoint_count > 0), "
                "sum(rows_to_fix) FROM summary s JOIN organisation o ON o.id = s.organisation_id "
                "WHERE in_any AND snapshot_id = (SELECT id FROM current_snapshot) GROUP BY 1"
            )
        ).all()
    file_rows = table_of(client, "/downloads/national/standings.csv?set=any")
    assert {
        (row["organisation"], int(row["expected"]), int(row["provided"]), row["rows_to_fix"])
        for row in file_rows
    } == {(*row[:3], "" if row[3] is None else str(row[3])) for row in rows}


def test_an_authority_is_marked_and_told_its_place(client: FlaskClient, api: FlaskClient) -> None:
    body = client.get(PATH).get_data(as_text=True)
    rows = of_api(api, body, "standings")
    there = values(rows, "provided")
    row = sorted(rows, key=lambda row: there[row["organisation"]])[len(rows) // 2]
    mine = there[row["organisation"]]
    better = sum(value > mine for value in there.values())
    ties = list(there.values()).count(mine) - 1
    query = urlencode({"pick": f"organisation:{row['organisation']}"})
    page = words(client, f"{PATH}?{query}")
    assert re.search(
        rf"{re.escape(row['name'])} is {better + 1}(st|nd|rd|th) of {len(there)}, with {ties} "
        rf"others?: {row['provided']} of {row['expected']} provided\.",
        page,
    )
    plot = plots(client, query)[0]
    _, marks = plot["data"]
    assert marks["customdata"] == [f"/organisations/{row['organisation']}"]
    assert plot["layout"]["meta"] == {"open": "Open the authority’s page"}


@pytest.mark.parametrize(
    ("denominator", "measure", "field", "of"),
    [
        ("programme", "provided", "endpoint", "expected"),
        ("any", "error_free", "error_free", "collected"),
        ("any", "age", "fresh", "endpoint"),
        ("all-lpas", "provided", "endpoint", "expected"),
    ],
)
def test_lines_are_what_the_api_and_the_file_say(
    client: FlaskClient, api: FlaskClient, denominator: str, measure: str, field: str, of: str
) -> None:
    picks = ["region:E12000007", "dataset:tree"]
    query = urlencode({"set": denominator, "measure": measure, "pick": picks}, doseq=True)
    body = client.get(f"{PATH}?{query}").get_data(as_text=True)
    rows = of_api(api, body, "comparison")
    (file,) = set(re.findall(r'href="(/downloads/national/comparison\.csv[^"]+)"', body))
    file_rows = table_of(client, html.unescape(file))
    assert [(row["as_at"], row["key"], row["endpoint"]) for row in file_rows] == [
        (row["as_at"], row["key"], str(row["endpoint"])) for row in rows
    ]
    traces = {trace["name"]: trace for trace in plots(client, query)[1]["data"] if trace["name"]}
    assert {(row["part"], row["key"]) for row in rows} == {
        *(("all", ""), ("region", "E12000007"), ("dataset", "tree")),
    }
    assert len(traces) == 3
    for label in traces:
        # No share is told of fewer than five.
        line = [row for row in rows if row["label"] == label and row["organisations"] >= 5]
        line_values = [value for value in traces[label]["y"] if value is not None]
        assert line_values == [round(100 * row[field] / row[of], 2) for row in line]


def test_lines_of_a_region_are_those_of_the_page_over_time(client: FlaskClient) -> None:
    """Counted from the summaries here, kept by the load there."""
    of = "set=any&kind=sample"
    trend = table_of(client, f"/downloads/national/trend.csv?{of}&by=region")
    here = table_of(client, f"/downloads/national/comparison.csv?{of}&pick=region:E12000007")
    columns = ("as_at", "expected", "endpoint", "reachable", "collected", "error_free", "fresh")
    assert [[row[name] for name in columns] for row in trend if row["key"] == "E12000007"] == [
        [row[name] for name in columns] for row in here if row["key"] == "E12000007"
    ]


@pytest.mark.parametrize(("measure", "label"), [("error_free", "error-free"), ("age", "fresh")])
def test_a_word_is_a_share_of_the_same_here_and_on_the_overview(
    client: FlaskClient, measure: str, label: str
) -> None:
    """n of N of all together, as the overview's tile has it."""
    of = {"error-free": "collected", "fresh": "provided"}[label]
    tile = re.search(rf"{of} are {label} (\d+ of \d+) \(", words(client, "/national?set=any"))
    assert tile
    page = words(client, f"{PATH}?set=any&kind=sample&measure={measure}")
    title = f"{label.capitalize()}, as a share of {of}"
    assert title in page
    assert f"{label.capitalize()} of {of} on 21 August 2026: All together: {tile[1]}" in page
    if measure == "error_free":
        assert "Share of collected datasets error-free: each dot is an authority" in page
        table = words(client, f"{PATH}?set=any&kind=sample&measure={measure}&view=table")
        assert re.search(r"\d+ of \d+ collected error-free", table)
    assert "as a share of expected" not in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("pick=region:nowhere", "“region:nowhere” is not something we can compare"),
        ("pick=nonsense", "“nonsense” is not something we can compare"),
        ("set=all-lpas&pick=ORG", "has lines of regions and datasets only"),
        ("pick=MANY", "We compare at most six at once. These are the first six."),
        ("measure=nonsense", "“nonsense” is not a measure that can be chosen here."),
    ],
)
def test_what_cannot_be_compared_is_told(client: FlaskClient, query: str, sentence: str) -> None:
    names = [row["organisation"] for row in table_of(client, "/downloads/national/standings.csv")]
    query = query.replace("ORG", f"organisation:{names[0]}")
    seven = [f"organisation:{name}" for name in names[6::-1]]
    query = query.replace("MANY", "&pick=".join(seven))
    page = words(client, f"{PATH}?{query}")
    assert sentence in page
    assert "Where each authority stands" in page


def test_an_authority_that_cannot_be_compared_is_told_by_name(
    client: FlaskClient, module_engine: Engine
) -> None:
    names = [row["organisation"] for row in table_of(client, "/downloads/national/standings.csv")]
    with module_engine.connect() as connection:
        sql = "SELECT organisation, name FROM organisation WHERE organisation <> ALL (:names)"
        code, name = connection.execute(text(f"{sql} ORDER BY 1"), {"names": names}).all()[0]
    page = words(client, f"{PATH}?pick=organisation:{code}")
    assert f"“{name}” is not something we can compare in these figures." in page


def test_the_first_six_are_those_of_the_address(client: FlaskClient) -> None:
    rows = table_of(client, "/downloads/national/standings.csv")[6::-1]
    picks = "&pick=".join(f"organisation:{row['organisation']}" for row in rows)
    body = client.get(f"{PATH}?pick={picks}").get_data(as_text=True)
    compared = body.split("Compared:")[1].split("</ul>")[0]
    there = [row["name"] for row in rows if html.escape(row["name"]) in compared]
    assert there == [row["name"] for row in rows[:6]]
    places = [compared.index(html.escape(row["name"])) for row in rows[:6]]
    assert places == sorted(places)


def test_six_are_small_charts_and_nothing_more_is_offered(client: FlaskClient) -> None:
    names = [row["organisation"] for row in table_of(client, "/downloads/national/standings.csv")]
    query = "&".join(f"pick=organisation:{name}" for name in names[:6])
    body = client.get(f"{PATH}?{query}").get_data(as_text=True)
    assert body.count('class="multiple"') == 7
    assert 'id="field-pick"' not in body
    assert body.count(">remove</a>") == 6


def test_the_form_keeps_what_is_compared_and_adds_one(client: FlaskClient) -> None:
    body = client.get(f"{PATH}?pick=dataset:tree&set=any").get_data(as_text=True)
    form = body.split('class="inline-form"')[1].split("</form>")[0]
    assert '<input type="hidden" name="pick" value="dataset:tree">' in form
    assert '<input type="hidden" name="set" value="any">' in form
    assert '<option value="dataset:tree">' not in form
    assert '<option value="dataset:conservation-area">' in form
    # What nobody chose is no choice.
    assert "We could not use" not in words(client, f"{PATH}?pick=dataset:tree&pick=")
