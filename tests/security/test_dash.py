"""Dash's own addresses: what its script would never send is refused, and told as a mistake."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.dash_calls import CALL, PATHNAME, SEARCH, ask, call
from tests.support.surface import Scanner, hostile

pytestmark = pytest.mark.postgres
BROKEN: dict[str, Any] = {
    "nothing": b"",
    "half": b'{"output":',
    "list": [],
    "null": None,
    "number": 1,
    "no output": {},
    "other output": {**CALL, "output": "nonsense.children"},
    "numeric output": {**CALL, "output": 1},
    "script’s own output": {**CALL, "output": "page-arrival.children"},
    "no inputs": {key: value for key, value in CALL.items() if key != "inputs"},
    "null inputs": {**CALL, "inputs": None},
    "few inputs": {**CALL, "inputs": [PATHNAME]},
    "many inputs": {**CALL, "inputs": [PATHNAME, SEARCH, SEARCH]},
    "other inputs": {**CALL, "inputs": [SEARCH, PATHNAME]},
    "ids": {**CALL, "inputs": [{"id": ["x"], "property": 1}, {"id": {"a": 1}, "property": "b"}]},
    "other outputs": {**CALL, "outputs": [{"id": "nope", "property": "x"}]},
    "outputs of text": {**CALL, "outputs": "page"},
    "changed": {**CALL, "changedPropIds": 5},
    "state": {**CALL, "state": [PATHNAME]},
    "deep": b"[" * 100_000,
    "deep objects": b'{"a":' * 20_000,
    "no number": b'{"output":NaN}',
    "long number": b'{"output":' + b"9" * 5000 + b"}",
    "no text": b"\xff\xfe\x00",
    "half a letter": json.dumps({**CALL, "output": "\ud800"}).encode(),
}


def page_of(answer: Any) -> dict[str, Any]:
    state: dict[str, Any] = answer.get_json()["response"]["page-state"]["data"]
    return state


def test_a_call_is_answered(scanner: Scanner) -> None:
    assert page_of(ask(scanner, CALL))["status"] == 200


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_call_is_refused(scanner: Scanner, name: str) -> None:
    answer = ask(scanner, BROKEN[name])
    assert answer.status_code == 400
    assert answer.mimetype == "text/plain"


@pytest.mark.parametrize(
    "content_type", ["text/plain", "", "application/xml", "multipart/form-data"]
)
def test_what_is_no_json_is_refused(scanner: Scanner, content_type: str) -> None:
    assert ask(scanner, CALL, content_type).status_code == 415


VALUES = [
    None,
    1,
    -1.5,
    True,
    [],
    {},
    [["a"]],
    {"a": {"b": 1}},
    "",
    "?",
    "//",
    "a" * 5000,
    *hostile(),
]


@pytest.mark.parametrize("at", range(len(VALUES)))
def test_any_value_gets_a_page(scanner: Scanner, at: int) -> None:
    value = VALUES[at]
    for path, search in ((value, ""), ("/organisations", value), ("/national", f"?q={value}")):
        assert page_of(ask(scanner, call(path, search)))["status"] in (200, 404)


@settings(
    max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(sorted(CALL)) | st.text(max_size=5), inner, max_size=6
            )
        ),
        max_leaves=12,
    )
)
def test_no_body_makes_it_fail(scanner: Scanner, body: Any) -> None:
    if isinstance(body, dict):
        body = {**CALL, **body}
    ask(scanner, body)
    ask(scanner, body, "text/plain")


@pytest.mark.parametrize(
    "path", ["dash/nothing.js", "nothing/dash.js", "dash/../../app.py", "dash/%00", "flask/app.py"]
)
def test_files_that_are_no_part_of_dash_are_not_given(scanner: Scanner, path: str) -> None:
    answer = scanner.get(f"/_dash-component-suites/{path}")
    assert answer.status_code == 404
    assert answer.mimetype == "text/plain" or path.startswith("dash/..")
