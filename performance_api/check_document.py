"""Checks in the OpenAPI document: what is sent, what is answered."""

from __future__ import annotations

from typing import Any

import msgspec

from performance_api.check_options import Options
from providers.checks.findings import COLUMNS
from providers.checks.format import Summary
from providers.checks.terms import A_DAY, AT_ONCE, DATASETS, FILE_BYTES
from providers.fetching.fetch import LONGEST
from providers.schema.checks import STATES

ROWS, MOST_ROWS, ORGANISATION_LETTERS = 100, 500, 100
_REF = "#/components/schemas/Check{name}"
_TEXT: dict[str, Any] = {"type": "string"}
_MAYBE: dict[str, Any] = {"type": ["string", "null"]}
_MOMENT: dict[str, Any] = {"type": "string", "format": "date-time"}
_WAITS = (
    f"At most {AT_ONCE} of one client are under way at once, and {A_DAY} begin in a day. Whoever "
    "has the `id` can read the check: give it to nobody else. It ends on `expires_at`."
)

_ORDER = (
    "What is said of the file as a whole comes first, then its rows in order: `limit` counts rows, "
    "each of which may have several findings. CSV has all of them."
)


def paths() -> dict[str, Any]:
    """The operations, by path."""
    failures = {status: {"$ref": f"#/components/responses/{status}"} for status in ("429", "503")}
    check = _answer("The check", {"$ref": "#/components/schemas/Check"})
    return {
        "/checks": {
            "post": {
                "operationId": "begin-check",
                "summary": "Check a file before you publish it",
                "description": "Send a file, or the address of one. It is checked in seconds, "
                f"and its state is then `finished` or `failed`. {_WAITS}",
                "requestBody": {"required": True, "content": _forms()},
                "responses": {
                    "202": check
                    | {
                        "headers": {
                            "Location": {"description": "Where the check is.", "schema": _TEXT}
                        }
                    },
                    "400": _problem("What was sent cannot be used; `detail` says why"),
                    "413": _problem(f"The file is larger than {FILE_BYTES // 1_000_000} MB"),
                    "415": _problem("Neither a form with a file nor JSON was sent"),
                    **failures,
                },
            }
        },
        "/checks/{id}": {
            "get": {
                "operationId": "check",
                "summary": "How far a check is, and what came of it",
                "parameters": [_ID],
                "responses": {"200": check, "404": _problem(_NO_CHECK), **failures},
            }
        },
        "/checks/{id}/findings": {
            "get": {
                "operationId": "check-findings",
                "summary": "What a check found, row by row",
                "description": _ORDER,
                "parameters": [_ID, *_PAGING],
                "responses": {
                    "200": _answer("Findings", _FINDINGS, csv=True),
                    "400": {"$ref": "#/components/responses/400"},
                    "404": _problem(_NO_CHECK),
                    "409": _problem("The check has no result, or none yet"),
                    **failures,
                },
            }
        },
    }


def schemas() -> dict[str, Any]:
    """The schemas of what is sent and answered, by name."""
    _, parts = msgspec.json.schema_components([Summary, Options], ref_template=_REF)
    # Its tuples are lists in JSON.
    parts = msgspec.json.decode(msgspec.json.encode(parts))
    summary = {"anyOf": [{"$ref": "#/components/schemas/CheckSummary"}, {"type": "null"}]}
    failure = {
        "type": ["object", "null"],
        "description": "Why there is no result: a code, and a sentence for people.",
        "properties": {"code": _TEXT, "sentence": _TEXT},
    }
    properties = {
        "id": _TEXT,
        "dataset": _TEXT,
        "organisation": _MAYBE,
        "name": _TEXT,
        "url": _MAYBE,
        "options": {"$ref": "#/components/schemas/CheckOptions"},
        "state": {"type": "string", "enum": list(STATES)},
        "stage": {"type": "string", "description": "What is done at the moment."},
        "rows_done": {"type": "integer"},
        "created_at": _MOMENT,
        "finished_at": {"type": ["string", "null"], "format": "date-time"},
        "expires_at": _MOMENT,
        "failure": failure,
        "summary": summary,
    }
    check = {"type": "object", "required": list(properties), "properties": properties}
    return {"Check": check} | {f"Check{name}": part for name, part in parts.items()}


def _forms() -> dict[str, Any]:
    """What may be sent: a form with a file, or JSON with an address."""
    common = {
        "dataset": {"type": "string", "enum": list(DATASETS)},
        "organisation": {
            "type": "string",
            "maxLength": ORGANISATION_LETTERS,
            "description": "Its code, such as local-authority:LBH; needed to compare with what the "
            "platform holds.",
        },
    }
    options = {"$ref": "#/components/schemas/CheckOptions"}
    file = common | {"file": {"type": "string", "format": "binary"}, "options": _TEXT}
    url = {
        "type": "string",
        "pattern": r"^https?://\S+$",
        "maxLength": LONGEST,
        "description": "A web address that anybody can reach, on the usual ports, without a user "
        "name or a password in it.",
    }
    address = common | {"url": url, "options": options}
    sample = {"dataset": "conservation-area", "url": "https://www.example.com/areas.csv"}
    return {
        "multipart/form-data": {
            "schema": {"type": "object", "required": ["dataset", "file"], "properties": file},
            "encoding": {"options": {"contentType": "application/json"}},
        },
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["dataset", "url"],
                "additionalProperties": False,
                "properties": address,
            },
            "examples": {"address": {"value": sample}},
        },
    }


def _answer(words: str, schema: dict[str, Any], *, csv: bool = False) -> dict[str, Any]:
    body: dict[str, Any] = {"type": "object", "required": ["data"], "properties": {"data": schema}}
    if csv:
        body["properties"]["next"] = {**_MAYBE, "description": "Cursor of the next page."}
    content: dict[str, Any] = {"application/json": {"schema": body}}
    if csv:
        content["text/csv"] = {"schema": _TEXT}
    return {"description": words, "content": content}


def _problem(words: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": words, "content": {"application/problem+json": {"schema": schema}}}


_NO_CHECK = "There is no such check: it may have expired, or been revoked"
_ID = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "The `id` of the check.",
    "schema": {"type": "string", "minLength": 1, "pattern": "^[A-Za-z0-9_-]+$"},
}
_PAGING = [
    {
        "name": "limit",
        "in": "query",
        "description": "Rows of the file on a page.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": ROWS},
    },
    {
        "name": "cursor",
        "in": "query",
        "description": "`next` of the page before.",
        "schema": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
    },
    {
        "name": "group",
        "in": "query",
        "description": "The `number` of one of the summary's groups: its findings alone.",
        "schema": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
    },
    {
        "name": "format",
        "in": "query",
        "description": "JSON, or CSV with every finding.",
        "schema": {"type": "string", "enum": ["json", "csv"], "default": "json"},
    },
]
_PLACE = {"type": ["integer", "null"], "description": "Null: the file as a whole."}
_FINDINGS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": list(COLUMNS),
        "properties": {name: _PLACE if name.endswith("-number") else _TEXT for name in COLUMNS},
    },
}
