"""The OpenAPI document and the page for people: true to what is answered, to the last example."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from performance_api import examples, openapi
from performance_api.documentation import _entry
from performance_api.problems import BASE
from performance_api.resources import RESOURCES, Resource
from tools.api_examples import record

pytestmark = pytest.mark.postgres
DOCUMENT = openapi.document()
PARAMETERS = [
    pytest.param(resource, parameter, id=f"{resource.name}-{parameter['name']}")
    for resource in RESOURCES
    for parameter in openapi.parameters(resource)
    if parameter["in"] == "query" and parameter["name"] != "cursor"
]


def operation(resource: Resource) -> dict[str, Any]:
    entry: dict[str, Any] = DOCUMENT["paths"][re.sub(r"<(\w+)>", r"{\1}", resource.path)]["get"]
    return entry


def valid(schema: dict[str, Any], value: Any) -> None:
    whole = {**schema, "components": DOCUMENT["components"]}
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)


def test_the_document_is_openapi(client: FlaskClient) -> None:
    served = client.get(f"{BASE}/openapi.json").get_json()
    OpenAPIV31SpecValidator(served).validate()
    assert served == DOCUMENT


def test_examples_are_what_is_answered(client: FlaskClient) -> None:
    """If this fails after a change that was meant: `python -m tools.api_examples`."""
    record_now, written = record(client), examples.recorded()
    assert set(record_now["resources"]) == set(written["resources"])
    for name, answers in record_now["resources"].items():
        assert answers == written["resources"][name], name
    for status, problem in record_now["problems"].items():
        detail = re.sub(r"in \d+ seconds", "in N seconds", problem.pop("detail"))
        entry = dict(written["problems"][status])
        assert re.sub(r"in \d+ seconds", "in N seconds", entry.pop("detail")) == detail
        assert entry == problem
        assert entry["status"] == int(status)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_examples_fit_their_schemas(resource: Resource) -> None:
    content = operation(resource)["responses"]["200"]["content"]
    assert content["application/json"]["examples"]["sample"]["value"]["data"]
    for form in content.values():
        for example in form["examples"].values():
            valid(form["schema"], example["value"])


def test_problems_fit_their_schema() -> None:
    for answer in DOCUMENT["components"]["responses"].values():
        (form,) = answer["content"].values()
        valid(form["schema"], form["examples"]["sample"]["value"])


@pytest.mark.parametrize(("resource", "parameter"), PARAMETERS)
def test_the_example_of_every_parameter_can_be_asked_for(
    client: FlaskClient, resource: Resource, parameter: dict[str, Any]
) -> None:
    value = parameter["example"]
    valid(parameter["schema"], value)
    query = {parameter["name"]: value[0] if isinstance(value, list) else str(value)}
    answer = client.get(examples.address(resource, **query))
    assert answer.status_code == 200, answer.text
    if parameter["name"] == "as_at":
        assert answer.get_json()["data"]


def test_no_column_or_parameter_goes_without_a_meaning() -> None:
    """A new one is described in performance_store/rows or performance_api/parameters.py."""
    for resource in RESOURCES:
        assert all(parameter["description"] for parameter in openapi.parameters(resource))
        row = DOCUMENT["components"]["schemas"][resource.row.__name__]
        meanings = [column["description"] for column in row["properties"].values()]
        assert all(meanings)
        assert len(set(meanings)) == len(meanings), resource.row


def test_what_is_expected_and_what_any_provision_asks_for_are_told_apart() -> None:
    """The national file has 5,172 of the one and 3,475 of the other."""
    columns = [
        row["properties"]
        for row in DOCUMENT["components"]["schemas"].values()
        if "properties" in row
    ]
    expected = {row["expected"]["description"] for row in columns if "expected" in row}
    obliged = {row["in_denominator"]["description"] for row in columns if "in_denominator" in row}
    assert expected
    assert obliged
    assert not expected & obliged
    assert all("for any reason" in meaning for meaning in obliged)


@pytest.mark.parametrize("path", [BASE, f"{BASE}/"])
def test_the_page_tells_every_list_parameter_and_column(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    for resource in RESOURCES:
        entry = _entry(resource)
        (section,) = re.findall(rf'<h2 id="{entry.name}">.*?</section>', answer.text, flags=re.S)
        assert entry.path in section
        assert examples.address(resource).replace("&", "&amp;") in section
        names = re.findall(r'<th scope="row"><code>(\w+)</code>', section)
        assert names == [item.name for item in (*entry.parameters, *entry.columns)]
        assert all(column.meaning in html_text(section) for column in entry.columns)
        assert f"Answer of {entry.name} as JSON" in section
    assert re.findall(r'href="(#[^"]+)"', answer.text)[1:] == [
        *(f"#{r.name}" for r in RESOURCES),
        "#checks",
    ]


def html_text(section: str) -> str:
    return section.replace("&#39;", "'").replace("&amp;", "&")


def test_links_of_the_page_answer(client: FlaskClient) -> None:
    links = re.findall(r'href="(/[^"]*)"', client.get(f"{BASE}/").text)
    assert len(links) > 5
    for link in links:
        assert client.get(link.replace("&amp;", "&")).status_code == 200, link


def test_the_page_and_the_document_are_not_sent_again(client: FlaskClient) -> None:
    for path in (f"{BASE}/", f"{BASE}/openapi.json"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304
        assert again.get_data() == b""


def test_alone_it_begins_with_the_page(client: FlaskClient) -> None:
    answer = client.get("/", follow_redirects=True)
    assert answer.request.path == f"{BASE}/"
    assert "<h1>" in answer.text


def test_a_reference_with_a_slash_is_one_reference(client: FlaskClient) -> None:
    twice = quote(quote("local-authority:A/B", safe=""), safe="")
    answer = client.get(f"{BASE}/organisations/{twice}")
    assert answer.status_code == 404
    assert answer.get_json()["parameter"] == "organisation"
