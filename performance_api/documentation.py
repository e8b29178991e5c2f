"""The API for people: one page of HTML that stands by itself, made from the resources."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

from flask import Response, render_template, request

from performance_api import examples, openapi, validators
from performance_api.problems import BASE
from performance_api.resources import RESOURCES, Resource
from performance_store.rows.columns import meaning
from providers.checks.terms import A_DAY, AT_ONCE, FILE_BYTES
from serving.guards import QUERY_BYTES
from serving.holding import PUBLIC

STYLE = Path(__file__).parent / "templates" / "documentation.css"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter as people read it: `takes` is what may be given."""

    name: str
    place: str
    takes: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its type, whether it may be null, and what it means."""

    name: str
    kind: str
    nullable: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource: `call` asks for its example, `link` for the same of the data that is here,
    blank where the example names an invented authority."""

    name: str
    summary: str
    words: str
    path: str
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    call: str
    link: str
    answer: str
    csv: str


def page(site: str | None) -> Response:
    """The page, unless the client has it already. In: the address of the pages beside the API."""
    answer = Response(_written(site), mimetype="text/html")
    digest = hashlib.sha256(_style().encode()).digest()
    style = f"'sha256-{base64.b64encode(digest).decode()}'"
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {style}; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'; object-src 'none'; script-src 'none'"
    )
    return keep(answer)


def keep(answer: Response) -> Response:
    """What is of the release alone, with validators; 304 where it is known."""
    answer.set_etag(validators.release().fingerprint, weak=True)
    answer.headers["Cache-Control"] = PUBLIC
    answer.vary.add("Accept-Encoding")
    answer.make_conditional(request)
    return answer


@lru_cache(maxsize=2)
def _written(site: str | None) -> str:
    return render_template(
        "documentation.html",
        site=site,
        style=_style(),
        base=BASE,
        about=openapi.ABOUT,
        licence=openapi.LICENCE,
        query_bytes=QUERY_BYTES,
        file_mb=FILE_BYTES // 1_000_000,
        at_once=AT_ONCE,
        a_day=A_DAY,
        entries=[_entry(resource) for resource in RESOURCES],
        problem=json.dumps(examples.recorded()["problems"]["400"], indent=2),
    )


@lru_cache(maxsize=1)
def _style() -> str:
    return STYLE.read_text(encoding="utf-8")


def _entry(resource: Resource) -> Entry:
    call = examples.address(resource)
    answer = examples.answer(resource)
    return Entry(
        name=resource.name,
        summary=resource.summary,
        words=openapi.words(resource.row),
        path=BASE + resource.path.replace("<", "{").replace(">", "}"),
        parameters=tuple(_parameter(parameter) for parameter in openapi.parameters(resource)),
        columns=tuple(_columns(resource.row)),
        call=call,
        link="" if resource.example else call,
        answer=json.dumps(answer["json"], indent=2, ensure_ascii=False),
        csv=answer["csv"],
    )


def _parameter(item: dict[str, Any]) -> Parameter:
    return Parameter(
        name=item["name"],
        place="in the path" if item["in"] == "path" else "needed" if item["required"] else "",
        takes=_takes(item["schema"]),
        meaning=item["description"],
    )


def _takes(schema: dict[str, Any]) -> str:
    """What may be given, in words."""
    if schema.get("type") == "array":
        return _takes(schema["items"])
    if "enum" in schema:
        words = ", ".join(map(str, schema["enum"]))
    elif "maximum" in schema:
        words = f"{schema['minimum']} to {schema['maximum']}"
    elif schema.get("format") == "date":
        words = "date, such as 2026-08-14"
    else:
        words = "text"
    return f"{words}; {schema['default']} unless given" if schema.get("default") else words


def _columns(row: type[Any]) -> list[Column]:
    hints = get_type_hints(row)
    columns = []
    for field in fields(row):
        kinds = get_args(hints[field.name]) or (hints[field.name],)
        nullable = type(None) in kinds
        kind = next((kind for kind in kinds if kind is not type(None)), str)
        is_list = str(hints[field.name]).startswith("tuple")
        words = "list" if is_list else _KINDS.get(kind, "text")
        columns.append(Column(field.name, words, nullable, meaning(row, field.name)))
    return columns


_KINDS: dict[Any, str] = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    date: "date",
    datetime: "date and time",
}
