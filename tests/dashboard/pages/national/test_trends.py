"""Coverage over time: what is drawn is what the store holds, on every basis, in words too."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from performance_store.readers.odp_reports import OdpReports
from performance_store.readers.registers import Registers
from performance_store.sample.reader import Sample
from tests.support.movements import adds_up, ids
from tests.support.national import words
from tests.support.real_store import real_app
from tests.support.servers import Filled

pytestmark = pytest.mark.postgres
PATH = "/national/trends"


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=80, weeks=20))


def file_of(client: FlaskClient, page: str, number: int = 0) -> list[dict[str, str]]:
    """The rows of a file that a page links to."""
    body = client.get(page).get_data(as_text=True)
    matches = re.findall(r'href="(/downloads/national/trend\.csv[^"]+)"', body)
    answer = client.get(matches[number].replace("&amp;", "&"))
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


@pytest.mark.parametrize("by", ["dataset", "region", "cohort"])
@pytest.mark.parametrize("basis", ["expected", "basket"])
def test_the_file_holds_what_is_drawn(
    client: FlaskClient, module_engine: Engine, by: str, basis: str
) -> None:
    lines = file_of(client, f"{PATH}?set=any&by={by}&basis={basis}")
    together = [line for line in lines if not line["key"]]
    assert len(together) == 20
    newest = together[-1]
    page = words(client, f"{PATH}?set=any&by={by}&basis={basis}")
    assert f"{int(newest['expected']):,} provisions" in page
    if basis == "basket":
        assert len({line["expected"] for line in together}) == 1
        assert "We count only provisions that were expected on both" in page
    else:
        with module_engine.connect() as connection:
            counts = connection.execute(
                text(
                    "SELECT count(*), count(*) FILTER (WHERE endpoint_count > 0) FROM summary "
                    "WHERE in_any AND snapshot_id = (SELECT id FROM current_snapshot)"
                )
            ).one()
        assert (int(newest["expected"]), int(newest["endpoint"])) == tuple(counts)
    assert {line["key"] for line in lines} > {""}


def test_lines_are_all_regions_and_all_cohorts_and_no_more_than_eight_datasets(
    client: FlaskClient,
) -> None:
    def small_charts(query: str) -> int:
        body = client.get(f"{PATH}?{query}").get_data(as_text=True)
        return body.split('id="cohorts"')[0].count('class="multiple"')

    regions = {line["key"] for line in file_of(client, f"{PATH}?by=region")} - {""}
    assert small_charts("by=region") == len(regions)
    assert small_charts("set=any&by=dataset") == 8
    # Few enough to share a plot.
    assert small_charts("set=any&by=dataset&dataset=tree&dataset=local-plan") == 0
    assert small_charts("") == 0


def test_each_small_chart_says_what_the_file_holds_and_leads_to_its_line(
    client: FlaskClient,
) -> None:
    rows = file_of(client, f"{PATH}?by=region")
    newest = max(row["as_at"] for row in rows)
    there = {row["key"]: row for row in rows if row["as_at"] == newest and row["key"]}
    body = client.get(f"{PATH}?by=region").get_data(as_text=True).split('id="cohorts"')[0]
    charts = re.findall(
        r'class="multiple" data-values="([^"]+)".*?region=(\w+)#observed".*?'
        r'multiple-value">([^<]+)',
        body,
    )
    assert {key for _, key, _ in charts} == {key for key in there if key != "none"}
    for values, key, now in charts:
        line = [int(row["endpoint"]) for row in rows if row["key"] == key]
        assert line[-1] == int(there[key]["endpoint"])
        change = "as at first" if line[0] == line[-1] else f"from {line[0]:,}"
        assert now == f"{line[-1]:,}, {change}"
        assert json.loads(values) == line


def test_the_scale_shows_the_change_and_a_link_lets_it_start_at_zero(client: FlaskClient) -> None:
    query = "?dataset=conservation-area&show=share"
    page = words(client, PATH + query)
    start = re.search(r"The scale starts at (\d+)%, not at zero", page)
    assert start is not None
    assert int(start[1]) > 0
    body = client.get(PATH + query).get_data(as_text=True)
    (other,) = set(re.findall(r'class="link" href="([^"]+)">Start at zero', body))
    assert "scale=zero" in other
    there = words(client, html.unescape(other).split("#")[0])
    assert "The scale starts at zero. Show the change more clearly" in there


def test_cohorts_stand_side_by_side_from_their_beginning(client: FlaskClient) -> None:
    page = words(client, PATH)
    assert "Cohorts side by side" in page
    assert "A cohort’s line counts the same provisions throughout" in page
    # Fourteen weeks: when the newest began, no other was as young.
    assert "We do not have figures for two cohorts at the same age yet" in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("basis=all&by=cohort", "Some planning authorities are not in a cohort"),
        ("basis=all", "We count every planning authority and every dataset"),
        ("cohort=no-such", "“no-such” is not a cohort that can be chosen here."),
        ("by=nonsense", "“nonsense” is not a kind of line that can be chosen here."),
        ("region=nowhere", "“nowhere” is not a region that can be chosen here."),
        ("set=all-lpas&status=live", "You cannot filter “All planning authorities” by status."),
        ("basis=all&status=live", "You cannot filter “All planning authorities” by status."),
        ("set=all-lpas&basis=basket", "some merged and some datasets were added"),
        ("basis=all&by=region&dataset=tree", "share one line, not one by region"),
    ],
)
def test_what_cannot_be_drawn_is_told(client: FlaskClient, query: str, sentence: str) -> None:
    assert sentence in words(client, f"{PATH}?{query}")


def test_shares_of_very_few_are_withheld_and_counts_drawn_in_their_place(
    client: FlaskClient, module_engine: Engine
) -> None:
    with module_engine.connect() as connection:
        few = connection.execute(
            text(
                "SELECT o.region FROM summary s JOIN organisation o ON o.id = s.organisation_id "
                "WHERE s.in_programme GROUP BY 1 HAVING count(DISTINCT o.id) < 5 LIMIT 1"
            )
        ).scalar_one()
    page = words(client, f"{PATH}?region={few}&show=share")
    assert "We do not show shares of fewer than five authorities. These are counts." in page
    assert "Provisions provided" in page


def test_no_percentage_is_bare(client: FlaskClient) -> None:
    for query in ("", "?by=region&show=share", "?by=dataset&set=any", "?basis=basket"):
        page = words(client, f"{PATH}{query}")
        percentages = re.findall(r"(\S+ \S+ \S+) \(?(?:under |over )?\d+%(?! of the fields)", page)
        for before in percentages:
            assert re.fullmatch(r"[\d,]+ of [\d,]+", before), before


def test_filters_narrow_lines_and_file_alike(client: FlaskClient) -> None:
    whole = file_of(client, f"{PATH}?set=any")
    some = file_of(client, f"{PATH}?set=any&dataset=tree")
    of_trees = [line["endpoint"] for line in whole if line["key"] == "tree"]
    assert [line["endpoint"] for line in some if not line["key"]] == of_trees


def test_filters_never_narrow_the_numerator_of_all_authorities_alone(client: FlaskClient) -> None:
    whole = file_of(client, f"{PATH}?basis=all")
    assert file_of(client, f"{PATH}?basis=all&status=live&severity=error") == whole
    page = words(client, f"{PATH}?basis=all&status=live")
    assert page.count("You cannot filter “All planning authorities” by status.") == 1


def test_the_reconstructed_trend_is_drawn_apart_from_what_was_observed(
    filled: Filled, registers: Registers, tmp_path: Path, shared_data: Path
) -> None:
    engine = filled(registers, OdpReports(shared_data / "snapshots"))
    with engine.connect() as connection:
        days = list(ids(connection, "registers").values())
        movements = adds_up(connection, days[len(days) // 2], days[-1], "all-lpas")
    # Some authorities were merged in between.
    assert movements["all", "", "", "organisations"].leavers < 0
    client = real_app(tmp_path, engine).server.test_client()
    page = words(client, f"{PATH}?kind=odp-reports")
    assert "As observed" in page
    assert "2 April 2025: from 73 to 119 authorities" in page
    assert "Rebuilt from the registers" in page
    observed = [line for line in file_of(client, f"{PATH}?kind=odp-reports") if not line["key"]]
    # reporting.md 3.2, the golden numbers
    assert [(line["as_at"], line["endpoint"], line["expected"]) for line in observed] == [
        ("2025-01-22", "222", "584"),
        ("2025-01-30", "223", "584"),
        ("2025-03-05", "249", "584"),
        ("2025-03-12", "253", "584"),
        ("2025-03-19", "257", "584"),
        ("2025-04-02", "275", "952"),
    ]
    rebuilt = [line for line in file_of(client, f"{PATH}?kind=odp-reports", 1) if not line["key"]]
    assert rebuilt[-1]["as_at"] == "2026-08-21"
    assert len(rebuilt) > 60
    assert {(line["reachable"], line["error_free"], line["fresh"]) for line in rebuilt} == {
        ("", "", "")
    }, "registers cannot tell"
    page = words(client, f"{PATH}?kind=odp-reports&status=live")
    assert "You cannot filter “All planning authorities” by status." in page, (
        "the rebuilt line is of all"
    )
    # All datasets of the registers here; the eight of the programme are golden in
    # tests/performance_store/loading/test_registers_history.py,
    # and the same lines by dataset sum up to them.
    eight = (
        *("article-4-direction", "article-4-direction-area", "conservation-area"),
        *("conservation-area-document", "listed-building-outline", "tree"),
        *("tree-preservation-order", "tree-preservation-zone"),
    )
    lines = file_of(client, f"{PATH}?kind=odp-reports", 1)
    at_the_end = [line for line in lines if line["as_at"] == "2026-08-21"]
    assert sum(int(line["endpoint"]) for line in at_the_end if line["key"] in eight) == 768


def test_figures_from_elsewhere_bring_their_own_dates(
    filled: Filled, registers: Registers, tmp_path: Path, shared_data: Path
) -> None:
    """The form offers dates of the figures on the page; to take others is no wish for these."""
    engine = filled(registers, OdpReports(shared_data / "snapshots"))
    client = real_app(tmp_path, engine).server.test_client()
    fields = {
        "kind": "odp-reports",
        "dates_of": "registers",
        "as_at": "2026-08-21",
        "since": "2026-08-14",
    }
    form = client.get(f"{PATH}?kind=registers").text
    assert '<input type="hidden" name="dates_of" value="registers"' in form
    page = words(client, f"{PATH}?{urlencode(fields)}")
    assert "2 April 2025" in page
    assert "We could not use all of these choices" not in page
    page = words(client, f"{PATH}?{urlencode(fields | {'dates_of': 'odp-reports'})}")
    assert "There are no figures for 21 August 2026" in page
