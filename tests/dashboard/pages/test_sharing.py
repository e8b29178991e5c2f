"""Passing on what national pages show: files, the API's JSON, links, frames on other sites."""

from __future__ import annotations

import html
import re
from collections import Counter
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from dashboard.urls import addresses
from performance_api import create_app as create_api
from performance_store.database import connect
from performance_store.loading import load
from performance_store.operations.exports import csv_value
from performance_store.readers.odp_reports import OdpReports
from performance_store.sample.reader import Sample
from tests.support.national import table_of, words
from tests.support.real_store import real_app
from tests.support.servers import Filled
from tests.support.workbooks import sheets

pytestmark = pytest.mark.postgres
TODAY = date(2026, 8, 21)
PAGES = (
    *(addresses.NATIONAL, addresses.COVERAGE, addresses.TRENDS, addresses.FRESHNESS),
    *(addresses.ISSUES, addresses.CHANGES, addresses.COMPARE),
)
QUERIES = (
    "",
    "set=any&since=2026-06-05&dataset=tree&dataset=conservation-area&status=live&status=error",
    "set=any&as_at=2026-08-14&since=2026-07-24&region=E12000007&region=E12000008",
    "set=statutory&severity=error&responsibility=external",
    "set=all-lpas&dataset=tree",
)
# What a CSV says besides the API's rows, and the other way round.
_ONLY_IN_FILES = {
    *("as_at", "set", "issue_type", "dataset", "change", "provided_before"),
    *("by_authorities", "joiners", "leavers", "movers", "by_rule"),
}
_ONLY_IN_API = {"found"}


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(TODAY, authorities=60, weeks=14))


@pytest.fixture(scope="module")
def client(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return real_app(tmp_path_factory.mktemp("pages"), module_engine).server.test_client()


@pytest.fixture(scope="module")
def api(client: FlaskClient, module_engine: Engine) -> FlaskClient:
    return create_api(lambda: connect(module_engine)).test_client()


def body(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def rows_of(page: str) -> list[list[str]]:
    """Each row of tools: its addresses."""
    parts = [part.split("data-said")[0] for part in page.split('<div class="tools">')[1:]]
    return [
        [html.unescape(href) for href in re.findall(r'href="([^"]+)"', tools)] for tools in parts
    ]


def lists(page: str) -> set[tuple[str, str, str]]:
    """The addresses of CSV, workbook and JSON of every row of tools that has files."""
    addresses_of = set()
    for hrefs in rows_of(page):
        saved = [href for href in hrefs if href.startswith("/downloads/")]
        if saved:
            (api_address,) = [href for href in hrefs if href.startswith(addresses.API)]
            addresses_of.add((saved[0], saved[1], api_address))
    return addresses_of


def everything(api: FlaskClient, address: str) -> list[dict[str, Any]]:
    """The first page of a list of the API, which has to hold all of it."""
    answer = api.get(address)
    assert answer.status_code == 200, (address, answer.get_data(as_text=True))
    page = answer.get_json()
    assert page["next"] is None, address
    rows: list[dict[str, Any]] = page["data"]
    return rows


def as_text(value: Any) -> str:
    """A value of the API as a CSV has it."""
    if isinstance(value, list):
        value = tuple(value)
    return str(csv_value(value)).removeprefix("'")


def as_in_a_sheet(value: str) -> str | float | None:
    """A cell of a CSV as a workbook holds it: dates are days, words stay words."""
    if value in ("true", "false"):
        return float(value == "true")
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return float((date.fromisoformat(value) - date(1899, 12, 30)).days)
    return float(value) if re.fullmatch(r"-?\d+", value) else value or None


def in_sheet(client: FlaskClient, address: str) -> list[dict[str, str | float | None]]:
    # As a web server does, the response is closed when it has been read.
    with client.get(address) as answer:
        assert answer.status_code == 200
        figures, about = sheets(answer.get_data())
    assert "Who is counted" in [row["A"] for row in about]
    heading, *lines = figures
    return [{str(name): line.get(at) for at, name in heading.items()} for line in lines]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("path", [*PAGES, "/datasets", "/datasets/tree"])
def test_csv_workbook_and_api_hold_the_same_rows(
    client: FlaskClient, api: FlaskClient, path: str, query: str
) -> None:
    hrefs = lists(body(client, f"{path}?{query}"))
    # Of some sets no issues are known, and of some nobody is asked for trees.
    if path not in (addresses.ISSUES, "/datasets/tree"):
        assert hrefs
    for saved, book, address in sorted(hrefs):
        lines = table_of(client, saved)
        plain = [{k: v.removeprefix("'") for k, v in line.items()} for line in lines]
        assert in_sheet(client, book) == [
            {name: as_in_a_sheet(value) for name, value in line.items()} for line in plain
        ]
        rows = everything(api, address)
        assert len(rows) == len(plain), address
        for row, line in zip(rows, plain, strict=True):
            assert set(line) - set(row) <= _ONLY_IN_FILES
            assert set(row) - set(line) <= _ONLY_IN_API
            for name in set(row) & set(line):
                assert as_text(row[name]) == line[name], (address, name)


@pytest.mark.parametrize(
    "address",
    [
        *(addresses.NATIONAL, addresses.FRESHNESS, addresses.COMPARE, addresses.ISSUES),
        *(f"{addresses.TRENDS}?by={by}" for by in ("total", "dataset", "region", "cohort")),
    ],
)
@pytest.mark.parametrize("which", ["any", "all-lpas"])
def test_one_page_of_the_api_holds_what_a_figure_shows_of_five_years(
    client: FlaskClient, api: FlaskClient, address: str, which: str
) -> None:
    """Of every night as many rows as a date of the sample has, and half as many again: real data
    have more datasets and types of issue."""
    page = body(client, f"{address}{'&' if '?' in address else '?'}set={which}")
    through_time = 0
    for _, _, link in lists(page):
        (limit,) = re.findall(r"&limit=(\d+)", link)
        rows = everything(api, link)
        days = Counter(row["as_at"] for row in rows if "as_at" in row)
        if len(days) > 1 and "/changes" not in link and "/events" not in link:
            through_time += 1
            assert max(days.values()) * 1.5 * 5 * 366 < int(limit), link
    assert through_time or which == "all-lpas"


def test_one_page_of_the_api_holds_more_than_a_thousand_rows(
    client: FlaskClient, api: FlaskClient
) -> None:
    (link,) = {link for _, _, link in lists(body(client, f"{addresses.COVERAGE}?set=any"))
               if "/national/cells?" in link}  # fmt: skip
    assert len(everything(api, link)) > 1000


def cells(page: str, section: str) -> list[list[str]]:
    """The rows of the first table in a section, as words."""
    part = page.split(f'id="{section}"', 1)[1]
    table = re.search(r"<table.*?</table>", part, flags=re.S)
    assert table is not None
    lines = []
    for row in re.findall(r"<tr.*?</tr>", table[0].split("<tbody")[1], flags=re.S):
        parts = re.findall(r"<t[hd].*?</t[hd]>", row, flags=re.S)
        lines.append([html.unescape(re.sub("<[^>]+>", "", cell)).strip() for cell in parts])
    return lines


@pytest.mark.parametrize("query", QUERIES[:3])
def test_a_chart_and_its_table_hold_the_same_figures(client: FlaskClient, query: str) -> None:
    from dashboard.components.design.near import Near
    from dashboard.pages.national import trends
    from dashboard.web.prerender import walk
    from dashboard.web.router import query_params

    with client.application.test_request_context("/"):
        page = trends.layout(**query_params(query))
    graph = next(
        part for part in walk(page) if isinstance(part, Near) and part.id == "national-line"
    )
    provided, expected = (list(trace.y) for trace in graph.figure.data)
    table = cells(body(client, f"{addresses.TRENDS}?{query}&view=table"), "observed")
    matches = [re.match(r"([\d,]+) of ([\d,]+)", row[1]) for row in reversed(table)]
    counts = [tuple(int(part.replace(",", "")) for part in one.groups()) for one in matches if one]
    assert counts == [(int(a), int(b)) for a, b in zip(provided, expected, strict=True)]
    (file,) = {
        f
        for f, _, _ in lists(body(client, f"{addresses.TRENDS}?{query}"))
        if "/trend." in f and "by=" not in f
    }
    lines = [line for line in table_of(client, file) if not line["key"]]
    assert counts == [(int(line["endpoint"]), int(line["expected"])) for line in lines]


@pytest.mark.parametrize("path", PAGES)
def test_the_switch_keeps_the_whole_address(client: FlaskClient, path: str) -> None:
    query = "set=any&dataset=tree&as_at=2026-08-14"
    page = body(client, f"{path}?{query}&view=table")
    assert 'class="chart-plot' not in page
    switches = re.findall(
        r'class="views"[^>]*aria-label="Chart or table.*?</div>', page, flags=re.S
    )
    for switch in switches:
        chart, table = (html.unescape(href) for href in re.findall(r'href="([^"]+)"', switch))
        assert "view=" not in chart
        assert "view=table" in table
        assert all("dataset=tree" in href and "as_at=2026-08-14" in href for href in (chart, table))
        assert re.search(r'aria-current="true"[^>]*>Table', switch)
    # Forms, tabs and other dates keep it.
    assert '<input type="hidden" name="view" value="table"' in page.replace("/>", ">")


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("path", PAGES)
def test_a_copied_link_says_everything_and_shows_the_same(
    client: FlaskClient, path: str, query: str
) -> None:
    page = body(client, f"{path}?{query}")
    links = {html.unescape(href) for href in re.findall(r'data-copy="(/[^"]+)"', page)}
    assert links
    for link in links:
        assert all(f"{name}=" in link for name in ("set", "as_at", "since", "kind"))
        address, _, section = link.partition("#")
        assert f'id="{section}"' in page
        assert words(client, address) == words(client, f"{path}?{query}")


@pytest.mark.parametrize("path", PAGES)
def test_what_cannot_be_used_is_ignored_and_told(client: FlaskClient, path: str) -> None:
    page = words(client, f"{path}?nonsense=1&set=everyone&as_at=yesterday&region=XX&view=film")
    for word in ("nonsense", "everyone", "yesterday", "XX", "film"):
        assert f"“{word}”" in page
    plain = words(client, path)
    lead = re.search(r"[\d,]+ of [\d,]+", plain)
    assert lead is not None
    assert lead[0] in page
    assert client.get(f"{path}?set=%00&region=%FF&page=-1&view=").status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_every_group_of_figures_says_how_it_is_worked_out(client: FlaskClient, path: str) -> None:
    page = body(client, f"{path}?set=any&since=2026-06-05&issue=missing-value")
    for tools in re.finditer(r'<div class="tools">', page):
        before = page.rfind("<section", 0, tools.start())
        # Of sections in sections the outer one may say it for both.
        while page[before:].startswith("<section") and "By " in page[before : before + 300]:
            outer = page.rfind("<section", 0, before)
            if page.count("</section>", outer, before):
                break
            before = outer
        after = page.find("<section", tools.end())
        part = page[before : after if after > 0 else None]
        if "How is this worked out?" not in part:
            rest = page[tools.end() :]
            assert rest.find("How is this worked out?") < rest.find("<h2"), part[:300]


def alone(client: FlaskClient, address: str) -> str:
    page = body(client, address)
    assert "<header" not in page
    assert "<nav" not in page
    assert "<form" not in page
    assert "<footer" not in page
    assert 'class="tools"' not in page
    assert '<base target="_top">' in page
    assert len(re.findall("<h1", page)) == 1
    return page


@pytest.mark.parametrize("path", PAGES)
def test_each_figure_of_a_page_stands_alone_in_a_frame(client: FlaskClient, path: str) -> None:
    page = body(client, f"{path}?set=any&dataset=tree&dataset=conservation-area")
    figures = re.findall(r'<figure class="(?:chart|figure)" data-figure="([^"]+)"', page)
    assert figures
    snippets = [html.unescape(html.unescape(one)) for one in
                re.findall(r'data-copy="(&lt;iframe[^"]+)"', page)]  # fmt: skip
    assert len(snippets) == len(figures)
    for name, snippet in zip(figures, snippets, strict=True):
        source = re.search(r'src="http://localhost(/[^"]+)"', snippet)
        assert source is not None
        assert source[1].endswith(f"&embed=1&chart={name}")
        framed = alone(client, source[1])
        assert "As at 21 August 2026. Sample data: every authority and figure is invented" in framed
        assert "Counted: All obligations; dataset Conservation area or Tree" in framed
        # What it shows now is in words, and its figures are those of the page.
        finding = re.search(r'<p class="chart-finding">(.*?)</p>', framed)
        assert finding is not None
        assert finding[1] in page
        back = html.unescape(re.findall(r'class="figure-stamp".*?href="([^"]+)"', framed)[0])
        assert back.startswith(f"{path}?set=any&as_at=2026-08-21")
        assert "embed" not in back


def test_a_frame_without_a_drawn_chart_has_one_script_that_tells_its_height(
    client: FlaskClient,
) -> None:
    def scripts(address: str) -> list[str]:
        return re.findall(r"<script(?: src=\"([^?\"]+))?", alone(client, address))

    assert scripts(f"{addresses.COVERAGE}?embed=1&chart=by-region") == ["/assets/frame.js"]
    assert scripts(f"{addresses.TRENDS}?embed=1&view=table") == ["/assets/frame.js"]
    chart = scripts(f"{addresses.TRENDS}?embed=1")
    assert "/assets/frame.js" in chart
    assert len(chart) > 1
    assert "frame.js" not in body(client, addresses.TRENDS)


def test_which_chart_is_shown_alone(client: FlaskClient) -> None:
    first = alone(client, f"{addresses.COVERAGE}?embed=1")
    assert "Datasets provided by each authority" in first
    by_section = alone(client, f"{addresses.NATIONAL}?embed=1&chart=over-time")
    assert "Provisions provided" in by_section
    strange = alone(client, f"{addresses.COVERAGE}?embed=1&chart=%3Cb%3E&region=XX")
    assert "There is no chart “&lt;b&gt;” here" in strange
    assert "“XX” is not a region that can be chosen here" in strange
    assert "Datasets provided by each authority" in strange
    none = alone(client, "/about?embed=1")
    assert "There is no chart to show" in none
    assert 'href="/about"' in none


def test_a_frame_of_a_page_that_is_not_there(client: FlaskClient) -> None:
    answer = client.get("/nowhere?embed=1")
    assert answer.status_code == 404
    assert "<header" not in answer.get_data(as_text=True)


@pytest.mark.data
@pytest.mark.parametrize("path", PAGES)
def test_changes_of_rules_and_of_who_is_counted_are_told_where_figures_cross_them(
    engine: Engine, tmp_path: Any, shared_data: Any, path: str
) -> None:
    load(engine, OdpReports(shared_data / "snapshots"))
    client = real_app(tmp_path, engine).server.test_client()
    crossing = words(client, f"{path}?as_at=2025-04-02&since=2025-03-12")
    assert "The way of counting changed between 12 March 2025 and 2 April 2025" in crossing
    assert "19 March 2025" in crossing
    position = crossing.index("The way of counting changed between")
    # A line under the heading, with what it says folded behind it.
    body = client.get(f"{path}?as_at=2025-04-02&since=2025-03-12").get_data(as_text=True)
    line = body.index("The way of counting changed between")
    assert body.index("<h1") < line < body.index("Views of the national picture")
    assert body[:line].rpartition("<")[2].startswith("summary")
    notes = crossing[position : position + 1500]
    assert "2 April 2025:" in notes
    assert "19 March 2025:" in notes
    before = words(client, f"{path}?as_at=2025-03-12&since=2025-03-05")
    assert "The way of counting changed between" not in before
    chart = "&chart=national-line" if path == addresses.TRENDS else ""
    framed = words(client, f"{path}?as_at=2025-04-02&since=2025-03-12&embed=1{chart}")
    # A figure through time speaks of all of its time.
    since = "22 January 2025" if path == addresses.TRENDS else "12 March 2025"
    assert f"Since {since} the way of counting changed:" in framed
