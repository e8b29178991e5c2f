"""What the tests of national pages share: an application that serves six weekly reports, unless a
module has data of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from performance_store.readers.odp_reports import OdpReports
from tests.support.real_store import real_app
from tests.support.servers import Filled


@pytest.fixture(scope="module")
def module_engine(filled: Filled, shared_data: Path) -> Engine:
    return filled(OdpReports(shared_data / "snapshots"))


@pytest.fixture(scope="module")
def client(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return real_app(tmp_path_factory.mktemp("pages"), module_engine).server.test_client()
