"""The national page shows the figures of the weekly reports, to the digit."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.national import GOLDEN, table_of, words

pytestmark = [pytest.mark.data, pytest.mark.postgres]


@pytest.mark.parametrize("row", GOLDEN, ids=[str(row[0]) for row in GOLDEN])
def test_each_date_shows_the_golden_figures(client: FlaskClient, row: tuple[object, ...]) -> None:
    day, bodies, expected, endpoint, some, full, reachable, collected, clean, conformant = row
    text = words(client, f"/national?kind=odp-reports&as_at={day}")
    for sentence in (
        f"{endpoint} of {expected} expected provisions have an endpoint: 8 datasets, {bodies} ",
        f"authorities provide something {some} of {bodies}",
        f"authorities provide everything {full} of {bodies}",
        f"provided are reachable {reachable} of {endpoint}",
        f"collected are error-free {clean} of {collected}",
        f"Collected {collected} ",
        f"Conformant {conformant} ",
    ):
        assert sentence in text


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2025-01-30", "1 newly provided, 0 lost, 5 newly broken and 0 recovered"),
        ("2025-03-05", "27 newly provided, 1 lost, 0 newly broken and 1 recovered"),
        ("2025-03-12", "4 newly provided, 0 lost, 0 newly broken and 2 recovered"),
        ("2025-03-19", "4 newly provided, 0 lost, 0 newly broken and 0 recovered"),
        ("2025-04-02", "15 newly provided, 1 lost, 0 newly broken and 0 recovered"),
    ],
)
def test_what_happened_is_the_golden_churn(client: FlaskClient, day: str, sentence: str) -> None:
    assert sentence in words(client, f"/national?as_at={day}")


def test_what_to_look_at_first_leads_to_those_whom_it_concerns(client: FlaskClient) -> None:
    body = client.get("/national?kind=odp-reports&as_at=2025-04-02").get_data(as_text=True)
    section = body.split('id="first"')[1].split("</section>")[0]
    led = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>(\d+) of them for ([^<]+)</a>', section)
    assert len(led) == 2
    for href, count, dataset in led:
        text = words(client, html.unescape(href).partition("#")[0])
        assert "We do not know" not in text
        if "/coverage" in href:
            assert f"0 of {count} expected provisions have an endpoint: 1 dataset" in text
            assert dataset.lower() in text.lower()
        else:
            assert re.search(rf"{count} of \d+ collected provisions have errors", text)


@pytest.mark.parametrize("query", ["", "?set=all-lpas", "?as_at=2025-03-19"])
def test_each_figure_leads_to_where_it_is_shown_in_full(client: FlaskClient, query: str) -> None:
    body = client.get(f"/national{query}").get_data(as_text=True)
    led = re.findall(r'<dt class="stat-label"><a [^>]*href="([^"]+)"', body)
    assert len(led) >= 3
    for href in led:
        path, _, part = html.unescape(href).partition("#")
        there = client.get(path)
        assert there.status_code == 200
        assert "We do not know" not in there.get_data(as_text=True)
        assert not part or f'id="{part}"' in there.get_data(as_text=True)


def test_changed_rules_and_denominators_are_told(client: FlaskClient) -> None:
    text = words(client, "/national")
    assert "19 March 2025: New check: no associated documents found for this area." in text
    assert "952 provisions of 119 authorities are expected; before, 584 of 73." in text


def test_a_date_without_figures_leads_to_the_nearest_with_a_notice(client: FlaskClient) -> None:
    text = words(client, "/national?as_at=2025-02-28")
    assert "There are no figures for 28 February 2025." in text
    assert "249 of 584 expected provisions" in text


@pytest.mark.parametrize("query", ["set=nonsense", "as_at=tomorrow", "junk=1", "kind=<b>"])
def test_what_cannot_be_used_is_ignored_with_a_notice(client: FlaskClient, query: str) -> None:
    text = words(client, f"/national?{query}")
    assert "We could not use all of these choices" in text
    assert "275 of 952" in text


def test_a_set_that_nobody_is_in_gives_way_with_a_notice(client: FlaskClient) -> None:
    text = words(client, "/national?set=statutory")
    assert "These figures have no authorities under “Statutory duties”." in text
    assert "275 of 952 expected provisions" in text


@pytest.mark.parametrize(
    ("day", "sentences"),
    [
        ("2025-01-30", ["The content of 18 provisions changed"]),
        ("2025-03-05", ["The content of 31 provisions changed", "5 endpoints were replaced"]),
        ("2025-03-12", ["The content of 16 provisions changed", "1 endpoint was replaced"]),
        ("2025-03-19", ["The content of 20 provisions changed"]),
        (
            "2025-03-19",
            ["A rule change, not anything that an authority did, made 49 "],
        ),
        (
            "2025-04-02",
            ["A rule change, not anything that an authority did, made 51 "],
        ),
        ("2025-04-02", ["The content of 40 provisions changed", "6 endpoints were replaced"]),
        ("2025-04-02", ["46 authorities joined this set"]),
    ],
)
def test_the_rest_of_the_golden_churn_is_told(
    client: FlaskClient, day: str, sentences: list[str]
) -> None:
    text = words(client, f"/national?as_at={day}")
    assert [item for item in sentences if item not in text] == []


def test_the_whole_way_is_the_sum_of_its_steps(client: FlaskClient) -> None:
    text = words(client, "/national?as_at=2025-04-02&since=2025-01-22")
    assert "51 newly provided, 2 lost, 5 newly broken and 3 recovered" in text
    assert "+53 since 22 Jan 2025 (authorities +49, joined +4); 368 more expected" in text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("as_at=2025-03-12&since=2025-03-19", "as at 12 March 2025. Choose an earlier date."),
        (
            "as_at=2025-03-12&since=2025-03-01",
            "We compare with 30 January 2025, the latest before.",
        ),
        ("as_at=2025-03-12&since=2024-03-01", "We compare with 22 January 2025."),
        ("as_at=2025-01-22&since=2025-01-01", "There are no earlier figures"),
        ("lines=dataset&dataset=nonsense", "“nonsense” is not a dataset that can be chosen here."),
    ],
)
def test_what_is_not_there_is_told(client: FlaskClient, query: str, sentence: str) -> None:
    assert sentence in words(client, f"/national?{query}")


def test_a_link_with_the_old_name_of_the_date_of_comparison_still_works(
    client: FlaskClient,
) -> None:
    old = words(client, "/national?as_at=2025-04-02&compare=2025-01-22")
    assert old == words(client, "/national?as_at=2025-04-02&since=2025-01-22")
    assert "We do not know" not in old
    both = words(client, "/national?as_at=2025-04-02&since=2025-01-22&compare=2025-03-19")
    assert both == old


def test_a_change_is_never_shown_without_what_caused_it(client: FlaskClient) -> None:
    text = words(client, "/national?as_at=2025-03-19")
    assert "−48 since 12 Mar 2025 (authorities +1, changed rule −49)" in text
    assert "Nothing got worse at the authorities: the rule is new." in text


def figure(client: FlaskClient, query: str) -> dict[str, Any]:
    """The chart's figure, as the browser gets it."""
    page = "/national"
    answer = client.post(
        "/_dash-update-component",
        json={
            "output": "..page.children...page-state.data..",
            "outputs": [
                {"id": "page", "property": "children"},
                {"id": "page-state", "property": "data"},
            ],
            "inputs": [
                {"id": "url", "property": "pathname", "value": page},
                {"id": "url", "property": "search", "value": query},
            ],
            "changedPropIds": ["url.search"],
        },
    )
    match = re.search(r'"figure":\s*(\{.*)', answer.get_data(as_text=True), flags=re.S)
    assert match is not None
    return json.JSONDecoder().raw_decode(match[1])[0]  # type: ignore[no-any-return]


def test_the_line_shows_the_golden_figures_and_its_marks(client: FlaskClient) -> None:
    picture = figure(client, "?kind=odp-reports")
    assert [trace["name"] for trace in picture["data"]] == ["Provided", "Expected"]
    assert picture["data"][0]["y"] == [row[3] for row in GOLDEN]
    assert picture["data"][1]["y"] == [row[2] for row in GOLDEN]
    assert [shape["x0"] for shape in picture["layout"]["shapes"]] == ["2025-03-19", "2025-04-02"]


def test_a_share_breaks_where_its_denominator_changes(client: FlaskClient) -> None:
    (line,) = figure(client, "?show=share")["data"]
    shares = [None if value is None else round(value, 1) for value in line["y"]]
    assert shares == [38.0, 38.2, 42.6, 43.3, 44.0, None, 28.9]


def test_there_is_a_small_chart_for_each_dataset(client: FlaskClient) -> None:
    body = client.get("/national?lines=dataset").get_data(as_text=True)
    charts = re.findall(
        r'class="multiple" data-values="([^"]+)".*?<a [^>]*>([^<]+)</a><span class="multiple-value',
        body,
    )
    lines = {name: json.loads(values) for values, name in charts}
    assert len(lines) == 8
    assert lines["Conservation area"][0] == 46
    assert lines["Tree"][0] == 22
    assert sum(values[-1] for values in lines.values()) == 275
    (one,) = figure(client, "?lines=dataset&dataset=tree")["data"]
    assert one["name"] == "Tree"


@pytest.mark.parametrize("table", ["all", "dataset", "region", "cohort"])
@pytest.mark.parametrize("row", GOLDEN, ids=[str(row[0]) for row in GOLDEN])
def test_the_files_add_up_to_the_golden_figures(
    client: FlaskClient, table: str, row: tuple[object, ...]
) -> None:
    day, bodies, expected, endpoint, *_, reachable, collected, clean, conformant = row
    lines = table_of(client, f"/downloads/national/{table}.csv?as_at={day}")
    for name, value in (
        ("expected", expected),
        ("endpoint", endpoint),
        ("reachable", reachable),
        ("collected", collected),
        ("error_free", clean),
        ("conformant", conformant),
    ):
        assert sum(int(line[name]) for line in lines) == value
    if table in ("region", "cohort"):
        assert sum(int(line["organisations"]) for line in lines) == bodies


def test_the_file_of_changes_lists_what_is_counted(client: FlaskClient) -> None:
    lines = table_of(client, "/downloads/national/changes.csv?as_at=2025-03-05")
    kinds = Counter(line["kind"] for line in lines)
    assert (kinds["newly_provided"], kinds["lost"], kinds["endpoint_replaced"]) == (27, 1, 5)
    assert client.get("/downloads/national/nonsense.csv").status_code == 404


def test_every_file_on_the_page_can_be_had(client: FlaskClient) -> None:
    body = client.get("/national?as_at=2025-03-19").get_data(as_text=True)
    addresses = re.findall(r'href="(/downloads/[^"]+\.csv[^"]+)"', body)
    assert len(addresses) == 8
    for address in addresses:
        assert table_of(client, html.unescape(address))


def test_the_file_holds_the_rows_of_the_chart(client: FlaskClient) -> None:
    lines = client.get("/downloads/coverage.csv?set=programme").get_data(as_text=True).splitlines()
    assert len(lines) == 7
    head = lines[0].split(",")
    assert [line.split(",")[head.index("endpoint")] for line in lines[1:]] == [
        str(row[3]) for row in GOLDEN
    ]
    assert client.get("/downloads/coverage.csv?set=x").status_code == 404


def test_no_percentage_speaks_of_fewer_than_five_authorities(client: FlaskClient) -> None:
    text = words(client, "/national")
    assert "ODP-Track1 24 of 32 4 of 4" in text
    assert "ODP-Track3 33 of 48 (69%)" in text
