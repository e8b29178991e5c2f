"""An ArcGIS server of one layer, for `tests/support/fake_site.py`."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.support.fake_site import Site, answers


class Layer:
    """An ArcGIS layer of so many points, as its server answers, or with faults."""

    def __init__(self, count: int, **description: Any) -> None:
        self.ids = [3 * number + 1 for number in range(count)]
        self.description = {
            "name": "Conservation areas", "type": "Feature Layer", "capabilities": "Map,Query",
            "maxRecordCount": 4, "supportedQueryFormats": "JSON, geoJSON", "objectIdField": "OID",
            "advancedQueryCapabilities": {"supportsPagination": True},
        } | description  # fmt: skip
        self.queries: list[dict[str, str]] = []
        self.ignores_offset = False
        self.most_at_once = 1000

    def about(self, _: dict[str, str]) -> bytes:
        return json.dumps(self.description).encode()

    def query(self, query: dict[str, str]) -> bytes:
        self.queries.append(query)
        ids = self.ids
        if match := re.search(r"OID >= (\d+) AND OID <= (\d+)", query["where"]):
            ids = [one for one in ids if int(match[1]) <= one <= int(match[2])]
        if "returncountonly" in query:
            return json.dumps({"count": len(ids)}).encode()
        if "returnidsonly" in query:
            return json.dumps({"objectIdFieldName": "OID", "objectIds": ids[::-1]}).encode()
        size = int(query.get("resultrecordcount", self.description["maxRecordCount"]))
        if size > self.most_at_once:
            return b'{"error":{"code":500,"message":"Error performing query operation"}}'
        first = 0 if self.ignores_offset else int(query.get("resultoffset", 0))
        page = ids[first : first + size]
        if query["f"] == "geojson":
            features: list[Any] = [
                {"type": "Feature", "id": one, "properties": {"OID": one},
                 "geometry": {"type": "Point", "coordinates": [one, 52.5]}}
                for one in page
            ]  # fmt: skip
            return json.dumps({"type": "FeatureCollection", "features": features}).encode()
        features = [{"attributes": {"OID": one}, "geometry": {"x": one, "y": 52.5}} for one in page]
        return json.dumps(
            {"geometryType": "esriGeometryPoint", "fields": [{"name": "OID"}], "features": features}
        ).encode()

    def put(self, site: Site, path: str = "/arcgis/rest/services/A/FeatureServer") -> str:
        site.pages[f"{path}/0"] = answers(self.about)
        site.pages[f"{path}/0/query"] = answers(self.query)
        return f"{path}/0"
