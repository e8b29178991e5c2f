"""The documented examples: what is asked for, and what was answered.

Answers are of a small sample of invented authorities and lie in `examples.json`, which
`python -m tools.api_examples` writes anew; a test holds that they are what is answered.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from performance_api.problems import BASE
from performance_api.resources import Resource

FILE = Path(__file__).with_name("examples.json")
CSV_ROWS = 2


def address(resource: Resource, **more: str) -> str:
    """The address that asks for a resource's example, with more parameters."""
    path = re.sub(
        r"<(\w+)>", lambda name: quote(resource.example[name[1]], safe=":"), resource.path
    )
    query = urlencode({**resource.example_query, **more})
    return f"{BASE}{path}{'?' if query else ''}{query}"


@lru_cache(maxsize=1)
def recorded() -> dict[str, Any]:
    """Every example: of `resources` by name and form, of `problems` by status."""
    examples: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return examples


def answer(resource: Resource) -> dict[str, Any]:
    """What a resource's example is answered with: `json` in full, `csv` by its first lines."""
    example: dict[str, Any] = recorded()["resources"].get(resource.name, _NONE)
    return example


_NONE = {"json": None, "csv": ""}
