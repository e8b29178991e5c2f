"""Geometry columns of the platform's own answers: the same issue types and values, row by row, and
the same text where the platform's is right."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import shapely

from checking.geometry import pairs, points, polygons
from checking.model import Cleaned, Texts

CASES = {
    "ca-clean": "geometry",
    "ca-osgb": "geometry",
    "ca-flipped-mercator": "geometry",
    "ca-out-of-england": "geometry",
    "ca-invalid-geometry": "geometry",
    "ca-geometry-types": "geometry",
    "ca-empty-geometry": "geometry",
    "ca-geojson": "geometry",
    "ca-gpkg-27700": "geometry",
    "ca-shp-zip": "geometry",
    "ca-gml": "geometry",
    "a4a-categories": "geometry",
    "tree-points": "point",
    "tree-wkt-column": "point",
    "tree-wkt-polygon-mapped": "geometry",
    "tree-geojson": "point",
    "bfl-standard": "GeoX,GeoY",
}
OURS = {
    "empty geometry",
    "collapsed geometry",
    "corner outside England",
    "coordinates not tested",
}
DIFFERENCES = {
    # The platform keeps grid coordinates of a GeoJSON cell as if they were degrees.
    ("ca-geometry-types", 11),
}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _cells(case: Path, field: str) -> Texts:
    source = next(path for name in ("converted.csv", "input.csv") if (path := case / name).exists())
    taken = {row["field"]: row["column"] for row in _rows(case / "column-field.csv")}
    return np.array([row[taken[field]].strip() for row in _rows(source)], dtype=object)


def _cleaned(case: Path, field: str) -> Cleaned:
    if field == "geometry":
        return polygons(_cells(case, field))
    if field == "point":
        return points(_cells(case, field))
    x, y = (
        np.array(["" if cell.startswith("TQ") else cell.replace(",", "") for cell in cells], object)
        for cells in (_cells(case, "GeoX"), _cells(case, "GeoY"))
    )
    return pairs(x, y)


def _metres(one: str, other: str) -> float:
    """How far two shapes are apart at most, roughly, in metres."""
    return float(shapely.hausdorff_distance(*shapely.from_wkt([one, other]))) * 111_000


@pytest.mark.parametrize("name", CASES)
def test_says_and_keeps_what_the_platform_does(name: str, shared_data: Path) -> None:
    case, field = shared_data / "check" / "cases" / name, CASES[name]
    cleaned = _cleaned(case, field)
    expected = sorted(
        (int(row["entry-number"]), row["issue-type"], row["value"].split("[")[0])
        for row in _rows(case / "issues.csv")
        if row["field"] == field and row["issue-type"] != "missing value"
    )
    marks = sorted(
        (int(row) + 1, mark.rule, "" if mark.values is None else mark.values[n].split("[")[0])
        for mark in cleaned.marks
        if mark.rule not in OURS
        for n, row in enumerate(mark.rows)
    )
    assert marks == expected
    output = "point" if field == "GeoX,GeoY" else field
    texts = {
        int(row["entry-number"]): row["value"]
        for row in _rows(case / "output.csv")
        if row["field"] == output
    }
    for entry, text in enumerate(cleaned.texts, start=1):
        if (name, entry) in DIFFERENCES:
            continue
        assert bool(text) == (entry in texts), entry
        if text:
            assert text.split("(")[0] == texts[entry].split("(")[0]
            assert _metres(text, texts[entry]) < 5, (text, texts[entry])
