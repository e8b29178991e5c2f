"""The OpenAPI 3.1 document, made from the resources themselves."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

from pydantic import TypeAdapter

from performance_api import check_document, examples
from performance_api.parameters import TEXT
from performance_api.problems import BASE
from performance_api.resources import RESOURCES, Resource
from performance_store.rows import Dataset, Organisation
from performance_store.rows.columns import meaning

VERSION = "1.2.0"
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
ABOUT = (
    "Which planning authority provides which planning dataset, whether it still works, how fresh "
    "it is and what is wrong with it. Every figure is one of a snapshot; `null` means not known, "
    "never zero. Examples are of sample data: their authorities and figures are invented."
)


def document() -> dict[str, Any]:
    """The whole document."""
    schemas: dict[str, Any] = {"Problem": _PROBLEM}
    for resource in RESOURCES:
        schemas[resource.row.__name__] = _row(resource.row)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Planning Data Performance",
            "version": VERSION,
            "description": ABOUT,
            "license": {"name": "Open Government Licence v3.0", "url": LICENCE},
        },
        "servers": [{"url": BASE}],
        "paths": {
            re.sub(r"<(\w+)>", r"{\1}", resource.path): {"get": _operation(resource)}
            for resource in RESOURCES
        }
        | check_document.paths(),
        "components": {
            "schemas": schemas | check_document.schemas(),
            "responses": {status: _failure(status) for status in _FAILURES},
        },
    }


def words(row: type[Any]) -> str:
    """What a row is, in sentences."""
    return " ".join((row.__doc__ or "").replace("``", "`").split())


def parameters(resource: Resource) -> list[dict[str, Any]]:
    """Everything that can be given: variables of the path, then the query string."""
    return [*_path_parameters(resource), *_query_parameters(resource)]


def _row(row: type[Any]) -> dict[str, Any]:
    schema = TypeAdapter(row).json_schema(
        mode="serialization", ref_template="#/components/schemas/{model}"
    )
    schema["description"] = words(row)
    for field in fields(row):
        schema["properties"][field.name]["description"] = meaning(row, field.name)
    return schema


def _operation(resource: Resource) -> dict[str, Any]:
    return {
        "operationId": resource.name,
        "summary": resource.summary,
        "description": words(resource.row),
        "parameters": parameters(resource),
        "responses": {
            "200": {
                "description": "One row" if resource.single else "Rows",
                "headers": _HEADERS,
                "content": _content(resource),
            },
            "304": {
                "description": "Not changed since the given ETag or date",
                "headers": _HEADERS,
            },
            **{
                status: {"$ref": f"#/components/responses/{status}"}
                for status in _FAILURES
                if _may_answer(resource, status)
            },
        },
    }


def _content(resource: Resource) -> dict[str, Any]:
    row = {"$ref": f"#/components/schemas/{resource.row.__name__}"}
    page: dict[str, Any] = {
        "type": "object",
        "required": ["data", "next", "version"],
        "additionalProperties": False,
        "properties": {
            "data": row if resource.single else {"type": "array", "items": row},
            "next": {"type": ["string", "null"], "description": "Cursor of the next page."},
            "version": {"type": "string", "description": "The data version of this answer."},
        },
    }
    example = examples.answer(resource)
    call = f"GET {examples.address(resource)}"
    csv = f"GET {examples.address(resource, format='csv')}"
    return {
        "application/json": {
            "schema": page,
            "examples": {"sample": {"summary": call, "value": example["json"]}},
        },
        "text/csv": {
            "schema": {"type": "string"},
            "examples": {"sample": {"summary": f"{csv}: first lines", "value": example["csv"]}},
        },
    }


def _path_parameters(resource: Resource) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": meaning(_ROW_OF_VARIABLE[name], name),
            "schema": {"type": "string", "minLength": 1, "pattern": TEXT},
            "example": resource.example[name],
        }
        for name in re.findall(r"<(\w+)>", resource.path)
    ]


def _query_parameters(resource: Resource) -> list[dict[str, Any]]:
    schema = resource.parameters.model_json_schema()
    required = set(schema.get("required", ()))
    entries = []
    for name, field in schema["properties"].items():
        parameter = {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": field.get("description", ""),
            "schema": _schema_of(field),
        }
        if samples := field.get("examples"):
            parameter["example"] = samples[0]
        entries.append(parameter)
    return entries


def _schema_of(field: dict[str, Any]) -> dict[str, Any]:
    """The schema of what may be given. (Whoever wants null leaves the parameter out.)"""
    schema = {
        key: value
        for key, value in field.items()
        if key not in ("title", "description", "examples", "anyOf")
    }
    for choice in field.get("anyOf", ()):
        if choice != {"type": "null"}:
            schema |= choice
    if schema.get("default", ...) is None:
        del schema["default"]
    return schema


def _may_answer(resource: Resource, status: str) -> bool:
    names = resource.parameters.model_fields
    if status == "404":
        return "<" in resource.path or "as_at" in names
    return status != "409" or "cursor" in names


def _failure(status: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    sample = {"sample": {"value": examples.recorded()["problems"][status]}}
    answer: dict[str, Any] = {
        "description": _FAILURES[status],
        "content": {"application/problem+json": {"schema": schema, "examples": sample}},
    }
    if status in ("429", "503"):
        seconds = {"type": "integer", "minimum": 1}
        answer["headers"] = {"Retry-After": {"description": "Seconds.", "schema": seconds}}
    return answer


# Whose reference a variable of a path is.
_ROW_OF_VARIABLE = {"organisation": Organisation, "dataset": Dataset}
_HEADERS = {
    "ETag": {
        "description": "Of this address and form, this data and this release; send it back as "
        "`If-None-Match`.",
        "schema": {"type": "string"},
    },
    "Last-Modified": {
        "description": "When data or release changed; missing in the very second of a change.",
        "schema": {"type": "string"},
    },
}
_TEXT = {"type": "string"}
_PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status"],
    "additionalProperties": False,
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "parameter": {**_TEXT, "description": "The parameter that is wrong; of several, one."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["parameter", "detail"],
                "additionalProperties": False,
                "properties": {"parameter": _TEXT, "detail": _TEXT},
            },
        },
    },
}
_FAILURES = {
    "400": "A parameter cannot be used: it is unknown, given twice, malformed or out of range, or "
    "does not go together with another",
    "404": "There is no such thing, or no snapshot of that date and kind",
    "409": "The data changed while pages were read: begin again without a cursor",
    "414": "The query string is too long",
    "429": "Too many requests from one client: `Retry-After` says when to ask again",
    "503": "The database does not answer: `Retry-After` says when to ask again",
}
