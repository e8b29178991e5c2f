"""The map of hexagons beside a published one: neighbours kept, and how far authorities moved."""

from __future__ import annotations

import csv
import json
import math
import time
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.inputs import NoInput
from bench.settings import load_settings
from bench.table import Section
from performance_store.loading import hexagons
from performance_store.loading.hexagons import Cell, Degrees

TITLE = "Map of hexagons"


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """How true a layout is: pairs that share a border and stand side by side, of those that share
    one; kilometres from where authorities are, once the layout is laid over the country; degrees
    by which the way to a neighbour is turned."""

    neighbours: int
    pairs: int
    mean_km: float
    middle_km: float
    degrees: float


def measure(section: Section) -> None:
    """Our layout of authorities beside the published one. Raises NoInput without public data."""
    folder = load_settings().data / "lpa"
    if not (folder / "hex.csv").is_file():
        raise NoInput("no public data: set PERFORMANCE_TEST_DATA to the data folder")
    places, borders, reference = coordinates(folder), borders_of(folder), layout_of(folder)
    councils = {key: places[key] for key in reference}
    start = time.perf_counter()
    whole = hexagons.layout(places)
    seconds = time.perf_counter() - start
    alone = hexagons.layout(councils)
    section.say(
        f"{len(places)} authorities laid out in {seconds:.1f} s, {len(places) - len(councils)} of "
        f"them national parks and corporations, which the published layout of {len(reference)} "
        "councils leaves out. Measured over those councils; ours knows their coordinates and not "
        "their borders."
    )
    rows = []
    for name, cells in (
        ("published", reference),
        ("ours, all authorities", whole),
        ("ours, the same councils", alone),
    ):
        result = faithfulness(cells, places, borders, reference)
        rows.append(
            [
                name,
                f"{result.neighbours} of {result.pairs}",
                f"{result.mean_km:.0f}",
                f"{result.middle_km:.0f}",
                f"{result.degrees:.0f}",
            ]
        )
    section.table(("", "neighbours kept", "mean km moved", "median km", "degrees turned"), rows)


def coordinates(folder: Path) -> dict[str, Degrees]:
    """Where the authorities of today are."""
    places = {}
    with (folder / "local-planning-authority.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["end_date"]:
                continue
            if row["longitude"]:
                places[row["organisation"]] = (float(row["longitude"]), float(row["latitude"]))
            elif row["statistical_geography"] in hexagons.PLACES:
                places[row["organisation"]] = hexagons.PLACES[row["statistical_geography"]]
    return places


def borders_of(folder: Path) -> set[tuple[str, str]]:
    """Pairs of authorities whose outlines have two corners or more in common."""
    outlines = json.loads((folder / "local-planning-authority.geojson").read_text())
    corners: dict[tuple[float, float], set[str]] = {}
    for feature in outlines["features"]:
        shape = feature["geometry"]
        parts = shape["coordinates"]
        for part in parts if shape["type"] == "MultiPolygon" else [parts]:
            for ring in part:
                for x, y in ring:
                    corner = round(x, 4), round(y, 4)
                    corners.setdefault(corner, set()).add(feature["properties"]["organisation"])
    common = Counter(
        (one, other)
        for there in corners.values()
        for one in there
        for other in there
        if one < other
    )
    return {pair for pair, count in common.items() if count > 1}


def layout_of(folder: Path) -> dict[str, Cell]:
    """The published layout. Its rows are counted from the south."""
    with (folder / "hex.csv").open(encoding="utf-8") as file:
        return {
            row["organisation"]: (int(row["q"]), -int(row["r"])) for row in csv.DictReader(file)
        }


def faithfulness(
    cells: Mapping[str, Cell],
    places: Mapping[str, Degrees],
    borders: set[tuple[str, str]],
    among: Collection[str],
) -> Faithfulness:
    """How true a layout is to some authorities. It is moved and sized, not turned, to fit best."""
    keys = [key for key in cells if key in among]
    number = {key: at for at, key in enumerate(keys)}
    hexes = np.array([hexagons.centre(cells[key]) for key in keys])
    real = hexagons.flat([places[key] for key in keys])
    hexes, real = hexes - hexes.mean(0), real - real.mean(0)
    size = (real * hexes).sum() / (hexes * hexes).sum()
    distances = np.hypot(*(real - size * hexes).T)
    neighbours, turns = 0, []
    for one, other in borders:
        a, b = number[one], number[other]
        way, hexes_way = real[b] - real[a], hexes[b] - hexes[a]
        neighbours += bool(np.hypot(*hexes_way) < 1.01)
        turn = math.atan2(*way) - math.atan2(*hexes_way)
        turns.append(abs(math.degrees(math.atan2(math.sin(turn), math.cos(turn)))))
    return Faithfulness(
        neighbours,
        len(borders),
        float(distances.mean()),
        float(np.median(distances)),
        float(np.mean(turns)),
    )
