"""What was put together from pages is read by the engine as one file."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checking.reading import open_file
from providers.fetching.layers import Fetched
from tests.providers.fetching.test_arcgis import Layer
from tests.support.fake_site import Site, answers

CAPABILITIES = (
    b'<wfs:WFS_Capabilities version="2.0.0"><FeatureTypeList><FeatureType><Name>lpa:areas</Name>'
    b"</FeatureType></FeatureTypeList></wfs:WFS_Capabilities>"
)
COLLECTION = """<?xml version="1.0" encoding="UTF-8"?>
<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0"
 xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:lpa="http://lpa.example"
 numberMatched="1200" numberReturned="{count}">{members}</wfs:FeatureCollection>"""
MEMBER = """<wfs:member><lpa:areas gml:id="areas.{n}"><lpa:reference>CA{n}</lpa:reference>
<lpa:geom><gml:Point gml:id="p{n}" srsName="urn:ogc:def:crs:EPSG::27700">
<gml:pos>530000 180000</gml:pos></gml:Point></lpa:geom></lpa:areas></wfs:member>"""


def rows(result: Fetched) -> tuple[str, int | None, int, dict[str, str]]:
    """Format, coordinate system, number of rows, and the last row."""
    count, last = 0, {}
    with open_file(result.path, name=result.name) as source:
        for chunk in source.chunks():
            count += len(chunk.lines)
            last = {name: str(values[-1]) for name, values in chunk.columns.items()}
        return source.recognition.format, source.recognition.crs, count, last


@pytest.mark.parametrize(
    ("formats", "format", "crs"),
    [("JSON, geoJSON", "geojson", None), ("JSON", "arcgis-json", 4326)],
)
def test_a_layer_is_read_as_a_file(
    site: Site, read: Callable[..., Fetched], formats: str, format: str, crs: int | None
) -> None:
    layer = Layer(10, supportedQueryFormats=formats)
    last = {"WKT": "POINT (28 52.5)", "OID": "28"}
    assert rows(read(layer.put(site))) == (format, crs, 10, last)


def test_pages_of_gml_are_read_as_a_file(site: Site, read: Callable[..., Fetched]) -> None:
    def reply(query: dict[str, str]) -> bytes:
        if query["request"] == "GetCapabilities":
            return CAPABILITIES
        first = int(query["startindex"])
        numbers = range(first, min(first + int(query["count"]), 1200))
        members = "".join(MEMBER.format(n=n) for n in numbers)
        return COLLECTION.format(count=len(numbers), members=members).encode()

    site.pages["/wfs"] = answers(reply)
    form, crs, count, last = rows(read("/wfs"))
    assert (form, crs, count) == ("gml", 27700, 1200)
    assert last["reference"] == "CA1199"
    assert last["WKT"] == "POINT (530000 180000)"
