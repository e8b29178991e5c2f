"""The small sample that the documented examples are of, and the API on it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from performance_api import create_app
from performance_store.database import connect, transaction
from tests.support.servers import Filled
from tools.api_examples import sample


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(sample())


@pytest.fixture(scope="module")
def client(module_engine: Engine) -> FlaskClient:
    return create_app(
        lambda: connect(module_engine), write=lambda: transaction(module_engine)
    ).test_client()
