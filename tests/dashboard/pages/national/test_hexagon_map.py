"""The picture of authorities' own outlines beside the hexagons: their colours, and who is on it."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from dashboard.components.national import hexmap
from performance_store.loading import load
from performance_store.sample.reader import Sample
from tests.support.national import table_of
from tests.support.real_store import real_app
from tests.support.servers import Filled

pytestmark = pytest.mark.postgres
PATH = "/national/coverage/map.svg"
CSS = (Path(__file__).parents[4] / "assets" / "planning.css").read_text(encoding="utf-8")
WITHOUT = 5


SAMPLE = Sample(date(2026, 8, 21), authorities=60, weeks=8)


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(SAMPLE)


@pytest.fixture(scope="module")
def client(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Sixty authorities, each with a square of its own, but for five."""
    with module_engine.begin() as connection:
        mapped = connection.execute(text("SELECT organisation_id FROM hexagon ORDER BY 1"))
        for number, (organisation,) in enumerate(mapped.all()[WITHOUT:]):
            west, south = -3 + number % 8 * 0.5, 50.5 + number // 8 * 0.5
            square = [[west, south], [west + 0.4, south], [west + 0.4, south + 0.4], [west, south]]
            shape = json.dumps({"type": "Polygon", "coordinates": [square]})
            connection.execute(
                text("INSERT INTO organisation_boundary VALUES (:o, :g)"),
                {"o": organisation, "g": shape},
            )
    # A load draws the outlines that are not there yet, though its input is the same as before.
    assert load(module_engine, SAMPLE).state == "unchanged"
    return real_app(tmp_path_factory.mktemp("pages"), module_engine).server.test_client()


def fills(client: FlaskClient, query: str = "") -> Counter[str]:
    body = client.get(PATH + query).get_data(as_text=True)
    return Counter(re.findall(r'<path d="M[^"]+" fill="(#\w+)"/>', body))


@pytest.mark.parametrize("query", ["?set=all-lpas", "?set=any", "?set=any&region=E12000007"])
def test_colours_are_those_of_what_authorities_provide(
    client: FlaskClient, module_engine: Engine, query: str
) -> None:
    with module_engine.connect() as connection:
        outlined = set(
            connection.execute(
                text(
                    "SELECT organisation FROM organisation_boundary b "
                    "JOIN organisation o ON o.id = b.organisation_id"
                )
            ).scalars()
        )
    cells: dict[str, list[bool]] = {}
    for line in table_of(client, f"/downloads/national/cells.csv{query}"):
        cells.setdefault(line["organisation"], []).append(line["provided"].lower() == "true")
    expected: Counter[str] = Counter()
    for organisation, provided in cells.items():
        share = sum(provided) / len(provided)
        if organisation in outlined:
            limits = (("none", 0.0), ("few", 0.25), ("some", 0.5), ("many", 0.999), ("all", 1.0))
            expected[next(hexmap.FILLS[name] for name, most in limits if share <= most)] += 1
    assert fills(client, query) == expected
    assert expected.total() > 1


def test_the_page_shows_it_and_says_whose_outline_is_not_known(client: FlaskClient) -> None:
    body = client.get("/national/coverage?set=any").get_data(as_text=True)
    assert f"we do not have those of {WITHOUT} authorities" in body
    image = re.search(r'<img [^>]*src="([^"]+map\.svg[^"]+)"[^>]*>', body)
    assert image is not None
    assert "provisions have an endpoint" in image[0]
    assert client.get(image[1].replace("&amp;", "&")).status_code == 200


def test_a_picture_can_run_nothing(client: FlaskClient) -> None:
    answer = client.get(f"{PATH}?region=%22%3E%3Cscript%3E&as_at=nonsense")
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"script" not in answer.data


def test_without_outlines_there_is_no_picture_and_none_is_promised(
    engine: Engine, tmp_path: Path
) -> None:
    load(engine, Sample(date(2026, 8, 21), authorities=20, weeks=4))
    client = real_app(tmp_path, engine).server.test_client()
    assert client.get(PATH).status_code == 404
    assert "map.svg" not in client.get("/national/coverage?set=any").get_data(as_text=True)


def test_the_colours_are_those_of_the_style_sheet() -> None:
    variables = dict(re.findall(r"--(\w+): (#\w+)", CSS))
    for name, colour in hexmap.FILLS.items():
        (value,) = re.findall(rf"\.hex-{name}(?:, \.hex-other)? {{ fill: ([^;}}]+?) ?}}", CSS)
        variable = re.fullmatch(r"var\(--(\w+)\)", value)
        assert colour == (variables[variable[1]] if variable else value)
