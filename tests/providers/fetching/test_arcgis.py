"""Layers of ArcGIS, from a real server on this machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from providers.fetching import (
    TooLarge,
)
from providers.fetching.errors import WrongAnswer
from providers.fetching.layers import Fetched
from tests.support.arcgis_layer import Layer
from tests.support.fake_site import Site, says

Read = Callable[..., Fetched]


def ids_of(result: Fetched) -> list[int]:
    collection = json.loads(result.path.read_bytes())
    return [
        (feature.get("properties") or feature["attributes"])["OID"]
        for feature in collection["features"]
    ]


def test_a_layer_is_read_page_by_page_in_wgs84(site: Site, read: Read) -> None:
    layer = Layer(10)
    heard: list[str] = []
    result = read(layer.put(site), say=heard.append)
    assert (result.kind, result.name) == ("arcgis", "Conservation areas")
    sentence = "10 features of the ArcGIS layer Conservation areas, from 127.0.0.1."
    assert result.sentence == sentence
    assert ids_of(result) == layer.ids
    pages = [query for query in layer.queries if "resultoffset" in query]
    assert [(q["resultoffset"], q["resultrecordcount"]) for q in pages] == [
        ("0", "4"), ("4", "4"), ("8", "4"),
    ]  # fmt: skip
    assert all((q["outsr"], q["geometryprecision"], q["outfields"]) == ("4326", "7", "*")
               for q in pages)  # fmt: skip
    assert heard[1:] == ["4 of 10 features", "8 of 10 features", "10 of 10 features"]


def test_a_layer_that_cannot_begin_anywhere_is_read_by_object_ids(site: Site, read: Read) -> None:
    layer = Layer(10, advancedQueryCapabilities={"supportsPagination": False})
    result = read(layer.put(site))
    assert ids_of(result) == layer.ids
    assert "(1=1) AND OID >= 1 AND OID <= 10" in [query["where"] for query in layer.queries]


def test_a_server_that_says_it_pages_and_does_not_is_read_by_object_ids(
    site: Site, read: Read
) -> None:
    layer = Layer(10)
    layer.ignores_offset = True
    assert ids_of(read(layer.put(site))) == layer.ids


def test_esris_own_json_where_the_server_writes_no_geojson(site: Site, read: Read) -> None:
    layer = Layer(5, supportedQueryFormats="JSON, AMF")
    result = read(layer.put(site))
    collection = json.loads(result.path.read_bytes())
    assert ids_of(result) == layer.ids
    assert collection["geometryType"] == "esriGeometryPoint"
    assert collection["spatialReference"] == {"wkid": 4326}
    assert collection["fields"] == [{"name": "OID"}]


def test_smaller_pages_where_the_server_gives_up_on_large_ones(site: Site, read: Read) -> None:
    layer = Layer(30, maxRecordCount=100)
    layer.most_at_once = 30
    assert ids_of(read(layer.put(site))) == layer.ids


def test_the_address_of_a_query_is_read_whole_with_its_condition(site: Site, read: Read) -> None:
    layer = Layer(6)
    path = layer.put(site)
    result = read(f"{path}/query?where=LPA%3D%27A%27&outFields=x&f=pjson&resultRecordCount=2")
    assert len(ids_of(result)) == 6
    assert {query["where"] for query in layer.queries} == {"LPA='A'"}
    assert "those where LPA='A'" in result.sentence


def test_a_layer_without_features_is_an_empty_collection(site: Site, read: Read) -> None:
    result = read(Layer(0).put(site))
    assert json.loads(result.path.read_bytes())["features"] == []


def test_the_service_or_a_layer_that_is_not_there_lists_the_layers(site: Site, read: Read) -> None:
    root = json.dumps({"layers": [{"id": 2, "name": "Areas"}, {"id": 5, "name": "Trees"}]}).encode()
    site.pages["/x/MapServer"] = says(root)
    site.pages["/x/MapServer/"] = says(root)
    site.pages["/x/MapServer/0"] = says(b'{"error":{"code":400,"message":"Invalid"}}')
    for path in ("/x/MapServer", "/x/MapServer/", "/x/mapserver"):
        site.pages[path] = says(root)
        with pytest.raises(
            WrongAnswer, match=r"the service, not the data layer: add .*/2\. It has 2 \(Areas\), 5"
        ):
            read(path)
    with pytest.raises(WrongAnswer, match=r"no layer 0 in this service. It has 2 \(Areas\)"):
        read("/x/MapServer/0")


@pytest.mark.parametrize(
    ("description", "words"),
    [
        ({"error": {"code": 499, "message": "Token Required"}}, "asks for a sign-in"),
        ({"type": "Group Layer", "subLayers": [{"id": 3, "name": "A"}]}, r"group of layers.*3 \(A"),
        ({"type": "Raster Layer"}, "a picture, not data"),
        ({"type": "Feature Layer", "capabilities": "Map"}, "allow queries"),
    ],
)
def test_layers_without_data(
    site: Site, read: Read, description: dict[str, Any], words: str
) -> None:
    site.pages["/MapServer/0"] = says(json.dumps(description).encode())
    with pytest.raises(WrongAnswer, match=words):
        read("/MapServer/0")


@pytest.mark.parametrize("body", [b"<html>", b"[" * 5000, b"\xff", b'{"name":5}'])
def test_what_only_looks_like_a_layer(site: Site, read: Read, body: bytes) -> None:
    site.pages["/FeatureServer/0"] = says(body)
    with pytest.raises(WrongAnswer, match="does not answer as"):
        read("/FeatureServer/0")


def test_all_pages_together_have_one_limit(site: Site, read: Read) -> None:
    layer = Layer(400, maxRecordCount=100)
    with pytest.raises(TooLarge, match="Publish it in parts"):
        read(layer.put(site), wire=30_000, body=30_000)
