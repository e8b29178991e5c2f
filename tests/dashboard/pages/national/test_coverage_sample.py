"""The map and the groups on a small sample: every authority once, no share of too few."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from performance_store.sample.reader import Sample
from tests.support.national import table_of, words
from tests.support.real_store import real_app
from tests.support.servers import Filled

pytestmark = [pytest.mark.postgres]
PATH = "/national/coverage"


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=60, weeks=8))


def hexagons(body: str) -> dict[str, tuple[str, str, str]]:
    """Each hexagon's address, band, number and words."""
    drawing = body.split('class="drawing hexes"')[1].split("</svg>")[0]
    matches = re.findall(
        r'<a class="hex hex-(\w+)" href="([^"]+)"[^>]*>'
        r"<title>([^<]+)</title><path[^>]*></path><text[^>]*>(\d+)</text></a>",
        drawing,
    )
    assert len(matches) == drawing.count("<a ")
    return {href: (band, number, html.unescape(label)) for band, href, label, number in matches}


def band_of(count: int, expected: int) -> str:
    if count in (0, expected):
        return "all" if count else "none"
    share = count / expected
    return "few" if share <= 0.25 else "some" if share <= 0.5 else "many"


@pytest.mark.parametrize("name", ["programme", "any", "all-lpas"])
def test_each_authority_of_the_set_is_one_hexagon_with_its_count(
    client: FlaskClient, name: str
) -> None:
    cells = hexagons(client.get(f"{PATH}?set={name}").get_data(as_text=True))
    lines = table_of(client, f"/downloads/national/cells.csv?set={name}")
    bodies = {line["organisation"] for line in lines}
    assert len(cells) == len(bodies)
    for organisation in bodies:
        mine = [line for line in lines if line["organisation"] == organisation]
        count = sum(line["provided"].lower() == "true" for line in mine)
        band, number, label = cells[f"/organisations/{organisation}"]
        assert label == f"{mine[0]['name']}: {count} of {len(mine)} provided"
        assert number == str(count)
        assert band == band_of(count, len(mine))
        assert client.get(f"/organisations/{organisation}").status_code == 200


def test_who_is_filtered_away_is_an_outline(client: FlaskClient) -> None:
    body = client.get(f"{PATH}?region=E12000007").get_data(as_text=True)
    cells = hexagons(body)
    assert 0 < len(cells) < 60
    outlines = re.search(r'<path d="([^"]+)" class="hex-other"', body.split("drawing hexes")[1])
    assert outlines is not None
    assert outlines[1].count("M") == 60 - len(cells)


def test_who_has_no_place_is_told(
    client: FlaskClient, module_engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def anew() -> FlaskClient:
        """An application that has kept no answer."""
        return real_app(tmp_path_factory.mktemp("anew"), module_engine).server.test_client()

    with module_engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE kept AS SELECT * FROM hexagon")
        connection.exec_driver_sql(
            "DELETE FROM hexagon WHERE organisation_id = (SELECT min(organisation_id) FROM kept)"
        )
    assert "Not on the map: 1 authority, because" in words(anew(), f"{PATH}?set=any")
    with module_engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM hexagon")
    body = anew().get(f"{PATH}?set=any").get_data(as_text=True)
    with module_engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO hexagon SELECT * FROM kept")
        connection.exec_driver_sql("DROP TABLE kept")
    assert 'id="map"' not in body
    assert 'id="matrix"' in body


def test_no_share_is_that_of_fewer_than_five_authorities(client: FlaskClient) -> None:
    body = client.get(PATH).get_data(as_text=True)
    part = body.split('id="groups"')[1].split("</section></section>")[0]
    seen = 0
    for line in re.findall(r"<tr[^>]*>(.*?)</tr>", part):
        cells = [
            html.unescape(" ".join(re.sub(r"<[^>]+>", " ", cell).split()))
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line)
        ]
        if not cells[1].isdigit():
            continue
        few = int(cells[1]) < 5
        seen += few
        assert ("%" in line) != few
        count, total = map(int, re.findall(r"\d+", cells[2])[:2])
        if not few:
            (share,) = map(int, re.findall(r"(\d+)%", cells[2]))
            assert abs(share - 100 * count / total) <= 1
    assert seen > 0


@pytest.mark.parametrize("query", ["", "?set=any&group=cohort", "?set=all-lpas&sort=fewest"])
def test_groups_are_those_of_the_overview(client: FlaskClient, query: str) -> None:
    page = words(client, PATH + query)
    lines = table_of(client, f"/downloads/national/region.csv{query.split('&')[0]}")
    for line in lines:
        assert f"{line['organisations']} {line['endpoint']} of {line['expected']}" in page
