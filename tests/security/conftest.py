"""The whole application, on data of which some is hostile."""

from __future__ import annotations

import pytest
from dash import Dash
from sqlalchemy import Engine, text

from tests.support.real_store import real_app
from tests.support.servers import Filled
from tests.support.surface import CELL, FORMULA, MARKUP, SCRIPT, Scanner
from tools.api_examples import sample

HOSTILE_DATA = (
    ("UPDATE organisation SET name = :markup WHERE organisation = :organisation"),
    ("UPDATE dataset SET name = :markup, description = :markup WHERE dataset = :dataset"),
    ("UPDATE endpoint SET endpoint_url = :script"),
    ("UPDATE source SET documentation_url = :script"),
    ("UPDATE issue_type SET name = :markup, description = :markup WHERE issue_type = :issue_type"),
    ("UPDATE issue SET value = CASE WHEN id % 2 = 0 THEN :markup ELSE :formula END"),
)


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(sample())


@pytest.fixture(scope="module")
def application(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Dash:
    values = {"markup": MARKUP, "formula": FORMULA, "script": SCRIPT, **CELL}
    with module_engine.begin() as connection:
        for statement in HOSTILE_DATA:
            assert connection.execute(text(statement), values).rowcount, statement
    return real_app(tmp_path_factory.mktemp("security"), module_engine)


@pytest.fixture(scope="module")
def scanner(application: Dash) -> Scanner:
    return Scanner(application)
