"""The map of authorities, as hexagons and within their boundaries: its colours, its words, where
it leads, and who is on it."""

from __future__ import annotations

import html
import json
import re
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from performance_store.loading import load
from performance_store.sample.reader import Sample
from tests.support.national import table_of
from tests.support.real_store import real_app
from tests.support.servers import Filled

pytestmark = pytest.mark.postgres
PATH = "/national/coverage"
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


def shapes(client: FlaskClient, query: str) -> dict[str, tuple[str, str]]:
    """Of each authority on the map, by its CURIE: its band and its words."""
    body = client.get(PATH + query).get_data(as_text=True)
    drawing = body.split('class="map-drawing"')[1].split("</svg>")[0]
    parts: dict[str, tuple[str, str]] = {}
    for link in re.findall(r"<a [^>]+>", drawing):
        names = dict(re.findall(r'([\w-]+)="([^"]*)"', link))
        organisation = names["href"].removeprefix("/organisations/")
        band = re.search(r"hex-(\w+)", names["class"])
        assert band is not None
        parts[organisation] = (band[1], html.unescape(names["aria-label"]))
    return parts


@pytest.mark.parametrize("shape", ["hexagons", "boundaries"])
@pytest.mark.parametrize("query", ["?set=all-lpas", "?set=any", "?set=any&region=E12000007"])
def test_colours_and_words_are_those_of_what_authorities_provide(
    client: FlaskClient, module_engine: Engine, query: str, shape: str
) -> None:
    with module_engine.connect() as connection:
        outlines = set(
            connection.execute(
                text(
                    "SELECT organisation FROM organisation_boundary b "
                    "JOIN organisation o ON o.id = b.organisation_id"
                )
            ).scalars()
        )
    cells: dict[str, list[bool]] = {}
    names: dict[str, str] = {}
    for line in table_of(client, f"/downloads/national/cells.csv{query}"):
        cells.setdefault(line["organisation"], []).append(line["provided"].lower() == "true")
        names[line["organisation"]] = line["name"]
    expected: dict[str, tuple[str, str]] = {}
    limits = (("none", 0.0), ("few", 0.25), ("some", 0.5), ("many", 0.999), ("all", 1.0))
    for organisation, provided in cells.items():
        if shape == "hexagons" or organisation in outlines:
            share = sum(provided) / len(provided)
            band = next(name for name, most in limits if share <= most)
            words = f"{names[organisation]}: {sum(provided)} of {len(provided)} provided"
            expected[organisation] = (band, words)
    assert shapes(client, f"{query}&shapes={shape}") == expected
    assert len(expected) > 1


def test_the_choice_of_shapes_stands_in_the_figure_and_in_the_address(client: FlaskClient) -> None:
    body = client.get(f"{PATH}?set=any").get_data(as_text=True)
    (other,) = re.findall(r'href="([^"]+)"[^>]*>Boundaries</a>', body)
    there = client.get(html.unescape(other).partition("#")[0]).get_data(as_text=True)
    assert f"Not on the map: {WITHOUT} authorities, because we do not have a boundary." in there
    (back,) = re.findall(r'href="([^"]+)"[^>]*>Hexagons</a>', there)
    assert html.unescape(back) == "/national/coverage?set=any#map"


def test_without_boundaries_there_is_no_choice(engine: Engine, tmp_path: Path) -> None:
    load(engine, Sample(date(2026, 8, 21), authorities=20, weeks=4))
    client = real_app(tmp_path, engine).server.test_client()
    for query in ("", "&shapes=boundaries"):
        body = client.get(f"{PATH}?set=any{query}").get_data(as_text=True)
        assert ">Boundaries</a>" not in body
        assert body.count('class="hex hex-') > 1
