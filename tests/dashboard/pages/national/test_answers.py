"""What grew, who is worst and what is still broken: each heading is the answer, with the number
that its files and the API have."""

from __future__ import annotations

import csv
import html
import io
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from performance_api import create_app as create_api
from performance_store.database import connect
from performance_store.readers.odp_reports import OdpReports
from performance_store.readers.registers import Registers
from tests.support.build import PlatformFile, Store
from tests.support.national import words
from tests.support.real_store import real_app
from tests.support.servers import Filled
from tests.support.three_dates import three_dates

pytestmark = pytest.mark.postgres
PAGE = "/national/trends?set=statutory&since=2025-05-07"


@pytest.fixture(scope="module")
def module_engine(filled: Filled, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    engine = filled()
    three_dates(engine, tmp_path_factory.mktemp("weeks"))
    return engine


@pytest.fixture(scope="module")
def client(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return real_app(tmp_path_factory.mktemp("pages"), module_engine).server.test_client()


def body(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def headings(client: FlaskClient, address: str = PAGE) -> dict[str, str]:
    """The answers of a page, by their ids."""
    matches = re.findall(r'<h3 id="(\w+)-heading"[^>]*>([^<]+)', body(client, address))
    return {id: html.unescape(title) for id, title in matches}


def files_of(client: FlaskClient, table: str, address: str = PAGE) -> list[dict[str, str]]:
    """The rows of the CSV that the page links to, which the API has too."""
    page = body(client, address)
    (href,) = set(re.findall(rf'href="(/downloads/national/{table}\.csv[^"]*)"', page))
    text = client.get(html.unescape(href)).get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_each_heading_is_the_answer(client: FlaskClient) -> None:
    assert headings(client) == {
        "grew": "Tree grew, from 5 to 6 authorities, between 7 May and 21 May 2025",
        "worst": "Eee has most to do: 2 rows to fix on 21 May 2025",
        "failing": "2 of 3 provisions that had no working endpoint on 7 May 2025 still have none "
        "on 21 May 2025",
        "errors": "1 of 2 provisions that had errors to fix on 7 May 2025 still has some on "
        "21 May 2025",
    }


def test_what_each_rests_on_stands_below_it(client: FlaskClient) -> None:
    page = words(client, PAGE)
    assert "Only authorities in scope at both dates are counted, those with an endpoint." in page
    assert "No dataset lost any." in page
    assert "Aaa (tree) was broken on every date in between." in page


def test_headings_have_the_numbers_of_their_files(client: FlaskClient) -> None:
    answers = headings(client)
    tree = files_of(client, "growth")[0]
    assert f"from {tree['before']} to {tree['after']} authorities" in answers["grew"]
    points = files_of(client, "lasting")
    for what in ("failing", "errors"):
        assert answers[what].startswith(f"{points[-1][what]} of {points[0][what]} provisions")
    most = max(files_of(client, "standings"), key=lambda row: int(row["rows_to_fix"] or 0))
    assert answers["worst"].startswith(f"{most['name']} has most to do: {most['rows_to_fix']}")
    lines = files_of(client, "lasting-provisions")
    assert sum(line["what"] == "failing" for line in lines) == int(points[-1]["failing"])


@pytest.mark.parametrize("table", ["growth", "lasting", "standings"])
def test_the_api_has_the_rows_of_each_chart(
    client: FlaskClient, module_engine: Engine, table: str
) -> None:
    api = create_api(lambda: connect(module_engine)).test_client()
    page = body(client, PAGE)
    (href,) = set(re.findall(rf'href="(/api/v1/national/{table}\?[^"]*)"', page))
    rows = api.get(html.unescape(href)).get_json()["data"]
    written = [
        {name: "" if value is None else str(value) for name, value in row.items()} for row in rows
    ]
    assert written == files_of(client, table)


def test_the_drawing_has_the_numbers_of_the_file(client: FlaskClient) -> None:
    """As a table, which is made of the rows that are drawn."""
    page = words(client, f"{PAGE}&view=table")
    assert "Tree 5 6 +1 6" in page
    assert "21 May 2025 2 14 May 2025 1 7 May 2025 3" in page


def test_without_a_date_it_is_from_a_year_before_or_the_oldest(client: FlaskClient) -> None:
    assert headings(client, "/national/trends?set=statutory") == headings(client)


def test_with_one_date_only_who_is_worst_is_said(filled: Filled, tmp_path: Path) -> None:
    engine = filled()
    file = PlatformFile(tmp_path / "one")
    file.provision().endpoint().answer().issues(3)
    Store(engine).load(file)
    client = real_app(tmp_path / "app", engine).server.test_client()
    assert list(headings(client, "/national/trends?set=statutory")) == ["worst"]
    assert "There is only one date of these figures, so nothing can have grown." in words(
        client, "/national/trends?set=statutory"
    )


def test_what_figures_do_not_say_is_said_of_none(
    filled: Filled, registers: Registers, tmp_path: Path
) -> None:
    """Figures rebuilt from the registers know who provides what, and not whether it works."""
    engine = filled(registers)
    client = real_app(tmp_path, engine).server.test_client()
    address = "/national/trends?kind=registers"
    assert list(headings(client, address)) == ["grew"]
    page = words(client, address)
    assert "do not say whether endpoints work on both" in page
    assert "do not say who has errors, or how old content is" in page


def test_real_reports_say_problems_where_rows_are_not_known(
    filled: Filled, shared_data: Path, tmp_path: Path
) -> None:
    engine = filled(OdpReports(shared_data / "snapshots"))
    client = real_app(tmp_path, engine).server.test_client()
    answers = headings(client, "/national/trends?kind=odp-reports")
    assert "problems to fix on" in answers["worst"]
    points = files_of(client, "lasting", "/national/trends?kind=odp-reports")
    assert answers["failing"].startswith(f"{points[-1]['failing']} of {points[0]['failing']}")
