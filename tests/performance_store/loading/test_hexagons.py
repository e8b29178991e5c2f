"""The map of hexagons: each authority one, neighbours together, worked out once and kept."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine

from bench.hexagons import borders_of, coordinates, faithfulness, layout_of
from performance_store.loading import load
from performance_store.loading.hexagons import centre, layout, neighbours, settle
from performance_store.projection import KINGDOM, in_kingdom
from performance_store.queries import organisations
from performance_store.readers.stream import Organisation
from performance_store.sample.reader import Sample
from tests.support.build import Store
from tests.support.servers import Filled


@pytest.mark.data
def test_it_is_at_least_as_faithful_as_the_published_one(shared_data: Path) -> None:
    folder = shared_data / "lpa"
    places, borders, published = coordinates(folder), borders_of(folder), layout_of(folder)
    theirs = faithfulness(published, places, borders, published)
    cells = layout(places)
    ours = faithfulness(cells, places, borders, published)
    assert ours.neighbours > theirs.neighbours > 400
    assert ours.mean_km < theirs.mean_km
    assert ours.middle_km < theirs.middle_km
    assert ours.degrees < theirs.degrees
    parks = [key for key in cells if key.startswith(("national-park", "development-corp"))]
    assert len(parks) == 15
    assert len(cells) == len(places) == 311
    broken = dict(
        zip(published, random.Random(1).sample(list(published.values()), 296), strict=True)
    )
    assert faithfulness(broken, places, borders, published).neighbours < 30


def test_each_has_a_hexagon_of_its_own_and_the_north_is_above() -> None:
    some = random.Random(4)
    places = {key: (some.uniform(-4, 1), some.uniform(50.5, 55)) for key in range(90)}
    cells = layout(places)
    assert len(set(cells.values())) == 90
    assert min(across for across, _ in cells.values()) == 0
    assert min(down for _, down in cells.values()) in (0, 1)
    north, south = max(places, key=lambda k: places[k][1]), min(places, key=lambda k: places[k][1])
    west, east = min(places, key=lambda k: places[k][0]), max(places, key=lambda k: places[k][0])
    assert cells[north][1] < cells[south][1]
    assert centre(cells[west])[0] < centre(cells[east])[0]
    assert layout(places) == cells


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_few_or_equal_points_do_no_harm(count: int) -> None:
    cells = layout(dict.fromkeys(range(count), (-1.0, 52.0)))
    assert len(set(cells.values())) == count


MISTYPED = {
    "metres": ("530000", "180000"),
    "swapped": ("51.5", "-0.3"),
    "without its point": ("-0.32458", "5084605"),
    "zero": ("0", "0"),
    "ten times": ("-32.4", "50.8"),
    "no number": ("west", "50.8"),
    "half": ("-1.2", None),
}


class Misplaced(Sample):
    """A sample whose first authorities have mistyped places."""

    def rows(self, record: type, **options: Any) -> Iterator[Any]:
        mistyped = iter(MISTYPED.values())
        for row in super().rows(record, **options):
            if record is Organisation and row.longitude is not None:
                longitude, latitude = next(mistyped, (row.longitude, row.latitude))
                row = row._replace(longitude=longitude, latitude=latitude)
            yield row


def test_a_mistyped_place_is_told_and_its_authority_stays(engine: Engine) -> None:
    sample = Misplaced(date(2025, 5, 21), authorities=40, weeks=2)
    result, store = load(engine, sample), Store(engine)
    assert result.rejected == len(MISTYPED)
    assert store.sql("SELECT DISTINCT table_name, reason FROM rejection") == [
        (
            "organisation",
            "longitude and latitude are no place in the United Kingdom: read as blank",
        )
    ]
    bodies = {row.organisation for row in sample.rows(Organisation)}
    assert {row[0] for row in store.sql("SELECT organisation FROM organisation")} == bodies
    current = "FROM organisation WHERE listed_as_lpa AND end_date IS NULL"
    assert store.value(f"SELECT count(*) {current}") == 40
    assert (
        20
        < store.value("SELECT count(*) FROM hexagon")
        == store.value(f"SELECT count(longitude) {current}")
    )


def test_a_place_outside_the_kingdom_is_on_no_map() -> None:
    some = random.Random(4)
    places = {key: (some.uniform(-4, 1), some.uniform(50.5, 55)) for key in range(30)}
    for place in ((0.0, 0.0), (530000.0, 180000.0), (float("nan"), 51.0), (-32.4, 50.8)):
        assert layout(places | {"far": place}) == layout(places)


def test_the_store_and_the_map_mean_the_same_kingdom(driver: psycopg.Connection[Any]) -> None:
    west, south, east, north = KINGDOM
    for x in (west - 0.01, west, east, east + 0.01):
        for y in (south - 0.01, south, north, north + 0.01):
            row = driver.execute("SELECT in_kingdom(%s, %s)", [x, y]).fetchone()
            assert row == (in_kingdom(x, y),)
    driver.rollback()


def test_neighbours_have_nobody_between_them() -> None:
    import numpy as np

    assert neighbours(np.array([[0.0, 0.0], [1.0, 0.1], [2.0, 0.0]])) == [(0, 1), (1, 2)]


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2025, 5, 21), authorities=60, weeks=4))


@pytest.fixture(scope="module")
def driver(module_engine: Engine) -> Iterator[psycopg.Connection[Any]]:
    with module_engine.connect() as holder:
        yield holder.connection.driver_connection  # type: ignore[misc]


def test_a_load_lays_out_every_current_authority(
    module_engine: Engine, driver: psycopg.Connection[Any]
) -> None:
    with module_engine.connect() as connection:
        rows = organisations.hexagons(connection)
        there = {row.organisation for row in organisations.places(connection)}
    assert {row.organisation for row in rows} == there
    assert len({(row.across, row.down) for row in rows}) == len(rows) == 60


def test_it_is_worked_out_anew_only_when_a_place_has_changed(
    driver: psycopg.Connection[Any],
) -> None:
    assert not settle(driver)
    driver.execute(
        "UPDATE organisation SET latitude = latitude + 1 WHERE id = "
        "(SELECT min(organisation_id) FROM hexagon)"
    )
    assert settle(driver)
    assert not settle(driver)
    driver.execute("UPDATE organisation SET longitude = NULL")
    assert settle(driver)
    assert driver.execute("SELECT count(*) FROM hexagon").fetchone() == (0,)
    driver.rollback()


def test_a_store_loaded_by_an_older_edition_gets_its_map_with_the_next_load(
    engine: Engine,
) -> None:
    sample = Sample(date(2025, 5, 21), authorities=30, weeks=2)
    load(engine, sample)
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM hexagon")
    assert load(engine, sample).state == "unchanged"
    with engine.connect() as connection:
        assert len(organisations.hexagons(connection)) == 30


def test_parks_and_corporations_have_a_place_where_no_list_gives_one(
    driver: psycopg.Connection[Any],
) -> None:
    driver.execute(
        "UPDATE organisation SET longitude = NULL, statistical_geography = 'E26000007' WHERE id = "
        "(SELECT max(organisation_id) FROM hexagon)"
    )
    assert settle(driver)
    row = driver.execute(
        "SELECT longitude, latitude FROM hexagon ORDER BY organisation_id DESC LIMIT 1"
    ).fetchone()
    assert row == (1.5, 52.65)
    driver.rollback()
