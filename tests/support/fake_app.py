"""Fixtures: an application over a store that lives in the test, and its client."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.fake_store import FakeStore, make_app


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def app(tmp_path: Path, store: FakeStore) -> Dash:
    return make_app(tmp_path, store)


class ReadingClient(FlaskClient):
    """Reads each answer to its end, as a browser would, so that files are closed again."""

    def open(self, *args: Any, buffered: bool = True, **kwargs: Any) -> TestResponse:
        return super().open(*args, buffered=buffered, **kwargs)


@pytest.fixture
def client(app: Dash) -> FlaskClient:
    return ReadingClient(app.server, app.server.response_class)
