"""Web Feature Services, from a real server on this machine."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from providers.fetching.errors import WrongAnswer
from providers.fetching.layers import Fetched
from tests.support.fake_site import Site, answers, says

Read = Callable[..., Fetched]
CSV = b"reference,name\nCA1,Old Town\n"


def ids_of(result: Fetched) -> list[int]:
    features = json.loads(result.path.read_bytes())["features"]
    return [feature["properties"]["OID"] for feature in features]


def capabilities(*names: str, version: str = "2.0.0", form: str = "application/json") -> bytes:
    types = "".join(
        f'<FeatureType xmlns:a="b">\n<Name>{name}</Name><Title>x</Title></FeatureType>'
        for name in names
    )
    return (
        f'<?xml version="1.0"?><wfs:WFS_Capabilities xmlns="x" version="{version}">'
        f'<ows:Parameter name="outputFormat"><ows:Value>{form}</ows:Value></ows:Parameter>'
        f"<FeatureTypeList>{types}</FeatureTypeList></wfs:WFS_Capabilities>"
    ).encode()


class Service:
    """A WFS of so many features that gives at most so many at a time."""

    def __init__(self, count: int, *names: str, **about: str) -> None:
        self.ids = list(range(count))
        self.about = capabilities(*(names or ("lpa:areas",)), **about)
        self.queries: list[dict[str, str]] = []
        self.pages = True

    def __call__(self, query: dict[str, str]) -> bytes:
        if query["request"] == "GetCapabilities":
            return self.about
        self.queries.append(query)
        first = int(query.get("startindex", 0)) if self.pages else 0
        size = int(query.get("count") or query.get("maxfeatures") or 10**6)
        page = self.ids[first : first + size]
        if "json" in query.get("outputformat", ""):
            return json.dumps(
                {"type": "FeatureCollection", "numberMatched": len(self.ids),
                 "features": [{"type": "Feature", "properties": {"OID": one}} for one in page]}
            ).encode()  # fmt: skip
        members = "".join(f"<wfs:member><a:x gml:id='a.{one}'/></wfs:member>\n" for one in page)
        return (
            f"<wfs:FeatureCollection numberMatched='{len(self.ids)}' "
            f"numberReturned='{len(page)}'>{members}</wfs:FeatureCollection>"
        ).encode()


def test_a_wfs_is_read_page_by_page_as_geojson(site: Site, read: Read) -> None:
    service = Service(2500)
    site.pages["/geoserver/wfs"] = answers(service)
    heard: list[str] = []
    result = read("/geoserver/wfs?map=a.map", say=heard.append)
    assert (result.kind, result.name) == ("wfs", "lpa:areas")
    assert result.sentence == "2,500 features of lpa:areas, from the WFS of 127.0.0.1."
    assert ids_of(result) == service.ids
    assert [(q["startindex"], q["count"]) for q in service.queries] == [
        ("0", "1000"), ("1000", "1000"), ("2000", "1000"),
    ]  # fmt: skip
    assert {(q["typenames"], q["srsname"], q["map"]) for q in service.queries} == {
        ("lpa:areas", "EPSG:4326", "a.map")
    }
    assert heard[-1] == "2,500 of 2,500 features"


def test_a_wfs_of_version_one_calls_things_as_it_did(site: Site, read: Read) -> None:
    service = Service(1500, version="1.1.0")
    site.pages["/wfs"] = answers(service)
    assert ids_of(read("/wfs")) == service.ids
    assert {(q["typename"], q["maxfeatures"]) for q in service.queries} == {("lpa:areas", "1000")}


def test_pages_of_gml_become_one_collection(site: Site, read: Read) -> None:
    service = Service(2100, form="text/xml")
    site.pages["/wfs"] = answers(service)
    result = read("/wfs")
    body = result.path.read_text()
    assert re.findall(r"gml:id='a\.(\d+)'", body) == [str(one) for one in service.ids]
    assert body.count("<wfs:FeatureCollection") == body.count("</wfs:FeatureCollection>") == 1
    assert body.endswith("</wfs:FeatureCollection>")
    assert len(service.queries) == 3


@pytest.mark.parametrize(("form", "version"), [("application/json", "2.0.0"), ("gml", "1.1.0")])
def test_a_wfs_that_does_not_page_is_read_at_once(
    site: Site, read: Read, form: str, version: str
) -> None:
    service = Service(1500, form=form, version=version)
    service.pages = False
    site.pages["/wfs"] = answers(service)
    body = read("/wfs").path.read_text()
    assert len(re.findall(r"gml:id=|OID", body)) == 1500


def test_the_type_of_the_address_is_read_or_all_are_listed(site: Site, read: Read) -> None:
    service = Service(3, "lpa:areas", "lpa:trees")
    site.pages["/ows"] = answers(service)
    result = read("/ows?SERVICE=WFS&REQUEST=GetFeature&TYPENAME=trees&maxFeatures=1")
    assert (result.name, len(ids_of(result))) == ("lpa:trees", 3)
    with pytest.raises(WrongAnswer, match=r"adding typeNames=… .* It has lpa:areas, lpa:trees\."):
        read("/ows?service=WFS&request=GetCapabilities")
    with pytest.raises(WrongAnswer, match=r"has no dogs\. It has lpa:areas"):
        read("/ows?service=WFS&typeNames=dogs")


def test_capabilities_under_another_address_are_known_by_what_they_say(
    site: Site, read: Read
) -> None:
    site.pages["/maps"] = answers(
        lambda query: Service(3)(query) if "request" in query else capabilities("lpa:areas")
    )
    assert read("/maps").kind == "wfs"


def test_a_form_that_is_not_put_together_from_pages_is_a_file(site: Site, read: Read) -> None:
    site.pages["/wfs"] = says(CSV)
    result = read("/wfs?service=WFS&request=GetFeature&typeName=a&outputFormat=csv")
    assert (result.kind, result.path.read_bytes()) == ("file", CSV)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<ows:ExceptionReport><ows:Exception><ows:ExceptionText>No &lt;type&gt; x."
         b"</ows:ExceptionText>", r"could not give the data. It says: No <type> x\. Check"),
        (b"<ServiceExceptionReport><ServiceException code='a'><![CDATA[Off]]></ServiceException>",
         r"It says: Off\."),
        (b"<html>", "does not answer as one"),
        (capabilities(), "offers no data"),
    ],
)  # fmt: skip
def test_a_wfs_that_gives_no_data(site: Site, read: Read, body: bytes, words: str) -> None:
    site.pages["/wfs"] = says(body)
    with pytest.raises(WrongAnswer, match=words):
        read("/wfs")


def test_a_report_instead_of_a_page_is_an_error(site: Site, read: Read) -> None:
    report = b"<ExceptionReport><ExceptionText>Broken</ExceptionText></ExceptionReport>"
    for body, words in ((report, "It says: Broken"), (b'{"exceptions":[]}', "not the GeoJSON")):
        site.pages["/wfs"] = answers(
            lambda query, body=body: (
                capabilities("a") if query["request"] == "GetCapabilities" else body
            )
        )
        with pytest.raises(WrongAnswer, match=words):
            read("/wfs")
