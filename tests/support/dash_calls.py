"""Calls of Dash as its own script in the browser makes them."""

from __future__ import annotations

import json
from typing import Any

from tests.support.surface import Scanner

ADDRESS = "/_dash-update-component"
PATHNAME = {"id": "url", "property": "pathname", "value": "/about"}
SEARCH = {"id": "url", "property": "search", "value": ""}
CALL: dict[str, Any] = {
    "output": "..page.children...page-state.data..",
    "outputs": [{"id": "page", "property": "children"}, {"id": "page-state", "property": "data"}],
    "inputs": [PATHNAME, SEARCH],
    "changedPropIds": ["url.pathname"],
    "parsedChangedPropsIds": ["url.pathname"],
    "state": [],
}


def call(path: Any, search: Any = "") -> dict[str, Any]:
    """What is sent when a reader goes to an address."""
    inputs = [{**PATHNAME, "value": path}, {**SEARCH, "value": search}]
    return {**CALL, "inputs": inputs}


def ask(scanner: Scanner, body: Any, content_type: str = "application/json") -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return scanner.open(ADDRESS, method="POST", data=data, content_type=content_type)
