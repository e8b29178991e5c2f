"""The OpenAPI 3.1 document, made from the resources themselves."""

from __future__ import annotations

import re
from typing import Any

from pydantic import TypeAdapter

from performance_api.resources import RESOURCES, Resource

VERSION = "1.0.0"
BASE = "/api/v1"


def document() -> dict[str, Any]:
    """The whole document."""
    schemas: dict[str, Any] = {"Problem": _PROBLEM}
    paths = {}
    for resource in RESOURCES:
        schemas[resource.row.__name__] = TypeAdapter(resource.row).json_schema(
            mode="serialization", ref_template="#/components/schemas/{model}"
        )
        paths[re.sub(r"<(\w+)>", r"{\1}", resource.path)] = {"get": _operation(resource)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Planning Data Performance",
            "version": VERSION,
            "description": "Which planning authority provides which planning dataset, whether it "
            "still works, how fresh it is and what is wrong with it. Every figure is one of a "
            "snapshot; `null` means not known, never nought.",
            "license": {
                "name": "Open Government Licence v3.0",
                "url": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
            },
        },
        "servers": [{"url": BASE}],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _operation(resource: Resource) -> dict[str, Any]:
    row = {"$ref": f"#/components/schemas/{resource.row.__name__}"}
    page: dict[str, Any] = {
        "type": "object",
        "required": ["data", "next", "version"],
        "properties": {
            "data": row if resource.single else {"type": "array", "items": row},
            "next": {"type": ["string", "null"], "description": "Cursor of the next page."},
            "version": {"type": "string", "description": "The data version of this answer."},
        },
    }
    failures = {
        status: {
            "description": words,
            "content": {"application/problem+json": {"schema": {"$ref": _PROBLEM_REF}}},
        }
        for status, words in _FAILURES.items()
    }
    return {
        "operationId": resource.name,
        "summary": resource.summary,
        "description": (resource.row.__doc__ or "").strip(),
        "parameters": [*_path_parameters(resource), *_query_parameters(resource)],
        "responses": {
            "200": {
                "description": "Rows",
                "headers": {
                    "ETag": {"schema": {"type": "string"}},
                    "Last-Modified": {"schema": {"type": "string"}},
                },
                "content": {
                    "application/json": {"schema": page},
                    "text/csv": {"schema": {"type": "string"}},
                },
            },
            "304": {"description": "Not changed since the given ETag or date"},
            **failures,
        },
    }


def _path_parameters(resource: Resource) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "minLength": 1},
            "example": resource.example[name],
        }
        for name in re.findall(r"<(\w+)>", resource.path)
    ]


def _query_parameters(resource: Resource) -> list[dict[str, Any]]:
    schema = resource.parameters.model_json_schema()
    required = set(schema.get("required", ()))
    found = []
    for name, field in schema["properties"].items():
        kept = {key: value for key, value in field.items() if key not in ("title", "description")}
        found.append(
            {
                "name": name,
                "in": "query",
                "required": name in required,
                "description": field.get("description", ""),
                "schema": kept,
            }
        )
    return found


_PROBLEM_REF = "#/components/schemas/Problem"
_PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "parameter": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
_FAILURES = {
    "400": "A parameter cannot be used",
    "404": "There is no such thing",
    "409": "The data changed while pages were read: begin again",
    "429": "Too many requests from one client: `Retry-After` says when to ask again",
    "503": "The database does not answer",
}
