"""An address is written by the rule that it is found by."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
from dash import Dash
from flask import url_for
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.routing import BuildError, Map

from dashboard.pages import PAGES
from dashboard.urls import addresses
from dashboard.urls.rules import PageRule

RULES = Map([PageRule(addresses.ORGANISATION)]).bind("")


def test_paths_are_filled_in_and_escaped() -> None:
    assert addresses.dataset("a:b", "c/d") == "/organisations/a:b/c%252Fd"
    with pytest.raises(BuildError):
        addresses.path(addresses.DATASET, organisation="a:b")


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=1))
def test_a_path_variable_survives_the_way_through_its_path(value: str) -> None:
    # A web server decodes a path once.
    path = unquote(addresses.organisation(value))
    assert RULES.match(path) == (addresses.ORGANISATION, {"organisation": value})


def test_flask_writes_the_same_addresses(app: Dash) -> None:
    values = {
        **{"organisation": "a:b/c%", "dataset": "tree", "issue_type": "old", "field": "name"},
        "task": "0f",
        "record": "12",
        "check": "a-b_c",
        "draft": "a-b_c",
        "reference": "PD23456789",
    }
    with app.server.test_request_context():
        for page in PAGES:
            names: dict[str, Any] = {
                name: value for name, value in values.items() if f"<{name}>" in page.PATH
            }
            path = addresses.path(page.PATH, **names) if names else page.PATH
            assert url_for(page.PATH, **names) == path
